//! Measures and tasks, as they are looked for.

use chakong_contract::Date;
use jiff::Timestamp;

use super::cases::fits;
use super::state::State;
use crate::domain::decide::next_look;
use crate::domain::{ChainId, Measure, MeasureId, Task, found_by};
use crate::store::{MOST_ALIKE, MeasureFilter, TaskFilter};

impl State {
    pub(super) fn measures_by_reference(&self, reference: &str) -> Vec<Measure> {
        let alike = self.measures.values().filter(|one| !reference.is_empty() && one.reference == reference);
        alike.take(MOST_ALIKE).cloned().collect()
    }

    pub(super) fn find_measures(&self, filter: &MeasureFilter) -> Vec<Measure> {
        let ends_before = |measure: &Measure, day: Date| {
            measure.until.is_some_and(|until| until < day) && next_look(measure).is_some()
        };
        let wanted = self.measures.values().rev().filter(|measure| {
            filter.state.is_none_or(|state| measure.state == state)
                && fits(filter.counterpart.as_ref(), measure.counterpart.as_str())
                && filter.until_before.is_none_or(|day| ends_before(measure, day))
                && self.is_of(measure.chain, &filter.courts)
                && filter.chain.is_none_or(|chain| measure.chain == chain)
                && filter.before.is_none_or(|before| measure.id < before)
        });
        wanted.take(filter.limit).cloned().collect()
    }

    pub(super) fn measures_to_look_at(&self, today: Date, limit: usize) -> Vec<(MeasureId, ChainId)> {
        let mut due: Vec<_> = self
            .measures
            .values()
            .filter_map(|measure| Some((next_look(measure)?, measure.id, measure.chain)))
            .filter(|(day, ..)| *day <= today)
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id, chain)| (id, chain)).take(limit).collect()
    }

    pub(super) fn find_tasks(&self, filter: &TaskFilter) -> Vec<Task> {
        let wanted = self.tasks.values().filter(|task| {
            task.done.is_none()
                && filter.kind.is_none_or(|kind| task.kind == kind)
                && filter.chain.is_none_or(|chain| task.chain == chain)
                && self.is_of(task.chain, &filter.courts)
                && self.is_by(task.chain, filter)
                && filter.due_before.is_none_or(|due| task.due < due)
                && filter.created_before.is_none_or(|before| task.created < before)
                && filter.after.is_none_or(|after| (task.due, task.id) > after)
        });
        let mut wanted: Vec<Task> = wanted.cloned().collect();
        wanted.sort_by_key(|task| (task.due, task.id));
        wanted.truncate(filter.limit);
        wanted
    }

    /// Whether a chain has an inquiry as a filter of tasks wants one.
    fn is_by(&self, chain: ChainId, filter: &TaskFilter) -> bool {
        let all = || self.inquiries.values().filter(move |kept| kept.inquiry.chain == chain);
        let is_found = |word: &String| all().any(|kept| found_by::of_terms(&kept.terms).contains(word));
        let is_theirs = |person: &String| all().any(|kept| kept.inquiry.submitted_by == *person);
        filter.found_by.as_ref().is_none_or(is_found) && filter.submitted_by.as_ref().is_none_or(is_theirs)
    }

    pub(super) fn tasks_for_the_clock(&self, now: Timestamp, limit: usize) -> Vec<Task> {
        let due = self
            .tasks
            .values()
            .filter(|task| task.done.is_none() && task.look.is_some_and(|look| look <= now));
        let mut due: Vec<Task> = due.cloned().collect();
        due.sort_by_key(|task| (task.look, task.id));
        due.truncate(limit);
        due
    }
}
