//! The forms of what is done to a measure that stands: they say what was on the page, so that nothing is taken, given back or renewed twice.

use serde_json::{Value, json};

use super::act_form::ActForm;
use super::lang::Lang;
use super::reading::{money, text};

/// The acts whose forms say it.
const ACTS: [&str; 5] = ["release", "release-surplus", "renew", "deduct", "transfer"];

/// What somebody sees of a measure that stands, as the API takes it: what stands at the commit must be the same.
fn seen_of(measure: &Value) -> String {
    let at = |field: &str| measure.get(field).unwrap_or(&Value::Null);
    json!({ "state": at("state"), "limit": at("limit"), "held": at("held"), "until": at("until") })
        .to_string()
}

/// Fills the forms of acts on a measure that stands with what is on the page. `measure` is as the API shows a measure, or the property of a
/// task.
pub fn fill(forms: &mut [ActForm], id: &str, measure: &Value) {
    if measure.get("held").is_none() {
        return;
    }
    for form in forms.iter_mut().filter(|form| ACTS.iter().any(|act| form.is_of(act, id))) {
        for field in form.fields.iter_mut().filter(|field| field.name == "seen") {
            field.value = seen_of(measure);
        }
    }
}

/// What somebody goes by beside what an approver does: what is held, and until when.
pub fn facts(measure: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    let all = [
        ("实际控制", "Held", money(measure, "/held")),
        ("已解除", "Released", money(measure, "/released")),
        ("已扣划", "Deducted", money(measure, "/deducted")),
        ("届满日", "Until", text(measure, "/until")),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::act_form::{FormField, id_of};
    use super::super::catalogue::{Input, find};
    use super::*;

    fn form(slug: &str) -> ActForm {
        let field = |name: &str| FormField { name: name.to_owned(), ..FormField::default() };
        ActForm {
            title: "",
            action: String::new(),
            is_grave: false,
            has_files: false,
            csrf: String::new(),
            next: String::new(),
            id: id_of(slug, "7"),
            fields: ["amount", "seen"].map(field).to_vec(),
            faults: Vec::new(),
        }
    }

    #[test]
    fn the_forms_of_what_is_done_to_a_measure_that_stands_say_what_was_on_the_page() {
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let measure = json!({ "state": "in_force", "limit": yuan("1000.00"), "held": yuan("700.00"), "until": "2027-01-04",
            "exemption": { "level": "free" } });
        let mut forms = ["release", "renew", "deduct", "approve"].map(form);
        fill(&mut forms, "7", &measure);
        let seen = forms.map(|form| form.fields[1].value.clone());
        let expected = json!({ "state": "in_force", "limit": yuan("1000.00"), "held": yuan("700.00"), "until": "2027-01-04" });
        assert_eq!(
            seen.clone().map(|said| serde_json::from_str(&said).ok())[..3],
            [Some(expected.clone()), Some(expected.clone()), Some(expected)]
        );
        assert_eq!(seen[3], "", "an approval says what an approver goes by");
        let shown: Vec<String> = facts(&measure, Lang::Zh).into_iter().map(|(_, said)| said).collect();
        assert_eq!(shown, ["700.00", "2027-01-04"]);
    }

    #[test]
    fn every_act_that_would_add_up_has_what_was_seen_among_its_fields() {
        for act in ACTS {
            let kind = find(act).expect("an act");
            assert!(kind.fields.iter().any(|field| matches!(field.input, Input::Seen)), "{act}");
        }
    }
}
