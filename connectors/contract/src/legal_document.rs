//! Legal documents 法律文书: what they are, and the files that travel with an order.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a legal document is. Query: notice; freeze, renewal, release and deduction: their own ruling and notice each
/// (法释〔2013〕20号 art. 3). The others show the authority over a party: they stay with the court and travel to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 协助查询通知书
    QueryNotice,
    /// 冻结裁定书
    FreezeRuling,
    /// 协助冻结通知书
    FreezeNotice,
    /// 续行冻结裁定书
    RenewRuling,
    /// 协助继续冻结通知书
    RenewNotice,
    /// 解除冻结裁定书
    ReleaseRuling,
    /// 协助解除冻结通知书
    ReleaseNotice,
    /// 扣划裁定书
    DeductRuling,
    /// 协助扣划通知书
    DeductNotice,
    /// 强制转让股权的执行裁定书
    TransferRuling,
    /// 协助办理股权变更登记的协助执行通知书
    TransferNotice,
    /// 保全申请书, with the written application for a network query (财产保全规定 arts. 10–11)
    PreservationApplication,
    /// 财产保全裁定书 of the division that tries the case (财产保全规定 art. 4)
    PreservationRuling,
    /// 变更、追加被执行人裁定书 (法释〔2016〕21号)
    AddingRuling,
    /// 执行担保书 of a guarantor (民诉法 art. 242, 法释〔2018〕4号)
    Guarantee,
    /// 履行到期债务通知书 to the debtor's debtor (执行规定 art. 45)
    PerformanceNotice,
    /// 裁定书 that allows enforcement against the debtor's debtor (执行规定 art. 49)
    ThirdPartyRuling,
    /// 裁定书 that names common property of spouses (查扣冻规定 art. 12)
    CommonPropertyRuling,
    /// agreement or judgment that parts common property (查扣冻规定 art. 12)
    PartitionPaper,
    /// what a change of the claim rests on: settlement, withdrawal, receipt of a payment (民诉法 arts. 241, 264)
    ClaimPaper,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::QueryNotice,
        Self::FreezeRuling,
        Self::FreezeNotice,
        Self::RenewRuling,
        Self::RenewNotice,
        Self::ReleaseRuling,
        Self::ReleaseNotice,
        Self::DeductRuling,
        Self::DeductNotice,
        Self::TransferRuling,
        Self::TransferNotice,
        Self::PreservationApplication,
        Self::PreservationRuling,
        Self::AddingRuling,
        Self::Guarantee,
        Self::PerformanceNotice,
        Self::ThirdPartyRuling,
        Self::CommonPropertyRuling,
        Self::PartitionPaper,
        Self::ClaimPaper,
    ];

    /// The Chinese name that travels on the wire.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::QueryNotice => "协助查询通知书",
            Self::FreezeRuling => "冻结裁定书",
            Self::FreezeNotice => "协助冻结存款通知书",
            Self::RenewRuling => "续行冻结裁定书",
            Self::RenewNotice => "协助继续冻结存款通知书",
            Self::ReleaseRuling => "解除冻结裁定书",
            Self::ReleaseNotice => "协助解除冻结存款通知书",
            Self::DeductRuling => "扣划裁定书",
            Self::DeductNotice => "协助扣划存款通知书",
            Self::TransferRuling => "股权强制转让裁定书",
            Self::TransferNotice => "协助办理股权变更登记通知书",
            Self::PreservationApplication => "保全申请书",
            Self::PreservationRuling => "财产保全裁定书",
            Self::AddingRuling => "追加被执行人裁定书",
            Self::Guarantee => "执行担保书",
            Self::PerformanceNotice => "履行到期债务通知书",
            Self::ThirdPartyRuling => "对第三人强制执行裁定书",
            Self::CommonPropertyRuling => "查控夫妻共同财产裁定书",
            Self::PartitionPaper => "共有财产分割文书",
            Self::ClaimPaper => "执行标的变更依据",
        }
    }

    /// The kind that a renewal has in place of this one: 续行冻结裁定书 for 冻结裁定书, 协助继续冻结通知书 for 协助冻结通知书.
    pub const fn of_renewal(self) -> Option<Self> {
        match self {
            Self::FreezeRuling => Some(Self::RenewRuling),
            Self::FreezeNotice => Some(Self::RenewNotice),
            _ => None,
        }
    }

    /// Whether the document only shows the court's authority over a party and is never sent to a counterpart.
    pub const fn stays_with_court(self) -> bool {
        matches!(
            self,
            Self::PreservationApplication
                | Self::PreservationRuling
                | Self::AddingRuling
                | Self::Guarantee
                | Self::PerformanceNotice
                | Self::ThirdPartyRuling
                | Self::CommonPropertyRuling
                | Self::PartitionPaper
                | Self::ClaimPaper
        )
    }
}

