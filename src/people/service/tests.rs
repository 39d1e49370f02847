//! The service on the store in memory, by a clock that a test sets.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use uuid::Uuid;

use super::*;
use crate::domain::PersonId;
use crate::domain::abilities::Rules;
use crate::domain::decide::people::{NewKey, NewPerson, Pending, PersonUpdate};
use crate::domain::people::{Courts, LookKind, Role};
use crate::engine::CurrentRules;
use crate::store::memory::Memory;
use crate::store::{ActFilter, LookFilter};

const PASSWORD: &str = "correct horse battery";

#[derive(Debug)]
struct SetClock(Mutex<Timestamp>);

impl SetClock {
    fn forward(&self, by: SignedDuration) {
        let mut now = self.0.lock().expect("nobody panicked");
        *now = now.checked_add(by).expect("a time");
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }
}

#[derive(Debug)]
struct NoRules;

impl CurrentRules for NoRules {
    fn rules(&self) -> Arc<Rules> {
        Arc::default()
    }
}

struct World {
    people: People,
    clock: Arc<SetClock>,
}

impl World {
    fn new(settings: Settings) -> Self {
        let clock = Arc::new(SetClock(Mutex::new("2026-01-05T01:00:00Z".parse().expect("a time"))));
        let engine = Engine::new(Memory::new(7), Arc::<SetClock>::clone(&clock), Arc::new(NoRules));
        Self { people: People::new(engine, Arc::<SetClock>::clone(&clock), settings), clock }
    }

    /// A person whose password is [`PASSWORD`] and their own.
    async fn person(&self, number: &str, roles: &[Role]) -> PersonId {
        let id = self.initial(number, roles, PASSWORD).await;
        let hash = password::hash(PASSWORD).expect("a hash");
        let rules = self.people.rules().clone();
        let against = self.people.person(id).await.expect("the person").password.map(|kept| kept.hash);
        self.people.engine.set_password(id, (against, hash), Uuid::nil(), rules).await.expect("set");
        id
    }

    async fn initial(&self, number: &str, roles: &[Role], initial: &str) -> PersonId {
        let new = NewPerson {
            name: "张测试".to_owned(),
            number: number.to_owned(),
            courts: Courts::one("T10"),
            roles: roles.iter().copied().collect(),
            certificates: Vec::new(),
            phone: String::new(),
        };
        let (id, hash) = (PersonId(Uuid::new_v4()), password::hash(initial).expect("a hash"));
        self.people.engine.add_person(by(), new, id, Some(hash), Vec::new()).await.expect("added");
        id
    }

    async fn sign_in(&self, number: &str, password: &str, code: &str) -> Option<SignedIn> {
        let shown = Credentials {
            number: number.to_owned(),
            password: password.to_owned(),
            code: code.to_owned(),
            origin: origin(),
        };
        self.people.sign_in(shown).await.expect("the store works").ok()
    }

    async fn identity(&self, token: &str) -> Option<Identity> {
        self.people.by_cookie(token).await.expect("the store works")
    }

    async fn update(&self, id: PersonId, update: PersonUpdate) {
        self.people.engine.change_person(by(), id, update).await.expect("changed");
    }

    /// The code that an authenticator app shows now.
    fn code(&self, secret: &str) -> String {
        let now = u64::try_from(self.clock.now().as_second()).expect("positive");
        let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
        totp_rs::Builder::new()
            .with_secret(secret)
            .build()
            .expect("a second factor")
            .generate(now)
            .to_string()
    }
}

fn origin() -> Origin {
    Origin { from: "192.0.2.1".parse().expect("an address"), agent: "test".to_owned() }
}

