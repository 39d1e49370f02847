//! The ledger's part of settling: what an answer means for it, and the orders that follow from it.

use chakong_contract::order::{CourtAccount, DocumentKind, Original, Target};
use chakong_contract::{Date, Instruction, Moment, Money, Reply, Transferee};
use jiff::{Span, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::json;

use super::completion::open_more;
use super::{Circumstances, Settled, equity};
use crate::freeze::{
    Decision, candidates, decide, hear, is_closer, is_whole, same_property, stake_room, stake_within,
};
use crate::inquiry::{
    EventDraft, EventType, Inquiry, InquiryState, Measure, MeasureState, OrderRecord, OrderState, Priority,
    Purpose, Submission, number_of,
};
use crate::store::{NewOrder, StoreError, Stored, Tx};

/// Counterparts have 24 hours for a control as for a query (法〔2018〕64号).
const CONTROL_HOURS: i64 = 24;

/// Takes property that an answer named into the ledger and freezes or proposes what the mandate allows.
pub(super) fn after_query(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    order: &OrderRecord,
    reply: &Reply,
    on: &Circumstances,
) -> Stored<()> {
    let mut ledger = tx.measures_of(inquiry.id)?;
    let mut lines: Vec<Measure> =
        reply.assets().iter().flat_map(|found| candidates(order, found, on.can_freeze)).collect();
    lines.extend(equity::lines(tx, order, reply, &on.routes)?);
    for new in lines {
        match ledger.iter().find(|known| same_property(known, &new)) {
            Some(known) if matches!(known.state, MeasureState::Candidate | MeasureState::Skipped) => {
                if !is_closer(known, &new) {
                    continue;
                }
                let Measure { target, state, available, exemption, note, .. } = new;
                tx.save_measure(&Measure { target, state, available, exemption, note, ..known.clone() })?;
            }
            // Something was asked for this property, perhaps over another line: it is one property, and asked once.
            Some(_) => {}
            None => {
                let id = tx.insert_measure(&new)?;
                ledger.push(Measure { id, ..new });
            }
        }
    }
    follow(tx, inquiry, on.now)
}

/// Brings the ledger up to date after a control came to an end or was answered, and asks for what now fits.
pub(super) fn after_control(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    before: &OrderRecord,
    settled: &Settled,
    now: Timestamp,
) -> Stored<()> {
    let Some(id) = settled.order.measure else { return Ok(()) };
    let measure = tx.measure(id)?.ok_or(StoreError::Missing("the measure"))?;
    let action = settled.order.instruction.kind();
    let (after, event) = match &settled.answer {
        Some(answer) => {
            let (after, event) = hear(&measure, action, &answer.reply);
            (without_renewal(tx, after, &settled.order.instruction, &answer.reply)?, event)
        }
        None => (without_answer(&measure, before, &settled.order), None),
    };
    if after == measure && event.is_none() {
        return Ok(());
    }
    tx.save_measure(&after)?;
    if let Some(kind) = event {
        tell(tx, kind, &after, now)?;
    }
    follow(tx, inquiry, now)
}

/// A renewal that was accepted and is declined after all, as when a registrar refuses the case, takes its term back: the measure
/// ends when it would have ended without it.
fn without_renewal(
    tx: &mut dyn Tx,
    measure: Measure,
    instruction: &Instruction,
    reply: &Reply,
) -> Stored<Measure> {
    let Instruction::Renew { from, until, original, .. } = instruction else { return Ok(measure) };
    let declined = matches!(reply, Reply::NotHeld(_) | Reply::Refused(_));
    if !declined || measure.until != Some(*until) {
        return Ok(measure);
    }
    let freeze = match measure.order {
        Some(order) => tx.order(order)?,
        None => None,
    };
    let first_day = match freeze.map(|order| order.instruction) {
        Some(Instruction::Freeze { from, .. }) => Some(from),
        _ => measure.from,
    };
    let (until, reference) = (from.yesterday().ok(), original.reference.clone());
    Ok(Measure { from: first_day, until, reference, ..measure })
}

/// A control that came to an end without an answer. Only where it certainly never reached the counterpart, or was
/// turned away there, is the line free again; whatever may have been done keeps counting in full.
fn without_answer(measure: &Measure, before: &OrderRecord, order: &OrderRecord) -> Measure {
    let never_left = before.state == OrderState::Queued && before.attempts == 0 && before.batch.is_none();
    let turned_away = order.state == OrderState::Failed;
    let over = matches!(order.state, OrderState::Failed | OrderState::Overdue | OrderState::Cancelled);
    if !over || !(never_left || turned_away) {
        return measure.clone();
    }
    let words = order.fault.as_ref().map(ToString::to_string);
    let note = words.unwrap_or_else(|| "期限内未能发出 it could not be sent in time".to_owned());
    let state = match measure.state {
        MeasureState::Asked => MeasureState::Refused,
        MeasureState::Releasing => MeasureState::Stuck,
        MeasureState::Renewing | MeasureState::Deducting | MeasureState::Transferring => {
            MeasureState::InForce
        }
        other => other,
    };
    Measure { state, releasing: Decimal::ZERO, deducting: Decimal::ZERO, note, ..measure.clone() }
}

/// Carries out what follows from the ledger. What a line that could not be asked leaves open goes to others.
pub(super) fn follow(tx: &mut dyn Tx, inquiry: &mut Inquiry, now: Timestamp) -> Stored<()> {
    while follow_once(tx, inquiry, now)? {}
    Ok(())
}

/// Whether a line was given up: each time one less can be asked.
fn follow_once(tx: &mut dyn Tx, inquiry: &mut Inquiry, now: Timestamp) -> Stored<bool> {
    let Some(mandate) = inquiry.mandate.clone() else { return Ok(false) };
    let mut given_up = false;
    let ledger = tx.measures_of(inquiry.id)?;
    for decision in decide(&mandate, &ledger, inquiry.open_orders == 0) {
        let line = |id| ledger.iter().find(|measure: &&Measure| measure.id == id).cloned();
        let missing = StoreError::Missing("the measure");
        match decision {
            // A withdrawn inquiry gives back what is too much, and asks for nothing more.
            Decision::Ask(..) | Decision::Propose(..) if inquiry.state == InquiryState::Cancelled => {}
            Decision::Ask(id, limit) => {
                let measure = line(id).ok_or(missing)?;
                match part_of(&measure, limit) {
                    Some(_) => ask(tx, inquiry, measure, limit, now)?,
                    None => {
                        let (state, note) = (MeasureState::Skipped, TOO_SMALL.to_owned());
                        tx.save_measure(&Measure { state, note, ..measure })?;
                        given_up = true;
                    }
                }
            }
            Decision::Propose(id, limit) => {
                let measure = line(id).ok_or(missing)?;
                let proposed = Measure { state: MeasureState::Proposed, asked: limit, ..measure };
                tx.save_measure(&proposed)?;
                tell(tx, EventType::MeasureProposed, &proposed, now)?;
            }
            Decision::Shrink(id, limit) => {
                let measure = line(id).ok_or(missing)?;
                let state = if limit.is_zero() { MeasureState::Candidate } else { MeasureState::Proposed };
                tx.save_measure(&Measure { state, asked: limit, ..measure })?;
            }
            Decision::Release(id, amount) => give_back(tx, inquiry, line(id).ok_or(missing)?, amount, now)?,
        }
    }
    Ok(given_up)
}

/// Why a product is left alone, Chinese first.
pub(super) const TOO_SMALL: &str =
    "所余标的不足产品最小份额 what the claim leaves open is less than a hundredth of a unit of the product";

/// Sends a freeze order for a line of the ledger.
pub(super) fn ask(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    measure: Measure,
    limit: Decimal,
    now: Timestamp,
) -> Stored<()> {
    let longest = measure.target.longest_term_days();
    let term = inquiry.mandate.as_ref().and_then(|mandate| mandate.term_days).unwrap_or(longest);
    let from = Moment::from_timestamp(now).date();
    let until = from.saturating_add(Span::new().days(i64::from(term.clamp(1, longest)) - 1));
    let target = match &measure.target {
        Target::Equity { .. } => {
            let claim = inquiry.mandate.as_ref().map_or(Decimal::ZERO, |mandate| mandate.claim.amount);
            let left = stake_room(claim, &tx.measures_of(inquiry.id)?, Some(measure.id));
            // What was decided fits; were it not so, nothing would be asked.
            let Some((part, _)) = stake_within(&measure.target, left) else { return Ok(()) };
            part
        }
        // What was decided is checked to be enough for some of it.
        _ => part_of(&measure, limit).ok_or(StoreError::Missing("units of the product"))?,
    };
    let named = target.clone();
    let limit_said = amount_of(&measure, limit);
    let instruction = Instruction::Freeze { target, limit: limit_said, from, until };
    let priority = priority_of(tx, inquiry)?;
    let order = tx.insert_order(&control(priority, &measure, instruction, now))?;
    let (from, until) = (Some(from), Some(until));
    let order = Some(order.id);
    let asked = Measure { state: MeasureState::Asked, asked: limit, from, until, order, ..measure };
    // Of a stake the line says how much of it is frozen; a product's units stay those that there are.
    let target = if matches!(named, Target::Equity { .. }) { named } else { asked.target.clone() };
    tx.save_measure(&Measure { target, ..asked })?;
    open_more(inquiry, 1);
    Ok(())
}

/// The amount as an order says it: none for what is controlled as a whole.
fn amount_of(measure: &Measure, amount: Decimal) -> Option<Money> {
    (!is_whole(&measure.target)).then_some(Money::yuan(amount))
}

/// The property as a freeze with a limit names it: of a product only as many units as make up the limit. `None` where that
/// is less than a hundredth of a unit, which is the least that an order names.
pub(super) fn part_of(measure: &Measure, limit: Decimal) -> Option<Target> {
    let mut target = measure.target.clone();
    if let Target::Product { quantity, .. } = &mut target
        && let Some(all) = quantity.as_ref().and_then(|all| all.parse::<Decimal>().ok())
        && limit < measure.available
        && let Some(part) = all.checked_mul(limit).and_then(|part| part.checked_div(measure.available))
    {
        let part = part.round_dp_with_strategy(2, RoundingStrategy::ToZero);
        if part.is_zero() {
            return None;
        }
        *quantity = Some(part.normalize().to_string());
    }
    Some(target)
}

fn priority_of(tx: &mut dyn Tx, inquiry: &Inquiry) -> Stored<Priority> {
    let submission = tx.submission(inquiry.id)?.ok_or(StoreError::Missing("the submission"))?;
    Ok(match submission.purpose {
        Purpose::Enforcement => Priority::Freeze,
        Purpose::Preservation => Priority::Preservation,
    })
}

/// Sends a release order for a part of what is held; without its documents a person must act.
pub(super) fn give_back(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    measure: Measure,
    amount: Decimal,
    now: Timestamp,
) -> Stored<()> {
    let submission = tx.submission(inquiry.id)?.ok_or(StoreError::Missing("the submission"))?;
    let has = |kind| submission.documents.iter().any(|document| document.kind == kind);
    if !has(DocumentKind::ReleaseRuling) || !has(DocumentKind::ReleaseNotice) {
        let note = format!(
            "超额 {amount} 元须解除，缺解除裁定书和协助解除通知书 {amount} yuan must be released; its ruling and notice are missing"
        );
        let stuck = Measure { state: MeasureState::Stuck, note, ..measure };
        tx.save_measure(&stuck)?;
        return tell(tx, EventType::MeasureExcess, &stuck, now);
    }
    let original = original_of(tx, &measure, &submission)?;
    let said = amount_of(&measure, amount);
    let instruction = Instruction::Release { target: measure.target.clone(), amount: said, original };
    tx.insert_order(&control(Priority::Release, &measure, instruction, now))?;
    let releasing = Measure { state: MeasureState::Releasing, releasing: amount, ..measure };
    tx.save_measure(&releasing)?;
    open_more(inquiry, 1);
    tell(tx, EventType::MeasureExcess, &releasing, now)
}

/// Sends a renewal order: a new term that begins when the old one ends. Its documents are there.
pub(super) fn prolong(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    measure: Measure,
    (from, until): (Date, Date),
    now: Timestamp,
) -> Stored<()> {
    let submission = tx.submission(inquiry.id)?.ok_or(StoreError::Missing("the submission"))?;
    let original = original_of(tx, &measure, &submission)?;
    let (target, limit) = (measure.target.clone(), amount_of(&measure, measure.asked.max(measure.held)));
    let instruction = Instruction::Renew { target, limit, from, until, original };
    let priority = priority_of(tx, inquiry)?;
    tx.insert_order(&control(priority, &measure, instruction, now))?;
    tx.save_measure(&Measure { state: MeasureState::Renewing, ..measure })?;
    open_more(inquiry, 1);
    Ok(())
}

/// Sends a deduction order for a part of what is held, to the court's account. Its documents are there.
pub(super) fn take(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    measure: Measure,
    (amount, into): (Decimal, CourtAccount),
    now: Timestamp,
) -> Stored<()> {
    let submission = tx.submission(inquiry.id)?.ok_or(StoreError::Missing("the submission"))?;
    let original = original_of(tx, &measure, &submission)?;
    let (target, sum) = (measure.target.clone(), Money::yuan(amount));
    let instruction = Instruction::Deduct { target, amount: sum, original, into };
    let priority = priority_of(tx, inquiry)?;
    tx.insert_order(&control(priority, &measure, instruction, now))?;
    tx.save_measure(&Measure { state: MeasureState::Deducting, deducting: amount, ..measure })?;
    open_more(inquiry, 1);
    Ok(())
}

/// Sends the order to register a forced transfer of a stake. Its documents are there.
pub(super) fn pass_over(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    measure: Measure,
    to: Transferee,
    now: Timestamp,
) -> Stored<()> {
    let instruction = Instruction::Transfer { target: measure.target.clone(), to };
    let priority = priority_of(tx, inquiry)?;
    tx.insert_order(&control(priority, &measure, instruction, now))?;
    tx.save_measure(&Measure { state: MeasureState::Transferring, ..measure })?;
    open_more(inquiry, 1);
    Ok(())
}

/// The freeze that a release or a deduction goes back to.
fn original_of(tx: &mut dyn Tx, measure: &Measure, submission: &Submission) -> Stored<Original> {
    let freeze = measure.order.ok_or(StoreError::Missing("the freeze order of the measure"))?;
    let freeze = tx.order(freeze)?.ok_or(StoreError::Missing("the freeze order"))?;
    Ok(Original {
        number: number_of(freeze.id, freeze.created),
        case_number: submission.case.number.clone(),
        reference: measure.reference.clone(),
    })
}

fn control(priority: Priority, measure: &Measure, instruction: Instruction, now: Timestamp) -> NewOrder {
    let deadline = now.checked_add(Span::new().hours(CONTROL_HOURS)).unwrap_or(now);
    NewOrder {
        inquiry: measure.inquiry,
        lane: measure.counterpart.clone(),
        party: measure.party,
        document: measure.document,
        instruction,
        priority,
        created: now,
        deadline,
        root: None,
        measure: Some(measure.id),
        stands_in: None,
    }
}

/// Appends an event that carries the line.
pub(super) fn tell(tx: &mut dyn Tx, kind: EventType, measure: &Measure, now: Timestamp) -> Stored<()> {
    let data = json!({ "measure": measure }).to_string();
    let event =
        EventDraft { order: measure.order, ..EventDraft::of_inquiry(kind, measure.inquiry, Some(data)) };
    tx.append_event(&event, now).map(drop)
}
