//! Releases that nobody wants any more: the claim was raised or opened again, or the party owes again, before they were carried out. One
//! that has not left is withdrawn. Of one that left, what it sets free is looked at once it is answered.

use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::{CaseFile, Claim, LastRelease, Measure, MeasureId, MeasureState, PartyId, ReleaseCause};
use super::counting::{Cause, exposure, is_abandoned, is_unwanted, room, room_of};
use super::draft::Draft;
use super::due::ask_again;
use super::giving_back::relief;
use super::unsent::{take_back, unsent_of};

const WANTED: &str = "所余标的仍须该财产 the claim wants it again";

/// Withdraws releases that nobody wants any more, and remembers those that have left.
pub fn keep(draft: &mut Draft<'_>, claim: &Claim, cause: Cause) {
    let releasing = |one: &&Measure| one.state == MeasureState::Releasing && one.control.is_some();
    let all: Vec<MeasureId> = draft.file.ledger().filter(releasing).map(|one| one.id).collect();
    for id in all {
        let Some(measure) = draft.file.measures.get(&id).cloned() else { continue };
        let spare = spare_of(&draft.file, claim, &measure);
        if spare == Spare::Nothing || measure.said.surplus_release == measure.control {
            continue;
        }
        if unsent_of(&draft.file, &measure).is_some() {
            // What is wanted of it still is ordered anew, which is for an act.
            if spare == Spare::All || cause == Cause::Act {
                take_back(draft, id, WANTED);
            }
        } else if matches!(cause, Cause::Act | Cause::Clock) && !measure.last_release.wanted_again {
            let last_release = LastRelease { wanted_again: true, ..measure.last_release };
            draft.move_measure(Measure { last_release, ..measure });
        }
    }
}

/// How much of a release nobody wants any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spare {
    Nothing,
    Some,
    All,
}

fn spare_of(file: &CaseFile, claim: &Claim, measure: &Measure) -> Spare {
    match measure.last_release.cause {
        ReleaseCause::Lasting => Spare::Nothing,
        ReleaseCause::Unwanted if is_unwanted(file, measure) || is_abandoned(file, measure) => Spare::Nothing,
        ReleaseCause::Unwanted => Spare::All,
        // A whole counts for nothing: it was given back because amounts cover the claim.
        ReleaseCause::Excess if measure.is_whole() => {
            let is_short = room_of(file, claim, measure.debtor, None) > Decimal::ZERO;
            if is_short { Spare::All } else { Spare::Nothing }
        }
        ReleaseCause::Excess => {
            let given_back = relief(measure, claim.uncovered);
            let left = left_after_releases(file, claim, measure.debtor);
            match given_back {
                none if none <= Decimal::ZERO || left <= Decimal::ZERO => Spare::Nothing,
                part if part <= left => Spare::All,
                _ => Spare::Some,
            }
        }
    }
}

/// What the claim, and the liability of a party, leave open once every release under way is carried out.
fn left_after_releases(file: &CaseFile, claim: &Claim, debtor: PartyId) -> Decimal {
    let given_back = |one: &Measure| relief(one, claim.uncovered);
    let of_all = room(claim, file.ledger()) + file.ledger().map(given_back).sum::<Decimal>();
    let party = file.parties.iter().find(|known| known.id == debtor);
    let Some(liable) = party.and_then(|party| party.liable_up_to) else { return of_all };
    let own = file.ledger().filter(|one| one.debtor == debtor);
    let used: Decimal = own.map(|one| exposure(one, claim.uncovered) - given_back(one)).sum();
    of_all.min(liable - used)
}

/// After a release was carried out: where the claim has wanted its money again since it left, and there is room, the account is looked at,
/// and the answer freezes what it finds.
pub fn look_again(draft: &mut Draft<'_>, before: &Measure) {
    let Some(measure) = draft.file.measures.get(&before.id).cloned() else { return };
    if !before.last_release.wanted_again {
        return;
    }
    let last_release = LastRelease { wanted_again: false, ..measure.last_release };
    draft.move_measure(Measure { last_release, ..measure.clone() });
    let Some(claim) = draft.file.chain.claim.clone().filter(Claim::is_open) else { return };
    let is_account = matches!(measure.target, Target::Account { .. }) && measure.currency.is_none();
    let has_room = room_of(&draft.file, &claim, measure.debtor, None) > Decimal::ZERO;
    if is_account && has_room && draft.file.may_be_asked_about(&measure) {
        ask_again(draft, &measure, None);
    }
}
