use std::collections::HashSet;

use chakong_contract::asset::{ChangeRecord, EncumbranceKind, Shareholder};
use chakong_contract::{Encumbrance, Money};

use super::{Taken, unknown};
use crate::wire::{Change, Contribution, Holder, Judicial, plain, read_capital, read_percent};

/// Shareholders, with what they subscribed and paid.
pub(crate) fn shareholders(taken: Taken<Holder>) -> Taken<Shareholder> {
    let Taken { entries, mut unknown, unreadable } = taken;
    let mut read = |holder: Holder| {
        let is_company = match holder.kind.integer() {
            Some(1) => Some(true),
            Some(2) => Some(false),
            Some(3) => None,
            _ => {
                let kind = holder.kind.text();
                if !kind.is_empty() {
                    unknown.push(super::unknown("type", kind));
                }
                None
            }
        };
        let subscribed = holder.capital.unwrap_or_default();
        Shareholder {
            name: plain(&holder.name),
            is_company,
            percent: percent(&subscribed),
            subscribed: total(&subscribed),
            paid: total(&holder.capital_actl.unwrap_or_default()),
        }
    };
    let entries = entries.into_iter().map(&mut read).collect();
    Taken { entries, unknown, unreadable }
}

/// The share, where the contributions state exactly one.
fn percent(contributions: &[Contribution]) -> Option<String> {
    let mut stated = contributions.iter().filter_map(|one| read_percent(&one.percent.text()));
    let first = stated.next()?;
    stated.all(|other| other == first).then_some(first)
}

/// The sum, where every contribution can be read and all are in one currency.
fn total(contributions: &[Contribution]) -> Option<Money> {
    let amounts: Option<Vec<Money>> =
        contributions.iter().map(|one| read_capital(&one.amomon.text())).collect();
    amounts?.into_iter().map(Some).reduce(|sum, next| {
        let (sum, next) = (sum?, next?);
        let amount = sum.amount.checked_add(next.amount)?;
        (sum.currency == next.currency).then_some(Money { amount, ..sum })
    })?
}

/// Changes, each once by date, item, before and after: the vendor repeats them.
pub(crate) fn changes(taken: Taken<Change>) -> Taken<ChangeRecord> {
    let Taken { entries, mut unknown, unreadable } = taken;
    let mut seen = HashSet::new();
    let mut records = Vec::with_capacity(entries.len());
    for change in entries {
        let date = change.change_time.date().unwrap_or_else(|_| {
            unknown.push(super::unknown("changeTime", change.change_time.text()));
            None
        });
        let record = ChangeRecord {
            date,
            item: plain(&change.change_item),
            before: plain(&change.content_before),
            after: plain(&change.content_after),
        };
        if seen.insert(record.clone()) {
            records.push(record);
        }
    }
    Taken { entries: records, unknown, unreadable }
}

/// What a row of judicial assistance is, by its kind and state.
enum Row {
    Stands(EncumbranceKind),
    /// Lifted, lapsed, or a change of shareholder: no burden now.
    Ended,
    Unknown,
}

fn row(type_state: &str) -> Row {
    let (kind, state) = type_state.split_once('|').unwrap_or((type_state, ""));
    match state.trim() {
        _ if kind.contains("股东") => Row::Ended,
        "解除冻结" | "失效" => Row::Ended,
        "冻结" | "续行冻结" if kind.contains("冻结") => Row::Stands(if kind.contains("轮候") {
            EncumbranceKind::WaitingSeizure
        } else {
            EncumbranceKind::Freeze
        }),
        "轮候冻结" => Row::Stands(EncumbranceKind::WaitingSeizure),
        _ => Row::Unknown,
    }
}

/// Equity freezes that stand: on shares in the company, or on the company's own shares in another. The words say whose.
/// A state that is not known is kept as some other right with its words, and counted.
pub(crate) fn encumbrances(taken: Taken<Judicial>) -> Taken<Encumbrance> {
    let Taken { entries, unknown: mut strange, unreadable } = taken;
    let mut read = |judicial: Judicial| {
        let type_state = judicial.type_state.text();
        let kind = match row(&type_state) {
            Row::Stands(kind) => kind,
            Row::Ended => return None,
            Row::Unknown => {
                strange.push(unknown("typeState", type_state.clone()));
                EncumbranceKind::OtherRight
            }
        };
        let from = judicial.publicity_date.date().unwrap_or_else(|_| {
            strange.push(unknown("publicityDate", judicial.publicity_date.text()));
            None
        });
        let amount = judicial.equity_amount.text();
        let parts = [
            ("", type_state),
            ("被执行人：", plain(&judicial.executed_person)),
            ("股权所在企业：", plain(&judicial.stock_executed_company)),
            ("股权数额：", amount.clone()),
        ];
        let words = parts.iter().filter(|(_, value)| !value.is_empty());
        Some(Encumbrance {
            kind,
            holder: judicial.executive_court.text(),
            document: judicial.execute_notice_num.text(),
            amount: read_capital(&amount),
            from,
            until: None,
            rank: None,
            words: words.map(|(label, value)| format!("{label}{value}")).collect::<Vec<_>>().join("；"),
        })
    };
    let entries = entries.into_iter().filter_map(&mut read).collect();
    Taken { entries, unknown: strange, unreadable }
}
