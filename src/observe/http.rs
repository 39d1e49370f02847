use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::Method;
use metrics::{counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

/// Bounds of the duration histogram, in seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Samples are folded into the histogram after so many requests, should nobody scrape.
const UPKEEP_EVERY: u64 = 1024;

/// Counters of the HTTP API. One value per router: nothing global, so several gateways may live in one process.
#[derive(Clone)]
pub struct HttpMetrics(Arc<Inner>);

struct Inner {
    recorder: PrometheusRecorder,
    requests: AtomicU64,
}

impl std::fmt::Debug for HttpMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpMetrics").finish_non_exhaustive()
    }
}

impl Default for HttpMetrics {
    fn default() -> Self {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&BOUNDS).unwrap_or_else(|_| PrometheusBuilder::new());
        Self(Arc::new(Inner { recorder: builder.build_recorder(), requests: AtomicU64::new(0) }))
    }
}

impl HttpMetrics {
    /// Counts a request. `route` is the pattern, never the path itself.
    pub fn request(&self, route: &str, method: &Method, status: u16, elapsed: Duration) {
        let method = known(method);
        with_local_recorder(&self.0.recorder, || {
            let labels =
                [("route", route.to_owned()), ("method", method.to_owned()), ("status", status.to_string())];
            counter!("chakong_http_requests_total", &labels).increment(1);
            let seconds = histogram!("chakong_http_request_duration_seconds", "route" => route.to_owned(), "method" => method);
            seconds.record(elapsed);
        });
        if self.0.requests.fetch_add(1, Ordering::Relaxed) % UPKEEP_EVERY == UPKEEP_EVERY - 1 {
            self.0.recorder.handle().run_upkeep();
        }
    }

    /// As Prometheus text.
    pub fn render(&self) -> String {
        self.0.recorder.handle().render()
    }
}

/// Methods that a label may have; callers can send anything.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_counts_and_methods_are_bounded() {
        let metrics = HttpMetrics::default();
        let made_up = Method::from_bytes(b"MADEUP").expect("method");
        for _ in 0..3 * UPKEEP_EVERY {
            metrics.request("/x", &made_up, 405, Duration::from_millis(2));
        }
        let text = metrics.render();
        let total = 3 * UPKEEP_EVERY;
        let labels = "route=\"/x\",method=\"other\"";
        assert!(
            text.contains(&format!("chakong_http_requests_total{{{labels},status=\"405\"}} {total}")),
            "{text}"
        );
        assert!(
            text.contains(&format!("chakong_http_request_duration_seconds_count{{{labels}}} {total}")),
            "{text}"
        );
        assert!(text.contains(&format!("_bucket{{{labels},le=\"0.001\"}} 0")), "{text}");
    }
}
