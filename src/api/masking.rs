//! Masking 脱敏: what an endpoint tells of cases is told to those whose role is not of the case with the ends of account and identity
//! numbers alone. It stands around every endpoint of the API and of the pages, so that none can forget it: what is not known to be
//! something else is masked where it has many digits. The row of the matrix says where it applies.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use chakong_contract::id::ResidentId;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Shared;
use super::problem::{Problem, ProblemKind};
use super::route::route_of;
use crate::people::masked::{end_of, without_numbers};
use crate::people::matrix::permission_of;
use crate::people::{Identity, Shows};

/// Largest answer that is masked, in bytes.
const LARGEST: usize = 64 << 20;

/// Fields that hold numbers of accounts, however short.
const ACCOUNTS: &[&str] = &[
    "account",
    "sub_account",
    "linked_account",
    "wealth_account",
    "redemption_account",
    "counterparty_account",
];

/// Kinds of what is named by the `number` beside them, however short: accounts, and identity documents of persons.
const NUMBERED: &[&str] = &[
    "account",
    "resident_id",
    "household_register",
    "passport",
    "foreign_passport",
    "hong_kong_macau_permit",
    "taiwan_permit",
    "military_card",
    "other",
];

/// Fields that may have many digits and are no number of an account or of a person: identifiers and digests, who acted, amounts and
/// shares, institutions and companies as their registers publish them, real property and vehicles, the bytes of a receipt.
const WHOLE: &[&str] = &[
    // Identifiers, digests, where to read on.
    "id",
    "case",
    "continues",
    "measure",
    "measures",
    "party_id",
    "next",
    "sha256",
    "certificate_sha256",
    "raw_digest",
    // Who acted.
    "actor",
    "approved_by",
    "by",
    "printed_by",
    "subject",
    "submitted_by",
    // Amounts and shares.
    "amount",
    "area",
    "controllable",
    "percent",
    "quantity",
    "rate",
    "share",
    "shares",
    "units",
    // Institutions and companies.
    "bank_number",
    "branch_code",
    "code",
    "company_code",
    "counterpart",
    "institution",
    "institution_code",
    "lei",
    "org_code",
    "registration_number",
    "unverified_code",
    "unverified_company_code",
    // Real property and vehicles.
    "business_number",
    "certificate",
    "certificates",
    "unit_number",
    "unit_number_text",
    "plate",
    "vin",
    // A receipt, byte for byte, and the connector that read it.
    "content",
    "connector",
];

/// Fields in which a case system or a counterpart writes marks of its own: whole, unless one is the number of a person.
const MARKS: &[&str] = &["party", "reference", "references"];

