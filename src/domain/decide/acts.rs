//! Acts 操作: what people do. Each is a value with an actor and a reason, and goes through [`act`].

mod another_person;
mod approve;
mod cancel;
mod claim;
mod deduct;
mod enter;
mod reinstate;
mod release;
mod renew;
mod requery;
mod resolution;
mod resolve;
mod second_person;
mod seen;
mod send_again;

use chakong_contract::{ActionKind, Money, Transferee};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::rules::authority;
use super::super::rules::release_reasons::ReleaseReason;
use super::super::{
    Actor, AuditEntry, BroughtDocument, CaseId, Change, ClaimChangeKind, ClaimState, ClaimView, InquiryId,
    Measure, MeasureId, MeasureView, Mode, OrderId, PartyId, Permitted, Preference, TaskId, UncoveredLimit,
};
use super::counting::is_unwanted;
use super::draft::Draft;
use super::{Decided, Rejected};
use deduct::OnPapers;

pub use deduct::{Deduction, no_such_account};
pub use enter::EnteredMeasure;
pub use resolution::Resolution;
pub use seen::{SeenClaim, SeenMeasure, SeenStanding};

/// An act with everything that it brings.
#[derive(Debug, Clone)]
pub struct ActInput {
    /// Who.
    pub actor: Actor,
    /// The case by which the actor came, where the act is about a chain: the act stands under its number.
    pub case: Option<CaseId>,
    /// Why; 1 to 500 characters.
    pub reason: String,
    /// Documents that were brought along.
    pub documents: Vec<BroughtDocument>,
    /// What.
    pub act: Act,
    /// The measure that the act is about, as the actor saw it; on another one nothing is done.
    pub seen: Option<SeenStanding>,
}

/// What people do.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sends a proposed freeze; also one that was skipped or refused.
    Approve(MeasureId, Approval),
    /// Takes a proposal back; the next property takes its place.
    Reject(MeasureId),
    /// Takes a rejection back, so that the freeze can be approved again.
    Reconsider(MeasureId),
    /// Gives back what stands: of a measure, of a party, of the case.
    Release(Release),
    /// Takes back that a party was freed 撤销解除: it owes the claim as before.
    Reinstate(PartyId),
    /// Renews a measure that stands 续冻、续封.
    Renew(MeasureId, Renewal),
    /// Takes what a measure holds to the court's account 扣划.
    Deduct(MeasureId, Deduction),
    /// Has a forced transfer of a stake registered 强制转让.
    Transfer(MeasureId, Transfer),
    /// States what a property that is controlled as a whole is worth, in yuan.
    Value(MeasureId, Decimal),
    /// Names the rate at which a foreign amount counts for the claim: yuan for one unit.
    Rate(MeasureId, Decimal),
    /// Asks again what orders asked.
    Requery(Vec<OrderId>),
    /// Decides what became of a control.
    Resolve(OrderId, Resolution),
    /// Withdraws an inquiry.
    Cancel(InquiryId),
    /// Changes the claim.
    UpdateClaim(ClaimUpdate),
    /// Enters a measure that stands and that this gateway did not place.
    Enter(Box<EnteredMeasure>),
    /// Marks a task as done.
    CompleteTask(TaskId),
}

impl Act {
    /// The word in audit lines.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Approve(..) => "approve",
            Self::Reject(_) => "reject",
            Self::Reconsider(_) => "reconsider",
            Self::Release(_) => "release",
            Self::Reinstate(_) => "reinstate_party",
            Self::Renew(..) => "renew",
            Self::Deduct(..) => "deduct",
            Self::Transfer(..) => "transfer",
            Self::Value(..) => "value",
            Self::Rate(..) => "rate",
            Self::Requery(_) => "requery",
            Self::Resolve(..) => "resolve",
            Self::Cancel(_) => "cancel",
            Self::UpdateClaim(_) => "update_claim",
            Self::Enter(_) => "enter_measure",
            Self::CompleteTask(_) => "complete_task",
        }
    }

    /// The measure that it is about, where it is about one.
    const fn measure(&self) -> Option<MeasureId> {
        match self {
            Self::Approve(id, _)
            | Self::Reject(id)
            | Self::Reconsider(id)
            | Self::Renew(id, _)
            | Self::Deduct(id, _)
            | Self::Transfer(id, _)
            | Self::Value(id, _)
            | Self::Rate(id, _)
            | Self::Release(Release {
                scope: ReleaseScope::Measure(id, _) | ReleaseScope::Surplus(id),
                ..
            }) => Some(*id),
            _ => None,
        }
    }
}

