//! Orders: their moves, their turn, their deadlines.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chakong::domain::{BatchId, Change, InquiryState, OrderId, OrderRecord, OrderState, Priority};
use chakong::store::{LaneCounts, OrderFilter, Store};
use chakong_contract::{ActionKind, Fault, FaultKind};
use jiff::Timestamp;

use crate::samples::{Whole, a_case, at, control, keep, measure, query, write};
use crate::worlds::World;

/// Moves an order.
async fn to(store: &Arc<dyn Store>, order: &mut OrderRecord, state: OrderState) {
    let from = std::mem::replace(&mut order.state, state);
    keep(store, vec![Change::MoveOrder(Box::new(order.clone()), from)]).await;
}

/// Orders of a lane, made by `make`, written.
async fn orders(
    store: &Arc<dyn Store>,
    of: &Whole,
    lane: &'static str,
    make: impl Fn(i64, &mut OrderRecord) + Send + 'static,
    many: i64,
) -> Vec<OrderRecord> {
    let inquiry = of.inquiry().id;
    write(store, move |tx| {
        let mut made = Vec::new();
        for nth in 0..many {
            let mut order = query(&*tx, inquiry, lane, nth);
            make(nth, &mut order);
            made.push(order);
        }
        let changes: Vec<Change> =
            made.iter().cloned().map(|order| Change::NewOrder(Box::new(order))).collect();
        tx.write(&changes)?;
        Ok(made)
    })
    .await
}

pub async fn an_order_and_its_moves_are_read_back(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let of = whole.clone();
    let mut freeze = write(&store, move |tx| {
        let measure = measure(&*tx, &of);
        let mut freeze = control(&*tx, &measure, 7);
        (freeze.stands_in, freeze.root) = (Some(of.order.id), of.order.id);
        tx.write(&[Change::NewMeasure(Box::new(measure)), Change::NewOrder(Box::new(freeze.clone()))])?;
        Ok(freeze)
    })
    .await;
    let ids = (whole.order.id, freeze.id, whole.inquiry().id);
    let both = [whole.order.clone(), freeze.clone()];
    write(&store, move |tx| {
        assert_eq!(tx.order(ids.0)?.as_ref(), Some(&both[0]));
        assert_eq!(tx.order(ids.1)?.as_ref(), Some(&both[1]));
        assert_eq!(tx.order(OrderId::new(1))?, None);
        assert_eq!(tx.orders_of(ids.2)?, both);
        assert_eq!(tx.order_counts(ids.2)?, [(OrderState::Queued, 2)]);
        Ok(())
    })
    .await;
    freeze.sent = Some(at(20));
    freeze.batch = Some(BatchId::new(12));
    to(&store, &mut freeze, OrderState::Sending).await;
    freeze.attempts = 2;
    freeze.due = at(400);
    freeze.deadline = at(90_000);
    freeze.ticket = Some("T-9".to_owned());
    freeze.fault = Some(Fault::new(FaultKind::Transient, "hand files over", "the disk is gone").status(503));
    to(&store, &mut freeze, OrderState::Queued).await;
    let expected = freeze.clone();
    let kept = write(&store, move |tx| Ok((tx.order(ids.1)?, tx.order_counts(ids.2)?))).await;
    assert_eq!(kept, (Some(expected), vec![(OrderState::Queued, 2)]));
    // The same state again, with more known of it.
    freeze.ticket = None;
    to(&store, &mut freeze, OrderState::Queued).await;
    to(&store, &mut freeze, OrderState::Awaiting).await;
    let kept = write(&store, move |tx| Ok((tx.order(ids.1)?, tx.order_counts(ids.2)?))).await;
    assert_eq!(kept, (Some(freeze), vec![(OrderState::Queued, 1), (OrderState::Awaiting, 1)]));
}

async fn due(store: &Arc<dyn Store>, now: Timestamp, limit: usize, taken: &[OrderId]) -> Vec<OrderId> {
    let taken: HashSet<OrderId> = taken.iter().copied().collect();
    let found = store
        .read(move |reads| reads.due_orders("bank-two", now, limit, &taken, &Default::default()))
        .await
        .expect("a read");
    found.into_iter().map(|order| order.id).collect()
}

