//! Lines of the ledger for what a query found.

use chakong_contract::asset::{CoOwnership, FoundAsset, MatchedBy, Product, SubAccount};
use chakong_contract::id::folded_number;
use chakong_contract::order::Target;
use chakong_contract::{Account, Asset, Currency, Date, RealProperty};
use rust_decimal::{Decimal, RoundingStrategy};

use super::super::rules::exemptions::{Exemption, Level, exemption};
use super::super::{
    ChainId, LastRelease, Measure, MeasureId, MeasureState, OrderRecord, Origin, PartyId, Said,
};
use super::stake::same_stake;

/// What a line of the ledger needs beside the property.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The query that found it.
    pub order: &'a OrderRecord,
    /// The chain.
    pub chain: ChainId,
    /// The party of the chain that was looked up.
    pub debtor: PartyId,
    /// Name of the party that was looked up.
    pub holder: &'a str,
    /// Why the counterpart takes no freezes; `None` where it does.
    pub cannot_freeze: Option<&'a str>,
    /// How the party was matched.
    pub matched_by: MatchedBy,
    /// Today in China.
    pub today: Date,
}

/// A line for each property in what a query found that a control could be about, with why it cannot be frozen if it
/// cannot.
pub fn candidates(found: Found<'_>, asset: &FoundAsset) -> Vec<Measure> {
    let found = Found { matched_by: asset.matched_by, ..found };
    match &asset.asset {
        Asset::Account(account) => of_account_and_below(found, account),
        Asset::Property(property) => vec![of_property(found, property)],
        Asset::Equity(_) | Asset::Company(_) | Asset::Vehicle(_) => Vec::new(),
    }
}

fn of_account_and_below(found: Found<'_>, account: &Account) -> Vec<Measure> {
    // Without its number an order would name the whole account.
    let named = account.sub_accounts.iter().filter(|sub| !sub.number.trim().is_empty());
    let sub_accounts = named.map(|sub| of_sub_account(found, account, sub));
    let products = account.products.iter().filter_map(|product| of_product(found, account, product));
    std::iter::once(of_account(found, account)).chain(sub_accounts).chain(products).collect()
}

fn of_account(found: Found<'_>, account: &Account) -> Measure {
    let exemption = exemption(&account.class, &account.remark, found.holder);
    let mut line = line(found, &account.institution_code, target_of(account, None), exemption);
    line.available = account.available.map_or(Decimal::ZERO, |available| available.to_whole_units().amount);
    line.currency = account.currency.filter(|currency| *currency != Currency::CNY);
    let balance = account.balance.map_or(Decimal::ZERO, |balance| balance.to_whole_units().amount);
    if line.available <= Decimal::ZERO && balance > Decimal::ZERO && is_held_by_others(account) {
        // A freeze would wait in the queue for what the earlier ones leave (查扣冻规定 art. 26).
        (line.queued_behind, line.available) = (true, balance);
    }
    let own = obstacle(account, found.today);
    noted(line, found, own)
}

/// A term deposit and its kin: a property of its own under the account's number.
fn of_sub_account(found: Found<'_>, account: &Account, sub: &SubAccount) -> Measure {
    let class = if sub.class.is_empty() { &account.class } else { &sub.class };
    // What the account is, its sub-accounts are, and one may be more.
    let own = exemption(class, &sub.remark, found.holder);
    let exemption = exemption(&account.class, &account.remark, found.holder).and(own);
    let mut line = line(found, &account.institution_code, target_of(account, Some(sub)), exemption);
    let money = sub.available.or(sub.balance);
    line.available = money.map_or(Decimal::ZERO, |money| money.to_whole_units().amount);
    let currency = money.and_then(|money| money.currency).or(account.currency);
    line.currency = currency.filter(|currency| *currency != Currency::CNY);
    let own = match money {
        _ if account.needs_an_officer() => DOUBTFUL,
        None => "银行未反馈子账户可用余额 the bank did not state the sub-account's available balance",
        _ if currency.is_none() => NO_CURRENCY,
        _ if is_closed(account, found.today) => CLOSED,
        _ => "",
    };
    noted(line, found, own)
}

