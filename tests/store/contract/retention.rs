//! What is kept of closed cases goes when its term is over, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use chakong::domain::retention::{Retention, RetentionTerms};
use chakong::domain::{
    Change, Claim, ClaimState, EventType, IdKind, Inquiry, InquiryState, LaneChange, OrderRecord, OrderState,
    RawId,
};
use chakong::engine::{Engine, Progress};
use chakong::store::{ActFilter, Store};
use jiff::Timestamp;

use crate::engines::{SetClock, days, engine};
use crate::samples::{Whole, a_case, at, event, found, keep, raw, revision, write};
use crate::worlds::World;

const YEAR: i64 = 366;

/// Everything of a case comes to an end on its first day.
async fn close(store: &Arc<dyn Store>, of: &Whole) {
    let claim = of.chain.claim.clone().map(|claim| Claim { state: ClaimState::Settled, ..claim });
    let chain = chakong::domain::Chain { claim, ..of.chain.clone() };
    let inquiry = Inquiry { state: InquiryState::Completed, open_orders: 0, ..of.inquiry() };
    let order = OrderRecord { state: OrderState::Answered, ..of.order.clone() };
    keep(
        store,
        vec![
            Change::SaveChain(chain),
            Change::NewRevision(Box::new(revision(&of.order, 1, &found("8.40")))),
            Change::MoveOrder(Box::new(order), OrderState::Queued),
            Change::SaveInquiry(inquiry),
        ],
    )
    .await;
}

/// A message about orders of some cases.
async fn message(store: &Arc<dyn Store>, about: &[&Whole]) -> RawId {
    let orders = about.iter().map(|whole| whole.order.id).collect();
    write(store, move |tx| {
        let id = RawId::new(tx.next(IdKind::Raw));
        tx.write(&[Change::Lane(LaneChange::NewRaw(
            id,
            raw("bank-one", None, "CXFK.zip", &[7; 900]),
            orders,
        ))])?;
        Ok(id)
    })
    .await
}

/// Looks at everything once.
async fn sweep(engine: &Engine, retention: &Arc<Retention>) {
    let mut progress = Some(Progress::begin());
    let mut portions = 0;
    while let Some(from) = progress {
        progress = engine.sweep(retention, from).await.expect("a sweep");
        portions += 1;
        assert!(portions < 100, "it comes to an end");
    }
}

/// What is left: messages, events, lines of the audit about retention by class.
async fn left(store: &Arc<dyn Store>) -> (Vec<RawId>, Vec<i64>, Vec<String>) {
    let filter = ActFilter { act: Some("retention".to_owned()), limit: 99, ..ActFilter::default() };
    store
        .read(move |reads| {
            let messages = reads.messages_after(RawId::new(0), 99)?.into_iter().map(|one| one.id).collect();
            let events = reads.events_after(0, 99)?.into_iter().map(|(seq, ..)| seq).collect();
            let class = |act: chakong::domain::AuditEntry| {
                act.detail.expect("what it was")["class"].as_str().expect("a class").to_owned()
            };
            let mut acts: Vec<String> =
                reads.find_acts(&filter)?.into_iter().map(|(_, act)| class(act)).collect();
            acts.sort();
            Ok((messages, events, acts))
        })
        .await
        .expect("a read")
}

async fn bytes_of(store: &Arc<dyn Store>, whole: &Whole) -> usize {
    let ids: Vec<_> = whole.documents.iter().map(|new| new.paper.id).collect();
    store
        .read(move |reads| {
            let mut bytes = 0;
            for id in ids {
                bytes += reads.document(id)?.map_or(0, |document| document.content.len());
            }
            Ok(bytes)
        })
        .await
        .expect("a read")
}

