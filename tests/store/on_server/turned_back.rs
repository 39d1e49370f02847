//! Transactions that the server turns back: nothing of them is kept, and the inputs can be handed in again.

use chakong::domain::{Change, EventType, LaneChange};
use chakong::store::StoreError;
use jiff::civil::date;

use super::lost::session;
use crate::samples::{a_case, event, keep};
use crate::worlds::{OnServer, World as _};

/// Whoever updates first wins, and others are told so (40001), as under REPEATABLE READ: here by a trigger that fails every third row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_serialisation_failure_turned_back_is_done_once_when_it_is_handed_in_again() {
    let world = OnServer::begin();
    let store = world.store();
    let admin = session(world.config()).await;
    admin
        .batch_execute(
            "CREATE SEQUENCE turns;
             CREATE FUNCTION turn_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF nextval('turns') % 3 = 0 THEN
                 RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure';
               END IF;
               RETURN NEW;
             END $$;
             CREATE TRIGGER turn_back BEFORE INSERT OR UPDATE ON quotas FOR EACH ROW EXECUTE FUNCTION turn_back()",
        )
        .await
        .expect("a trigger");
    let mut turned_back = 0;
    for _ in 0..40 {
        loop {
            let change = Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1));
            match store.transact(move |tx| tx.write(&[change])).await {
                Ok(()) => break,
                Err(StoreError::Again) => turned_back += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(turned_back > 5, "{turned_back}");
    let used = store.transact(|tx| tx.quota_used("bank", date(2027, 4, 15))).await;
    assert_eq!(used.expect("a read").requests, 40);
    assert_eq!(store.health().ailment, None);
}

/// Another session locks the log's head, and then wants what our transaction holds: the server ends one of the two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_costs_one_of_the_two_and_ours_is_handed_in_again() {
    let world = OnServer::begin();
    let store = world.store();
    let inquiry = a_case(&store, 1).await.inquiry().id;
    let change = Change::NewEvent(event(inquiry, EventType::OrderFailed));
    keep(&store, vec![change.clone()]).await;
    let (mut other, looking) = (session(world.config()).await, session(world.config()).await);
    let theirs = other.transaction().await.expect("a transaction");
    theirs.batch_execute("UPDATE event_head SET seq = seq").await.expect("the head of the log");
    let ours = {
        let store = store.clone();
        tokio::spawn(async move {
            let mut again = 0;
            loop {
                let change = change.clone();
                match store.transact(move |tx| tx.write(&[change])).await {
                    Ok(()) => return again,
                    Err(StoreError::Again) => again += 1,
                    Err(error) => panic!("{error}"),
                }
            }
        })
    };
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while looking.query_one(waiting, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    // What every transaction of ours writes first.
    let outcome = theirs.batch_execute("UPDATE writers SET fence = fence").await;
    drop(theirs);
    let again = ours.await.expect("ours");
    assert!(again > 0 || outcome.is_err(), "one of the two was ended");
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    // Counted by the server with some delay.
    while looking.query_one(deadlocks, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
        looking.batch_execute("SELECT pg_sleep(0.05)").await.expect("a moment");
    }
    let page = store.read(|reads| Ok((reads.last_event()?, reads.page_after(0, 10)?.len()))).await;
    assert_eq!(page.expect("a read"), (2, 2), "once, and no number is missing");
    assert_eq!(store.health().ailment, None);
}
