//! What is held against the claim, as a bar.

use serde_json::Value;

use super::lang::Lang;
use super::reading::{money, text};

/// Width of the bar in its own units.
const WIDTH: f64 = 1000.0;

/// A part of the bar.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its class: `deducted`, `held`, `asked`, `short` or `excess`.
    pub class: &'static str,
    /// Where it begins.
    pub x: String,
    /// How wide it is.
    pub width: String,
    /// What it is.
    pub label: &'static str,
    /// How much.
    pub amount: String,
}

/// A claim and what it is covered by.
#[derive(Debug, Clone)]
pub struct Bar {
    /// The parts from left to right, those that are empty left out.
    pub parts: Vec<Part>,
    /// The claim.
    pub claimed: String,
    /// Where the claim ends.
    pub end: String,
    /// The same in a sentence.
    pub sentence: String,
}

/// The bar of a coverage, as the API says it; `None` without a claim.
pub fn bar(coverage: &Value, lang: Lang) -> Option<Bar> {
    let amount = |name: &str| text(coverage, &format!("/{name}/amount")).parse::<f64>().unwrap_or(0.0);
    let claimed = amount("claimed");
    if claimed <= 0.0 {
        return None;
    }
    let (held, deducted, asked, excess) =
        (amount("held"), amount("deducted"), amount("asked"), amount("excess"));
    let within = (held - excess).max(0.0);
    let short = (claimed - deducted - within - asked).max(0.0);
    let whole = claimed.max(deducted + held + asked);
    let wanted: [(&str, &str, f64, &str); 5] = [
        ("deducted", lang.t("已扣划", "deducted"), deducted, "deducted"),
        ("held", lang.t("已控制", "held"), within, "held"),
        ("asked", lang.t("办理中", "asked"), asked, "asked"),
        ("short", lang.t("缺口", "shortfall"), short, "shortfall"),
        ("excess", lang.t("超额", "excess"), excess, "excess"),
    ];
    let mut at = 0.0;
    let mut parts = Vec::new();
    for (class, label, part, field) in wanted.into_iter().filter(|(_, _, part, _)| *part > 0.0) {
        let width = part / whole * WIDTH;
        let amount = money(coverage, &format!("/{field}"));
        parts.push(Part { class, x: format!("{at:.1}"), width: format!("{width:.1}"), label, amount });
        at += width;
    }
    let said: Vec<String> = parts.iter().map(|part| format!("{} {}", part.label, part.amount)).collect();
    let claim = money(coverage, "/claimed");
    let sentence = format!("{} {claim}：{}", lang.t("执行标的", "claim"), said.join("，"));
    Some(Bar { parts, claimed: claim, end: format!("{:.1}", claimed / whole * WIDTH), sentence })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_it_and_what_is_beyond_the_claim_stands_behind_its_end() {
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let coverage = json!({
            "claimed": yuan("1000.00"), "held": yuan("1200.00"), "deducted": yuan("0"), "asked": yuan("0"),
            "shortfall": yuan("0"), "excess": yuan("200.00"),
        });
        let bar = bar(&coverage, Lang::Zh).expect("a bar");
        let widths: f64 = bar.parts.iter().map(|part| part.width.parse::<f64>().expect("a number")).sum();
        assert!((widths - WIDTH).abs() < 1.0, "{widths}");
        assert_eq!(bar.parts.last().map(|part| part.class), Some("excess"));
        assert_eq!(bar.parts.last().map(|part| part.x.clone()), Some(bar.end.clone()));
        assert!(super::bar(&Value::Null, Lang::Zh).is_none());
    }
}