fn by() -> ByWhom {
    ByWhom { actor: "tests".to_owned(), person: None, courts: Courts::All, reason: "测试".to_owned() }
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

#[tokio::test]
async fn a_session_begins_with_a_right_password_and_with_a_new_cookie_each_time() {
    let world = World::new(Settings::default());
    world.person("gh001", &[Role::Officer]).await;
    let one = world.sign_in("gh001", PASSWORD, "").await.expect("in");
    let other = world.sign_in(" gh001 ", PASSWORD, "").await.expect("in");
    assert_ne!(one.token, other.token);
    let identity = world.identity(&one.token).await.expect("a session");
    assert_eq!((identity.name.as_str(), identity.pending()), ("gh001", None));
    assert_eq!(identity.courts, Courts::one("T10"));
    assert!(identity.may(super::super::may::READ) && !identity.may(super::super::may::CONTROL));
    assert_eq!(world.identity(&"0".repeat(64)).await, None, "not a cookie of ours");
    let digest = cookie::digest_of(&one.token);
    let kept = world.people.store.read(move |reads| reads.session(&digest)).await.expect("a read");
    let kept = format!("{:?}", kept.expect("kept by its digest"));
    assert!(!kept.contains(&one.token), "the cookie itself is kept nowhere");
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same_and_the_audit_knows() {
    let world = World::new(Settings::default());
    world.person("gh001", &[Role::Officer]).await;
    let gone = world.person("gh002", &[Role::Officer]).await;
    world.update(gone, PersonUpdate { active: Some(false), ..PersonUpdate::default() }).await;
    for (number, password) in
        [("gh001", "wrong"), ("gh002", PASSWORD), ("nobody", PASSWORD), ("", ""), ("gh001", "")]
    {
        assert!(world.sign_in(number, password, "").await.is_none(), "{number}");
    }
    let filter = ActFilter { act: Some("sign_in".to_owned()), limit: 10, ..ActFilter::default() };
    let acts = world.people.store.read(move |reads| reads.find_acts(&filter)).await.expect("a read");
    assert_eq!(acts.len(), 5);
    assert!(acts.iter().all(|(_, act)| act.refused.is_some() && act.detail.is_some()));
    assert!(
        !format!("{acts:?}").contains("nobody\", act: \"sign_in\", subject: \"nobody"),
        "an unknown name is not kept"
    );
}

#[tokio::test]
async fn after_too_many_failures_even_the_right_password_is_refused_for_a_while() {
    let world = World::new(Settings::default());
    world.person("gh001", &[Role::Officer]).await;
    for _ in 0..world.people.rules().lock_after {
        assert!(world.sign_in("gh001", "wrong", "").await.is_none());
    }
    assert!(world.sign_in("gh001", PASSWORD, "").await.is_none(), "locked, and nobody is told");
    world.clock.forward(minutes(14));
    assert!(world.sign_in("gh001", PASSWORD, "").await.is_none());
    world.clock.forward(minutes(1));
    assert!(world.sign_in("gh001", PASSWORD, "").await.is_some());
}

#[tokio::test]
async fn a_session_ends_when_it_rests_and_when_it_is_old_and_when_it_is_ended() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    let rests = world.sign_in("gh001", PASSWORD, "").await.expect("in").token;
    world.clock.forward(minutes(29));
    assert!(world.identity(&rests).await.is_some(), "used in time");
    world.clock.forward(minutes(29));
    assert!(world.identity(&rests).await.is_some(), "its use was written down");
    world.clock.forward(minutes(30));
    assert!(world.identity(&rests).await.is_none(), "it rested too long");
    let open = world.sign_in("gh001", PASSWORD, "").await.expect("in").token;
    for _ in 0..29 {
        world.clock.forward(minutes(1));
        assert!(world.people.watching(&open).await.expect("the store works").is_some());
    }
    world.clock.forward(minutes(1));
    assert!(world.identity(&open).await.is_none(), "an open page that asks by itself is no use");
    let old = world.sign_in("gh001", PASSWORD, "").await.expect("in").token;
    for _ in 0..29 {
        world.clock.forward(minutes(20));
        assert!(world.identity(&old).await.is_some());
    }
    world.clock.forward(minutes(20));
    assert!(world.identity(&old).await.is_none(), "after ten hours, however much it was used");
    let token = world.sign_in("gh001", PASSWORD, "").await.expect("in").token;
    let all = world.people.store.read(move |reads| reads.sessions(Some(id))).await.expect("a read");
    assert_eq!(all.len(), 1, "those that were over went with the next sign-in");
    world.people.end_session(by(), all[0].clone()).await.expect("ended");
    assert!(world.identity(&token).await.is_none());
}

#[tokio::test]
async fn of_very_many_sessions_of_a_person_the_oldest_makes_room() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    let mut tokens = Vec::new();
    for _ in 0..51 {
        world.clock.forward(SignedDuration::from_secs(1));
        tokens.push(world.sign_in("gh001", PASSWORD, "").await.expect("in").token);
    }
    assert!(world.identity(&tokens[0]).await.is_none() && world.identity(&tokens[1]).await.is_some());
    let all = world.people.store.read(move |reads| reads.sessions(Some(id))).await.expect("a read");
    assert_eq!(all.len(), 50);
}

#[tokio::test]
async fn sessions_end_with_what_the_person_may_no_longer() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    let in_again = async || world.sign_in("gh001", PASSWORD, "").await.expect("in").token;
    let token = in_again().await;
    let phone = PersonUpdate { phone: Some("13800000000".to_owned()), ..PersonUpdate::default() };
    world.update(id, phone).await;
    assert!(world.identity(&token).await.is_some(), "a telephone is no matter");
    let courts = PersonUpdate { courts: Some(Courts::one("T11")), ..PersonUpdate::default() };
    world.update(id, courts).await;
    assert!(world.identity(&token).await.is_none(), "other courts");
    let token = in_again().await;
    world.update(id, PersonUpdate { active: Some(false), ..PersonUpdate::default() }).await;
    assert!(world.identity(&token).await.is_none(), "disabled");
}

