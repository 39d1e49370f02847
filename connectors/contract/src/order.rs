//! Orders 协助指令: one request to one counterpart, as a connector sees it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date::{Date, Moment};
use crate::id::CaseNumber;
pub use crate::legal_document::{DocumentKind, LegalDocument};
use crate::money::Money;
use crate::name::PartyName;
use crate::party::{IdentityDocument, PartyKind};
pub use crate::target::Target;
use crate::text::travels_as_text;

/// The order's number on the wire 请求单号: 1 to 30 upper-case letters and digits, never reused. It is the idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestNumber(Arc<str>);

/// A text that is no request number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("请求单号应为 1 至 30 位大写字母或数字 a request number has 1 to 30 upper-case letters and digits")]
pub struct RequestNumberError;

impl RequestNumber {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestNumber {
    type Err = RequestNumberError;

    fn from_str(text: &str) -> Result<Self, RequestNumberError> {
        let fits = (1..=30).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if fits { Ok(Self(text.into())) } else { Err(RequestNumberError) }
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    RequestNumber,
    "RequestNumber",
    "请求单号: the order's number on the wire, never reused",
    Some("^[0-9A-Z]{1,30}$")
);

/// What can be done to a party's property at a counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// 查询
    Query,
    /// 冻结 (accounts, equity) or 查封 (real estate)
    Freeze,
    /// 续冻, 续封
    Renew,
    /// 解除
    Release,
    /// 扣划
    Deduct,
    /// 强制转让股权并办理股东变更登记
    Transfer,
}

impl ActionKind {
    /// Whether the action changes something at the counterpart. A control is never sent twice on a guess.
    pub const fn is_control(self) -> bool {
        !matches!(self, Self::Query)
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Query => "query",
            Self::Freeze => "freeze",
            Self::Renew => "renew",
            Self::Release => "release",
            Self::Deduct => "deduct",
            Self::Transfer => "transfer",
        })
    }
}

/// The content of an order: a query about a party or a control of one property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Instruction {
    /// What does the party own at this counterpart?
    Query {
        /// Period for which transactions are wanted, first and last day; absent means none are wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transactions: Option<(Date, Date)>,
    },
    /// Freeze one property, money up to an exact amount (财产保全规定 art. 15(3)).
    Freeze {
        /// The property.
        target: Target,
        /// Up to how much; absent for a property that is controlled as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<Money>,
        /// First day of the measure.
        from: Date,
        /// Last day of the measure; see [`Target::longest_term_days`].
        until: Date,
    },
    /// Renew a measure of ours before it expires.
    Renew {
        /// The property.
        target: Target,
        /// Amount of the measure; absent for a property that is controlled as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<Money>,
        /// First day of the new term.
        from: Date,
        /// Last day of the new term.
        until: Date,
        /// The measure that is renewed.
        original: Original,
    },
    /// Release a measure of ours, wholly or in part.
    Release {
        /// The property.
        target: Target,
        /// How much is released; absent for a property that is controlled as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// The measure that is released.
        original: Original,
    },
    /// Deduct money out of a freeze of ours, to the court's own account only (法〔2018〕64号: freeze first, then deduct).
    Deduct {
        /// The account.
        target: Target,
        /// How much.
        amount: Money,
        /// The freeze that it comes out of.
        original: Original,
        /// Where it goes.
        into: CourtAccount,
    },
    /// Register a forced transfer of the party's stake in a company 强制转让被执行人股权，办理股东变更登记
    /// (法〔2014〕251号 item 7).
    Transfer {
        /// The stake, or the part of it that is transferred.
        target: Target,
        /// Who takes it.
        to: Transferee,
    },
}

impl Instruction {
    /// The kind of action.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Query { .. } => ActionKind::Query,
            Self::Freeze { .. } => ActionKind::Freeze,
            Self::Renew { .. } => ActionKind::Renew,
            Self::Release { .. } => ActionKind::Release,
            Self::Deduct { .. } => ActionKind::Deduct,
            Self::Transfer { .. } => ActionKind::Transfer,
        }
    }

    /// The property a control is about.
    pub const fn target(&self) -> Option<&Target> {
        match self {
            Self::Query { .. } => None,
            Self::Freeze { target, .. }
            | Self::Renew { target, .. }
            | Self::Release { target, .. }
            | Self::Deduct { target, .. }
            | Self::Transfer { target, .. } => Some(target),
        }
    }

    /// The amount that is ordered, as it travels: the limit of a freeze or renewal, what is released or deducted. `None` where
    /// a property is controlled as a whole.
    pub const fn amount(&self) -> Option<Money> {
        match self {
            Self::Freeze { limit, .. } | Self::Renew { limit, .. } => *limit,
            Self::Release { amount, .. } => *amount,
            Self::Deduct { amount, .. } => Some(*amount),
            Self::Query { .. } | Self::Transfer { .. } => None,
        }
    }
}

