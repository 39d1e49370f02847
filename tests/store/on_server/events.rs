//! ▣ Event numbers become visible in their order.

use std::sync::Arc;

use chakong::domain::{Change, EventType};

use super::lost::session;
use crate::samples::{a_case, event, keep};
use crate::worlds::{OnServer, World as _};

/// Somebody else holds the head of the log: an event of ours is numbered behind theirs, and is not seen before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reads_past_an_event_that_commits_later() {
    let world = OnServer::begin();
    let store = world.store();
    let inquiry = a_case(&store, 1).await.inquiry().id;
    let first = Change::NewEvent(event(inquiry, EventType::OrderFailed));
    keep(&store, vec![first.clone()]).await;
    let (other, looking) = (session(world.config()).await, session(world.config()).await);
    // Another process numbers its event first, and commits it later.
    let theirs = "BEGIN; UPDATE event_head SET seq = seq + 1;
                  INSERT INTO events (seq, kind, inquiry, at) SELECT h.seq, e.kind, e.inquiry, e.at FROM event_head h, events e";
    other.batch_execute(theirs).await.expect("their event");
    let ours = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.transact(move |tx| tx.write(&[first])).await })
    };
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while looking.query_one(waiting, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    let page = store.read(|reads| Ok((reads.last_event()?, reads.page_after(0, 10)?.len()))).await;
    assert_eq!(page.expect("a read"), (1, 1), "neither of the two is seen");
    assert!(!ours.is_finished(), "ours waits for theirs");
    other.batch_execute("COMMIT").await.expect("their commit");
    ours.await.expect("our task").expect("our commit");
    let page = store.read(|reads| reads.page_after(0, 10)).await.expect("a read");
    let numbers: Vec<i64> = page.iter().map(|row| row.event.seq).collect();
    assert_eq!(numbers, [1, 2, 3], "both are there, in the order of their commits");
    assert_eq!(*store.signals().events().borrow(), 3);
}