#[tokio::test]
async fn an_initial_or_old_password_must_be_changed_before_anything_else() {
    let world = World::new(Settings::default());
    let id = world.initial("gh001", &[Role::Officer], "the initial password").await;
    let begun = world.sign_in("gh001", "the initial password", "").await.expect("in");
    assert_eq!(begun.identity.pending(), Some(Pending::ChangePassword));
    assert!(!begun.identity.may(super::super::may::READ) && begun.identity.may(super::super::may::ANY));
    let session = begun.identity.session.as_ref().expect("a session").id;
    let other = world.sign_in("gh001", "the initial password", "").await.expect("in").token;
    let change = async |old: &str, new: &str| {
        world.people.change_password((id, session), old.to_owned(), new.to_owned()).await
    };
    assert!(change("wrong", PASSWORD).await.is_err());
    assert!(change("the initial password", "short").await.is_err());
    assert!(change("the initial password", "the initial password").await.is_err(), "it is a new one");
    change("the initial password", PASSWORD).await.expect("changed");
    assert_eq!(world.identity(&begun.token).await.expect("still in").pending(), None);
    assert!(world.identity(&other).await.is_none(), "the other sessions ended");
    world.clock.forward(SignedDuration::from_hours(24 * 90));
    let begun = world.sign_in("gh001", PASSWORD, "").await.expect("in");
    assert_eq!(begun.identity.pending(), Some(Pending::ChangePassword), "after ninety days");
}

/// What an attacker had begun with the old password does not undo what the administrator did meanwhile.
#[tokio::test]
async fn a_password_that_was_reset_meanwhile_is_not_changed_by_who_knew_the_one_before() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    let before = world.people.person(id).await.expect("the person").password.map(|kept| kept.hash);
    let reset = password::hash("set by the administrator").expect("a hash");
    world.update(id, PersonUpdate { reset: Some(reset), ..PersonUpdate::default() }).await;
    let theirs = password::hash("known to the attacker").expect("a hash");
    let rules = world.people.rules().clone();
    let late = world.people.engine.set_password(id, (before, theirs), Uuid::nil(), rules).await;
    assert!(late.is_err(), "{late:?}");
    assert!(world.sign_in("gh001", "known to the attacker", "").await.is_none());
    assert!(world.sign_in("gh001", "set by the administrator", "").await.is_some());
}

#[tokio::test]
async fn a_second_factor_is_set_up_proved_and_then_asked_for_and_no_code_counts_twice() {
    let world = World::new(Settings::default());
    let id = world.person("gh009", &[Role::Auditor]).await;
    let begun = world.sign_in("gh009", PASSWORD, "").await.expect("in");
    assert_eq!(begun.identity.pending(), Some(Pending::SetUpSecondFactor));
    assert!(!begun.identity.may(super::super::may::LOOKS));
    let (secret, address) = world.people.begin_second_factor(id, "gh009", "").await.expect("begun");
    assert!(address.contains(&secret));
    assert!(world.people.prove_second_factor(id, "000000").await.is_err() || world.code(&secret) == "000000");
    world.people.prove_second_factor(id, &world.code(&secret)).await.expect("proved");
    assert!(world.identity(&begun.token).await.expect("in").may(super::super::may::LOOKS));
    let proof = world.code(&secret);
    assert!(world.people.begin_second_factor(id, "gh009", &proof).await.is_err(), "the code that proved it");
    assert!(world.sign_in("gh009", PASSWORD, "").await.is_none(), "without a code");
    assert!(
        world.sign_in("gh009", PASSWORD, &world.code(&secret)).await.is_none(),
        "the code that proved it"
    );
    world.clock.forward(minutes(1));
    let code = world.code(&secret);
    assert!(world.sign_in("gh009", PASSWORD, &code).await.is_some());
    assert!(world.sign_in("gh009", PASSWORD, &code).await.is_none(), "the same code again");
    let hash = password::hash("another initial one").expect("a hash");
    world.update(id, PersonUpdate { reset: Some(hash), ..PersonUpdate::default() }).await;
    let begun = world.sign_in("gh009", "another initial one", "").await.expect("a reset takes it away");
    assert_eq!(begun.identity.pending(), Some(Pending::ChangePassword));
}

