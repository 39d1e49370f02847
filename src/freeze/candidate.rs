//! Lines of the ledger for what a query found.

use chakong_contract::asset::{FoundAsset, MatchedBy, Product};
use chakong_contract::order::Target;
use chakong_contract::{Account, Asset, Currency, RealProperty};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Exemption, Level, exemption};
use crate::inquiry::{Measure, MeasureState, OrderRecord};

/// A line for each property in what a query found that a control could be about, with why it cannot be frozen if it
/// cannot.
pub fn candidates(order: &OrderRecord, found: &FoundAsset, can_freeze: bool) -> Vec<Measure> {
    match &found.asset {
        Asset::Account(account) => {
            let line = of_account(order, account, found.matched_by, can_freeze);
            let product = |product| of_product(order, account, product, found.matched_by, can_freeze);
            std::iter::once(line).chain(account.products.iter().filter_map(product)).collect()
        }
        Asset::Property(property) => vec![of_property(order, property, found.matched_by, can_freeze)],
        Asset::Equity(_) | Asset::Company(_) | Asset::Vehicle(_) => Vec::new(),
    }
}

fn of_account(order: &OrderRecord, account: &Account, matched_by: MatchedBy, can_freeze: bool) -> Measure {
    let exemption = exemption(&account.class, &account.remark);
    let note = note(can_freeze, matched_by, &exemption).unwrap_or_else(|| obstacle(account).to_owned());
    let target = Target::Account {
        number: account.number.clone(),
        sub_account: None,
        class: account.class.clone(),
        branch: account.branch.clone(),
        branch_code: account.branch_code.clone(),
        whole: false,
    };
    let available = account.available.map_or(Decimal::ZERO, |available| available.amount);
    line(order, &account.institution_code, target, exemption, available, note)
}

/// A product is frozen by its units. One without a number or units cannot be named in an order: it has no line.
fn of_product(
    order: &OrderRecord,
    account: &Account,
    product: &Product,
    matched_by: MatchedBy,
    can_freeze: bool,
) -> Option<Measure> {
    let units: Decimal = product.controllable.as_ref().or(product.quantity.as_ref())?.parse().ok()?;
    if product.number.is_empty() || units <= Decimal::ZERO {
        return None;
    }
    let price = product.unit_price.filter(|price| price.is_yuan()).map(|price| price.amount);
    let value = price.and_then(|price| price.checked_mul(units)).unwrap_or(Decimal::ZERO);
    let exemption = exemption(&product.class, &account.remark);
    let unpriced = "产品单价未知，须承办人确认 the price of a unit is not known; an officer must judge";
    let own = if value.is_zero() { unpriced } else { "" };
    let note = note(can_freeze, matched_by, &exemption).unwrap_or_else(|| own.to_owned());
    let target = Target::Product {
        account: account.number.clone(),
        number: product.number.clone(),
        name: product.name.clone(),
        class: product.class.clone(),
        unit: product.unit.clone(),
        quantity: Some(units.normalize().to_string()),
        sale: product.sale.clone(),
        region: product.region.clone(),
        wealth_account: product.wealth_account.clone(),
        redemption_account: product.redemption_account.clone(),
    };
    let value = value.round_dp_with_strategy(2, RoundingStrategy::ToZero);
    Some(line(order, &account.institution_code, target, exemption, value, note))
}

fn of_property(
    order: &OrderRecord,
    property: &RealProperty,
    matched_by: MatchedBy,
    can_freeze: bool,
) -> Measure {
    let exemption = Exemption { level: Level::Free, basis: String::new() };
    let certificate = property.certificates.first().cloned().unwrap_or_default();
    let nameless = property.unit_number.is_none() && certificate.is_empty();
    let own = match (nameless, matched_by) {
        (true, _) => {
            "无有效不动产单元号和权证号，无法指明 neither a valid unit number nor a certificate names it"
        }
        // Registries match by rules of their own, some by the name alone; not all say what agreed.
        (false, MatchedBy::Unstated) => {
            "登记机构未说明匹配依据，须承办人确认 the registry does not say what matched; an officer must confirm"
        }
        _ => "",
    };
    let note = note(can_freeze, matched_by, &exemption).unwrap_or_else(|| own.to_owned());
    // A unit has one number in the whole country (GB/T 37346); a certificate is one registry's.
    let institution = if property.unit_number.is_some() { "" } else { &property.registry };
    let target = Target::Property {
        property_kind: property.kind,
        unit_number: property.unit_number.clone(),
        certificate,
        location: property.location.clone(),
        business_number: property.business_number.clone(),
    };
    line(order, institution, target, exemption, Decimal::ZERO, note)
}

pub(super) fn line(
    order: &OrderRecord,
    institution: &str,
    target: Target,
    exemption: Exemption,
    available: Decimal,
    note: String,
) -> Measure {
    Measure {
        id: 0,
        inquiry: order.inquiry,
        counterpart: order.lane.clone(),
        party: order.party,
        document: order.document,
        institution: institution.to_owned(),
        target,
        state: if note.is_empty() { MeasureState::Candidate } else { MeasureState::Skipped },
        exemption,
        available,
        asked: Decimal::ZERO,
        held: Decimal::ZERO,
        releasing: Decimal::ZERO,
        deducting: Decimal::ZERO,
        deducted: Decimal::ZERO,
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        order: None,
        note,
    }
}

/// Why a property of any kind is not a candidate, Chinese first.
pub(super) fn note(can_freeze: bool, matched_by: MatchedBy, exemption: &Exemption) -> Option<String> {
    let note = match (can_freeze, exemption.level, matched_by) {
        (false, ..) => "该单位不支持网络冻结 this counterpart takes no freeze orders",
        (_, Level::NoMeasure, _) => return Some(format!("豁免财产 exempt: {}", exemption.basis)),
        (_, _, MatchedBy::NameOnly) => {
            "仅姓名相符，须承办人确认 matched by name only; an officer must confirm"
        }
        _ => return None,
    };
    Some(note.to_owned())
}

/// Why an account is not a candidate, Chinese first; empty when it is one.
fn obstacle(account: &Account) -> &'static str {
    let yuan = account.currency == Some(Currency::CNY);
    match account.available {
        None => "银行未反馈可用余额 the bank did not state the available balance",
        _ if !yuan => "非人民币账户，不自动冻结 not a yuan account; not frozen automatically",
        _ if account.closed.is_some() => "账户已销户 the account is closed",
        _ => "",
    }
}
