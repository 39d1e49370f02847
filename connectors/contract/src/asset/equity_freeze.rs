use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::encumbrance::{Encumbrance, EncumbranceKind};
use crate::date::Date;
use crate::money::Money;

/// A freeze of equity as the public record has it 股权冻结, whether it stands or has ended (protocol section 4.2 of the
/// business registries).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct EquityFreeze {
    /// Its state in our vocabulary.
    pub state: EquityFreezeState,
    /// Kind and state in the source's words.
    pub words: String,
    /// Matter 执行事项 in the source's words, where stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub matter: String,
    /// Whose shares 被执行人.
    pub debtor: String,
    /// In which company 股权所在企业; empty where the source does not repeat it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub company: String,
    /// Executing court 执行法院.
    pub court: String,
    /// Number of the notice 执行通知书文号, in canonical form where it is a case number.
    pub notice: String,
    /// Number of the ruling 执行裁定书文号, in canonical form where it is a case number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ruling: String,
    /// How much; null where the words state no amount of money.
    pub amount: Option<Money>,
    /// How much, in the source's words: money, a ratio or a number of shares.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub amount_text: String,
    /// Day of publication 公示日期, on which it takes effect (法释〔2021〕20号 art. 6).
    pub published: Option<Date>,
    /// First day of the term.
    pub from: Option<Date>,
    /// Last day of the term.
    pub until: Option<Date>,
}

/// State of an equity freeze.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EquityFreezeState {
    /// 冻结、续行冻结
    InForce,
    /// 轮候冻结: published later than another that stands.
    Waiting,
    /// 解除冻结
    Released,
    /// 失效: its term passed without a renewal.
    Lapsed,
    /// 股东变更: the shares were transferred by force.
    Transferred,
    /// The source's words are not known.
    Unknown,
}

impl EquityFreezeState {
    /// Whether it burdens the shares now; `None` where the words are not known.
    pub const fn stands(self) -> Option<bool> {
        match self {
            Self::InForce | Self::Waiting => Some(true),
            Self::Released | Self::Lapsed | Self::Transferred => Some(false),
            Self::Unknown => None,
        }
    }
}

impl EquityFreeze {
    /// The encumbrance; `None` when it has ended. It begins on the day of publication, on which a freeze takes effect
    /// (法释〔2021〕20号 art. 6). A state that is not known is some other right, with its words. The record states no rank.
    pub fn encumbrance(&self) -> Option<Encumbrance> {
        let kind = match self.state {
            EquityFreezeState::InForce => EncumbranceKind::Freeze,
            EquityFreezeState::Waiting => EncumbranceKind::WaitingSeizure,
            EquityFreezeState::Unknown => EncumbranceKind::OtherRight,
            _ => return None,
        };
        let term = match (self.from, self.until) {
            (None, None) => String::new(),
            (from, until) => {
                let day = |date: Option<Date>| date.map_or("?".to_owned(), |date| date.to_string());
                format!("{}至{}", day(from), day(until))
            }
        };
        let parts = [
            ("", &self.words),
            ("执行事项：", &self.matter),
            ("被执行人：", &self.debtor),
            ("股权所在企业：", &self.company),
            ("股权数额：", &self.amount_text),
            ("裁定书文号：", &self.ruling),
            ("期限：", &term),
        ];
        let words = parts.iter().filter(|(_, value)| !value.is_empty());
        let words = words.map(|(label, value)| format!("{label}{value}")).collect::<Vec<_>>().join("；");
        Some(Encumbrance {
            kind,
            holder: self.court.clone(),
            document: self.notice.clone(),
            amount: self.amount,
            from: self.published.or(self.from),
            until: self.until,
            rank: None,
            reference: String::new(),
            words,
        })
    }
}