/// Layer: masks what is told of cases, where the caller's role is not of the case.
pub(super) async fn mask(State(gateway): State<Shared>, request: Request, next: Next) -> Response {
    let place = format!("{} {}", request.method(), route_of(&request));
    let tells_of_cases = permission_of(&place).is_some_and(|row| row.shows == Shows::Cases);
    let identity = request.extensions().get::<Arc<Identity>>();
    let is_masked = tells_of_cases && identity.is_some_and(|identity| !identity.is_of_the_case());
    let response = next.run(request).await;
    if !is_masked || !is_json(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else { return unreadable() };
    let Ok(told) = serde_json::from_slice::<Value>(&bytes) else { return unreadable() };
    let mut shown = told.clone();
    let name =
        |key: &str| hex::encode(gateway.store.keyed_hash(key.as_bytes()).get(..16).unwrap_or_default());
    hide(&mut shown, "", &name);
    // What has nothing to hide goes out as it was written: a certificate keeps its digest.
    let bytes = if shown == told { bytes } else { shown.to_string().into() };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    response.status().is_success() && kind.is_some_and(|kind| kind.starts_with("application/json"))
}

fn unreadable() -> Response {
    Problem::new(ProblemKind::Internal, "the answer could not be read to its end to be masked")
        .into_response()
}

/// Masks what stands in a field. `name` gives an asset's key another word, by which it is still told from others.
fn hide(value: &mut Value, field: &str, name: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => {
            if let Some(masked) = masked(text, field, name) {
                *text = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, field, name)),
        Value::Object(fields) => hide_fields(fields, name),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn hide_fields(fields: &mut Map<String, Value>, name: &dyn Fn(&str) -> String) {
    let kind = fields.get("kind").and_then(Value::as_str).unwrap_or_default();
    let is_numbered = NUMBERED.contains(&kind);
    for (field, value) in fields.iter_mut() {
        match value {
            Value::String(number) if is_numbered && field == "number" && !number.is_empty() => {
                *number = end_of(number);
            }
            _ => hide(value, field, name),
        }
    }
}

/// A text as it is shown; `None` where that is as it is.
fn masked(text: &str, field: &str, name: &dyn Fn(&str) -> String) -> Option<String> {
    let is_technical =
        || text.starts_with("/v1/") || text.parse::<Uuid>().is_ok() || text.parse::<Timestamp>().is_ok();
    if text.is_empty() || WHOLE.contains(&field) {
        return None;
    }
    if ACCOUNTS.contains(&field) {
        return Some(end_of(text));
    }
    if is_technical() || MARKS.contains(&field) && text.parse::<ResidentId>().is_err() {
        return None;
    }
    let shown = without_numbers(text);
    match shown == text {
        true => None,
        false if field == "key" => Some(name(text)),
        false => Some(shown),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_end_of_an_account_that_a_list_of_tasks_names_stays_where_it_is_masked() {
        let mut task =
            json!({ "property": { "kind": "account", "number": "****0011" }, "account": "****0022" });
        let told = task.clone();
        hide(&mut task, "", &|_| String::new());
        assert_eq!(task, told);
    }

    #[test]
    fn numbers_of_accounts_and_persons_are_hidden_wherever_they_stand_and_nothing_else_is() {
        let mut told = json!({
            "id": "731904000000000007", "measures": ["731904000000000008"], "case": "731904000000000009",
            "number": "CK20261125731904000000000007", "next": "2026-01-05T01:00:00Z~731904000000000007",
            "inquiry": "01a22ef9-0d61-7159-830c-70b383912345", "at": "2026-12-01T00:20:13.400234567Z",
            "links": { "self": "/v1/cases/731904000000000007" }, "actor": "14100000001",
            "limit": { "amount": "123456789", "currency": "CNY" },
            "target": { "kind": "account", "number": "620001", "sub_account": "7", "branch_code": "14100000001" },
            "asset": {
                "kind": "account", "number": "6222020000001234", "linked_account": "6222020000005678",
                "sub_accounts": [{ "number": "6222020000009999" }], "remark": "转6222020000004321",
                "institution_code": "E999H110000000001",
            },
            "key": "account|E999|6222020000001234", "party": "party-1", "reference": "110101190001010014",
            "documents": [{ "kind": "passport", "number": "E1234567" }, { "kind": "query_notice", "number": "文1" }],
            "unknown": [{ "field": "ZH", "value": "6222020000001234" }],
            "whatever_comes_next": "6222020000001234",
        });
        hide(&mut told, "", &|key| format!("mark of {}", key.len()));
        assert_eq!(
            told,
            json!({
                "id": "731904000000000007", "measures": ["731904000000000008"], "case": "731904000000000009",
                "number": "CK20261125731904000000000007", "next": "2026-01-05T01:00:00Z~731904000000000007",
                "inquiry": "01a22ef9-0d61-7159-830c-70b383912345", "at": "2026-12-01T00:20:13.400234567Z",
                "links": { "self": "/v1/cases/731904000000000007" }, "actor": "14100000001",
                "limit": { "amount": "123456789", "currency": "CNY" },
                "target": { "kind": "account", "number": "****", "sub_account": "****", "branch_code": "14100000001" },
                "asset": {
                    "kind": "account", "number": "****1234", "linked_account": "****5678",
                    "sub_accounts": [{ "number": "****9999" }], "remark": "转****4321",
                    "institution_code": "E999H110000000001",
                },
                "key": "mark of 29", "party": "party-1", "reference": "****0014",
                "documents": [{ "kind": "passport", "number": "****4567" }, { "kind": "query_notice", "number": "文1" }],
                "unknown": [{ "field": "ZH", "value": "****1234" }],
                "whatever_comes_next": "****1234",
            })
        );
    }
}
