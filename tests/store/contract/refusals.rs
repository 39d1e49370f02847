//! What is refused, and that nothing is kept of it.

use std::sync::Arc;

use chakong::domain::{
    Change, ClaimChange, EventType, LaneChange, MeasureState, NewCertificate, OrderRecord, OrderState, RawId,
};
use chakong::store::{Store, StoreError, Stored, Tx};
use serde_json::json;

use crate::samples::{
    Whole, a_case, at, batch, control, event, keep, measure, plain, raw, revision, task, whole, write,
};
use crate::worlds::World;

/// A change that everybody would see: a consumer that has read so far.
fn mark(name: &str) -> Change {
    Change::Lane(LaneChange::Acknowledge(name.to_owned(), 1))
}

async fn marks(store: &Arc<dyn Store>) -> Vec<String> {
    let all = store.read(|reads| reads.consumers()).await.expect("a read");
    all.into_iter().map(|(name, _)| name).collect()
}

/// That changes are a conflict behind others that are not, and that nothing is kept of either.
async fn conflicts(store: &Arc<dyn Store>, what: &str, change: Change) {
    let outcome = store.transact(move |tx| tx.write(&[mark("before"), change, mark("behind")])).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{what}: {outcome:?}");
    assert_eq!(marks(store).await, Vec::<String>::new(), "{what}: nothing is kept");
}

pub async fn illegal_and_stale_moves_are_conflicts(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let of = whole.clone();
    let (line, freeze) = write(&store, move |tx| {
        let line = measure(&*tx, &of);
        let freeze = control(&*tx, &line, 7);
        tx.write(&[Change::NewMeasure(Box::new(line.clone())), Change::NewOrder(Box::new(freeze.clone()))])?;
        Ok((line, freeze))
    })
    .await;
    for from in OrderState::ALL {
        for to in OrderState::ALL {
            let legal = from == to || from.may_become(to);
            if legal && from == OrderState::Queued {
                continue;
            }
            let moved = OrderRecord { state: to, attempts: 9, ..freeze.clone() };
            let what = format!("an order that waits, moved from {from:?} to {to:?}");
            conflicts(&store, &what, Change::MoveOrder(Box::new(moved), from)).await;
        }
    }
    for from in MeasureState::ALL {
        for to in MeasureState::ALL {
            if from.may_become(*to) && *from == MeasureState::Asked {
                continue;
            }
            let moved = chakong::domain::Measure { state: *to, ..line.clone() };
            let what = format!("a measure that is asked, moved from {from:?} to {to:?}");
            conflicts(&store, &what, Change::MoveMeasure(Box::new(moved), *from)).await;
        }
    }
    let (order, kept) =
        write(&store, move |tx| Ok((tx.order(freeze.id)?.expect("the order"), tx.measure(line.id)?))).await;
    assert_eq!((order.state, order.attempts), (OrderState::Queued, 0));
    assert_eq!(kept.expect("the measure").state, MeasureState::Asked);
}

