//! Freezes of our own case that a query shows on an account. Measures of the ledger are brought up to date. A freeze
//! that the ledger does not know, because it was placed on paper or by another system, becomes a measure that is
//! `recognised`.

use chakong_contract::asset::{EncumbranceKind, FoundAsset};
use chakong_contract::id::CaseNumber;
use chakong_contract::{Account, Asset, Encumbrance, Reply};
use rust_decimal::Decimal;

use super::super::{
    EventType, Measure, MeasureId, MeasureState, OrderRecord, Origin, Said, TaskKind, UNCLEAR,
};
use super::candidate::{Found, candidates, is_below, same_property};
use super::control::with_term;
use super::counting::Cause;
use super::draft::{Draft, NewTask};
use super::follow_up::follow_up;
use super::listed::{comes_before, held, is_contested, left_by, without_those_below};
use super::proposals::withdraw;
use super::releasing::is_idle;
use super::telling::tell_surplus;
use super::waiting;
use super::{excess, giving_back};

/// Looks for measures of ours in what an answer shows.
pub fn own_measures(draft: &mut Draft<'_>, order: &OrderRecord, reply: &Reply) {
    for found in reply.assets() {
        match &found.asset {
            Asset::Account(account) => own_freezes(draft, order, found, account),
            Asset::Property(_) => waiting::seen(draft, &found.asset),
            Asset::Equity(_) | Asset::Company(_) | Asset::Vehicle(_) => {}
        }
    }
}

/// Freezes of our own case on an account.
fn own_freezes(draft: &mut Draft<'_>, order: &OrderRecord, found: &FoundAsset, account: &Account) {
    let ours: Vec<&Encumbrance> = account.encumbrances.iter().filter(|one| is_ours(draft, one)).collect();
    if ours.is_empty() {
        return;
    }
    let Some(line) = line_of(draft, order, found) else { return };
    learn_institution(draft, &line);
    if is_older(draft, order, &line) {
        return;
    }
    let standing = standing_of(draft, &line);
    let below = standing_below(draft, &line);
    let (ours, is_clear) = without_those_below(ours, &known_on(draft, &line), &below);
    if let Some(first) = below.first().filter(|_| !is_clear) {
        draft.task(NewTask::about(TaskKind::Review, first, draft.now()), UNCLEAR);
    }
    if ours.is_empty() {
        return;
    }
    if let Some(unstated) = unstated(draft, &line, &ours) {
        hold_for_an_officer(draft, line.clone(), unstated);
    }
    // A freeze that is on its way may be listed before its own answer comes.
    let is_asked = draft.file.ledger().any(|known| {
        matches!(known.state, MeasureState::Asked | MeasureState::Accepted) && same_property(known, &line)
    });
    match (standing.as_slice(), ours.as_slice()) {
        ([known], [one]) => revise(draft, known.clone(), one, account),
        _ if is_asked => {}
        ([], all) => all.iter().for_each(|one| recognise(draft, line.clone(), one, account)),
        (known, all) => beside(draft, known, all, &line, account),
    }
}

/// A measure that was entered without its institution is known by it from the first answer that shows its property.
fn learn_institution(draft: &mut Draft<'_>, line: &Measure) {
    let lacks = |known: &&Measure| known.institution.is_empty() && same_property(known, line);
    let lacking: Vec<Measure> = draft.file.ledger().filter(lacks).cloned().collect();
    for known in lacking {
        draft.move_measure(Measure { institution: line.institution.clone(), ..known });
    }
}

/// The measures that stand on a property.
fn standing_of(draft: &Draft<'_>, line: &Measure) -> Vec<Measure> {
    let stands = |known: &&Measure| known.state.stands() && same_property(known, line);
    draft.file.ledger().filter(stands).cloned().collect()
}

/// The measures that stand, or are asked, on a property itself.
fn known_on(draft: &Draft<'_>, line: &Measure) -> Vec<Measure> {
    let is_known = |known: &&Measure| {
        (known.state.stands() || known.state == MeasureState::Asked) && same_property(known, line)
    };
    draft.file.ledger().filter(is_known).cloned().collect()
}

