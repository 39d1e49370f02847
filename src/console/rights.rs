//! Others' rights on what is proposed, as the answers to its inquiry tell them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::found::rights;
use super::lang::Lang;
use super::reading::{list, text};

/// Others' rights by property, as the answers to one inquiry tell them. A property that no answer tells of is not there.
#[derive(Debug, Default)]
pub struct KnownRights(BTreeMap<String, Vec<String>>);

impl KnownRights {
    /// Of the assets of an inquiry, as the API lists them.
    pub fn of(assets: &Value, lang: Lang) -> Self {
        let mut known = Self::default();
        for asset in list(assets, "/assets").iter().filter_map(|entry| entry.pointer("/asset")) {
            let told = rights(asset, lang);
            for name in names_of(asset) {
                let all = known.0.entry(name).or_default();
                all.extend(told.iter().filter(|right| !all.contains(right)).cloned().collect::<Vec<_>>());
            }
        }
        known
    }

    /// The rights on the property of a measure, in words. That no answer tells of the property is not the same as that it is free.
    pub fn on(&self, measure: &Value, lang: Lang) -> Vec<String> {
        let target = measure.pointer("/target").unwrap_or(&Value::Null);
        let institution = text(measure, "/institution");
        let known = names_of_target(target, &institution).into_iter().find_map(|name| self.0.get(&name));
        match known {
            None => vec![lang.t("未查到该财产的反馈", "no answer tells of this property").to_owned()],
            Some(rights) if rights.is_empty() => {
                vec![lang.t("反馈未载明他人权利", "the answer names none").to_owned()]
            }
            Some(rights) => rights.clone(),
        }
    }
}

/// What names an asset: kind and number, an account's with its bank and a certificate with its registry. What has no number is named by
/// nothing.
fn names_of(asset: &Value) -> Vec<String> {
    let at = |pointer: &str| text(asset, pointer);
    match at("/kind").as_str() {
        "account" => named("account", &at("/institution_code"), &at("/number")),
        "property" => {
            let certificates = list(asset, "/certificates").iter().filter_map(Value::as_str);
            let by_certificate = certificates.flat_map(|one| named("certificate", &at("/registry"), one));
            named("unit", "", &at("/unit_number")).into_iter().chain(by_certificate).collect()
        }
        "equity" => of_company(&at("/company_code"), &at("/registration_number"), &at("/company")),
        _ => Vec::new(),
    }
}

/// What names the property of a measure, the surest first. A product stands under its account.
fn names_of_target(target: &Value, institution: &str) -> Vec<String> {
    let at = |pointer: &str| text(target, pointer);
    match at("/kind").as_str() {
        "account" => named("account", institution, &at("/number")),
        "product" => named("account", institution, &at("/account")),
        "property" if at("/unit_number").is_empty() => named("certificate", institution, &at("/certificate")),
        "property" => named("unit", "", &at("/unit_number")),
        "equity" => of_company(&at("/company_code"), &at("/registration_number"), &at("/company")),
        _ => Vec::new(),
    }
}

fn of_company(code: &str, registration: &str, name: &str) -> Vec<String> {
    [("code", code), ("registration", registration), ("company", name)]
        .into_iter()
        .flat_map(|(kind, number)| named(kind, "", number))
        .collect()
}

fn named(kind: &str, keeper: &str, number: &str) -> Vec<String> {
    let number = number.trim();
    if number.is_empty() { Vec::new() } else { vec![format!("{kind}|{keeper}|{number}")] }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frozen(mut asset: Value, holder: &str) -> Value {
        asset["encumbrances"] = json!([{ "kind": "freeze", "holder": holder, "amount": null, "until": "" }]);
        json!({ "asset": asset })
    }

    fn known() -> KnownRights {
        let house = |certificate: &str, holder: &str| {
            frozen(
                json!({ "kind": "property", "unit_number": null, "registry": "R1", "certificates": [certificate] }),
                holder,
            )
        };
        let assets = [
            frozen(json!({ "kind": "account", "institution_code": "B1", "number": "6200" }), "甲法院"),
            frozen(json!({ "kind": "account", "institution_code": "B2", "number": "6200" }), "乙法院"),
            house("晋（2020）房字第1号", "丙法院"),
            house("晋（2020）房字第2号", "丁法院"),
            frozen(json!({ "kind": "vehicle", "plate": "" }), "戊法院"),
            frozen(json!({ "kind": "company", "code": null, "name": "某公司" }), "己法院"),
            frozen(json!({ "kind": "equity", "company_code": null, "company": "某公司" }), "庚法院"),
            json!({ "asset": { "kind": "account", "institution_code": "B1", "number": "6300", "encumbrances": [] } }),
        ];
        KnownRights::of(&json!({ "assets": assets }), Lang::Zh)
    }

    fn on(institution: &str, target: &Value) -> String {
        known().on(&json!({ "institution": institution, "target": target }), Lang::Zh).join(" / ")
    }

    #[test]
    fn each_property_shows_its_own_rights_and_never_anothers() {
        let account = json!({ "kind": "account", "number": "6200" });
        assert!(on("B1", &account).contains("甲法院") && on("B2", &account).contains("乙法院"));
        let product = json!({ "kind": "product", "account": "6200", "number": "P-1" });
        assert!(on("B1", &product).contains("甲法院"), "a product stands under its account");
        let house = |certificate: &str| json!({ "kind": "property", "unit_number": null, "certificate": certificate });
        assert!(on("R1", &house("晋（2020）房字第1号")).contains("丙法院"));
        assert!(on("R1", &house("晋（2020）房字第2号")).contains("丁法院"));
        assert!(on("", &json!({ "kind": "equity", "company": "某公司" })).contains("庚法院"));
        assert_eq!(on("B1", &json!({ "kind": "account", "number": "6300" })), "反馈未载明他人权利");
        let unknown = [
            ("R1", house("")),
            ("R1", house("晋（2020）房字第3号")),
            ("B3", account),
            ("B1", json!({ "kind": "account", "number": "" })),
            ("", Value::Null),
        ];
        for (institution, target) in unknown {
            assert_eq!(on(institution, &target), "未查到该财产的反馈", "{target}");
        }
    }
}
