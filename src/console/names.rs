//! What counterparts and parties are called: the API names them by their codes, and pages by their names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reading::{list, text};

/// Says beside each code of a counterpart, in what the API answered, what the counterpart is called.
pub fn tell(answer: &mut Value, name_of: &impl Fn(&str) -> Option<String>) {
    match answer {
        Value::Object(fields) => {
            let name = fields.get("counterpart").and_then(Value::as_str).and_then(name_of);
            fields.values_mut().for_each(|value| tell(value, name_of));
            if let Some(name) = name {
                fields.insert("counterpart_name".to_owned(), name.into());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| tell(value, name_of)),
        _ => {}
    }
}

/// What the counterpart of something is called; its code where it is not configured.
pub fn counterpart(of: &Value) -> String {
    match text(of, "/counterpart_name") {
        none if none.is_empty() => text(of, "/counterpart"),
        name => name,
    }
}

/// The same with its code behind it, where that is another.
pub fn with_code(of: &Value) -> String {
    called(&counterpart(of), &text(of, "/counterpart"))
}

/// A name with the code behind it; the one that there is where there is no other.
pub fn called(name: &str, code: &str) -> String {
    match (name, code) {
        ("", only) | (only, "") => only.to_owned(),
        (name, code) if name == code => name.to_owned(),
        (name, code) => format!("{name}（{code}）"),
    }
}

/// Where requests name counterparts: one, and several.
const ONE: &str = "/counterpart";
const SEVERAL: [&str; 2] = ["/counterparts", "/search/counterparts"];

/// Has a request name counterparts by their codes, whether a person entered the code or the name. What is neither stays, for the endpoint to
/// say so.
pub fn to_codes(body: &mut Value, code_of: &impl Fn(&str) -> Option<String>) {
    let by_code = |named: &mut Value| {
        if let Some(code) = named.as_str().and_then(|named| code_of(named.trim())) {
            *named = code.into();
        }
    };
    body.pointer_mut(ONE).into_iter().for_each(by_code);
    for several in SEVERAL {
        let Some(named) = body.pointer_mut(several).and_then(Value::as_array_mut) else { continue };
        // What is no name of one may be several with spaces between.
        let each = |one: &Value| match one.as_str() {
            Some(text) if code_of(text.trim()).is_none() => {
                text.split_whitespace().map(Value::from).collect()
            }
            _ => vec![one.clone()],
        };
        *named = named.iter().flat_map(each).collect();
        named.iter_mut().for_each(by_code);
    }
}

/// Names of the parties of a case by each reference that an inquiry gave them. One that names several is left out: nobody knows which is
/// meant.
pub fn parties_of(case: &Value) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    for party in list(case, "/parties") {
        for reference in list(party, "/references").iter().filter_map(Value::as_str) {
            let name = text(party, "/name");
            names
                .entry(reference.to_owned())
                .and_modify(|known| {
                    if known.as_deref() != Some(name.as_str()) {
                        *known = None;
                    }
                })
                .or_insert(Some(name));
        }
    }
    names.into_iter().filter_map(|(reference, name)| Some((reference, name?))).collect()
}

/// Names of the parties of an inquiry by its own references, as far as its orders tell them.
pub fn of_references(orders: &Value) -> BTreeMap<String, String> {
    let orders = list(orders, "/orders").iter();
    orders.map(|order| (text(order, "/party"), text(order, "/party_name"))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counterparts_are_called_by_their_names_wherever_the_answer_has_their_codes() {
        let mut answer = json!({ "measures": [{ "counterpart": "bank-1", "property": { "counterpart": "bank-1" } }],
            "order": { "counterpart": "gone" }, "counterpart": null });
        tell(&mut answer, &|code| (code == "bank-1").then(|| "示例第一银行".to_owned()));
        let measure = &answer["measures"][0];
        assert_eq!(
            (counterpart(measure), with_code(measure)),
            ("示例第一银行".into(), "示例第一银行（bank-1）".into())
        );
        assert_eq!(counterpart(&measure["property"]), "示例第一银行");
        let order = &answer["order"];
        assert_eq!(
            (counterpart(order), with_code(order)),
            ("gone".into(), "gone".into()),
            "not configured any more"
        );
        assert_eq!(counterpart(&answer), "");
    }

    #[test]
    fn a_counterpart_is_named_by_its_name_or_its_code_and_what_is_neither_is_left_to_the_endpoint() {
        let code_of = |named: &str| matches!(named, "bank-1" | "示例第一银行").then(|| "bank-1".to_owned());
        let mut body = json!({ "counterpart": " 示例第一银行", "search": { "counterparts": ["bank-1", "示例第一银行", "无此银行"] } });
        to_codes(&mut body, &code_of);
        let expected = json!({ "counterpart": "bank-1", "search": { "counterparts": ["bank-1", "bank-1", "无此银行"] } });
        assert_eq!(body, expected);
    }

    #[test]
    fn names_with_spaces_are_names_and_what_is_none_is_several() {
        let mut body =
            json!({ "counterparts": ["Example Rural Bank", "bank-2 bank-3", "示例第一银行", "nobody"] });
        to_codes(&mut body, &|named| match named {
            "Example Rural Bank" => Some("rural".to_owned()),
            "示例第一银行" => Some("bank-1".to_owned()),
            code if code.starts_with("bank-") && !code.contains(' ') => Some(code.to_owned()),
            _ => None,
        });
        assert_eq!(body["counterparts"], json!(["rural", "bank-2", "bank-3", "bank-1", "nobody"]));
    }

    #[test]
    fn a_reference_of_two_parties_names_neither() {
        let party = |name: &str, reference: &str| json!({ "name": name, "references": [reference] });
        let case = json!({ "parties": [party("测试甲", "party-1"), party("测试乙", "party-1"), party("测试乙", "party-2")] });
        let names = parties_of(&case);
        assert_eq!(names.get("party-1"), None);
        assert_eq!(names.get("party-2").map(String::as_str), Some("测试乙"));
        assert_eq!(called("测试乙", "party-2"), "测试乙（party-2）");
    }
}