pub async fn what_must_be_new_is_new_and_what_is_saved_is_there(world: impl World) {
    let store = world.store();
    let known = a_case(&store, 1).await;
    let of = known.clone();
    let (strange, more) = write(&store, move |tx| {
        let certificate = NewCertificate {
            inquiry: of.inquiry().id,
            uid: of.inquiry().uid,
            number: 1,
            at: at(1),
            text: "{}".to_owned(),
        };
        let line = measure(&*tx, &of);
        let note = task(&*tx, &of, chakong::domain::TaskKind::Approve, 9);
        let answer = revision(&of.order, 1, &plain(json!({ "outcome": "nothing" })));
        let made = batch(&*tx, "bank-one");
        let message = LaneChange::NewRaw(RawId::new(3), raw("bank-one", None, "x", b"x"), Vec::new());
        let more = [
            Change::NewMeasure(Box::new(line)),
            Change::NewTask(note),
            Change::NewRevision(Box::new(answer)),
            Change::NewCertificate(certificate),
            Change::Lane(LaneChange::NewBatch(made)),
            Change::Lane(message),
            Change::Lane(LaneChange::Unsent(RawId::new(3), "bank-one".to_owned())),
        ];
        tx.write(&more)?;
        Ok((whole(&*tx, 2), more))
    })
    .await;
    for change in known.changes().into_iter().chain(more) {
        // The history of a claim has no key.
        if !matches!(change, Change::NewClaimChange(_)) {
            conflicts(&store, &format!("twice: {}", first_words(&change)), change).await;
        }
    }
    let Whole { chain, party, case, inquiry, order, claim_change, .. } = strange;
    let waiting = OrderState::Queued;
    let same_number =
        chakong::domain::Case { number: known.case.number.clone(), chain: known.chain.id, ..case.clone() };
    let mut same_key = inquiry.clone();
    (same_key.key, same_key.inquiry.chain) = (known.inquiry.key.clone(), known.chain.id);
    let mut same_uid = inquiry.clone();
    same_uid.inquiry.uid = known.inquiry().uid;
    let absent = [
        ("a chain that is not there", Change::SaveChain(chain)),
        ("a party that is not there", Change::SaveParty(party.clone())),
        ("a party of no chain", Change::NewParty(party)),
        ("a case of no chain", Change::NewCase(case)),
        ("a case number twice", Change::NewCase(same_number)),
        ("an idempotency key twice", Change::NewInquiry(Box::new(same_key))),
        ("a public identifier twice", Change::NewInquiry(Box::new(same_uid))),
        ("an inquiry that is not there", Change::SaveInquiry(inquiry.inquiry)),
        ("an order that is not there", Change::MoveOrder(Box::new(order), waiting)),
        ("a claim of no chain", Change::NewClaimChange(ClaimChange { ..claim_change })),
        (
            "a message that is not there",
            Change::Lane(LaneChange::Unsent(RawId::new(4), "bank-one".to_owned())),
        ),
        (
            "a batch that is not there",
            Change::Lane(LaneChange::SaveBatchDigest(chakong::domain::BatchId::new(2), vec![1])),
        ),
    ];
    for (what, change) in absent {
        conflicts(&store, what, change).await;
    }
}

fn first_words(change: &Change) -> String {
    format!("{change:?}").chars().take(40).collect()
}

pub async fn nothing_is_kept_of_a_transaction_that_fails(world: impl World) {
    let store = world.store();
    let known = a_case(&store, 1).await;
    let inquiry = known.inquiry().id;
    let outcome: Stored<()> = store
        .transact(move |tx| {
            let next = whole(&*tx, 2);
            tx.write(&next.changes())?;
            let line = measure(&*tx, &next);
            let moved = OrderRecord { state: OrderState::Awaiting, ..next.order.clone() };
            tx.write(&[
                Change::NewMeasure(Box::new(line)),
                Change::MoveOrder(Box::new(moved), OrderState::Queued),
                Change::NewEvent(event(inquiry, EventType::OrderFailed)),
                Change::NewTask(task(&*tx, &next, chakong::domain::TaskKind::Review, 1)),
                mark("nobody"),
            ])?;
            Err(StoreError::Missing("what it needs"))
        })
        .await;
    assert!(matches!(outcome, Err(StoreError::Missing("what it needs"))), "its own error: {outcome:?}");
    write(&store, move |tx| {
        assert_eq!(tx.find_cases(&chakong::store::CaseFilter { limit: 9, ..Default::default() })?.len(), 1);
        assert_eq!(
            tx.find_inquiries(&chakong::store::InquiryFilter { limit: 9, ..Default::default() })?.len(),
            1
        );
        assert_eq!(
            tx.find_orders(&chakong::store::OrderFilter { limit: 9, ..Default::default() })?,
            std::slice::from_ref(&known.order)
        );
        assert_eq!(tx.find_measures(&chakong::store::MeasureFilter { limit: 9, ..Default::default() })?, []);
        assert_eq!(tx.find_tasks(&chakong::store::TaskFilter { limit: 9, ..Default::default() })?, []);
        assert_eq!((tx.last_event()?, tx.lane_counts("bank-one")?.waiting), (0, 1));
        Ok(())
    })
    .await;
    assert_eq!(marks(&store).await, Vec::<String>::new());
}

pub async fn a_failed_write_fails_its_job_whatever_the_job_says(world: impl World) {
    let store = world.store();
    let known = a_case(&store, 1).await;
    let outcome = store
        .transact(move |tx| {
            let _ = tx.write(&[mark("half"), Change::NewChain(known.chain)]);
            Ok(())
        })
        .await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    assert_eq!(marks(&store).await, Vec::<String>::new());
}