/// The measures that stand, or are asked, on what an account's number stands over: its term sub-accounts and products. A bank lists their
/// freezes among the account's.
fn standing_below(draft: &Draft<'_>, line: &Measure) -> Vec<Measure> {
    let is_below = |known: &&Measure| {
        (known.state.stands() || known.state == MeasureState::Asked) && is_below(known, line)
    };
    draft.file.ledger().filter(is_below).cloned().collect()
}

/// A freeze of ours that is listed without its amount and that the ledger does not know: how much it holds for the claim is not known.
fn unstated<'l>(draft: &Draft<'_>, line: &Measure, listed: &[&'l Encumbrance]) -> Option<&'l Encumbrance> {
    let unstated = listed.iter().find(|one| one.amount.is_none()).copied()?;
    (known_on(draft, line).len() < listed.len()).then_some(unstated)
}

/// Nothing more is asked of a property on which a freeze of ours stands whose amount is not known, until an officer has looked at it.
fn hold_for_an_officer(draft: &mut Draft<'_>, line: Measure, unstated: &Encumbrance) {
    let is_idle = |known: &&Measure| {
        matches!(known.state, MeasureState::Candidate | MeasureState::Proposed | MeasureState::Skipped)
            && same_property(known, &line)
    };
    let idle = draft.file.ledger().find(is_idle).cloned();
    let id = match idle {
        Some(known) => {
            let id = known.id;
            if known.state == MeasureState::Proposed {
                withdraw(draft, known, "");
            }
            id
        }
        None => draft.add_measure(line.clone()),
    };
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    let held = on_hold(measure, unstated);
    draft.move_measure(held.clone());
    let note = held.note.clone();
    draft.task(NewTask::about(TaskKind::Review, &held, draft.now()), note);
}

fn on_hold(line: Measure, unstated: &Encumbrance) -> Measure {
    let note = format!(
        "该账户有本案冻结而反馈未载金额，须核实并补录，此前不再冻结 a freeze of this case stands here and its amount was not stated; find it out and enter it, nothing more is frozen before: {}",
        unstated.document
    );
    Measure { state: MeasureState::Skipped, order: None, note, ..line }
}

/// A property that an answer names, held for an officer where the answer shows a freeze of ours on it without its amount.
pub fn with_unstated(draft: &Draft<'_>, order: &OrderRecord, reply: &Reply, new: Measure) -> Measure {
    let on_it = reply.assets().iter().find_map(|found| {
        let Asset::Account(account) = &found.asset else { return None };
        let ours: Vec<&Encumbrance> = account.encumbrances.iter().filter(|one| is_ours(draft, one)).collect();
        let line = if ours.is_empty() { None } else { line_of(draft, order, found) }?;
        let (ours, _) = without_those_below(ours, &known_on(draft, &line), &standing_below(draft, &line));
        let is_it = same_property(&line, &new) && !is_older(draft, order, &line);
        if is_it { unstated(draft, &line, &ours) } else { None }
    });
    match on_it {
        Some(one) if matches!(new.state, MeasureState::Candidate | MeasureState::Skipped) => {
            on_hold(new, one)
        }
        _ => new,
    }
}

/// Whether something was done about a measure of the property that was ordered, or was said to be done, after the question, or at
/// the same moment: what is listed may be what stood before it, and says nothing of what stands.
fn is_older(draft: &Draft<'_>, order: &OrderRecord, line: &Measure) -> bool {
    let mut known = draft.file.ledger().filter(|known| same_property(known, line));
    known.any(|known| {
        let was_ordered_after = known.said.booked.iter().any(|control| *control > order.id);
        was_ordered_after || known.said.booked_at.is_some_and(|booked| order.created <= booked)
    })
}

/// Several freezes of ours on one account. Where each measure of the ledger is listed with its own limit, the others are freezes that
/// the ledger does not know; else a person must tell which is which.
fn beside(
    draft: &mut Draft<'_>,
    known: &[Measure],
    listed: &[&Encumbrance],
    line: &Measure,
    account: &Account,
) {
    let mut others: Vec<&Encumbrance> = listed.to_vec();
    let is_of =
        |measure: &Measure, one: &Encumbrance| one.amount.is_some_and(|money| money.amount == measure.limit);
    let is_clear = known.iter().all(|measure| {
        let found = others.iter().position(|one| is_of(measure, one));
        found.is_some_and(|at| {
            others.remove(at);
            true
        })
    });
    if is_clear {
        others.into_iter().for_each(|one| recognise(draft, line.clone(), one, account));
    } else if let Some(first) = known.first().filter(|_| listed.len() > known.len()) {
        draft.task(NewTask::about(TaskKind::Review, first, draft.now()), UNCLEAR);
    }
}

/// Whether a freeze is one of this chain's: the bank names one of its case numbers.
fn is_ours(draft: &Draft<'_>, one: &Encumbrance) -> bool {
    let is_freeze = matches!(one.kind, EncumbranceKind::Freeze | EncumbranceKind::WaitingSeizure);
    is_freeze && draft.file.cases.iter().any(|case| names(&one.document, case.number.as_str()))
}

/// Whether the text of a document number names a case, in whatever spelling and whatever follows it.
pub fn names(document: &str, case_number: &str) -> bool {
    case_of(document).is_some_and(|number| number.as_str() == case_number)
}

/// The case that the text of a document number names.
fn case_of(document: &str) -> Option<CaseNumber> {
    let document = document.trim();
    let end = document.find('号').map_or(document.len(), |at| at + '号'.len_utf8());
    document.get(..end)?.parse().ok()
}

fn line_of(draft: &Draft<'_>, order: &OrderRecord, asset: &FoundAsset) -> Option<Measure> {
    let terms = draft.file.terms.get(&order.inquiry)?;
    let found = Found {
        order,
        chain: draft.file.id(),
        debtor: terms.debtor(order.party),
        holder: terms.party(order.party).map_or("", |party| party.name.as_str()),
        cannot_freeze: None,
        matched_by: asset.matched_by,
        today: draft.today(),
    };
    candidates(found, asset).into_iter().next()
}

/// A measure of the ledger that an answer shows to hold something else than before.
fn revise(draft: &mut Draft<'_>, known: Measure, one: &Encumbrance, account: &Account) {
    let known = stood(draft, known);
    let busy = !is_idle(&known);
    let known = if busy { known } else { with_surplus(draft, known, one) };
    let shown = held(one, account, Some(known.limit));
    let shown = shown.map(|held| if is_contested(account) { held.min(known.held) } else { held });
    let Some(held) = shown.filter(|held| !busy && is_news(&known, *held)) else { return };
    let waited = known.state == MeasureState::Waiting;
    let rank = known.rank.filter(|_| held.is_zero());
    let said = Said { only_accepted: false, ..known.said.clone() };
    let revised = Measure { held, rank, said, ..known.clone() };
    let revised = with_term(revised, None, one.until.or(known.until), draft.today());
    let state = revised.standing_state();
    let revised = Measure { state, ..revised };
    draft.move_measure(revised.clone());
    let event = match state {
        MeasureState::InForce if waited => EventType::MeasureEffective,
        MeasureState::InForce if known.state == MeasureState::Accepted => EventType::MeasurePlaced,
        _ => EventType::MeasureChanged,
    };
    draft.tell(event, &revised, None);
    follow_up(draft, event, &revised);
    waiting::effect_shown(draft, event, &revised);
    let id = known.id;
    if let Some(claim) = draft.file.chain.claim.clone().filter(|_| held > known.held) {
        giving_back::cut(draft, &claim, Cause::Answered(id));
        excess::tell_excess(draft, Cause::Answered(id));
    }
}

/// Whether what an idle measure is shown to hold is news: another amount, or one with which it stands otherwise than was known.
fn is_news(known: &Measure, held: Decimal) -> bool {
    held != known.held || known.state == MeasureState::Waiting && !held.is_zero()
}

/// A measure of which more is listed than its limit: what is beyond is told, and given back there alone.
fn with_surplus(draft: &mut Draft<'_>, known: Measure, one: &Encumbrance) -> Measure {
    let listed = one.amount.map_or(known.limit, |money| money.to_whole_units().amount);
    let surplus = (listed - known.limit).max(Decimal::ZERO);
    let shown = Measure { surplus, ..known.clone() };
    draft.move_measure(shown.clone());
    tell_surplus(draft, known.surplus, &shown, None);
    shown
}

/// A measure that an answer shows to stand, with when that was.
fn stood(draft: &mut Draft<'_>, mut known: Measure) -> Measure {
    known.said.stood = Some(draft.now());
    draft.move_measure(known.clone());
    known
}

/// A freeze of ours that this gateway did not place stands in the ledger from now on, so that it is not placed again.
/// One whose term is over is none any more, and covers nothing.
fn recognise(draft: &mut Draft<'_>, line: Measure, one: &Encumbrance, account: &Account) {
    let Some(limit) = one.amount.map(|money| money.to_whole_units().amount.max(Decimal::ZERO)) else {
        return;
    };
    let already = draft.file.ledger().any(|known| {
        same_property(known, &line)
            && known.state.stands()
            && known.limit == limit
            && known.original_case == one.document
    });
    if already || is_lapsed(draft, &line, one, limit) {
        return;
    }
    let others =
        account.encumbrances.iter().filter(|other| !is_ours(draft, other) && comes_before(other, one));
    let known = standing_of(draft, &line).iter().map(|one| one.held).sum();
    let left = left_by(others, known, account);
    let measure = with_term(
        Measure {
            origin: Origin::Recognised,
            limit,
            held: held(one, account, None).unwrap_or_default().min(left),
            rank: one.rank,
            reference: one.reference.clone(),
            original_case: one.document.clone(),
            note: format!(
                "协助单位反馈的本案冻结 a freeze of this case that the counterpart reports: {}",
                one.document
            ),
            from: one.from,
            ..line
        },
        // Without its first day it ends as if it had begun today: the law ends every freeze.
        one.from.or(Some(draft.today())),
        one.until,
        draft.today(),
    );
    if measure.until.is_some_and(|until| until < draft.today()) {
        return;
    }
    let measure = Measure { state: measure.standing_state(), ..measure };
    let id: MeasureId = draft.add_measure(measure);
    let Some(measure) = draft.file.measures.get(&id).cloned() else { return };
    draft.tell(EventType::MeasureRecognised, &measure, None);
    draft.task(NewTask::about(TaskKind::Review, &measure, draft.now()), TO_BE_ENTERED);
}

/// What a person does about a freeze that was recognised.
pub const TO_BE_ENTERED: &str = "已识别本案在先冻结，请补录原请求单号以便续冻、解除 a freeze of this case was recognised; enter its number so that it can be renewed or released";

/// Why a person looks at a measure whose term is over and that is listed still, without its days.
const LISTED_STILL: &str = "措施已届满，反馈仍载明且未载期限，不计入；是否另行续冻须核实 the term of this measure is over, and the counterpart lists it still without its days: it counts for nothing; find out whether it was renewed in another way";

/// Whether a freeze that is listed without its days is one of the ledger whose term is over. A person finds out, and is told once, whether
/// it was renewed on paper.
fn is_lapsed(draft: &mut Draft<'_>, line: &Measure, one: &Encumbrance, limit: Decimal) -> bool {
    let is_it = |known: &&Measure| {
        let is_same = known.limit == limit && is_of_case(&one.document, &known.original_case);
        known.state == MeasureState::Lapsed && is_same && same_property(known, line)
    };
    let has_days = one.from.is_some() || one.until.is_some();
    let Some(known) = draft.file.ledger().find(is_it).filter(|_| !has_days).cloned() else { return false };
    if known.note != LISTED_STILL {
        let told = Measure { note: LISTED_STILL.to_owned(), ..known };
        draft.move_measure(told.clone());
        draft.task(NewTask::about(TaskKind::Review, &told, draft.now()), LISTED_STILL);
    }
    true
}

/// Whether a document is of the case that another document names.
fn is_of_case(document: &str, other: &str) -> bool {
    document == other || case_of(other).is_some_and(|number| names(document, number.as_str()))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_document_names_a_case_whatever_its_brackets_and_what_follows() {
        for document in [
            "（2026）测0203执7号",
            "(2026)测0203执7号之一裁定书",
            "【2026】测0203执7号",
            "2026测0203执7号执行裁定",
            "（２０２６）测0203执007号",
            "（2026）测0203执7-1号",
            "2026测0203执7",
            "（2026）测0203执字第7号",
        ] {
            assert!(names(document, "（2026）测0203执7号"), "{document}");
        }
        for document in ["（2026）测0203执77号", "（2025）测0203执7号", "", "（2026）测0203执恢7号"]
        {
            assert!(!names(document, "（2026）测0203执7号"), "{document}");
        }
    }
}
