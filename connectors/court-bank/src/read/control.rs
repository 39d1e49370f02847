//! The answer to one control: what is really held, never what was asked (protocol section 5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::asset::{DoubtKind, Rank};
use chakong_contract::id::folded_number;
use chakong_contract::placeholder::{is_masked_number, is_placeholder};
use chakong_contract::reply::{Holding, Receipt, Stated};
use chakong_contract::{Answer, Currency, Date, Encumbrance, Fault, FaultKind, Money, Refusal, Reply, money};
use rust_decimal::Decimal;

use super::account::{freeze_of, right_of};
use super::days::is_far;
use super::values::{ValueReader, code as number, joined, text};
use crate::wire::code::{self, Field, field};
use crate::wire::{ControlRow, ReceiptRow, ReturnRow};

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "read the control feedback", detail)
}

/// Reads the rows that speak about one control, its receipts and its return, if any.
pub(super) fn answer(
    rows: &[ControlRow],
    receipts: &[ReceiptRow],
    returned: Option<&ReturnRow>,
) -> Result<Answer, Fault> {
    let mut reader = ValueReader::default();
    let reply = match (only(rows, &mut reader)?, returned) {
        // The result of the account counts; a return beside it is kept.
        (Some(row), returned) => {
            if let Some(returned) = returned {
                reader.gathered.strange(
                    <ReturnRow as crate::wire::Row>::NAME,
                    joined(&returned.reason, &returned.remark),
                );
            }
            reply(row, &mut reader)?
        }
        (None, Some(returned)) => {
            reader.keep_all(&returned.unknown);
            Reply::Refused(super::returned::refusal(returned))
        }
        (None, None) => return Err(malformed("a receipt came without a result")),
    };
    let receipts = receipts.iter().map(|row| receipt(row, &mut reader)).collect::<Result<_, _>>()?;
    Ok(Answer { reply, answered_at: None, unknown: reader.gathered.unknown, receipts })
}

/// An order controls one account, so one row speaks about it: the same row twice is one, in whatever spelling of the number, and among several the first
/// sequence is ours. Other rows are kept as unknown.
fn only<'a>(rows: &'a [ControlRow], reader: &mut ValueReader) -> Result<Option<&'a ControlRow>, Fault> {
    let Some(first) = rows.first() else { return Ok(None) };
    if rows.iter().all(|row| is_same(row, first)) {
        return Ok(Some(first));
    }
    let mut ours = rows.iter().filter(|row| row.sequence.trim().trim_start_matches('0') == "1");
    let Some(our) = ours.next() else { return Err(malformed("several results, and none is of our account")) };
    if ours.any(|row| !is_same(row, our)) {
        return Err(malformed("two different results for one account"));
    }
    for other in rows.iter().filter(|row| !is_same(row, our)) {
        reader.gathered.strange(field::SEQUENCE.name, &other.sequence);
    }
    Ok(Some(our))
}

/// Whether two rows say the same of one account.
fn is_same(one: &ControlRow, other: &ControlRow) -> bool {
    let folded = |row: &ControlRow| ControlRow {
        sequence: row.sequence.trim().trim_start_matches('0').to_owned(),
        account: folded_number(&row.account),
        product_number: folded_number(&row.product_number),
        wealth_account: folded_number(&row.wealth_account),
        ..row.clone()
    };
    one == other || folded(one) == folded(other)
}

fn reply(row: &ControlRow, reader: &mut ValueReader) -> Result<Reply, Fault> {
    reader.keep_all(&row.unknown);
    let state = row.state.trim();
    match state.strip_prefix('0').filter(|rest| !rest.is_empty()).unwrap_or(state) {
        code::DONE => holding(row, reader),
        code::NOT_DONE => {
            let words = joined(&row.reason, &row.remark);
            let reason = code::reason(&[row.reason.as_str(), row.remark.as_str()]);
            Ok(Reply::NotHeld(Refusal { reason, words }))
        }
        "" => Err(malformed("the result code is blank")),
        other => {
            let code: String = other.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
            Err(malformed("the result code is not known").status(code))
        }
    }
}

