//! Equity freezes 股权冻结 as data vendors repeat them from the public record (protocol sections 1.5, 2.4 and 4.2 of the
//! business registries).

use crate::capital::read_capital;
use chakong_contract::asset::{EquityFreeze, EquityFreezeState};
use chakong_contract::date::Date;
use chakong_contract::id::CaseNumber;

/// Reads `类型|状态` such as `股权冻结|冻结`, and the matter 执行事项 where it is known: a freeze that waits is published as a
/// matter of its own.
pub fn read_freeze_state(type_state: &str, matter: &str) -> EquityFreezeState {
    use EquityFreezeState::{InForce, Lapsed, Released, Transferred, Unknown, Waiting};
    let (kind, state) = type_state.split_once(['|', '｜']).unwrap_or((type_state, ""));
    let waits = kind.contains("轮候") || matter.contains("轮候");
    match state.trim() {
        _ if kind.contains("股东") => Transferred,
        "解除冻结" => Released,
        "失效" => Lapsed,
        "冻结" | "续行冻结" if kind.contains("冻结") => {
            if waits {
                Waiting
            } else {
                InForce
            }
        }
        "轮候冻结" => Waiting,
        _ => Unknown,
    }
}

/// One record of judicial assistance, as texts and dates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreezeRecord {
    /// `类型|状态`, verbatim.
    pub type_state: String,
    /// Matter 执行事项, where known.
    pub matter: String,
    /// Whose shares 被执行人.
    pub debtor: String,
    /// In which company 股权所在企业.
    pub company: String,
    /// How much, in the source's words.
    pub amount: String,
    /// Executing court.
    pub court: String,
    /// Number of the notice 执行通知书文号.
    pub notice: String,
    /// Number of the ruling 执行裁定书文号.
    pub ruling: String,
    /// Day of publication 公示日期.
    pub published: Option<Date>,
    /// First day of the term.
    pub from: Option<Date>,
    /// Last day of the term.
    pub until: Option<Date>,
}

impl FreezeRecord {
    /// Its state.
    pub fn state(&self) -> EquityFreezeState {
        read_freeze_state(&self.type_state, &self.matter)
    }

    /// The freeze, whether it stands or has ended.
    pub fn freeze(&self) -> EquityFreeze {
        EquityFreeze {
            state: self.state(),
            words: self.type_state.clone(),
            matter: self.matter.clone(),
            debtor: self.debtor.clone(),
            company: self.company.clone(),
            court: self.court.clone(),
            notice: CaseNumber::canonical(&self.notice),
            ruling: CaseNumber::canonical(&self.ruling),
            amount: read_capital(&self.amount),
            amount_text: self.amount.clone(),
            published: self.published,
            from: self.from,
            until: self.until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_with_their_matter() {
        use EquityFreezeState::{InForce, Lapsed, Released, Transferred, Unknown, Waiting};
        for (text, matter, want) in [
            ("股权冻结|冻结", "公示冻结股权、其他投资权益", InForce),
            ("股权冻结|冻结", "轮候冻结股权、其他投资权益", Waiting),
            ("股权冻结|轮候冻结", "", Waiting),
            ("股权冻结|续行冻结", "", InForce),
            ("股权冻结｜冻结", "", InForce),
            ("股权冻结|解除冻结", "", Released),
            ("股权冻结|失效", "", Lapsed),
            ("股东变更|冻结", "", Transferred),
            ("股权冻结|待定", "", Unknown),
            ("冻结", "", Unknown),
        ] {
            assert_eq!(read_freeze_state(text, matter), want, "{text} {matter}");
        }
    }

    #[test]
    fn it_begins_when_it_was_published_and_ends_with_its_term() {
        let day = |text: &str| text.parse::<Date>().ok();
        let record = FreezeRecord {
            type_state: "股权冻结|冻结".to_owned(),
            amount: "350万人民币元".to_owned(),
            published: day("2023-06-02"),
            from: day("2023-06-01"),
            until: day("2026-05-31"),
            ..FreezeRecord::default()
        };
        let burden = record.freeze().encumbrance().expect("it stands");
        assert_eq!((burden.from, burden.until), (day("2023-06-02"), day("2026-05-31")));
        assert_eq!(burden.words, "股权冻结|冻结；股权数额：350万人民币元；期限：2023-06-01至2026-05-31");
        assert_eq!(burden.amount.expect("an amount").to_string(), "3500000 CNY");
    }
}
