//! Charts of groups: one bar a group, as parts of an SVG that the page holds.

use serde_json::Value;

use super::super::lang::Lang;
use super::super::reading::{money, number, text};

/// Width of a bar in its own units.
const WIDTH: f64 = 1000.0;

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// Classes of the parts, with what each is.
    pub keys: Vec<(&'static str, &'static str)>,
    /// One a group.
    pub bars: Vec<ChartBar>,
}

/// A group.
#[derive(Debug, Clone)]
pub struct ChartBar {
    /// Its name.
    pub name: String,
    /// Class, where it begins and how wide it is, of each part that is there.
    pub parts: Vec<(&'static str, String, String)>,
    /// The figures in words.
    pub sentence: String,
    /// The figure that stands beside the bar.
    pub figure: String,
}

/// How many orders were answered in time, later, never, and how many are under way; `None` where there are none.
pub fn answers(groups: &[Value], lang: Lang) -> Option<Chart> {
    let fields = [
        ("answered_in_time", "in-time", lang.t("24 小时内反馈", "answered within 24 h")),
        ("answered_late", "late", lang.t("超时反馈", "later")),
        ("never_answered", "never", lang.t("未反馈", "never")),
        ("pending", "pending", lang.t("办理中", "under way")),
    ];
    let count = |group: &Value, field: &str| {
        f64::from(u32::try_from(number(group, &format!("/{field}"))).unwrap_or(u32::MAX))
    };
    let widest =
        widest(groups.iter().map(|group| fields.iter().map(|(field, ..)| count(group, field)).sum()))?;
    let bar = |group: &Value| {
        let values = fields.map(|(field, class, word)| {
            (class, count(group, field), format!("{word} {}", text(group, &format!("/{field}"))))
        });
        let share = text(group, "/in_time_percent");
        let figure = if share.is_empty() { "—".to_owned() } else { format!("{share}%") };
        bar(name_of(group, lang), &values, widest, figure)
    };
    Some(Chart {
        title: lang.t("反馈及时情况（请求数）", "Answers in time (orders)"),
        keys: fields.iter().map(|(_, class, word)| (*class, *word)).collect(),
        bars: groups.iter().map(bar).collect(),
    })
}

/// How many properties were found, of groups that found any; `None` where none did.
pub fn found(groups: &[Value], lang: Lang) -> Option<Chart> {
    let word = lang.t("查到财产（项）", "assets found");
    let count = |group: &Value| f64::from(u32::try_from(number(group, "/assets_found")).unwrap_or(u32::MAX));
    let widest = widest(groups.iter().map(count))?;
    let bar = |group: &Value| {
        let said = text(group, "/assets_found");
        bar(name_of(group, lang), &[("held", count(group), format!("{word} {said}"))], widest, said)
    };
    let some = groups.iter().filter(|group| count(group) > 0.0);
    Some(Chart { title: word, keys: vec![("held", word)], bars: some.map(bar).collect() })
}

fn amount(group: &Value, field: &str) -> f64 {
    text(group, &format!("/{field}/amount")).parse::<f64>().unwrap_or(0.0).max(0.0)
}

/// What was deducted and what is held, with their words.
fn taken(group: &Value, lang: Lang) -> [(&'static str, f64, String); 2] {
    let (deducted, frozen) = (lang.t("已扣划", "deducted"), lang.t("现控制", "held now"));
    [
        ("deducted", amount(group, "deducted"), format!("{deducted} {}", money(group, "/deducted"))),
        ("held", amount(group, "frozen"), format!("{frozen} {}", money(group, "/frozen"))),
    ]
}

fn keys_of_taken(lang: Lang) -> [(&'static str, &'static str); 2] {
    [("deducted", lang.t("已扣划", "deducted")), ("held", lang.t("现控制", "held now"))]
}

/// What is held and what was deducted, in yuan, of groups that have no claim of their own and took anything; `None` where none did.
pub fn held(groups: &[Value], lang: Lang) -> Option<Chart> {
    let all = |group: &Value| amount(group, "deducted") + amount(group, "frozen");
    let widest = widest(groups.iter().map(all))?;
    let bar = |group: &Value| bar(name_of(group, lang), &taken(group, lang), widest, money(group, "/frozen"));
    let some = groups.iter().filter(|group| all(group) > 0.0);
    Some(Chart {
        title: lang.t("控制金额（元）", "Amounts (yuan)"),
        keys: keys_of_taken(lang).to_vec(),
        bars: some.map(bar).collect(),
    })
}

/// What is held and what was deducted, of what is claimed, in yuan; `None` where nothing is claimed.
pub fn amounts(groups: &[Value], lang: Lang) -> Option<Chart> {
    let open = |group: &Value| {
        (amount(group, "claimed") - amount(group, "deducted") - amount(group, "frozen")).max(0.0)
    };
    let all = |group: &Value| amount(group, "deducted") + amount(group, "frozen") + open(group);
    let widest = widest(groups.iter().map(all))?;
    let claimed = lang.t("执行标的", "claimed");
    let bar = |group: &Value| {
        let [deducted, held] = taken(group, lang);
        let values =
            [deducted, held, ("short", open(group), format!("{claimed} {}", money(group, "/claimed")))];
        bar(name_of(group, lang), &values, widest, money(group, "/frozen"))
    };
    let short = ("short", lang.t("尚未控制", "not covered"));
    Some(Chart {
        title: lang.t("控制金额（元）", "Amounts (yuan)"),
        keys: keys_of_taken(lang).into_iter().chain([short]).collect(),
        bars: groups.iter().map(bar).collect(),
    })
}

fn widest(sums: impl Iterator<Item = f64>) -> Option<f64> {
    Some(sums.fold(0.0, f64::max)).filter(|widest| *widest > 0.0)
}

fn name_of(group: &Value, lang: Lang) -> String {
    let name = text(group, "/name");
    if name.is_empty() { lang.t("（未注明）", "(not stated)").to_owned() } else { name }
}

fn bar(name: String, values: &[(&'static str, f64, String)], widest: f64, figure: String) -> ChartBar {
    let mut at = 0.0;
    let mut parts = Vec::new();
    for (class, value, _) in values.iter().filter(|(_, value, _)| *value > 0.0) {
        let width = value / widest * WIDTH;
        parts.push((*class, format!("{at:.1}"), format!("{width:.1}")));
        at += width;
    }
    let said: Vec<&str> = values.iter().map(|(.., words)| words.as_str()).collect();
    ChartBar { sentence: format!("{name}：{}", said.join("，")), name, parts, figure }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_longest_bar_fills_the_width_and_the_others_stand_to_it_as_their_figures_do() {
        let groups = [
            json!({ "name": "甲", "answered_in_time": 6, "answered_late": 2, "never_answered": 2, "pending": 0, "in_time_percent": 60.0 }),
            json!({ "name": "", "answered_in_time": 5, "answered_late": 0, "never_answered": 0, "pending": 0, "in_time_percent": null }),
        ];
        let chart = answers(&groups, Lang::Zh).expect("a chart");
        let ends = |at: usize| -> Vec<f64> {
            let end = |(_, x, width): &(&str, String, String)| {
                x.parse::<f64>().expect("a number") + width.parse::<f64>().expect("a number")
            };
            chart.bars[at].parts.iter().map(end).collect()
        };
        assert_eq!((ends(0), ends(1)), (vec![600.0, 800.0, 1000.0], vec![500.0]));
        assert_eq!((chart.bars[0].figure.as_str(), chart.bars[1].figure.as_str()), ("60.0%", "—"));
        assert!(
            chart.bars[1].sentence.starts_with("（未注明）：24 小时内反馈 5"),
            "{}",
            chart.bars[1].sentence
        );
        assert!(answers(&[], Lang::Zh).is_none() && amounts(&groups, Lang::Zh).is_none(), "nothing to draw");
    }

    #[test]
    fn what_is_held_and_deducted_is_part_of_what_is_claimed() {
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let group = json!({ "name": "甲", "claimed": yuan("1000.00"), "frozen": yuan("400.00"), "deducted": yuan("100.00") });
        let chart = amounts(&[group], Lang::Zh).expect("a chart");
        let widths: Vec<&str> = chart.bars[0].parts.iter().map(|(.., width)| width.as_str()).collect();
        assert_eq!(widths, ["100.0", "400.0", "500.0"]);
        assert_eq!(chart.bars[0].figure, "400.00");
    }
    #[test]
    fn what_has_no_claim_of_its_own_shows_what_it_found_and_holds_and_nothing_as_not_covered() {
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let group = |name: &str, frozen: &str, found: u32| json!({ "name": name, "claimed": yuan("5000.00"), "frozen": yuan(frozen), "deducted": yuan("0.00"), "assets_found": found });
        let groups = [group("甲银行", "400.00", 2), group("登记机构", "0.00", 1), group("供应商", "0.00", 0)];
        let chart = held(&groups, Lang::Zh).expect("a chart");
        let bars: Vec<(&str, &str)> =
            chart.bars.iter().map(|bar| (bar.name.as_str(), bar.sentence.as_str())).collect();
        assert_eq!(bars, [("甲银行", "甲银行：已扣划 0.00，现控制 400.00")]);
        assert!(chart.keys.iter().all(|(class, _)| *class != "short"), "{:?}", chart.keys);
        let counted = found(&groups, Lang::Zh).expect("a chart");
        let figures: Vec<&str> = counted.bars.iter().map(|bar| bar.figure.as_str()).collect();
        assert_eq!(figures, ["2", "1"]);
        assert!(held(&groups[1..], Lang::Zh).is_none() && found(&groups[2..], Lang::Zh).is_none());
    }
}