fn target_of(account: &Account, sub: Option<&SubAccount>) -> Target {
    Target::Account {
        number: account.number.clone(),
        sub_account: sub.map(|sub| sub.number.clone()),
        class: account.class.clone(),
        branch: account.branch.clone(),
        branch_code: account.branch_code.clone(),
        whole: false,
    }
}

/// Whether freezes of others stand on an account.
fn is_held_by_others(account: &Account) -> bool {
    use chakong_contract::asset::EncumbranceKind::{Freeze, Seizure, WaitingSeizure};
    account.encumbrances.iter().any(|one| matches!(one.kind, Freeze | Seizure | WaitingSeizure))
}

/// A product is frozen by its units. One without a number or units cannot be named in an order: it has no line.
fn of_product(found: Found<'_>, account: &Account, product: &Product) -> Option<Measure> {
    let units = units_of(product)?;
    // A price of which nobody says the currency is none.
    let price = product.unit_price.filter(|price| price.currency.is_some());
    let value = price.and_then(|price| price.amount.checked_mul(units)).unwrap_or(Decimal::ZERO);
    let currency = price.and_then(|price| price.currency).filter(|currency| *currency != Currency::CNY);
    // What the account is, is what it holds.
    let own = exemption(&product.class, &account.remark, found.holder);
    let exemption = exemption(&account.class, &account.remark, found.holder).and(own);
    let unpriced = "产品单价未知，须承办人确认 the price of a unit is not known; an officer must judge";
    let own = match value.is_zero() {
        _ if account.needs_an_officer() => DOUBTFUL,
        _ if is_closed(account, found.today) => CLOSED,
        true => unpriced,
        false => "",
    };
    let value = value.round_dp_with_strategy(2, RoundingStrategy::ToZero);
    let line = line(found, &account.institution_code, target_of_product(account, product, units), exemption);
    Some(noted(Measure { available: value, currency, ..line }, found, own))
}

/// How many units of a product an order can name.
fn units_of(product: &Product) -> Option<Decimal> {
    let units: Decimal = product.controllable.as_ref().or(product.quantity.as_ref())?.parse().ok()?;
    (!product.number.is_empty() && units > Decimal::ZERO).then_some(units)
}

fn target_of_product(account: &Account, product: &Product, units: Decimal) -> Target {
    Target::Product {
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
    }
}

fn of_property(found: Found<'_>, property: &RealProperty) -> Measure {
    let exemption = Exemption::free();
    let (institution, target) = named(property);
    let nameless = property.unit_number.is_none() && property.certificates.is_empty();
    let own = match (nameless, found.matched_by) {
        (true, _) => {
            "无有效不动产单元号和权证号，无法指明 neither a valid unit number nor a certificate names it"
        }
        // Registries match by rules of their own, some by the name alone; not all say what agreed.
        (false, MatchedBy::Unstated) => {
            "登记机构未说明匹配依据，须承办人确认 the registry does not say what matched; an officer must confirm"
        }
        _ => "",
    };
    let line = line(found, institution, target, exemption);
    let queued_behind = has_rights_of_others(property);
    noted(Measure { co_owned: is_co_owned(property), queued_behind, ..line }, found, own)
}

/// Whether others' seizures or securities come first: a seizure would wait, or catch only what they leave.
fn has_rights_of_others(property: &RealProperty) -> bool {
    use chakong_contract::asset::EncumbranceKind::{
        Freeze, Mortgage, Pledge, PreliminarySeizure, Seizure, WaitingPreliminarySeizure, WaitingSeizure,
    };
    let comes_first = |kind| {
        matches!(
            kind,
            Freeze
                | Seizure
                | WaitingSeizure
                | PreliminarySeizure
                | WaitingPreliminarySeizure
                | Mortgage
                | Pledge
        )
    };
    property.encumbrances.iter().any(|one| comes_first(one.kind))
}