/// Who takes a stake that is transferred by force 受让人.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transferee {
    /// Name.
    pub name: PartyName,
    /// Person or organisation.
    pub kind: PartyKind,
    /// The identity document.
    pub document: IdentityDocument,
}

/// The court's account for enforcement money 执行款专户.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourtAccount {
    /// Name of the holder 户名.
    pub holder: String,
    /// Account number 账号.
    pub number: String,
    /// Bank 开户行.
    pub bank: String,
    /// Number of the bank in the payment system 开户行行号, for transfers between banks.
    #[serde(default)]
    pub bank_number: String,
    /// Class 账户类型 in words, e.g. 本币.
    #[serde(default)]
    pub class: String,
}

/// The earlier order whose measure is renewed, released or deducted from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// Request number of the freeze 原冻结请求单号.
    pub number: RequestNumber,
    /// Case number of the freeze 原冻结案号.
    pub case_number: CaseNumber,
    /// The counterpart's own number of the measure, when it gave one: a registry's 查封业务号, a regulator's record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
}

/// An enforcement officer 承办人 with the certificates that a counterpart has on file (法释〔2013〕20号 art. 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Name.
    pub name: PartyName,
    /// Number of the work certificate 工作证编号.
    pub work_certificate: String,
    /// Number of the enforcement certificate 执行公务证编号.
    pub enforcement_certificate: String,
    /// Telephone.
    #[serde(default)]
    pub phone: String,
    /// Image of the work certificate; some counterparts refuse an order that comes with neither image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_image: Option<CertificateImage>,
    /// Image of the enforcement certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement_image: Option<CertificateImage>,
}

/// A scanned certificate of an officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateImage {
    /// File extension: jpg …
    pub format: String,
    /// The file's bytes, Base64 in JSON.
    #[serde(with = "crate::message::base64_bytes")]
    #[schemars(with = "String")]
    pub content: Arc<[u8]>,
}

/// The court and the case that an order belongs to. No order leaves without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseHead {
    /// Case number 案号.
    pub number: CaseNumber,
    /// Name of the court 执行法院名称.
    pub court_name: String,
    /// Code of the court 执行法院代码.
    pub court_code: String,
    /// Officers: the handler 承办人 first, then the helper 协查人.
    pub officers: Vec<Officer>,
    /// Number of the case that this one continues: 执保 → 执 → 执恢. Its claim and its measures come along (民诉法解释 art. 168).
    /// It does not travel: a message names the case of each measure itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<CaseNumber>,
    /// Day on which the case was filed 立案日期: from it run the clocks for starting the search and for putting its results on
    /// file. It does not travel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_on: Option<Date>,
}

/// An order as a connector sees it: everything a message may need, nothing it must fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The order's number on the wire.
    pub number: RequestNumber,
    /// When the order was made, Asia/Shanghai.
    pub created: Moment,
    /// Court, case and officers.
    pub case: Arc<CaseHead>,
    /// Person or organisation.
    pub party_kind: PartyKind,
    /// The party's name.
    pub name: PartyName,
    /// The identity document that this order asks by.
    pub document: IdentityDocument,
    /// What is asked or ordered.
    pub instruction: Instruction,
    /// The legal documents that the manifest requires for this action.
    pub documents: Vec<LegalDocument>,
}

impl Order {
    /// The legal document of a kind that goes with this order. A renewal's own ruling and notice (法释〔2013〕20号 art. 3)
    /// come before those of the freeze, which stand in for them where a court issues no others.
    pub fn legal_document(&self, kind: DocumentKind) -> Option<&LegalDocument> {
        let of = |kind| self.documents.iter().find(|document| document.kind == kind);
        let renews = self.instruction.kind() == ActionKind::Renew;
        let own = kind.of_renewal().filter(|_| renews).and_then(of);
        own.or_else(|| of(kind))
    }
}
