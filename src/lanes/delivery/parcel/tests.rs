use super::*;
use crate::domain::OrderState;
use crate::lanes::lane::world::{World, bank};

/// A store that fails once or twice when a lane begins costs time, and nothing else.
#[tokio::test]
async fn a_parcel_that_was_decided_is_handed_over_again_though_the_store_cannot_be_read_at_first() {
    let world = World::open("bank-7", &bank("")).await;
    world.submit().await;
    let lane = world.lane.shared();
    let (context, now) = (&lane.context, lane.context.clock.now());
    let due = context
        .store
        .read(move |reads| reads.due_orders("bank-7", now, 10, &Default::default(), &Default::default()));
    let orders: Vec<OrderId> = due.await.expect("a read").iter().map(|order| order.id).collect();
    assert!(!orders.is_empty());
    let batch = context.engine.begin_batch("bank-7".to_owned(), now, Counted::Not).await.expect("a batch");
    let files = [Message::new("DECIDED.zip", b"these very bytes".to_vec())];
    let dispatch = Dispatch {
        lane: "bank-7".to_owned(),
        at: now,
        orders: orders.clone(),
        batch: Some(batch),
        digest: vec![7; 32],
        files: raw_of(lane, batch, now, &files),
        counts: Counted::Not,
        together: true,
    };
    context.engine.dispatch(dispatch).await.expect("decided");
    // Then the process ended. What was on its way cannot be read, then the files cannot.
    let config = lane.config.line.parcel().expect("a parcel line");
    let delivery = ParcelDelivery::new(config);
    delivery.prepare().await.expect("folders");
    world.store.fail_reads(2);
    delivery.hand_over_again(lane).await;
    let written = std::fs::read(config.outgoing.join("DECIDED.zip")).expect("the file");
    assert_eq!(written, b"these very bytes");
    for id in orders {
        let order = context.store.read(move |reads| reads.order(id)).await.expect("a read");
        assert_eq!(order.expect("the order").state, OrderState::Awaiting);
    }
}
