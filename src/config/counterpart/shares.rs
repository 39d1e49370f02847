//! Shares of courts in a counterpart's daily quota, `[[limits.shares]]`.

use std::collections::BTreeMap;

use super::super::reader::Section;
use super::line::LineConfig;
use crate::domain::Shares;

/// Shares of a quota are of requests that the gateway sends.
pub(super) fn check(shares: Option<&Shares>, line: Option<&LineConfig>, root: &mut Section<'_>) {
    let sends = line.is_none_or(|line| line.call().is_some() || line.parcel().is_some());
    if shares.is_some() && !sends {
        root.problem(
            "limits",
            "has shares of a quota, which counts what the gateway sends: over a call or a parcel line",
        );
    }
}

/// The shares, in requests a day; `None` where no court has one, or they cannot be so.
pub(super) fn read_shares(section: &mut Section<'_>, per_day: Option<u64>) -> Option<Shares> {
    if !section.has("shares") {
        return None;
    }
    let Some(per_day) = per_day else {
        section
            .problem("shares", "are parts of the requests of a day; say how many those are: per_day = 2000");
        let _ = section.sections("shares", |share| share.entries().len());
        return None;
    };
    let read = section.sections("shares", |share| read_share(share, per_day));
    let (mut courts, mut percents) = (BTreeMap::new(), 0_u64);
    for share in read.into_iter().flatten() {
        percents = percents.saturating_add(share.percent);
        if courts.insert(share.court.clone(), share.requests).is_some() {
            section.problem("shares", format_args!("name the court `{}` twice", share.court));
        }
    }
    let shares = Shares::of(per_day, courts).filter(|_| percents <= 100);
    if shares.is_none() {
        section.problem(
            "shares",
            format_args!("are more than 100 % of the {per_day} requests of a day together"),
        );
    }
    shares
}

struct Share {
    court: String,
    requests: u64,
    /// What it was stated as; 0 where it was stated in requests.
    percent: u64,
}

fn read_share(section: &mut Section<'_>, per_day: u64) -> Option<Share> {
    let court = section.required::<String>("court", "the court's code, as in submissions");
    let (percent, requests) = (section.value::<u64>("percent"), section.value::<u64>("requests"));
    let court = court.map(|court| court.trim().to_owned());
    if court.as_ref().is_some_and(String::is_empty) {
        section.problem("court", "names no court: give its code, as in submissions");
    }
    let requests = match (percent, requests) {
        (Some(percent @ 1..=100), None) => {
            u64::try_from(u128::from(per_day) * u128::from(percent) / 100).unwrap_or(per_day)
        }
        (Some(_), None) => {
            section.problem("percent", "must lie between 1 and 100");
            return None;
        }
        (None, Some(requests)) => requests,
        _ => {
            section
                .problem("percent", "say either `percent` of the requests of a day or how many `requests`");
            return None;
        }
    };
    if requests == 0 {
        let key = if percent.is_some() { "percent" } else { "requests" };
        section.problem(
            key,
            format_args!("comes to no request of the {per_day} of a day: the court could never ask"),
        );
    }
    Some(Share { court: court?, requests, percent: percent.unwrap_or_default() })
}
