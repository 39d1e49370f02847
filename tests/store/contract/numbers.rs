//! Row numbers, epochs, hashes, and who is woken.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chakong::domain::{Change, EventType, IdKind, OrderRecord, OrderState, Priority, ROWS_PER_EPOCH};
use chakong::store::{Reads, Store};

use crate::samples::{a_case, batch, event, keep, query, write};
use crate::worlds::World;

/// Two numbers of every kind, and a case and a batch that is written.
async fn draw(store: &Arc<dyn Store>, nth: i64) -> Vec<(IdKind, i64)> {
    let whole = a_case(store, nth).await;
    write(store, move |tx| {
        let made = batch(&*tx, "bank-one");
        tx.write(&[Change::Lane(chakong::domain::LaneChange::NewBatch(made.clone()))])?;
        let mut drawn = vec![
            (IdKind::Batch, made.id.get()),
            (IdKind::Order, whole.order.id.get()),
            (IdKind::Case, whole.case.id.get()),
            (IdKind::Inquiry, whole.inquiry().id.get()),
        ];
        drawn.extend(whole.documents.iter().map(|new| (IdKind::Document, new.paper.id.get())));
        Ok(drawn)
    })
    .await
}

pub async fn numbers_never_repeat_not_after_reopening_nor_in_a_later_epoch(mut world: impl World) {
    let mut seen = HashSet::new();
    let mut epochs = Vec::new();
    for nth in 0..6 {
        match nth {
            0 => {}
            3 | 5 => world.restore(),
            _ => world.reopen(),
        }
        let store = world.store();
        epochs.push(store.epoch());
        let drawn = draw(&store, nth).await;
        for number in drawn {
            assert_eq!(number.1 / ROWS_PER_EPOCH, store.epoch(), "its epoch stands in front");
            assert!(seen.insert(number), "{number:?} was given before");
        }
        let epoch = store.epoch();
        let read = move |reads: &mut dyn Reads| {
            Ok((
                reads.last_row(IdKind::Batch, epoch)?,
                reads.last_row(IdKind::Batch, epoch + 7_000)?,
                reads.known_epochs()?,
            ))
        };
        let (last, none, known) = store.read(read).await.expect("a read");
        assert_eq!(last, seen.iter().filter(|(kind, _)| *kind == IdKind::Batch).map(|(_, id)| *id).max());
        assert_eq!(none, None);
        assert!(epochs.iter().all(|epoch| known.contains(epoch)), "{known:?}");
    }
    assert_eq!(epochs[0], epochs[2], "an epoch goes on");
    assert!(epochs[2] < epochs[3] && epochs[4] < epochs[5], "a restoration begins a later one: {epochs:?}");
    // Numbers that are drawn and never written are not drawn twice while the store is open.
    let store = world.store();
    for kind in IdKind::ALL {
        let pair = write(&store, move |tx| Ok((tx.next(kind), tx.next(kind)))).await;
        let third = write(&store, move |tx| Ok(tx.next(kind))).await;
        assert_eq!((pair.1, third), (pair.0 + 1, pair.0 + 2));
    }
}

/// Whoever read the log before a store was restored has read events that it does not know: none of their numbers is given again.
pub async fn a_restored_log_goes_on_far_behind_all_that_was_read_of_it(mut world: impl World) {
    const FAR: i64 = 100_000_000;
    let mut last = 0;
    for nth in 0..3 {
        let store = world.store();
        let inquiry = a_case(&store, nth).await.inquiry().id;
        let two = [EventType::OrderFailed, EventType::OrderOverdue];
        keep(&store, two.map(|kind| Change::NewEvent(event(inquiry, kind))).to_vec()).await;
        let read = move |reads: &mut dyn Reads| Ok((reads.events_after(last, 9)?, reads.last_event()?));
        let (events, end) = store.read(read).await.expect("a read");
        let numbers: Vec<i64> = events.iter().map(|(seq, ..)| *seq).collect();
        assert_eq!(numbers, [end - 1, end], "one behind the other");
        assert!(nth == 0 || end > last + FAR, "{end} behind {last}");
        assert_eq!(store.log_gaps().lag(end, last), 2, "two are to be read");
        assert_eq!(*store.signals().events().borrow(), end);
        last = end;
        drop(store);
        world.restore();
        let begins = world.store().read(|reads| reads.last_event()).await.expect("a read");
        assert!(begins > last + FAR, "whoever has acknowledged more than is known may go on: {begins}");
        world.reopen();
        let store = world.store();
        assert_eq!(
            store.read(|reads| reads.last_event()).await.expect("a read"),
            begins,
            "also when it is opened again"
        );
        assert_eq!(store.log_gaps().lag(begins, last), 0, "nothing is to be read");
    }
}

pub async fn what_was_committed_is_there_after_reopening(mut world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let sending = OrderRecord { state: OrderState::Sending, ..whole.order.clone() };
    keep(&store, vec![Change::MoveOrder(Box::new(sending.clone()), OrderState::Queued)]).await;
    drop(store);
    world.reopen();
    let store = world.store();
    write(&store, move |tx| {
        assert_eq!(tx.interrupted("bank-one")?, [sending]);
        assert_eq!(tx.terms(whole.inquiry().id)?, Some(whole.terms.into()));
        assert_eq!(tx.chain(whole.chain.id)?, Some(whole.chain));
        Ok(())
    })
    .await;
}

pub async fn hashes_are_keyed_and_the_same_for_the_same_text(mut world: impl World) {
    let store = world.store();
    let [one, same, other] = ["110101190001010065", "110101190001010065", "110101190001010073"]
        .map(|text| store.keyed_hash(text.as_bytes()));
    assert_eq!(one, same);
    assert_ne!(one, other);
    use sha2::{Digest as _, Sha256};
    assert_ne!(one, Sha256::digest(b"110101190001010065").to_vec(), "a plain digest can be guessed");
    drop(store);
    world.reopen();
    assert_eq!(world.store().keyed_hash(b"110101190001010065"), one, "also after reopening");
    world.restore();
    assert_eq!(world.store().keyed_hash(b"110101190001010065"), one, "also in a later epoch");
}

pub async fn lanes_and_readers_are_woken_after_the_commit(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let inquiry = whole.inquiry().id;
    let events = store.signals().events();
    let lane = store.signals().lane("bank-two");
    assert!(!lane.take_urgent());
    let outcome = store
        .transact(move |tx| {
            let order = OrderRecord { priority: Priority::Release, ..query(&*tx, inquiry, "bank-two", 3) };
            tx.write(&[
                Change::NewOrder(Box::new(order)),
                Change::NewEvent(event(inquiry, EventType::OrderFailed)),
            ])?;
            Err::<(), _>(chakong::store::StoreError::Missing("what it needs"))
        })
        .await;
    assert!(outcome.is_err());
    assert!(!lane.take_urgent() && *events.borrow() == 0, "nobody is woken for what was taken back");
    write(&store, move |tx| {
        let order = OrderRecord { priority: Priority::Release, ..query(&*tx, inquiry, "bank-two", 3) };
        tx.write(&[
            Change::NewOrder(Box::new(order)),
            Change::NewEvent(event(inquiry, EventType::OrderFailed)),
        ])
    })
    .await;
    tokio::time::timeout(Duration::from_secs(5), lane.orders.notified()).await.expect("the lane is woken");
    assert!(lane.take_urgent());
    assert_eq!(*events.borrow(), 1);
}
