//! What counts: what each measure is worth for the claim, and how much more the claim leaves open. Pure sums over the ledger.

use rust_decimal::Decimal;

use super::super::rules::exemptions::Level;
use super::super::{
    CaseFile, Claim, InquiryState, Measure, MeasureId, MeasureState, PartyId, Permitted, UncoveredLimit,
};

/// What made the ledger be looked at. It bounds what may follow without a person: no counterpart's answer moves a freeze
/// at another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A query found or did not find property.
    Found,
    /// A counterpart said something about this measure.
    Answered(MeasureId),
    /// A counterpart said what became of the freeze of this measure.
    Placed(MeasureId),
    /// A person acted.
    Act,
    /// Time passed.
    Clock,
}

/// What a measure counts for in yuan: what was taken, and what is held, or the whole limit while nobody knows how much of
/// it will be held. What is controlled as a whole counts for nothing: its value is not known for sure.
pub fn exposure(measure: &Measure, uncovered: UncoveredLimit) -> Decimal {
    use MeasureState::{
        Accepted, Asked, Candidate, Deducted, Deducting, InForce, Lapsed, Proposed, Refused, Released,
        Releasing, Renewing, Skipped, Transferred, Transferring, Waiting,
    };
    if measure.is_whole() {
        return Decimal::ZERO;
    }
    let standing = match measure.state {
        Proposed | Asked | Accepted => measure.limit.max(measure.held),
        Releasing if measure.said.only_accepted => measure.limit.max(measure.held),
        InForce | Waiting | Releasing | Renewing | Deducting | Transferring => match uncovered {
            UncoveredLimit::Strict => measure.limit.max(measure.held),
            UncoveredLimit::Release | UncoveredLimit::Keep => measure.held,
        },
        Candidate | Lapsed | Released | Deducted | Transferred | Refused | Skipped => Decimal::ZERO,
    };
    measure.in_yuan(standing) + measure.in_yuan(measure.deducted)
}

/// How much more may be asked, in yuan; negative when more is held than the claim.
pub fn room<'m>(claim: &Claim, ledger: impl Iterator<Item = &'m Measure>) -> Decimal {
    claim.amount - ledger.map(|measure| exposure(measure, claim.uncovered)).sum::<Decimal>()
}

/// How much more may be asked of a party, in yuan, without one measure.
pub fn room_of(file: &CaseFile, claim: &Claim, party: PartyId, without: Option<MeasureId>) -> Decimal {
    let others = || file.ledger().filter(move |measure| Some(measure.id) != without);
    let whole = room(claim, others());
    let liability = file.parties.iter().find(|known| known.id == party).and_then(|known| known.liable_up_to);
    match liability {
        None => whole,
        Some(liable) => {
            let own = others().filter(|measure| measure.debtor == party);
            let used: Decimal = own.map(|measure| exposure(measure, claim.uncovered)).sum();
            whole.min(liable - used)
        }
    }
}

/// How much more may be taken of a party, in yuan: of the claim, and of what the party is liable for. Negative where more is taken and
/// being taken than that.
pub fn left_to_take(file: &CaseFile, debtor: PartyId) -> Decimal {
    let taken = |of: &dyn Fn(&Measure) -> bool| -> Decimal {
        let ledger = file.ledger().filter(|one| of(one));
        ledger.map(|one| one.in_yuan(one.deducted) + one.in_yuan(one.deducting)).sum()
    };
    let claim = file.chain.claim.as_ref().map_or(Decimal::MAX, |claim| claim.amount);
    let party = file.parties.iter().find(|known| known.id == debtor);
    let liable = party.and_then(|known| known.liable_up_to).unwrap_or(Decimal::MAX);
    (claim - taken(&|_| true)).min(liable - taken(&|one| one.debtor == debtor))
}

/// Whether nothing more is on its way, so that what deposits do not cover is known.
pub fn is_quiet(file: &CaseFile) -> bool {
    file.inquiries
        .values()
        .all(|inquiry| inquiry.state == InquiryState::Cancelled || inquiry.open_orders <= 0)
}

/// Whether a measure may be asked or proposed without more ado.
pub fn is_open(file: &CaseFile, measure: &Measure) -> bool {
    is_served(file, measure)
        && measure.state == MeasureState::Candidate
        && measure.exemption.level != Level::NoMeasure
}

/// Whether a property is exempt from every measure, and nobody permitted to freeze it.
pub fn is_not_to_be_frozen(measure: &Measure) -> bool {
    measure.exemption.level == Level::NoMeasure && measure.permitted.is_none()
}

/// Whether a property is exempt from deductions, and nobody permitted to deduct from it.
pub fn is_not_to_be_deducted(measure: &Measure) -> bool {
    measure.exemption.level >= Level::FreezeOnly && measure.permitted != Some(Permitted::FreezeAndDeduct)
}

/// Whether an inquiry with a mandate stands behind a measure, and its party was not freed.
pub fn is_served(file: &CaseFile, measure: &Measure) -> bool {
    let inquiry = file.inquiries.get(&measure.inquiry);
    let live = inquiry.is_some_and(|one| one.state != InquiryState::Cancelled && one.mandate.is_some());
    let freed = file.parties.iter().any(|party| party.id == measure.debtor && party.is_freed);
    live && !freed
}

/// Whether nobody wants a freeze any more: its claim is closed or its party was freed.
pub fn is_unwanted(file: &CaseFile, measure: &Measure) -> bool {
    let is_closed = file.chain.claim.as_ref().is_some_and(|claim| !claim.is_open());
    is_closed || file.parties.iter().any(|party| party.id == measure.debtor && party.is_freed)
}

/// Whether the inquiry of a measure was cancelled and no other one took it over.
pub fn is_abandoned(file: &CaseFile, measure: &Measure) -> bool {
    file.inquiries.get(&measure.inquiry).is_some_and(|inquiry| inquiry.state == InquiryState::Cancelled)
}