/// A sealed electronic document that accompanies an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Title, e.g. `（2023）晋10执123号协助查询存款通知书`.
    pub title: String,
    /// Its own number 文号, e.g. that of the ruling.
    #[serde(default)]
    pub number: String,
    /// File extension: pdf, doc, jpg …
    pub format: String,
    /// The file's bytes, Base64 in JSON.
    #[serde(with = "crate::message::base64_bytes")]
    #[schemars(with = "String")]
    pub content: Arc<[u8]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewal_takes_its_own_papers_and_only_a_renewal_does() {
        let paper = |kind: DocumentKind| LegalDocument {
            kind,
            title: kind.chinese().to_owned(),
            number: String::new(),
            format: "pdf".to_owned(),
            content: Arc::from(&b"%PDF"[..]),
        };
        let text = include_str!("../../../fixtures/court-bank/renew.order.json");
        let orders: Vec<crate::Order> = serde_json::from_str(text).expect("orders");
        let mut order = orders.into_iter().next().expect("an order");
        order.documents = vec![paper(DocumentKind::FreezeRuling)];
        let kind = |order: &crate::Order, kind| order.legal_document(kind).map(|document| document.kind);
        assert_eq!(
            kind(&order, DocumentKind::FreezeRuling),
            Some(DocumentKind::FreezeRuling),
            "no other was made"
        );
        order.documents.push(paper(DocumentKind::RenewRuling));
        assert_eq!(kind(&order, DocumentKind::FreezeRuling), Some(DocumentKind::RenewRuling));
        assert_eq!(kind(&order, DocumentKind::FreezeNotice), None);
        order.instruction = crate::Instruction::Query { transactions: None };
        assert_eq!(kind(&order, DocumentKind::FreezeRuling), Some(DocumentKind::FreezeRuling));
    }

    #[test]
    fn every_kind_of_document_has_a_word_and_a_name_of_its_own() {
        let word = |kind: &DocumentKind| serde_json::to_string(kind).expect("a word");
        let words: std::collections::BTreeSet<_> = DocumentKind::ALL.iter().map(word).collect();
        let names: std::collections::BTreeSet<_> =
            DocumentKind::ALL.iter().map(|kind| kind.chinese()).collect();
        assert_eq!((words.len(), names.len()), (DocumentKind::ALL.len(), DocumentKind::ALL.len()));
        for (word, kind) in [
            ("\"renew_ruling\"", DocumentKind::RenewRuling),
            ("\"renew_notice\"", DocumentKind::RenewNotice),
            ("\"preservation_application\"", DocumentKind::PreservationApplication),
            ("\"adding_ruling\"", DocumentKind::AddingRuling),
        ] {
            assert_eq!(serde_json::from_str::<DocumentKind>(word).expect(word), kind);
        }
        assert!(
            DocumentKind::AddingRuling.stays_with_court() && !DocumentKind::RenewNotice.stays_with_court()
        );
    }
}
