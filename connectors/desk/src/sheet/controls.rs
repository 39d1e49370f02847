//! What is asked about a control that was done.

use chakong_contract::Instruction;
use chakong_contract::form::{Field, FieldKind, LONGEST_FIELD, Label};
use chakong_contract::order::Target;

/// Field of the amount.
pub(crate) const AMOUNT: &str = "amount";
/// Field of the units.
pub(crate) const UNITS: &str = "units";
/// Field of the last day.
pub(crate) const UNTIL: &str = "until";
/// Field of the place in the queue.
pub(crate) const RANK: &str = "rank";
/// Field of the number that the paper names.
pub(crate) const STATED: &str = "stated";
/// Longest such number, in characters.
const LONGEST_STATED: u16 = 64;
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

/// Account or certificate number that the paper names. One that names an account is known by it.
fn stated(target: Option<&Target>) -> Field {
    let label = Label::new("回执载明的账号或权证号", "account or certificate number that the paper states");
    let field = Field::new(STATED, FieldKind::Text { longest: LONGEST_STATED }, label);
    if names_account(target) { field.required() } else { field }
}

/// Whether a control is of an account, or of what stands in one.
pub(crate) const fn names_account(target: Option<&Target>) -> bool {
    matches!(target, Some(Target::Account { .. } | Target::Product { .. }))
}

/// What is asked about a freeze or a renewal. Where the order names an amount, so must the answer. No number that the order names stands
/// there at first: it is the paper that says what is held, until when, and in which place.
pub(crate) fn held(instruction: &Instruction) -> Vec<Field> {
    let mut fields = Vec::new();
    let target = instruction.target();
    if instruction.amount().is_some() {
        let label = "实际控制金额（轮候的填已实际控制的金额，没有的填0）";
        fields.push(
            amount(AMOUNT, label, "amount really held (0 where it waits behind others and nothing is)")
                .required(),
        );
        fields.push(amount("limit", "冻结限额", "limit of the freeze"));
        fields.push(amount("balance", "账户余额", "balance of the account"));
    }
    if let Some(Target::Product { quantity: Some(_), .. }) = target {
        let label = Label::new(
            "实际控制数量（轮候的填已实际控制的数量，没有的填0）",
            "units really held (0 where it waits behind others and none are)",
        );
        fields.push(Field::new(UNITS, FieldKind::Decimal, label).required());
    }
    if matches!(instruction, Instruction::Freeze { .. } | Instruction::Renew { .. }) {
        fields.push(day("from", "起始日期", "first day"));
        fields.push(day(UNTIL, "截止日期", "last day").required());
    }
    let label =
        Label::new("顺位（1为生效，2以上为轮候）", "place in the queue: 1 is effective, higher ones wait");
    let rank = Field::new(RANK, FieldKind::Count { most: MOST_RANK }, label);
    let is_freeze = matches!(instruction, Instruction::Freeze { .. });
    fields.push(if is_freeze { rank.required() } else { rank });
    fields.push(stated(target));
    fields.push(text("reference", 60, "协助单位的业务号、文号", "the counterpart's own number"));
    fields.push(remark());
    fields
}

/// What is asked about a release. A paper may leave the amount out.
pub(crate) fn released(instruction: &Instruction) -> Vec<Field> {
    let mut fields = Vec::new();
    if instruction.amount().is_some() {
        fields.push(amount(AMOUNT, "解除金额", "amount released"));
    }
    fields.extend(stated_account(instruction));
    fields.push(remark());
    fields
}

/// What is asked about a deduction.
pub(crate) fn deducted(instruction: &Instruction) -> Vec<Field> {
    let amount = amount(AMOUNT, "扣划金额", "amount deducted").required();
    std::iter::once(amount).chain(stated_account(instruction)).chain([remark()]).collect()
}

fn stated_account(instruction: &Instruction) -> Option<Field> {
    let target = instruction.target();
    names_account(target).then(|| stated(target))
}
