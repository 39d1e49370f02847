//! Sessions: who is signed in. Kept in memory, bounded, over after some time; a restart ends them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::draft::Draft;

/// A session that nobody used for so long is over.
const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// No session is longer than this.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// Most sessions at once; the one that was used longest ago makes room.
const MOST: usize = 2000;
/// Most sessions of one holder.
const MOST_OF_ONE: usize = 50;
/// Pages of one session that are kept up to date at once.
const MOST_STREAMS: usize = 64;

/// What the browser holds is never kept here, only its digest.
type Mark = [u8; 32];

/// Every session.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<Mark, Kept>>);

#[derive(Debug)]
struct Kept {
    session: Session,
    began: Timestamp,
    used: Timestamp,
    draft: Option<Arc<Draft>>,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Name of the key that was shown at the sign-in.
    pub holder: String,
    /// What every form of this session must send along.
    pub csrf: String,
    /// Pages that are kept up to date.
    pub streams: Arc<Semaphore>,
}

impl Kept {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.used) > IDLE || now.duration_since(self.began) > LONGEST
    }
}

/// 256 bits of randomness as text.
pub fn random_text() -> String {
    hex::encode(rand::rng().random::<[u8; 32]>())
}

fn mark_of(token: &str) -> Mark {
    Sha256::digest(token.as_bytes()).into()
}

impl Sessions {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Mark, Kept>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a session; gives the secret for the browser, which is new each time, whatever the browser had before.
    pub fn begin(&self, holder: &str, now: Timestamp) -> String {
        let token = random_text();
        let session = Session {
            holder: holder.to_owned(),
            csrf: random_text(),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
        };
        self.with(|all| {
            all.retain(|_, kept| !kept.is_over(now));
            while all.values().filter(|kept| kept.session.holder == holder).count() >= MOST_OF_ONE {
                forget_oldest(all, |kept| kept.session.holder == holder);
            }
            while all.len() >= MOST {
                forget_oldest(all, |_| true);
            }
            all.insert(mark_of(&token), Kept { session, began: now, used: now, draft: None });
        });
        token
    }

    /// The session of a secret, if there is one and it is not over. Where somebody `uses` it, it goes on.
    pub fn find(&self, token: &str, now: Timestamp, uses: bool) -> Option<Session> {
        let mark = mark_of(token);
        self.with(|all| {
            let kept = all.get_mut(&mark)?;
            if kept.is_over(now) {
                all.remove(&mark);
                return None;
            }
            if uses {
                kept.used = now;
            }
            Some(kept.session.clone())
        })
    }

    /// Ends a session.
    pub fn end(&self, token: &str) {
        self.with(|all| all.remove(&mark_of(token)));
    }

    /// Keeps what a person has entered so far, instead of what was kept before.
    pub fn keep_draft(&self, token: &str, draft: Option<Arc<Draft>>) {
        self.with(|all| {
            if let Some(kept) = all.get_mut(&mark_of(token)) {
                kept.draft = draft;
            }
        });
    }

    /// What a person had entered, by its identifier.
    pub fn draft(&self, token: &str, id: &str) -> Option<Arc<Draft>> {
        self.with(|all| all.get(&mark_of(token))?.draft.clone().filter(|draft| draft.id == id))
    }

    /// Bytes of all that is kept for people who are filling in a form.
    pub fn bytes_of_drafts(&self) -> usize {
        self.with(|all| all.values().filter_map(|kept| kept.draft.as_ref()).map(|draft| draft.size()).sum())
    }
}

fn forget_oldest(all: &mut HashMap<Mark, Kept>, which: impl Fn(&Kept) -> bool) {
    let oldest = all.iter().filter(|(_, kept)| which(kept)).min_by_key(|(_, kept)| kept.used);
    if let Some(mark) = oldest.map(|(mark, _)| *mark) {
        all.remove(&mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_after_half_a_day_whoever_uses_it() {
        let sessions = Sessions::default();
        let token = sessions.begin("officer", at(0));
        assert!(sessions.find(&token, at(29), true).is_some());
        assert!(sessions.find(&token, at(58), false).is_some(), "it was used at 29");
        assert!(sessions.find(&token, at(60), true).is_none(), "looking on does not prolong it");
        let token = sessions.begin("officer", at(0));
        for minute in (0..=720).step_by(20) {
            assert!(sessions.find(&token, at(minute), true).is_some(), "{minute}");
        }
        assert!(sessions.find(&token, at(721), true).is_none());
    }

    #[test]
    fn sessions_are_bounded_and_the_oldest_of_the_same_holder_makes_room() {
        let sessions = Sessions::default();
        let other = sessions.begin("approver", at(0));
        let first = sessions.begin("officer", at(1));
        for _ in 0..MOST_OF_ONE {
            sessions.begin("officer", at(2));
        }
        assert!(sessions.find(&first, at(3), true).is_none());
        assert!(sessions.find(&other, at(3), true).is_some());
        sessions.end(&other);
        assert!(sessions.find(&other, at(3), true).is_none());
        assert!(sessions.find("what somebody made up", at(3), true).is_none());
    }
}
