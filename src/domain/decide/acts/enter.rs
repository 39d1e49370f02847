//! Measures that stand and that this gateway did not place: entered by a person, to be renewed, released and deducted here.

use chakong_contract::asset::MatchedBy;
use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Date, Instruction, Money};
use rust_decimal::Decimal;

use super::super::super::rules::authority;
use super::super::super::rules::exemptions::{Exemption, exemption};
use super::super::super::{
    BroughtDocument, EventType, Finding, InquiryId, InquiryState, Measure, MeasureId, MeasureState,
    OrderRecord, Origin, Subject, TaskKind,
};
use super::super::candidate::{Found, line, same_property};
use super::super::control::with_term;
use super::super::counting::Cause;
use super::super::draft::{Draft, NewOrder};
use super::super::ledger::follow;
use super::super::{Decided, Rejected};
use super::{EnteredMeasure, Outcome};

/// Enters a measure, or completes one that was recognised by a counterpart's word. The paper comes along: without it nobody else can
/// tell that the measure stands.
pub fn enter(
    draft: &mut Draft<'_>,
    entered: EnteredMeasure,
    documents: Vec<BroughtDocument>,
) -> Decided<Outcome> {
    let abilities = &draft.facts.rules.abilities;
    abilities
        .can(&entered.counterpart, ActionKind::Freeze)
        .map_err(|cannot| Rejected::NotAllowed(cannot.to_string()))?;
    let findings = wrong_with(&entered, &documents, draft.today());
    if !findings.is_empty() {
        return Err(Rejected::Findings(findings));
    }
    let (inquiry, subject) = subject_of(draft, &entered)?;
    let new = measure_of(draft, &entered, inquiry, subject);
    if new.until.is_some_and(|until| until < draft.today()) {
        let detail = "法定最长期限已届满 the longest term that the law allows is over: freeze anew";
        return Err(Rejected::NotAllowed(detail.into()));
    }
    let standing =
        draft.file.ledger().find(|known| same_property(known, &new) && known.state.stands()).cloned();
    let completes =
        standing.as_ref().filter(|known| known.origin == Origin::Recognised).map(|known| known.id);
    refuse_known_number(draft, &new, completes)?;
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

/// What is wrong with a measure by itself.
fn wrong_with(entered: &EnteredMeasure, documents: &[BroughtDocument], today: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |wrong: bool, pointer: &str, detail: &str| {
        if wrong {
            findings.push(Finding::new(pointer, detail));
        }
    };
    let names_nothing = "未指明财产 it names no property: state its number";
    refuse(!is_named(&entered.target), "/target", names_nothing);
    let implausible = |amount: Decimal| !Money::yuan(amount).is_plausible() || amount < Decimal::ZERO;
    let beyond = "金额不合理 the amount is negative or beyond all measure";
    refuse(implausible(entered.limit), "/limit/amount", beyond);
    refuse(implausible(entered.held), "/held/amount", beyond);
    let more = "实际控制不得超过限额 more cannot be held than the limit";
    refuse(entered.held > entered.limit, "/held/amount", more);
    let early = "起始日尚未到 the first day lies in the future: only what stands is entered";
    refuse(entered.from.is_some_and(|from| from > today), "/from", early);
    let reversed = "截止日早于起始日 the last day lies before the first";
    refuse(entered.from.is_some_and(|from| from > entered.until), "/until", reversed);
    refuse(entered.until < today, "/until", "期限已届满 the term is over: freeze anew");
    let missing = "须附冻结、查封文书 bring the paper that the measure stands on";
    refuse(documents.is_empty(), "/documents", missing);
    if let Err(denied) = authority::freezes(entered.original_case.type_code()) {
        findings.push(Finding::new("/original_case", denied.to_string()));
    }
    findings
}

/// Whether an order could name a property.
fn is_named(target: &Target) -> bool {
    let has = |text: &str| text.chars().any(char::is_alphanumeric);
    match target {
        Target::Account { number, sub_account, .. } => has(number) && sub_account.as_deref().is_none_or(has),
        Target::Product { account, number, .. } => has(account) && has(number),
        Target::Property { unit_number, certificate, .. } => unit_number.is_some() || has(certificate),
        Target::Equity { company, .. } => has(company),
    }
}

/// One freeze is one line of the ledger, whatever its property and limit are said to be.
fn refuse_known_number(draft: &Draft<'_>, new: &Measure, completes: Option<MeasureId>) -> Decided<()> {
    let same = |known: &&Measure| {
        Some(known.id) != completes && known.original_number.eq_ignore_ascii_case(&new.original_number)
    };
    let Some(known) = draft.file.ledger().find(same) else { return Ok(()) };
    Err(Rejected::NotNow(format!(
        "原冻结请求单号已在册 the ledger has the freeze of this number already: measure {}, {}, limit {} yuan, held {} yuan",
        known.id,
        known.state.word(),
        known.limit,
        known.held
    )))
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
            original_case: entered.original_case.as_str().to_owned(),
            ..line
        },
        // Without its first day it ends as if it had begun today: the law ends every measure.
        entered.from.or(Some(draft.today())),
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
