//! What is asked of the register, and what becomes of it.

use chakong_contract::Moment;

use super::queue::{Entry, Kind, Queue};

/// An act that is asked of the register.
#[derive(Debug, Clone, Default)]
pub(crate) struct RegisterAct {
    /// Request number, by which it is told of later.
    pub(crate) request: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) unit: String,
    pub(crate) certificate: String,
    pub(crate) court: String,
    /// Number of the ruling.
    pub(crate) document: String,
    pub(crate) from: String,
    pub(crate) until: String,
    /// Number of the right that it is about, or of the seizure that a new one stands on.
    pub(crate) business: String,
    /// The registry's number of the seizure to be renewed or released.
    pub(crate) seizure: String,
    /// The number under which it is to be entered; the register's next one where empty.
    pub(crate) id: String,
}

/// What became of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) request: String,
    pub(crate) unit: String,
    pub(crate) certificate: String,
    /// The registry's number of the seizure, or of the case that is not decided.
    pub(crate) id: String,
    /// None while the case is not decided, and for a release.
    pub(crate) kind: Option<Kind>,
    pub(crate) from: String,
    pub(crate) until: String,
    /// 查封顺序 CFSX.
    pub(crate) place: u32,
    /// Place in the queue; 1 is effective, 0 where there is none.
    pub(crate) position: u32,
}

impl Outcome {
    /// What the registry says beside it: only words can say that a seizure waits (section 2.9).
    pub(crate) fn words(&self) -> String {
        let behind = self.position.saturating_sub(1);
        match self.kind {
            Some(Kind::Waiting) => format!("轮候查封，查封顺序{}，轮候第{behind}位", self.place),
            Some(Kind::WaitingPreliminary) => {
                format!("轮候预查封，查封顺序{}，轮候第{behind}位", self.place)
            }
            Some(Kind::Preliminary) => "预查封".to_owned(),
            _ => String::new(),
        }
    }
}

/// What happened in a round, about requests that came over this line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// A case was entered.
    Entered(Outcome),
    /// A case was declined, and why.
    Declined(Outcome, &'static str),
    /// A waiting seizure became effective.
    Effective(Outcome),
}

/// The registrar's words for a case that he declines.
pub(crate) const DECLINED: &str = "登记员审核后不予受理";
/// Said of a waiting seizure that is effective now.
pub(crate) const EFFECTIVE: &str = "轮候查封已转为查封";
/// Says that a unit or a seizure is not there, as registries do (section 10.5).
pub(super) const NO_SUCH_SEIZURE: &str = "未找到查封登记";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Seize,
    Renew,
    Release,
}

/// A case that is accepted and not decided.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) wish: Wish,
    pub(super) act: RegisterAct,
    /// What was said when it was accepted.
    pub(super) told: Outcome,
    /// When it came: the round, and the time.
    pub(super) polls: u32,
    pub(super) came: Moment,
}

/// An outcome of an entry of a unit, told about a request.
pub(super) fn outcome(request: &str, queue: &Queue, entry: &Entry) -> Outcome {
    Outcome {
        request: request.to_owned(),
        unit: queue.unit.clone(),
        certificate: queue.certificate.clone(),
        id: entry.id.clone(),
        kind: entry.kind,
        from: entry.from.clone(),
        until: entry.until.clone(),
        place: entry.place,
        position: queue.position(&entry.id).unwrap_or(0),
    }
}
