//! What was taken in of an order on the desk: the answer, and the papers that came with it.

use serde_json::{Value, json};

use super::super::address::segment;
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::found::{AssetRow, asset_row};
use super::super::orders;
use super::super::reading::{bytes, list, number, text};
use super::super::visitor::Visitor;
use super::super::words::{Badge, OUTCOME, badge};

/// Assets of an answer that are shown.
const MOST_ASSETS: usize = 30;

/// What was taken in.
pub(super) struct TakenIn {
    /// What was answered.
    pub(super) outcome: Badge,
    /// What else the answer says.
    pub(super) facts: Vec<(&'static str, String)>,
    /// What it found, under the party's name.
    pub(super) assets: Vec<(String, Vec<AssetRow>)>,
    /// Where each paper is, its name and its size.
    pub(super) papers: Vec<(String, String, String)>,
}

/// Whether an answer to an order on the desk was taken in.
fn is_taken_in(view: &Value) -> bool {
    matches!(text(view, "/order_state").as_str(), "answered" | "refused")
}

/// What was taken in of an order on the desk; `None` while nothing was.
///
/// # Errors
/// When the order or its measure cannot be read.
pub(super) async fn taken_in(
    console: &Console,
    visitor: &Visitor,
    view: &Value,
) -> Result<Option<TakenIn>, Failure> {
    if !is_taken_in(view) {
        return Ok(None);
    }
    let number_of = text(view, "/number");
    let Some(order) = with_own_answer(console, visitor, &number_of).await? else { return Ok(None) };
    let measure = match text(&order, "/order/measure") {
        none if none.is_empty() => Value::Null,
        id => console.get(visitor, &format!("/v1/measures/{}", segment(&id))).await?,
    };
    let nothing = Value::Null;
    let reply = order.pointer("/answer/reply").unwrap_or(&nothing);
    let lang = visitor.lang;
    Ok(Some(TakenIn {
        outcome: badge(OUTCOME, &text(reply, "/outcome"), lang),
        facts: orders::answer(&order, reply, lang),
        assets: assets(&order, view, visitor),
        papers: papers(&order, &measure),
    }))
}

/// Most answers to one question that are looked through for an order's own.
const MOST_REVISIONS: u64 = 20;

/// An order with the answer that was given to it: a question that was asked again has newer answers, which are other orders'. `None` where
/// it is not among the newest.
async fn with_own_answer(
    console: &Console,
    visitor: &Visitor,
    number_of: &str,
) -> Result<Option<Value>, Failure> {
    let path = format!("/v1/orders/{}", segment(number_of));
    let mut order = console.get(visitor, &path).await?;
    let newest = number(&order, "/revisions");
    for revision in (newest.saturating_sub(MOST_REVISIONS).max(1)..newest).rev() {
        if is_own(&order) {
            break;
        }
        order = console.get(visitor, &format!("{path}?revision={revision}")).await?;
    }
    Ok(is_own(&order).then_some(order))
}

fn is_own(order: &Value) -> bool {
    text(order, "/answer/order") == text(order, "/order/number")
}

fn assets(order: &Value, view: &Value, visitor: &Visitor) -> Vec<(String, Vec<AssetRow>)> {
    let source = |found: &Value| {
        json!({
            "matched_by": found.pointer("/matched_by"),
            "counterpart": text(view, "/counterpart_name"),
            "order": text(order, "/answer/order"),
            "at": text(order, "/answer/provenance/received_at"),
        })
    };
    let sourced = |found: &Value| json!({ "asset": found.pointer("/asset"), "sources": [source(found)] });
    let found = list(order, "/answer/reply/assets").iter().take(MOST_ASSETS);
    let rows: Vec<AssetRow> = found.map(|one| asset_row(&sourced(one), visitor.lang)).collect();
    if rows.is_empty() { Vec::new() } else { vec![(text(view, "/party"), rows)] }
}

/// The papers of an answer: of a query they stand with it, of a control with its measure.
fn papers(order: &Value, measure: &Value) -> Vec<(String, String, String)> {
    let number_of = text(order, "/order/number");
    // The page of a receipt shows those of the newest answer.
    let is_newest = number(order, "/answer/revision") == number(order, "/revisions");
    let receipts = if is_newest { list(order, "/answer/receipts") } else { &[] };
    let with_answer = receipts.iter().enumerate().map(|(at, receipt)| {
        let size = u64::try_from(text(receipt, "/content").len() / 4 * 3).unwrap_or(0);
        let href = format!("/console/orders/{}/receipts/{at}", segment(&number_of));
        (href, text(receipt, "/title"), bytes(size))
    });
    let own = list(measure, "/receipts").iter().filter(|receipt| text(receipt, "/order") == number_of);
    let with_measure = own.map(|receipt| {
        let (id, sha256) = (segment(&text(measure, "/id")), segment(&text(receipt, "/sha256")));
        let href = format!("/console/measures/{id}/receipts/{sha256}");
        (href, text(receipt, "/title"), bytes(number(receipt, "/size")))
    });
    with_answer.chain(with_measure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_of_an_answer_are_found_with_it_and_with_the_measure_and_no_others() {
        let order = json!({ "order": { "number": "CK2" }, "answer": { "receipts": [{ "title": "回执.pdf", "content": "AAAA" }] } });
        let measure = json!({ "id": "7", "receipts": [
            { "order": "CK2", "title": "冻结回执.pdf", "sha256": "ab", "size": 3 },
            { "order": "CK9", "title": "他件.pdf", "sha256": "cd", "size": 3 },
        ] });
        let hrefs: Vec<String> = papers(&order, &measure).into_iter().map(|(href, ..)| href).collect();
        assert_eq!(hrefs, ["/console/orders/CK2/receipts/0", "/console/measures/7/receipts/ab"]);
    }
}
