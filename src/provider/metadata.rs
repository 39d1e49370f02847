//! What the provider says about itself (OpenID Connect Discovery 1.0).

use reqwest::Url;
use serde_json::Value;

use super::refused::Refused;
use crate::config::is_loopback;

/// What the provider says about itself.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    pub(super) end_session_endpoint: Option<Url>,
    /// The client shows its secret in the form, for the provider takes it in no header.
    pub(super) takes_secret_in_form: bool,
    /// The provider says who it is when it sends a browser back (RFC 9207).
    pub(super) names_itself: bool,
}

impl Metadata {
    pub(super) fn read(value: &Value, issuer: &str) -> Result<Self, Refused> {
        if value.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return Err(Refused::Answer("issuer"));
        }
        let is_plain = issuer.starts_with("http://");
        let optional = |name: &str| {
            let url = Url::parse(value.get(name)?.as_str()?).ok()?;
            let is_safe =
                url.scheme() == "https" || (is_plain && url.scheme() == "http" && is_loopback(&url));
            is_safe.then_some(url)
        };
        let needed = |name: &'static str| optional(name).ok_or(Refused::Answer(name));
        let methods = value.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
        let takes = |method: &str| {
            methods.is_some_and(|methods| methods.iter().any(|one| one.as_str() == Some(method)))
        };
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            userinfo_endpoint: optional("userinfo_endpoint"),
            end_session_endpoint: optional("end_session_endpoint"),
            takes_secret_in_form: takes("client_secret_post") && !takes("client_secret_basic"),
            names_itself: value.get("authorization_response_iss_parameter_supported")
                == Some(&Value::Bool(true)),
        })
    }
}
