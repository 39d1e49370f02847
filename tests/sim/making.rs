//! How a world is made: what is claimed of whom, and what the banks keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use chakong::domain::{Mandate, Mode, Preference, UncoveredLimit};
use chakong_contract::Money;
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::accounts::Kept;
use crate::banks::{Bank, Lie, Way};
use crate::case::{REGULATOR, Standing};
use crate::chance::Chance;
use crate::estates::Estate;
use crate::gates::{Gates, Limit};

/// What kind of world it is.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Whether money may come to stand behind limits that did not hold it: deposits, and other courts' freezes that end.
    pub grows: bool,
    /// Whether people act so that money is given back.
    pub gives_back: bool,
    /// Whether the papers of a release come along with submissions.
    pub can_release: bool,
}

pub fn mandate(chance: &mut Chance) -> (Kind, Mandate) {
    let uncovered = match chance.random_range(0..4) {
        0 | 1 => UncoveredLimit::Strict,
        2 => UncoveredLimit::Release,
        _ => UncoveredLimit::Keep,
    };
    // Under the other policies a limit that stands uncovered beside another may catch more than the claim for a while.
    let grows = uncovered == UncoveredLimit::Strict && chance.random_bool(0.7);
    let (gives_back, can_release) = (chance.random_bool(0.5), chance.random_bool(0.8));
    let mode = |chance: &mut Chance, auto: f64| {
        if chance.random_bool(auto) { Mode::Auto } else { Mode::Propose }
    };
    let mandate = Mandate {
        claim: Money::yuan(Decimal::from(chance.random_range(10_000..200_000))),
        mode: mode(chance, 0.6),
        prefer: Some(if chance.random_bool(0.5) {
            Preference::LargestFirst
        } else {
            Preference::SmallestFirst
        }),
        other_property: mode(chance, 0.4),
        uncovered,
        term_days: chance.random_bool(0.3).then_some(90),
        living_costs: chance.random_bool(0.2).then(|| Money::yuan(3000.into())),
        liable_up_to: Vec::new(),
    };
    (Kind { grows, gives_back, can_release }, mandate)
}

/// How many debtors there are, and up to how much each is liable.
pub fn debtors(chance: &mut Chance, claim: Decimal) -> (usize, Vec<Option<Decimal>>) {
    let debtors = chance.random_range(1..4);
    let part = |chance: &mut Chance| {
        (claim * Decimal::from(chance.random_range(1..100)) / Decimal::ONE_HUNDRED).round()
    };
    let liable = (0..debtors).map(|_| chance.random_bool(0.3).then(|| part(chance)));
    let liable = liable.collect();
    (debtors, liable)
}

pub fn banks(chance: &mut Chance, debtors: usize) -> BTreeMap<String, Bank> {
    let lies = [Lie::Enormous, Lie::OtherAccount, Lie::AllHeld];
    let liar = chance.random_bool(0.4).then(|| lies[chance.random_range(0..lies.len())]);
    let mut banks = BTreeMap::new();
    for (nth, name) in ["bank-a", "bank-b", "bank-c", "bank-d"].into_iter().enumerate() {
        let mut bank = bank(chance, name, liar.filter(|_| nth == 3));
        for account in 0..chance.random_range(0..4) {
            let kept = Kept {
                owner: chance.random_range(0..debtors),
                dollars: chance.random_bool(0.1),
                balance: chance.random_range(0..120_000).into(),
                ..Kept::default()
            };
            bank.accounts.insert(format!("62220000{nth}{account}"), kept);
        }
        banks.insert(name.to_owned(), bank);
    }
    if chance.random_bool(0.5) {
        let mut registry = bank(chance, "registry", None);
        for estate in 0..chance.random_range(1..4) {
            let estate_of = Estate { owner: chance.random_range(0..debtors), ..Estate::default() };
            registry.estates.insert(format!("晋(2020)临汾市不动产权第000000{estate}号"), estate_of);
        }
        banks.insert("registry".to_owned(), registry);
    }
    without_lots(&mut banks, debtors);
    banks
}

/// What is so in some worlds and follows from the balances, without drawing lots: banks that list the freezes on accounts, and a
/// regulator with stakes.
fn without_lots(banks: &mut BTreeMap<String, Bank>, debtors: usize) {
    let mut all = 0_u64;
    for bank in banks.values_mut() {
        let sum: Decimal = bank.accounts.values().map(|kept| kept.balance).sum();
        let sum = u64::try_from(sum).expect("whole yuan");
        bank.lists = sum % 3 == 1;
        all += sum;
    }
    if !all.is_multiple_of(3) {
        return;
    }
    let mut regulator = Bank { name: REGULATOR.to_owned(), lie: None, ..banks["bank-a"].clone() };
    regulator.accounts.clear();
    for (nth, company) in ["临汾测试煤业有限公司", "临汾测试物流有限公司"].into_iter().enumerate()
    {
        let subscribed = Some(Decimal::from(1_000 + all * 37 % 90_000));
        let stake = Estate { owner: nth % debtors, subscribed, ..Estate::default() };
        regulator.estates.insert(company.to_owned(), stake);
    }
    banks.insert(regulator.name.clone(), regulator);
}

fn bank(chance: &mut Chance, name: &str, lie: Option<Lie>) -> Bank {
    let ways = [Way::Call, Way::SimpleCall, Way::Parcel, Way::Postbox];
    Bank {
        name: name.to_owned(),
        way: ways[chance.random_range(0..ways.len())],
        lie,
        lists: false,
        accounts: BTreeMap::new(),
        estates: BTreeMap::new(),
        set_free: Decimal::ZERO,
        is_puzzled: false,
        answered: BTreeMap::new(),
    }
}

pub fn gates(
    chance: &mut Chance,
    banks: &BTreeMap<String, Bank>,
    clock: &Arc<Standing>,
) -> BTreeMap<String, Gates> {
    let mut gates = BTreeMap::new();
    for name in banks.keys() {
        let limit = match chance.random_bool(0.3) {
            true => Limit::ALL[chance.random_range(0..Limit::ALL.len())],
            false => Limit::Nothing,
        };
        gates.insert(name.clone(), Gates::of(limit, Arc::<Standing>::clone(clock)));
    }
    gates
}
