//! The call line: we call, over HTTP. Sizes and times are bounded whatever the other side does.

mod certificate;
mod coding;
mod failure;
mod reused;
mod trust;

use std::sync::OnceLock;
use std::time::Duration;

use chakong_contract::connector::{Dialogue, Input, Read, Step};
use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::message::{HttpRequest, HttpResponse, Method};
use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder};

use super::fault_log::FaultLog;
use super::unreached::at;
use crate::config::CallConfig;
use failure::fault_of;
use reused::{Notes, watched};
use trust::Wrong;

/// Most requests of one conversation.
const MOST_STEPS: usize = 1000;

/// How long a connection stands idle before it is closed. Servers close theirs after a time of their own.
const IDLE: Duration = Duration::from_secs(30);

/// What every further request of a conversation must pass: the limits of the lane.
pub trait Admits: Send + Sync {
    /// Waits until one more request may be sent; a control does not wait for the time that a counterpart asked for.
    fn pass(&self, control: bool) -> BoxFuture<'_, Result<(), Fault>>;
}

/// A line to one counterpart.
#[derive(Debug)]
pub struct CallLine {
    client: Client,
    /// A client that makes a connection for each request; built when it is needed.
    fresh: OnceLock<Client>,
    config: CallConfig,
    base: reqwest::Url,
    told: FaultLog,
}

/// Why a request has no answer.
#[derive(Debug)]
struct Unanswered {
    fault: Fault,
    /// It went over a connection that stood open and that was closed before anything came back.
    was_stale: bool,
}

impl From<Fault> for Unanswered {
    fn from(fault: Fault) -> Self {
        Self { fault, was_stale: false }
    }
}

/// How a conversation ended.
#[derive(Debug)]
pub enum Ended {
    /// Replies.
    Done(Vec<Read>),
    /// The counterpart will know later.
    Later {
        /// Its name for the batch.
        ticket: String,
        /// When to ask.
        after: Duration,
    },
    /// No reply.
    Failed(Fault),
}

/// A conversation: how it ended and what was said, request and answer in turn.
#[derive(Debug)]
pub struct Conversation {
    /// How it ended.
    pub ended: Ended,
    /// The bytes, secrets left out.
    pub transcript: Vec<u8>,
    /// Requests that were sent.
    pub requests: u64,
}

impl CallLine {
    /// Opens a line.
    ///
    /// # Errors
    /// A fault when a certificate or proxy of the configuration cannot be used.
    pub fn open(config: &CallConfig) -> Result<Self, Fault> {
        let client = built(client_of(config)?.pool_idle_timeout(IDLE))?;
        let base =
            config.base_url.parse().map_err(|_| unusable("the base address is not an address".into()))?;
        let (fresh, told) = (OnceLock::new(), FaultLog::default());
        Ok(Self { client, fresh, config: config.clone(), base, told })
    }

    /// Holds a conversation to its end, from its first step. The first request was admitted by the lane; further ones are by `admission`.
    pub async fn converse(
        &self,
        dialogue: &mut dyn Dialogue,
        first: Step,
        control: bool,
        admission: &dyn Admits,
    ) -> Conversation {
        let (mut transcript, mut requests) = (Vec::new(), 0);
        let mut next = first;
        for step in 0..MOST_STEPS {
            let request = match next {
                Step::Send(request) => request,
                Step::Done(reads) => return Conversation { ended: Ended::Done(reads), transcript, requests },
                Step::Later { ticket, after } => {
                    return Conversation { ended: Ended::Later { ticket, after }, transcript, requests };
                }
                Step::Failed(fault) => {
                    return Conversation { ended: Ended::Failed(fault), transcript, requests };
                }
            };
            let admitted = if step == 0 { Ok(()) } else { admission.pass(control).await };
            let sent = match admitted {
                Ok(()) => self.send(&request, control, admission, &mut requests).await,
                Err(fault) => Err(fault),
            };
            keep(&mut transcript, &request, sent.as_ref().ok());
            match sent {
                Ok(answer) => next = dialogue.next(Input::Response(answer)),
                Err(fault) => return Conversation { ended: Ended::Failed(fault), transcript, requests },
            }
        }
        let fault = Fault::new(FaultKind::Malformed, "hold the conversation", "it does not come to an end");
        Conversation { ended: Ended::Failed(fault), transcript, requests }
    }

