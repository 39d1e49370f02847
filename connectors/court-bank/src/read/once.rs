//! One property once: an account, a sub-account or a product that a bank lists twice, in two spellings of its number.

use std::collections::HashMap;

use chakong_contract::Account;
use chakong_contract::asset::{Doubt, DoubtKind, Product, SubAccount};
use chakong_contract::id::folded_number;

use super::values::ValueReader;
use crate::wire::code::{Field, field};

/// Sub-accounts, each once. Two that differ in more than the spelling of their number stay, and are noted where they contradict
/// each other: one number may stand for several currencies and classes.
pub(super) fn sub_accounts_once(all: Vec<SubAccount>, reader: &mut ValueReader) -> Vec<SubAccount> {
    once(
        all,
        reader,
        field::SUB_ACCOUNT,
        |one| &one.number,
        |one, other| {
            let currency = |one: &SubAccount| one.balance.or(one.available).map(|money| money.currency);
            let same_kind =
                (&one.class, &one.remark, currency(one)) == (&other.class, &other.remark, currency(other));
            match (same_kind, (one.balance, one.available) == (other.balance, other.available)) {
                (false, _) => Relation::Apart,
                (true, true) => Relation::Same,
                (true, false) => Relation::Contradiction,
            }
        },
    )
}

/// Products, likewise.
pub(super) fn products_once(all: Vec<Product>, reader: &mut ValueReader) -> Vec<Product> {
    once(
        all,
        reader,
        field::PRODUCT,
        |one| &one.number,
        |one, other| {
            let same_account = folded_number(&one.wealth_account) == folded_number(&other.wealth_account);
            let said = |one: &Product| Product {
                number: String::new(),
                wealth_account: String::new(),
                ..one.clone()
            };
            match (same_account, said(one) == said(other)) {
                (false, _) => Relation::Apart,
                (true, true) => Relation::Same,
                (true, false) => Relation::Contradiction,
            }
        },
    )
}

/// How two entries of one number stand to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// They are two properties.
    Apart,
    /// They say the same.
    Same,
    /// They say different things of one property.
    Contradiction,
}

/// Most entries of one number that a further one is compared with.
const MOST_COMPARED: usize = 16;

fn once<T>(
    all: Vec<T>,
    reader: &mut ValueReader,
    field: Field,
    number: impl Fn(&T) -> &String,
    relation: impl Fn(&T, &T) -> Relation,
) -> Vec<T> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::with_capacity(all.len());
    let mut kept: Vec<T> = Vec::with_capacity(all.len());
    for one in all {
        let key = folded_number(number(&one));
        let known = places.entry(key).or_default();
        let others = known.iter().take(MOST_COMPARED).filter_map(|at| kept.get(*at));
        let relations: Vec<Relation> = others.map(|other| relation(other, &one)).collect();
        if relations.contains(&Relation::Same) {
            continue;
        }
        if relations.contains(&Relation::Contradiction) {
            reader.doubt(field, DoubtKind::Contradiction, number(&one));
        }
        known.push(kept.len());
        kept.push(one);
    }
    kept
}

/// The accounts of an answer while they are read.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    all: Vec<Account>,
    /// Where in `all` a number is, in any spelling.
    places: HashMap<String, Vec<usize>>,
}

impl Accounts {
    /// Takes an account. One that says the same as an earlier one in another spelling of the number is left out; of two that
    /// contradict each other both stay, with a doubt. Whether there was a contradiction.
    pub(super) fn take(&mut self, mut account: Account) -> bool {
        let known = self.places.entry(folded_number(&account.number)).or_default();
        let mut contradicts = false;
        for at in known.iter().take(MOST_COMPARED) {
            let Some(other) = self.all.get_mut(*at) else { continue };
            match relation(other, &account) {
                Relation::Apart => {}
                Relation::Same => return false,
                Relation::Contradiction => {
                    contradicts = true;
                    other.doubts.push(contradiction(&account.number));
                    account.doubts.push(contradiction(&other.number));
                }
            }
        }
        known.push(self.all.len());
        self.all.push(account);
        contradicts
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn into_all(self) -> Vec<Account> {
        self.all
    }
}

fn contradiction(number: &str) -> Doubt {
    Doubt {
        about: field::ACCOUNT.about,
        kind: DoubtKind::Contradiction,
        field: field::ACCOUNT.name.to_owned(),
        value: number.to_owned(),
    }
}

/// How an account stands to one that was read before. The same number may stand for several currencies.
fn relation(one: &Account, other: &Account) -> Relation {
    if one.currency != other.currency {
        return Relation::Apart;
    }
    let respelt =
        Account { number: one.number.clone(), place: one.place, doubts: one.doubts.clone(), ..other.clone() };
    let told =
        |one: &Account| (one.class.clone(), one.status.clone(), one.balance, one.available, one.closed);
    if respelt == *one {
        Relation::Same
    } else if told(one) == told(other) {
        // More of one account, such as the rest of its products.
        Relation::Apart
    } else {
        Relation::Contradiction
    }
}
