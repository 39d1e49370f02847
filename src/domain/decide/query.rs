//! What a query found: property that is taken into the ledger, and what a corrected answer takes back.

use chakong_contract::{ActionKind, IdentityDocument, Reply};

use super::super::rules::exemptions::Level;
use super::super::rules::release_reasons::ReleaseReason;
use super::super::{
    CaseFile, Change, InquiryId, LeftAlone, Measure, MeasureState, OrderRecord, PropertyFinding, Subject,
    TaskKind,
};
use super::candidate::{Found, candidates, property_key, property_keys, same_property};
use super::counting::is_abandoned;
use super::draft::{Draft, NewTask};
use super::equity::{is_closer, stakes};
use super::exempt;
use super::one_line::one_line_each;
use super::proposals::withdraw_to;
use super::{recognise, unsent};

/// Takes what an answer names into the ledger of an inquiry with a mandate. An inquiry without one only looks.
pub fn found(draft: &mut Draft<'_>, order: &OrderRecord, reply: &Reply) {
    let has_mandate =
        draft.file.inquiries.get(&order.inquiry).is_some_and(|inquiry| inquiry.mandate.is_some());
    if !has_mandate || draft.file.chain.claim.is_none() {
        return;
    }
    let lines = lines_of(draft, order, reply);
    take_back_what_is_gone(draft, order, reply, &lines);
    for new in lines {
        take_in(draft, recognise::with_unstated(draft, order, reply, new));
    }
}

fn lines_of(draft: &Draft<'_>, order: &OrderRecord, reply: &Reply) -> Vec<Measure> {
    let Some(terms) = draft.file.terms.get(&order.inquiry) else { return Vec::new() };
    let cannot = draft
        .facts
        .rules
        .abilities
        .can(&order.lane, ActionKind::Freeze)
        .err()
        .map(|cannot| cannot.to_string());
    let found = Found {
        order,
        chain: draft.file.id(),
        debtor: terms.debtor(order.party),
        holder: terms.party(order.party).map_or("", |party| party.name.as_str()),
        cannot_freeze: cannot.as_deref(),
        matched_by: chakong_contract::asset::MatchedBy::Unstated,
        today: draft.today(),
    };
    let mut lines: Vec<Measure> = reply.assets().iter().flat_map(|asset| candidates(found, asset)).collect();
    lines.extend(stakes(found, terms, reply, &draft.facts.rules.routes));
    one_line_each(lines)
}

/// Takes one property in, and binds what is asked of it or stands on it already to what was found.
fn take_in(draft: &mut Draft<'_>, new: Measure) {
    let found = with_finding(draft, new);
    let new = exempt::with_known(&draft.file, found.clone());
    take_line_in(draft, new);
    exempt::bind(draft, &found);
}

/// Takes one property in, or keeps what more is known of it. A property that is partly frozen, or whose measure ended, may
/// yield new money: that is a measure of its own.
fn take_line_in(draft: &mut Draft<'_>, new: Measure) {
    let same: Vec<Measure> = draft
        .file
        .ledger()
        .filter(|known| same_property(known, &new))
        .map(|known| taken_over(&draft.file, known, &new))
        .collect();
    let idle = |known: &&Measure| {
        matches!(known.state, MeasureState::Candidate | MeasureState::Skipped | MeasureState::Proposed)
    };
    if let Some(known) = same.iter().find(idle) {
        revise(draft, known.clone(), new);
        return;
    }
    let busy = same.iter().any(|known| known.state.is_busy() || known.state == MeasureState::Accepted);
    let was_refused = same.iter().any(|known| known.state == MeasureState::Refused);
    let standing: Vec<&Measure> = same.iter().filter(|known| known.state.stands()).collect();
    if standing.is_empty() && !busy && !was_refused {
        draft.add_measure(new);
        return;
    }
    // New money: what is available beyond what the limits that stand would catch by themselves.
    let caught: rust_decimal::Decimal = standing.iter().map(|known| known.uncovered()).sum();
    let more = new.available - caught;
    let is_new =
        !busy && !was_refused && !new.is_whole() && !new.queued_behind && more > rust_decimal::Decimal::ZERO;
    if is_new && new.state == MeasureState::Candidate {
        draft.add_measure(Measure { available: more, ..new });
    }
    for known in same.into_iter().filter(|known| known.state.stands()) {
        let (available, co_owned) = (new.available, known.co_owned || new.co_owned);
        let before = draft.file.measures.get(&known.id).map(|before| before.inquiry);
        if before.is_some_and(|before| before != known.inquiry) {
            draft.close_reviews(known.id);
        }
        // Of what may not be frozen by itself by now, nothing more is asked.
        let available =
            if new.state == MeasureState::Candidate { available } else { available.min(known.limit) };
        draft.move_measure(Measure { available, co_owned, ..known });
    }
}