    /// Whether the counterpart can be reached at all: any HTTP answer will do.
    ///
    /// # Errors
    /// The fault that a real request would meet.
    pub async fn probe(&self) -> Result<u16, Fault> {
        let probed = self.exchange(self.fresh()?, &HttpRequest::get("/"), false).await;
        probed.map(|answer| answer.status).map_err(|unanswered| unanswered.fault)
    }

    /// Sends a request that was admitted, and counts it. Where a connection that stood open was closed meanwhile and nothing
    /// is lost by it, the request goes out once more over a fresh one, as a request more that must be admitted.
    async fn send(
        &self,
        request: &HttpRequest,
        control: bool,
        admission: &dyn Admits,
        requests: &mut u64,
    ) -> Result<HttpResponse, Fault> {
        let is_once_only = control && !request.repeatable;
        *requests += 1;
        let sent = match self.exchange(&self.client, request, is_once_only).await {
            Err(unanswered) if unanswered.was_stale && !is_once_only => {
                admission.pass(control).await?;
                *requests += 1;
                self.exchange(self.fresh()?, request, is_once_only).await
            }
            sent => sent,
        };
        self.not_sent_on(sent.map_err(|unanswered| unanswered.fault)?)
    }

    /// An answer that is not a redirect: nothing is sent to another address than the configured one.
    fn not_sent_on(&self, answer: HttpResponse) -> Result<HttpResponse, Fault> {
        let (301 | 302 | 303 | 307 | 308, Some(to)) = (answer.status, answer.header("location")) else {
            return Ok(answer);
        };
        let other = self.base.join(to).ok().filter(|other| other.origin() != self.base.origin());
        let to = match other.as_ref().and_then(|other| Some((other.scheme(), other.host_str()?))) {
            Some((scheme, host)) => {
                let port = other.as_ref().and_then(reqwest::Url::port).map(|port| format!(":{port}"));
                let shown: String = host.chars().take(200).collect();
                format!("{scheme}://{shown}{}", port.unwrap_or_default())
            }
            None => "another path".to_owned(),
        };
        let detail = format!(
            "it sends us on to {to}, which is not followed; if that is right, write it as `base_url`"
        );
        let fault =
            Fault::new(FaultKind::Misconfigured, "call the counterpart", detail).status(answer.status);
        self.told.fault(&fault);
        Err(fault)
    }

    fn fresh(&self) -> Result<&Client, Fault> {
        if let Some(fresh) = self.fresh.get() {
            return Ok(fresh);
        }
        let fresh = built(client_of(&self.config)?.pool_max_idle_per_host(0))?;
        Ok(self.fresh.get_or_init(|| fresh))
    }

    /// Where connections lead, for people.
    fn place(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        let there = at(host, self.base.port_or_known_default().unwrap_or_default());
        match self.config.proxy.as_ref().and_then(|proxy| proxy.parse::<reqwest::Url>().ok()) {
            Some(proxy) => {
                let by = at(
                    proxy.host_str().unwrap_or_default(),
                    proxy.port_or_known_default().unwrap_or_default(),
                );
                format!("{there} by the proxy {by}")
            }
            None => there,
        }
    }

    /// The base address with the request's path and query; the address is parsed once, not for every request.
    fn address_of(&self, request: &HttpRequest) -> reqwest::Url {
        let mut address = self.base.clone();
        let below = self.base.path().trim_end_matches('/');
        address.set_path(&[below, &request.path].concat());
        if !request.query.is_empty() {
            address.query_pairs_mut().extend_pairs(&request.query);
        }
        address
    }

