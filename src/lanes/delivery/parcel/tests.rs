use super::*;
use crate::domain::OrderState;
use crate::lanes::lane::world::{World, bank};

/// A parcel that was decided before the process ended; its orders.
async fn decided(world: &World) -> Vec<OrderId> {
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
    orders
}

async fn are_awaited(world: &World, orders: Vec<OrderId>) -> bool {
    for id in orders {
        let order =
            world.lane.shared().context.store.read(move |reads| reads.order(id)).await.expect("a read");
        if order.expect("the order").state != OrderState::Awaiting {
            return false;
        }
    }
    true
}

/// A store that fails once or twice when a lane begins costs time, and nothing else.
#[tokio::test]
async fn a_parcel_that_was_decided_is_handed_over_again_though_the_store_cannot_be_read_at_first() {
    let world = World::open("bank-7", &bank("")).await;
    let orders = decided(&world).await;
    let lane = world.lane.shared();
    // What was on its way cannot be read, then the files cannot.
    let config = lane.config.line.parcel().expect("a parcel line");
    let delivery = ParcelDelivery::new(config);
    delivery.prepare().await.expect("folders");
    world.store.fail_reads(2);
    delivery.hand_over_again(lane).await;
    let written = std::fs::read(config.outgoing.join("DECIDED.zip")).expect("the file");
    assert_eq!(written, b"these very bytes");
    assert!(are_awaited(&world, orders).await);
}

#[tokio::test]
async fn a_parcel_that_cannot_be_handed_over_again_keeps_no_answer_from_being_read() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let world = World::open("bank-7", &bank("")).await;
    let orders = decided(&world).await;
    let lane = world.lane.shared();
    let poll = Duration::from_millis(5);
    let config = ParcelConfig {
        poll,
        half_file: Duration::ZERO,
        ..lane.config.line.parcel().expect("a line").clone()
    };
    let delivery = ParcelDelivery::new(&config);
    std::fs::remove_dir(&config.outgoing).expect("the folder");
    std::fs::write(&config.outgoing, "no folder").expect("a file in its place");
    std::fs::write(config.incoming.join("a"), "an answer").expect("a file");
    tokio::time::timeout(PATIENCE, delivery.recover(lane)).await.expect("the start waits for nothing");
    let working = async {
        while config.incoming.join("a").exists() {
            tokio::time::sleep(poll).await;
        }
        std::fs::remove_file(&config.outgoing).expect("the file");
        std::fs::create_dir(&config.outgoing).expect("the folder");
        while !are_awaited(&world, orders.clone()).await {
            tokio::time::sleep(poll).await;
        }
    };
    tokio::select! {
        () = delivery.receive(lane) => panic!("the lane was not stopped"),
        worked = tokio::time::timeout(PATIENCE, working) => worked.expect("it does not come to that"),
    }
    let written = std::fs::read(config.outgoing.join("DECIDED.zip")).expect("the file");
    assert_eq!(written, b"these very bytes");
}
