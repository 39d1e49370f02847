//! Renewals and lapses of a period, on their own days: they come up to years after the inquiry was accepted.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use chakong_contract::{Date, Moment};
use jiff::{SignedDuration, Timestamp};

use super::{Known, MOST_INQUIRIES, PORTION, court_name};
use crate::api::Shared;
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::people::Courts;
use crate::domain::statistics::{Collector, TermEnd, TermFacts};
use crate::domain::{Case, CaseFile, ChainId, InquiryId, Terms};
use crate::store::{Lapse, Reads, Renewal, StoreError, Stored, is_renewed_in_time, terms_of_courts};

/// The end of a term with what is counted of it.
struct Ended {
    end: TermEnd,
    day: Date,
    lane: String,
    case: Arc<Case>,
    terms: Arc<Terms>,
}

/// Counts the renewals and lapses from one instant to before another, those of the courts that are seen.
pub(super) async fn count(
    gateway: &Shared,
    courts: &Courts,
    collector: &mut Collector,
    (begin, end): (Timestamp, Timestamp),
) -> Result<(), Problem> {
    let day = |at: Timestamp| Moment::from_timestamp(at).date();
    let (from, until) = (day(begin), day(end - SignedDuration::from_secs(1)));
    let own = courts.clone();
    let read = gateway.store.read(move |reads| terms_of_courts(reads, &own, (from, until), (begin, end)));
    let (lapses, renewals) = read.await?;
    if lapses.len() + renewals.len() > MOST_INQUIRIES {
        let detail = format!(
            "该期间届满或续行的措施超过 {MOST_INQUIRIES} 件，请缩短期间 in the period more than {MOST_INQUIRIES} terms ended or were renewed; choose a shorter one"
        );
        return Err(Problem::new(ProblemKind::MalformedRequest, detail));
    }
    // In portions, so that no reader of the store is held for long.
    let lapses = lapses.chunks(PORTION).map(|some| (some.to_vec(), Vec::new()));
    let renewals = renewals.chunks(PORTION).map(|some| (Vec::new(), some.to_vec()));
    for (lapses, renewals) in lapses.chain(renewals) {
        let courts = courts.clone();
        let read = gateway.store.read(move |reads| ended(reads, &courts, &lapses, &renewals));
        for one in read.await? {
            collector.add_term(TermFacts {
                end: one.end,
                day: one.day,
                court: (&one.case.court_code, court_name(&one.case, &one.terms)),
                officer: one.terms.case.officers.first().map_or("", |officer| officer.name.as_str()),
                lane: &one.lane,
            });
        }
    }
    Ok(())
}

fn ended(
    reads: &mut dyn Reads,
    courts: &Courts,
    lapses: &[Lapse],
    renewals: &[Renewal],
) -> Stored<Vec<Ended>> {
    let (mut known, mut all) = (Known::default(), Vec::new());
    let mut files = BTreeMap::new();
    for lapse in lapses {
        let what = (TermEnd::Lapsed, lapse.day, lapse.lane.clone());
        let Some(inquiry) = inquiry_of(reads, &mut files, lapse)? else { continue };
        all.extend(seen(reads, &mut known, courts, (inquiry, what))?);
    }
    for renewal in renewals {
        let day = Moment::from_timestamp(renewal.at).date();
        let what = (TermEnd::RenewedInTime, day, renewal.lane.clone());
        let Some(one) = seen(reads, &mut known, courts, (renewal.inquiry, what))? else { continue };
        if is_renewed_in_time(reads, renewal)? {
            all.push(one);
        }
    }
    Ok(all)
}

/// The inquiry to which a lapse counts: that under which a renewal would have been ordered, so that both are in the same row.
fn inquiry_of(
    reads: &mut dyn Reads,
    files: &mut BTreeMap<ChainId, CaseFile>,
    lapse: &Lapse,
) -> Stored<Option<InquiryId>> {
    let Some(measure) = reads.measure(lapse.measure)? else { return Ok(None) };
    let file = match files.entry(measure.chain) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(free) => {
            let Some(file) = with_inquiries(reads, measure.chain)? else { return Ok(None) };
            free.insert(file)
        }
    };
    Ok(Some(file.lapsed_under(&measure, lapse.day)))
}

/// A chain with its inquiries and their terms.
fn with_inquiries(reads: &mut dyn Reads, chain: ChainId) -> Stored<Option<CaseFile>> {
    let Some(known) = reads.chain(chain)? else { return Ok(None) };
    let mut file = CaseFile::of(known);
    for inquiry in reads.inquiries_of(chain)? {
        if let Some(terms) = reads.terms(inquiry.id)? {
            file.terms.insert(inquiry.id, terms);
        }
        file.inquiries.insert(inquiry.id, inquiry);
    }
    Ok(Some(file))
}

/// The end of a term under an inquiry of a court that is seen; `None` for another court's.
fn seen(
    reads: &mut dyn Reads,
    known: &mut Known,
    courts: &Courts,
    (id, (end, day, lane)): (InquiryId, (TermEnd, Date, String)),
) -> Stored<Option<Ended>> {
    let Some(inquiry) = reads.inquiry(id)?.filter(|inquiry| courts.cover(&inquiry.court)) else {
        return Ok(None);
    };
    let case = known.case(reads, inquiry.case)?;
    let terms = reads.terms(id)?.ok_or(StoreError::Missing("the terms of an inquiry"))?;
    Ok(Some(Ended { end, day, lane, case, terms }))
}
