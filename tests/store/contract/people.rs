//! Persons, sessions, keys and looks.

use std::sync::Arc;

use chakong::domain::people::{
    Courts, KeptPassword, Look, LookKind, PeopleChange, Person, Role, Session, SignInMethod, StoredKey,
};
use chakong::domain::{Change, PersonId};
use chakong::store::{LookCounts, LookFilter, Store, StoreError};
use uuid::Uuid;

use crate::samples::{at, keep};
use crate::worlds::World;

pub fn person(nth: u128) -> Person {
    Person {
        sign_in_certificates: Vec::new(),
        id: PersonId(Uuid::from_u128(nth)),
        name: "张测试".to_owned(),
        number: format!("gh{nth:03}"),
        courts: Courts::one("440300"),
        roles: [Role::Officer].into(),
        certificates: Vec::new(),
        phone: "13800000000".to_owned(),
        created: at(i64::try_from(nth).expect("small")),
        disabled: None,
        password: Some(KeptPassword {
            hash: "a hash".to_owned(),
            since: at(1),
            is_initial: true,
            earlier: vec!["an earlier one".to_owned()],
        }),
        second_factor: None,
        failures: 3,
        locked_until: Some(at(9)),
    }
}

fn session(nth: u128, person: PersonId, began: i64) -> Session {
    Session {
        method: SignInMethod::Password,
        digest: vec![u8::try_from(nth).expect("small"); 32],
        id: Uuid::from_u128(1000 + nth),
        person,
        created: at(began),
        seen: at(began),
        from: "192.0.2.1".to_owned(),
        agent: "test".to_owned(),
    }
}

fn change(change: PeopleChange) -> Vec<Change> {
    vec![Change::People(change)]
}

