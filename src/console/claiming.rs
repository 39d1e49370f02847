//! The forms of acts on a claim: they say what was on the page, so that nothing is added or taken off twice.

use serde_json::{Value, json};

use super::act_form::ActForm;
use super::lang::Lang;
use super::reading::{is_there, money, text};
use super::words::{CLAIM, word};

/// What somebody who changes a claim sees of it, as the API takes it: what stands at the commit must be the same.
fn seen_of(claim: &Value) -> String {
    json!({ "amount": claim["amount"], "state": claim["state"] }).to_string()
}

/// Fills the forms that change a claim with what is on the page. `about` has the claim as `claim`.
pub fn fill(forms: &mut [ActForm], about: &Value) {
    if !is_there(about, "/claim") {
        return;
    }
    let fields = forms.iter_mut().flat_map(|form| form.fields.iter_mut());
    for field in fields.filter(|field| field.name == "seen") {
        field.value = seen_of(&about["claim"]);
    }
}

/// What somebody who changes a claim goes by.
pub fn facts(about: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    if !is_there(about, "/claim") {
        return Vec::new();
    }
    vec![
        (lang.t("执行标的", "Claim"), money(about, "/claim/amount")),
        (lang.t("状态", "State"), word(CLAIM, &text(about, "/claim/state"), lang)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::act_form::FormField;
    use super::*;

    #[test]
    fn the_forms_that_change_a_claim_say_what_it_was_on_the_page() {
        let field = |name: &str| FormField { name: name.to_owned(), ..FormField::default() };
        let mut forms = [ActForm {
            title: "",
            action: String::new(),
            is_grave: false,
            has_files: false,
            csrf: String::new(),
            next: String::new(),
            id: "claim-interest-1".to_owned(),
            fields: ["amount", "seen", "reason"].map(field).to_vec(),
            faults: Vec::new(),
        }];
        let amount = json!({ "amount": "1000.00", "currency": "CNY" });
        let about = json!({ "claim": { "amount": amount, "state": "open", "mode": "auto" } });
        fill(&mut forms, &about);
        let [form] = forms;
        let values: Vec<&str> = form.fields.iter().map(|field| field.value.as_str()).collect();
        let seen: Value = serde_json::from_str(values[1]).expect("JSON");
        assert_eq!((values[0], values[2], seen), ("", "", json!({ "amount": amount, "state": "open" })));
        assert_eq!(facts(&about, Lang::Zh)[0].1, "1,000.00");
    }
}
