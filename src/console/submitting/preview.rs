//! The preview: whom an inquiry would ask, with which papers, and what it costs.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use chakong_contract::order::DocumentKind;
use serde_json::Value;

use super::super::names;
use super::super::page::{Frame, html};
use super::super::papers::field_of;
use super::super::reading::{bytes, list, money, text};
use super::super::visitor::Visitor;
use super::super::words::{self, word};
use super::load::{Load, load};
use super::{Asked, digest_of, sections};

#[derive(Template)]
#[template(path = "preview.html", config = "src/console/askama.toml")]
struct PreviewPage {
    page: Frame,
    draft: String,
    /// Digest of what is previewed: that is sent and nothing else.
    previewed: String,
    /// Whether something else than what was previewed before was to be sent.
    has_changed: bool,
    parties: usize,
    case_number: String,
    facts: Vec<(String, String)>,
    papers: Vec<(String, String, String)>,
    orders: Vec<PreviewedOrder>,
    more: usize,
    total: usize,
    load: Vec<Load>,
    more_loads: usize,
    cost: String,
    not_asked: Vec<(String, String, String)>,
    more_not_asked: usize,
}

/// An order of a preview.
struct PreviewedOrder {
    counterpart: String,
    party: String,
    document: String,
    action: String,
    /// The papers that it wants, each with whether it was brought.
    papers: Vec<(String, bool)>,
}

/// Orders, and those who are not asked, that a preview shows.
const MOST_SHOWN: usize = 100;

/// The page.
pub(super) fn preview_page(
    visitor: &Visitor,
    asked: &Asked<'_>,
    (body, previewed): (&Value, &Value),
) -> Response {
    let lang = visitor.lang;
    let Asked { draft, parties, sheet, has_changed } = *asked;
    let (orders, not_asked) = (list(previewed, "/orders"), list(previewed, "/not_asked"));
    let mut loads: Vec<Load> = list(previewed, "/counterparts").iter().map(|one| load(one, lang)).collect();
    let more_loads = loads.len().saturating_sub(MOST_SHOWN);
    // What does not fit into a quota is shown, whatever else is left out.
    loads.sort_by_key(|one| !one.is_short);
    loads.truncate(MOST_SHOWN);
    let wanted = |kind: &Value| {
        let kind = serde_json::from_value::<DocumentKind>(kind.clone()).ok()?;
        let is_brought = draft.uploads.iter().any(|upload| upload.field == field_of(kind));
        Some((words::paper(kind, lang), is_brought))
    };
    let party = |of: &Value| {
        let reference = text(of, "/party");
        let named = list(body, "/parties").iter().find(|one| text(one, "/reference") == reference);
        names::called(&named.map(|one| text(one, "/name")).unwrap_or_default(), &reference)
    };
    let order = |order: &Value| PreviewedOrder {
        counterpart: names::counterpart(order),
        party: party(order),
        document: word(words::IDENTITY, &text(order, "/document"), lang),
        action: word(words::ACTION, &text(order, "/action"), lang),
        papers: list(order, "/documents").iter().filter_map(wanted).collect(),
    };
    let not = |line: &Value| (names::counterpart(line), party(line), lang.of_note(&text(line, "/reason")));
    let papers = draft.uploads.iter().map(|upload| {
        (
            sections::label_of(&upload.field, lang),
            upload.name.clone(),
            bytes(upload.bytes.len().try_into().unwrap_or(0)),
        )
    });
    let page = PreviewPage {
        page: Frame::of(visitor, lang.t("预览", "Preview"), "new"),
        draft: draft.id.clone(),
        previewed: digest_of(body),
        has_changed,
        parties,
        case_number: text(previewed, "/case_number"),
        facts: sections::summary(draft, sheet, lang),
        load: loads,
        more_loads,
        cost: money(previewed, "/cost"),
        papers: papers.collect(),
        orders: orders.iter().take(MOST_SHOWN).map(order).collect(),
        more: orders.len().saturating_sub(MOST_SHOWN),
        total: orders.len(),
        not_asked: not_asked.iter().take(MOST_SHOWN).map(not).collect(),
        more_not_asked: not_asked.len().saturating_sub(MOST_SHOWN),
    };
    html(if has_changed { StatusCode::CONFLICT } else { StatusCode::OK }, &page)
}
