//! Persons are read, decided on and written back whole: what one process has written meanwhile is not written over by another.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use chakong::domain::Change;
use chakong::domain::people::{PeopleChange, Person};
use chakong::store::{Store, StoreError, Tx};
use futures_util::future::join_all;

use super::lost::session;
use super::shared::beside;
use crate::contract::people::person;
use crate::samples::{at, keep};
use crate::worlds::{OnServer, World as _};

fn saved(person: Person) -> Change {
    Change::People(PeopleChange::SavePerson(Box::new(person)))
}

fn known(tx: &mut dyn Tx) -> Person {
    tx.person(person(1).id).expect("a read").expect("the person")
}

/// A wrong password is counted here while the administrator disables the person there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_disabled_at_one_replica_stays_so_whatever_another_counts_meanwhile() {
    let world = OnServer::begin();
    let (store, (other, _threads)) = (world.store(), beside(world.config(), "other"));
    keep(&store, vec![Change::People(PeopleChange::NewPerson(Box::new(person(1))))]).await;
    let ((has_read, read), (go_on, may_go_on)) = (channel(), channel::<()>());
    let counting = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            store
                .transact(move |tx| {
                    let person = known(tx);
                    has_read.send(()).expect("somebody waits");
                    may_go_on.recv().expect("a word");
                    tx.write(&[saved(Person { failures: person.failures + 1, ..person })])
                })
                .await
        })
    };
    tokio::task::spawn_blocking(move || read.recv()).await.expect("it ends").expect("it is read");
    let disabling = {
        let other = Arc::clone(&other);
        tokio::spawn(async move {
            other
                .transact(|tx| {
                    let person = known(tx);
                    tx.write(&[saved(Person { disabled: Some(at(20)), ..person })])
                })
                .await
        })
    };
    // It waits for the first, or has committed beside it.
    let admin = session(world.config()).await;
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while !disabling.is_finished()
        && admin.query_one(waiting, &[]).await.expect("a count").get::<_, i64>(0) == 0
    {
        tokio::task::yield_now().await;
    }
    go_on.send(()).expect("it waits");
    counting.await.expect("a task").expect("it is counted");
    disabling.await.expect("a task").expect("the person is disabled");
    let after = store.read(|reads| reads.person(person(1).id)).await.expect("a read").expect("the person");
    assert_eq!((after.disabled, after.failures), (Some(at(20)), person(1).failures + 1));
}

/// Has the writer wait, so that what is handed in meanwhile is one group; until the word is given.
async fn held_up(store: &Arc<dyn Store>) -> Sender<()> {
    let ((begins, begun), (go_on, may_go_on)) = (channel(), channel::<()>());
    let store = Arc::clone(store);
    let waiting = move |_: &mut dyn Tx| {
        begins.send(()).expect("somebody waits");
        may_go_on.recv().expect("a word");
        Ok(())
    };
    tokio::spawn(async move { store.transact(waiting).await });
    tokio::task::spawn_blocking(move || begun.recv()).await.expect("it ends").expect("it begins");
    go_on
}

/// Jobs behind savepoints: the lock that one took goes with what is taken back of it, and the next one takes it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_locked_by_a_job_that_is_taken_back_is_locked_anew_by_the_next() {
    let world = OnServer::begin();
    let store = world.store();
    keep(&store, vec![Change::People(PeopleChange::NewPerson(Box::new(person(1))))]).await;
    let fails = || {
        store.transact(|tx| {
            known(tx);
            tx.write(&[saved(person(9))])
        })
    };
    // A group that is refused: the next ones are written one by one.
    let go_on = held_up(&store).await;
    let (refused, sent) = tokio::join!(join_all((0..8).map(|_| fails())), async { go_on.send(()) });
    sent.expect("it waits");
    assert!(refused.iter().all(Result::is_err), "{refused:?}");
    let ((has_read, read), (go_on, may_go_on)) = (channel(), channel::<()>());
    let holds = store.transact(move |tx| {
        known(tx);
        has_read.send(()).expect("somebody waits");
        may_go_on.recv().expect("a word");
        Ok(())
    });
    let begin = held_up(&store).await;
    let looks = async {
        begin.send(()).expect("it waits");
        tokio::task::spawn_blocking(move || read.recv()).await.expect("it ends").expect("it is read");
        // `chakongp`, the key of the lock, by its lower half.
        let locks = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                     WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 1869506416";
        let held =
            session(world.config()).await.query_one(locks, &[]).await.expect("a count").get::<_, i64>(0);
        go_on.send(()).expect("it waits");
        held
    };
    let (refused, held, looked) = tokio::join!(fails(), holds, looks);
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "alone: {refused:?}");
    held.expect("it is read");
    assert_eq!(looked, 1, "nobody else has it before this one has ended");
}
