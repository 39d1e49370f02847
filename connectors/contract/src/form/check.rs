//! Whether what a person filled in fits the form.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::filled::{FieldProblem, Filled};
use super::sheet::{Field, FieldKind, Outcome, Sheet};
use super::values::Values;
use crate::money::Money;

/// Decimals of an amount.
const CENTS: u32 = 2;
/// Most decimals of a number.
const MOST_DECIMALS: u32 = 8;

impl Sheet {
    /// Everything in a filled form that does not fit, in the order of the form; empty where all of it does.
    pub fn problems(&self, filled: &Filled) -> Vec<FieldProblem> {
        let Some(outcome) = self.outcome(&filled.outcome) else {
            return vec![FieldProblem::new("/outcome", "请选择反馈结果", "choose what was answered")];
        };
        let mut problems = Vec::new();
        check_fields("/fields", &outcome.fields, &filled.fields, &mut problems);
        check_rows(outcome, filled, &mut problems);
        problems
    }
}

fn check_rows(outcome: &Outcome, filled: &Filled, problems: &mut Vec<FieldProblem>) {
    let count = filled.rows.len();
    if count > outcome.most_rows {
        let most = outcome.most_rows;
        problems.push(match most {
            0 => FieldProblem::new("/rows", "此结果不填写财产", "no property is listed with this outcome"),
            _ => FieldProblem::new("/rows", format!("最多填写{most}项"), format!("list at most {most}")),
        });
        return;
    }
    if count == 0 && outcome.most_rows > 0 {
        problems.push(FieldProblem::new("/rows", "请至少填写一项财产", "list at least one property"));
    }
    for (at, row) in filled.rows.iter().enumerate() {
        match outcome.rows.iter().find(|kind| kind.kind == row.kind) {
            Some(kind) => {
                check_fields(&format!("/rows/{at}/fields"), &kind.fields, &row.fields, problems);
            }
            None => {
                let pointer = format!("/rows/{at}/kind");
                problems.push(FieldProblem::new(pointer, "请选择财产种类", "choose the kind of property"));
            }
        }
    }
}

fn check_fields(
    below: &str,
    fields: &[Field],
    filled: &BTreeMap<String, String>,
    problems: &mut Vec<FieldProblem>,
) {
    let values = Values::of(filled);
    for field in fields {
        let wrong = match values.text(field.key) {
            "" if field.required => Some(("必填".to_owned(), "must be filled in".to_owned())),
            "" => None,
            text => wrong_with(field.kind, &values, field.key, text),
        };
        if let Some((zh, en)) = wrong {
            let zh = format!("{}：{zh}", field.label.zh);
            problems.push(FieldProblem::new(format!("{below}/{}", field.key), zh, en));
        }
    }
    // The name of an unknown field is the caller's: it may hold anything, so it is not repeated.
    let is_unknown = |key: &&String| !fields.iter().any(|field| field.key == key.as_str());
    if filled.keys().any(|key| is_unknown(&key)) {
        let en = "has a field that the form does not have";
        problems.push(FieldProblem::new(below, "含有表中没有的栏目", en));
    }
}

