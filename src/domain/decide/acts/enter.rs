//! Measures that stand and that this gateway did not place: entered by a person, to be renewed, released and deducted here.

use chakong_contract::asset::{MatchedBy, Rank};
use chakong_contract::id::CaseNumber;
use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Currency, Date, Instruction, Money};
use rust_decimal::Decimal;

use super::super::super::rules::authority;
use super::super::super::rules::exemptions::{Exemption, exemption};
use super::super::super::{
    BroughtDocument, EventType, Finding, InquiryId, InquiryState, Measure, MeasureId, MeasureState,
    OrderRecord, Origin, PartyId, Subject, Task, TaskKind,
};
use super::super::candidate::{Found, institution_of, line, same_property};
use super::super::control::with_term;
use super::super::counting::Cause;
use super::super::draft::{Draft, NewOrder};
use super::super::due::ask_again;
use super::super::follow_up::follow_up;
use super::super::ledger::follow;
use super::super::proposals::withdraw;
use super::super::recognise::names;
use super::super::{Decided, Rejected};
use super::Outcome;

/// A measure that stands and that this gateway did not place.
#[derive(Debug, Clone)]
pub struct EnteredMeasure {
    /// The party that owns the property.
    pub party: PartyId,
    /// The counterpart at which it stands.
    pub counterpart: String,
    /// Code of the institution that keeps the account.
    pub institution: String,
    /// The property.
    pub target: Target,
    /// Whether a stake is state or corporate shares of a listed company.
    pub listed_state_shares: bool,
    /// The currency of its amounts; `None` for yuan.
    pub currency: Option<Currency>,
    /// Yuan for one unit of a foreign currency; without it the amounts count for nothing.
    pub rate: Option<Decimal>,
    /// What stands ordered, in its currency.
    pub limit: Decimal,
    /// What is held, in its currency.
    pub held: Decimal,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Date,
    /// Place in the queue.
    pub rank: Option<Rank>,
    /// The counterpart's own number of the measure.
    pub reference: String,
    /// Request number of the freeze.
    pub original_number: String,
    /// Case number of the freeze.
    pub original_case: CaseNumber,
}

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
    let mut findings = wrong_with(&entered, &documents, draft.today());
    findings.extend(of_another_case(draft, &entered));
    if !findings.is_empty() {
        return Err(Rejected::Findings(findings));
    }
    let (inquiry, subject) = subject_of(draft, &entered)?;
    let new = measure_of(draft, &entered, inquiry, subject);
    if new.until.is_some_and(|until| until < draft.today()) {
        let detail = "法定最长期限已届满 the longest term that the law allows is over: freeze anew";
        return Err(Rejected::NotAllowed(detail.into()));
    }
    let recognised = recognised_as(draft, &new)?;
    refuse_known_number(draft, &new, recognised.as_ref().map(|known| known.id))?;
    let id = match recognised {
        Some(known) => complete(draft, known, new),
        None => draft.add_measure(new),
    };
    draft.keep_documents(documents, inquiry, &[id]);
    let measure = draft.measure(id)?;
    no_longer_free(draft, &measure);
    draft.tell(EventType::MeasureRecognised, &measure, None);
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}

/// The line that a counterpart's word made of the freeze that is entered, beside whatever else stands on the property: that of its limit,
/// of several that of its case; else the only one.
fn recognised_as(draft: &Draft<'_>, new: &Measure) -> Decided<Option<Measure>> {
    let is_recognised = |known: &&Measure| {
        known.origin == Origin::Recognised && known.state.stands() && same_property(known, new)
    };
    let all: Vec<&Measure> = draft.file.ledger().filter(is_recognised).collect();
    let of_limit: Vec<&Measure> = all.iter().copied().filter(|known| known.limit == new.limit).collect();
    let of_case = of_limit.iter().copied().find(|known| names(&known.original_case, &new.original_case));
    match (of_case.or(of_limit.first().copied()), all.as_slice()) {
        (Some(known), _) => Ok(Some(known.clone())),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some((*only).clone())),
        (None, several) => {
            let limits: Vec<String> =
                several.iter().map(|known| known.money(known.limit).to_string()).collect();
            let detail = format!(
                "该财产已识别多项本案冻结，限额均与补录不符，请核对 several freezes of this case were recognised on the property, none with this limit; theirs are {}",
                limits.join("、")
            );
            Err(Rejected::Findings(vec![Finding::new("/limit/amount", detail)]))
        }
    }
}

/// What the measure takes of an account is not proposed or asked there once more.
fn no_longer_free(draft: &mut Draft<'_>, entered: &Measure) {
    let is_idle = |one: &&Measure| {
        matches!(one.state, MeasureState::Candidate | MeasureState::Proposed) && same_property(one, entered)
    };
    let idle: Vec<Measure> = draft.file.ledger().filter(is_idle).cloned().collect();
    look_at_what_was_held(draft, entered);
    for measure in idle {
        let id = measure.id;
        if measure.state == MeasureState::Proposed {
            withdraw(draft, measure, "");
        }
        let Some(measure) = draft.file.measures.get(&id).cloned() else { continue };
        let available = (measure.available - entered.limit).max(Decimal::ZERO);
        if entered.is_whole() || available.is_zero() {
            let note = format!("已补录在控措施 a measure that stands was entered: {}", entered.id);
            draft.move_measure(Measure { state: MeasureState::Skipped, note, ..measure });
        } else {
            draft.move_measure(Measure { available, ..measure });
        }
    }
}