pub async fn persons_are_read_back_and_found_by_their_staff_number(world: impl World) {
    let store = world.store();
    let (one, two) = (person(1), person(2));
    for new in [&one, &two] {
        keep(&store, change(PeopleChange::NewPerson(Box::new(new.clone())))).await;
    }
    let twin = Person { id: PersonId(Uuid::from_u128(3)), ..one.clone() };
    let taken = change(PeopleChange::NewPerson(Box::new(twin)));
    let outcome = store.transact(move |tx| tx.write(&taken)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    let saved = Person { phone: String::new(), failures: 0, locked_until: None, ..two.clone() };
    keep(&store, change(PeopleChange::SavePerson(Box::new(saved.clone())))).await;
    let nobody = person(9);
    let unknown = change(PeopleChange::SavePerson(Box::new(nobody)));
    let outcome = store.transact(move |tx| tx.write(&unknown)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    let found = store.read(|reads| {
        let by_number = reads.person_by_number("gh002")?;
        Ok((
            reads.person(PersonId(Uuid::from_u128(1)))?,
            by_number,
            reads.person_by_number("gh009")?,
            reads.persons()?,
        ))
    });
    let (first, second, none, all) = found.await.expect("a read");
    assert_eq!((first, second, none), (Some(one.clone()), Some(saved.clone()), None));
    assert_eq!(all, [one, saved]);
}

pub async fn sessions_are_found_by_digest_and_end_one_by_one_or_together(world: impl World) {
    let store = world.store();
    let (one, two) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
    let all: Vec<Session> = [(1, one, 10), (2, one, 20), (3, one, 30), (4, two, 40)]
        .map(|(nth, id, began)| session(nth, id, began))
        .into();
    for new in &all {
        keep(&store, change(PeopleChange::NewSession(new.clone()))).await;
    }
    keep(&store, change(PeopleChange::SeeSession(all[1].digest.clone(), at(25)))).await;
    let ids = async |store: &Arc<dyn Store>, person: Option<PersonId>| -> Vec<Uuid> {
        let found = store.read(move |reads| reads.sessions(person)).await.expect("a read");
        found.into_iter().map(|session| session.id).collect()
    };
    let wanted = |nths: &[usize]| nths.iter().map(|nth| all[*nth].id).collect::<Vec<_>>();
    assert_eq!(ids(&store, None).await, wanted(&[3, 2, 1, 0]), "the newest first");
    assert_eq!(ids(&store, Some(one)).await, wanted(&[2, 1, 0]));
    let digest = all[1].digest.clone();
    let seen = store.read(move |reads| reads.session(&digest)).await.expect("a read");
    assert_eq!(seen, Some(Session { seen: at(25), ..all[1].clone() }));
    keep(&store, change(PeopleChange::EndSession(all[0].id))).await;
    keep(&store, change(PeopleChange::EndSessions(one, Some(all[2].id)))).await;
    assert_eq!(ids(&store, None).await, wanted(&[3, 2]), "all of a person's but one");
    keep(&store, change(PeopleChange::SweepSessions { began: at(31), seen: at(0) })).await;
    assert_eq!(ids(&store, None).await, wanted(&[3]), "what began too long ago");
    keep(&store, change(PeopleChange::SweepSessions { began: at(0), seen: at(41) })).await;
    assert!(ids(&store, None).await.is_empty(), "what rested too long");
}

pub async fn keys_are_found_by_digest_and_stay_when_they_are_revoked(world: impl World) {
    let store = world.store();
    let key = StoredKey {
        consumer: None,
        id: Uuid::from_u128(7),
        name: "integration".to_owned(),
        person: None,
        roles: [Role::CaseSystem].into(),
        courts: Courts::All,
        digest: vec![7; 32],
        created: at(1),
        created_by: "gh001".to_owned(),
        expires: Some(at(100)),
        revoked: None,
    };
    keep(&store, change(PeopleChange::NewKey(Box::new(key.clone())))).await;
    let revoked = StoredKey { revoked: Some(at(5)), ..key.clone() };
    let unknown =
        change(PeopleChange::SaveKey(Box::new(StoredKey { id: Uuid::from_u128(8), ..key.clone() })));
    let outcome = store.transact(move |tx| tx.write(&unknown)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    let read = async |store: &Arc<dyn Store>| {
        let found = store.read(|reads| {
            Ok((reads.key_by_digest(&[7; 32])?, reads.key(Uuid::from_u128(7))?, reads.keys()?))
        });
        found.await.expect("a read")
    };
    assert_eq!(read(&store).await, (Some(key.clone()), Some(key.clone()), vec![key]));
    keep(&store, change(PeopleChange::SaveKey(Box::new(revoked.clone())))).await;
    assert_eq!(read(&store).await, (Some(revoked.clone()), Some(revoked.clone()), vec![revoked]));
    let none = store.read(|reads| reads.key_by_digest(&[8; 32])).await.expect("a read");
    assert_eq!(none, None);
}

pub async fn looks_have_an_order_filters_and_counts(world: impl World) {
    let store = world.store();
    let look = |second: i64, actor: &str, kind: LookKind, subject: &str, court: &str| Look {
        at: at(second),
        actor: actor.to_owned(),
        kind,
        subject: subject.to_owned(),
        case_number: "（2026）粤0304执7001号".to_owned(),
        court: court.to_owned(),
        reason: "核查".to_owned(),
        out_of_hours: false,
        shown: 1,
        courts: Vec::new(),
        about: Vec::new(),
    };
    let listed = |second: i64, shown: u64, courts: &[&str]| Look {
        shown,
        courts: courts.iter().map(|code| (*code).to_owned()).collect(),
        ..look(second, "gh003", LookKind::Measures, "list 1", "")
    };
    let all = [
        look(1, "gh001", LookKind::Assets, "a", "440300"),
        look(2, "gh001", LookKind::Case, "a", "440300"),
        look(3, "gh002", LookKind::Assets, "b", "440301"),
        look(4, "gh001", LookKind::Assets, "c", "440301"),
        listed(5, 200, &["440302", "440301"]),
        listed(6, 150, &["*"]),
        listed(7, 3, &["44030"]),
        listed(8, 1, &[]),
    ];
    for one in &all {
        keep(&store, change(PeopleChange::NewLook(one.clone()))).await;
    }
    let find =
        async |filter: LookFilter| store.read(move |reads| reads.find_looks(&filter)).await.expect("a read");
    let looks =
        async |filter: LookFilter| find(filter).await.into_iter().map(|(_, look)| look).collect::<Vec<_>>();
    let most = LookFilter { limit: 10, ..LookFilter::default() };
    let wanted = |nths: &[usize]| nths.iter().map(|nth| all[*nth].clone()).collect::<Vec<_>>();
    assert_eq!(looks(most.clone()).await, wanted(&[7, 6, 5, 4, 3, 2, 1, 0]), "newest first");
    let filters = [
        (LookFilter { actor: Some("gh001".to_owned()), ..most.clone() }, &[3, 1, 0][..]),
        (LookFilter { kind: Some(LookKind::Assets), ..most.clone() }, &[3, 2, 0][..]),
        (LookFilter { subject: Some("a".to_owned()), ..most.clone() }, &[1, 0][..]),
        (LookFilter { courts: Courts::one("440301"), ..most.clone() }, &[5, 4, 3, 2][..]),
        (LookFilter { courts: Courts::one("44030"), ..most.clone() }, &[6, 5][..]),
        (LookFilter { courts: Courts::Some([].into()), ..most.clone() }, &[][..]),
        (
            LookFilter { actors: Some(vec!["gh002".to_owned(), "gh003".to_owned()]), ..most.clone() },
            &[7, 6, 5, 4, 2][..],
        ),
        (LookFilter { actors: Some(Vec::new()), ..most.clone() }, &[][..]),
        (LookFilter { since: Some(at(3)), ..most.clone() }, &[7, 6, 5, 4, 3, 2][..]),
        (LookFilter { until: Some(at(3)), ..most.clone() }, &[1, 0][..]),
        (LookFilter { since: Some(at(2)), until: Some(at(4)), ..most.clone() }, &[2, 1][..]),
        (LookFilter { limit: 1, ..most.clone() }, &[7][..]),
    ];
    for (filter, expected) in filters {
        assert_eq!(looks(filter.clone()).await, wanted(expected), "{filter:?}");
    }
    let before = find(most.clone()).await[5].0;
    assert_eq!(looks(LookFilter { before: Some(before), ..most }).await, wanted(&[1, 0]));
    counted(&store).await;
}

/// What the looks above count.
async fn counted(store: &Arc<dyn Store>) {
    let count = async |actor: &'static str, second: i64| {
        store.read(move |reads| reads.count_looks(actor, at(second))).await.expect("a read")
    };
    assert_eq!(count("gh001", 0).await, LookCounts { looks: 3, records: 3 }, "of each kind");
    assert_eq!(count("gh001", 2).await, LookCounts { looks: 2, records: 2 });
    assert_eq!(
        count("gh003", 0).await,
        LookCounts { looks: 4, records: 200 },
        "one list, as long as it was once"
    );
    assert_eq!(count("gh004", 0).await, LookCounts::default());
}