fn holding(row: &ControlRow, reader: &mut ValueReader) -> Result<Reply, Fault> {
    // The result names no currency. It is that of the request, and the connector writes requests in yuan only.
    let currency = Some(Currency::CNY);
    let units = required_if_given(&row.held_quantity, "the quantity really held is no number")?;
    let units = units.filter(|units| units.is_sign_positive() && !units.is_zero());
    let held = money::read_amount(&row.held)
        .map_err(|_| malformed("the amount really held is no amount"))?
        // Of a product units are held, and perhaps no money beside them.
        .or_else(|| units.map(|_| Decimal::ZERO));
    let unstated = held.is_none();
    let held =
        reader.gathered.rounded(field::HELD.name, &row.held, Money::yuan(held.unwrap_or_default())).amount;
    if held.is_sign_negative() && !held.is_zero() {
        return Err(malformed("the amount really held is negative"));
    }
    let limit = beside(field::LIMIT, &row.limit, reader);
    let uncovered = beside(field::UNCOVERED, &row.uncovered, reader);
    doubt_limit(row, held, limit, uncovered, units.is_some(), reader);
    let freezes: Vec<Encumbrance> =
        row.freezes.iter().map(|freeze| freeze_of(freeze, currency, reader)).collect();
    let full = match (limit, uncovered) {
        _ if units.is_some() => row.reason.trim().is_empty(),
        (Some(limit), _) => limit > Decimal::ZERO && held >= limit,
        (None, Some(uncovered)) => uncovered.is_zero(),
        (None, None) => false,
    };
    let rank = rank(freezes.len(), full);
    let mut earlier = freezes;
    earlier.extend(row.rights.iter().map(|right| right_of(right, currency, reader)));
    let yuan = |amount: Decimal| Money { amount, currency };
    let said = [
        (field::HELD, Some(held), &row.held),
        (field::LIMIT, limit, &row.limit),
        (field::UNCOVERED, uncovered, &row.uncovered),
    ];
    for (field, said, text) in said {
        if said.is_some_and(|said| !yuan(said).is_plausible()) {
            reader.doubt(field, DoubtKind::Implausible, text);
        }
    }
    let holding = Holding {
        limit: limit.map(yuan),
        held: yuan(held),
        units: units.map(|units| units.normalize().to_string()),
        uncovered: uncovered.map(yuan),
        balance: reader.money(field::BALANCE, &row.balance, currency),
        available: reader.money(field::AVAILABLE, &row.available, currency),
        from: from(row, reader),
        until: until(row, reader),
        rank,
        unstated,
        accepted_only: false,
        reference: String::new(),
        earlier,
        stated: stated(row, reader),
        words: joined(&row.reason, &row.remark),
        doubts: reader.take_doubts(),
    };
    Ok(if full { Reply::Held(holding) } else { Reply::PartlyHeld(holding) })
}

/// The first day of the measure; one far from the request is in doubt.
fn from(row: &ControlRow, reader: &mut ValueReader) -> Option<Date> {
    let from = reader.date(field::MEASURE_FROM, &row.from);
    if from.is_some_and(|from| is_far(from, &row.number)) {
        reader.doubt(field::MEASURE_FROM, DoubtKind::Implausible, &row.from);
    }
    from
}

/// The last day of the measure. A day that means "no end" is none, and is kept: no freeze of money is without an end.
fn until(row: &ControlRow, reader: &mut ValueReader) -> Option<Date> {
    let until = reader.date(field::MEASURE_UNTIL, &row.until);
    let far =
        row.until.trim().chars().take(4).collect::<String>().parse::<u16>().is_ok_and(|year| year >= 2099);
    if until.is_none() && far {
        reader.gathered.strange(field::MEASURE_UNTIL.name, &row.until);
        reader.doubt(field::MEASURE_UNTIL, DoubtKind::Implausible, &row.until);
    }
    until
}