    /// One request and its answer.
    async fn exchange(
        &self,
        client: &Client,
        request: &HttpRequest,
        is_once_only: bool,
    ) -> Result<HttpResponse, Unanswered> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut builder = client.request(method, self.address_of(request)).headers(headers_of(request)?);
        let body = request.body_to_send();
        if !body.is_empty() {
            builder = builder.body(body.into_owned());
        }
        let broken = |error: &reqwest::Error| {
            let fault = fault_of(error, &self.place(), is_once_only);
            self.told.fault(&fault);
            fault
        };
        let (sent, is_reused) = watched(builder.send()).await;
        let mut response = sent.map_err(|error| {
            let closed = !(error.is_connect() || error.is_timeout() || error.is_builder());
            Unanswered { fault: broken(&error), was_stale: is_reused && closed }
        })?;
        self.told.works();
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + chunk.len() > self.config.largest_answer {
                let detail = format!("it is larger than {} bytes", self.config.largest_answer);
                return Err(Fault::new(FaultKind::Malformed, "read the answer", detail)
                    .status(status)
                    .into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(coding::decoded(HttpResponse { status, headers, body }, self.config.largest_answer)?)
    }
}

fn unusable(detail: String) -> Fault {
    Fault::new(FaultKind::Misconfigured, "open the line", detail)
}

fn built(builder: ClientBuilder) -> Result<Client, Fault> {
    builder.build().map_err(|error| unusable(format!("the HTTP client: {error}")))
}

fn client_of(config: &CallConfig) -> Result<ClientBuilder, Fault> {
    let mut builder = Client::builder()
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("chakong/", env!("CARGO_PKG_VERSION")))
        .connector_layer(Notes)
        .tcp_nodelay(true);
    builder = match &config.proxy {
        Some(proxy) => {
            let proxy =
                reqwest::Proxy::all(proxy).map_err(|_| unusable("the proxy is not an address".into()))?;
            builder.proxy(proxy)
        }
        None => builder.no_proxy(),
    };
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|error| unusable(format!("{}: {error}", path.display())))
    };
    let identity = config.client_certificate_file.as_ref();
    if let Some(path) = &config.ca_file {
        let own = identity.map(read).transpose()?;
        let tls = trust::only(&read(path)?, own.as_deref()).map_err(|wrong| match wrong {
            Wrong::Authorities(what) => unusable(format!("{} {what}", path.display())),
            Wrong::Identity(what) => unusable(format!(
                "{} {what}",
                identity.map(|path| path.display().to_string()).unwrap_or_default()
            )),
        })?;
        return Ok(builder.tls_backend_preconfigured(tls));
    }
    let proxy = config.proxy.as_deref().unwrap_or_default();
    if config.base_url.starts_with("http://") && !proxy.starts_with("https://") {
        // Nothing is encrypted, and the system's authorities would be read again for every line.
        builder = builder.tls_certs_only([]);
    }
    if let Some(path) = identity {
        let identity = reqwest::Identity::from_pem(&read(path)?)
            .map_err(|_| unusable(format!("{} holds no PEM certificate and key", path.display())))?;
        builder = builder.identity(identity);
    }
    Ok(builder)
}

fn headers_of(request: &HttpRequest) -> Result<HeaderMap, Fault> {
    let unusable =
        |_| Fault::new(FaultKind::Misconfigured, "send the request", "a header holds forbidden characters");
    let mut headers = HeaderMap::new();
    // Without it any coding would be right.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    for (name, value) in &request.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| unusable(()))?;
        let value = HeaderValue::try_from(value.as_str()).map_err(|_| unusable(()))?;
        match name == ACCEPT_ENCODING {
            true => drop(headers.insert(name, value)),
            false => drop(headers.append(name, value)),
        }
    }
    for (name, value) in &request.secret_headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| unusable(()))?;
        let mut value = HeaderValue::try_from(value.expose()).map_err(|_| unusable(()))?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

fn keep(transcript: &mut Vec<u8>, request: &HttpRequest, answer: Option<&HttpResponse>) {
    transcript.extend_from_slice(&request.to_bytes());
    if let Some(answer) = answer {
        transcript.extend_from_slice(format!("\n\n{}\n\n", answer.status).as_bytes());
        transcript.extend_from_slice(&answer.body);
    }
    transcript.extend_from_slice(b"\n\n");
}
