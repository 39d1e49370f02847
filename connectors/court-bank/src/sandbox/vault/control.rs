//! What the simulated bank does to an account: freeze, renew, release, deduct (protocol section 5).

use chakong_contract::Moment;
use rust_decimal::Decimal;

use super::held::{Done, Held, Measure, amount, moment, result};
use crate::wire::code;
use crate::wire::{ControlRequestRow, ControlRow, TargetRow};

impl Measure {
    fn is_original_of(&self, target: &TargetRow) -> bool {
        self.number == target.original
            && self.sub_account == target.sub_account
            && self.product == target.product_number
    }
}

impl Held {
    pub(super) fn freeze(
        &mut self,
        request: &ControlRequestRow,
        target: &TargetRow,
        limit: Decimal,
        now: Moment,
    ) -> Option<Done> {
        if target.class == code::PRODUCT {
            return self.freeze_product(request, target, limit, now);
        }
        let (earlier, rights) = (self.freeze_rows(), self.right_rows());
        let has_priority = self.script.rights.iter().any(|right| right.class == "质权");
        let available = self.available_on(&target.sub_account)?;
        // Of an account as such everything is held, whatever the limit (protocol section 5).
        let whole = target.content == code::ACCOUNT;
        let held = match whole {
            // Somebody has priority in all of it (protocol section 5).
            _ if has_priority => Decimal::ZERO,
            true => *available,
            false => limit.min(*available),
        };
        let held = held.max(Decimal::ZERO);
        *available -= held;
        let available = *available;
        self.measures.push(Measure {
            number: request.number.clone(),
            sub_account: target.sub_account.clone(),
            product: String::new(),
            whole: whole && !has_priority,
            held,
            limit: if has_priority { Decimal::ZERO } else { limit },
            until: target.until.clone(),
            court: request.court_name.clone(),
            document: target.ruling.clone(),
        });
        let row = ControlRow {
            state: code::DONE.into(),
            balance: amount(self.balance_of(&target.sub_account)),
            available: amount(available),
            from: moment(now),
            until: target.until.clone(),
            limit: amount(limit),
            held: amount(held),
            uncovered: amount((limit - held).max(Decimal::ZERO)),
            freezes: earlier,
            rights,
            ..result(request, target)
        };
        Some(Done { row, amount: held, executed: true })
    }

    /// A renewal finds the freeze as a release does. It moves the end; what is held is carried over.
    pub(super) fn renew(
        &mut self,
        request: &ControlRequestRow,
        target: &TargetRow,
        limit: Decimal,
        now: Moment,
    ) -> Option<Done> {
        let at = self.measures.iter().position(|measure| measure.is_original_of(target))?;
        let mut measure = self.measures.remove(at);
        let freezes = self.freeze_rows();
        measure.limit = limit;
        measure.until = target.until.clone();
        let held = measure.held;
        self.measures.insert(at, measure);
        let row = ControlRow {
            state: code::DONE.into(),
            balance: amount(self.balance_of(&target.sub_account)),
            available: amount(*self.available_on(&target.sub_account)?),
            from: moment(now),
            until: target.until.clone(),
            limit: amount(limit),
            held: amount(held),
            uncovered: amount((limit - held).max(Decimal::ZERO)),
            freezes,
            ..result(request, target)
        };
        Some(Done { row, amount: held, executed: true })
    }

    /// A release finds the freeze by its request number, account and sub-account (protocol section 4).
    pub(super) fn release(
        &mut self,
        request: &ControlRequestRow,
        target: &TargetRow,
        asked: Decimal,
    ) -> Option<Done> {
        let measure = self.measures.iter_mut().find(|measure| measure.is_original_of(target))?;
        let released = asked.min(measure.held).max(Decimal::ZERO);
        measure.held -= released;
        let limit = std::mem::replace(&mut measure.limit, measure.held);
        if measure.held.is_zero() {
            self.measures.retain(|measure| !measure.is_original_of(target));
        }
        if target.class == code::PRODUCT {
            *self.units.get_mut(&target.product_number)? += released;
        } else {
            self.available_on(&target.sub_account)?;
            self.flow_in(&target.sub_account, released);
        }
        let balance = self.balance_of(&target.sub_account);
        let available = self.available_on(&target.sub_account)?;
        let row = ControlRow {
            state: code::DONE.into(),
            available: amount(*available),
            balance: amount(balance),
            limit: amount(limit),
            held: amount(released),
            ..result(request, target)
        };
        Some(Done { row, amount: released, executed: true })
    }

    /// Units of a product, not money, are held; the account's cash is not touched.
    fn freeze_product(
        &mut self,
        request: &ControlRequestRow,
        target: &TargetRow,
        limit: Decimal,
        now: Moment,
    ) -> Option<Done> {
        let free = self.units.get_mut(&target.product_number)?;
        let asked = target.quantity.parse().unwrap_or(*free);
        let held = asked.min(*free).max(Decimal::ZERO);
        *free -= held;
        self.measures.push(Measure {
            number: request.number.clone(),
            sub_account: target.sub_account.clone(),
            product: target.product_number.clone(),
            whole: false,
            held,
            limit,
            until: target.until.clone(),
            court: request.court_name.clone(),
            document: target.ruling.clone(),
        });
        let row = ControlRow {
            state: code::DONE.into(),
            product_number: target.product_number.clone(),
            wealth_account: target.wealth_account.clone(),
            balance: amount(self.balance_of("")),
            available: amount(self.available),
            from: moment(now),
            until: target.until.clone(),
            limit: amount(limit),
            held_quantity: amount(held),
            held: amount(Decimal::ZERO),
            ..result(request, target)
        };
        Some(Done { row, amount: held, executed: true })
    }

    /// Takes money out of a freeze of the court's to its account; no more than is held.
    pub(super) fn deduct(
        &mut self,
        request: &ControlRequestRow,
        target: &TargetRow,
        asked: Decimal,
    ) -> Result<Done, &'static str> {
        if target.payee_account.is_empty() || target.payee_name.is_empty() {
            return Err("无执行款专户信息");
        }
        let at = self.measures.iter().position(|measure| measure.is_original_of(target));
        let measure = at.and_then(|at| self.measures.get_mut(at)).ok_or("无原冻结请求信息或冻结编号")?;
        let deducted = asked.min(measure.held).max(Decimal::ZERO);
        measure.held -= deducted;
        measure.limit -= deducted;
        if measure.held.is_zero() {
            self.measures.retain(|measure| !measure.is_original_of(target));
        }
        *self.deducted.entry(target.sub_account.clone()).or_default() += deducted;
        let available = self.available_on(&target.sub_account).map(|available| *available);
        let row = ControlRow {
            state: code::DONE.into(),
            balance: amount(self.balance_of(&target.sub_account)),
            available: amount(available.unwrap_or_default()),
            held: amount(deducted),
            limit: String::new(),
            ..result(request, target)
        };
        Ok(Done { row, amount: deducted, executed: true })
    }
}
