//! Calls to the provider, each bounded in time and size. Nothing that it answers is logged.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::claims::Claims;
use super::metadata::Metadata;
use super::refused::Refused;
use crate::lines::tls::client_config;

/// Largest answer in bytes.
const LARGEST: usize = 1 << 20;

/// Makes calls.
#[derive(Debug)]
pub(super) struct Calls {
    ca_file: Option<PathBuf>,
    timeout: Duration,
    client: OnceCell<Client>,
}

/// The tokens that a code was exchanged for.
pub(super) struct Tokens {
    pub(super) id_token: String,
    pub(super) access_token: String,
}

impl Calls {
    pub(super) fn new(ca_file: Option<PathBuf>, timeout: Duration) -> Self {
        Self { ca_file, timeout, client: OnceCell::new() }
    }

    /// The client, made when it is first needed: what is wrong with the machine's authorities stops no start.
    async fn client(&self) -> Result<&Client, Refused> {
        let make = async || {
            let tls = client_config(self.ca_file.as_deref(), None).map_err(|what| {
                tracing::error!(what, "the identity provider cannot be called");
                Refused::Down
            })?;
            let client = Client::builder()
                .no_proxy()
                .connect_timeout(self.timeout)
                .timeout(self.timeout)
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .user_agent(concat!("chakong/", env!("CARGO_PKG_VERSION")))
                .tls_backend_preconfigured(tls);
            client.build().map_err(|error| {
                tracing::error!(%error, "the identity provider cannot be called");
                Refused::Down
            })
        };
        self.client.get_or_try_init(make).await
    }

    /// What stands at an address, as JSON.
    pub(super) async fn get(&self, address: Url, what: &'static str) -> Result<Value, Refused> {
        let request = self.client().await?.get(address).header(ACCEPT, "application/json");
        match self.answer(request, what).await? {
            (status, Some(value)) if status.is_success() => Ok(value),
            (status, _) if status.is_server_error() => Err(Refused::Down),
            _ => Err(Refused::Answer(what)),
        }
    }

    /// Exchanges a code for tokens, as a client that shows its secret.
    pub(super) async fn exchange(
        &self,
        metadata: &Metadata,
        (id, secret): (&str, &str),
        form: &[(&str, &str)],
    ) -> Result<Tokens, Refused> {
        let request = self.client().await?.post(metadata.token_endpoint.clone());
        let mut form = form.to_vec();
        let request = match metadata.takes_secret_in_form {
            true => {
                form.extend([("client_id", id), ("client_secret", secret)]);
                request
            }
            false => request.header(AUTHORIZATION, basic(id, secret)),
        };
        let body = serde_urlencoded::to_string(&form).map_err(|_| Refused::Code)?;
        let request = request
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let (status, value) = self.answer(request, "token").await?;
        if status.is_server_error() {
            return Err(Refused::Down);
        }
        let value = value.ok_or(Refused::Answer("token"))?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        match (status.is_success(), text("id_token")) {
            (true, Some(id_token)) => {
                Ok(Tokens { id_token, access_token: text("access_token").unwrap_or_default() })
            }
            (true, None) => Err(Refused::Answer("id_token")),
            (false, _) => match text("error").as_deref() {
                Some("invalid_client" | "unauthorized_client") => Err(Refused::Answer("client_secret")),
                _ => Err(Refused::Code),
            },
        }
    }

    /// What the provider says about a user beside the ID token; `None` where it has no place for that.
    pub(super) async fn user_info(
        &self,
        metadata: &Metadata,
        access_token: &str,
    ) -> Result<Option<Claims>, Refused> {
        let (Some(address), false) = (&metadata.userinfo_endpoint, access_token.is_empty()) else {
            return Ok(None);
        };
        let request = self.client().await?.get(address.clone()).bearer_auth(access_token);
        let (status, value) = self.answer(request.header(ACCEPT, "application/json"), "userinfo").await?;
        match value {
            Some(Value::Object(claims)) if status.is_success() => Ok(Some(claims)),
            _ => Err(Refused::Answer("userinfo")),
        }
    }

    async fn answer(
        &self,
        request: RequestBuilder,
        what: &'static str,
    ) -> Result<(StatusCode, Option<Value>), Refused> {
        let down = |error: reqwest::Error| {
            tracing::warn!(what, error = %error.without_url(), "the identity provider does not answer");
            Refused::Down
        };
        let mut response = request.send().await.map_err(down)?;
        let (status, mut body) = (response.status(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(down)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Refused::Answer(what));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, serde_json::from_slice(&body).ok()))
    }
}

/// Name and secret as the standard has them (RFC 6749 section 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", escaped(id), escaped(secret))))
}
