//! 补录在控措施: the form of a measure that stands and that the gateway did not place, filled from its case, and from the line of the
//! ledger that it completes.

use serde_json::{Value, json};

use super::act_form::{ActForm, FormField};
use super::address::segment;
use super::backend::Console;
use super::failure::Failure;
use super::reading::{list, text};
use super::visitor::Visitor;
use super::words::{PARTY_ROLE, word};

/// The act's word in addresses.
pub const SLUG: &str = "enter-measure";
/// Where the parts of the property stand in the request.
const TARGET: &str = "/target/";

/// The address of the form, for a case and perhaps for a measure of its ledger.
pub fn href(case: &str, measure: &str) -> String {
    let subject = if measure.is_empty() { case.to_owned() } else { format!("{case}~{measure}") };
    format!("/console/acts/{SLUG}/{}", segment(&subject))
}

/// What the form is filled from: the case, and the measure of its ledger that is named.
pub async fn read(console: &Console, visitor: &Visitor, subject: &str) -> Result<Value, Failure> {
    let (case, measure) = subject.split_once('~').unwrap_or((subject, ""));
    let case = console.get(visitor, &format!("/v1/cases/{}", segment(case))).await?;
    let measure = list(&case, "/measures").iter().find(|one| text(one, "/id") == measure).cloned();
    Ok(json!({ "case": case, "measure": measure }))
}

/// Fills the form from a case, and from the measure where one is named.
pub fn fill(form: &mut ActForm, about: &Value, visitor: &Visitor) {
    let (case, measure) = (&about["case"], &about["measure"]);
    let owner = text(measure, "/party");
    for field in &mut form.fields {
        match field.name.as_str() {
            "party" => {
                let parties = list(case, "/parties");
                field.choices = parties.iter().map(|party| choice(party, visitor)).collect();
                field.value = only_party(parties, &owner);
            }
            "original_case" => field.value = text(case, "/number"),
            _ if !measure.is_null() => fill_from_measure(field, measure),
            _ => {}
        }
    }
    if let Some(target) = measure.pointer("/target") {
        keep_the_rest(form, target.clone());
    }
}

fn choice(party: &Value, visitor: &Visitor) -> (String, String) {
    let role = word(PARTY_ROLE, &text(party, "/role"), visitor.lang);
    (text(party, "/id"), format!("{} {role} {}", text(party, "/name"), text(party, "/reference")))
}

/// The party of a reference where it names one alone; of a case with one party that one.
fn only_party(parties: &[Value], reference: &str) -> String {
    let is_called =
        |party: &&Value| list(party, "/references").iter().any(|one| one.as_str() == Some(reference));
    let fitting: Vec<&Value> = match reference {
        "" => parties.iter().collect(),
        _ => parties.iter().filter(is_called).collect(),
    };
    match fitting.as_slice() {
        [only] => text(only, "/id"),
        _ => String::new(),
    }
}

fn fill_from_measure(field: &mut FormField, measure: &Value) {
    let amount = |at: &str| {
        let said = text(measure, &format!("{at}/amount"));
        if said.chars().all(|c| matches!(c, '0' | '.')) { String::new() } else { said }
    };
    field.value = match field.name.as_str() {
        "limit" => amount("/limit"),
        "held" => amount("/held"),
        "currency" => text(measure, "/limit/currency"),
        "rank" => text(measure, "/rank/place"),
        "original_number" => text(measure, "/order"),
        "listed_state_shares" if text(measure, "/listed_state_shares") == "true" => "yes".to_owned(),
        "counterpart" | "institution" | "rate" | "from" | "until" | "reference" => {
            text(measure, &format!("/{}", field.name))
        }
        _ if field.pointer.starts_with(TARGET) => text(measure, &field.pointer),
        _ => return,
    };
}

/// Keeps what the form does not show of the property, so that it is not lost, and lets it be no other kind.
fn keep_the_rest(form: &mut ActForm, mut target: Value) {
    let kind = text(&target, "/kind");
    for name in form.fields.iter().filter_map(|field| field.pointer.strip_prefix(TARGET)) {
        if let Some(target) = target.as_object_mut() {
            target.remove(name);
        }
    }
    for field in &mut form.fields {
        match field.name.as_str() {
            "target" => field.value = target.to_string(),
            "kind" => field.choices.retain(|(code, _)| *code == kind),
            _ => {}
        }
    }
}