/// Whether others own a property too, as its registry says.
fn is_co_owned(property: &RealProperty) -> bool {
    let shared = |form: Option<CoOwnership>| form.is_some_and(|form| form != CoOwnership::Sole);
    property.holders.len() > 1 || property.holders.iter().any(|holder| shared(holder.co_ownership))
}

/// Who keeps a real property, and how an order names it.
fn named(property: &RealProperty) -> (&str, Target) {
    // A unit has one number in the whole country (GB/T 37346); a certificate is one registry's.
    let institution = if property.unit_number.is_some() { "" } else { property.registry.as_str() };
    let target = Target::Property {
        property_kind: property.kind,
        unit_number: property.unit_number.clone(),
        certificate: property.certificates.first().cloned().unwrap_or_default(),
        location: property.location.clone(),
        business_number: property.business_number.clone(),
    };
    (institution, target)
}

/// A line without amounts and without an obstacle.
pub fn line(found: Found<'_>, institution: &str, target: Target, exemption: Exemption) -> Measure {
    let order = found.order;
    Measure {
        id: MeasureId::default(),
        chain: found.chain,
        inquiry: order.inquiry,
        party: order.party,
        document: order.document,
        debtor: found.debtor,
        counterpart: order.lane.clone(),
        institution: institution.to_owned(),
        target,
        currency: None,
        rate: None,
        state: MeasureState::Candidate,
        origin: Origin::Ordered,
        exemption,
        permitted: None,
        queued_behind: false,
        available: Decimal::ZERO,
        value: None,
        limit: Decimal::ZERO,
        units: None,
        held: Decimal::ZERO,
        surplus: Decimal::ZERO,
        releasing: Decimal::ZERO,
        deducting: Decimal::ZERO,
        released: Decimal::ZERO,
        deducted: Decimal::ZERO,
        from: None,
        until: None,
        until_said: None,
        reminded: None,
        rank: None,
        reference: String::new(),
        order: None,
        control: None,
        original_number: String::new(),
        original_case: String::new(),
        approved_by: String::new(),
        first_approval: None,
        rejected_by: String::new(),
        note: String::new(),
        co_owned: false,
        listed_state_shares: false,
        is_anothers: false,
        left_alone: None,
        said: Said::default(),
        last_release: LastRelease::default(),
    }
}

/// The line with why it cannot be frozen without an officer, if it cannot.
pub fn noted(line: Measure, found: Found<'_>, own: &str) -> Measure {
    let note = match (found.cannot_freeze, line.exemption.level, found.matched_by) {
        (Some(reason), ..) => reason.to_owned(),
        (_, Level::NoMeasure, _) => format!("豁免财产 exempt: {}", line.exemption.basis),
        (_, _, MatchedBy::NameOnly) => {
            "仅姓名相符，须承办人确认 matched by name only; an officer must confirm".to_owned()
        }
        _ => own.to_owned(),
    };
    let state = if note.is_empty() { MeasureState::Candidate } else { MeasureState::Skipped };
    Measure { state, note, ..line }
}

const NO_CURRENCY: &str = "币种不明，须承办人确认 the currency is not known; an officer must judge";
const CLOSED: &str = "账户已销户 the account is closed";

const DOUBTFUL: &str =
    "反馈内容存疑，须承办人核实 a part of what the bank said was not understood; an officer must look at it";

/// Why an account is not a candidate, Chinese first; empty when it is one.
fn obstacle(account: &Account, today: Date) -> &'static str {
    match account.available {
        _ if account.needs_an_officer() => DOUBTFUL,
        None => "未取得可用余额 the available balance is not known",
        _ if account.currency.is_none() => NO_CURRENCY,
        _ if is_closed(account, today) => CLOSED,
        _ => "",
    }
}

