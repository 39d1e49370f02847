//! Sections `[cache]` and `[routing]`, and what must hold between counterparts that stand in for one another.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chakong_contract::ActionKind;

use super::{CounterpartConfig, LineConfig};
use crate::config::Problems;
use crate::config::reader::Section;

/// Oldest answer that may be used again.
const OLDEST: Duration = Duration::from_secs(366 * 86_400);
/// Most counterparts that stand in for one.
const MOST_STAND_INS: usize = 8;
/// Most divisions of one counterpart.
const MOST_DIVISIONS: usize = 200;

/// Section `[routing]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoutingConfig {
    /// Counterparts that a query goes to, in turn, when this one cannot answer it. They are not asked beside it.
    pub stand_ins: Vec<String>,
    /// Divisions 行政区划 (GB/T 2260) by their first digits for which it controls property that others reported; empty for all.
    pub divisions: Vec<String>,
    /// Line of `stand_ins` in its file.
    pub line: usize,
}

/// Both sections.
pub(super) fn read(root: &mut Section<'_>, line: Option<&LineConfig>) -> (Duration, RoutingConfig) {
    let age = root.section("cache", read_cache).unwrap_or_default();
    if !age.is_zero() && line.is_some_and(|line| line.call().is_none()) {
        root.problem("cache", "answers are used again over call lines only");
    }
    (age, root.section("routing", read_routing).unwrap_or_default())
}

fn read_cache(section: &mut Section<'_>) -> Duration {
    let age = section.or("age", Duration::ZERO);
    if age > OLDEST {
        section.problem("age", "may be at most \"366d\"");
    }
    age
}

fn read_routing(section: &mut Section<'_>) -> RoutingConfig {
    let stand_ins: Vec<String> = section.value("stand_ins").unwrap_or_default();
    let divisions: Vec<String> = section.value("divisions").unwrap_or_default();
    if stand_ins.len() > MOST_STAND_INS {
        section.problem("stand_ins", format_args!("names more than {MOST_STAND_INS} counterparts"));
    }
    let digits =
        |text: &String| (2..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if divisions.len() > MOST_DIVISIONS || !divisions.iter().all(digits) {
        let what = "must be a list of at most 200 divisions, each its first 2 to 6 digits, such as \"3301\"";
        section.problem("divisions", what);
    }
    RoutingConfig { stand_ins, divisions, line: section.line_of("stand_ins") }
}

/// Who stands in is there, can be queried, is named once, and nobody stands in for himself, not even in the end.
pub(in crate::config) fn check(counterparts: &[CounterpartConfig], folder: &Path, problems: &mut Problems) {
    let by_name: BTreeMap<&str, &CounterpartConfig> =
        counterparts.iter().map(|counterpart| (counterpart.name.as_str(), counterpart)).collect();
    for counterpart in counterparts {
        let file = folder.join(format!("{}.toml", counterpart.name));
        for (at, name) in counterpart.routing.stand_ins.iter().enumerate() {
            let wrong = match by_name.get(name.as_str()) {
                None => "there is no such counterpart",
                Some(other) if other.plugin.manifest.capability(ActionKind::Query).is_none() => {
                    "it cannot be queried"
                }
                Some(_) if counterpart.routing.stand_ins.iter().take(at).any(|known| known == name) => {
                    "it stands there twice"
                }
                Some(_) if reaches(&by_name, name, &counterpart.name) => "it would stand in for itself",
                Some(_) => continue,
            };
            problems.add(
                &file,
                Some(counterpart.routing.line),
                format!("`routing.stand_ins`: {name}: {wrong}"),
            );
        }
    }
}

/// Whether stand-ins lead from one counterpart to another.
fn reaches(by_name: &BTreeMap<&str, &CounterpartConfig>, from: &str, to: &str) -> bool {
    let mut seen = vec![from];
    let mut at = 0;
    while let Some(name) = seen.get(at).copied() {
        if name == to {
            return true;
        }
        let next = by_name.get(name).map_or(&[][..], |counterpart| &counterpart.routing.stand_ins);
        seen.extend(next.iter().map(String::as_str).filter(|next| !seen.contains(next)).collect::<Vec<_>>());
        at += 1;
    }
    false
}
