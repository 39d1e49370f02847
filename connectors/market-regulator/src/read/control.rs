//! What the answer to a control says.

use chakong_contract::reply::Holding;
use chakong_contract::{Answer, Fault, FaultKind, Instruction, Money, Reply};
use chakong_toolkit::gathered::Gathered;
use rust_decimal::Decimal;

use super::holdings::{decimal, encumbrance_of, rank};
use super::values::{amount, malformed};
use crate::wire::{FreezeRow, Reported, STANDS, field};

/// The answer to a control that was done.
pub(super) fn answer(reported: &Reported, instruction: &Instruction) -> Result<Answer, Fault> {
    let mut gathered = Gathered::default();
    let reply = match instruction {
        Instruction::Freeze { limit, .. } | Instruction::Renew { limit, .. } => {
            holding(reported, Some(*limit), &mut gathered)?
        }
        Instruction::Release { .. } => {
            let amount =
                amount(field::FROZEN_AMOUNT, &reported.row.amount, &reported.row.currency, &mut gathered);
            if reported.row.lifted.is_blank() {
                return Err(malformed("release a freeze", "the answer has no day of release"));
            }
            Reply::Released { amount, words: String::new() }
        }
        Instruction::Transfer { .. } => {
            let on = gathered.date(field::EXECUTED, &reported.executed);
            if on.is_none() {
                return Err(malformed("transfer a stake", "the answer has no day of registration"));
            }
            Reply::Transferred { on }
        }
        Instruction::Query { .. } | Instruction::Deduct { .. } => {
            return Err(Fault::new(
                FaultKind::Unsupported,
                "read the answer",
                "this is no control of a stake",
            ));
        }
    };
    Ok(Answer { unknown: gathered.unknown, ..Answer::of(reply) })
}

/// A body on its own: what it holds says what it is.
pub(super) fn alone(reported: &Reported) -> Result<Answer, Fault> {
    let mut gathered = Gathered::default();
    let reply = if !reported.executed.is_blank() {
        Reply::Transferred { on: gathered.date(field::EXECUTED, &reported.executed) }
    } else if !reported.row.lifted.is_blank() {
        let amount =
            amount(field::FROZEN_AMOUNT, &reported.row.amount, &reported.row.currency, &mut gathered);
        Reply::Released { amount, words: String::new() }
    } else {
        holding(reported, None, &mut gathered)?
    };
    Ok(Answer { unknown: gathered.unknown, ..Answer::of(reply) })
}

/// A freeze as recorded. It takes effect on the day of publication (法释〔2021〕20号 art. 6): without that day nothing is held.
/// What is held is never assumed from what was ordered: behind another freeze it is nothing. `limit` is what was ordered,
/// `None` where that is not known.
fn holding(
    reported: &Reported,
    limit: Option<Option<Money>>,
    gathered: &mut Gathered,
) -> Result<Reply, Fault> {
    let row = &reported.row;
    let operation = "read a freeze";
    if row.state.text() != STANDS {
        return Err(malformed(operation, "the freeze of the answer does not stand"));
    }
    let from = gathered.date(field::PUBLISHED, &row.published);
    if from.is_none() {
        return Err(malformed(operation, "the answer has no day of publication"));
    }
    let stated = amount(field::FROZEN_AMOUNT, &row.amount, &row.currency, gathered);
    let limit = limit.unwrap_or(stated);
    let covered = match limit {
        Some(limit) => stated
            .filter(|stated| stated.currency == limit.currency)
            .ok_or_else(|| malformed(operation, "the answer does not say how much was frozen"))?,
        None => Money::yuan(Decimal::ZERO),
    };
    let place = rank(row);
    let waits = place.is_some_and(|rank| rank.place > 1);
    let held = if waits { Money { amount: Decimal::ZERO, ..covered } } else { covered };
    let units = decimal(field::FROZEN_SHARES, &row.shares, gathered).filter(|_| !waits);
    let uncovered = limit.and_then(|limit| {
        let rest = limit.amount.checked_sub(held.amount)?;
        (rest > Decimal::ZERO).then_some(Money { amount: rest, ..limit })
    });
    let partly = waits || uncovered.is_some();
    let earlier: Vec<FreezeRow> =
        gathered.entries("在先冻结 earlier freezes", reported.earlier.clone().unwrap_or_default());
    let earlier = earlier.iter().filter_map(|row| encumbrance_of(row, gathered)).collect();
    let holding = Holding {
        limit,
        held,
        units,
        uncovered,
        balance: None,
        available: None,
        from,
        until: gathered.date(field::UNTIL, &row.until),
        rank: place,
        reference: row.record.text(),
        earlier,
        words: words(reported, stated, gathered),
        ..Holding::of(held)
    };
    Ok(if partly { Reply::PartlyHeld(holding) } else { Reply::Held(holding) })
}

fn words(reported: &Reported, stated: Option<Money>, gathered: &mut Gathered) -> String {
    let share = decimal(field::FROZEN_PERCENT, &reported.row.percent, gathered);
    let parts = [
        Some(reported.message.plain()).filter(|message| !message.is_empty()),
        stated.map(|money| format!("出资额 {money}")),
        share.map(|share| format!("比例 {share}%")),
    ];
    let missing = std::mem::take(&mut gathered.missing);
    parts.into_iter().flatten().chain(missing).collect::<Vec<_>>().join("；")
}

/// A control that was done, of which nothing else is told. The record that was taken is the one that was sent: a freeze
/// counts in full, so that never more than the claim is frozen elsewhere, though it may wait behind another.
pub(super) fn without_details(instruction: &Instruction, record: String) -> Reply {
    match instruction {
        Instruction::Release { .. } => Reply::Released { amount: None, words: String::new() },
        Instruction::Transfer { .. } => Reply::Transferred { on: None },
        Instruction::Freeze { limit, until, .. } | Instruction::Renew { limit, until, .. } => {
            let words = "已受理；公示日期、轮候顺序未反馈 taken; day of publication and place are not told";
            Reply::Held(Holding {
                limit: *limit,
                until: Some(*until),
                reference: record,
                words: words.to_owned(),
                ..Holding::of(limit.unwrap_or(Money::yuan(Decimal::ZERO)))
            })
        }
        Instruction::Query { .. } | Instruction::Deduct { .. } => Reply::Nothing,
    }
}
