//! What was found, frozen and left unanswered, as tables for a terminal.

mod companies;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::Value;

use super::client::{Failed, Gateway};

/// The report on an inquiry: assets, measures, coverage, who did not answer, the certificate's sums.
pub(super) async fn report(gateway: &Gateway, id: &str) -> Result<String, Failed> {
    let assets = gateway.get(&format!("/v1/inquiries/{id}/assets")).await?;
    let companies = gateway.get(&format!("/v1/inquiries/{id}/companies")).await?;
    let measures = gateway.get(&format!("/v1/inquiries/{id}/measures")).await?;
    let certificate = gateway.get(&format!("/v1/inquiries/{id}/certificate")).await?;
    let parts = [
        assets_table(&assets),
        companies::table_of(&companies),
        measures_table(&measures),
        coverage(&certificate),
        silent(&certificate),
        sums(&certificate),
    ];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"))
}

fn text(value: &Value) -> String {
    match value {
        // A counterpart's text commands no terminal.
        Value::String(text) => text.chars().filter(|c| !c.is_control() || *c == '\n').collect(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn money(value: &Value) -> String {
    let Some(amount) = value["amount"].as_str() else { return String::new() };
    grouped(amount)
}

/// `3340000.00` as `3,340,000.00`.
fn grouped(amount: &str) -> String {
    if !amount.is_ascii() {
        return amount.to_owned();
    }
    let (whole, fraction) =
        amount.split_once('.').map_or((amount, ""), |(whole, fraction)| (whole, fraction));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = digits;
    while rest.len() > 3 {
        let (head, tail) = rest.split_at(rest.len() - 3);
        groups.insert(0, tail);
        rest = head;
    }
    groups.insert(0, rest);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", groups.join(","))
}

fn table(title: &str, head: &[&str], rows: Vec<Vec<String>>, amounts: &[usize]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(head.to_vec());
    table.add_rows(rows);
    for at in amounts {
        if let Some(column) = table.column_mut(*at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{title}\n{table}")
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn assets_table(assets: &Value) -> String {
    let rows = list(assets, "assets").map(|entry| asset_row(&entry["asset"])).collect();
    table("财产 Assets", &["种类", "机构", "标识", "说明", "金额 (元)", "权利负担"], rows, &[4])
}

fn asset_row(asset: &Value) -> Vec<String> {
    let burdens = list(asset, "encumbrances").map(burden).collect::<Vec<_>>().join("；");
    match asset["kind"].as_str().unwrap_or_default() {
        "account" => vec![
            "存款账户 account".into(),
            text(&asset["institution"]),
            text(&asset["number"]),
            text(&asset["class"]),
            money(&asset["available"]),
            burdens,
        ],
        "property" => vec![
            "不动产 property".into(),
            text(&asset["registry"]),
            list(asset, "certificates").map(text).collect::<Vec<_>>().join(" "),
            text(&asset["location"]),
            String::new(),
            burdens,
        ],
        "company" => vec![
            "企业登记 company".into(),
            text(&asset["authority"]),
            text(&asset["code"]),
            company(asset),
            money(&asset["registered_capital"]),
            burdens,
        ],
        "equity" => vec![
            "股权 equity".into(),
            String::new(),
            text(&asset["company_code"]),
            stake(asset),
            money(&asset["subscribed"]),
            burdens,
        ],
        "vehicle" => vec![
            "机动车 vehicle".into(),
            text(&asset["registry"]),
            text(&asset["plate"]),
            format!("{} {}", text(&asset["class"]), text(&asset["status"])).trim().to_owned(),
            String::new(),
            burdens,
        ],
        other => vec![other.to_owned(), String::new(), String::new(), String::new(), String::new(), burdens],
    }
}

/// A stake: in which company, and how much of it.
fn stake(asset: &Value) -> String {
    let share = text(&asset["percent"]);
    let share = if share.is_empty() { String::new() } else { format!("，{share}%") };
    format!("{}{share}", text(&asset["company"]))
}

fn company(asset: &Value) -> String {
    let (shareholders, changes) = (list(asset, "shareholders").count(), list(asset, "changes").count());
    format!("{}，股东 {shareholders}，变更 {changes}", text(&asset["name"]))
}

fn burden(encumbrance: &Value) -> String {
    let kind = match encumbrance["kind"].as_str().unwrap_or_default() {
        "freeze" => "冻结",
        "seizure" => "查封",
        "waiting_seizure" => "轮候",
        "mortgage" => "抵押",
        "pledge" => "质押",
        other => other,
    };
    format!("{kind}：{} {}", text(&encumbrance["holder"]), money(&encumbrance["amount"]))
        .trim_end()
        .to_owned()
}

/// What a measure is about, in a few words.
fn property(target: &Value) -> String {
    let known = ["number", "unit_number", "certificate", "company"].iter().map(|key| text(&target[*key]));
    known.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

fn measures_table(measures: &Value) -> String {
    let row = |measure: &Value| {
        vec![
            text(&measure["counterpart"]),
            property(&measure["target"]),
            text(&measure["state"]),
            money(&measure["limit"]),
            money(&measure["held"]),
            text(&measure["until"]),
            text(&measure["note"]),
        ]
    };
    let rows = list(measures, "measures").map(row).collect();
    let head = ["协助单位", "财产", "状态", "限额", "实际控制", "至", "备注"];
    table("冻结 Measures", &head, rows, &[3, 4])
}

fn coverage(certificate: &Value) -> String {
    let coverage = &certificate["coverage"];
    if coverage.is_null() {
        return String::new();
    }
    format!(
        "执行标的 claimed {}   已控制 held {}   已扣划 deducted {}   缺口 shortfall {}",
        money(&coverage["claimed"]),
        money(&coverage["held"]),
        money(&coverage["deducted"]),
        money(&coverage["shortfall"])
    )
}

fn silent(certificate: &Value) -> String {
    let wanted = |line: &&Value| !matches!(line["state"].as_str(), Some("answered"));
    let row = |line: &Value| {
        vec![text(&line["counterpart"]), text(&line["action"]), text(&line["state"]), text(&line["words"])]
    };
    let mut rows: Vec<Vec<String>> = list(certificate, "orders").filter(wanted).map(row).collect();
    rows.extend(list(certificate, "not_asked").map(|not| {
        vec![text(&not["counterpart"]), "query".to_owned(), "not asked".to_owned(), text(&not["reason"])]
    }));
    table(
        "未答复、退回、未查询 Silent, declined, not asked",
        &["协助单位", "事项", "状态", "说明"],
        rows,
        &[],
    )
}

/// How questions end, as the certificate names it, and for people.
const ENDS: [(&str, &str); 9] = [
    ("pending", "pending"),
    ("answered", "answered"),
    ("partial", "answered in part"),
    ("refused", "refused"),
    ("silent", "silent"),
    ("not_delivered", "not delivered"),
    ("failed", "failed"),
    ("withdrawn", "withdrawn"),
    ("undetermined", "of unknown outcome"),
];

fn sums(certificate: &Value) -> String {
    let questions = &certificate["questions"];
    let counted = |(key, _): &&(&str, &str)| questions[*key].as_u64().unwrap_or_default() != 0;
    let ends = ENDS.iter().filter(counted).map(|(key, word)| format!("{} {word}", text(&questions[*key])));
    let not_asked = format!("{} not asked", text(&certificate["not_asked_total"]));
    format!(
        "查控完整性证明 certificate no. {} of {}: {}; {}",
        text(&certificate["number"]),
        text(&certificate["case_number"]),
        ends.chain([not_asked]).collect::<Vec<_>>().join(", "),
        text(&certificate["triage"]),
    )
}

/// Whether every question was answered or declined, and of every control it is known what became of it.
pub(super) fn is_complete(certificate: &Value) -> bool {
    let none = |counts: &Value, key: &str| counts[key].as_u64() == Some(0);
    let open = ["pending", "silent", "not_delivered", "failed", "undetermined"];
    ["questions", "controls"].iter().all(|of| open.iter().all(|key| none(&certificate[*of], key)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ENDS, grouped, is_complete, measures_table, sums};
    use crate::domain::Counts;

    fn certificate(questions: Counts, controls: Counts) -> Value {
        json!({
            "number": 3, "case_number": "（2026）测0203执7号", "questions": questions, "controls": controls,
            "not_asked_total": 2, "triage": "nothing_found",
        })
    }

    #[test]
    fn the_sums_are_those_of_the_certificate_and_every_end_has_its_word() {
        let questions = Counts { total: 9, answered: 4, partial: 1, silent: 4, ..Counts::default() };
        let text = sums(&certificate(questions, Counts::default()));
        let said = "no. 3 of （2026）测0203执7号: 4 answered, 1 answered in part, 4 silent, 2 not asked; nothing_found";
        assert!(text.ends_with(said), "{text}");
        let counts = serde_json::to_value(Counts::default()).expect("JSON");
        let ends: Vec<&str> = ENDS.iter().map(|(key, _)| *key).chain(["total"]).collect();
        let known = counts.as_object().expect("an object").keys();
        assert!(
            known.clone().count() == ends.len() && known.clone().all(|key| ends.contains(&key.as_str())),
            "{counts}"
        );
    }

    #[test]
    fn an_inquiry_is_complete_when_nobody_is_silent_and_no_outcome_is_unknown() {
        let answered = Counts { total: 2, answered: 1, refused: 1, ..Counts::default() };
        assert!(is_complete(&certificate(answered, answered)));
        for spoilt in [
            Counts { pending: 1, ..answered },
            Counts { silent: 1, ..answered },
            Counts { not_delivered: 1, ..answered },
            Counts { failed: 1, ..answered },
            Counts { undetermined: 1, ..answered },
        ] {
            assert!(
                !is_complete(&certificate(spoilt, answered)) && !is_complete(&certificate(answered, spoilt)),
                "{spoilt:?}"
            );
        }
        assert!(!is_complete(&json!({})), "what is not there is not complete");
    }

    #[test]
    fn a_measure_shows_its_limit_and_what_is_held() {
        let money = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let measure = json!({ "counterpart": "bank-7", "target": { "number": "6200" }, "state": "in_force",
            "limit": money("12345.60"), "held": money("2345.60"), "until": "2027-01-02", "note": "" });
        let shown = measures_table(&json!({ "measures": [measure] }));
        assert!(shown.contains("12,345.60") && shown.contains("2,345.60"), "{shown}");
    }

    #[test]
    fn amounts_are_grouped_by_thousands() {
        assert_eq!(grouped("3340000.00"), "3,340,000.00");
        assert_eq!(grouped("-999.5"), "-999.5");
        assert_eq!(grouped("1000"), "1,000");
        assert_eq!(grouped(""), "");
    }
}
