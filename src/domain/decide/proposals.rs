//! Proposals: freezes that wait for an approver, and what is left alone because it cannot be asked.

use rust_decimal::Decimal;

use super::super::{EventType, Measure, MeasureState, TaskKind};
use super::approvers::wants_two;
use super::ask::{AskError, ask};
use super::draft::{Draft, NewTask};
use super::listed::is_unclear;

/// Takes a proposal back, and tells it.
pub fn withdraw(draft: &mut Draft<'_>, measure: Measure, note: &str) {
    withdraw_to(draft, measure, MeasureState::Candidate, note);
}

/// Takes a proposal back to a state in which nothing is asked, and tells it.
pub fn withdraw_to(draft: &mut Draft<'_>, measure: Measure, state: MeasureState, note: &str) {
    let id = measure.id;
    let withdrawn = Measure { state, limit: Decimal::ZERO, note: note.to_owned(), ..measure };
    draft.move_measure(withdrawn.clone());
    draft.close_tasks(|task| task.kind == TaskKind::Approve && task.measure == Some(id));
    draft.tell(EventType::MeasureChanged, &withdrawn, None);
}

/// Makes a proposal smaller by a part in yuan, tells it and puts the new amount before the approver; or takes the proposal back.
pub fn shrink(draft: &mut Draft<'_>, proposal: Measure, part: Decimal) {
    let limit = proposal.limit - part;
    if limit <= Decimal::ZERO || proposal.currency.is_some() {
        return withdraw(draft, proposal, "标的已足额 the claim is covered");
    }
    let why =
        [WANTS_TWO, UNCLEAR].into_iter().find(|why| proposal.note == note_because(*why, proposal.limit));
    let note = why.map_or_else(|| note_of(limit), |why| note_because(why, limit));
    let own_note = if why.is_some() { note.clone() } else { proposal.note.clone() };
    let was_approved = proposal.first_approval.is_some();
    let smaller = Measure { limit, note: own_note, ..proposal };
    draft.move_measure(smaller.clone());
    // Where somebody approved it first, both are asked anew by that.
    if !was_approved {
        draft.tell(EventType::MeasureChanged, &smaller, None);
        draft.ask_for_approval(&smaller, note);
    }
}

/// Proposes a freeze to an approver.
pub fn propose(draft: &mut Draft<'_>, measure: Measure, limit: Decimal) {
    propose_with(draft, measure, limit, note_of(limit));
}

/// What is told of a proposal, with its limit in yuan; zero for what is controlled as a whole.
fn note_of(limit: Decimal) -> String {
    match limit.is_zero() {
        true => "待审批冻结 a freeze waits for approval".to_owned(),
        false => format!("待审批冻结 {limit} 元 a freeze of {limit} yuan waits for approval"),
    }
}

/// Why a freeze that wants no approver is proposed all the same, in Chinese and in English.
type Why = (&'static str, &'static str);

const WANTS_TWO: Why = ("本院冻结须双人审批", "this court wants two approvers");
const UNCLEAR: Why =
    ("反馈载明的本案冻结待核对，核对前不自动冻结", "it is not clear yet which freezes of this case stand");

/// What is told of such a proposal.
fn note_because((why, why_english): Why, limit: Decimal) -> String {
    let of = if limit.is_zero() { String::new() } else { format!(" {limit} 元") };
    let of_english = if limit.is_zero() { String::new() } else { format!(" of {limit} yuan") };
    format!("{why}，待审批冻结{of} {why_english}: a freeze{of_english} waits for approval")
}

/// Proposes a freeze to an approver, with what the task says of it.
pub fn propose_with(draft: &mut Draft<'_>, measure: Measure, limit: Decimal, note: String) {
    let proposed = Measure { state: MeasureState::Proposed, limit, ..measure };
    draft.move_measure(proposed.clone());
    draft.tell(EventType::MeasureProposed, &proposed, None);
    draft.ask_for_approval(&proposed, note);
}

/// Sends a freeze that wants no approver; proposes it where the court wants two, and where it is not clear what is frozen already. The limit
/// is in yuan; zero for what is controlled as a whole.
pub fn freeze_or_propose(draft: &mut Draft<'_>, measure: Measure, limit: Decimal) {
    let why = match () {
        () if wants_two(draft, &measure, limit) => Some(WANTS_TWO),
        () if is_unclear(&draft.file) => Some(UNCLEAR),
        () => None,
    };
    if let Some(why) = why {
        let note = note_because(why, limit);
        let measure = Measure { note: note.clone(), ..measure };
        propose_with(draft, measure, limit, note);
    } else if let Err(error) = ask(draft, measure.clone(), limit, &[], "") {
        give_up(draft, measure, &error);
    }
}

/// Leaves a property alone that cannot be asked, with the reason; its room goes to others.
fn give_up(draft: &mut Draft<'_>, measure: Measure, error: &AskError) {
    let note = error.to_string();
    let skipped = Measure { state: MeasureState::Skipped, note: note.clone(), ..measure };
    draft.move_measure(skipped.clone());
    if matches!(error, AskError::Papers(_)) {
        draft.tell(EventType::MeasurePapersMissing, &skipped, None);
        draft.task(NewTask::about(TaskKind::BringPapers, &skipped, draft.now()), note);
    }
}
