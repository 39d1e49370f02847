//! The accounts of one answer. Rows about one account are one account, with everything that any of them says.

use std::collections::HashMap;
use std::hash::Hash;

use chakong_contract::Account;
use chakong_contract::asset::{Doubt, DoubtAbout, DoubtKind, Product, SubAccount};
use chakong_contract::id::folded_number;
use chakong_contract::placeholder::is_masked_number;

/// Most entries of one number that a further one is compared with.
const MOST_COMPARED: usize = 16;
/// Most doubts kept about one account.
const MOST_DOUBTS: usize = 50;
/// Most characters kept of a number in doubt.
const LONGEST: usize = 200;

/// How two entries of one answer stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They are two properties.
    Apart,
    /// They are one property. Each may say more of it than the other.
    Same,
    /// They are one property, and say different things of it.
    Contradiction,
}

/// How the fields of numbers are named where the answer comes from.
#[derive(Debug, Clone, Copy)]
pub struct NumberFields {
    /// The number of an account.
    pub account: &'static str,
    /// The number of a sub-account.
    pub sub_account: &'static str,
    /// The number of a product.
    pub product: &'static str,
}

/// The accounts of an answer while they are read.
#[derive(Debug)]
pub struct Accounts {
    fields: NumberFields,
    /// Rows about one account each; a contradiction begins another list.
    rows: Vec<Vec<Account>>,
    /// Where in `rows` a number is, in any spelling.
    places: HashMap<String, Vec<usize>>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenRow {
    /// The place of its account among those of the answer.
    pub place: usize,
    /// Whether it contradicts another row.
    pub contradicts: bool,
}

impl Accounts {
    /// None yet.
    pub fn new(fields: NumberFields) -> Self {
        Self { fields, rows: Vec::new(), places: HashMap::new() }
    }

