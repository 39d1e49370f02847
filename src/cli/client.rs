//! The gateway's API as the commands use it.

use std::process::ExitCode;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use super::{Exit, ServerArgument};

/// Longest time for one call; long polls wait 30 s at the server.
const TIMEOUT: Duration = Duration::from_secs(90);

/// A connection to a gateway.
#[derive(Debug, Clone)]
pub(super) struct Gateway {
    client: Client,
    url: String,
    key: String,
}

/// A call that failed, with the exit code that says how.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) exit: Exit,
    pub(super) message: String,
}

impl Failed {
    pub(super) fn report(&self) -> ExitCode {
        self.exit.with(&self.message)
    }
}

impl Gateway {
    pub(super) fn new(server: &ServerArgument) -> Result<Self, Failed> {
        let client = Client::builder().timeout(TIMEOUT).no_proxy().build();
        let client = client.map_err(|error| Failed { exit: Exit::Internal, message: error.to_string() })?;
        Ok(Self { client, url: server.url.trim_end_matches('/').to_owned(), key: server.key.clone() })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Failed> {
        self.send(self.client.get(format!("{}{path}", self.url))).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failed> {
        self.send(self.client.post(format!("{}{path}", self.url)).json(body)).await
    }

    /// Submits an inquiry; gives its view.
    pub(super) async fn submit(&self, key: &str, body: Vec<u8>) -> Result<Value, Failed> {
        let request = self.client.post(format!("{}/v1/inquiries", self.url));
        let request = request.header("idempotency-key", key).header("content-type", "application/json");
        self.send(request.body(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Failed> {
        let unreachable = |error: reqwest::Error| {
            let message = format!("the gateway at {} cannot be reached: {}", self.url, error.without_url());
            Failed { exit: Exit::Unreachable, message }
        };
        let response = request.bearer_auth(&self.key).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        let exit = match status.as_u16() {
            401 | 403 => Exit::NoPermission,
            400..=499 => Exit::Input,
            _ => Exit::Unreachable,
        };
        Err(Failed { exit, message: describe(status.as_u16(), &value) })
    }
}

/// A problem (RFC 9457) in lines for a terminal.
fn describe(status: u16, problem: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!("{status} {}", text(&problem["title"]))];
    let detail = text(&problem["detail"]);
    if !detail.is_empty() {
        lines.push(format!("  {detail}"));
    }
    for finding in problem["findings"].as_array().into_iter().flatten() {
        lines.push(format!("  {}: {}", text(&finding["pointer"]), text(&finding["detail"])));
    }
    lines.join("\n")
}
