//! What this process keeps for a session beside what the store has of it: what is being filled in, why somebody looks, pages that are
//! kept up to date. It is bounded and goes with a restart; another replica has none of it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OnceCell, Semaphore};
use uuid::Uuid;

use super::case_query::CaseQuery;
use super::draft::Draft;
use crate::api::Reasons;

/// Most sessions of which something is kept; the one that was used longest ago makes room.
const MOST: usize = 2000;
/// Searches that are kept of one session, the newest.
const MOST_SEARCHES: usize = 20;
/// How long the list of counterparts counts as known.
const GLANCE: Duration = Duration::from_secs(1);
/// Pages of one session that are kept up to date at once.
const MOST_STREAMS: usize = 64;

/// Forms of one session that were sent and whose outcome is kept, the newest.
const MOST_SENT: usize = 50;

/// Where the first sending of a form led; whoever sends it again meanwhile waits for that.
pub type Sent = Arc<OnceCell<String>>;

/// What is kept of each session, by its identifier.
#[derive(Debug)]
pub struct Kept {
    idle: Duration,
    all: Mutex<HashMap<Uuid, Entry>>,
    /// Digests of the list of counterparts, with and without what is every court's, and when they were read or began to be.
    glances: Mutex<HashMap<bool, Glance>>,
}

/// When the list of counterparts was read or began to be, and its digest.
type Glance = (Timestamp, Option<[u8; 32]>);

#[derive(Debug)]
struct Entry {
    used: Timestamp,
    draft: Option<Arc<Draft>>,
    reasons: Reasons,
    /// Searches for parties, by the word that stands in an address instead of them.
    searches: VecDeque<(String, CaseQuery)>,
    /// Forms that were sent, each with its word.
    sent: VecDeque<(String, Sent)>,
    streams: Arc<Semaphore>,
}

impl Entry {
    fn new(used: Timestamp) -> Self {
        let streams = Arc::new(Semaphore::new(MOST_STREAMS));
        let (searches, sent) = (VecDeque::new(), VecDeque::new());
        Self { used, draft: None, reasons: Reasons::default(), searches, sent, streams }
    }
}

impl Kept {
    /// Nothing yet. What was not used for `idle`, after which a session is over, is forgotten.
    pub fn new(idle: Duration) -> Self {
        Self { idle, all: Mutex::default(), glances: Mutex::default() }
    }

