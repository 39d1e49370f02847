//! Work that one process of several does at a time: it goes on while this process holds its lease.

use std::sync::Arc;
use std::time::Duration;

use crate::lifecycle::Tasks;
use crate::store::{Lease, Leases};

/// Longest time without looking, should a change ever be missed.
const LOOK: Duration = Duration::from_secs(5);

/// Does some work whenever this process holds a lease, until the soft token. The work is told to end when the lease is to go, and the
/// lease goes when it has ended.
pub async fn while_held<W>(leases: Arc<Leases>, name: String, tasks: Tasks, work: impl Fn(Lease, Tasks) -> W)
where
    W: Future<Output = ()>,
{
    leases.want(&name);
    let mut changes = leases.changes();
    while !tasks.soft().is_cancelled() {
        changes.mark_unchanged();
        if let Some(lease) = leases.held(&name) {
            let under = tasks.under();
            let watching = async {
                while leases.held(&name).as_ref() == Some(&lease) {
                    wait(&mut changes).await;
                }
                under.soft().cancel();
                // Whoever does the work ends it; until then the lease stays.
                std::future::pending::<()>().await
            };
            tokio::select! {
                () = work(lease.clone(), under.clone()) => {}
                () = watching => {}
            }
            leases.ended(&lease);
            continue;
        }
        tokio::select! {
            () = wait(&mut changes) => {}
            () = tasks.soft().cancelled() => {}
        }
    }
}

async fn wait(changes: &mut tokio::sync::watch::Receiver<u64>) {
    // Where nobody tells any more, time passes.
    if let Ok(Err(_)) = tokio::time::timeout(LOOK, changes.changed()).await {
        tokio::time::sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn work_that_is_held_for_ever_is_done_until_the_end() {
        let (leases, tasks, begun) = (Leases::embedded(), Tasks::default(), Arc::new(AtomicU32::new(0)));
        let work = {
            let begun = Arc::clone(&begun);
            move |_, tasks: Tasks| {
                begun.fetch_add(1, Ordering::Relaxed);
                async move { tasks.soft().cancelled().await }
            }
        };
        let held = while_held(leases, "clock".to_owned(), tasks.clone(), work);
        let ending = async {
            while begun.load(Ordering::Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            tasks.soft().cancel();
        };
        tokio::join!(held, ending);
        assert_eq!(begun.load(Ordering::Relaxed), 1);
    }
}