/// What was held for an officer, because a freeze stood there whose amount was not known, is looked at again.
fn look_at_what_was_held(draft: &mut Draft<'_>, entered: &Measure) {
    let is_held = |one: &&Measure| one.state == MeasureState::Skipped && same_property(one, entered);
    let held: Vec<MeasureId> = draft.file.ledger().filter(is_held).map(|one| one.id).collect();
    let is_about =
        |task: &Task| task.kind == TaskKind::Review && task.measure.is_some_and(|id| held.contains(&id));
    if draft.file.tasks.iter().any(is_about) {
        draft.close_tasks(is_about);
        ask_again(draft, entered, None);
    }
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
    let is_stake = matches!(entered.target, Target::Equity { .. });
    let no_shares =
        "仅股权可注明国有股、社会法人股 only a stake can be state or corporate shares of a listed company";
    refuse(entered.listed_state_shares && !is_stake, "/listed_state_shares", no_shares);
    refuse_rate(entered, &mut refuse);
    refuse_amounts_of_wholes(entered, &mut refuse);
    findings
}

/// What is controlled as a whole holds no money: an amount would count as cash that covers the claim.
fn refuse_amounts_of_wholes(entered: &EnteredMeasure, refuse: &mut impl FnMut(bool, &str, &str)) {
    let has_amount = !entered.limit.is_zero() || !entered.held.is_zero();
    let worth = "不动产、股权整体控制，不载限额和实际控制金额；其价值请在补录后以估值登记 a home or a stake is controlled as a whole and holds no money: leave the amounts out, and state what it is worth by POST /v1/measures/{id}/value afterwards";
    refuse(is_whole(&entered.target) && has_amount, "/limit", worth);
}

const fn is_whole(target: &Target) -> bool {
    matches!(target, Target::Property { .. } | Target::Equity { .. })
}

/// A rate belongs to a foreign currency, and what is controlled as a whole has no amounts.
fn refuse_rate(entered: &EnteredMeasure, refuse: &mut impl FnMut(bool, &str, &str)) {
    let no_amount = "该类财产整体控制，不载币种 it is controlled as a whole and has no currency";
    refuse(is_whole(&entered.target) && entered.currency.is_some(), "/limit/currency", no_amount);
    let no_rate = "人民币无需汇率 amounts in yuan have no rate";
    refuse(entered.rate.is_some() && entered.currency.is_none(), "/rate", no_rate);
    let too_low = "汇率应大于零 the rate must be more than zero";
    refuse(entered.rate.is_some_and(|rate| rate <= Decimal::ZERO), "/rate", too_low);
}

/// Only a freeze of a case of the chain serves its claim: one of another case is another creditor's.
fn of_another_case(draft: &Draft<'_>, entered: &EnteredMeasure) -> Option<Finding> {
    if let Err(denied) = authority::freezes(entered.original_case.type_code()) {
        return Some(Finding::new("/original_case", denied.to_string()));
    }
    if draft.file.cases.iter().any(|case| case.number == entered.original_case) {
        return None;
    }
    let number = entered.original_case.as_str();
    let detail = format!(
        "{number}不是本案或本案所承接的案件，其措施不计入本案；如本案承接该案，请先提交载明 case.continues 的查控申请 that case is neither this one nor one that it continues, and its measure does not serve this claim: if this case continues it, submit an inquiry that names it in `case.continues` first"
    );
    Some(Finding::new("/original_case", detail))
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
        "原冻结请求单号已在册 the ledger has the freeze of this number already: measure {}, {}, limit {}, held {}",
        known.id,
        known.state.word(),
        known.money(known.limit),
        known.money(known.held)
    )))
}

/// A measure that a counterpart reported, with what a person knows of it.
fn complete(draft: &mut Draft<'_>, known: Measure, new: Measure) -> MeasureId {
    let id = known.id;
    let (state, order, control) = (known.state, known.order, known.control);
    let chain = known.chain;
    let surplus = (known.surplus - (new.limit - known.limit).max(Decimal::ZERO)).max(Decimal::ZERO);
    // A paper says nothing of these.
    let completed = Measure {
        id,
        chain,
        state,
        origin: Origin::Entered,
        order,
        control,
        available: known.available,
        permitted: known.permitted.filter(|_| new.exemption.level <= known.exemption.level),
        value: known.value,
        is_anothers: known.is_anothers,
        left_alone: known.left_alone,
        said: known.said,
        surplus,
        ..new
    };
    let completed = Measure { state: completed.settled_state(), ..completed };
    draft.move_measure(completed.clone());
    draft.close_tasks(|task| task.measure == Some(id) && task.kind == TaskKind::Review);
    if surplus.is_zero() {
        draft.close_tasks(|task| task.measure == Some(id) && task.kind == TaskKind::ReleaseExcess);
    }
    if state == MeasureState::Waiting && completed.state == MeasureState::InForce {
        draft.tell(EventType::MeasureEffective, &completed, None);
        follow_up(draft, EventType::MeasureEffective, &completed);
    }
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
    let line = as_found(draft, line);
    let measure = with_term(
        Measure {
            origin: Origin::Entered,
            currency: entered.currency,
            rate: entered.rate,
            listed_state_shares: entered.listed_state_shares,
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

/// What is entered, with what the counterparts said of the same property: who keeps it where that is not named, whether others own it too,
/// and the strictest of what was found about it. A paper tells no wages from other money.
fn as_found(draft: &Draft<'_>, entered: Measure) -> Measure {
    let same: Vec<&Measure> = draft.file.ledger().filter(|known| same_property(known, &entered)).collect();
    let exemption = same
        .iter()
        .fold(entered.exemption.clone(), |strictest, known| strictest.or_stricter(&known.exemption));
    let co_owned = same.iter().any(|known| known.co_owned);
    let institution = institution_of(draft.file.ledger(), &entered);
    Measure { institution, exemption, co_owned, ..entered }
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