#[tokio::test]
async fn who_guesses_codes_to_renew_a_second_factor_is_locked_and_signed_out() {
    let world = World::new(Settings::default());
    let id = world.person("gh009", &[Role::Auditor]).await;
    let token = world.sign_in("gh009", PASSWORD, "").await.expect("in").token;
    let (secret, _) = world.people.begin_second_factor(id, "gh009", "").await.expect("begun");
    world.people.prove_second_factor(id, &world.code(&secret)).await.expect("proved");
    world.clock.forward(minutes(1));
    for _ in 0..world.people.rules().lock_after {
        assert!(world.identity(&token).await.is_some());
        assert!(world.people.begin_second_factor(id, "gh009", "no code").await.is_err());
    }
    assert!(world.identity(&token).await.is_none(), "signed out");
    assert!(world.sign_in("gh009", PASSWORD, &world.code(&secret)).await.is_none(), "locked");
    world.clock.forward(minutes(15));
    let renewed = world.sign_in("gh009", PASSWORD, &world.code(&secret)).await;
    assert!(renewed.is_some(), "the one that was set up still counts");
    world.clock.forward(minutes(1));
    let (next, _) = world.people.begin_second_factor(id, "gh009", &world.code(&secret)).await.expect("begun");
    world.people.prove_second_factor(id, &world.code(&next)).await.expect("proved");
    world.clock.forward(minutes(1));
    assert!(world.sign_in("gh009", PASSWORD, &world.code(&secret)).await.is_none(), "the one before");
    assert!(world.sign_in("gh009", PASSWORD, &world.code(&next)).await.is_some());
}

fn key(person: Option<PersonId>, roles: &[Role]) -> NewKey {
    NewKey {
        consumer: None,
        name: "integration".to_owned(),
        person,
        roles: roles.iter().copied().collect(),
        courts: Courts::All,
        expires: Some("2026-01-05T02:00:00Z".parse().expect("a time")),
    }
}

#[tokio::test]
async fn a_persons_key_may_no_more_than_the_person_and_ends_with_it() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer, Role::Approver]).await;
    let (new, digest) = (key(Some(id), &[Role::Officer, Role::Approver]), [7; 32]);
    let made = world.people.engine.make_key(by(), new, digest.to_vec(), Vec::new()).await.expect("made");
    let roles = PersonUpdate { roles: Some([Role::Officer].into()), ..PersonUpdate::default() };
    world.update(id, roles).await;
    let who = async || world.people.by_key(digest).await.expect("the store works");
    let identity = who().await.expect("a key");
    assert_eq!((identity.name.as_str(), &identity.courts), ("gh001", &Courts::one("T10")));
    assert_eq!(identity.roles, [Role::Officer].into(), "no more than the person");
    world.update(id, PersonUpdate { active: Some(false), ..PersonUpdate::default() }).await;
    assert_eq!(who().await, None, "disabled with the person");
    world.update(id, PersonUpdate { active: Some(true), ..PersonUpdate::default() }).await;
    assert!(who().await.is_some());
    world.people.engine.revoke_key(by(), made.id).await.expect("revoked");
    assert_eq!(who().await, None, "revoked");
    let (system, digest) = (key(None, &[Role::CaseSystem]), [8; 32]);
    world.people.engine.make_key(by(), system, digest.to_vec(), Vec::new()).await.expect("made");
    let who = async || world.people.by_key(digest).await.expect("the store works");
    assert_eq!(who().await.map(|identity| identity.name), Some("integration".to_owned()));
    world.clock.forward(minutes(60));
    assert_eq!(who().await, None, "expired");
}

fn look(world: &World, subject: &str) -> Look {
    Look {
        at: world.clock.now(),
        actor: "gh001".to_owned(),
        kind: LookKind::Assets,
        subject: subject.to_owned(),
        case_number: "（2026）晋10执1号".to_owned(),
        court: "T10".to_owned(),
        reason: String::new(),
        out_of_hours: is_out_of_hours(world.clock.now()),
        shown: 1,
        courts: Vec::new(),
        about: Vec::new(),
    }
}

