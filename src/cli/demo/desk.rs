//! The desk of the demonstration: a bank that people serve, and a case of its own with an order that waits there.

use std::path::Path;

use serde_json::{Value, json};

use super::super::client::{Failed, Gateway, part};
use super::super::live;
use super::super::output::line;
use super::world::CASE;

/// Name of the counterpart.
const NAME: &str = "county-bank";
/// Its file. One person may play it alone, so nobody checks what is entered.
const FILE: &str = r#"name_zh = "示例农村商业银行"
name_en = "Example Rural Bank"
connector = "desk"

[line]
kind = "desk"
checked = false

[settings]
institution = "示例农村商业银行"
assets = "account"
"#;

/// Writes the file of the counterpart.
pub(super) fn write(counterparts: &Path) -> Result<(), String> {
    let path = counterparts.join(format!("{NAME}.toml"));
    std::fs::write(&path, FILE).map_err(|error| format!("{}: {error}", path.display()))
}

fn template() -> Result<Value, Failed> {
    let unreadable = |error: serde_json::Error| super::failed(super::Exit::Internal)(error.to_string());
    serde_json::from_str(CASE).map_err(unreadable)
}

/// The case that is played by itself, at every counterpart but the one that people serve.
pub(super) fn without_desk<'n>(others: impl Iterator<Item = &'n String>) -> Result<Vec<u8>, Failed> {
    let mut body = template()?;
    body["search"]["counterparts"] = others.map(String::as_str).collect::<Vec<_>>().into();
    Ok(body.to_string().into_bytes())
}

/// Submits the case of which the one order is carried along; gives its inquiry.
pub(super) async fn submit(gateway: &Gateway) -> Result<String, Failed> {
    let mut body = template()?;
    body["case"]["number"] = "（2026）晋10执2号".into();
    body["search"] = json!({ "counterparts": [NAME] });
    body["parties"] = json!([{
        "reference": "debtor-1", "kind": "organisation", "name": "示例丙投资有限公司", "role": "judgment_debtor",
        "documents": [{ "kind": "uscc", "number": "91000000MADEM0038R" }],
    }]);
    if let Some(body) = body.as_object_mut() {
        body.remove("mandate");
    }
    let inquiry = gateway.submit("demo-desk", body.to_string().into_bytes()).await?;
    Ok(inquiry["id"].as_str().unwrap_or_default().to_owned())
}

/// Says where the order waits and what to do about it.
pub(super) fn invite(url: &str) -> Result<(), Failed> {
    line("\n人工办理 The desk: one query to a bank without a network waits to be carried along.")?;
    Ok(line(format_args!(
        "  Sign in as 1001 at {url}/console/desk: take it, print the notice, enter an answer with any PDF or image as its scan."
    ))?)
}

/// Does what a clerk does: takes the order, prints the notice, enters the answer. Gives where the outcome differs from what is expected.
pub(super) async fn play(gateway: &Gateway, inquiry: &str) -> Result<Vec<String>, Failed> {
    line(
        "\n人工办理 The desk: a clerk takes the order, prints the notice and enters what the bank wrote on it",
    )?;
    let waiting = gateway.get(&format!("/v1/desk?counterpart={NAME}")).await?;
    let number = waiting["orders"][0]["number"].as_str().unwrap_or_default();
    let at = |step: &str| format!("/v1/desk/{}/{step}", part(number));
    gateway.post(&at("take"), &json!({})).await?;
    gateway.post(&at("notice"), &json!({})).await?;
    let done = gateway.post(&at("answer"), &answer()).await?;
    live::follow(
        gateway,
        inquiry,
        &std::iter::once((NAME.to_owned(), "示例农村商业银行".to_owned())).collect(),
    )
    .await?;
    let assets = gateway.get(&format!("/v1/inquiries/{inquiry}/assets")).await?;
    let found = assets["assets"].as_array().map_or(0, Vec::len);
    let mut differences = Vec::new();
    if done["outcome"] != "taken_in" || done["order"]["order_state"] != "answered" {
        differences
            .push(format!("the answer at the desk: {}, {}", done["outcome"], done["order"]["order_state"]));
    }
    if found != 1 {
        differences.push(format!("accounts found at the desk: {found}, expected 1"));
    }
    Ok(differences)
}

/// What the bank wrote on the notice, with an invented scan of it.
fn answer() -> Value {
    let account = json!({ "kind": "account", "fields": {
        "number": "6222000000000099", "class": "一般存款账户", "currency": "CNY", "available": "2000.00",
        "matched": "name_and_number",
    } });
    json!({
        "form": { "outcome": "found", "fields": {}, "rows": [account] },
        // "%PDF-1.7 an invented paper" in Base64.
        "scan": { "title": "回执.pdf", "content": "JVBERi0xLjcgYW4gaW52ZW50ZWQgcGFwZXI=" },
    })
}
