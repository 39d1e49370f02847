//! Acts as cases: entered at once, or accepted and decided by a person later; and what happens by itself in between.

use chakong_contract::{Date, Moment};

use super::act::{Case, DECLINED, Happened, NO_SUCH_SEIZURE, Outcome, RegisterAct, Wish, outcome};
use super::book::Register;
use super::queue::{Entry, Kind, New, Queue};
use super::script::{Quirk, Scripted};

impl Register {
    /// Seizes. What it becomes is the registry's to decide.
    ///
    /// # Errors
    /// The registry's words for why not.
    pub(crate) fn seize(&mut self, act: &RegisterAct, now: Moment) -> Result<Outcome, &'static str> {
        self.take(Wish::Seize, act, now)
    }

    /// Renews a seizure by its number.
    ///
    /// # Errors
    /// The registry's words for why not.
    pub(crate) fn renew(&mut self, act: &RegisterAct, now: Moment) -> Result<Outcome, &'static str> {
        self.take(Wish::Renew, act, now)
    }

    /// Releases a seizure by its number. The first that waits behind it becomes effective in the next round.
    ///
    /// # Errors
    /// The registry's words for why not.
    pub(crate) fn release(&mut self, act: &RegisterAct, now: Moment) -> Result<Outcome, &'static str> {
        self.take(Wish::Release, act, now)
    }

    fn take(&mut self, wish: Wish, act: &RegisterAct, now: Moment) -> Result<Outcome, &'static str> {
        if self.cases.iter().any(|case| case.told.id == act.seizure && !act.seizure.is_empty()) {
            return Err("查封流程未办结，请先办结");
        }
        let key = self.key_of(wish, act)?;
        let id = match (act.id.is_empty(), wish) {
            (false, _) => act.id.clone(),
            (true, Wish::Seize) => self.next_number(),
            (true, Wish::Renew | Wish::Release) => act.seizure.clone(),
        };
        if self.review.is_none() {
            return self.enter(wish, act, id, now.date());
        }
        let queue = self.queues.get(&key).ok_or(NO_SUCH_SEIZURE)?;
        let told = Outcome {
            request: act.request.clone(),
            unit: queue.unit.clone(),
            certificate: queue.certificate.clone(),
            id,
            from: act.from.clone(),
            until: act.until.clone(),
            ..Outcome::default()
        };
        let same = |case: &Case| case.told.unit == told.unit && case.act.document == act.document;
        if wish == Wish::Seize && self.cases.iter().any(same) {
            return Err("该不动产单元号在此申请文号下已存在锁定信息");
        }
        self.cases.push(Case { wish, act: act.clone(), told: told.clone(), polls: self.polls, came: now });
        Ok(told)
    }

    /// The unit that an act is about: a seizure names a property of its owner's, the others a seizure by its number, which may
    /// be that of another unit as well.
    fn key_of(&mut self, wish: Wish, act: &RegisterAct) -> Result<String, &'static str> {
        if wish == Wish::Seize {
            let estate = self.estate_of(act)?;
            self.queue_of(&estate);
            return Ok(estate.key().to_owned());
        }
        let has = |queue: &Queue| queue.find(&act.seizure).is_some();
        let there =
            [&act.unit, &act.certificate].into_iter().find(|key| self.queues.get(*key).is_some_and(has));
        let anywhere = || self.queues.iter().filter(|(_, queue)| has(queue)).map(|(key, _)| key).min();
        there.or_else(anywhere).cloned().ok_or(NO_SUCH_SEIZURE)
    }

    /// Enters an act in the register.
    fn enter(
        &mut self,
        wish: Wish,
        act: &RegisterAct,
        id: String,
        today: Date,
    ) -> Result<Outcome, &'static str> {
        let key = self.key_of(wish, act)?;
        let (terms, records) = (self.terms, self.renewals_as_records);
        let queue = self.queues.get_mut(&key).ok_or(NO_SUCH_SEIZURE)?;
        let before = queue.clone();
        let new = New {
            id,
            court: act.court.clone(),
            document: act.document.clone(),
            from: act.from.clone(),
            until: act.until.clone(),
            request: act.request.clone(),
            origin: act.business.clone(),
        };
        let entry = match wish {
            Wish::Seize => Some(queue.enter(new, terms, today).clone()),
            Wish::Renew => queue.renew(&act.seizure, new, records, today).cloned(),
            Wish::Release => queue.lift(&act.seizure, today),
        };
        let entry = entry.ok_or(NO_SUCH_SEIZURE)?;
        let entered = outcome(&act.request, queue, &entry);
        self.last = Some((act.request.clone(), key, before));
        Ok(match wish {
            Wish::Release => Outcome { kind: None, ..entered },
            Wish::Seize | Wish::Renew => entered,
        })
    }

    /// The registrar declines what was just accepted: nothing of it stays.
    pub(crate) fn decline(&mut self, request: &str) {
        self.cases.retain(|case| case.told.request != request);
        if let Some((_, unit, before)) = self.last.take_if(|(last, ..)| last == request) {
            self.queues.insert(unit, before);
        }
    }

    /// A round of the registry's work: what others had lifted, what lapsed, which cases people decided, and who is effective
    /// now. Gives what happened to requests over this line.
    pub(crate) fn tick(&mut self, now: Moment) -> Vec<Happened> {
        self.polls = self.polls.saturating_add(1);
        self.last = None;
        let today = now.date();
        self.let_happen(now);
        let mut happened = Vec::new();
        if self.is_open(now) {
            self.decide(now, &mut happened);
        }
        for queue in self.queues.values_mut() {
            queue.lapse(today);
        }
        happened.extend(self.promote(today));
        happened
    }

    fn let_happen(&mut self, now: Moment) {
        let due = |(scripted, waited): &mut (Scripted, u32), counts: bool| {
            *waited = waited.saturating_add(u32::from(counts));
            match scripted.at {
                Some(at) => now >= at,
                None => counts && *waited > scripted.after_polls,
            }
        };
        let mut lifts = std::mem::take(&mut self.lifts);
        lifts.retain_mut(|lift| {
            let unit = lift.0.unit.clone();
            let is_due = due(lift, self.one_of_ours_waits(&unit));
            !(is_due && self.lift_others(&lift.0, now.date()))
        });
        self.lifts = lifts;
        let mut titles = std::mem::take(&mut self.titles);
        titles.retain_mut(|title| {
            let is_due = due(title, true);
            if is_due {
                self.register_title(&title.0.unit);
            }
            !is_due
        });
        self.titles = titles;
    }

    fn one_of_ours_waits(&self, unit: &str) -> bool {
        let waits = |queue: &Queue| {
            let waits = |entry: &Entry| entry.stands() && entry.kind.is_some_and(Kind::waits);
            queue.entries.iter().any(|entry| waits(entry) && !entry.request.is_empty())
        };
        self.queues.get(unit).is_some_and(waits)
    }

    fn register_title(&mut self, unit: &str) {
        if let Some(queue) = self.queue_at(unit) {
            queue.turn_over();
        }
        self.titled.insert(unit.to_owned());
    }

    /// The queue of a unit that is listed, or was made out for somebody who was asked about.
    fn queue_at(&mut self, unit: &str) -> Option<&mut Queue> {
        match self.by_key.get(unit).and_then(|at| self.estates.get(*at)).cloned() {
            Some(estate) => Some(self.queue_of(&estate)),
            None => self.queues.get_mut(unit),
        }
    }

    /// Lifts a seizure of another court; false where there is none yet.
    fn lift_others(&mut self, lift: &Scripted, today: Date) -> bool {
        self.queue_at(&lift.unit).is_some_and(|queue| queue.lift_of(&lift.document, today))
    }

    /// People decide the cases that are ready, in the order in which they came.
    fn decide(&mut self, now: Moment, happened: &mut Vec<Happened>) {
        let Some(review) = self.review.clone() else { return };
        let ready = |case: &Case| {
            let minutes = now.unix_seconds().saturating_sub(case.came.unix_seconds()) / 60;
            self.polls.saturating_sub(case.polls) >= review.takes_polls
                && minutes >= i64::from(review.takes_minutes)
        };
        let most = review.at_once.unwrap_or(usize::MAX);
        let (mut decided, mut left) = (Vec::new(), Vec::new());
        for case in std::mem::take(&mut self.cases) {
            if decided.len() < most && ready(&case) { decided.push(case) } else { left.push(case) }
        }
        self.cases = left;
        for case in decided {
            let declines = self.declined < review.declines;
            self.declined = self.declined.saturating_add(u32::from(declines));
            let done = match declines {
                true => Err(DECLINED),
                false => self.enter(case.wish, &case.act, case.told.id.clone(), now.date()),
            };
            happened.push(match done {
                Ok(entered) => Happened::Entered(entered),
                Err(why) => Happened::Declined(case.told, why),
            });
        }
    }

    /// The first that waits takes the place of one that has ended, unit by unit, in the order of the requests.
    fn promote(&mut self, today: Date) -> Vec<Happened> {
        if self.has(Quirk::KindsStay) {
            return Vec::new();
        }
        let mut effective: Vec<Outcome> = Vec::new();
        for queue in self.queues.values_mut() {
            if let Some(entry) = queue.promote(today).filter(|entry| !entry.request.is_empty()).cloned() {
                effective.push(outcome(&entry.request, queue, &entry));
            }
        }
        effective.sort_by(|one, other| one.request.cmp(&other.request));
        effective.into_iter().map(Happened::Effective).collect()
    }
}
