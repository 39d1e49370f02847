//! Requests of forms that order something once.

use axum::http::Method;
use serde_json::Value;

use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::visitor::Visitor;

/// Sends a request; that of a form which does something once, once, however often the form is sent.
pub(super) async fn send(
    console: &Console,
    visitor: &Visitor,
    (method, path, body): (Method, &str, &Value),
    once: &str,
) -> Result<Value, Failure> {
    let request = async || console.send(visitor, (method.clone(), path), body, None).await;
    if once.is_empty() {
        return request().await;
    }
    let sent = console.kept().sent(visitor.session, format!("{once} {path} {body}"), console.now());
    sent.get_or_try_init(async || request().await.map(|_| String::new())).await?;
    Ok(Value::Null)
}
