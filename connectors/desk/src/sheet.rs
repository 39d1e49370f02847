//! The form of an order: what its counterpart may have answered.

pub(crate) mod controls;
mod rows;

use chakong_contract::form::{Field, FieldKind, LONGEST_FIELD, Label, Outcome, Sheet};
use chakong_contract::{Instruction, Order};

use crate::manifest::Counter;
use crate::words::REASONS;

/// Most things in one answer.
pub(crate) const MOST_ROWS: usize = 50;

pub(crate) const FOUND: &str = "found";
pub(crate) const PARTIAL: &str = "partial";
pub(crate) const NOTHING: &str = "nothing";
pub(crate) const REFUSED: &str = "refused";
pub(crate) const HELD: &str = "held";
pub(crate) const RELEASED: &str = "released";
pub(crate) const DEDUCTED: &str = "deducted";
pub(crate) const NOT_DONE: &str = "not_held";

/// Field of the day on which the counterpart answered.
pub(crate) const ANSWERED_ON: &str = "answered_on";
/// Field of its words.
pub(crate) const WORDS: &str = "words";
/// Field of its reason.
pub(crate) const REASON: &str = "reason";
/// Field of what is missing.
pub(crate) const MISSING: &str = "missing";

/// The form of an order.
pub(crate) fn of(counter: &Counter, order: &Order) -> Sheet {
    let outcomes = match &order.instruction {
        Instruction::Query { .. } => of_query(counter),
        Instruction::Freeze { .. } | Instruction::Renew { .. } => {
            let done = outcome(HELD, ("已办理", "done"), controls::held(&order.instruction));
            vec![done, declined(NOT_DONE, ("未办理", "not done"))]
        }
        Instruction::Release { .. } => {
            let done = outcome(RELEASED, ("已解除", "released"), controls::released(&order.instruction));
            vec![done, declined(NOT_DONE, ("未解除", "not released"))]
        }
        Instruction::Deduct { .. } => {
            let done = outcome(DEDUCTED, ("已扣划", "deducted"), controls::deducted(&order.instruction));
            vec![done, declined(NOT_DONE, ("未扣划", "not deducted"))]
        }
        // The manifest declares none, so none is planned.
        Instruction::Transfer { .. } => vec![declined(NOT_DONE, ("未办理", "not done"))],
    };
    Sheet { outcomes }
}

fn of_query(counter: &Counter) -> Vec<Outcome> {
    let listed = |word, label, fields| {
        let rows = counter.kinds.iter().map(|kind| rows::of(*kind)).collect();
        Outcome { rows, most_rows: MOST_ROWS, ..outcome(word, label, fields) }
    };
    let missing = Field::new(
        MISSING,
        FieldKind::Words { longest: LONGEST_FIELD },
        Label::new("缺少什么", "what is missing"),
    );
    vec![
        listed(FOUND, ("有财产", "property was found"), Vec::new()),
        outcome(NOTHING, ("无财产", "nothing was found"), Vec::new()),
        listed(
            PARTIAL,
            ("有财产，但反馈不完整", "property was found, and something is missing"),
            vec![missing.required()],
        ),
        declined(REFUSED, ("拒绝协助", "refused")),
    ]
}

/// An outcome without rows. Every outcome asks for the day of the answer.
fn outcome(word: &'static str, (zh, en): (&'static str, &'static str), fields: Vec<Field>) -> Outcome {
    let day = Field::new(ANSWERED_ON, FieldKind::Day, Label::new("反馈日期", "day of the answer"));
    let fields = std::iter::once(day).chain(fields).collect();
    Outcome { outcome: word, label: Label::new(zh, en), fields, rows: Vec::new(), most_rows: 0 }
}

fn declined(word: &'static str, label: (&'static str, &'static str)) -> Outcome {
    let reason = FieldKind::Choice { choices: REASONS };
    let words = FieldKind::Words { longest: LONGEST_FIELD };
    let fields = vec![
        Field::new(REASON, reason, Label::new("原因", "reason")).required(),
        Field::new(WORDS, words, Label::new("协助单位原话", "the counterpart's words")).required(),
    ];
    outcome(word, label, fields)
}