pub async fn orders_come_in_turn_when_their_time_has_come(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let make = |nth: i64, order: &mut OrderRecord| match nth {
        1 => order.priority = Priority::Release,
        2 => order.priority = Priority::Requery,
        3 => order.due = at(5_000),
        _ => {}
    };
    let made = orders(&store, &whole, "bank-two", make, 5).await;
    let id = |nth: usize| made[nth].id;
    let all = [id(1), id(2), id(0), id(4)];
    assert_eq!(due(&store, at(100), 10, &[]).await, all, "releases first, then by age; one is not due yet");
    assert_eq!(due(&store, at(100), 2, &[]).await, all[..2]);
    assert_eq!(
        due(&store, at(100), 2, &[id(1), id(0)]).await,
        [id(2), id(4)],
        "what is taken is no part of the two"
    );
    assert_eq!(
        due(&store, at(5_000), 10, &[]).await,
        [id(1), id(2), id(0), id(3), id(4)],
        "the very instant counts"
    );
    assert_eq!(due(&store, at(-1), 10, &[]).await, []);
    let next = store
        .read(|reads| Ok((reads.next_due("bank-two", at(100))?, reads.next_due("bank-two", at(5_000))?)));
    assert_eq!(next.await.expect("a read"), (Some(at(5_000)), None));
    let mut first = made[1].clone();
    to(&store, &mut first, OrderState::Sending).await;
    assert_eq!(due(&store, at(100), 10, &[]).await, all[1..], "what is under way waits no more");
    to(&store, &mut first, OrderState::Queued).await;
    assert_eq!(due(&store, at(100), 10, &[]).await, all, "and keeps its turn");
}

