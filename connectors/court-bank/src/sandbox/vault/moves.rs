//! What time does to an account: freezes end, money comes and goes.

use chakong_contract::Moment;
use chakong_contract::date::{read_date, read_moment};
use chakong_contract::sandbox::BookedHolding;
use jiff::civil::DateTime;
use rust_decimal::Decimal;

use super::super::script::{Dice, ScriptMoves};
use super::held::{Held, Measure, Moved, amount, moment};
use crate::wire::TransactionRow;

/// Most moves that are made up for in one go, and most that one answer lists.
const MOST_MOVES: i64 = 500;

impl Held {
    /// Lets time pass until `now`.
    pub(super) fn pass(&mut self, now: Moment) {
        self.end_freezes(now);
        let Some(moves) = self.script.moves.clone() else { return };
        let current = period_of(&moves, now);
        self.moved_from.get_or_insert(current);
        let last = self.moved_until.replace(current).unwrap_or(current);
        for period in last.max(current - MOST_MOVES) + 1..=current {
            let planned = planned(&self.script.number, &moves, period);
            let amount = planned.max(-self.available);
            if amount.is_zero() {
                continue;
            }
            self.moved += amount;
            self.log.push(Moved { period, amount });
            if amount > Decimal::ZERO {
                self.flow_in("", amount);
            } else {
                self.available += amount;
            }
        }
    }

    /// Freezes whose last day is over hold nothing any more; what they held goes to those that wait behind them.
    fn end_freezes(&mut self, now: Moment) {
        let today = now.date();
        let mut freed = Decimal::ZERO;
        let lacks = &mut self.lacks;
        self.script.freezes.retain(|freeze| {
            let is_over = freeze.until.is_some_and(|until| until < today);
            if is_over {
                let lacking = freeze.amount.min(*lacks);
                *lacks -= lacking;
                freed += freeze.amount - lacking;
            }
            !is_over
        });
        let (over, standing) = std::mem::take(&mut self.measures)
            .into_iter()
            .partition(|measure| read_date(&measure.until).ok().flatten().is_some_and(|until| until < today));
        self.measures = standing;
        let over: Vec<Measure> = over;
        if freed > Decimal::ZERO {
            self.flow_in("", freed);
        }
        for measure in over {
            if measure.product.is_empty() {
                self.flow_in(&measure.sub_account, measure.held);
            } else if let Some(units) = self.units.get_mut(&measure.product) {
                *units += measure.held;
            }
        }
    }

    /// Money that became free: earlier freezes of others take what they lack, then the court's in the order they came.
    pub(super) fn flow_in(&mut self, sub_account: &str, mut amount: Decimal) {
        if sub_account.is_empty() {
            let taken = self.lacks.min(amount);
            self.lacks -= taken;
            amount -= taken;
        }
        let waiting =
            |measure: &&mut Measure| measure.product.is_empty() && measure.sub_account == sub_account;
        for measure in self.measures.iter_mut().filter(waiting) {
            let wanted =
                if measure.whole { amount } else { (measure.limit - measure.held).max(Decimal::ZERO) };
            let caught = wanted.min(amount);
            measure.held += caught;
            amount -= caught;
        }
        if let Some(available) = self.available_on(sub_account) {
            *available += amount;
        }
    }

    /// Moves between two moments, both of which must be asked for (protocol section 2).
    pub(super) fn transaction_rows(&self, from: &str, until: &str, now: Moment) -> Vec<TransactionRow> {
        let asked = |text: &str| read_moment(text).ok().flatten();
        let (Some(from), Some(until), Some(moves)) = (asked(from), asked(until), &self.script.moves) else {
            return Vec::new();
        };
        let last = period_of(moves, until.min(now));
        let first = period_of(moves, from) + 1;
        // Before the account was first looked at, moves happened as planned; afterwards as there was money.
        let begun = self.moved_from.unwrap_or(last);
        let before = (first.max(last - MOST_MOVES)..=last.min(begun))
            .map(|period| Moved { period, amount: planned(&self.script.number, moves, period) });
        let since = self.log.iter().filter(|moved| (first..=last).contains(&moved.period)).cloned();
        let row = |(moved, sequence): (Moved, u32)| self.transaction_row(moves, &moved, sequence);
        before.chain(since).filter(|moved| !moved.amount.is_zero()).zip(1..).map(row).collect()
    }

    fn transaction_row(&self, moves: &ScriptMoves, moved: &Moved, sequence: u32) -> TransactionRow {
        let is_deposit = moved.amount > Decimal::ZERO;
        let (class, direction) =
            if is_deposit { ("网上转账", "转入") } else { ("网上转账", "转出") };
        let at = DateTime::constant(1970, 1, 1, 8, 0, 0, 0);
        let at = at.checked_add(std::time::Duration::from_secs(
            seconds(moves).saturating_mul(moved.period.unsigned_abs()),
        ));
        TransactionRow {
            sequence: sequence.to_string(),
            class: class.into(),
            direction: direction.into(),
            currency: self.script.currency.clone(),
            amount: amount(moved.amount.abs()),
            at: at.map(|at| moment(Moment::from_wall(at))).unwrap_or_default(),
            serial: format!("{:012}", moved.period),
            other_name: "赵测试".into(),
            other_account: "6229990000000000027".into(),
            ..TransactionRow::default()
        }
    }

    pub(super) fn holdings(&self) -> Vec<BookedHolding> {
        let booked = |measure: &Measure| BookedHolding {
            number: measure.number.clone(),
            target: self.script.number.clone(),
            part: if measure.product.is_empty() {
                measure.sub_account.clone()
            } else {
                measure.product.clone()
            },
            amount: amount(measure.held),
            limit: amount(measure.limit),
            until: measure.until.clone(),
        };
        self.measures.iter().map(booked).collect()
    }
}

fn seconds(moves: &ScriptMoves) -> u64 {
    u64::from(moves.every_hours.max(1)) * 3600
}

fn period_of(moves: &ScriptMoves, at: Moment) -> i64 {
    at.unix_seconds().div_euclid(i64::try_from(seconds(moves)).unwrap_or(3600))
}

/// The move of a period, were there money enough: as many deposits as withdrawals.
fn planned(account: &str, moves: &ScriptMoves, period: i64) -> Decimal {
    let mut dice = Dice::of(format!("{account}/{period}"));
    let most = u64::try_from((moves.most * Decimal::ONE_HUNDRED).trunc().mantissa()).unwrap_or_default();
    let amount = Decimal::new(i64::try_from(dice.below(most)).unwrap_or_default(), 2);
    if dice.below(2) == 0 { amount } else { -amount }
}
