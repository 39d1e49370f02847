use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::json;

use super::log::logged;
use super::{Bench, submission};
use crate::counterparts::Counterparts;
use crate::engine::{CurrentRules, Engine};
use crate::queue::EventLog;
use crate::store::{Ailment, ReadJob, Signals, Store, StoreError, WriteJob};

/// A store whose every job ends in the same error.
#[derive(Debug)]
struct Broken {
    error: StoreError,
    signals: Signals,
}

impl Store for Broken {
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Result<(), StoreError>> {
        job.finish(Err(self.error.clone()));
        Box::pin(async { Ok(()) })
    }

    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Result<(), StoreError>> {
        job.finish(Err(self.error.clone()));
        Box::pin(async { Ok(()) })
    }

    fn epoch(&self) -> i64 {
        1
    }

    fn signals(&self) -> &Signals {
        &self.signals
    }

    fn keyed_hash(&self, text: &[u8]) -> Vec<u8> {
        text.to_vec()
    }

    fn free_bytes(&self) -> Option<u64> {
        None
    }
}

fn failed() -> StoreError {
    let source = Arc::new(std::io::Error::other("the disk is on fire"));
    StoreError::Failed { step: "commit", ailment: Ailment::Failing, source }
}

fn broken(error: StoreError) -> Bench {
    Bench::with(|gateway| {
        let store: Arc<dyn Store> = Arc::new(Broken { error, signals: Signals::default() });
        let rules: Arc<dyn CurrentRules> = Arc::<Counterparts>::clone(&gateway.counterparts);
        gateway.engine = Engine::new(Arc::clone(&store), Arc::clone(&gateway.clock), rules);
        gateway.log = EventLog::new(Arc::clone(&store), "test");
        gateway.store = store;
    })
}

#[tokio::test]
async fn a_failing_store_is_told_without_its_insides() {
    let bench = broken(failed());
    for path in
        ["/v1/inquiries", "/v1/results?consumer=x", "/v1/orders/CK20260105000000000001", "/v1/consumers"]
    {
        let reply = bench.get("case", path).await;
        reply.is_problem(503, "store-unusable");
        assert_eq!(reply.header("retry-after"), "10");
        assert!(!reply.text.contains("fire"), "{}", reply.text);
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    bench.submit("k", submission().to_string()).await.is_problem(503, "store-unusable");
    let ready = bench.get("nobody", "/readyz").await.is_problem(503, "not-ready");
    assert!(ready["detail"].as_str().expect("detail").contains("the store's disk failed"), "{ready}");
    assert_eq!(bench.get("nobody", "/healthz").await.status, 200, "the process lives");
}

#[tokio::test]
async fn a_store_that_cannot_be_used_says_what_ails_it_and_when_to_come_again() {
    for ailment in Ailment::ALL {
        let source = Arc::new(std::io::Error::other("at /var/lib/somewhere"));
        let bench = broken(StoreError::Failed { step: "commit", ailment, source });
        let reply = bench.submit("k", submission().to_string()).await;
        let problem = reply.is_problem(503, "store-unusable");
        assert_eq!(reply.header("retry-after"), "10");
        assert!(problem["detail"].as_str().expect("detail").contains(ailment.words()), "{problem}");
        assert!(!reply.text.contains("/var/lib"), "{}", reply.text);
        let ready = bench.get("nobody", "/readyz").await;
        assert_eq!(ready.header("retry-after"), "5");
        let ready = ready.is_problem(503, "not-ready");
        assert!(ready["detail"].as_str().expect("detail").contains(ailment.words()), "{ready}");
        let metrics = bench.get("ops", "/metrics").await;
        assert_eq!(metrics.status, 200, "what can be measured is");
        assert!(metrics.text.contains("chakong_store_ailment"), "{}", metrics.text);
    }
    let unreadable = StoreError::Unreadable { what: "order", detail: "at column 7".into() };
    broken(unreadable).get("case", "/v1/inquiries").await.is_problem(503, "store-unusable");
}

#[tokio::test]
async fn readiness_writes_and_reads_and_costs_one_write_however_many_ask() {
    let bench = Bench::new();
    let probed = async || bench.gateway.store.read(|reads| reads.probed()).await.expect("a read");
    assert_eq!(probed().await, None);
    let asked = (0..50).map(|_| bench.get("nobody", "/readyz"));
    for reply in futures_util::future::join_all(asked).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    assert_eq!(probed().await, Some(bench.gateway.clock.now()));
}

#[tokio::test]
async fn a_full_or_closed_store_says_when_to_come_again() {
    for (error, slug, wait) in
        [(StoreError::Full, "store-full", "60"), (StoreError::Closed, "unavailable", "2")]
    {
        let bench = broken(error);
        let reply = bench.submit("k", submission().to_string()).await;
        reply.is_problem(503, slug);
        assert_eq!(reply.header("retry-after"), wait);
    }
}

#[tokio::test]
async fn a_gateway_that_stops_is_not_ready() {
    let bench = Bench::new();
    bench.gateway.tasks.soft().cancel();
    let ready = bench.get("nobody", "/readyz").await.is_problem(503, "not-ready");
    assert!(ready["detail"].as_str().expect("detail").contains("shutting down"), "{ready}");
}

#[tokio::test]
async fn the_log_names_routes_and_causes_and_nobody() {
    let (fine, broken) = (Bench::new(), broken(failed()));
    let (path, _) = fine.submitted("secret-idempotency-key", &submission()).await;
    fine.get("officer", &path).await;
    fine.get("officer", "/v1/inquiries?case_number=(2026)X110101190001010014").await;
    fine.get("officer", "/v1/110101190001010014").await;
    fine.post("officer", &format!("{path}/cancel"), &json!({ "reason": "测试甲 已还款" })).await;
    broken.get("case", "/v1/consumers").await;
    let text = logged();
    assert!(text.contains("/v1/inquiries/{id}") && text.contains("key=\"officer\""), "{text}");
    assert!(text.contains("failed to commit: the disk is on fire"), "{text}");
    for hidden in ["110101190001010014", "测试甲", "key-of-", "secret-idempotency-key", "6200"] {
        assert!(!text.contains(hidden), "{hidden} is in the log: {text}");
    }
}