pub async fn offers_begin_behind_the_last_and_go_round(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let make = |nth: i64, order: &mut OrderRecord| {
        if nth == 4 {
            order.deadline = at(50);
        }
    };
    let mut made = orders(&store, &whole, "bank-two", make, 6).await;
    let of = whole.clone();
    let freeze = write(&store, move |tx| {
        let measure = measure(&*tx, &of);
        let freeze = OrderRecord { lane: "bank-two".to_owned(), ..control(&*tx, &measure, 9) };
        tx.write(&[Change::NewMeasure(Box::new(measure)), Change::NewOrder(Box::new(freeze.clone()))])?;
        Ok(freeze)
    })
    .await;
    for order in &mut made[..4] {
        to(&store, order, OrderState::Awaiting).await;
    }
    let id = |nth: usize| made[nth].id;
    let offers = |control: bool, after: OrderId, limit: usize| {
        let store = Arc::clone(&store);
        async move {
            let work = move |reads: &mut dyn chakong::store::Reads| {
                reads.offers("bank-two", at(100), control, after, limit)
            };
            let found = store.read(work).await.expect("a read");
            found.into_iter().map(|order| order.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(
        offers(false, OrderId::new(0), 9).await,
        [id(5), id(0), id(1), id(2), id(3)],
        "none that is over"
    );
    assert_eq!(offers(false, id(1), 9).await, [id(5), id(2), id(3), id(0), id(1)]);
    assert_eq!(offers(false, id(3), 3).await, [id(5), id(0), id(1)]);
    assert_eq!(offers(true, OrderId::new(0), 9).await, [freeze.id]);
    let mut withdrawn = OrderRecord { due: made[0].deadline, ..made[0].clone() };
    to(&store, &mut withdrawn, OrderState::Awaiting).await;
    assert_eq!(
        offers(false, id(1), 9).await,
        [id(5), id(2), id(3), id(1)],
        "none that is taken off the offer"
    );
}

pub async fn a_lane_knows_what_waits_and_how_long(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let mut made = orders(&store, &whole, "bank-two", |_, _| {}, 6).await;
    for (nth, state) in [
        (1, OrderState::Sending),
        (2, OrderState::Awaiting),
        (3, OrderState::Undetermined),
        (4, OrderState::Answered),
    ] {
        to(&store, &mut made[nth], state).await;
    }
    let read = || {
        store.read(|reads| {
            let counts = (reads.lane_counts("bank-two")?, reads.lane_counts("nobody")?);
            let all = reads.counts_of_lanes()?;
            assert_eq!((all.get("bank-two"), all.get("nobody")), (Some(&counts.0), None), "of all at once");
            let lanes: BTreeSet<String> = reads.open_lanes()?.into_iter().collect();
            Ok((counts, reads.interrupted("bank-two")?, lanes))
        })
    };
    let ((counts, none), interrupted, lanes) = read().await.expect("a read");
    let oldest = Some(at(0));
    assert_eq!(counts, LaneCounts { waiting: 2, awaiting: 2, undetermined: 1, oldest });
    assert_eq!(none, LaneCounts::default());
    assert_eq!(interrupted, [made[1].clone()]);
    assert_eq!(lanes, ["bank-one", "bank-two"].map(str::to_owned).into());
    for nth in [0, 1, 2, 5] {
        to(&store, &mut made[nth], OrderState::Refused).await;
    }
    let ((counts, _), interrupted, lanes) = read().await.expect("a read");
    assert_eq!(counts, LaneCounts { waiting: 0, awaiting: 0, undetermined: 1, oldest: None });
    assert!(interrupted.is_empty());
    assert!(lanes.contains("bank-two"), "somebody must still decide about one");
}

pub async fn deadlines_are_found_while_an_inquiry_waits(world: impl World) {
    let store = world.store();
    let (whole, over) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let make = |nth: i64, order: &mut OrderRecord| {
        order.root = OrderId::new(3);
        order.deadline = at(1_000 * (nth + 1));
    };
    let mut made = orders(&store, &whole, "bank-two", make, 4).await;
    let mut closed = over.inquiry();
    (closed.state, closed.open_orders) = (InquiryState::Completed, 0);
    keep(&store, vec![Change::SaveInquiry(closed)]).await;
    to(&store, &mut made[1], OrderState::Sending).await;
    to(&store, &mut made[2], OrderState::Answered).await;
    let past = |seconds: i64, limit: usize| {
        let found = store.read(move |reads| reads.past_deadline(at(seconds), limit));
        async move { found.await.expect("a read").into_iter().collect::<BTreeSet<_>>() }
    };
    let ids = |wanted: &[usize]| wanted.iter().map(|nth| made[*nth].id).collect::<BTreeSet<_>>();
    assert_eq!(past(999, 9).await, ids(&[]));
    assert_eq!(past(1_000, 9).await, ids(&[0]), "the very instant counts");
    assert_eq!(past(5_000, 9).await, ids(&[0, 1, 3]), "one that was answered is not late");
    assert_eq!(past(5_000, 2).await.len(), 2);
    let all = past(200_000, 9).await;
    assert!(
        all.contains(&whole.order.id) && !all.contains(&over.order.id),
        "a completed inquiry waits for nobody"
    );
}

pub async fn lists_of_orders_have_filters_and_cursors(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let mut made = orders(&store, &whole, "bank-two", |_, _| {}, 4).await;
    to(&store, &mut made[2], OrderState::Awaiting).await;
    let find = |filter: OrderFilter| {
        let found = store.read(move |reads| reads.find_orders(&filter));
        async move { found.await.expect("a read").into_iter().map(|order| order.id).collect::<Vec<_>>() }
    };
    let most = OrderFilter { limit: 9, ..OrderFilter::default() };
    let id = |nth: usize| made[nth].id;
    assert_eq!(find(most.clone()).await, [id(3), id(2), id(1), id(0), whole.order.id], "newest first");
    let lane = OrderFilter {
        counterpart: Some("bank-two".to_owned()),
        before: Some(id(3)),
        limit: 2,
        ..most.clone()
    };
    assert_eq!(find(lane).await, [id(2), id(1)]);
    assert_eq!(find(OrderFilter { state: Some(OrderState::Awaiting), ..most.clone() }).await, [id(2)]);
    assert_eq!(find(OrderFilter { action: Some(ActionKind::Freeze), ..most.clone() }).await, []);
    assert_eq!(find(OrderFilter { action: Some(ActionKind::Query), limit: 1, ..most }).await, [id(3)]);
}

pub async fn orders_are_found_by_case_inquiry_party_measure_and_time(world: impl World) {
    let store = world.store();
    let (whole, other) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let of = whole.clone();
    let freeze = write(&store, move |tx| {
        let measure = measure(&*tx, &of);
        let freeze = control(&*tx, &measure, 7);
        tx.write(&[Change::NewMeasure(Box::new(measure)), Change::NewOrder(Box::new(freeze.clone()))])?;
        Ok(freeze)
    })
    .await;
    let make = |nth: i64, order: &mut OrderRecord| {
        order.party = u32::try_from(nth).expect("small");
        order.created = at(1_000 * (nth + 1));
    };
    let made = orders(&store, &other, "bank-two", make, 3).await;
    let find = |filter: OrderFilter| {
        let found = store.read(move |reads| reads.find_orders(&filter));
        async move { found.await.expect("a read").into_iter().map(|order| order.id).collect::<Vec<_>>() }
    };
    let most = OrderFilter { limit: 9, ..OrderFilter::default() };
    let id = |nth: usize| made[nth].id;
    let number = |of: &Whole| Some(of.inquiry().case_number.as_str().to_owned());
    let case = OrderFilter { case_number: number(&other), ..most.clone() };
    assert_eq!(find(case.clone()).await, [id(2), id(1), id(0), other.order.id], "newest first");
    assert_eq!(find(OrderFilter { before: Some(id(1)), limit: 1, ..case.clone() }).await, [id(0)]);
    assert_eq!(find(OrderFilter { case_number: Some("no case".to_owned()), ..most.clone() }).await, []);
    let inquiry = OrderFilter { inquiry: Some(whole.inquiry().id), ..most.clone() };
    assert_eq!(find(inquiry.clone()).await, [freeze.id, whole.order.id]);
    assert_eq!(find(OrderFilter { case_number: number(&other), ..inquiry }).await, [], "every filter holds");
    let (one, two) = (whole.inquiry().id, other.inquiry().id);
    let parties = |parties: &[(chakong::domain::InquiryId, u32)]| OrderFilter {
        parties: Some(parties.to_vec()),
        ..most.clone()
    };
    assert_eq!(find(parties(&[(two, 1)])).await, [id(1)]);
    assert_eq!(find(parties(&[(two, 2), (two, 1), (one, 9)])).await, [id(2), id(1)]);
    assert_eq!(find(parties(&[])).await, [], "nobody is meant");
    assert_eq!(find(OrderFilter { measure: freeze.measure, ..most.clone() }).await, [freeze.id]);
    assert_eq!(find(OrderFilter { action: Some(ActionKind::Freeze), ..most.clone() }).await, [freeze.id]);
    let time = OrderFilter { created_from: Some(at(1_000)), created_before: Some(at(3_000)), ..most.clone() };
    assert_eq!(find(time).await, [id(1), id(0)], "the first instant counts, the last does not");
    assert_eq!(find(OrderFilter { down_to: Some(id(1)), ..most }).await, [id(2), id(1)], "down to that one");
}

pub async fn a_look_at_orders_ends_where_it_is_told_to_and_skips_none(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let mut made = orders(&store, &whole, "bank-two", |_, _| {}, 6).await;
    for nth in [1, 3, 4] {
        to(&store, &mut made[nth], OrderState::Failed).await;
    }
    let end = |filter: OrderFilter, look: usize| {
        let found = store.read(move |reads| reads.end_of_look(&filter, look));
        async move { found.await.expect("a read") }
    };
    let all = OrderFilter { limit: 9, ..OrderFilter::default() };
    let id = |nth: usize| made[nth].id;
    assert_eq!(end(all.clone(), 2).await, Some(id(4)), "the last of the two");
    assert_eq!(end(all.clone(), 7).await, Some(whole.order.id));
    assert_eq!(end(all.clone(), 8).await, None, "there are fewer");
    let lane = OrderFilter { counterpart: Some("elsewhere".to_owned()), ..all.clone() };
    assert_eq!(end(lane, 3).await, Some(id(3)), "what has no index of its own does not count");
    let failed = OrderFilter { state: Some(OrderState::Failed), ..all.clone() };
    assert_eq!(end(failed.clone(), 2).await, Some(id(3)), "what has one is looked at alone");
    assert_eq!(end(OrderFilter { before: Some(id(3)), ..failed }, 1).await, Some(id(1)));
    let freezes = OrderFilter { action: Some(ActionKind::Freeze), ..all.clone() };
    assert_eq!(end(freezes, 1).await, None);
    let inquiry = OrderFilter { inquiry: Some(whole.inquiry().id), ..all.clone() };
    assert_eq!(end(inquiry, 1).await, None, "an inquiry's orders are found by themselves");
    // From look to look, every order that is wanted comes once, whatever else lies between.
    let wanted = OrderFilter { state: Some(OrderState::Queued), ..all };
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let filter = OrderFilter { before, ..wanted.clone() };
        let down_to = end(filter.clone(), 2).await;
        let filter = OrderFilter { down_to, ..filter };
        let found = store.read(move |reads| reads.find_orders(&filter)).await.expect("a read");
        assert!(found.len() <= 2, "no more than was looked at");
        seen.extend(found.iter().map(|order| order.id));
        before = down_to;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [id(5), id(2), id(0), whole.order.id]);
}
