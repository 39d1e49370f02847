//! 原始反馈: what a counterpart answered, as it came: as text, and byte for byte.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::address::segment;
use super::backend::Console;
use super::failure::Failure;
use super::measures::download;
use super::page::{Frame, html};
use super::reading::{bytes, list, number, text, time};
use super::visitor::Visitor;

/// A message.
struct Message {
    revision: u64,
    name: String,
    at: String,
    sha256: String,
    size: String,
    /// Where it is fetched whole; empty where it may not be.
    href: String,
    text: String,
    is_whole: bool,
    is_cut: bool,
}

#[derive(Template)]
#[template(path = "raw.html", config = "src/console/askama.toml")]
struct RawPage {
    page: Frame,
    order: String,
    order_href: String,
    messages: Vec<Message>,
}

/// `GET /console/orders/{number}/raw`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
) -> Result<Response, Failure> {
    let path = format!("/v1/orders/{}/raw", segment(&given));
    let found = console.get(&visitor, &path).await?;
    let order_href = format!("/console/orders/{}", segment(&given));
    let of = |message: &Value| {
        let (revision, is_whole) = (number(message, "/revision"), message["is_whole"] == true);
        Message {
            href: if is_whole { format!("{order_href}/raw/{revision}") } else { String::new() },
            name: text(message, "/name"),
            at: time(message, "/received_at"),
            sha256: text(message, "/sha256"),
            size: bytes(number(message, "/size")),
            text: text(message, "/text"),
            is_cut: message["is_cut"] == true,
            revision,
            is_whole,
        }
    };
    let shown = RawPage {
        page: Frame::of(&visitor, format!("{} {given}", visitor.lang.t("原始反馈", "Raw messages")), "cases"),
        messages: list(&found, "/messages").iter().map(of).collect(),
        order: given,
        order_href,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// `GET /console/orders/{number}/raw/{revision}`: a message, byte for byte.
pub async fn file(
    State(console): State<Console>,
    visitor: Visitor,
    Path((given, revision)): Path<(String, u32)>,
) -> Result<Response, Failure> {
    let raw = console.fetch(&visitor, &format!("/v1/orders/{}/raw/{revision}", segment(&given))).await?;
    Ok(download(raw.bytes, &format!("raw-{given}-{revision}.bin")))
}
