//! Companies as all sources together know them.

use serde_json::Value;

use super::{list, table, text};

/// Most contradictions told of one company.
const MOST_CONTRADICTIONS: usize = 10;

/// One row a company: what is stated first, and how many sources say otherwise.
pub(super) fn table_of(companies: &Value) -> String {
    let rows = list(companies, "companies").map(row).collect();
    let head = ["企业", "代码", "状态", "注册资本", "股东", "变更", "股权冻结", "来源", "矛盾"];
    table("企业 Companies", &head, rows, &[4, 5])
}

fn row(company: &Value) -> Vec<String> {
    let count = |key: &str| list(company, key).count().to_string();
    let sources: Vec<String> = list(company, "sources").map(|source| text(&source["counterpart"])).collect();
    let code = ["codes", "leis", "registration_numbers"]
        .iter()
        .map(|key| first(company, key))
        .find(|code| !code.is_empty());
    vec![
        first(company, "names"),
        code.unwrap_or_default(),
        text(&company["statuses"][0]["value"]["words"]),
        text(&company["registered_capital"][0]["value"]["words"]),
        count("shareholders"),
        count("changes"),
        list(company, "freezes").map(freeze).collect::<Vec<_>>().join("\n"),
        sources.join("、"),
        list(company, "contradictions")
            .take(MOST_CONTRADICTIONS)
            .map(contradiction)
            .collect::<Vec<_>>()
            .join("\n"),
    ]
}

fn first(company: &Value, key: &str) -> String {
    text(&company[key][0]["value"])
}

fn freeze(freeze: &Value) -> String {
    let of = |key: &str| first(freeze, key);
    let state = text(&freeze["states"][0]["value"]["words"]);
    format!("{} {} {state} {}至{}", of("courts"), of("notices"), of("from"), of("until"))
}

fn contradiction(contradiction: &Value) -> String {
    let values: Vec<String> = list(contradiction, "values").map(|fact| text(&fact["value"])).collect();
    format!("{}：{}", text(&contradiction["field"]), values.join(" ≠ "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_company_shows_its_first_values_and_what_is_contradicted() {
        let fact = |value: &str| json!([{ "value": value, "sources": [0] }]);
        let words = |words: &str| json!([{ "value": { "words": words }, "sources": [0] }]);
        let freeze = json!({ "courts": fact("示例市示例区人民法院"), "notices": fact("（2023）示0101执100号"),
            "states": words("股权冻结|冻结"), "from": fact("2023-06-01"), "until": [] });
        let company = json!({ "names": fact("示例甲有限公司"), "codes": [], "leis": fact("836800FXO82WAQQSJI94"),
            "statuses": words("存续"), "registered_capital": words("1000万人民币"), "shareholders": [{}, {}],
            "freezes": [freeze], "sources": [{ "counterpart": "a" }, { "counterpart": "b" }],
            "contradictions": [{ "field": "statuses", "values": [{ "value": "存续" }, { "value": "注销" }] }] });
        let row = row(&company);
        assert_eq!(row[..6], ["示例甲有限公司", "836800FXO82WAQQSJI94", "存续", "1000万人民币", "2", "0"]);
        assert_eq!(row[6], "示例市示例区人民法院 （2023）示0101执100号 股权冻结|冻结 2023-06-01至");
        assert_eq!(row[7..], ["a、b", "statuses：存续 ≠ 注销"]);
        assert!(table_of(&json!({ "companies": [company] })).contains("836800FXO82WAQQSJI94"));
        assert_eq!(table_of(&json!({ "companies": [] })), "");
    }
}
