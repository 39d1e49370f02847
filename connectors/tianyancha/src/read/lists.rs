use std::collections::HashSet;

use chakong_contract::asset::{Branch, ChangeRecord, Shareholder};
use chakong_contract::{Company, EquityStake, Money};
use chakong_toolkit::Scalar;
use chakong_toolkit::capital::read_percent;
use chakong_toolkit::company_status::read_company_status;
use chakong_toolkit::gathered::Gathered;

use crate::wire::{Change, Contribution, History, Holder, Investment, OldValue, Record, field};

/// Past values kept of one kind.
const MOST_OLD_VALUES: usize = 50;

/// Shareholders, with what they subscribed and paid.
pub(crate) fn shareholders(holders: Vec<Holder>, gathered: &mut Gathered) -> Vec<Shareholder> {
    let mut read = |holder: Holder| {
        let is_company = match holder.kind.integer() {
            Some(1) => Some(true),
            Some(2) => Some(false),
            Some(3) => None,
            _ => {
                if !holder.kind.is_blank() {
                    gathered.strange(field::TYPE, holder.kind.text());
                }
                None
            }
        };
        let subscribed = holder.capital.unwrap_or_default();
        Shareholder {
            name: holder.name.plain(),
            is_company,
            percent: percent(&subscribed),
            subscribed: total(field::SUBSCRIBED, &subscribed, gathered),
            paid: total(field::PAID, &holder.paid.unwrap_or_default(), gathered),
            ..Shareholder::default()
        }
    };
    holders.into_iter().map(&mut read).collect()
}

/// The share, where the contributions state exactly one.
fn percent(contributions: &[Contribution]) -> Option<String> {
    let mut stated = contributions.iter().filter_map(|one| read_percent(&one.percent.text()));
    let first = stated.next()?;
    stated.all(|other| other == first).then_some(first)
}

/// The sum, where every contribution can be read and all are in one currency.
fn total(field: &str, contributions: &[Contribution], gathered: &mut Gathered) -> Option<Money> {
    let amounts: Option<Vec<Money>> =
        contributions.iter().map(|one| gathered.capital(field, &one.amount.text())).collect();
    amounts?.into_iter().map(Some).reduce(|sum, next| {
        let (sum, next) = (sum?, next?);
        let amount = sum.amount.checked_add(next.amount)?;
        (sum.currency == next.currency).then_some(Money { amount, ..sum })
    })?
}

/// Changes as the vendor lists them.
pub(crate) fn changes(changes: Vec<Change>, gathered: &mut Gathered) -> Vec<ChangeRecord> {
    let mut read = |change: Change| ChangeRecord {
        date: gathered.past_date(field::CHANGE_TIME, &change.change_time),
        item: change.change_item.plain(),
        before: change.content_before.plain(),
        after: change.content_after.plain(),
    };
    changes.into_iter().map(&mut read).collect()
}

/// What the company holds in others.
pub(crate) fn stakes(
    holder: &str,
    investments: Vec<Investment>,
    gathered: &mut Gathered,
) -> Vec<EquityStake> {
    let mut read = |investment: Investment| {
        let (company_code, unverified_company_code) =
            gathered.credit_code(field::CREDIT_CODE, &investment.credit_code);
        EquityStake {
            holder: holder.to_owned(),
            company: investment.name.plain(),
            company_code,
            unverified_company_code,
            percent: read_percent(&investment.percent.text()),
            subscribed: gathered.capital(
                field::AMOUNT,
                &format!("{}{}", investment.amount.text(), investment.amount_suffix.text()),
            ),
            ..EquityStake::default()
        }
    };
    investments.into_iter().map(&mut read).collect()
}

/// Branches.
pub(crate) fn branches(records: Vec<Record>, gathered: &mut Gathered) -> Vec<Branch> {
    let mut read = |record: Record| {
        let status_text = record.reg_status.text();
        let status = read_company_status(&status_text);
        if status.is_none() && !status_text.is_empty() {
            gathered.strange(field::REG_STATUS, status_text.clone());
        }
        Branch {
            name: record.name.plain(),
            code: gathered.checked(field::CREDIT_CODE, &record.credit_code),
            registration_number: record.reg_number.code().unwrap_or_default(),
            status,
            status_text,
            responsible: record.legal_person_name.plain(),
        }
    };
    records.into_iter().map(&mut read).collect()
}

/// Former names and past values; a past value is a change whose other side is not told.
pub(crate) fn add_history(company: &mut Company, history: History, gathered: &mut Gathered) {
    for name in history.history_name_list.iter().flatten().take(MOST_OLD_VALUES) {
        let name = name.name.plain();
        if !name.is_empty() && name != company.name && !company.former_names.contains(&name) {
            company.former_names.push(name);
        }
    }
    let lists: [(&str, Option<Vec<OldValue>>); 4] = [
        ("历史注册资本", history.reg_capital_list),
        ("历史法定代表人", history.past_legal_person_list),
        ("历史住所", history.location_list),
        ("历史企业类型", history.type_list),
    ];
    for (item, values) in lists {
        let values = values.into_iter().flatten().take(MOST_OLD_VALUES);
        let mut read = |old: OldValue| ChangeRecord {
            date: gathered.past_date(field::TIME, &old.time),
            item: item.to_owned(),
            before: old.name.plain(),
            after: Scalar::Null.text(),
        };
        let records: Vec<ChangeRecord> = values.map(&mut read).collect();
        add_changes(&mut company.changes, records);
    }
}

/// Adds changes, each once by date, item, before and after: the vendor repeats them.
pub(crate) fn add_changes(known: &mut Vec<ChangeRecord>, new: Vec<ChangeRecord>) {
    let mut seen: HashSet<ChangeRecord> = known.iter().cloned().collect();
    known.extend(new.into_iter().filter(|change| seen.insert(change.clone())));
}
