//! What a control is about, and the measure that is asked for (protocol section 4).

use chakong_contract::order::{CourtAccount, Original, Target};
use chakong_contract::{Currency, Date, DocumentKind, Fault, Instruction, Money, Order};
use rust_decimal::{Decimal, RoundingStrategy};

use super::words::{first_moment, last_moment, unsupported};
use crate::wire::{TargetRow, code};

/// The row of a control's target, and the notice that orders the control.
pub(super) fn of(order: &Order) -> Result<(TargetRow, DocumentKind), Fault> {
    Ok(match &order.instruction {
        Instruction::Freeze { target, limit, from, until } => {
            let row = row(target, *limit, ruling(order, DocumentKind::FreezeRuling), code::FREEZE)?;
            (with_term(row, *from, *until), DocumentKind::FreezeNotice)
        }
        Instruction::Renew { target, limit, from, until, original } => {
            let row = row(target, *limit, ruling(order, DocumentKind::FreezeRuling), code::RENEW)?;
            (with_term(with_original(row, original), *from, *until), DocumentKind::FreezeNotice)
        }
        Instruction::Release { target, amount, original } => {
            let row = row(target, *amount, ruling(order, DocumentKind::ReleaseRuling), code::RELEASE)?;
            (with_original(row, original), DocumentKind::ReleaseNotice)
        }
        Instruction::Deduct { target, amount, original, into } => {
            if !matches!(target, Target::Account { .. }) {
                return Err(unsupported("only money in an account can be deducted"));
            }
            let row = row(target, Some(*amount), ruling(order, DocumentKind::DeductRuling), code::DEDUCT)?;
            // The content of control is not said for a deduction.
            let row = TargetRow { content: String::new(), ..with_original(row, original) };
            (with_payee(row, into)?, DocumentKind::DeductNotice)
        }
        Instruction::Transfer { .. } => return Err(unsupported("a bank transfers no stakes")),
        Instruction::Query { .. } => return Err(unsupported("a query cannot be written as a control")),
    })
}

fn row(target: &Target, amount: Option<Money>, ruling: String, measure: &str) -> Result<TargetRow, Fault> {
    let row = match target {
        Target::Account { number, sub_account, class, branch, branch_code, whole } => TargetRow {
            class: code::DEPOSIT.into(),
            account: number.clone(),
            sub_account: sub_account.clone().unwrap_or_default(),
            account_class: class.clone(),
            branch: branch.clone(),
            branch_code: branch_code.clone(),
            content: if *whole { code::ACCOUNT } else { code::MONEY }.into(),
            ..TargetRow::default()
        },
        Target::Product { .. } => product_row(target),
        Target::Property { .. } | Target::Equity { .. } => {
            return Err(unsupported("a bank controls accounts and financial products only"));
        }
    };
    let (currency, amount) = limit(amount)?;
    Ok(TargetRow { sequence: "1".into(), measure: measure.into(), currency, amount, ruling, ..row })
}

fn product_row(target: &Target) -> TargetRow {
    let Target::Product {
        account,
        number,
        name,
        class,
        unit,
        quantity,
        sale,
        region,
        wealth_account,
        redemption_account,
    } = target
    else {
        return TargetRow::default();
    };
    TargetRow {
        class: code::PRODUCT.into(),
        account: account.clone(),
        product_name: name.clone(),
        product_class: class.clone(),
        product_sale: sale.clone(),
        region: region.clone(),
        product_number: number.clone(),
        wealth_account: wealth_account.clone(),
        redemption_account: redemption_account.clone(),
        unit: unit.clone(),
        quantity: quantity.clone().unwrap_or_default(),
        content: code::MONEY.into(),
        ..TargetRow::default()
    }
}

/// Currency and amount as they are written.
fn limit(amount: Option<Money>) -> Result<(String, String), Fault> {
    let amount = amount.ok_or_else(|| unsupported("a bank needs the amount that is controlled"))?;
    // The answer names no currency and only yuan was ever seen (protocol section 7.6): anything else could not be read back.
    let currency = Currency::CNY.number().filter(|_| amount.is_yuan());
    let currency = currency.ok_or_else(|| unsupported("the wire controls amounts in Chinese yuan only"))?;
    // Cut, never rounded up: a freeze must not exceed what was ordered.
    let amount = amount.amount.round_dp_with_strategy(2, RoundingStrategy::ToZero);
    if amount <= Decimal::ZERO {
        return Err(unsupported("the amount is not positive"));
    }
    Ok((currency.into(), format!("{amount:.2}")))
}

fn with_term(row: TargetRow, from: Date, until: Date) -> TargetRow {
    TargetRow { from: first_moment(from), until: last_moment(until), ..row }
}

fn with_original(row: TargetRow, original: &Original) -> TargetRow {
    let (number, case_number) = (original.number.to_string(), original.case_number.to_string());
    TargetRow { original: number, original_case: case_number, ..row }
}

fn with_payee(row: TargetRow, into: &CourtAccount) -> Result<TargetRow, Fault> {
    if into.holder.trim().is_empty() || into.number.trim().is_empty() || into.bank.trim().is_empty() {
        return Err(unsupported("a deduction needs holder, number and bank of the court's account"));
    }
    Ok(TargetRow {
        payee_name: into.holder.clone(),
        payee_bank: into.bank.clone(),
        payee_bank_code: into.bank_number.clone(),
        payee_account: into.number.clone(),
        payee_class: into.class.clone(),
        ..row
    })
}

/// The number of the ruling; where it has none of its own, that of the case.
fn ruling(order: &Order, kind: DocumentKind) -> String {
    match order.legal_document(kind).map(|document| document.number.trim()) {
        Some(number) if !number.is_empty() => number.to_owned(),
        _ => order.case.number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chakong_contract::LegalDocument;

    use super::*;

    #[test]
    fn a_renewal_names_its_own_ruling_where_there_is_one() {
        let text = include_str!("../../../../fixtures/court-bank/renew.order.json");
        let orders: Vec<Order> = serde_json::from_str(text).expect("orders");
        let mut order = orders.into_iter().next().expect("an order");
        let before = of(&order).expect("a row").0.ruling;
        let first = order.legal_document(DocumentKind::FreezeRuling).expect("a ruling").clone();
        let number = "（2026）测0101执1号之七".to_owned();
        assert_ne!(before, number);
        order.documents.push(LegalDocument {
            kind: DocumentKind::RenewRuling,
            number: number.clone(),
            ..first
        });
        assert_eq!(of(&order).expect("a row").0.ruling, number);
    }
}