/// What is wrong with a field that is filled in.
fn wrong_with(kind: FieldKind, values: &Values<'_>, key: &str, text: &str) -> Option<(String, String)> {
    let told = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
    match kind {
        FieldKind::Text { longest } | FieldKind::Words { longest } => {
            let lines = matches!(kind, FieldKind::Words { .. });
            let is_odd = |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'));
            if text.chars().count() > usize::from(longest) {
                return Some((format!("最多{longest}字"), format!("at most {longest} characters")));
            }
            text.contains(is_odd).then(|| ("含有不可见字符".to_owned(), "has control characters".to_owned()))
        }
        FieldKind::Amount => match values.decimal(key) {
            None => told("请填写金额，如 1234.56", "write an amount, such as 1234.56"),
            Some(amount) if amount < Decimal::ZERO => told("不得为负", "must not be negative"),
            Some(amount) if amount.normalize().scale() > CENTS => {
                told("最多两位小数", "has more than two decimals")
            }
            Some(amount) if !Money::yuan(amount).is_plausible() => {
                told("金额不合理", "is beyond all measure")
            }
            Some(_) => None,
        },
        FieldKind::Decimal => match values.decimal(key) {
            None => told("请填写数字", "write a number"),
            Some(number) if number < Decimal::ZERO => told("不得为负", "must not be negative"),
            Some(number)
                if number.normalize().scale() > MOST_DECIMALS || !Money::yuan(number).is_plausible() =>
            {
                told("数字不合理", "is beyond all measure")
            }
            Some(_) => None,
        },
        FieldKind::Count { most } => match values.count(key) {
            Some(count) if (1..=most).contains(&count) => None,
            _ => Some((format!("请填写1至{most}的整数"), format!("write a whole number from 1 to {most}"))),
        },
        FieldKind::Day => match values.day(key) {
            Some(_) => None,
            None => told("请填写日期，如 2026-01-05", "write a day, such as 2026-01-05"),
        },
        FieldKind::Choice { choices } => match choices.iter().any(|choice| choice.word == text) {
            true => None,
            false => told("请从所列选项中选择", "choose one of those listed"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::filled::FilledRow;
    use super::super::sheet::{Choice, Label, RowKind};
    use super::*;

    const LABEL: Label = Label::new("栏目", "field");
    const CHOICES: &[Choice] = &[Choice::new("a", "甲", "A")];

    fn sheet() -> Sheet {
        let field = |key, kind| Field::new(key, kind, LABEL);
        let row = RowKind {
            kind: "thing",
            label: LABEL,
            fields: vec![field("number", FieldKind::Text { longest: 4 }).required()],
        };
        Sheet {
            outcomes: vec![
                Outcome {
                    outcome: "found",
                    label: LABEL,
                    fields: vec![
                        field("text", FieldKind::Text { longest: 4 }),
                        field("words", FieldKind::Words { longest: 8 }),
                        field("amount", FieldKind::Amount),
                        field("decimal", FieldKind::Decimal),
                        field("count", FieldKind::Count { most: 9 }),
                        field("day", FieldKind::Day),
                        field("choice", FieldKind::Choice { choices: CHOICES }),
                    ],
                    rows: vec![row],
                    most_rows: 2,
                },
                Outcome {
                    outcome: "nothing",
                    label: LABEL,
                    fields: Vec::new(),
                    rows: Vec::new(),
                    most_rows: 0,
                },
            ],
        }
    }

    fn found(fields: &[(&str, &str)], rows: &[(&str, &str)]) -> Filled {
        let fields = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let row = |(kind, number): &(&str, &str)| FilledRow {
            kind: (*kind).to_owned(),
            fields: BTreeMap::from([("number".to_owned(), (*number).to_owned())]),
        };
        Filled { outcome: "found".to_owned(), fields, rows: rows.iter().map(row).collect() }
    }

    fn pointers(filled: &Filled) -> Vec<String> {
        sheet().problems(filled).into_iter().map(|problem| problem.pointer).collect()
    }

    #[test]
    fn what_fits_has_no_problem_in_any_usual_spelling() {
        let fields = [
            ("text", " 甲乙丙丁 "),
            ("words", "一\n二"),
            ("amount", "1,234.50"),
            ("decimal", "0.125"),
            ("count", "9"),
            ("day", "2026-01-05"),
            ("choice", "a"),
        ];
        assert_eq!(pointers(&found(&fields, &[("thing", "1234")])), Vec::<String>::new());
        let nothing = Filled { outcome: "nothing".to_owned(), ..Filled::default() };
        assert_eq!(pointers(&nothing), Vec::<String>::new());
    }

    #[test]
    fn every_field_that_does_not_fit_is_told_at_its_place() {
        for (key, value) in [
            ("text", "五个字太长"),
            ("text", "a\nb"),
            ("words", "\u{7}"),
            ("amount", "壹元"),
            ("amount", "-1"),
            ("amount", "0.001"),
            ("amount", "99999999999999999999"),
            ("decimal", "-0.5"),
            ("decimal", "1e999"),
            ("count", "0"),
            ("count", "10"),
            ("day", "2026-02-30"),
            ("choice", "b"),
        ] {
            let told = pointers(&found(&[(key, value)], &[("thing", "1")]));
            assert_eq!(told, [format!("/fields/{key}")], "{value:?}");
        }
        assert_eq!(pointers(&found(&[("strange", "1")], &[("thing", "1")])), ["/fields"]);
        assert_eq!(
            pointers(&found(&[], &[("thing", " "), ("other", "1")])),
            ["/rows/0/fields/number", "/rows/1/kind"]
        );
        assert_eq!(pointers(&found(&[], &[])), ["/rows"]);
        assert_eq!(pointers(&found(&[], &[("thing", "1"); 3])), ["/rows"]);
        let nothing = Filled { outcome: "nothing".to_owned(), ..found(&[], &[("thing", "1")]) };
        assert_eq!(pointers(&nothing), ["/rows"]);
        assert_eq!(pointers(&Filled::default()), ["/outcome"]);
    }
}