/// What a cancelled inquiry found, and another one finds, is the other's from now on.
fn taken_over(file: &CaseFile, known: &Measure, new: &Measure) -> Measure {
    let known = known.clone();
    if known.state.ended() || !is_abandoned(file, &known) || is_abandoned(file, new) {
        return known;
    }
    let (inquiry, party, document) = (new.inquiry, new.party, new.document);
    Measure { inquiry, party, document, ..known }
}

/// A property that an officer found to be exempt or another's is left alone, whoever asks about it next; one of somebody of the same name,
/// by the chain whose officer found it.
fn with_finding(draft: &mut Draft<'_>, new: Measure) -> Measure {
    if new.exemption.level == Level::NoMeasure {
        return new;
    }
    if let Some(found) = found_in_ledger(draft, &new) {
        remember(draft, &new, &found);
    }
    let known = |is_so: fn(&Measure) -> bool| {
        draft.file.ledger().any(|known| is_so(known) && same_property(known, &new))
    };
    let found = draft.file.findings.get(&property_key(&new)).and_then(ground_of);
    let ground = match found {
        _ if known(|one| one.is_anothers) => Some(ReleaseReason::WrongPerson),
        // Earlier editions remembered a wrong person for every chain. It is a matter of the one that released the property.
        Some(ReleaseReason::WrongPerson) if !known(|one| one.state == MeasureState::Released) => None,
        found => found,
    };
    match ground {
        Some(ground) => Measure { state: MeasureState::Skipped, note: ground.in_words(), ..new },
        None => new,
    }
}

/// What a person found about a property while a line of the ledger had no name for its institution, or another one.
fn found_in_ledger(draft: &Draft<'_>, new: &Measure) -> Option<LeftAlone> {
    draft.file.ledger().filter(|known| same_property(known, new)).find_map(|known| known.left_alone.clone())
}

/// Remembers what a person found about a property, for whoever asks about it next, under the name that answers know it by.
pub fn remember(draft: &mut Draft<'_>, of: &Measure, found: &LeftAlone) {
    let (property, note) = (property_key(of), found.reason.in_words());
    if draft.file.findings.get(&property).and_then(ground_of) == Some(found.reason) {
        return;
    }
    let (actor, at) = (found.by.clone(), draft.now());
    draft.push(Change::SavePropertyFinding(PropertyFinding { property, note, actor, at }));
}

/// Why a property must be left alone. Earlier editions kept the officer's name and words behind the reason: they are not for other cases.
fn ground_of(finding: &PropertyFinding) -> Option<ReleaseReason> {
    ReleaseReason::named_by(&finding.note)
}

fn revise(draft: &mut Draft<'_>, known: Measure, new: Measure) {
    // What an officer rejected stays so until there is more to freeze than before.
    let was_rejected = known.state == MeasureState::Skipped && !known.rejected_by.is_empty();
    if !is_closer(&known, &new) || (was_rejected && new.available <= known.available) {
        return;
    }
    let Measure { target, available, exemption, note, queued_behind, currency, value, co_owned, .. } = new;
    // What is less than was proposed is proposed anew, and the rest elsewhere.
    let covers = known.is_whole() || available >= known.limit.min(known.available);
    let stays_proposed =
        known.state == MeasureState::Proposed && new.state == MeasureState::Candidate && covers;
    let (state, limit) = match stays_proposed {
        true => (MeasureState::Proposed, known.limit),
        false => (new.state, rust_decimal::Decimal::ZERO),
    };
    let first_approval = known.first_approval.clone().filter(|_| stays_proposed);
    let value = value.or(known.value);
    // A permission is of what was known when it was given.
    let permitted = known.permitted.filter(|_| exemption.level <= known.exemption.level);
    // What is left alone for another reason than that it could not be sent is not sent again.
    let order = known.order.filter(|_| state != MeasureState::Skipped);
    let revised = Measure {
        target,
        available,
        exemption,
        note,
        queued_behind,
        currency,
        value,
        state,
        limit,
        co_owned,
        order,
        permitted,
        first_approval,
        ..known.clone()
    };
    if !stays_proposed && known.state == MeasureState::Proposed {
        let (state, note) = (revised.state, revised.note.clone());
        return withdraw_to(draft, revised, state, &note);
    }
    draft.move_measure(revised);
}

