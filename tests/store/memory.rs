//! What the store in memory can do beside the contract, for simulations.

use std::sync::Arc;

use chakong::domain::{Change, OrderRecord, OrderState};
use chakong::store::memory::Memory;
use chakong::store::{Store, StoreError};

use crate::samples::{a_case, keep};

/// A move of an order.
fn moved(order: &OrderRecord, state: OrderState) -> Change {
    Change::MoveOrder(Box::new(OrderRecord { state, ..order.clone() }), order.state)
}

#[tokio::test]
async fn a_commit_fails_when_a_test_says_so_and_nothing_of_it_is_kept() {
    let memory = Memory::new(7);
    let store: Arc<dyn Store> = Arc::<Memory>::clone(&memory);
    let order = a_case(&store, 1).await.order;
    memory.fail_next(StoreError::Full);
    memory.fail_next(StoreError::Again);
    let read = store.read_for_lane(|reads| reads.last_event()).await;
    assert!(read.is_ok(), "a job that writes nothing does not fail");
    for _ in 0..2 {
        let change = moved(&order, OrderState::Sending);
        let outcome = store.transact(move |tx| tx.write(&[change])).await;
        assert!(matches!(outcome, Err(StoreError::Full | StoreError::Again)), "{outcome:?}");
    }
    let id = order.id;
    let kept = store.read(move |reads| reads.order(id)).await.expect("a read");
    assert_eq!(kept, Some(order.clone()));
    keep(&store, vec![moved(&order, OrderState::Sending)]).await;
}

#[tokio::test]
async fn a_store_that_is_opened_after_a_crash_has_what_was_committed_and_parts_from_the_other() {
    let memory = Memory::new(7);
    let store: Arc<dyn Store> = Arc::<Memory>::clone(&memory);
    let order = a_case(&store, 1).await.order;
    let after: Arc<dyn Store> = memory.reopened();
    keep(&store, vec![moved(&order, OrderState::Sending)]).await;
    let id = order.id;
    let state = |store: Arc<dyn Store>| async move {
        store.read(move |reads| reads.order(id)).await.expect("a read").expect("the order").state
    };
    assert_eq!(state(Arc::clone(&store)).await, OrderState::Sending);
    assert_eq!(state(Arc::clone(&after)).await, OrderState::Queued, "it was dropped before that commit");
    keep(&after, vec![moved(&order, OrderState::Awaiting)]).await;
    assert_eq!(state(store).await, OrderState::Sending, "neither sees the other");
    let lanes = after.read(|reads| reads.lane_counts("bank-one")).await.expect("a read");
    assert_eq!((lanes.waiting, lanes.awaiting), (0, 1));
}

#[tokio::test]
async fn the_same_inputs_make_the_same_store() {
    let [one, other] = [Memory::new(7), Memory::new(7)];
    let mut made = Vec::new();
    for memory in [one, other] {
        let store: Arc<dyn Store> = memory;
        let whole = a_case(&store, 1).await;
        made.push((whole.changes(), store.keyed_hash(b"text")));
    }
    assert_eq!(made[0], made[1]);
}
