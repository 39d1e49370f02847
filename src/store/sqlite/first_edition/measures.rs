//! Ledgers of the first edition: one an inquiry, with what was asked; now one a chain, with what stands ordered.

use chakong_contract::ActionKind;
use chakong_contract::{Instruction, Money};
use jiff::Timestamp;
use rusqlite::Row;
use rust_decimal::Decimal;

use super::super::query::Rows;
use super::super::rows::{get, json, optional_json};
use super::{Place, Places, unreadable_row};
use crate::domain::decide::same_property;
use crate::domain::{
    Change, IdKind, InquiryId, LastRelease, Measure, MeasureId, MeasureState, NewIds as _, OrderId,
    OrderRecord, OrderState, Origin, Said, Task, TaskId, TaskKind,
};
use crate::store::{Reads as _, StoreError, Stored, Tx as _};

const OLD: &str =
    "id, inquiry, lane, party, document, institution, target, state, exemption, available, asked, held,
    releasing, from_day, until_day, rank, order_id, note, deducting, deducted, reference";
/// Why a line is left alone, Chinese first.
const TWICE: &str = "同一财产已在本案台账中 the same property stands in the ledger of the case already";

/// A measure as it was, and the state of the first edition that this one has not: a release that was not done.
struct Old {
    measure: Measure,
    is_stuck: bool,
}

/// Takes every line over, with the tasks that stand for what was a state before.
pub(super) fn take_over(rows: &mut Rows<'_>, places: &Places, now: Timestamp) -> Stored<()> {
    let all =
        rows.all(&format!("SELECT {OLD} FROM old_measures ORDER BY id"), [], |row| read(row, places))?;
    let mut ledger: Vec<(Measure, bool)> = Vec::with_capacity(all.len());
    for Old { measure, is_stuck } in all {
        let place = places.get(&measure.inquiry).ok_or(StoreError::Missing("the submission of a measure"))?;
        let controls = controls_of(rows, measure.id)?;
        let mut taken = with_freeze(standing(measure, &controls), place, &controls);
        taken.rejected_by = who_rejected(rows, &taken)?;
        ledger.push((taken, is_stuck));
    }
    for at in 0..ledger.len() {
        let Some((measure, is_stuck)) = ledger.get(at) else { continue };
        let measure = alone(measure.clone(), &ledger);
        let task = task_of(&measure, *is_stuck).map(|(kind, note)| Task {
            id: TaskId::new(rows.next(IdKind::Task)),
            chain: measure.chain,
            inquiry: Some(measure.inquiry),
            kind,
            order: None,
            measure: Some(measure.id),
            created: now,
            due: now,
            done: None,
            look: None,
            note,
        });
        let mut changes = vec![Change::NewMeasure(Box::new(measure))];
        changes.extend(task.map(Change::NewTask));
        rows.write(&changes)?;
    }
    Ok(())
}

/// Every control of a measure, oldest first.
fn controls_of(rows: &mut Rows<'_>, measure: MeasureId) -> Stored<Vec<OrderRecord>> {
    let sql = "SELECT id FROM orders WHERE measure = ?1 ORDER BY id";
    let ids = rows.all(sql, [measure.get()], |row| get(row, 0).map(OrderId::new))?;
    ids.into_iter().filter_map(|id| rows.order(id).transpose()).collect()
}

