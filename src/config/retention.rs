//! Section `[retention]`: how long what is kept of a case stays after it was closed.

use std::time::Duration;

use super::reader::Section;
use crate::domain::retention::{MESSAGES, RECORDS, Retention, RetentionTerms};

/// Longest term in days: longer is for ever.
const LONGEST: u32 = 100 * 366;

pub(super) fn read_retention(section: &mut Section<'_>) -> Retention {
    let general = read_terms(section, RetentionTerms::default());
    let courts = section.sections("courts", |court| {
        let code = court.required::<String>("court", "the court's code, as in submissions");
        (code, read_terms(court, general))
    });
    let mut retention = Retention { general, ..Retention::default() };
    for (code, terms) in courts {
        let Some(code) = code else { continue };
        if retention.courts.insert(code.clone(), terms).is_some() {
            section.problem("courts", format_args!("names the court `{code}` twice"));
        }
    }
    retention
}

fn read_terms(section: &mut Section<'_>, default: RetentionTerms) -> RetentionTerms {
    RetentionTerms {
        messages: days(section, "messages", default.messages, MESSAGES),
        receipts: days(section, "receipts", default.receipts, RECORDS),
        documents: days(section, "documents", default.documents, RECORDS),
        records: days(section, "records", default.records, RECORDS),
        events: days(section, "events", default.events, RECORDS),
        acts: days(section, "acts", default.acts, RECORDS),
    }
}

/// A term in days, no shorter than the law wants.
fn days(section: &mut Section<'_>, key: &'static str, default: u32, shortest: u32) -> u32 {
    const DAY: u64 = 24 * 3600;
    let term = section.or(key, Duration::from_secs(u64::from(default) * DAY));
    let days = u32::try_from(term.as_secs() / DAY).unwrap_or(u32::MAX);
    if !(shortest..=LONGEST).contains(&days) {
        section.problem(
            key,
            format_args!("must lie between \"{shortest}d\", which the law wants, and \"{LONGEST}d\""),
        );
    }
    days
}