    /// What the list of counterparts was a moment ago; `None` for the one who is to read it anew.
    pub fn glance(&self, whole: bool, now: Timestamp) -> Option<[u8; 32]> {
        let mut glances = self.glances.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, digest) = glances.entry(whole).or_insert((Timestamp::MIN, None));
        let passed = Duration::try_from(now.duration_since(*at)).unwrap_or_default();
        if passed >= GLANCE || digest.is_none() {
            *at = now;
            return None;
        }
        *digest
    }

    /// Keeps what the list of counterparts is.
    pub fn keep_glance(&self, whole: bool, digest: [u8; 32], now: Timestamp) {
        let mut glances = self.glances.lock().unwrap_or_else(PoisonError::into_inner);
        glances.insert(whole, (now, Some(digest)));
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Uuid, Entry>) -> T) -> T {
        work(&mut self.all.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works on what is kept of a session, which begins with nothing.
    fn of<T>(&self, session: Uuid, now: Timestamp, work: impl FnOnce(&mut Entry) -> T) -> T {
        self.with(|all| {
            if !all.contains_key(&session) {
                all.retain(|_, entry| !is_over(entry.used, now, self.idle));
                while all.len() >= MOST {
                    let oldest = all.iter().min_by_key(|(_, entry)| entry.used).map(|(session, _)| *session);
                    oldest.and_then(|session| all.remove(&session));
                }
            }
            let entry = all.entry(session).or_insert_with(|| Entry::new(now));
            entry.used = now;
            work(entry)
        })
    }

    /// Why a session looks at cases, so far as it was asked.
    pub fn known_reasons(&self, session: Uuid) -> Reasons {
        self.with(|all| all.get(&session).map(|entry| entry.reasons.clone())).unwrap_or_default()
    }

    /// The same of a session that is used now.
    pub fn reasons(&self, session: Uuid, now: Timestamp) -> Reasons {
        self.with(|all| {
            let entry = all.get_mut(&session)?;
            entry.used = now;
            Some(entry.reasons.clone())
        })
        .unwrap_or_default()
    }

    /// Keeps why a session looks at a case.
    pub fn give_reason(&self, session: Uuid, case: &str, reason: &str, now: Timestamp) {
        self.of(session, now, |entry| entry.reasons.give(case, reason));
    }

    /// Places of pages that are kept up to date.
    pub fn streams(&self, session: Uuid, now: Timestamp) -> Arc<Semaphore> {
        self.of(session, now, |entry| Arc::clone(&entry.streams))
    }

    /// Keeps what a person has entered so far, instead of what was kept before.
    pub fn keep_draft(&self, session: Uuid, draft: Option<Arc<Draft>>, now: Timestamp) {
        self.of(session, now, |entry| entry.draft = draft);
    }

    /// What a person had entered, by its identifier.
    pub fn draft(&self, session: Uuid, id: &str) -> Option<Arc<Draft>> {
        self.with(|all| all.get(&session)?.draft.clone().filter(|draft| draft.id == id))
    }

    /// Keeps what a session looks for under a word.
    pub fn keep_search(&self, session: Uuid, word: String, query: CaseQuery, now: Timestamp) {
        self.of(session, now, |entry| {
            entry.searches.truncate(MOST_SEARCHES - 1);
            entry.searches.push_front((word, query));
        });
    }

    /// What a session looked for, by its word.
    pub fn search(&self, session: Uuid, word: &str) -> Option<CaseQuery> {
        let of = |entry: &Entry| {
            entry.searches.iter().find(|(known, _)| known == word).map(|(_, query)| query.clone())
        };
        self.with(|all| all.get(&session).and_then(of))
    }

    /// What became of a form of a session that is to do something once, by a word that tells it from any other that was shown.
    pub fn sent(&self, session: Uuid, form: String, now: Timestamp) -> Sent {
        self.of(session, now, |entry| {
            if let Some((_, sent)) = entry.sent.iter().find(|(known, _)| *known == form) {
                return Arc::clone(sent);
            }
            entry.sent.truncate(MOST_SENT - 1);
            let sent = Sent::default();
            entry.sent.push_front((form, Arc::clone(&sent)));
            sent
        })
    }

    /// Forgets a session that ended.
    pub fn forget(&self, session: Uuid) {
        self.with(|all| all.remove(&session));
    }

    /// Bytes of all that is kept for people who are filling in a form, without what belongs to sessions that are over.
    pub fn bytes_of_drafts(&self, now: Timestamp) -> usize {
        self.with(|all| {
            all.retain(|_, entry| !is_over(entry.used, now, self.idle));
            all.values().filter_map(|entry| entry.draft.as_ref()).map(|draft| draft.size()).sum()
        })
    }
}

fn is_over(used: Timestamp, now: Timestamp, idle: Duration) -> bool {
    Duration::try_from(now.duration_since(used)).is_ok_and(|rested| rested >= idle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute)
    }

    fn kept() -> Kept {
        Kept::new(Duration::from_secs(30 * 60))
    }

    fn draft(id: &str) -> Option<Arc<Draft>> {
        let fields = vec![("name".to_owned(), "value".to_owned())];
        Some(Arc::new(Draft { id: id.to_owned(), fields, uploads: Vec::new() }))
    }

    #[test]
    fn the_list_of_counterparts_is_read_by_one_of_many_who_watch_it() {
        let (kept, at) = (kept(), |millis| Timestamp::from_millisecond(millis).expect("an instant"));
        assert_eq!(kept.glance(true, at(0)), None, "the first reads");
        kept.keep_glance(true, [1; 32], at(50));
        assert_eq!((kept.glance(true, at(900)), kept.glance(false, at(900))), (Some([1; 32]), None));
        assert_eq!(kept.glance(true, at(1050)), None, "one of them reads anew");
        assert_eq!(kept.glance(true, at(1060)), Some([1; 32]), "and the others do not");
        kept.keep_glance(true, [2; 32], at(1100));
        assert_eq!(kept.glance(true, at(1200)), Some([2; 32]));
    }

    #[test]
    fn what_is_kept_belongs_to_one_session_and_goes_when_that_rests_or_ends() {
        let (kept, one, other) = (kept(), Uuid::from_u128(1), Uuid::from_u128(2));
        kept.keep_draft(one, draft("d"), at(0));
        kept.give_reason(one, "（2026）测01执1号", "信访核查", at(0));
        assert!(kept.draft(one, "d").is_some() && kept.draft(one, "e").is_none());
        assert!(kept.draft(other, "d").is_none(), "another session's");
        assert_eq!(kept.reasons(one, at(29)).of("（2026）测01执1号"), Some("信访核查"));
        assert_eq!(kept.reasons(one, at(29)).of("（2026）测01执2号"), None, "another case");
        assert_eq!(kept.reasons(other, at(29)).of("（2026）测01执1号"), None, "another session");
        assert!(kept.bytes_of_drafts(at(58)) > 0, "it was used at 29");
        assert_eq!(kept.bytes_of_drafts(at(59)), 0, "it rested");
        kept.keep_draft(one, draft("d"), at(60));
        kept.forget(one);
        assert!(kept.draft(one, "d").is_none());
    }

    #[test]
    fn a_search_is_known_to_its_session_alone_and_the_oldest_of_many_is_forgotten() {
        let (kept, one, other) = (kept(), Uuid::from_u128(1), Uuid::from_u128(2));
        for nth in 0..=MOST_SEARCHES {
            kept.keep_search(one, format!("w{nth}"), CaseQuery::default(), at(0));
        }
        assert!(kept.search(one, "w0").is_none() && kept.search(one, "w1").is_some());
        assert!(kept.search(one, &format!("w{MOST_SEARCHES}")).is_some());
        assert!(kept.search(other, "w1").is_none());
        kept.forget(one);
        assert!(kept.search(one, "w1").is_none());
    }

    #[tokio::test]
    async fn a_form_that_is_sent_again_leads_where_it_led_first_and_one_that_failed_is_done_again() {
        let (kept, one, other) = (kept(), Uuid::from_u128(1), Uuid::from_u128(2));
        let sent = |session, form: &str| kept.sent(session, form.to_owned(), at(0));
        let leads = async |to: &str| Ok::<_, ()>(to.to_owned());
        assert!(sent(one, "a").get_or_try_init(async || Err(())).await.is_err());
        assert_eq!(sent(one, "a").get_or_try_init(|| leads("first")).await, Ok(&"first".to_owned()));
        assert_eq!(sent(one, "a").get_or_try_init(|| leads("again")).await, Ok(&"first".to_owned()));
        assert!(
            sent(one, "b").get().is_none() && sent(other, "a").get().is_none(),
            "another form or session"
        );
        for nth in 0..MOST_SENT {
            sent(one, &format!("w{nth}"));
        }
        assert!(sent(one, "a").get().is_none(), "the oldest of many");
    }

    #[test]
    fn of_more_sessions_than_there_is_room_for_the_one_that_rested_longest_is_forgotten() {
        let kept = kept();
        for nth in 0..=MOST {
            kept.keep_draft(Uuid::from_u128(nth as u128), draft("d"), at(i64::from(nth > 0)));
        }
        assert!(kept.draft(Uuid::from_u128(0), "d").is_none());
        assert!(
            kept.draft(Uuid::from_u128(1), "d").is_some() || kept.draft(Uuid::from_u128(2), "d").is_some()
        );
        assert_eq!(kept.with(|all| all.len()), MOST);
    }
}
