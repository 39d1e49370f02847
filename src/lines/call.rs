//! The call line: we call, over HTTP. Sizes and times are bounded whatever the other side does.

use std::time::Duration;

use chakong_contract::connector::{Dialogue, Heard, Read, Step};
use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::message::{HttpAnswer, HttpRequest, Method};
use reqwest::Client;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::config::CallConfig;
use crate::lanes::Admission;

/// Most requests of one conversation.
const MOST_STEPS: usize = 1000;

/// A line to one counterpart.
#[derive(Debug, Clone)]
pub struct CallLine {
    client: Client,
    config: CallConfig,
    base: reqwest::Url,
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
        let unusable = |detail: String| Fault::new(FaultKind::Misconfigured, "open the line", detail);
        let mut builder = Client::builder()
            .connect_timeout(config.connect_timeout)
            .timeout(config.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("chakong/", env!("CARGO_PKG_VERSION")))
            .tcp_nodelay(true);
        builder = match &config.proxy {
            Some(proxy) => {
                let proxy =
                    reqwest::Proxy::all(proxy).map_err(|_| unusable("the proxy is not an address".into()))?;
                builder.proxy(proxy)
            }
            None => builder.no_proxy(),
        };
        let proxy = config.proxy.as_deref().unwrap_or_default();
        let is_plain = config.base_url.starts_with("http://") && !proxy.starts_with("https://");
        if let Some(path) = &config.ca_file {
            let pem =
                std::fs::read(path).map_err(|error| unusable(format!("{}: {error}", path.display())))?;
            let authorities = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|_| unusable(format!("{} holds no PEM certificate", path.display())))?;
            builder = builder.tls_certs_only(authorities);
        } else if is_plain {
            // Nothing is encrypted, and the system's authorities would be read again for every line.
            builder = builder.tls_certs_only([]);
        }
        if let Some(path) = &config.client_certificate_file {
            let pem =
                std::fs::read(path).map_err(|error| unusable(format!("{}: {error}", path.display())))?;
            let identity = reqwest::Identity::from_pem(&pem)
                .map_err(|_| unusable(format!("{} holds no PEM certificate and key", path.display())))?;
            builder = builder.identity(identity);
        }
        let client = builder.build().map_err(|error| unusable(format!("the HTTP client: {error}")))?;
        let base =
            config.base_url.parse().map_err(|_| unusable("the base address is not an address".into()))?;
        Ok(Self { client, config: config.clone(), base })
    }

    /// Holds a conversation to its end, from its first step. The first request was admitted by the lane; further ones are by `admission`.
    pub async fn converse(
        &self,
        dialogue: &mut dyn Dialogue,
        first: Step,
        control: bool,
        admission: &Admission,
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
            let sent = match step {
                0 => self.send(&request, control && !request.repeatable).await,
                _ => match admission.pass().await {
                    Ok(()) => self.send(&request, control && !request.repeatable).await,
                    Err(fault) => Err(fault),
                },
            };
            requests += 1;
            keep(&mut transcript, &request, sent.as_ref().ok());
            match sent {
                Ok(answer) => next = dialogue.next(Heard::Answer(answer)),
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
        self.send(&HttpRequest::get("/"), false).await.map(|answer| answer.status)
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

    async fn send(&self, request: &HttpRequest, control: bool) -> Result<HttpAnswer, Fault> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut builder = self.client.request(method, self.address_of(request)).headers(headers_of(request)?);
        let body = request.body_to_send();
        if !body.is_empty() {
            builder = builder.body(body.into_owned());
        }
        let mut response = builder.send().await.map_err(|error| fault_of(&error, control))?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fault_of(&error, control))? {
            if body.len() + chunk.len() > self.config.largest_answer {
                let detail = format!("it is larger than {} bytes", self.config.largest_answer);
                return Err(Fault::new(FaultKind::Malformed, "read the answer", detail).status(status));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer { status, headers, body })
    }
}

fn headers_of(request: &HttpRequest) -> Result<HeaderMap, Fault> {
    let unusable =
        |_| Fault::new(FaultKind::Misconfigured, "send the request", "a header holds forbidden characters");
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| unusable(()))?;
        headers.append(name, HeaderValue::try_from(value.as_str()).map_err(|_| unusable(()))?);
    }
    for (name, value) in &request.secret_headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| unusable(()))?;
        let mut value = HeaderValue::try_from(value.expose()).map_err(|_| unusable(()))?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

/// What a transport error means. A control that may have arrived has an unknown outcome; one that could not be
/// connected has not left.
fn fault_of(error: &reqwest::Error, control: bool) -> Fault {
    let (what, left) = match error {
        _ if error.is_builder() => {
            return Fault::new(FaultKind::Misconfigured, "send the request", "it is not a valid request");
        }
        _ if error.is_connect() => ("the counterpart cannot be reached", false),
        _ if error.is_timeout() => ("no whole answer within the time limit", true),
        _ if error.is_decode() => ("the answer broke off or is not HTTP", true),
        _ => ("the connection failed", true),
    };
    let kind = if control && left { FaultKind::OutcomeUnknown } else { FaultKind::Transient };
    Fault::new(kind, "call the counterpart", what)
}

fn keep(transcript: &mut Vec<u8>, request: &HttpRequest, answer: Option<&HttpAnswer>) {
    transcript.extend_from_slice(&request.to_bytes());
    if let Some(answer) = answer {
        transcript.extend_from_slice(format!("\n\n{}\n\n", answer.status).as_bytes());
        transcript.extend_from_slice(&answer.body);
    }
    transcript.extend_from_slice(b"\n\n");
}
