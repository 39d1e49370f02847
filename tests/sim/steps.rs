//! What happens next: chance chooses.

use chakong_contract::reply::Holding;
use chakong_contract::{Date, Reply};
use jiff::SignedDuration;
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::accounts::{Hold, Kept};
use crate::banks::Lie;
use crate::world::{Said, World, at_once, is_expected};

/// Most rounds until everything is answered.
const MOST_ROUNDS: usize = 400;

impl World {
    /// Plays the world of its seed from beginning to end.
    pub fn play(&mut self) {
        self.submit();
        self.live_on();
        for _ in 0..self.chance.random_range(20..120) {
            if self.chance.is_used_up() {
                break;
            }
            if self.chance.random_bool(0.06) {
                self.bring_trouble();
            }
            self.step();
            self.live_on();
            self.check();
        }
        self.finish();
        self.check_end();
    }

    /// Where the process ended, another begins.
    fn live_on(&mut self) {
        if self.store.is_dead() || self.chance.random_bool(0.01) {
            self.crash();
        }
    }

    fn step(&mut self) {
        match self.chance.random_range(0..100) {
            0..4 => self.submit(),
            4..40 => {
                for _ in 0..2 {
                    let lane = self.a_lane();
                    if !self.store.is_dead() {
                        self.send(&lane);
                    }
                }
            }
            40..54 => self.arrive_at_bank(),
            54..68 => self.arrive_at_court(),
            68..70 => self.hear_again(),
            70..71 => self.lose_an_answer(),
            71..76 => self.pass_time(),
            76..80 => self.change_an_account(),
            80..86 => self.decide_on_a_freeze(),
            86..90 => self.renew_or_deduct(),
            90..92 => self.raise_claim(),
            92..94 => self.ask_again(),
            94..97 => {
                if let Some(order) = self.one_of(&self.unresolved()) {
                    self.resolve(&order, true);
                }
            }
            97 => self.enter_what_is_on_paper(),
            _ if self.kind.gives_back => self.give_back(),
            _ => self.pass_time(),
        }
    }

    fn a_lane(&mut self) -> String {
        let lanes: Vec<String> = self.banks.keys().cloned().collect();
        self.one_of(&lanes).expect("there are banks")
    }

    /// An answer comes a second time. A bank that said that far more is held than was ordered corrects itself.
    fn hear_again(&mut self) {
        if let Some(said) = self.one_of(&self.heard.clone()) {
            self.to_court.push(self.corrected(said));
        }
    }

    fn corrected(&self, (lane, order, reply): Said) -> Said {
        let is_enormous = self.banks[&lane].lie == Some(Lie::Enormous);
        let reply = match reply {
            Reply::Held(holding) if is_enormous => {
                let words = "更正 corrected".to_owned();
                Reply::Held(Holding { held: holding.limit.unwrap_or(holding.held), words, ..holding })
            }
            other => other,
        };
        (lane, order, reply)
    }

    /// An answer is lost for good: the bank says nothing more of its own accord.
    fn lose_an_answer(&mut self) {
        if !self.to_court.is_empty() {
            let at = self.chance.random_range(0..self.to_court.len());
            let (lane, order, _) = self.to_court.swap_remove(at);
            self.note(|| format!("lost: {lane} {}", order.number()));
        }
    }

    fn pass_time(&mut self) {
        let hours = match self.chance.random_range(0..10) {
            0..6 => self.chance.random_range(0..3),
            6..9 => self.chance.random_range(3..48),
            _ => self.chance.random_range(48..24 * 200),
        };
        self.pass(SignedDuration::from_hours(hours) + SignedDuration::from_secs(90));
    }

    /// Time goes by at the banks and here.
    fn pass(&mut self, time: SignedDuration) {
        self.note(|| format!("{time:#} go by"));
        self.clock.pass(time);
        let today = self.today();
        self.banks.values_mut().for_each(|bank| bank.end_terms(today));
        for _ in 0..3 {
            if let Err(error) = at_once(self.engine.do_what_is_due()) {
                is_expected(&error);
                return;
            }
        }
    }

    /// The debtor pays in or takes out, or another court freezes or gives back.
    fn change_an_account(&mut self) {
        let accounts: Vec<(String, String)> = self
            .banks
            .iter()
            .flat_map(|(bank, one)| one.accounts.keys().map(move |account| (bank.clone(), account.clone())))
            .collect();
        let Some((bank, account)) = self.one_of(&accounts) else { return };
        let amount: Decimal = self.chance.random_range(1..60_000).into();
        let what = self.chance.random_range(0..4);
        let until: Date = self.today();
        let until =
            until.checked_add(jiff::Span::new().days(self.chance.random_range(1..400))).expect("a day");
        let grows = self.kind.grows;
        self.note(|| format!("account {account} of {bank}: {what} {amount}"));
        let Some(kept) = self.banks.get_mut(&bank).and_then(|one| one.accounts.get_mut(&account)) else {
            return;
        };
        change(kept, what, amount, (until, grows));
    }

    /// Everything comes to its end: what is on its way arrives, people find out what nobody knows.
    fn finish(&mut self) {
        self.note(|| "finish".into());
        self.store.die_at(0, false);
        self.lift_what_was_not_entered();
        for _ in 0..MOST_ROUNDS {
            while !self.to_banks.is_empty() {
                self.arrive_at_bank();
            }
            while !self.to_court.is_empty() {
                self.arrive_at_court();
            }
            for order in self.unresolved() {
                self.resolve(&order, false);
            }
            for lane in self.banks.keys().cloned().collect::<Vec<_>>() {
                self.send(&lane);
            }
            self.pass(SignedDuration::from_mins(20));
            // The clock looked last: what is over is known to be over.
            if self.is_quiet() && self.unresolved().is_empty() {
                return;
            }
        }
        panic!("it comes to no end");
    }

    fn is_quiet(&self) -> bool {
        let lanes = self.read(|reads| reads.open_lanes());
        self.to_banks.is_empty() && self.to_court.is_empty() && lanes.is_empty()
    }
}

fn change(kept: &mut Kept, what: u32, amount: Decimal, (until, grows): (Date, bool)) {
    match what {
        0 if grows => kept.balance += amount,
        // What another court's freeze leaves when it ends is growth, too.
        1 => kept.holds.push(Hold {
            number: None,
            case: "（2025）晋05执99号".to_owned(),
            limit: amount,
            until: if grows { until } else { Date::MAX },
            counts: false,
        }),
        2 if grows => {
            if let Some(at) = kept.holds.iter().position(|hold| hold.number.is_none()) {
                kept.holds.remove(at);
            }
        }
        _ => kept.balance -= amount.min(kept.free()),
    }
}