pub async fn what_is_over_goes_in_its_time_and_what_is_open_stays(mut world: impl World) {
    let store = world.store();
    let closed = a_case(&store, 1).await;
    let open = a_case(&store, 2).await;
    close(&store, &closed).await;
    let told = |whole: &Whole| Change::NewEvent(event(whole.inquiry().id, EventType::InquiryCompleted));
    keep(&store, vec![told(&closed), told(&open), told(&closed), told(&open)]).await;
    let own = message(&store, &[&closed]).await;
    let shared = message(&store, &[&closed, &open]).await;
    let strangers = message(&store, &[]).await;
    let last = message(&store, &[&closed]).await;
    let clock = SetClock::at(at(1_000));
    let (engine, retention) = (engine(&store, &clock), Arc::new(Retention::default()));
    let all = vec![own, shared, strangers, last];

    clock.set_by(days(3 * YEAR + 1));
    sweep(&engine, &retention).await;
    assert_eq!(left(&store).await, (all.clone(), vec![1, 2, 3, 4], vec![]), "a clock may be wrong by a day");
    clock.set_by(days(-3 * YEAR - 1));
    sweep(&engine, &retention).await;
    assert_eq!(left(&store).await.0, all);

    clock.set_by(days(3 * YEAR + 8));
    sweep(&engine, &retention).await;
    let (messages, events, acts) = left(&store).await;
    assert_eq!(
        messages,
        [shared, last],
        "an open case needs the one, and the number of the other is not given again"
    );
    assert_eq!(events, [1, 2, 3, 4], "nobody has read them");
    assert_eq!(acts, ["documents", "messages"], "a line for each portion");
    assert_eq!(bytes_of(&store, &closed).await, 0);
    assert!(bytes_of(&store, &open).await > 40_000);

    keep(&store, vec![Change::Lane(LaneChange::Acknowledge("courts".to_owned(), 2))]).await;
    sweep(&engine, &retention).await;
    assert_eq!(left(&store).await.1, [2, 3, 4], "what a consumer has not acknowledged stays");
    keep(&store, vec![Change::Lane(LaneChange::Acknowledge("courts".to_owned(), 4))]).await;
    sweep(&engine, &retention).await;
    assert_eq!(left(&store).await.1, [2, 4], "an open case keeps its own");

    clock.set_by(days(7 * YEAR + 30));
    sweep(&engine, &retention).await;
    let (one, other) = (closed.clone(), open.clone());
    write(&store, move |tx| {
        assert!(tx.case_by_number(one.case.number.as_str())?.is_none(), "its records went");
        assert!(tx.order(one.order.id)?.is_none() && tx.revision(one.order.id, None)?.is_none());
        assert!(
            tx.inquiry_by_key("case-system", "key-1")?.is_none() && tx.parties_of(one.chain.id)?.is_empty()
        );
        assert_eq!(tx.order(other.order.id)?, Some(other.order.clone()));
        assert!(tx.case_by_number(other.case.number.as_str())?.is_some());
        Ok(())
    })
    .await;
    drop((store, engine));
    world.reopen();
    let next = a_case(&world.store(), 3).await;
    assert!(next.order.id > open.order.id && next.chain.id > open.chain.id, "no number is given again");
}

pub async fn the_newest_case_stays_so_that_no_number_is_given_again(world: impl World) {
    let store = world.store();
    let only = a_case(&store, 1).await;
    close(&store, &only).await;
    let clock = SetClock::at(at(1_000));
    let engine = engine(&store, &clock);
    clock.set_by(days(60 * YEAR));
    sweep(&engine, &Arc::new(Retention::default())).await;
    let kept = write(&store, move |tx| tx.order(only.order.id)).await;
    assert!(kept.is_some());
}

pub async fn a_court_has_terms_of_its_own_and_a_task_keeps_a_case_open(world: impl World) {
    let store = world.store();
    // Their courts are 440301 and 440300.
    let [short, long, busy] = [a_case(&store, 1).await, a_case(&store, 2).await, a_case(&store, 3).await];
    for whole in [&short, &long, &busy] {
        close(&store, whole).await;
    }
    let waits = busy.clone();
    write(&store, move |tx| {
        let task = crate::samples::task(&*tx, &waits, chakong::domain::TaskKind::NotifyDebtor, 9);
        tx.write(&[Change::NewTask(task)])
    })
    .await;
    let own = RetentionTerms { documents: 9_000, ..RetentionTerms::default() };
    let courts = BTreeMap::from([("440300".to_owned(), own)]);
    let retention = Arc::new(Retention { courts, ..Retention::default() });
    let clock = SetClock::at(at(1_000));
    let engine = engine(&store, &clock);
    clock.set_by(days(3 * YEAR + 8));
    sweep(&engine, &retention).await;
    assert_eq!(bytes_of(&store, &short).await, 0);
    assert!(bytes_of(&store, &long).await > 0, "its court keeps documents longer");
    assert!(bytes_of(&store, &busy).await > 0, "somebody has still to tell the debtor");
    // The term of records is over, and that of the documents is not: the case stays, and they with it.
    clock.set_by(days(8 * YEAR));
    sweep(&engine, &retention).await;
    assert!(bytes_of(&store, &long).await > 0, "its court keeps documents longer than records");
    clock.set_by(days(14 * YEAR));
    sweep(&engine, &retention).await;
    assert_eq!(bytes_of(&store, &long).await, 0);
}

/// A term counts from the last thing that happened, not from the beginning.
pub async fn a_term_counts_from_the_closing_of_the_case(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let later: Timestamp = at(3 * YEAR * 86_400);
    close(&store, &whole).await;
    let answer = chakong::domain::Revision { at: later, ..revision(&whole.order, 2, &found("9.00")) };
    keep(&store, vec![Change::NewRevision(Box::new(answer))]).await;
    let clock = SetClock::at(at(1_000));
    let engine = engine(&store, &clock);
    clock.set_by(days(3 * YEAR + 20));
    sweep(&engine, &Arc::new(Retention::default())).await;
    assert!(bytes_of(&store, &whole).await > 0, "a late answer came");
    clock.set_by(days(3 * YEAR));
    sweep(&engine, &Arc::new(Retention::default())).await;
    assert_eq!(bytes_of(&store, &whole).await, 0);
}
