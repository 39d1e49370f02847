//! The desk: how long people have for an order, and that they have let its time pass.

use chakong_contract::Moment;
use jiff::Timestamp;

use super::super::rules::working_days::end_of;
use super::Facts;

/// Until when people have for an order that is made now: the end of the last working day. `None` for a counterpart that no people serve.
pub fn deadline(facts: &Facts<'_>, lane: &str) -> Option<Timestamp> {
    let days = facts.rules.abilities.desk_days(lane)?;
    let today = Moment::from_timestamp(facts.now).date();
    end_of(facts.rules.holidays().add_working_days(today, days).on)
}

/// That people have let the time of an order pass, for the task about it.
pub fn silence(facts: &Facts<'_>, lane: &str) -> Option<String> {
    let days = facts.rules.abilities.desk_days(lane)?;
    Some(format!(
        "人工办理{days}个工作日内未办结，须催办 people have not brought an answer within {days} working days"
    ))
}
