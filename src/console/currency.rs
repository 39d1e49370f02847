//! The currency of an account in the forms of its acts: amounts are entered and sent in it.

use serde_json::Value;

use super::act_form::ActForm;
use super::lang::Lang;
use super::reading::text;

/// The name of the field that carries the currency of an amount.
pub fn field_of(amount: &str) -> String {
    format!("{amount}_currency")
}

/// The currency in which a control orders its amount; empty for an order without one.
pub fn of_order(order: &Value) -> String {
    ["/instruction/limit/currency", "/instruction/amount/currency"].map(|at| text(order, at)).concat()
}

/// Has a form ask for amounts in a currency, and for a rate where that is none of ours. An approval of a foreign amount states it: there is
/// no proposal.
pub fn fit(form: &mut ActForm, currency: &str, lang: Lang) {
    let is_approval = form.id.starts_with("approve-");
    if currency == "CNY" && is_approval {
        form.fields.retain(|field| field.name != "rate");
    }
    if matches!(currency, "" | "CNY") {
        return;
    }
    for field in form.fields.iter_mut().filter(|field| !field.currency.is_empty()) {
        currency.clone_into(&mut field.currency);
    }
    for field in form.fields.iter_mut().filter(|_| is_approval) {
        match field.name.as_str() {
            "limit" => {
                field.is_required = true;
                field.label = lang
                    .t("限额（按账户币种，须载明）", "Limit (in the account's currency; must be stated)")
                    .to_owned();
            }
            "rate" => {
                let zh = format!("汇率（1 {currency} 折人民币元，空白则不计入标的）");
                let en = format!("Rate (yuan for 1 {currency}; without one it does not count for the claim)");
                field.label = if lang == Lang::Zh { zh } else { en };
            }
            _ => {}
        }
    }
}
