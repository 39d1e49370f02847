//! What the list of freezes on an account says of one of them: which of them it is, and what it can hold.

use chakong_contract::asset::EncumbranceKind;
use chakong_contract::{Account, Encumbrance};
use rust_decimal::Decimal;

use super::super::{CaseFile, Measure, Task};

/// Whether it is not clear which freezes of this case an account has: what they hold may count for nothing in the ledger, so that nothing
/// more is frozen without an approver until a person has compared them.
pub fn is_unclear(file: &CaseFile) -> bool {
    file.tasks.iter().any(Task::is_unclear)
}

/// The freezes that are listed on the account itself, and whether that is clear: those of the limits of its own measures, and all the others
/// but those of what is below it, as their limits tell. One that is listed with another limit, or without, is taken for that of a measure
/// below whose own is not listed, where it is not far off; then it is not clear which is which. A bank need not list those at all: one that
/// shows more than was known of the account's own, and is as much as that of a measure below, may be either's.
pub fn without_those_below<'l>(
    mut listed: Vec<&'l Encumbrance>,
    own: &[Measure],
    below: &[Measure],
) -> (Vec<&'l Encumbrance>, bool) {
    let is_it =
        |one: &Encumbrance, measure: &Measure| one.amount.is_some_and(|money| money.amount == measure.limit);
    let mut of_own = Vec::new();
    let mut shows_more = Vec::new();
    for measure in own {
        if let Some(at) = listed.iter().position(|one| is_it(one, measure)) {
            of_own.push(listed.remove(at));
            shows_more.extend((measure.held < measure.limit).then_some(measure.limit));
        }
    }
    let mut is_clear = true;
    let (exact, others): (Vec<&Measure>, Vec<&Measure>) =
        below.iter().partition(|measure| listed.iter().any(|one| is_it(one, measure)));
    for measure in exact.into_iter().chain(others) {
        let near = |one: &&Encumbrance| one.amount.is_none_or(|money| is_near(money.amount, measure.limit));
        if let Some(at) = listed.iter().position(|one| is_it(one, measure)) {
            listed.remove(at);
        } else if let Some(at) = listed.iter().position(near).filter(|_| measure.state.stands()) {
            listed.remove(at);
            is_clear = false;
        } else if shows_more.contains(&measure.limit) {
            is_clear = false;
        }
    }
    of_own.append(&mut listed);
    (of_own, is_clear)
}

/// Whether an amount is within half and double of another.
fn is_near(one: Decimal, other: Decimal) -> bool {
    let two = Decimal::TWO;
    one.checked_mul(two).is_none_or(|twice| twice >= other)
        && other.checked_mul(two).is_none_or(|twice| twice >= one)
}

/// What freezes that come before another, and measures that are known to hold so much, leave of an account's balance; nothing where one of
/// the freezes does not say how much it takes.
pub fn left_by<'e>(
    before: impl Iterator<Item = &'e Encumbrance>,
    known: Decimal,
    account: &Account,
) -> Decimal {
    let Some(balance) = account.balance else { return Decimal::MAX };
    let mut amounts = before.map(|one| one.amount.map(|money| money.amount.max(Decimal::ZERO)));
    let taken = amounts.try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount?));
    taken.map_or(Decimal::ZERO, |taken| (balance.amount - taken - known).max(Decimal::ZERO))
}

/// Whether a freeze is known to take before another: by their places where both say them, else by their first days. One that waits takes
/// after one that does not.
pub fn comes_before(one: &Encumbrance, other: &Encumbrance) -> bool {
    let waits = |it: &Encumbrance| it.kind == EncumbranceKind::WaitingSeizure;
    match one.kind {
        EncumbranceKind::Freeze if waits(other) => return true,
        EncumbranceKind::WaitingSeizure if !waits(other) => return false,
        EncumbranceKind::Freeze | EncumbranceKind::WaitingSeizure => {}
        _ => return false,
    }
    match (one.rank.zip(other.rank), one.from.zip(other.from)) {
        (Some((one, other)), _) => one.place < other.place,
        (None, Some((one, other))) => one < other,
        (None, None) => false,
    }
}

/// How much a listed freeze of ours can really hold: never more than its limit, nor than the account's balance.
pub fn held(one: &Encumbrance, account: &Account, limit: Option<Decimal>) -> Option<Decimal> {
    let listed = one.amount?.to_whole_units().amount.max(Decimal::ZERO);
    let within_limit = limit.map_or(listed, |limit| listed.min(limit));
    Some(account.balance.map_or(within_limit, |balance| within_limit.min(balance.amount.max(Decimal::ZERO))))
}

/// Whether freezes of several stand on an account that does not cover them all: who of them holds what is not said then, and no more
/// is taken for held than was known.
pub fn is_contested(account: &Account) -> bool {
    let is_freeze =
        |one: &&Encumbrance| matches!(one.kind, EncumbranceKind::Freeze | EncumbranceKind::WaitingSeizure);
    let amounts: Vec<Option<Decimal>> = account
        .encumbrances
        .iter()
        .filter(is_freeze)
        .map(|one| one.amount.map(|money| money.amount.max(Decimal::ZERO)))
        .collect();
    let all = amounts.iter().copied().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount?));
    let covers = |balance: Decimal| all.is_some_and(|all| all <= balance);
    amounts.len() > 1 && !account.balance.is_some_and(|balance| covers(balance.amount))
}