/// Whether the day on which an account was closed has come, or its status says that it is closed.
fn is_closed(account: &Account, today: Date) -> bool {
    account.closed.is_some_and(|closed| closed <= today) || account.says_that_it_is_closed()
}

/// Whether two lines are about the same property: one is asked once. Money of one account in two currencies is two. Stakes in one company are several where several parties
/// hold them; a company without a code is known by its registration number or its name.
pub fn same_property(a: &Measure, b: &Measure) -> bool {
    match (&a.target, &b.target) {
        (Target::Equity { .. }, Target::Equity { .. }) => {
            a.debtor == b.debtor && same_stake(&a.target, &b.target)
        }
        // One number may stand for money in several currencies. A product has one, whatever is said of its price.
        _ => {
            is_same_institution(a, b)
                && (a.currency == b.currency || matches!(a.target, Target::Product { .. }))
                && a.target.identity() == b.target.identity()
        }
    }
}

/// Whether a measure is about what an account's number stands over: a term sub-account or a product of the account of another line.
pub fn is_below(measure: &Measure, account: &Measure) -> bool {
    let Target::Account { number, sub_account: None, .. } = &account.target else { return false };
    let over = match &measure.target {
        Target::Account { number, sub_account: Some(_), .. } => number,
        Target::Product { account, .. } => account,
        _ => return false,
    };
    folded_number(over) == folded_number(number) && is_same_institution(measure, account)
}

/// Whether two measures are at the same institution. One that a person entered may not name it: the counterpart tells it then.
fn is_same_institution(a: &Measure, b: &Measure) -> bool {
    let (one, other) = (keeper(&a.institution, &a.target), keeper(&b.institution, &b.target));
    one == other || (one.is_empty() || other.is_empty()) && a.counterpart == b.counterpart
}

/// Whose property of this name it is: an institution's; nobody's where the name is one in the whole country, as that of a unit of real
/// property or of a company: whoever reports it, it is the same.
fn keeper<'i>(institution: &'i str, target: &Target) -> &'i str {
    match target {
        Target::Property { unit_number: Some(_), .. } | Target::Equity { .. } => "",
        _ => institution,
    }
}

/// The institution that keeps a property; where its line does not name it, that of the same property as a counterpart reported it.
pub fn institution_of<'m>(ledger: impl IntoIterator<Item = &'m Measure>, of: &Measure) -> String {
    let named = |known: &&Measure| !known.institution.is_empty() && same_property(known, of);
    let known = ledger.into_iter().find(named).filter(|_| of.institution.is_empty());
    known.map_or_else(|| of.institution.clone(), |known| known.institution.clone())
}

/// What names a property over inquiries: institution and property. Personal data.
pub fn property_key(measure: &Measure) -> String {
    key_of(&measure.institution, &measure.target)
}

fn key_of(institution: &str, target: &Target) -> String {
    format!("{}|{}", keeper(institution, target), target.identity())
}

/// What names the properties of an answer over inquiries, as `property_key` does.
pub fn property_keys(reply: &chakong_contract::Reply) -> Vec<String> {
    let mut keys = Vec::new();
    for found in reply.assets() {
        match &found.asset {
            Asset::Account(account) => {
                let of = |target: Target| key_of(&account.institution_code, &target);
                keys.push(of(target_of(account, None)));
                keys.extend(account.sub_accounts.iter().map(|sub| of(target_of(account, Some(sub)))));
                let named = account.products.iter().filter(|product| !product.number.is_empty());
                keys.extend(named.map(|product| of(target_of_product(account, product, Decimal::ZERO))));
            }
            Asset::Property(property) => {
                let (institution, target) = named(property);
                keys.push(key_of(institution, &target));
            }
            Asset::Equity(_) | Asset::Company(_) | Asset::Vehicle(_) => {}
        }
    }
    keys
}
