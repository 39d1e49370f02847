//! What the answer to a control says.

use chakong_contract::asset::{Doubt, DoubtAbout, DoubtKind};
use chakong_contract::reply::Holding;
use chakong_contract::{Answer, Date, Fault, FaultKind, Instruction, Money, Reply};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;
use rust_decimal::Decimal;

use super::holdings::{decimal, encumbrance_of, rank};
use super::values::{amount, malformed};
use crate::wire::{FreezeRow, Reported, STANDS, field, is_contradicted};

/// The answer to a control that was done.
/// `asked` is the day on which it was asked for.
pub(super) fn answer(reported: &Reported, instruction: &Instruction, asked: Date) -> Result<Answer, Fault> {
    // An officer of the authority may look at it first. A day that lies ahead is none: nothing was done yet.
    let mut gathered = Gathered::after(asked);
    let reply = match instruction {
        Instruction::Freeze { limit, .. } | Instruction::Renew { limit, .. } => {
            holding(reported, Some(*limit), &mut gathered)?
        }
        Instruction::Release { .. } => {
            let amount = frozen(&reported.row, "release a freeze", &mut gathered)?;
            gathered
                .past_date(field::LIFTED, &reported.row.lifted)
                .ok_or_else(|| malformed("release a freeze", "the answer has no day of release"))?;
            Reply::Released { amount, words: String::new() }
        }
        Instruction::Transfer { .. } => {
            let on = gathered
                .past_date(field::EXECUTED, &reported.executed)
                .ok_or_else(|| malformed("transfer a stake", "the answer has no day of registration"))?;
            Reply::Transferred { on: Some(on) }
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
    let executed = gathered.past_date(field::EXECUTED, &reported.executed);
    let reply = if executed.is_some() {
        Reply::Transferred { on: executed }
    } else if gathered.past_date(field::LIFTED, &reported.row.lifted).is_some() {
        let amount = frozen(&reported.row, "release a freeze", &mut gathered)?;
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
    let from = from.ok_or_else(|| malformed(operation, "the answer has no day of publication"))?;
    let stated = frozen(row, operation, gathered)?;
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
    let shares = decimal(field::FROZEN_SHARES, &row.shares, gathered);
    let unstated = stated.is_none() && shares.is_none() && row.percent.is_blank();
    let units = shares.filter(|_| !waits);
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
        from: Some(from),
        until: gathered.date(field::UNTIL, &row.until),
        rank: place,
        unstated,
        doubts: doubts(row, stated, gathered.lies_ahead(from)),
        reference: row.record.text(),
        earlier,
        words: words(reported, stated, gathered),
        ..Holding::of(held)
    };
    Ok(if partly { Reply::PartlyHeld(holding) } else { Reply::Held(holding) })
}

/// The amount that was frozen or released, where it is stated.
fn frozen(row: &FreezeRow, operation: &str, gathered: &mut Gathered) -> Result<Option<Money>, Fault> {
    let stated = amount(field::FROZEN_AMOUNT, &row.amount, &row.currency, gathered);
    match stated.filter(|stated| stated.amount < Decimal::ZERO) {
        Some(_) => Err(malformed(operation, "the amount of the answer is negative")),
        None => Ok(stated),
    }
}

/// What of a freeze may not be believed: an amount that is stated and cannot be read or is beyond all measure, a state whose words deny it,
/// and a day of publication that lies ahead.
fn doubts(row: &FreezeRow, stated: Option<Money>, begins_later: bool) -> Vec<Doubt> {
    let doubt = |about: DoubtAbout, kind: DoubtKind, field: &str, value: &Scalar| Doubt {
        about,
        kind,
        field: field.to_owned(),
        value: value.text(),
    };
    let amount = match stated {
        None if !row.amount.is_blank() => Some(DoubtKind::Unreadable),
        Some(stated) if !stated.is_plausible() => Some(DoubtKind::Implausible),
        _ => None,
    };
    let amount = amount.map(|kind| doubt(DoubtAbout::Held, kind, field::FROZEN_AMOUNT, &row.amount));
    let denied = is_contradicted(&row.state.text(), &row.state_words.plain());
    let words = (field::FREEZE_STATE_WORDS, &row.state_words);
    let state = denied.then(|| doubt(DoubtAbout::Held, DoubtKind::Contradiction, words.0, words.1));
    let term = begins_later
        .then(|| doubt(DoubtAbout::Term, DoubtKind::Implausible, field::PUBLISHED, &row.published));
    amount.into_iter().chain(state).chain(term).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(amount: &str, state_words: &str) -> Result<Holding, Fault> {
        let text = format!(
            "{{\"FROID\":\"F000031\",\"FROAM\":{amount},\"REGCAPCUR\":\"156\",\"FROZSTATE\":\"1\",\
             \"FROZSTATE_CN\":\"{state_words}\",\"PUBLICDATE\":\"2026-03-09\",\"ORDER\":1}}"
        );
        let reported: Reported = serde_json::from_str(&text).expect(&text);
        match alone(&reported)?.reply {
            Reply::Held(holding) | Reply::PartlyHeld(holding) => Ok(holding),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_amount_that_is_not_said_is_not_nothing_held() {
        for (amount, doubt) in [
            ("\"42.50万\"", Some(DoubtKind::Unreadable)),
            ("\"42元\"", Some(DoubtKind::Unreadable)),
            ("\"\"", None),
            ("null", None),
        ] {
            let holding = read(amount, "冻结").expect(amount);
            assert!(holding.unstated && holding.held.amount.is_zero(), "{amount}");
            assert_eq!(holding.doubts.first().map(|doubt| doubt.kind), doubt, "{amount}");
        }
        let holding = read("\"42.50\"", "冻结").expect("an amount");
        assert_eq!((holding.held.amount, holding.unstated, holding.doubts.len()), (425_000.into(), false, 0));
        let huge = read("3E19", "冻结").expect("beyond all measure");
        assert_eq!(huge.doubts.first().map(|doubt| doubt.kind), Some(DoubtKind::Implausible));
    }

    #[test]
    fn a_negative_amount_is_no_amount() {
        for amount in ["-42.5", "\"-0.01\""] {
            assert_eq!(read(amount, "冻结").map_err(|fault| fault.kind).err(), Some(FaultKind::Malformed));
        }
        let lifted = "{\"FROAM\":-7,\"REGCAPCUR\":\"156\",\"THAWDATE\":\"2026-05-04\"}";
        let reported: Reported = serde_json::from_str(lifted).expect(lifted);
        assert!(alone(&reported).is_err());
    }

    #[test]
    fn words_that_deny_the_state_are_in_doubt() {
        for words in ["已解除", "冻结届满失效", "冻结未成功", "不予冻结", "已解冻"] {
            let holding = read("\"42.50\"", words).expect(words);
            let kinds: Vec<_> = holding.doubts.iter().map(|doubt| doubt.kind).collect();
            assert_eq!(kinds, [DoubtKind::Contradiction], "{words}");
        }
        for words in ["", "冻结", "续行冻结", "冻结中", "冻结（未解除）", "有效"] {
            assert_eq!(read("\"42.50\"", words).expect(words).doubts, [], "{words}");
        }
        assert!(is_contradicted("2", "冻结") && is_contradicted("3", "冻结中"));
        assert!(
            !is_contradicted("2", "解除冻结") && !is_contradicted("3", "失效") && !is_contradicted("2", "")
        );
    }

    fn done(order: &str, body: &str) -> Result<Answer, Fault> {
        let orders: Vec<chakong_contract::Order> = serde_json::from_str(order).expect("orders");
        let reported: Reported = serde_json::from_str(body).expect(body);
        answer(&reported, &orders[0].instruction, Date::constant(2026, 1, 5))
    }

    #[test]
    fn what_is_done_on_a_day_that_has_not_come_or_is_none_is_not_done() {
        let release = include_str!("../../../../fixtures/market-regulator/release.order.json");
        let transfer = include_str!("../../../../fixtures/market-regulator/transfer.order.json");
        for (day, is_done) in [
            ("2026-01-06", true),
            ("20260301", true),
            ("1900-01-01", false),
            ("0001-01-01T00:00:00", false),
            ("9999-12-31", false),
            ("2041-07-01", false),
            ("暂无", false),
            ("", false),
        ] {
            let lifted = done(release, &format!("{{\"THAWDATE\":\"{day}\"}}"));
            let moved = done(transfer, &format!("{{\"EXECDATE\":\"{day}\"}}"));
            assert_eq!((lifted.is_ok(), moved.is_ok()), (is_done, is_done), "{day}");
        }
    }

    #[test]
    fn a_publication_that_lies_ahead_is_in_doubt() {
        let freeze = include_str!("../../../../fixtures/market-regulator/freeze-waiting.order.json");
        for (day, is_doubted) in [("2026-02-01", false), ("2033-01-05", true)] {
            let body = format!(
                "{{\"FROAM\":\"350\",\"REGCAPCUR\":\"156\",\"FROZSTATE\":\"1\",\"PUBLICDATE\":\"{day}\",\"ORDER\":1}}"
            );
            let (Reply::Held(holding) | Reply::PartlyHeld(holding)) = done(freeze, &body).expect(day).reply
            else {
                panic!("{day}");
            };
            let is_term =
                |doubt: &Doubt| (doubt.about, doubt.kind) == (DoubtAbout::Term, DoubtKind::Implausible);
            assert_eq!(holding.doubts.iter().any(is_term), is_doubted, "{day}");
        }
    }
}
