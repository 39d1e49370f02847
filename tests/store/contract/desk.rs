//! Orders that people carry along, and what was done about each.

use std::sync::Arc;

use chakong::domain::people::Courts;
use chakong::domain::retention::Forget;
use chakong::domain::{
    Change, DeskItem, DeskMark, DeskNotice, DeskState, DeskWork, Measure, OrderId, OrderRecord, OrderState,
};
use chakong::store::{DeskFilter, DeskWhich, Store, StoreError, codec};

use crate::samples::{Whole, a_case, at, control, keep, measure, query, whole, write};
use crate::worlds::World;

/// An order of a case at a counterpart that people serve, due after some seconds.
async fn on_desk(
    store: &Arc<dyn Store>,
    whole: &Whole,
    lane: &'static str,
    due: i64,
) -> (OrderRecord, DeskItem) {
    let inquiry = whole.inquiry();
    write(store, move |tx| {
        let court = inquiry.court.clone();
        let order = OrderRecord { court, deadline: at(due), ..query(&*tx, inquiry.id, lane, due) };
        let item = DeskItem::new(&order);
        tx.write(&[Change::NewOrder(Box::new(order.clone())), Change::SaveDesk(Box::new(item.clone()))])?;
        Ok((order, item))
    })
    .await
}

fn next(item: &DeskItem, state: DeskState) -> DeskItem {
    DeskItem { state, version: item.version + 1, ..item.clone() }
}

async fn item(store: &Arc<dyn Store>, order: OrderId) -> Option<DeskItem> {
    store.read(move |reads| reads.desk_item(order)).await.expect("a read")
}

pub async fn what_is_done_at_the_desk_is_read_back_and_a_stale_version_is_a_conflict(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let (order, new) = on_desk(&store, &whole, "county-bank", 100).await;
    assert_eq!(item(&store, order.id).await, Some(new.clone()));
    assert_eq!(item(&store, whole.order.id).await, None, "no order of another line");
    let work = DeskWork { taken: Some(DeskMark { by: "1001".to_owned(), at: at(5) }), ..DeskWork::default() };
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let entered = Some(codec::encode(&bytes));
    let second = DeskItem { work, entered, ..next(&new, DeskState::ToCheck) };
    keep(&store, vec![Change::SaveDesk(Box::new(second.clone()))]).await;
    let kept = item(&store, order.id).await.expect("it is there");
    assert_eq!(kept, second);
    let blob = kept.entered.expect("what was entered");
    assert_eq!(codec::decode("answer", blob.as_stored()).expect("bytes"), bytes);
    for stale in [new.clone(), second.clone(), DeskItem { version: 4, ..second.clone() }] {
        let change = Change::SaveDesk(Box::new(stale));
        let refused = store.transact(move |tx| tx.write(std::slice::from_ref(&change))).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_) | StoreError::Again)), "{refused:?}");
    }
    let third = DeskItem { entered: None, ..next(&second, DeskState::Done) };
    keep(&store, vec![Change::SaveDesk(Box::new(third.clone()))]).await;
    assert_eq!(item(&store, order.id).await, Some(third));
}

async fn found(store: &Arc<dyn Store>, filter: DeskFilter) -> Vec<OrderId> {
    let lanes = vec!["county-bank".to_owned(), "county-registry".to_owned()];
    let lanes = if filter.lanes.is_empty() { lanes } else { filter.lanes.clone() };
    let limit = if filter.limit == 0 { 99 } else { filter.limit };
    let filter = DeskFilter { lanes, limit, ..filter };
    let read = store.read(move |reads| reads.find_desk(&filter)).await.expect("a read");
    assert!(read.iter().all(|item| item.entered.is_none()), "lists leave out what was entered");
    read.iter().map(|item| item.order).collect()
}

/// A control of a case that waits for its answer at a counterpart.
async fn awaited_control(store: &Arc<dyn Store>) -> OrderId {
    write(store, |tx| {
        let whole = whole(&*tx, 1);
        let of = Measure { counterpart: "county-bank".to_owned(), ..measure(&*tx, &whole) };
        let order = OrderRecord { deadline: at(900), ..control(&*tx, &of, 100) };
        let (id, item) = (order.id, DeskItem::new(&order));
        let awaiting = OrderRecord { state: OrderState::Awaiting, sent: Some(at(5)), ..order.clone() };
        let mut changes = whole.changes();
        changes.extend([
            Change::NewMeasure(Box::new(of)),
            Change::NewOrder(Box::new(order)),
            Change::SaveDesk(Box::new(item)),
            Change::MoveOrder(Box::new(awaiting), OrderState::Queued),
        ]);
        tx.write(&changes)?;
        Ok(id)
    })
    .await
}

