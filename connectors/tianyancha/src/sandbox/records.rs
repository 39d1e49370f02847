use chakong_contract::date;
use chakong_toolkit::Scalar;
use chakong_toolkit::company_script::{self, Company};
use serde_json::{Value, json};

use crate::wire::{
    Change, Contribution, Detail, DetailPart, History, Holder, Investment, Judicial, OldValue, Record,
};

/// A company as the vendor writes it.
#[derive(Debug)]
pub(super) struct Vendor {
    id: Option<i64>,
    company: Company,
}

/// "No end" as the vendor writes it: 9999-12-31 in UTC+8.
const NO_END: i64 = 253_402_185_600_000;

impl Vendor {
    pub(super) fn new(id: Option<i64>, company: Company) -> Self {
        Self { id, company }
    }

    pub(super) fn base(&self) -> Value {
        let company = &self.company;
        let org_number =
            company.code.parse::<chakong_contract::id::Uscc>().ok().and_then(|code| code.org_code().ok());
        let joined: String = company.former_names.iter().map(|name| format!("{name};")).collect();
        json!(Record {
            id: self.id.map_or(Scalar::Null, Scalar::from),
            name: company.name.as_str().into(),
            history_names: Some(vec![joined.as_str().into()]),
            history_name_list: Some(company.former_names.iter().map(|name| name.as_str().into()).collect()),
            credit_code: company.code.as_str().into(),
            org_number: org_number.map_or(Scalar::Null, |code| code.as_str().into()),
            reg_number: company.registration_number.as_str().into(),
            legal_person_name: company.legal_representative.as_str().into(),
            reg_status: company.status.as_str().into(),
            reg_capital: company.capital.as_str().into(),
            actual_capital: company.paid_capital.as_str().into(),
            established: millis(&company.established),
            from_time: millis(&company.established),
            to_time: if company.term_until.is_empty() { NO_END.into() } else { millis(&company.term_until) },
            company_org_type: "有限责任公司(自然人投资或控股)".into(),
            reg_institute: "示例市市场监督管理局".into(),
            reg_location: company.address.as_str().into(),
            business_scope: "".into(),
        })
    }

    /// An entry of a search: marks around the name, the date as text.
    pub(super) fn search(&self) -> Value {
        let company = &self.company;
        let date = &company.established;
        let established = if date.is_empty() { String::new() } else { format!("{date} 00:00:00.0") };
        json!(Record {
            id: self.id.map_or(Scalar::Null, Scalar::from),
            name: format!("<em>{}</em>", company.name).as_str().into(),
            credit_code: company.code.as_str().into(),
            reg_number: company.registration_number.as_str().into(),
            legal_person_name: company.legal_representative.as_str().into(),
            reg_status: company.status.as_str().into(),
            reg_capital: company.capital.as_str().into(),
            established: established.as_str().into(),
            ..Record::default()
        })
    }

    pub(super) fn holders(&self) -> Vec<Value> {
        let contribution = |amount: &str, percent: &str| {
            let one = Contribution { amount: amount.into(), percent: percent.into() };
            Some(if amount.is_empty() { Vec::new() } else { vec![one] })
        };
        let holder = |one: &company_script::Shareholder| {
            json!(Holder {
                name: one.name.as_str().into(),
                kind: if one.company { 1 } else { 2 }.into(),
                capital: contribution(&one.subscribed, &one.percent),
                paid: contribution(&one.paid, ""),
            })
        };
        self.company.shareholders.iter().map(holder).collect()
    }

    pub(super) fn changes(&self) -> Vec<Value> {
        let change = |one: &company_script::Change| {
            json!(Change {
                change_item: one.item.as_str().into(),
                content_before: one.before.as_str().into(),
                content_after: one.after.as_str().into(),
                change_time: one.date.as_str().into(),
            })
        };
        self.company.changes.iter().map(change).collect()
    }

    pub(super) fn judicial(&self) -> Vec<Value> {
        let row = |(at, one): (usize, &company_script::Freeze)| {
            let state = if one.state.is_empty() { "股权冻结|冻结" } else { &one.state };
            json!(Judicial {
                assistance_id: format!("{}:{at}", self.key()).into(),
                executed_person: one.holder.as_str().into(),
                stock_executed_company: one.company_or(&self.company.name).into(),
                equity_amount: one.amount.as_str().into(),
                executive_court: one.court.as_str().into(),
                execute_notice_num: one.document.as_str().into(),
                type_state: state.into(),
                publicity_date: millis(&one.published),
            })
        };
        self.company.freezes.iter().enumerate().map(row).collect()
    }

    /// What the vendor is asked by: its own id, else the credit code.
    fn key(&self) -> String {
        self.id.map_or_else(|| self.company.code.clone(), |id| id.to_string())
    }

    /// The detail of the freeze at a place.
    pub(super) fn detail(&self, at: usize) -> Option<Value> {
        let freeze = self.company.freezes.get(at)?;
        let part = DetailPart {
            implementation_matters: freeze.matter().into(),
            execute_order_num: freeze.ruling.as_str().into(),
            from_date: millis(&freeze.from),
            to_date: millis(&freeze.until),
            published: millis(&freeze.published),
        };
        Some(json!(Detail { frozen: Some(part), ..Detail::default() }))
    }

    pub(super) fn investments(&self) -> Vec<Value> {
        let investment = |one: &company_script::Investment| {
            json!(Investment {
                name: one.name.as_str().into(),
                credit_code: one.code.as_str().into(),
                percent: one.percent.as_str().into(),
                amount: one.amount.as_str().into(),
                amount_suffix: if one.unit.is_empty() { "万人民币" } else { &one.unit }.into(),
            })
        };
        self.company.investments.iter().map(investment).collect()
    }

    pub(super) fn branches(&self) -> Vec<Value> {
        let branch = |one: &company_script::Branch| {
            json!(Record {
                name: one.name.as_str().into(),
                reg_status: one.status.as_str().into(),
                legal_person_name: one.responsible.as_str().into(),
                ..Record::default()
            })
        };
        self.company.branches.iter().map(branch).collect()
    }

    /// Past registry data; `None` when there is none.
    pub(super) fn history(&self) -> Option<Value> {
        let old = |values: &[String]| {
            let old = |value: &String| OldValue { name: value.as_str().into(), time: Scalar::Null };
            Some(values.iter().map(old).collect())
        };
        let (names, capital) = (&self.company.history_names, &self.company.history_capital);
        let any = !names.is_empty() || !capital.is_empty();
        any.then(|| {
            json!(History {
                history_name_list: old(names),
                reg_capital_list: old(capital),
                ..History::default()
            })
        })
    }
}

/// Milliseconds of the midnight in UTC+8; nothing for a text that is no date.
fn millis(text: &str) -> Scalar {
    let Ok(Some(date)) = date::read_date(text) else { return Scalar::Null };
    let midnight = date.at(0, 0, 0, 0).to_zoned(date::shanghai());
    midnight.map_or(Scalar::Null, |midnight| midnight.timestamp().as_millisecond().into())
}