/// How a freeze is approved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Approval {
    /// Up to how much, in the measure's currency; absent means what was proposed, or what is available within what the claim
    /// leaves open.
    pub limit: Option<Money>,
    /// The account as such and not an amount in it.
    pub whole: bool,
    /// What is permitted for a property that the rules exempt.
    pub permit: Option<Permitted>,
    /// Yuan for one unit of a foreign currency.
    pub rate: Option<Decimal>,
    /// Whether a stake is state or corporate shares of a listed company, whose term is shorter.
    pub listed_state_shares: bool,
    /// What the approver saw; anything else is not approved.
    pub seen: Option<SeenMeasure>,
}

/// What is released, and why.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// Of what.
    pub scope: ReleaseScope,
    /// The reason of 查扣冻规定 art. 28.
    pub ground: ReleaseReason,
}

/// Of what a release gives back.
#[derive(Debug, Clone, Copy)]
pub enum ReleaseScope {
    /// A measure, wholly, or the part of its limit that is named, in its currency.
    Measure(MeasureId, Option<Decimal>),
    /// What the counterpart holds beyond the measure's limit, and nothing of the limit.
    Surplus(MeasureId),
    /// Everything of a party.
    Party(PartyId),
    /// Everything of the case.
    Case,
}

/// How a measure is renewed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Renewal {
    /// Days of the new term, which begins when the old one ends; the longest that the law allows where absent.
    pub days: Option<u16>,
}

/// To whom a stake is transferred.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Who takes it.
    pub to: Transferee,
}

/// How the claim changes.
#[derive(Debug, Clone, Default)]
pub struct ClaimUpdate {
    /// What kind of change, and its amount in yuan: the new amount, or what was paid or added.
    pub change: Option<(ClaimChangeKind, Decimal)>,
    /// The new state.
    pub state: Option<ClaimState>,
    /// Settings that change.
    pub settings: ClaimSettings,
    /// Up to how much parties are liable, in yuan; `None` for the whole claim.
    pub liabilities: Vec<(PartyId, Option<Decimal>)>,
    /// The claim as it was seen; another one is not changed.
    pub seen: Option<SeenClaim>,
}

/// Settings of a claim that change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClaimSettings {
    /// With or without an approval of each freeze.
    pub mode: Option<Mode>,
    /// Which accounts come first.
    pub prefer: Option<Preference>,
    /// How freezes of what is not a deposit come about.
    pub other_property: Option<Mode>,
    /// What happens to a limit that no money covers.
    pub uncovered: Option<UncoveredLimit>,
    /// Term of each freeze in days.
    pub term_days: Option<u16>,
    /// What each natural person keeps free for living, in yuan.
    pub living_costs: Option<Decimal>,
}

/// What an act brought about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Measures that it was about.
    pub measures: Vec<MeasureId>,
    /// Orders that it made or was about.
    pub orders: Vec<OrderId>,
}

