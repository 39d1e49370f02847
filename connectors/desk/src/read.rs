//! What was filled in, as an answer.

mod assets;

use chakong_contract::asset::Rank;
use chakong_contract::form::{FieldProblem, Filled, Values};
use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Misfit, Stated, misfits};
use chakong_contract::{Answer, Instruction, Moment, Money, Order, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use crate::manifest::Counter;
use crate::sheet::{self, controls};
use crate::words::chosen;

/// The answer that a form says.
pub(crate) fn answer(counter: &Counter, order: &Order, filled: &Filled) -> Result<Answer, Vec<FieldProblem>> {
    let problems = sheet::of(counter, order).problems(filled);
    if !problems.is_empty() {
        return Err(problems);
    }
    let values = Values::of(&filled.fields);
    let reply = match filled.outcome.as_str() {
        sheet::FOUND => Reply::Found { assets: assets::read(counter, order, filled)? },
        sheet::PARTIAL => Reply::Partial {
            assets: assets::read(counter, order, filled)?,
            missing: vec![values.owned(sheet::MISSING)],
        },
        sheet::NOTHING => Reply::Nothing,
        sheet::REFUSED => Reply::Refused(refusal(&values)),
        sheet::RELEASED => {
            about_it(&order.instruction, &values)?;
            let amount = given_back(&order.instruction, &values);
            Reply::Released { amount, words: values.owned(sheet::WORDS) }
        }
        sheet::DEDUCTED => {
            about_it(&order.instruction, &values)?;
            Reply::Deducted { amount: given_back(&order.instruction, &values) }
        }
        sheet::HELD => {
            below_order(&order.instruction, &values)?;
            held(&order.instruction, &values)
        }
        _ => Reply::NotHeld(refusal(&values)),
    };
    let answered_at = values.day(sheet::ANSWERED_ON).map(|day| Moment::from_wall(day.at(0, 0, 0, 0)));
    Ok(Answer { answered_at, ..Answer::of(reply) })
}

fn refusal(values: &Values<'_>) -> Refusal {
    let reason = chosen(values.text(sheet::REASON)).unwrap_or(RefusalReason::Other);
    Refusal { reason, words: values.owned(sheet::WORDS) }
}

/// What was released or deducted, as the paper says.
fn given_back(instruction: &Instruction, values: &Values<'_>) -> Option<Money> {
    values.money(controls::AMOUNT, instruction.amount().and_then(|ordered| ordered.currency))
}

/// A release or a deduction has no other place for the account that its paper names: a paper about another is not taken.
fn about_it(instruction: &Instruction, values: &Values<'_>) -> Result<(), Vec<FieldProblem>> {
    let target = instruction.target();
    let said = Holding {
        stated: stated(target, values.text(controls::STATED)),
        ..Holding::of(Money::yuan(Decimal::ZERO))
    };
    if !controls::names_account(target) || !misfits(instruction, &said).contains(&Misfit::OtherProperty) {
        return Ok(());
    }
    let (zh, en) = (
        "回执载明的账号与请求不符，请核对回执，向协助单位查明",
        "the paper is about another account than was ordered: ask the counterpart",
    );
    Err(vec![FieldProblem::new(format!("/fields/{}", controls::STATED), zh, en)])
}

/// Where a measure waits behind others, less than was ordered is held: who writes the whole has written what was ordered.
fn below_order(instruction: &Instruction, values: &Values<'_>) -> Result<(), Vec<FieldProblem>> {
    if values.count(controls::RANK).is_none_or(|place| place <= 1) {
        return Ok(());
    }
    let amount = instruction.amount().map(|ordered| ordered.amount);
    let all = [
        (controls::AMOUNT, "金额", "amount", amount),
        (controls::UNITS, "数量", "number of units", units_ordered(instruction)),
    ];
    let whole = all.into_iter().filter(|(key, .., ordered)| match (values.decimal(key), ordered) {
        (Some(held), Some(ordered)) => held > Decimal::ZERO && held >= *ordered,
        _ => false,
    });
    let problems: Vec<FieldProblem> = whole
        .map(|(key, zh, en, _)| {
            let zh = format!("轮候的请填写已实际控制的{zh}，没有的填0；已足额控制的顺位填1");
            let en = format!(
                "it waits behind others: write the {en} that is really held, 0 where nothing is; the place of one that is held in full is 1"
            );
            FieldProblem::new(format!("/fields/{key}"), zh, en)
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// What stands after a freeze or a renewal. It is held in part where less is held than was ordered, or it waits behind others.
fn held(instruction: &Instruction, values: &Values<'_>) -> Reply {
    let ordered = instruction.amount();
    let currency = ordered.map_or(Money::yuan(Decimal::ZERO).currency, |ordered| ordered.currency);
    let held = values.money(controls::AMOUNT, currency).unwrap_or(Money { amount: Decimal::ZERO, currency });
    let rank = values.count(controls::RANK).map(|place| Rank { place, derived: false });
    let units = values.decimal(controls::UNITS);
    let waits = rank.is_some_and(|rank| rank.place > 1);
    let is_full = match (units, units_ordered(instruction), ordered) {
        (Some(units), Some(wanted), _) => units >= wanted,
        (_, _, Some(ordered)) => held.amount >= ordered.amount,
        _ => true,
    };
    let holding = Holding {
        limit: values.money("limit", currency),
        units: values.decimal_text(controls::UNITS),
        balance: values.money("balance", currency),
        from: values.day("from"),
        until: values.day(controls::UNTIL),
        rank,
        reference: values.owned("reference"),
        stated: stated(instruction.target(), values.text(controls::STATED)),
        words: values.owned(sheet::WORDS),
        ..Holding::of(held)
    };
    if is_full && !waits { Reply::Held(holding) } else { Reply::PartlyHeld(holding) }
}

fn units_ordered(instruction: &Instruction) -> Option<Decimal> {
    match instruction.target() {
        Some(Target::Product { quantity, .. }) => quantity.as_ref()?.parse().ok(),
        _ => None,
    }
}

/// Which property the paper says it is about.
fn stated(target: Option<&Target>, text: &str) -> Stated {
    let said = Some(text.to_owned()).filter(|text| !text.is_empty());
    match target {
        Some(Target::Account { .. } | Target::Product { .. }) => Stated { account: said, ..Stated::NOTHING },
        Some(Target::Property { unit_number: Some(_), .. }) => {
            Stated { unit_number: said, ..Stated::NOTHING }
        }
        Some(Target::Property { .. }) => Stated { certificate: said, ..Stated::NOTHING },
        Some(Target::Equity { .. }) => Stated { company: said, ..Stated::NOTHING },
        None => Stated::NOTHING,
    }
}
