//! A desk line: a clerk carries orders along and fills in what was answered.

use std::collections::BTreeSet;

use chakong_contract::manifest::LineKind;

use super::super::super::reader::Section;
use super::super::super::values::within;
use super::{LineConfig, LineReader, LineSection};
use crate::domain::people::Courts;

/// The line in the list of lines.
pub(super) const READER: LineReader =
    LineReader { kind: LineKind::Desk, read: |section, _| Some(LineConfig::new(read_desk(section))) };

/// Working days that clerks have where the file does not say.
const DAYS: u32 = 5;
/// Most working days.
const MOST_DAYS: u32 = 250;
/// Most courts that a desk names.
const MOST_COURTS: usize = 500;

/// A desk line: people serve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskConfig {
    /// Working days for an order, from the day after it is made; the last one counts to its end.
    pub days: u16,
    /// Whether a second person checks what was entered before it counts.
    pub checked: bool,
    /// The courts whose orders are carried there; others do not ask this counterpart.
    pub courts: Courts,
}

impl LineSection for DeskConfig {
    fn kind(&self) -> LineKind {
        LineKind::Desk
    }
}

fn read_desk(section: &mut Section<'_>) -> DeskConfig {
    let days = section.or("days", DAYS);
    if let Err(message) = within(days, 1, MOST_DAYS) {
        section.problem("days", message);
    }
    let checked = section.or("checked", true);
    DeskConfig { days: u16::try_from(days).unwrap_or(u16::MAX), checked, courts: read_courts(section) }
}

fn read_courts(section: &mut Section<'_>) -> Courts {
    let Some(codes) = section.value::<Vec<String>>("courts") else { return Courts::All };
    let fits =
        |code: &String| (1..=32).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    let distinct: BTreeSet<String> = codes.iter().cloned().collect();
    if codes.is_empty() {
        section.problem("courts", "names no court: leave it out for every court, or name some by code");
    } else if codes.len() > MOST_COURTS {
        section.problem(
            "courts",
            format_args!("names more than {MOST_COURTS} courts; leave it out for every court"),
        );
    } else if !codes.iter().all(fits) {
        section.problem("courts", "holds what is no code of a court: 1 to 32 letters and digits each");
    } else if distinct.len() < codes.len() {
        section.problem("courts", "names a court twice");
    }
    Courts::Some(distinct)
}