#[tokio::test]
async fn looks_are_kept_tell_the_auditor_and_end_at_the_measure_of_a_day() {
    let looks = LookRules { alarm_at: 3, most_a_day: 5, ..LookRules::default() };
    let world = World::new(Settings { looks, ..Settings::default() });
    world.person("gh001", &[Role::Officer]).await;
    let identity = world.sign_in("gh001", PASSWORD, "").await.expect("in").identity;
    let see = async |subject: &str| {
        world.people.look(&identity, look(&world, subject)).await.expect("the store works")
    };
    let mut became = Vec::new();
    for subject in ["a", "a", "b", "c", "d", "e", "f"] {
        became.push(match see(subject).await {
            Looked::Kept => "kept",
            Looked::Alarmed(_) => "alarmed",
            Looked::TooMuch(_) => "too much",
        });
    }
    assert_eq!(became, ["kept", "kept", "kept", "alarmed", "kept", "kept", "too much"]);
    let all = LookFilter { limit: 100, ..LookFilter::default() };
    let kept = world.people.store.read(move |reads| reads.find_looks(&all)).await.expect("a read");
    assert_eq!(kept.len(), 5, "the same look a moment later is one look");
    assert_eq!(see("a").await, Looked::Kept, "what was seen a moment ago");
    let filter = ActFilter { act: Some("mass_looks".to_owned()), limit: 10, ..ActFilter::default() };
    let told = world.people.store.read(move |reads| reads.find_acts(&filter)).await.expect("a read");
    assert_eq!(told.len(), 2, "the auditor is told once, and of each refusal");
    world.clock.forward(SignedDuration::from_hours(15));
    assert_eq!(see("g").await, Looked::Kept, "a new day in Shanghai");
}

#[tokio::test]
async fn a_list_counts_with_the_rows_that_it_showed() {
    let world = World::new(Settings::default());
    world.person("gh001", &[Role::Officer]).await;
    let identity = world.sign_in("gh001", PASSWORD, "").await.expect("in").identity;
    let see = async |subject: &str, kind: LookKind, shown: u64| {
        let look = Look { shown, kind, case_number: String::new(), ..look(&world, subject) };
        world.people.look(&identity, look).await.expect("the store works")
    };
    assert_eq!(see("7", LookKind::Measures, 1).await, Looked::Kept);
    assert_eq!(see("7", LookKind::Case, 1).await, Looked::Kept, "another thing of the same number");
    assert_eq!(see("list 1", LookKind::Measures, 17).await, Looked::Kept, "nineteen records");
    let Looked::Alarmed(counts) = see("list 1", LookKind::Measures, 18).await else {
        panic!("twenty records")
    };
    assert_eq!(counts.records, 20, "a list that has grown counts once");
    for page in 2..7 {
        assert_eq!(see(&format!("list {page}"), LookKind::Measures, 200).await, Looked::Kept);
    }
    let refused = see("list 8", LookKind::Measures, 200).await;
    assert!(matches!(refused, Looked::TooMuch(counts) if counts.records == 1_020), "{refused:?}");
}

#[test]
fn days_and_working_hours_are_those_of_shanghai() {
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    assert_eq!(begin_of_day(at("2026-01-05T15:59:59Z")), at("2026-01-04T16:00:00Z"));
    assert_eq!(begin_of_day(at("2026-01-05T16:00:00Z")), at("2026-01-05T16:00:00Z"));
    let out = |text: &str| is_out_of_hours(at(text));
    assert!(!out("2026-01-05T01:00:00Z"), "Monday, 09:00");
    assert!(out("2026-01-04T22:59:59Z") && !out("2026-01-04T23:00:00Z"), "Monday from 07:00 on");
    assert!(out("2026-01-05T12:00:00Z"), "Monday, 20:00");
    assert!(out("2026-01-03T02:00:00Z"), "Saturday");
}

/// Whoever knew a password may have made keys by it.
#[tokio::test]
async fn a_persons_key_rests_while_something_must_be_done_first_and_goes_with_the_password() {
    let world = World::new(Settings::default());
    let id = world.initial("gh001", &[Role::Officer], "the initial password").await;
    let digest = [7; 32];
    let forever = NewKey { expires: None, ..key(Some(id), &[Role::Officer]) };
    world.people.engine.make_key(by(), forever.clone(), digest.to_vec(), Vec::new()).await.expect("made");
    let who = async |digest: [u8; 32]| world.people.by_key(digest).await.expect("the store works");
    assert_eq!(who(digest).await, None, "the initial password is to be changed");
    let begun = world.sign_in("gh001", "the initial password", "").await.expect("in");
    let session = begun.identity.session.as_ref().expect("a session").id;
    let (old, new) = ("the initial password".to_owned(), PASSWORD.to_owned());
    world.people.change_password((id, session), old, new).await.expect("changed");
    assert!(who(digest).await.is_some());
    world.clock.forward(SignedDuration::from_hours(24 * 90));
    assert_eq!(who(digest).await, None, "the password is too old");
    let roles = PersonUpdate { roles: Some([Role::Auditor].into()), ..PersonUpdate::default() };
    world.update(id, roles).await;
    assert_eq!(who(digest).await, None, "and the role needs a second factor");
    let hash = password::hash("set by the administrator").expect("a hash");
    world.update(id, PersonUpdate { reset: Some(hash), ..PersonUpdate::default() }).await;
    let all = world.people.store.read(|reads| reads.keys()).await.expect("a read");
    assert!(all.iter().all(|key| key.revoked.is_some()), "{all:?}");
    let forever = NewKey { roles: [Role::Auditor].into(), ..forever };
    let again = NewKey { name: "another".to_owned(), ..forever.clone() };
    world.people.engine.make_key(by(), again.clone(), vec![9; 32], Vec::new()).await.expect("made");
    let twice = world.people.engine.make_key(by(), again, vec![10; 32], Vec::new()).await;
    assert!(twice.is_err(), "two keys that stand have one name");
    world
        .people
        .engine
        .make_key(by(), forever, vec![11; 32], Vec::new())
        .await
        .expect("the revoked one's name is free");
}

