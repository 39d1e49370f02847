//! When a case was closed, from which the terms of retention count.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::retention::{Retention, RetentionTerms, is_over};
use crate::domain::rules::working_days::end_of;
use crate::domain::{ChainId, Claim, InquiryId, InquiryState, MeasureState};
use crate::store::{Reads, StoreError, Stored};

/// When chains were closed, and the terms that count from then.
pub(super) struct Closings<'r> {
    pub(super) retention: &'r Retention,
    pub(super) now: Timestamp,
    known: HashMap<ChainId, Option<(Timestamp, RetentionTerms)>>,
}

impl<'r> Closings<'r> {
    pub(super) fn of_all(retention: &'r Retention, now: Timestamp) -> Self {
        Self { retention, now, known: HashMap::new() }
    }

    /// `None` for a chain that is open, or of which a row cannot be read.
    pub(super) fn of(
        &mut self,
        reads: &mut (impl Reads + ?Sized),
        chain: ChainId,
    ) -> Stored<Option<(Timestamp, RetentionTerms)>> {
        if let Some(known) = self.known.get(&chain) {
            return Ok(*known);
        }
        let found = match closed_at(reads, chain) {
            Ok(Some(at)) => {
                let cases = reads.cases_of(chain)?;
                let terms = self.retention.of(cases.iter().map(|case| case.court_code.as_str()));
                Some((at, terms))
            }
            Ok(None) => None,
            Err(error) if error.is_about_a_row() => None,
            Err(error) => return Err(error),
        };
        self.known.insert(chain, found);
        Ok(found)
    }

    pub(super) fn is_chain_over(
        &mut self,
        reads: &mut (impl Reads + ?Sized),
        chain: ChainId,
        days: fn(&RetentionTerms) -> u32,
    ) -> Stored<bool> {
        let now = self.now;
        Ok(self.of(reads, chain)?.is_some_and(|(at, terms)| is_over(at, days(&terms), now)))
    }

    /// Whether a term of an inquiry's chain is over. What is left of a chain that is gone is over.
    pub(super) fn is_over(
        &mut self,
        reads: &mut (impl Reads + ?Sized),
        inquiry: InquiryId,
        days: fn(&RetentionTerms) -> u32,
    ) -> Stored<bool> {
        match reads.inquiry(inquiry) {
            Ok(Some(inquiry)) => self.is_chain_over(reads, inquiry.chain, days),
            Ok(None) => Ok(true),
            Err(StoreError::Unreadable { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// When the last thing happened in a chain that is closed: every inquiry is over, the claim is settled or withdrawn or never was,
/// nothing stands or waits, and nobody has anything to do. `None` while it is open.
fn closed_at(reads: &mut (impl Reads + ?Sized), id: ChainId) -> Stored<Option<Timestamp>> {
    let Some(chain) = reads.chain(id)? else { return Ok(None) };
    let is_idle = |state: MeasureState| {
        state.ended()
            || matches!(state, MeasureState::Candidate | MeasureState::Refused | MeasureState::Skipped)
    };
    if chain.claim.as_ref().is_some_and(Claim::is_open) || !reads.tasks_of(id)?.is_empty() {
        return Ok(None);
    }
    let measures = reads.measures_of(id)?;
    if !measures.iter().all(|measure| is_idle(measure.state)) {
        return Ok(None);
    }
    let lapsed = measures.iter().filter(|measure| measure.state == MeasureState::Lapsed);
    let ends = lapsed.filter_map(|measure| measure.until.and_then(end_of));
    let mut last = ends.fold(chain.created, Timestamp::max);
    for inquiry in reads.inquiries_of(id)? {
        if inquiry.state == InquiryState::Open || inquiry.open_orders > 0 {
            return Ok(None);
        }
        last = last.max(inquiry.created);
        for line in reads.lines_of(inquiry.id)? {
            let heard = line.outcome.map(|outcome| outcome.at);
            last = last.max(line.created).max(line.sent.unwrap_or(last)).max(heard.unwrap_or(last));
        }
        last = last.max(reads.certificate(inquiry.id, None)?.map_or(last, |certificate| certificate.at));
    }
    let changed = reads.claim_changes(id)?.last().map(|change| change.at);
    Ok(Some(last.max(changed.unwrap_or(last))))
}
