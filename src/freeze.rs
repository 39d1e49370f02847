//! The freeze ledger 冻结台账: mandate + measures -> what to ask, propose, withdraw or release. Pure, and the only judge
//! of how much more may be frozen: what is held plus what is asked never exceeds the claim (民诉法 art. 253, 查扣冻规定
//! art. 19).

mod candidate;
mod equity;
mod exempt;
mod ledger;
mod reply;
mod waiting;

pub use candidate::candidates;
pub use equity::{Holder, is_closer, same_property, stake_line, stake_room, stake_within};
pub use exempt::{Exemption, Level, exemption};
pub use ledger::{Decision, decide, exposure, is_whole, may_ask, room};
pub use reply::hear;
pub use waiting::{is_waiting, shown_by};

#[cfg(test)]
mod tests;
