//! What was filled in, as an answer.

mod assets;

use chakong_contract::asset::Rank;
use chakong_contract::form::{FieldProblem, Filled, Values};
use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Stated};
use chakong_contract::{Answer, Instruction, Moment, Money, Order, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use crate::manifest::Counter;
use crate::sheet;
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
            let currency = order.instruction.amount().and_then(|ordered| ordered.currency);
            Reply::Released { amount: values.money("amount", currency), words: values.owned(sheet::WORDS) }
        }
        sheet::DEDUCTED => {
            let currency = order.instruction.amount().and_then(|ordered| ordered.currency);
            Reply::Deducted { amount: values.money("amount", currency) }
        }
        sheet::HELD => held(&order.instruction, &values),
        _ => Reply::NotHeld(refusal(&values)),
    };
    let answered_at = values.day(sheet::ANSWERED_ON).map(|day| Moment::from_wall(day.at(0, 0, 0, 0)));
    Ok(Answer { answered_at, ..Answer::of(reply) })
}

fn refusal(values: &Values<'_>) -> Refusal {
    let reason = chosen(values.text(sheet::REASON)).unwrap_or(RefusalReason::Other);
    Refusal { reason, words: values.owned(sheet::WORDS) }
}

/// What stands after a freeze or a renewal. It is held in part where less is held than was ordered, or it waits behind others.
fn held(instruction: &Instruction, values: &Values<'_>) -> Reply {
    let ordered = instruction.amount();
    let currency = ordered.map_or(Money::yuan(Decimal::ZERO).currency, |ordered| ordered.currency);
    let held = values.money("amount", currency).unwrap_or(Money { amount: Decimal::ZERO, currency });
    let rank = values.count("rank").map(|place| Rank { place, derived: false });
    let units = values.decimal("units");
    let waits = rank.is_some_and(|rank| rank.place > 1);
    let is_full = match (units, units_ordered(instruction), ordered) {
        (Some(units), Some(wanted), _) => units >= wanted,
        (_, _, Some(ordered)) => held.amount >= ordered.amount,
        _ => true,
    };
    let holding = Holding {
        limit: values.money("limit", currency),
        units: values.decimal_text("units"),
        balance: values.money("balance", currency),
        from: values.day("from"),
        until: values.day("until"),
        rank,
        reference: values.owned("reference"),
        stated: stated(instruction.target(), values.text("stated")),
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