fn read(row: &Row<'_>, places: &Places) -> Stored<Old> {
    let id: i64 = get(row, 0)?;
    let amount = |at| -> Stored<Decimal> {
        get::<String>(row, at)?
            .parse()
            .map_err(|error: rust_decimal::Error| unreadable_row("amount", id, &error))
    };
    let day = |at| -> Stored<Option<chakong_contract::Date>> {
        let text: Option<String> = get(row, at)?;
        text.map(|text| text.parse().map_err(|error: jiff::Error| unreadable_row("date", id, &error)))
            .transpose()
    };
    let inquiry = InquiryId::new(get(row, 1)?);
    let place = places.get(&inquiry).ok_or(StoreError::Missing("the submission of a measure"))?;
    let (party, word): (u32, String) = (get(row, 3)?, get(row, 7)?);
    let is_stuck = word == "stuck";
    let debtor = usize::try_from(party).ok().and_then(|at| place.debtors.get(at)).copied();
    let measure = Measure {
        id: MeasureId::new(id),
        chain: place.chain,
        inquiry,
        party,
        document: get(row, 4)?,
        debtor: debtor
            .ok_or_else(|| unreadable_row("measure", id, &"it is about no party of its inquiry"))?,
        counterpart: get(row, 2)?,
        institution: get(row, 5)?,
        target: json("target", &get::<String>(row, 6)?)
            .map_err(|error| unreadable_row("measure", id, &error))?,
        currency: None,
        rate: None,
        state: state_of(&word, id)?,
        origin: Origin::Ordered,
        exemption: json("exemption", &get::<String>(row, 8)?)
            .map_err(|error| unreadable_row("measure", id, &error))?,
        permitted: None,
        queued_behind: false,
        available: amount(9)?,
        value: None,
        limit: amount(10)?,
        units: None,
        held: amount(11)?,
        surplus: Decimal::ZERO,
        releasing: amount(12)?,
        deducting: amount(18)?,
        released: Decimal::ZERO,
        deducted: amount(19)?,
        from: day(13)?,
        until: day(14)?,
        until_said: None,
        reminded: None,
        rank: optional_json(row, 15, "rank")?,
        reference: get(row, 20)?,
        order: get::<Option<i64>>(row, 16)?.map(OrderId::new),
        control: None,
        original_number: String::new(),
        original_case: String::new(),
        approved_by: String::new(),
        first_approval: None,
        rejected_by: String::new(),
        note: get(row, 17)?,
        co_owned: false,
        listed_state_shares: false,
        is_anothers: false,
        left_alone: None,
        said: Said::default(),
        last_release: LastRelease::default(),
    };
    Ok(Old { measure, is_stuck })
}

/// The state of a word; what was stuck stands.
fn state_of(word: &str, id: i64) -> Stored<MeasureState> {
    let known = MeasureState::ALL.iter().find(|state| state.word() == word).copied();
    let state = known.or((word == "stuck").then_some(MeasureState::InForce));
    state.ok_or_else(|| unreadable_row("measure", id, &format!("`{word}` is no state")))
}

/// The measure with what stands ordered at the counterpart, which the controls that were answered say.
fn standing(old: Measure, controls: &[OrderRecord]) -> Measure {
    use MeasureState::{
        Candidate, Deducted, InForce, Proposed, Refused, Released, Skipped, Transferred, Waiting,
    };
    let zero = Decimal::ZERO;
    let control = under_way(&old, controls);
    if matches!(old.state, Candidate | Refused | Skipped) {
        return Measure { limit: zero, held: zero, releasing: zero, deducting: zero, control: None, ..old };
    }
    if matches!(old.state, Proposed | MeasureState::Asked) {
        return Measure { control, ..old };
    }
    let (limit, released) = if old.is_whole() { (zero, zero) } else { ordered(old.limit, controls) };
    let (held, surplus) = match old.is_whole() {
        true => (zero, zero),
        false => (old.held.min(limit), (old.held - limit).max(zero)),
    };
    let measure = Measure { limit, held, surplus, released, control, ..old };
    // A part of the limit that no money covered outlived a release or a deduction of what was held.
    let outlived = matches!(measure.state, Released | Deducted) && measure.limit > zero;
    let lost = measure.state.is_busy() && measure.control.is_none();
    match measure.state {
        Released | Deducted | Transferred if !outlived => Measure {
            limit: zero,
            held: zero,
            surplus: zero,
            releasing: zero,
            deducting: zero,
            control: None,
            ..measure
        },
        InForce | Waiting | Released | Deducted => idle(measure),
        _ if lost => idle(measure),
        _ => measure,
    }
}

/// A measure that stands, and about which nothing is under way.
fn idle(measure: Measure) -> Measure {
    let (zero, state) = (Decimal::ZERO, measure.standing_state());
    Measure { state, releasing: zero, deducting: zero, control: None, ..measure }
}