pub async fn a_control_that_people_carried_is_not_offered_and_stays_on_the_desk(world: impl World) {
    let store = world.store();
    let order = awaited_control(&store).await;
    let offered = async || {
        let read = store.read(|reads| reads.offers("county-bank", at(9), true, OrderId::default(), 9)).await;
        read.expect("a read").iter().map(|order| order.id).collect::<Vec<_>>()
    };
    assert_eq!(offered().await, [order], "nobody carried it");
    let item = item(&store, order).await.expect("it is on the desk");
    let notice = Some(DeskNotice { number: "DY1".to_owned(), by: "1001".to_owned(), at: at(6) });
    let work = DeskWork { notice, ..DeskWork::default() };
    keep(&store, vec![Change::SaveDesk(Box::new(DeskItem { work, ..next(&item, DeskState::Taken) }))]).await;
    assert!(offered().await.is_empty(), "somebody is on the way with it");
    let elsewhere = || DeskFilter { lanes: vec!["county-registry".to_owned()], ..DeskFilter::default() };
    assert!(found(&store, elsewhere()).await.is_empty(), "people serve another");
    assert_eq!(found(&store, DeskFilter { with_carried: true, ..elsewhere() }).await, [order]);
    let of =
        |name: &str| DeskFilter { with_carried: true, counterpart: Some(name.to_owned()), ..elsewhere() };
    assert_eq!(found(&store, of("county-bank")).await, [order]);
    assert!(found(&store, of("county-registry")).await.is_empty());
}

pub async fn the_desk_lists_what_is_due_first_by_counterpart_court_and_state(world: impl World) {
    let store = world.store();
    let (one, other) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let (late, _) = on_desk(&store, &one, "county-bank", 300).await;
    let (soon, soon_item) = on_desk(&store, &one, "county-registry", 100).await;
    let (theirs, theirs_item) = on_desk(&store, &other, "county-bank", 200).await;
    let (gone, _) = on_desk(&store, &one, "county-bank", 50).await;
    let (done, done_item) = on_desk(&store, &one, "county-bank", 60).await;
    keep(
        &store,
        vec![
            Change::MoveOrder(
                Box::new(OrderRecord { state: OrderState::Cancelled, ..gone.clone() }),
                OrderState::Queued,
            ),
            Change::MoveOrder(
                Box::new(OrderRecord { state: OrderState::Answered, ..done.clone() }),
                OrderState::Queued,
            ),
            Change::SaveDesk(Box::new(next(&done_item, DeskState::Done))),
            Change::SaveDesk(Box::new(next(&soon_item, DeskState::Taken))),
        ],
    )
    .await;
    let all = DeskFilter::default;
    assert_eq!(found(&store, all()).await, [soon.id, theirs.id, late.id]);
    let which = |which| DeskFilter { which, ..all() };
    assert_eq!(found(&store, which(DeskWhich::WaitingIn(DeskState::Taken))).await, [soon.id]);
    assert_eq!(found(&store, which(DeskWhich::WaitingIn(DeskState::Open))).await, [theirs.id, late.id]);
    assert_eq!(found(&store, which(DeskWhich::Done)).await, [done.id]);
    assert_eq!(found(&store, which(DeskWhich::Ended)).await, [gone.id]);
    let lanes = vec!["county-bank".to_owned()];
    assert_eq!(found(&store, DeskFilter { lanes, ..all() }).await, [theirs.id, late.id]);
    let courts = Courts::one(&other.inquiry().court);
    assert_eq!(found(&store, DeskFilter { courts, ..all() }).await, [theirs.id]);
    assert!(found(&store, DeskFilter { courts: Courts::one("T99"), ..all() }).await.is_empty());
    assert_eq!(found(&store, DeskFilter { due_before: Some(at(200)), ..all() }).await, [soon.id]);
    assert_eq!(found(&store, DeskFilter { limit: 2, ..all() }).await, [soon.id, theirs.id]);
    let after = Some((theirs_item.deadline, theirs.id));
    assert_eq!(found(&store, DeskFilter { after, ..all() }).await, [late.id]);
    // What was entered is to be checked, whatever became of the order meanwhile.
    let moved = OrderRecord { state: OrderState::Answered, ..theirs.clone() };
    keep(
        &store,
        vec![
            Change::MoveOrder(Box::new(moved), OrderState::Queued),
            Change::SaveDesk(Box::new(next(&theirs_item, DeskState::ToCheck))),
        ],
    )
    .await;
    assert_eq!(found(&store, all()).await, [soon.id, theirs.id, late.id]);
}

pub async fn what_stands_on_the_desk_goes_with_its_chain(world: impl World) {
    let store = world.store();
    let (one, other) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let (gone, _) = on_desk(&store, &one, "county-bank", 100).await;
    let (stays, _) = on_desk(&store, &other, "county-bank", 100).await;
    keep(&store, vec![Change::Forget(Forget::Chain(one.chain.id))]).await;
    assert_eq!(item(&store, gone.id).await, None);
    assert!(item(&store, stays.id).await.is_some());
}
