//! Abilities: which actions each counterpart takes, with which documents, as configured. Everybody who needs to know
//! asks here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::{ActionKind, DocumentKind};

use super::retry::RetryPolicy;
use super::rules::working_days::HolidayCalendar;
use super::{Routes, TwoApprovers};

/// What one counterpart can do.
#[derive(Debug, Clone, PartialEq)]
pub struct Ability {
    /// Actions that it takes, each with the documents that must go along.
    pub actions: BTreeMap<ActionKind, Vec<DocumentKind>>,
    /// Whether a request number that is sent twice is acted on once.
    pub idempotent: bool,
    /// Whether amounts in another currency than yuan can be controlled there.
    pub controls_foreign: bool,
    /// How queries are tried again.
    pub query: RetryPolicy,
    /// How controls are tried again.
    pub control: RetryPolicy,
    /// How long it has for a control.
    pub control_deadline: Duration,
    /// Working days that people have for an order, where people serve it.
    pub desk_days: Option<u16>,
}

/// Counterparts have 24 hours for a control as for a query (法〔2018〕64号), where nothing else is configured.
pub const CONTROL_DEADLINE: Duration = Duration::from_secs(24 * 3600);

/// A counterpart cannot do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cannot {
    /// No such counterpart is configured.
    #[error("该单位未配置 the counterpart {0} is not configured")]
    NotConfigured(String),
    /// It does not take this action.
    #[error("该单位不支持{chinese} the counterpart {counterpart} takes no {action} orders")]
    NotSupported {
        /// The counterpart.
        counterpart: String,
        /// The action.
        action: ActionKind,
        /// The action in Chinese.
        chinese: &'static str,
    },
    /// It controls amounts in yuan only.
    #[error(
        "该单位只办理人民币账户，外币账户须线下办理 the counterpart {0} controls yuan only: do it on paper"
    )]
    YuanOnly(String),
}

/// What every counterpart can do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Abilities(BTreeMap<String, Ability>);

impl FromIterator<(String, Ability)> for Abilities {
    fn from_iter<I: IntoIterator<Item = (String, Ability)>>(abilities: I) -> Self {
        Self(abilities.into_iter().collect())
    }
}

impl Abilities {
    /// Names of the counterparts.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The documents that an action needs at a counterpart, or why it cannot be done there.
    ///
    /// # Errors
    /// [`Cannot`], in words for court staff.
    pub fn can(&self, counterpart: &str, action: ActionKind) -> Result<&[DocumentKind], Cannot> {
        let known = self.0.get(counterpart).ok_or_else(|| Cannot::NotConfigured(counterpart.to_owned()))?;
        known.actions.get(&action).map(Vec::as_slice).ok_or_else(|| Cannot::NotSupported {
            counterpart: counterpart.to_owned(),
            action,
            chinese: chinese(action),
        })
    }

    /// Whether a request number that is sent twice is acted on once there.
    pub fn is_idempotent(&self, counterpart: &str) -> bool {
        self.0.get(counterpart).is_some_and(|ability| ability.idempotent)
    }

    /// Whether amounts in another currency than yuan can be controlled there.
    pub fn controls_foreign(&self, counterpart: &str) -> bool {
        self.0.get(counterpart).is_some_and(|ability| ability.controls_foreign)
    }

    /// How long it has for a control.
    pub fn control_deadline(&self, counterpart: &str) -> Duration {
        self.0.get(counterpart).map_or(CONTROL_DEADLINE, |ability| ability.control_deadline)
    }

    /// Working days that people have for an order, where people serve it.
    pub fn desk_days(&self, counterpart: &str) -> Option<u16> {
        self.0.get(counterpart).and_then(|ability| ability.desk_days)
    }

    /// How orders are tried again there.
    pub fn retry(&self, counterpart: &str, control: bool) -> RetryPolicy {
        let policy = |ability: &Ability| if control { ability.control } else { ability.query };
        self.0.get(counterpart).map(policy).unwrap_or_default()
    }
}

/// An action in Chinese.
pub const fn chinese(action: ActionKind) -> &'static str {
    match action {
        ActionKind::Query => "网络查询",
        ActionKind::Freeze => "网络冻结",
        ActionKind::Renew => "网络续冻",
        ActionKind::Release => "网络解除",
        ActionKind::Deduct => "网络扣划",
        ActionKind::Transfer => "强制转让登记",
    }
}

/// Everything that decisions know of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What counterparts can do.
    pub abilities: Abilities,
    /// Where orders go beside their own counterpart.
    pub routes: Routes,
    /// Holidays and moved working days, where they are not only those that are built in.
    pub holidays: Option<Arc<HolidayCalendar>>,
    /// A property that is worth more than so many percent of what is still wanted is for an officer.
    pub officer_above: u32,
    /// Which freezes two persons approve.
    pub two_approvers: Arc<TwoApprovers>,
}

impl Rules {
    /// Holidays and moved working days.
    pub fn holidays(&self) -> &HolidayCalendar {
        self.holidays.as_deref().unwrap_or(HolidayCalendar::built_in())
    }
}

/// Twice what is still wanted.
pub const OFFICER_ABOVE: u32 = 200;

impl Default for Rules {
    fn default() -> Self {
        Self {
            abilities: Abilities::default(),
            routes: Routes::default(),
            holidays: None,
            officer_above: OFFICER_ABOVE,
            two_approvers: Arc::default(),
        }
    }
}
