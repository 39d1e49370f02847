//! The call line: we call, over HTTP. Sizes and times are bounded whatever the other side does.

mod certificate;
mod coding;
mod failure;
mod late;
mod reused;
pub(super) mod trust;

use std::sync::OnceLock;
use std::time::Duration;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::message::{HttpRequest, HttpResponse, Method};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Client, ClientBuilder};

use super::fault_log::FaultLog;
use super::leaving::{MayLeave, moved};
use super::unreached::at;
use crate::config::CallConfig;
use failure::fault_of;
use late::{KeptBack, LateBody};
use reused::{Notes, watched};
use trust::Wrong;

/// How long a connection stands idle before it is closed. Servers close theirs after a time of their own.
const IDLE: Duration = Duration::from_secs(30);
/// Most room that is made for an answer before it comes.
const ROOM: u64 = 64 << 10;
const SEND: &str = "send the request";

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

/// Whether a request may arrive twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Twice does no more than once.
    Harmless,
    /// It may arrive once only: where that is unknown, its outcome is.
    Never,
}

/// Why a request has no answer.
#[derive(Debug)]
pub struct Unanswered {
    /// What went wrong.
    pub fault: Fault,
    /// It went over a connection that stood open and that was closed before anything came back.
    pub was_stale: bool,
}

impl From<Fault> for Unanswered {
    fn from(fault: Fault) -> Self {
        Self { fault, was_stale: false }
    }
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

    /// How long a request may take, from its connection to the end of its answer.
    pub const fn longest(&self) -> Duration {
        self.config.timeout
    }

    /// Sends a request, over a connection that stands open where there is one. Whether it may leave is asked again when the
    /// connection is there and its first byte is about to be written.
    ///
    /// # Errors
    /// Why there is no answer, or why it cannot be taken.
    pub async fn send(
        &self,
        request: &HttpRequest,
        repeat: Repeat,
        may_leave: &MayLeave,
    ) -> Result<HttpResponse, Unanswered> {
        let response = self.exchange(&self.client, request, repeat, may_leave).await?;
        Ok(self.not_sent_on(response)?)
    }

    /// Sends a request that may arrive twice over a connection of its own, as [`Self::send`] does.
    ///
    /// # Errors
    /// The fault that it met.
    pub async fn send_anew(
        &self,
        request: &HttpRequest,
        may_leave: &MayLeave,
    ) -> Result<HttpResponse, Fault> {
        let sent = self.exchange(self.fresh()?, request, Repeat::Harmless, may_leave).await;
        self.not_sent_on(sent.map_err(|unanswered| unanswered.fault)?)
    }

    /// Whether the counterpart can be reached at all: any HTTP answer will do, but for one that sends us on to another place. Another path of
    /// the same place says nothing of the paths that orders take.
    ///
    /// # Errors
    /// The fault that a real request would meet.
    pub async fn probe(&self) -> Result<u16, Fault> {
        let (request, always) = (HttpRequest::get("/"), MayLeave::always());
        let probed = self.exchange(self.fresh()?, &request, Repeat::Harmless, &always).await;
        let answer = probed.map_err(|unanswered| unanswered.fault)?;
        match answer.header("location").and_then(|to| self.elsewhere(to)) {
            Some(_) => self.not_sent_on(answer).map(|answer| answer.status),
            None => Ok(answer.status),
        }
    }

    /// The address that a redirect names, where that is another place than the configured one.
    fn elsewhere(&self, to: &str) -> Option<reqwest::Url> {
        self.base.join(to).ok().filter(|other| other.origin() != self.base.origin())
    }

    /// An answer that is not a redirect: nothing is sent to another address than the configured one.
    fn not_sent_on(&self, answer: HttpResponse) -> Result<HttpResponse, Fault> {
        let (301 | 302 | 303 | 307 | 308, Some(to)) = (answer.status, answer.header("location")) else {
            return Ok(answer);
        };
        let other = self.elsewhere(to);
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
        repeat: Repeat,
        may_leave: &MayLeave,
    ) -> Result<HttpResponse, Unanswered> {
        if !may_leave.now() {
            return Err(moved(SEND).into());
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut builder = client.request(method, self.address_of(request)).headers(headers_of(request)?);
        let (body, kept_back) = (request.body_to_send(), KeptBack::default());
        if !may_leave.is_always() {
            let late = LateBody::new(body.into_owned(), may_leave.clone(), kept_back.clone());
            builder = builder.body(Body::wrap(late));
        } else if !body.is_empty() {
            builder = builder.body(body.into_owned());
        }
        let broken = |error: &reqwest::Error| {
            let fault = fault_of(error, &self.place(), repeat == Repeat::Never);
            self.told.fault(&fault);
            fault
        };
        let (sent, is_reused) = watched(builder.send()).await;
        if kept_back.is_set() {
            return Err(moved(SEND).into());
        }
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
        let most = u64::try_from(self.config.largest_answer).unwrap_or(u64::MAX);
        let announced = response.content_length().unwrap_or_default().min(most).min(ROOM);
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
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
    let unusable = |_| Fault::new(FaultKind::Misconfigured, SEND, "a header holds forbidden characters");
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
