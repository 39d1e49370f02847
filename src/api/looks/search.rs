//! Looking for a party is a look: whoever asks learns whether somebody is led against. Who is looked for stands in the body of the request,
//! so that the endpoint itself puts it on record, with how many it found, before it tells.

use axum::http::HeaderMap;

use super::subject::Subject;
use super::{KnownReasons, Refused, Wanted, keep, needs_reason, said, without_reason};
use crate::api::Shared;
use crate::api::problem::Problem;
use crate::domain::found_by;
use crate::domain::people::LookKind;
use crate::people::Identity;

/// A search for a party that is about to be made.
pub(in crate::api) struct Search<'c> {
    identity: &'c Identity,
    party: &'c str,
    asked: &'c str,
    reason: String,
}

impl<'c> Search<'c> {
    /// By whom, for whom, and everything that is asked for, so that another search is another look.
    ///
    /// # Errors
    /// When a reason is missing.
    pub(in crate::api) fn of(
        identity: &'c Identity,
        party: &'c str,
        asked: &'c str,
        (headers, KnownReasons(known)): (&HeaderMap, &KnownReasons),
    ) -> Result<Self, Problem> {
        let reason = said(headers, known, "");
        if reason.is_empty() && needs_reason(identity, true) {
            return Err(without_reason());
        }
        Ok(Self { identity, party, asked, reason })
    }

    /// Puts it on record with how many cases it found. One that finds nobody has told that as well.
    ///
    /// # Errors
    /// When the day's measure is full, or the store fails.
    pub(in crate::api) async fn keep(self, gateway: &Shared, found: usize) -> Result<(), Problem> {
        let about = found_by::of_party(self.party).into_iter().collect();
        let subject = Subject::of_list(gateway, &format!("cases {}", self.asked), about);
        let seen = Wanted { subject, is_list: true, reason: self.reason };
        let shown = u64::try_from(found).unwrap_or(u64::MAX).max(1);
        keep(gateway, (self.identity, LookKind::Case), seen, shown).await.map_err(Refused::into_problem)
    }
}
