//! The other end of a postbox line: the simulated counterpart calls the gateway, again and again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chakong_contract::Moment;
use chakong_contract::message::{HttpRequest, HttpResponse, Method};
use chakong_contract::sandbox::PollStep;

use super::Shared;
use crate::clock::Clock;
use crate::lifecycle::Tasks;

/// Longest time for one call.
const LONGEST: Duration = Duration::from_secs(60);
/// Wait after a call that nobody answered.
const NOBODY: Duration = Duration::from_millis(50);

/// Calls the postbox at `path` until the soft token. The postbox must be on this machine.
pub(super) fn poll(
    address: SocketAddr,
    path: &str,
    shared: Shared,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
) -> Result<impl Future<Output = ()> + Send + 'static, String> {
    let address = match address.ip().is_unspecified() {
        true => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
        false => address,
    };
    if !address.ip().is_loopback() {
        return Err(format!("the postbox at {address} is not on this machine"));
    }
    if shared.lock().unwrap_or_else(PoisonError::into_inner).postbox().is_none() {
        return Err("the simulated counterpart does not poll postboxes".to_owned());
    }
    let client = reqwest::Client::builder().no_proxy().timeout(LONGEST).build();
    let (client, url) = (client.map_err(|error| error.to_string())?, format!("http://{address}{path}"));
    Ok(async move {
        let stop = tasks.soft().clone();
        tokio::select! {
            () = rounds(&client, &url, &shared, &clock) => {}
            () = stop.cancelled() => {}
        }
    })
}

async fn rounds(client: &reqwest::Client, url: &str, shared: &Shared, clock: &Arc<dyn Clock>) {
    let mut answer: Option<HttpResponse> = None;
    loop {
        let next = {
            let mut sandbox = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(caller) = sandbox.postbox() else { return };
            caller.next(answer.as_ref(), Moment::from_timestamp(clock.now()))
        };
        answer = match next {
            PollStep::Rest(rest) => {
                tokio::time::sleep(rest).await;
                None
            }
            PollStep::Call(request) => match call(client, url, request).await {
                Ok(answer) => Some(answer),
                Err(_) => {
                    tokio::time::sleep(NOBODY).await;
                    None
                }
            },
        };
    }
}

async fn call(client: &reqwest::Client, url: &str, request: HttpRequest) -> reqwest::Result<HttpResponse> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut sent = client.request(method, format!("{url}{}", request.path)).query(&request.query);
    for (name, value) in &request.headers {
        sent = sent.header(name, value);
    }
    for (name, secret) in &request.secret_headers {
        sent = sent.header(name, secret.expose());
    }
    let answer = sent.body(request.body).send().await?;
    let status = answer.status().as_u16();
    let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers =
        answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    Ok(HttpResponse { status, headers, body: answer.bytes().await?.to_vec() })
}