#[tokio::test]
async fn who_guesses_the_present_password_to_change_it_is_locked_and_signed_out() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    let begun = world.sign_in("gh001", PASSWORD, "").await.expect("in");
    let session = begun.identity.session.as_ref().expect("a session").id;
    let change = async |old: &str| {
        let new = "another horse battery".to_owned();
        world.people.change_password((id, session), old.to_owned(), new).await
    };
    for _ in 0..world.people.rules().lock_after {
        assert!(world.identity(&begun.token).await.is_some());
        assert!(change("wrong").await.is_err());
    }
    assert!(world.identity(&begun.token).await.is_none(), "signed out");
    assert!(change(PASSWORD).await.is_err(), "a right guess that came too late changes nothing");
    let filter = ActFilter { act: Some("change_password".to_owned()), limit: 10, ..ActFilter::default() };
    let acts = world.people.store.read(move |reads| reads.find_acts(&filter)).await.expect("a read");
    let refused = acts.iter().filter(|(_, act)| act.refused.is_some()).count();
    assert_eq!(refused, 5, "each is on record: {acts:?}");
    assert!(world.sign_in("gh001", PASSWORD, "").await.is_none(), "locked");
    world.clock.forward(minutes(15));
    assert!(world.sign_in("gh001", PASSWORD, "").await.is_some(), "with the password that was not changed");
}

fn vouched(named: Named, code: Option<&str>) -> Vouched {
    Vouched { named, code: code.map(str::to_owned), session: None, origin: origin() }
}

impl World {
    async fn vouched(&self, shown: Vouched) -> Result<SignedIn, NotIn> {
        self.people.sign_in_vouched(shown).await.expect("the store works").map_err(|kept_out| kept_out.why)
    }
}

