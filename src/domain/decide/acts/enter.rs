//! Measures that stand and that this gateway did not place: entered by a person, to be renewed, released and deducted here.

use rust_decimal::Decimal;

use super::super::super::rules::exemptions::{Exemption, exemption};
use super::super::super::{
    BroughtDocument, EventType, InquiryId, InquiryState, Measure, MeasureId, MeasureState, OrderRecord,
    Origin, Subject, TaskKind,
};
use super::super::candidate::{Found, line, same_property};
use super::super::control::with_term;
use super::super::draft::{Draft, NewOrder};
use super::super::ledger::{Cause, follow};
use super::super::{Decided, Rejected};
use super::{EnteredMeasure, Outcome};
use chakong_contract::asset::MatchedBy;
use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Instruction};

/// Enters a measure, or completes one that was recognised by a counterpart's word.
pub fn enter(
    draft: &mut Draft<'_>,
    entered: EnteredMeasure,
    documents: Vec<BroughtDocument>,
) -> Decided<Outcome> {
    let abilities = &draft.facts.rules.abilities;
    abilities
        .can(&entered.counterpart, ActionKind::Freeze)
        .map_err(|cannot| Rejected::NotAllowed(cannot.to_string()))?;
    if entered.held > entered.limit {
        return Err(Rejected::NotAllowed("实际控制不得超过限额 more cannot be held than the limit".into()));
    }
    if entered.until < draft.today() {
        return Err(Rejected::NotAllowed("期限已届满 the term is over: freeze anew".into()));
    }
    let (inquiry, subject) = subject_of(draft, &entered)?;
    let new = measure_of(draft, &entered, inquiry, subject);
    let standing =
        draft.file.ledger().find(|known| same_property(known, &new) && known.state.stands()).cloned();
    let id = match standing {
        Some(known) if known.origin == Origin::Recognised => complete(draft, known, new),
        Some(known) if known.limit == new.limit => {
            return Err(Rejected::NotNow(format!(
                "该措施已在册 the ledger has this measure already: {}",
                known.id
            )));
        }
        _ => draft.add_measure(new),
    };
    draft.keep_documents(documents, inquiry, &[id]);
    let measure = draft.measure(id)?;
    draft.tell(EventType::MeasureRecognised, &measure, None);
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}

/// A measure that a counterpart reported, with what a person knows of it.
fn complete(draft: &mut Draft<'_>, known: Measure, new: Measure) -> MeasureId {
    let id = known.id;
    draft.move_measure(Measure {
        id,
        chain: known.chain,
        state: known.state,
        origin: Origin::Entered,
        order: known.order,
        control: known.control,
        ..new
    });
    draft.close_tasks(|task| task.measure == Some(id) && task.kind == TaskKind::Review);
    id
}

/// The newest inquiry of the chain that names the party.
fn subject_of(draft: &Draft<'_>, entered: &EnteredMeasure) -> Decided<(InquiryId, Subject)> {
    let live = |id: &&InquiryId| {
        draft.file.inquiries.get(id).is_some_and(|inquiry| inquiry.state != InquiryState::Cancelled)
    };
    let mut ids: Vec<&InquiryId> = draft.file.terms.keys().filter(live).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let found = ids.into_iter().find_map(|id| {
        let terms = draft.file.terms.get(id)?;
        let party = terms.debtors.iter().position(|debtor| *debtor == entered.party)?;
        Some((*id, Subject { party: u32::try_from(party).ok()?, document: 0 }))
    });
    found.ok_or(Rejected::Unknown("party in an inquiry of the case that is not cancelled"))
}

fn measure_of(draft: &Draft<'_>, entered: &EnteredMeasure, inquiry: InquiryId, subject: Subject) -> Measure {
    let order = order_like(draft, entered, inquiry, subject);
    let found = Found {
        order: &order,
        chain: draft.file.id(),
        debtor: entered.party,
        holder: "",
        cannot_freeze: None,
        matched_by: MatchedBy::NameAndNumber,
        today: draft.today(),
    };
    let exempt = match &entered.target {
        Target::Account { class, .. } | Target::Product { class, .. } => exemption(class, "", ""),
        Target::Property { .. } | Target::Equity { .. } => Exemption::free(),
    };
    let line = line(found, &entered.institution, entered.target.clone(), exempt);
    let measure = with_term(
        Measure {
            origin: Origin::Entered,
            limit: entered.limit,
            held: entered.held.max(Decimal::ZERO),
            rank: entered.rank,
            reference: entered.reference.clone(),
            original_number: entered.original_number.clone(),
            original_case: entered.original_case.clone(),
            ..line
        },
        entered.from,
        Some(entered.until),
        draft.today(),
    );
    let state: MeasureState = measure.standing_state();
    Measure { state, ..measure }
}

/// What the line of a query would have named.
fn order_like(
    draft: &Draft<'_>,
    entered: &EnteredMeasure,
    inquiry: InquiryId,
    subject: Subject,
) -> OrderRecord {
    let new = NewOrder {
        inquiry,
        lane: entered.counterpart.clone(),
        subject,
        instruction: Instruction::Query { transactions: None },
        priority: super::super::super::Priority::Query,
        deadline: draft.now(),
        root: None,
        measure: None,
        stands_in: None,
        papers: Vec::new(),
    };
    new.into_record(Default::default(), draft.now())
}
