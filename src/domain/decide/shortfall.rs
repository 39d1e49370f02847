//! Releases and deductions that brought less than was ordered.

use chakong_contract::{Instruction, Reply};
use rust_decimal::Decimal;

use super::super::Measure;

/// What a release of all, or a deduction, is said to have brought less than it was ordered for, in words for court staff: what stands
/// at the counterpart is for a person to find out. Of a part that is released, what no money covers goes first: less is no misfit.
pub fn short_of(measure: &Measure, instruction: &Instruction, reply: &Reply) -> Option<String> {
    let (what, said, expected) = match (instruction, reply) {
        (Instruction::Release { amount: Some(ordered), .. }, Reply::Released { amount: Some(said), .. }) => {
            let all = !measure.is_whole() && ordered.amount >= measure.limit;
            ("解除 released", said.amount, all.then_some(measure.held.min(ordered.amount))?)
        }
        (Instruction::Deduct { amount: ordered, .. }, Reply::Deducted { amount: Some(said) }) => {
            ("扣划 deducted", said.amount, ordered.amount)
        }
        _ => return None,
    };
    let less = expected - said;
    (less > Decimal::ZERO).then(|| {
        format!(
            "反馈金额少于应{what}金额 {less}，须核实 {said} is said to be done of {expected}: what is not done stands still; find out what stands at the counterpart"
        )
    })
}