    /// Takes a row. One that says more of an account that is known belongs to it; of two that contradict each other both stay, in doubt.
    pub fn take(&mut self, mut row: Account) -> TakenRow {
        let place = self.rows.len();
        if names_nothing(&row.number) {
            self.rows.push(vec![row]);
            return TakenRow { place, contradicts: false };
        }
        let key = format!("{}|{}", row.institution_code, folded_number(&row.number));
        let known = self.places.entry(key).or_default();
        let compared = known.iter().copied().take(MOST_COMPARED);
        let relations: Vec<(usize, Relation)> = compared
            .filter_map(|at| Some((at, relation(self.rows.get(at)?.first()?, &row))))
            .filter(|(_, relation)| *relation != Relation::Apart)
            .collect();
        let same = relations.iter().find(|(_, relation)| *relation == Relation::Same).map(|(at, _)| *at);
        if let Some((place, rows)) = same.and_then(|at| Some((at, self.rows.get_mut(at)?))) {
            rows.push(row);
            return TakenRow { place, contradicts: false };
        }
        for (at, _) in &relations {
            if let Some(other) = self.rows.get_mut(*at).and_then(|rows| rows.first_mut()) {
                doubt(other, self.fields.account, &row.number);
                doubt(&mut row, self.fields.account, &other.number);
            }
        }
        known.push(place);
        self.rows.push(vec![row]);
        TakenRow { place, contradicts: !relations.is_empty() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Each account once, in the order in which they came.
    pub fn into_all(self) -> Vec<Account> {
        let fields = self.fields;
        self.rows.into_iter().filter_map(|rows| joined(rows, fields)).collect()
    }
}

/// How two rows of one number stand to each other. One number may stand for money in several currencies.
pub fn relation(one: &Account, other: &Account) -> Relation {
    let are_two = one.currency.zip(other.currency).is_some_and(|(one, other)| one != other);
    // What of an account cannot be two things at once.
    let agree = (&one.class, &one.status) == (&other.class, &other.status)
        && (one.balance, one.available, one.closed) == (other.balance, other.available, other.closed);
    match (are_two, agree) {
        (true, _) => Relation::Apart,
        (false, true) => Relation::Same,
        (false, false) => Relation::Contradiction,
    }
}

/// One account of the rows about it; `None` of no row. What only one of them says is said of the account: a right, a remark, a doubt.
pub fn joined(rows: Vec<Account>, fields: NumberFields) -> Option<Account> {
    let mut rows = rows.into_iter();
    let mut account = rows.next()?;
    let (mut rights, mut transactions) =
        (vec![std::mem::take(&mut account.encumbrances)], vec![std::mem::take(&mut account.transactions)]);
    let mut subs_without_number = vec![nameless(&mut account.sub_accounts, |sub| &sub.number)];
    let mut products_without_number = vec![nameless(&mut account.products, |product| &product.number)];
    for mut row in rows {
        rights.push(std::mem::take(&mut row.encumbrances));
        transactions.push(std::mem::take(&mut row.transactions));
        subs_without_number.push(nameless(&mut row.sub_accounts, |sub| &sub.number));
        products_without_number.push(nameless(&mut row.products, |product| &product.number));
        take_over(&mut account, row);
    }
    account.encumbrances = union(rights);
    account.transactions = union(transactions);
    let (sub_accounts, products) =
        (std::mem::take(&mut account.sub_accounts), std::mem::take(&mut account.products));
    account.sub_accounts = once(
        sub_accounts,
        |sub| &sub.number,
        relation_of_subs,
        |number| {
            doubt(&mut account, fields.sub_account, number);
        },
    );
    account.products = once(
        products,
        |product| &product.number,
        relation_of_products,
        |number| {
            doubt(&mut account, fields.product, number);
        },
    );
    account.sub_accounts.extend(union(subs_without_number));
    account.products.extend(union(products_without_number));
    Some(account)
}

/// Takes the entries out that have no number, or a masked one: they are told apart by nothing but all that is said of them.
fn nameless<T>(all: &mut Vec<T>, number: impl Fn(&T) -> &String) -> Vec<T> {
    let (nameless, named) = std::mem::take(all).into_iter().partition(|one| names_nothing(number(one)));
    *all = named;
    nameless
}

fn take_over(account: &mut Account, row: Account) {
    let fill = |known: &mut String, more: String| {
        if known.is_empty() {
            *known = more;
        }
    };
    fill(&mut account.institution, row.institution);
    fill(&mut account.branch, row.branch);
    fill(&mut account.branch_code, row.branch_code);
    fill(&mut account.linked_account, row.linked_account);
    account.currency = account.currency.or(row.currency);
    account.opened = account.opened.or(row.opened);
    let place = row.place.filter(|place| account.place != Some(*place));
    account.more_places.extend(place.into_iter().chain(row.more_places));
    if !row.remark.is_empty() && !account.remark.lines().any(|known| known == row.remark) {
        let parts = [account.remark.as_str(), row.remark.as_str()];
        account.remark = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    }
    account.sub_accounts.extend(row.sub_accounts);
    account.products.extend(row.products);
    let room = MOST_DOUBTS.saturating_sub(account.doubts.len());
    let new = row.doubts.into_iter().filter(|one| !account.doubts.contains(one)).take(room);
    let new: Vec<Doubt> = new.collect();
    account.doubts.extend(new);
}

/// What several rows list, each as often as the row that lists it most often: two freezes that look alike are two.
fn union<T: Clone + Eq + Hash>(lists: Vec<Vec<T>>) -> Vec<T> {
    let mut lists = lists.into_iter();
    let mut all = lists.next().unwrap_or_default();
    let mut most: Option<HashMap<T, usize>> = None;
    for list in lists.filter(|list| !list.is_empty()) {
        let most = most.get_or_insert_with(|| counts(&all));
        let mut own: HashMap<T, usize> = HashMap::with_capacity(list.len());
        for one in list {
            let times = own.entry(one.clone()).or_default();
            *times += 1;
            let known = most.entry(one.clone()).or_default();
            if *times > *known {
                *known = *times;
                all.push(one);
            }
        }
    }
    all
}

fn counts<T: Clone + Eq + Hash>(all: &[T]) -> HashMap<T, usize> {
    let mut counts = HashMap::with_capacity(all.len());
    for one in all {
        *counts.entry(one.clone()).or_default() += 1;
    }
    counts
}

/// Whether a number is missing or partly hidden: what has it is compared with nothing.
pub fn names_nothing(number: &str) -> bool {
    is_masked_number(number) || folded_number(number).is_empty()
}

/// Entries, each once in whatever spelling of its number. Of those that contradict each other all stay, and each is told.
fn once<T>(
    all: Vec<T>,
    number: impl Fn(&T) -> &String,
    relation: impl Fn(&T, &T) -> Relation,
    mut told: impl FnMut(&str),
) -> Vec<T> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::with_capacity(all.len());
    let mut kept: Vec<T> = Vec::with_capacity(all.len());
    for one in all {
        let known = places.entry(folded_number(number(&one))).or_default();
        let others = known.iter().take(MOST_COMPARED).filter_map(|at| kept.get(*at));
        let relations: Vec<Relation> = others.map(|other| relation(other, &one)).collect();
        if relations.contains(&Relation::Same) {
            continue;
        }
        if relations.contains(&Relation::Contradiction) {
            told(number(&one));
        }
        known.push(kept.len());
        kept.push(one);
    }
    kept
}

/// One number of a sub-account may stand for money in several currencies, and for nothing else that differs.
fn relation_of_subs(one: &SubAccount, other: &SubAccount) -> Relation {
    let currency = |of: &SubAccount| of.balance.or(of.available).and_then(|money| money.currency);
    let are_two = currency(one).zip(currency(other)).is_some_and(|(one, other)| one != other);
    let respelt = SubAccount { number: one.number.clone(), ..other.clone() };
    match (are_two, respelt == *one) {
        (true, _) => Relation::Apart,
        (false, true) => Relation::Same,
        (false, false) => Relation::Contradiction,
    }
}

/// One product may be kept in several accounts.
fn relation_of_products(one: &Product, other: &Product) -> Relation {
    let are_two = folded_number(&one.wealth_account) != folded_number(&other.wealth_account);
    let respelt =
        Product { number: one.number.clone(), wealth_account: one.wealth_account.clone(), ..other.clone() };
    match (are_two, respelt == *one) {
        (true, _) => Relation::Apart,
        (false, true) => Relation::Same,
        (false, false) => Relation::Contradiction,
    }
}

/// Notes that an account contradicts the entry of a number.
fn doubt(account: &mut Account, field: &str, number: &str) {
    let value = number.chars().take(LONGEST).collect();
    let doubt =
        Doubt { about: DoubtAbout::Number, kind: DoubtKind::Contradiction, field: field.to_owned(), value };
    // The first is what bars it, however many others were noted before.
    let bars = account.doubts.iter().any(|known| known.about.bars_a_measure());
    if (account.doubts.len() < MOST_DOUBTS || !bars) && !account.doubts.contains(&doubt) {
        account.doubts.push(doubt);
    }
}

#[cfg(test)]
mod tests;
