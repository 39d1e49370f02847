use std::collections::HashSet;

use chakong_contract::asset::{Branch as CompanyBranch, ChangeRecord, EquityFreezeState, Shareholder};
use chakong_contract::date::has_surely_come;
use chakong_contract::id::Uscc;
use chakong_contract::money::read_amount;
use chakong_contract::{Company, Date, Money};
use chakong_toolkit::Scalar;
use chakong_toolkit::capital::read_percent;
use chakong_toolkit::freeze_record::FreezeRecord;
use chakong_toolkit::gathered::Gathered;
use serde_json::Value;

use crate::wire::{Branch, Change, Endpoint, Judicial, Partner, field};

/// Shareholders, with what they subscribed and paid.
pub(crate) fn add_shareholders(company: &mut Company, items: Vec<Value>, gathered: &mut Gathered) {
    let partners: Vec<Partner> = gathered.entries(Endpoint::Partners.what(), items);
    company.shareholders.extend(partners.into_iter().map(|partner| Shareholder {
        name: partner.stock_name.plain(),
        is_company: is_company(&partner.stock_type.text(), gathered),
        percent: read_percent(&partner.stock_percent.text()),
        subscribed: contribution(field::SUBSCRIBED, &partner.subscribed, gathered),
        paid: contribution(field::PAID, &partner.paid, gathered),
        ..Shareholder::default()
    }));
}

/// Whether a kind of shareholder is a company, by its words.
fn is_company(kind: &str, gathered: &mut Gathered) -> Option<bool> {
    if kind.contains("自然人") {
        return Some(false);
    }
    if ["法人", "企业", "公司", "合伙", "机构"].iter().any(|word| kind.contains(word)) {
        return Some(true);
    }
    if !kind.is_empty() {
        gathered.strange(field::STOCK_TYPE, kind);
    }
    None
}

/// A bare number is in 万元 of a currency that is not named; anything else says its unit itself.
fn contribution(field: &str, value: &Scalar, gathered: &mut Gathered) -> Option<Money> {
    let text = value.text();
    // Also in scientific notation.
    let bare = read_amount(&text).is_ok();
    gathered.capital(field, &if bare { format!("{text}万") } else { text })
}

/// Branches; their code may stand in the place of the registration number.
pub(crate) fn add_branches(company: &mut Company, items: Vec<Value>, gathered: &mut Gathered) {
    let branches: Vec<Branch> = gathered.entries(Endpoint::Branches.what(), items);
    company.branches.extend(branches.into_iter().map(|branch| {
        let numbers = [branch.credit_code.text(), branch.reg_no.text()];
        let code = numbers.iter().find_map(|number| number.parse::<Uscc>().ok());
        CompanyBranch {
            name: branch.name.plain(),
            registration_number: if code.is_some() {
                String::new()
            } else {
                branch.reg_no.code().unwrap_or_default()
            },
            code,
            responsible: branch.responsible.plain(),
            ..CompanyBranch::default()
        }
    }));
}

/// Changes, each once: the vendor repeats one event under another item, so that date, before and after tell it.
pub(crate) fn add_changes(company: &mut Company, items: Vec<Value>, gathered: &mut Gathered) {
    let changes: Vec<Change> = gathered.entries("变更记录 changes", items);
    let mut seen = HashSet::new();
    for change in changes {
        let record = ChangeRecord {
            date: gathered.past_date(field::CHANGE_DATE, &change.change_date),
            item: content(&change.project_name),
            before: content(&change.before_content),
            after: content(&change.after_content),
        };
        let says_nothing = record.before.is_empty() && record.after.is_empty();
        let item = if says_nothing { record.item.clone() } else { String::new() };
        if seen.insert((record.date, item, record.before.clone(), record.after.clone())) {
            company.changes.push(record);
        } else if let Some(known) = company.changes.iter_mut().find(|known| {
            known.item.is_empty()
                && (known.date, &known.before, &known.after) == (record.date, &record.before, &record.after)
        }) {
            known.item = record.item;
        }
    }
}

/// A text of a change without the marks that the source leaves at its end.
fn content(value: &Scalar) -> String {
    value.plain().trim_end_matches(['^', '*']).trim_end().to_owned()
}

/// Equity freezes, those that have ended too. A detail of a release or of a forced change ends a row, whatever its status
/// says; one with nothing in it does not.
/// `spoken` is the day on which the vendor answered, where it is known.
pub(crate) fn add_freezes(
    company: &mut Company,
    items: Vec<Value>,
    spoken: Option<Date>,
    gathered: &mut Gathered,
) {
    let rows: Vec<Judicial> = gathered.entries(Endpoint::Judicial.what(), items);
    for row in rows {
        // A day that cannot be read or lies ahead is no end: what stands is never hidden.
        let released = row
            .equity_un_freeze_detail
            .and_then(|detail| gathered.date(field::UN_FREEZE_DATE, &detail.un_freeze_date))
            .is_some_and(|end| has_surely_come(end, spoken));
        let transferred =
            row.judicial_partners_change_detail.is_some_and(|detail| detail.assignee.code().is_some());
        let type_state = match (released, transferred) {
            (true, _) => "股权冻结|解除冻结".to_owned(),
            (false, true) => "股东变更|冻结".to_owned(),
            (false, false) => row.status.text(),
        };
        let detail = row.equity_freeze_detail.unwrap_or_default();
        let record = FreezeRecord {
            type_state,
            matter: detail.execution_matters.plain(),
            debtor: row.executed_by.plain(),
            company: detail.company_name.plain(),
            amount: row.equity_amount.text(),
            court: row.enforcement_court.text(),
            notice: row.execution_notice_num.text(),
            ruling: detail.execution_verdict_num.text(),
            published: gathered.past_date(field::PUBLIC_DATE, &detail.public_date),
            from: gathered.past_date(field::FREEZE_START_DATE, &detail.freeze_start_date),
            until: gathered.date(field::FREEZE_END_DATE, &detail.freeze_end_date),
        };
        let freeze = record.freeze();
        if freeze.state == EquityFreezeState::Unknown {
            gathered.strange(field::STATUS, record.type_state);
        }
        company.encumbrances.extend(freeze.encumbrance());
        company.freezes.push(freeze);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(released: &str, spoken: Option<&str>) -> EquityFreezeState {
        let row = serde_json::json!({
            "ExecutedBy": "甲某", "Status": "股权冻结|冻结", "EquityUnFreezeDetail": {"UnFreezeDate": released},
        });
        let spoken = spoken.map(|day| day.parse().expect(day));
        let mut company = Company::default();
        add_freezes(&mut company, vec![row], spoken, &mut Gathered::default());
        company.freezes.first().expect("a freeze").state
    }

    #[test]
    fn a_freeze_that_is_lifted_later_still_stands() {
        assert_eq!(state("2028-02-29", Some("2028-02-28")), EquityFreezeState::InForce);
        assert_eq!(state("2028-02-29", Some("2028-02-29")), EquityFreezeState::Released);
        assert_eq!(state("2043-06-01", None), EquityFreezeState::InForce, "no day of speaking is known");
        assert_eq!(state("2019-06-01", None), EquityFreezeState::Released);
    }
}
