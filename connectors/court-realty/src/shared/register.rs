//! One register for every simulated registry of this crate, whatever line it plays: who owns what, with every burden, and
//! what becomes of a seizure (protocol sections 10 and 13). Pure: the same script, acts and times give the same.
//!
//! * [`Register::answer`]: everything that is registered for somebody
//! * [`Register::seize`], [`Register::renew`], [`Register::release`]: an act, done at once or taken as a case
//! * [`Register::tick`]: a round of the registry's work, and what came of it

mod act;
mod answering;
mod book;
mod cases;
mod draw;
mod estate;
mod holdings;
mod population;
mod query;
mod queue;
mod records;
mod script;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use self::act::{DECLINED, EFFECTIVE, Happened, Outcome, RegisterAct};
pub(crate) use self::book::Register;
pub(crate) use self::query::RegisterQuery;
pub(crate) use self::script::Script;
pub(crate) use self::writer::Style;