/// Does what a person decided. The audit shows what it was about, before and after.
///
/// # Errors
/// Why it is refused; nothing is changed then.
pub fn act(draft: &mut Draft<'_>, input: ActInput) -> Decided<Outcome> {
    let subject = subject_of(draft, &input);
    let before = shown(draft, &input.act);
    let (actor, reason, word) = (input.actor.name().to_owned(), input.reason.clone(), input.act.word());
    let outcome = carry_out(draft, input)?;
    let after: Vec<Value> = outcome
        .measures
        .iter()
        .filter_map(|id| draft.file.measures.get(id))
        .map(|measure| json!(MeasureView::from(measure)))
        .collect();
    let orders: Vec<String> = outcome.orders.iter().filter_map(|id| number(draft, *id)).collect();
    let claim = claim_of(draft);
    let detail = json!({ "before": before, "measures": after, "orders": orders, "claim": claim });
    draft.push(Change::Audit(AuditEntry {
        at: draft.now(),
        actor,
        act: word.to_owned(),
        subject,
        reason,
        detail: Some(detail),
        refused: None,
    }));
    Ok(outcome)
}

fn carry_out(draft: &mut Draft<'_>, input: ActInput) -> Decided<Outcome> {
    let ActInput { actor, reason, documents, act, case: _, seen } = input;
    let by = By { actor: &actor, reason: &reason };
    another_person::check(draft, &act, &actor)?;
    second_person::check(draft, &act)?;
    if let (Some(seen), Some(id)) = (seen, act.measure()) {
        seen.check(&draft.measure(id)?)?;
    }
    match act {
        Act::Approve(id, approval) => approve::approve(draft, id, approval, documents, by),
        Act::Reject(id) => approve::reject(draft, id, by),
        Act::Reconsider(id) => approve::reconsider(draft, id, by),
        Act::Release(release) => release::release(draft, release, documents, by),
        Act::Reinstate(id) => reinstate::reinstate(draft, id, documents, by),
        Act::Renew(id, renewal) => renew::renew(draft, id, renewal, documents),
        Act::Deduct(id, deduction) => deduct::deduct(draft, id, deduction, OnPapers::Brought(documents)),
        Act::Transfer(id, transfer) => deduct::transfer(draft, id, transfer, OnPapers::Brought(documents)),
        Act::Value(id, value) => approve::value(draft, id, value),
        Act::Rate(id, rate) => approve::rate(draft, id, rate),
        Act::Requery(orders) => requery::requery(draft, &orders),
        Act::Resolve(id, resolution) => resolve::resolve(draft, id, resolution, by),
        Act::Cancel(id) => cancel::cancel(draft, id, by),
        Act::UpdateClaim(update) => claim::update(draft, &update, documents, by),
        Act::Enter(entered) => enter::enter(draft, *entered, documents),
        Act::CompleteTask(id) => complete_task(draft, id),
    }
}

/// Who acts, and why.
#[derive(Debug, Clone, Copy)]
struct By<'a> {
    actor: &'a Actor,
    reason: &'a str,
}

impl By<'_> {
    fn note(&self) -> String {
        format!("{}: {}", self.actor.name(), self.reason)
    }
}

/// What an act is about, for the audit: the inquiry's public identifier, or the number of the case by which the actor came, or else of
/// the newest case of the chain.
pub fn subject_of(draft: &Draft<'_>, input: &ActInput) -> String {
    let of_measure = input.act.measure().and_then(|id| draft.file.measures.get(&id));
    let inquiry = match &input.act {
        Act::Cancel(id) => Some(*id),
        Act::Resolve(order, _) => draft.file.orders.get(order).map(|order| order.inquiry),
        Act::Requery(orders) => {
            orders.first().and_then(|order| draft.file.orders.get(order)).map(|order| order.inquiry)
        }
        _ => of_measure.map(|measure| measure.inquiry),
    };
    let uid = inquiry.and_then(|id| draft.file.inquiries.get(&id)).map(|inquiry| inquiry.uid.to_string());
    let own = || draft.file.cases.iter().find(|case| Some(case.id) == input.case);
    let case = || own().or(draft.file.cases.last()).map(|case| case.number.as_str().to_owned());
    uid.or_else(case).unwrap_or_default()
}