#[tokio::test]
async fn whom_the_provider_names_is_in_if_they_are_known_active_and_not_locked() {
    let world = World::new(Settings::default());
    let id = world.initial("gh001", &[Role::Officer], PASSWORD).await;
    let named = |number: &str| vouched(Named::Provider(number.to_owned(), false), None);
    let begun = world.vouched(named("gh001")).await.expect("in");
    assert_eq!(begun.identity.pending(), None, "the password is no matter of who did not sign in by it");
    assert!(world.identity(&begun.token).await.expect("a session").may(super::super::may::READ));
    let once = Vouched { session: Some(Uuid::from_u128(7)), ..named("gh001") };
    let first = world.vouched(once.clone()).await.expect("in");
    assert_eq!(first.identity.session.as_ref().map(|session| session.id), Some(Uuid::from_u128(7)));
    assert!(world.vouched(once).await.is_err(), "a sign-in that counts once begins no second session");
    assert_eq!(world.vouched(named("gh404")).await.err(), Some(NotIn::Unknown));
    for _ in 0..world.people.rules().lock_after {
        assert!(world.sign_in("gh001", "wrong", "").await.is_none());
    }
    assert_eq!(world.vouched(named("gh001")).await.err(), Some(NotIn::Locked));
    world.update(id, PersonUpdate { active: Some(false), ..PersonUpdate::default() }).await;
    assert_eq!(world.vouched(named("gh001")).await.err(), Some(NotIn::Disabled));
    let filter = ActFilter { act: Some("sign_in".to_owned()), limit: 20, ..ActFilter::default() };
    let acts = world.people.store.read(move |reads| reads.find_acts(&filter)).await.expect("a read");
    let said = format!("{acts:?}");
    for why in ["没有此人员", "人员已锁定", "人员已停用", "重复使用", "gh404", "provider"]
    {
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[tokio::test]
async fn beside_what_names_them_a_code_is_wanted_of_who_has_a_second_factor_unless_it_is_vouched_for() {
    let world = World::new(Settings::default());
    let id = world.person("gh009", &[Role::Auditor]).await;
    let named = |second_factor, code| vouched(Named::Provider("gh009".to_owned(), second_factor), code);
    let begun = world.vouched(named(false, None)).await.expect("in");
    assert_eq!(begun.identity.pending(), Some(Pending::SetUpSecondFactor));
    let begun = world.vouched(named(true, None)).await.expect("in");
    assert_eq!(begun.identity.pending(), None, "the provider asked for one");
    let (secret, _) = world.people.begin_second_factor(id, "gh009", "").await.expect("begun");
    world.people.prove_second_factor(id, &world.code(&secret)).await.expect("proved");
    world.clock.forward(minutes(1));
    assert_eq!(world.vouched(named(false, None)).await.err(), Some(NotIn::CodeWanted));
    assert_eq!(world.vouched(named(false, Some("no code"))).await.err(), Some(NotIn::Code));
    assert!(world.vouched(named(true, None)).await.is_ok());
    let code = world.code(&secret);
    assert!(world.vouched(named(false, Some(&code))).await.is_ok());
    assert_eq!(world.vouched(named(false, Some(&code))).await.err(), Some(NotIn::Code), "it counts once");
    for _ in 0..world.people.rules().lock_after {
        let _ = world.vouched(named(false, Some("no code"))).await;
    }
    assert_eq!(world.vouched(named(true, None)).await.err(), Some(NotIn::Locked), "who guesses codes");
}

#[tokio::test]
async fn a_certificate_signs_in_while_it_is_valid_and_bound() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    let until = world.clock.now() + Duration::from_secs(3600);
    let certificate = crate::domain::people::SignInCertificate {
        fingerprint: "ab".repeat(32),
        subject: "CN=gh001".to_owned(),
        issuer: "CN=authority".to_owned(),
        serial: "01".to_owned(),
        from: world.clock.now(),
        until,
        bound: world.clock.now(),
        bound_by: String::new(),
        revoked: None,
    };
    world.people.engine.bind_certificate(by(), id, certificate.clone()).await.expect("bound");
    let shown = || vouched(Named::Certificate("ab".repeat(32), false), None);
    let begun = world.vouched(shown()).await.expect("in");
    assert_eq!(begun.identity.name, "gh001");
    let other = vouched(Named::Certificate("cd".repeat(32), false), None);
    assert_eq!(world.vouched(other).await.err(), Some(NotIn::Unknown));
    world.clock.forward(minutes(60));
    assert_eq!(world.vouched(shown()).await.err(), Some(NotIn::Certificate), "expired");
    let expired = world.people.engine.bind_certificate(by(), id, certificate).await;
    assert!(expired.is_err(), "nor is it bound anew");
    world.people.engine.revoke_certificate(by(), id, "ab".repeat(32)).await.expect("revoked");
    assert!(world.identity(&begun.token).await.is_none(), "sessions end");
    assert_eq!(world.vouched(shown()).await.err(), Some(NotIn::Unknown), "not bound any more");
}

fn attempt(number: &str, password: &str) -> Credentials {
    let (number, password, code) = (number.to_owned(), password.to_owned(), String::new());
    Credentials { number, password, code, origin: origin() }
}

/// However many guess at once, each knows of the failures before it; and a right password of one's own buys no guess at another's.
#[tokio::test]
async fn parallel_guesses_are_answered_ever_later_and_a_success_forgives_nothing() {
    let world = World::new(Settings::default());
    world.person("gh001", &[Role::Officer]).await;
    let waits = async |passwords: &[&str]| {
        let guesses = passwords.iter().map(|password| world.people.sign_in(attempt("gh001", password)));
        let mut waits = Vec::new();
        for guessed in futures_util::future::join_all(guesses).await {
            match guessed.expect("the store works") {
                Ok(_) => waits.push(Duration::ZERO),
                Err(kept_out) => {
                    assert_eq!(kept_out.why, NotIn::Wrong);
                    waits.push(kept_out.wait);
                }
            }
        }
        waits.sort_unstable();
        waits.into_iter().map(|wait| wait.as_millis()).collect::<Vec<_>>()
    };
    assert_eq!(waits(&["wrong", "wrong again", "guessed"]).await, [250, 500, 1000]);
    assert_eq!(waits(&[PASSWORD]).await, [0], "a right one is not kept waiting");
    assert_eq!(waits(&["wrong"]).await, [2000], "and forgives nothing");
}

#[tokio::test]
async fn the_right_password_is_in_however_many_guess_from_the_same_address() {
    const CROWD: usize = 70;
    let world = World::new(Settings::default());
    world.person("gh001", &[Role::Officer]).await;
    let crowd = (0..CROWD).map(|at| world.people.sign_in(attempt(&format!("nobody-{at}"), PASSWORD)));
    let crowd = futures_util::future::join_all(crowd);
    let right = world.people.sign_in(attempt("gh001", PASSWORD));
    let (crowd, right) = tokio::join!(crowd, right);
    assert!(right.expect("the store works").is_ok());
    let refused = |one: Stored<SignedInOrNot>| {
        one.expect("the store works").err().is_some_and(|kept_out| kept_out.why == NotIn::Wrong)
    };
    assert_eq!(crowd.into_iter().filter_map(|one| refused(one).then_some(())).count(), CROWD);
}

/// Nor by how long the answer is kept back is it told who is known.
#[tokio::test]
async fn somebody_unknown_and_a_wrong_password_are_answered_alike() {
    let mut waits = Vec::new();
    for number in ["gh001", "nobody"] {
        let world = World::new(Settings::default());
        world.person("gh001", &[Role::Officer]).await;
        let mut of = Vec::new();
        for _ in 0..3 {
            let guessed = world.people.sign_in(attempt(number, "wrong")).await.expect("the store works");
            of.push(guessed.expect_err("wrong"));
        }
        waits.push(of);
    }
    assert_eq!(waits[0], waits[1]);
}

/// Whether a system's key of this name is refused for its name.
async fn name_is_taken(world: &World, name: &str, others: &[String]) -> bool {
    let new = NewKey { name: name.to_owned(), expires: None, ..key(None, &[Role::CaseSystem]) };
    let digest = Uuid::new_v4().as_bytes().to_vec();
    let Err(refused) = world.people.engine.make_key(by(), new, digest, others.to_vec()).await else {
        return false;
    };
    assert!(format!("{refused:?}").contains("/name"), "{refused:?}");
    true
}

#[tokio::test]
async fn a_name_is_one_persons_or_one_keys_however_it_is_spelled_and_never_the_gateways_own() {
    let world = World::new(Settings::default());
    world.person("supB", &[Role::Supervisor]).await;
    let configured = ["case-system".to_owned()];
    let reserved = ["clock", "Gateway", "command  line", "operator", "NOBODY", "api", "ｐｏｓｔｂｏｘ"];
    let taken = ["supB", "SUPb", "ｓｕｐＢ", "s\u{200b}upB", " supB\u{a0}", "Case-System"];
    for name in taken.into_iter().chain(reserved) {
        assert!(name_is_taken(&world, name, &configured).await, "{name:?}");
    }
    assert!(!name_is_taken(&world, "sys-app", &configured).await);
    let at_once = ["twice", "TWICE"].map(|name| name_is_taken(&world, name, &configured));
    let refused = futures_util::future::join_all(at_once).await;
    assert_eq!(refused.iter().filter(|is_taken| **is_taken).count(), 1, "of two at once one has it");
    for number in ["sys-app", "Sys-App", "command line", "nobody", "SUPB", "\u{200b}sec", "case-system"] {
        let new = NewPerson {
            name: "张测试".to_owned(),
            number: number.to_owned(),
            courts: Courts::one("T10"),
            roles: [Role::Officer].into(),
            certificates: Vec::new(),
            phone: String::new(),
        };
        let id = PersonId(Uuid::new_v4());
        let refused = world.people.engine.add_person(by(), new, id, None, configured.to_vec()).await;
        assert!(format!("{refused:?}").contains("/number"), "{number:?}: {refused:?}");
    }
}

/// What it submitted stays its courts': another's administrator makes no key of that name.
#[tokio::test]
async fn the_name_of_a_systems_key_that_is_over_is_free_for_keys_of_its_courts_alone() {
    let world = World::new(Settings::default());
    let system = |court: &str| NewKey { courts: Courts::one(court), ..key(None, &[Role::CaseSystem]) };
    let by_t11 = || ByWhom { courts: Courts::one("T11"), ..by() };
    let made =
        world.people.engine.make_key(by(), system("T10"), vec![1; 32], Vec::new()).await.expect("made");
    world.people.engine.revoke_key(by(), made.id).await.expect("revoked");
    let other = world.people.engine.make_key(by_t11(), system("T11"), vec![2; 32], Vec::new()).await;
    assert!(format!("{other:?}").contains("/name"), "{other:?}");
    world.people.engine.make_key(by(), system("T10"), vec![3; 32], Vec::new()).await.expect("made anew");
}

/// One security administrator with two keys would be officer and approver.
#[tokio::test]
async fn a_systems_key_approves_nothing_and_a_persons_has_roles_of_the_person_alone() {
    let world = World::new(Settings::default());
    let id = world.person("gh001", &[Role::Officer]).await;
    for wrong in [key(None, &[Role::Approver]), key(Some(id), &[Role::Officer, Role::Approver])] {
        let refused = world.people.engine.make_key(by(), wrong, vec![1; 32], Vec::new()).await;
        assert!(format!("{refused:?}").contains("/roles"), "{refused:?}");
    }
    world
        .people
        .engine
        .make_key(by(), key(Some(id), &[Role::Officer]), vec![2; 32], Vec::new())
        .await
        .expect("made");
}