/// The identity document by which a measure's property was found: its place is that in the inquiry of the measure.
fn found_by<'f>(file: &'f CaseFile, measure: &Measure) -> Option<&'f IdentityDocument> {
    let terms = file.terms.get(&measure.inquiry)?;
    terms.document(Subject { party: measure.party, document: measure.document })
}

/// Withdraws the freeze of a measure that was ordered in the same inquiry and never left. Whether it did.
fn withdraw_unsent(draft: &mut Draft<'_>, inquiry: InquiryId, measure: &Measure) -> bool {
    let freeze = measure.control.and_then(|id| draft.file.orders.get(&id));
    freeze.is_some_and(|freeze| freeze.inquiry == inquiry) && unsent::take_back(draft, measure.id, NOT_SHOWN)
}

/// Why a property is left alone that a corrected answer no longer names.
const NOT_SHOWN: &str = "更正后的反馈不再载明该财产 a later answer no longer shows this property";

/// A corrected answer that no longer names a property takes back what followed from it: what was only proposed or not sent yet falls
/// away, what left or stands is for a person.
fn take_back_what_is_gone(draft: &mut Draft<'_>, order: &OrderRecord, reply: &Reply, lines: &[Measure]) {
    let is_full = matches!(reply, Reply::Found { .. } | Reply::Nothing);
    let is_correction = draft.file.revisions.get(&order.root).is_some_and(|revision| revision.number > 1);
    if !is_full || !is_correction {
        return;
    }
    let Some(terms) = draft.file.terms.get(&order.inquiry) else { return };
    let asked_by = Subject { party: order.party, document: order.document };
    let (debtor, document) = (terms.debtor(order.party), terms.document(asked_by));
    // A frozen product of which no unit is free is shown, too.
    let keys = property_keys(reply);
    let is_frozen_product = |known: &Measure| {
        let is_product = matches!(known.target, chakong_contract::order::Target::Product { .. });
        let control = known.control.and_then(|id| draft.file.orders.get(&id));
        let may_stand = known.state == MeasureState::Asked && control.is_some_and(OrderRecord::may_have_left);
        is_product && (known.state.stands() || may_stand)
    };
    let gone = |known: &&Measure| {
        known.counterpart == order.lane
            && known.debtor == debtor
            && found_by(&draft.file, known) == document
            && !known.state.ended()
            && !matches!(known.target, chakong_contract::order::Target::Equity { .. })
            && !lines.iter().any(|line| same_property(line, known))
            && !(is_frozen_product(known) && keys.contains(&property_key(known)))
    };
    let gone: Vec<Measure> = draft.file.ledger().filter(gone).cloned().collect();
    for measure in gone {
        match measure.state {
            MeasureState::Candidate => {
                draft.move_measure(Measure {
                    state: MeasureState::Skipped,
                    note: NOT_SHOWN.to_owned(),
                    ..measure
                });
            }
            MeasureState::Proposed => withdraw_to(draft, measure, MeasureState::Skipped, NOT_SHOWN),
            MeasureState::Skipped | MeasureState::Refused => {}
            MeasureState::Asked if withdraw_unsent(draft, order.inquiry, &measure) => {
                let known = draft.file.measures.get(&measure.id).cloned().unwrap_or(measure);
                withdraw_to(draft, Measure { control: None, ..known }, MeasureState::Skipped, NOT_SHOWN);
            }
            _ => draft.task(NewTask::about(TaskKind::Review, &measure, draft.now()), NOT_SHOWN),
        }
    }
}
