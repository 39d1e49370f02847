//! What stands at a counterpart beside the line of the ledger that an order was about.

use chakong_contract::reply::Answer;
use chakong_contract::{Instruction, Reply};
use rust_decimal::Decimal;

use super::super::{Measure, MeasureId, MeasureState, OrderRecord};
use super::draft::Draft;

/// The line of the ledger that an answer is about. What stands at the counterpart beside the line that the order was about is a
/// line of its own: a freeze that was taken for not placed and was ordered anew since, or withdrawn, and a renewal that is answered only
/// after the old term was over or the freeze was taken for not placed.
pub fn own_line(
    draft: &mut Draft<'_>,
    order: &OrderRecord,
    measure: Measure,
    answer: &Answer,
) -> (MeasureId, Measure) {
    let stands = matches!(answer.reply, Reply::Held(_) | Reply::PartlyHeld(_));
    let beside = match &order.instruction {
        Instruction::Freeze { limit, from, until, .. }
            if measure.order.is_some_and(|newest| newest != order.id) || is_not_asked(measure.state) =>
        {
            Measure {
                state: MeasureState::Asked,
                limit: limit.map_or(Decimal::ZERO, |limit| limit.amount),
                from: Some(*from),
                until: Some(*until),
                order: Some(order.id),
                original_number: order.number().to_string(),
                ..measure.anew(MeasureId::default())
            }
        }
        Instruction::Renew { from, original, .. } if is_over(measure.state) => Measure {
            state: MeasureState::Renewing,
            limit: measure.limit,
            from: Some(*from),
            until: measure.until,
            order: measure.order,
            original_number: original.number.to_string(),
            ..measure.anew(MeasureId::default())
        },
        _ => return (measure.id, measure),
    };
    if !stands {
        return (measure.id, measure);
    }
    let (control, original_case) = (Some(order.id), measure.original_case.clone());
    let beside = Measure { control, original_case, available: Decimal::ZERO, ..beside };
    let id = draft.add_measure(beside.clone());
    draft.move_order(OrderRecord { measure: Some(id), ..order.clone() });
    (id, Measure { id, ..beside })
}

/// Whether nothing is asked of the property: a freeze of it that was withdrawn stands nowhere in this line.
const fn is_not_asked(state: MeasureState) -> bool {
    matches!(state, MeasureState::Candidate | MeasureState::Proposed | MeasureState::Skipped)
}

/// Whether a measure stands no more for all that the ledger knows, and not by a release or a deduction.
const fn is_over(state: MeasureState) -> bool {
    matches!(state, MeasureState::Lapsed | MeasureState::Refused) || is_not_asked(state)
}