/// What the bank says was controlled: the money or the account as a whole. A code that is not known may mean anything: it is in doubt.
fn whole(row: &ControlRow, reader: &mut ValueReader) -> Option<bool> {
    let content = row.content.trim();
    match content.strip_prefix('0').unwrap_or(content) {
        code::MONEY => Some(false),
        code::ACCOUNT => Some(true),
        _ => {
            if !content.is_empty() && !is_placeholder(content) {
                reader.gathered.strange(field::CONTENT.name, content);
                reader.doubt(field::CONTENT, DoubtKind::Unreadable, content);
            }
            None
        }
    }
}

/// Which property the bank says this is about.
fn stated(row: &ControlRow, reader: &mut ValueReader) -> Stated {
    // One that is partly hidden is not the ordered one: a person compares it.
    let written = |value: &str| if is_masked_number(value) { text(value) } else { number(value) };
    let given = |value: &str| Some(written(value)).filter(|value| !value.is_empty());
    Stated {
        account: given(&row.account),
        product: given(&row.product_number),
        wealth_account: given(&row.wealth_account),
        whole: whole(row, reader),
        ..Stated::default()
    }
}

/// An amount that is said beside the one really held. One that cannot be read hides nothing of what is held: it is kept, and
/// in doubt.
fn beside(field: Field, text: &str, reader: &mut ValueReader) -> Option<Decimal> {
    let read = money::read_amount(text).unwrap_or_else(|_| {
        reader.gathered.strange(field.name, text);
        reader.doubt(field, DoubtKind::Unreadable, text);
        None
    });
    read.map(|amount| reader.gathered.rounded(field.name, text, Money::yuan(amount)).amount)
}

/// Doubts a limit that is none, and an uncovered part that is no part of the limit.
fn doubt_limit(
    row: &ControlRow,
    held: Decimal,
    limit: Option<Decimal>,
    uncovered: Option<Decimal>,
    in_units: bool,
    reader: &mut ValueReader,
) {
    let is_none = |limit: Decimal| limit < Decimal::ZERO || (limit.is_zero() && !held.is_zero() && !in_units);
    if limit.is_some_and(is_none) {
        reader.doubt(field::LIMIT, DoubtKind::Implausible, &row.limit);
    }
    match (uncovered, limit) {
        (Some(uncovered), _) if uncovered < Decimal::ZERO => {
            reader.doubt(field::UNCOVERED, DoubtKind::Implausible, &row.uncovered);
        }
        (Some(uncovered), Some(limit)) if uncovered > limit && limit > Decimal::ZERO => {
            reader.doubt(field::UNCOVERED, DoubtKind::Contradiction, &row.uncovered);
        }
        _ => {}
    }
}

fn required_if_given(text: &str, detail: &'static str) -> Result<Option<Decimal>, Fault> {
    money::read_amount(text).map_err(|_| malformed(detail))
}

/// The answer has no code for waiting: no earlier freeze means first, earlier freezes and too little money mean behind
/// them (protocol section 5). In between nothing is said.
fn rank(earlier: usize, full: bool) -> Option<Rank> {
    let place = match (earlier, full) {
        (0, _) => 1,
        (some, false) => u32::try_from(some).ok()?.checked_add(1)?,
        (_, true) => return None,
    };
    Some(Rank { place, derived: true })
}

/// A receipt, byte for byte; its MD5 is of the file before Base64.
fn receipt(row: &ReceiptRow, reader: &mut ValueReader) -> Result<Receipt, Fault> {
    reader.keep_all(&row.unknown);
    let compact: Vec<u8> = row.content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let content = STANDARD.decode(compact).map_err(|_| malformed("the receipt document is not Base64"))?;
    if content.is_empty() {
        return Err(malformed("the receipt document is empty"));
    }
    let stated = row.md5.trim();
    if !stated.is_empty() && !stated.eq_ignore_ascii_case(&crate::write::md5_text(&content)) {
        return Err(malformed("the MD5 of the receipt document does not agree"));
    }
    Ok(Receipt { title: text(&row.title), format: text(&row.format), content: content.into() })
}