/// Hands many jobs in at once; `odd` does what one of them does otherwise. What became of each.
async fn crowd(store: &Arc<dyn Store>, odd: fn(&mut dyn Tx) -> Stored<()>) -> Vec<(String, Stored<()>)> {
    let jobs = (0..40).map(|nth| {
        let (store, name) = (Arc::clone(store), format!("c{nth:02}"));
        async move {
            let own = name.clone();
            let work = move |tx: &mut dyn Tx| if nth == 23 { odd(tx) } else { tx.write(&[mark(&own)]) };
            (name, store.transact(work).await)
        }
    });
    futures_util::future::join_all(jobs).await
}

/// The names of those that succeeded, which are all that may be there.
fn succeeded(outcomes: &[(String, Stored<()>)]) -> Vec<String> {
    outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(name, _)| name.clone()).collect()
}

pub async fn a_job_that_fails_leaves_the_others_alone(world: impl World) {
    let store = world.store();
    let outcomes = crowd(&store, |_| Err(StoreError::Missing("what it needs"))).await;
    for (name, outcome) in &outcomes {
        assert_eq!(outcome.is_ok(), name != "c23", "{name}: {outcome:?}");
    }
    assert_eq!(marks(&store).await, succeeded(&outcomes));
}

pub async fn a_failed_write_spoils_nothing_but_its_group(world: impl World) {
    let store = world.store();
    let is_late = world.refuses_late();
    a_case(&store, 1).await;
    let outcomes = crowd(&store, |tx| {
        let known = tx.find_cases(&chakong::store::CaseFilter { limit: 1, ..Default::default() })?.remove(0);
        tx.write(&[mark("c23"), Change::NewChain(known.chain)])
    })
    .await;
    for (name, outcome) in &outcomes {
        match outcome {
            Ok(()) => assert_ne!(name, "c23"),
            Err(StoreError::Again) => assert!(is_late || name != "c23", "it is told what is wrong with it"),
            Err(StoreError::Conflict(_)) => assert_eq!(name, "c23", "only its own job has the conflict"),
            Err(other) => panic!("{name}: {other}"),
        }
    }
    assert_eq!(marks(&store).await, succeeded(&outcomes));
    // What is handed in again is done; a job that was not told what is wrong with it is told then.
    for (name, outcome) in outcomes {
        match outcome {
            Err(StoreError::Again) if name == "c23" => conflicts_again(&store).await,
            Err(StoreError::Again) => keep(&store, vec![mark(&name)]).await,
            _ => {}
        }
    }
    assert_eq!(marks(&store).await.len(), 39);
}

/// That a job which writes a chain a second time hears so when it is handed in again.
async fn conflicts_again(store: &Arc<dyn Store>) {
    let outcome = store
        .transact(|tx| {
            let known =
                tx.find_cases(&chakong::store::CaseFilter { limit: 1, ..Default::default() })?.remove(0);
            tx.write(&[mark("c23"), Change::NewChain(known.chain)])
        })
        .await;
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
}

pub async fn a_job_that_panics_takes_nothing_along(world: impl World) {
    let store = world.store();
    let outcomes = crowd(&store, |_| panic!("on purpose")).await;
    for (name, outcome) in &outcomes {
        assert_eq!(outcome.is_ok(), name != "c23", "{name}: {outcome:?}");
    }
    assert_eq!(marks(&store).await, succeeded(&outcomes));
    let outcomes = crowd(&store, |tx| {
        tx.write(&[mark("c23")])?;
        panic!("on purpose, having written")
    })
    .await;
    assert!(outcomes[23].1.is_err());
    assert!(!marks(&store).await.contains(&"c23".to_owned()));
    let read: Stored<()> = store.read(|_| panic!("on purpose, reading")).await;
    assert!(read.is_err());
    keep(&store, vec![mark("later")]).await;
    assert!(marks(&store).await.contains(&"later".to_owned()), "the store goes on");
}

pub async fn a_transaction_sees_what_it_wrote_and_nobody_else_does_before_its_end(world: impl World) {
    let store = world.store();
    let seen = write(&store, |tx| {
        tx.write(&[mark("mine")])?;
        let own = tx.acknowledged("mine")?;
        tx.write(&[Change::Lane(LaneChange::Acknowledge("mine".to_owned(), 5))])?;
        Ok((own, tx.acknowledged("mine")?))
    })
    .await;
    assert_eq!(seen, (1, 5));
    let read = store.read(|reads| reads.acknowledged("mine")).await.expect("a read");
    let behind = store.read_for_lane(|reads| reads.acknowledged("mine")).await.expect("a read");
    assert_eq!((read, behind), (5, 5));
}