/// The claim with its settings, and up to how much parties are liable who are not for all of it.
fn claim_of(draft: &Draft<'_>) -> Option<Value> {
    let claim = draft.file.chain.claim.as_ref()?;
    let mut shown = json!(ClaimView::from(claim));
    shown["liable_up_to"] = liabilities(draft);
    Some(shown)
}

/// Up to how much parties are liable, in yuan; a party that is not named is liable for the whole claim.
fn liabilities(draft: &Draft<'_>) -> Value {
    let limited = draft.file.parties.iter().filter_map(|party| Some((party, party.liable_up_to?)));
    limited.map(|(party, amount)| json!({ "party": party.id, "amount": Money::yuan(amount) })).collect()
}

/// What an act is about, before it.
fn shown(draft: &Draft<'_>, act: &Act) -> Value {
    let claim = || claim_of(draft);
    if let Some(id) = act.measure() {
        return json!(draft.file.measures.get(&id).map(MeasureView::from));
    }
    match act {
        Act::Resolve(order, resolution) => json!({
            "order": number(draft, *order), "state": draft.file.orders.get(order).map(|order| order.state),
            "resolution": format!("{resolution:?}"),
        }),
        Act::UpdateClaim(_) | Act::Release(_) => json!({ "claim": claim() }),
        Act::Reinstate(id) => {
            let party = draft.file.parties.iter().find(|party| party.id == *id);
            json!(party.map(
                |party| json!({ "party": party.id, "is_freed": party.is_freed, "freed_by": party.freed_by })
            ))
        }
        Act::Cancel(id) => {
            let state = draft.file.inquiries.get(id).map(|inquiry| inquiry.state);
            json!({ "inquiry": state, "claim": claim() })
        }
        Act::Enter(entered) => {
            let of_party =
                draft.file.ledger().filter(|one| one.debtor == entered.party && one.state.stands());
            json!({ "claim": claim(), "measures": of_party.map(MeasureView::from).collect::<Vec<_>>() })
        }
        Act::CompleteTask(id) => {
            let task = draft.file.tasks.iter().find(|task| task.id == *id);
            json!(task.map(|task| json!({
                "task": task.id, "kind": task.kind, "measure": task.measure, "due_at": task.due, "note": task.note,
            })))
        }
        _ => Value::Null,
    }
}

fn number(draft: &Draft<'_>, order: OrderId) -> Option<String> {
    draft.file.orders.get(&order).map(|order| order.number().to_string())
}

fn complete_task(draft: &mut Draft<'_>, id: TaskId) -> Decided<Outcome> {
    let task = draft.file.tasks.iter().find(|task| task.id == id).ok_or(Rejected::Unknown("open task"))?;
    if !task.may_be_completed(draft.file.ledger()) {
        let what = task.kind.word();
        return Err(Rejected::NotAllowed(format!(
            "该待办不能直接办结，须办理其所要求的事项 a task `{what}` is done by the act that it asks for, and stands until then"
        )));
    }
    draft.close_tasks(|task| task.id == id);
    Ok(Outcome::default())
}

/// Whether the law permits an action against the owner of a measure's property in this case, and on which papers.
fn authorise(draft: &Draft<'_>, measure: &Measure, action: ActionKind) -> Decided<authority::Requirement> {
    if is_unwanted(&draft.file, measure) {
        return Err(Rejected::NotNow(
            "标的已了结或当事人已解除 the claim is closed or the party was freed".into(),
        ));
    }
    let (inquiry, subject) = draft.file.subject_of(measure);
    let terms = draft.file.terms.get(&inquiry).ok_or(Rejected::Unknown("inquiry"))?;
    let party = terms.party(subject.party).ok_or(Rejected::Unknown("party"))?;
    let number = &terms.case.number;
    authority::permitted(terms.purpose.word(), number.type_code(), party.role, action)
        .map_err(|denied| Rejected::NotAllowed(denied.to_string()))
}
