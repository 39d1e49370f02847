//! What is asked about a control that was done.

use chakong_contract::form::{Field, FieldKind, LONGEST_FIELD, Label};
use chakong_contract::order::Target;
use chakong_contract::{Instruction, Money};

/// Highest place in a queue.
const MOST_RANK: u32 = 999;

fn text(key: &'static str, longest: u16, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Text { longest }, Label::new(zh, en))
}

fn amount(key: &'static str, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Amount, Label::new(zh, en))
}

fn day(key: &'static str, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Day, Label::new(zh, en))
}

fn remark() -> Field {
    Field::new("words", FieldKind::Words { longest: LONGEST_FIELD }, Label::new("备注", "remark"))
}

/// What is asked about a freeze or a renewal. Where the order names an amount, so must the answer.
pub(crate) fn held(instruction: &Instruction) -> Vec<Field> {
    let mut fields = Vec::new();
    let units = match instruction.target() {
        Some(Target::Product { quantity, .. }) => quantity.clone(),
        _ => None,
    };
    if let Some(ordered) = instruction.amount() {
        let held = amount("amount", "实际控制金额", "amount really held");
        fields.push(held.required().with(ordered.amount.to_string()));
        fields.push(amount("limit", "冻结限额", "limit of the freeze"));
        fields.push(amount("balance", "账户余额", "balance of the account"));
    }
    if let Some(units) = units {
        let label = Label::new("实际控制数量", "units really held");
        fields.push(Field::new("units", FieldKind::Decimal, label).required().with(units));
    }
    if let Instruction::Freeze { from, until, .. } | Instruction::Renew { from, until, .. } = instruction {
        fields.push(day("from", "起始日期", "first day").with(from.to_string()));
        fields.push(day("until", "截止日期", "last day").required().with(until.to_string()));
    }
    let rank =
        Label::new("顺位（1为生效，2以上为轮候）", "place in the queue: 1 is effective, higher ones wait");
    fields.push(Field::new("rank", FieldKind::Count { most: MOST_RANK }, rank));
    fields.push(text(
        "stated",
        64,
        "回执载明的账号或权证号",
        "account or certificate number that the paper states",
    ));
    fields.push(text("reference", 60, "协助单位的业务号、文号", "the counterpart's own number"));
    fields.push(remark());
    fields
}

/// What is asked about a release.
pub(crate) fn released(ordered: Option<Money>) -> Vec<Field> {
    let mut fields = Vec::new();
    if let Some(ordered) = ordered {
        fields.push(amount("amount", "解除金额", "amount released").with(ordered.amount.to_string()));
    }
    fields.push(remark());
    fields
}

/// What is asked about a deduction.
pub(crate) fn deducted(ordered: Money) -> Vec<Field> {
    vec![
        amount("amount", "扣划金额", "amount deducted").required().with(ordered.amount.to_string()),
        remark(),
    ]
}