/// What stands ordered after every control that was done, in their order, and what of it was released.
fn ordered(asked: Decimal, controls: &[OrderRecord]) -> (Decimal, Decimal) {
    let (mut limit, mut released) = (asked, Decimal::ZERO);
    let amount = |money: &Option<Money>| money.map(|money| money.amount);
    for order in controls.iter().filter(|order| order.state == OrderState::Answered) {
        match &order.instruction {
            Instruction::Freeze { limit: said, .. } | Instruction::Renew { limit: said, .. } => {
                limit = amount(said).unwrap_or(limit);
            }
            Instruction::Release { amount: said, .. } => {
                let part = amount(said).unwrap_or(limit).min(limit);
                limit -= part;
                released += part;
            }
            Instruction::Deduct { amount, .. } => limit -= amount.amount.min(limit),
            Instruction::Query { .. } | Instruction::Transfer { .. } => {}
        }
    }
    (limit, released)
}

/// The control that is under way about a measure: the newest of its action that did not come to an end.
fn under_way(measure: &Measure, controls: &[OrderRecord]) -> Option<OrderId> {
    let action = match measure.state {
        MeasureState::Asked => ActionKind::Freeze,
        MeasureState::Releasing => ActionKind::Release,
        MeasureState::Renewing => ActionKind::Renew,
        MeasureState::Deducting => ActionKind::Deduct,
        MeasureState::Transferring => ActionKind::Transfer,
        _ => return None,
    };
    let is_open = |order: &&OrderRecord| {
        order.state.is_open() || matches!(order.state, OrderState::Undetermined | OrderState::Overdue)
    };
    let of_action = controls.iter().rev().filter(|order| order.instruction.kind() == action);
    of_action.into_iter().find(is_open).map(|order| order.id)
}

/// The measure with number and case of its freeze, by which the counterpart knows it.
fn with_freeze(measure: Measure, place: &Place, controls: &[OrderRecord]) -> Measure {
    let freeze = controls.iter().find(|order| Some(order.id) == measure.order);
    let Some(freeze) = freeze else { return measure };
    let original_number = freeze.number().as_str().to_owned();
    Measure { original_number, original_case: place.case_number.clone(), ..measure }
}

/// A line that nothing was asked for, and whose property stands in the ledger already by another inquiry, is left alone; of two such
/// lines the later one.
fn alone(measure: Measure, ledger: &[(Measure, bool)]) -> Measure {
    let is_open = |state| matches!(state, MeasureState::Candidate | MeasureState::Proposed);
    let counts = |known: &&Measure| {
        let is_before = is_open(known.state) && known.id < measure.id;
        known.chain == measure.chain
            && (is_before || known.state == MeasureState::Asked || known.state.stands())
            && same_property(known, &measure)
    };
    let twice = is_open(measure.state) && ledger.iter().map(|(known, _)| known).any(|known| counts(&known));
    match twice {
        true => {
            Measure { state: MeasureState::Skipped, limit: Decimal::ZERO, note: TWICE.to_owned(), ..measure }
        }
        false => measure,
    }
}

/// Who rejected a proposal: the first edition kept who and why in the note.
fn who_rejected(rows: &Rows<'_>, measure: &Measure) -> Stored<String> {
    if measure.state != MeasureState::Skipped {
        return Ok(String::new());
    }
    let sql = "SELECT actor FROM acts WHERE act = 'reject' AND actor || ': ' || reason = ?1 ORDER BY id DESC LIMIT 1";
    Ok(rows.one(sql, [&measure.note], |row| get(row, 0))?.unwrap_or_default())
}

/// What a person must do about a measure, which was a state before.
fn task_of(measure: &Measure, is_stuck: bool) -> Option<(TaskKind, String)> {
    let note = |words: &str| {
        if measure.note.is_empty() { words.to_owned() } else { measure.note.clone() }
    };
    if measure.state == MeasureState::Proposed {
        return Some((TaskKind::Approve, note("待审批冻结 a freeze is proposed")));
    }
    if !is_stuck {
        return None;
    }
    // The words of the first edition: it lacked papers, or the counterpart declined.
    let kind = match measure.note.as_str() {
        words if words.starts_with("超额") => TaskKind::BringPapers,
        words if words.starts_with("解除未成") => TaskKind::AnswerRefusal,
        _ => TaskKind::Review,
    };
    Some((kind, note("解除未办结，须处理 a release was not done")))
}
