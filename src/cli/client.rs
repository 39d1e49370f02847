//! The gateway's API as the commands use it.

use std::process::ExitCode;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use super::{Exit, ServerArgument};

/// Statuses that ask to come again later.
const LATER: [u16; 2] = [408, 429];
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

    /// What answers at the address is no gateway.
    pub(super) fn is_no_gateway(&self) -> Failed {
        let message = format!("what answers at {} is no gateway, or another version of it", self.url);
        Failed { exit: Exit::Unreachable, message }
    }

    /// Submits an inquiry; gives its view.
    pub(super) async fn submit(&self, key: &str, body: Vec<u8>) -> Result<Value, Failed> {
        let request = self.client.post(format!("{}/v1/inquiries", self.url));
        let request = request.header("idempotency-key", key).header("content-type", "application/json");
        self.send(request.body(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Failed> {
        let unreachable = |error: reqwest::Error| {
            if error.is_builder() {
                let message = format!(
                    "{} is no address, or the key cannot be sent: {}; as in http://127.0.0.1:8080",
                    self.url,
                    error.without_url()
                );
                return Failed { exit: Exit::Input, message };
            }
            let message = format!("the gateway at {} cannot be reached: {}", self.url, error.without_url());
            Failed { exit: Exit::Unreachable, message }
        };
        let response = request.bearer_auth(&self.key).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        let read = serde_json::from_slice(&body);
        if status.is_success() {
            // An answer without content says that it was done.
            return match read {
                Ok(value) => Ok(value),
                Err(_) if body.is_empty() => Ok(Value::Null),
                Err(_) => Err(self.is_no_gateway()),
            };
        }
        let value: Value = read.unwrap_or_default();
        let exit = match status.as_u16() {
            401 | 403 => Exit::NoPermission,
            later if LATER.contains(&later) => Exit::Unreachable,
            400..=499 => Exit::Input,
            _ => Exit::Unreachable,
        };
        Err(Failed { exit, message: describe(status.as_u16(), &value) })
    }
}

/// A text as a part of a path or a value of a query: it cannot lead elsewhere.
pub(super) fn part(text: &str) -> String {
    match text {
        // Steps of a path, also where they are encoded once: nothing is called so.
        "." | ".." => text.replace('.', "%252E"),
        _ => form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_address_leads_nowhere_else() {
        for (text, want) in [
            ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8057"),
            ("../acts?x=1#y", "..%2Facts%3Fx%3D1%23y"),
            ("a b&c", "a%20b%26c"),
            ("..", "%252E%252E"),
            ("案", "%E6%A1%88"),
        ] {
            assert_eq!(part(text), want);
        }
    }
}
