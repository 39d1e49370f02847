use chakong_contract::id::Uscc;
use chakong_toolkit::Scalar;
use chakong_toolkit::company_script::{self, Company};
use serde_json::{Value, json};

use crate::wire::{Branch, Change, FreezeDetail, Judicial, OriginalName, Partner, Record, UnfreezeDetail};

/// Base data, with the lists where the full pack is asked for.
pub(super) fn base(company: &Company, pack: bool) -> Value {
    let org_code = company.code.parse::<Uscc>().ok().and_then(|code| code.org_code().ok());
    let hyphened = org_code.as_ref().and_then(|code| code.as_str().split_at_checked(8));
    let hyphened = hyphened.map(|(main, check)| format!("{main}-{check}"));
    let original = company.former_names.iter().map(|name| OriginalName { name: name.as_str().into() });
    json!(Record {
        name: company.name.as_str().into(),
        no: company.registration_number.as_str().into(),
        credit_code: company.code.as_str().into(),
        org_no: hyphened.map_or(Scalar::Null, Into::into),
        registry: "示例市市场监督管理局".into(),
        responsible: company.legal_representative.as_str().into(),
        start_date: time(&company.established),
        status: company.status.as_str().into(),
        registered_capital: company.capital.as_str().into(),
        original_name: Some(original.collect()),
        partners: pack.then(|| partners(company)),
        branches: pack.then(|| branches(company)),
        change_records: pack.then(|| changes(company)),
        ..Record::default()
    })
}

/// A day as the vendor writes it.
fn time(day: &str) -> Scalar {
    if day.is_empty() { Scalar::Null } else { format!("{day} 00:00:00").into() }
}

pub(super) fn partners(company: &Company) -> Vec<Value> {
    let partner = |one: &company_script::Shareholder| {
        json!(Partner {
            stock_name: one.name.as_str().into(),
            stock_type: if one.company { "企业法人" } else { "自然人股东" }.into(),
            stock_percent: one.percent.as_str().into(),
            subscribed: one.subscribed.as_str().into(),
            paid: one.paid.as_str().into(),
        })
    };
    company.shareholders.iter().map(partner).collect()
}

pub(super) fn branches(company: &Company) -> Vec<Value> {
    let branch = |one: &company_script::Branch| {
        json!(Branch {
            name: one.name.as_str().into(),
            reg_no: one.code.as_str().into(),
            credit_code: Scalar::Null,
            responsible: one.responsible.as_str().into(),
        })
    };
    company.branches.iter().map(branch).collect()
}

fn changes(company: &Company) -> Vec<Value> {
    let change = |one: &company_script::Change| {
        json!(Change {
            project_name: one.item.as_str().into(),
            before_content: one.before.as_str().into(),
            after_content: one.after.as_str().into(),
            change_date: time(&one.date),
        })
    };
    company.changes.iter().map(change).collect()
}

pub(super) fn freezes(company: &Company) -> Vec<Value> {
    let row = |one: &company_script::Freeze| {
        let stands = one.released.is_empty();
        let freeze = FreezeDetail {
            company_name: one.company_or(&company.name).into(),
            execution_matters: one.matter().into(),
            execution_verdict_num: one.ruling.as_str().into(),
            freeze_start_date: one.from.as_str().into(),
            freeze_end_date: one.until.as_str().into(),
            public_date: one.published.as_str().into(),
        };
        let release = UnfreezeDetail { un_freeze_date: one.released.as_str().into() };
        json!(Judicial {
            executed_by: one.holder.as_str().into(),
            equity_amount: one.amount.as_str().into(),
            enforcement_court: one.court.as_str().into(),
            execution_notice_num: one.document.as_str().into(),
            status: if stands { "股权冻结|冻结" } else { "股权冻结|解除冻结" }.into(),
            equity_freeze_detail: stands.then_some(freeze),
            equity_un_freeze_detail: (!stands).then_some(release),
            judicial_partners_change_detail: None,
        })
    };
    company.freezes.iter().map(row).collect()
}
