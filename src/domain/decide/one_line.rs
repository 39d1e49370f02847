//! One line a property: what several entries of one answer say of a property, in whatever order they came.

use std::collections::HashMap;

use chakong_contract::order::Target;

use super::super::rules::exemptions::Level;
use super::super::{Measure, MeasureState};
use super::candidate::same_property;

/// The lines of one answer, each property once. What stands against a freeze in one of them stands against it: the strictest exemption
/// counts, and one that cannot be frozen without an officer is none that can. Of stakes the closer report decides when it is taken in.
pub fn one_line_each(lines: Vec<Measure>) -> Vec<Measure> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::with_capacity(lines.len());
    let mut each: Vec<Measure> = Vec::with_capacity(lines.len());
    for line in lines {
        if matches!(line.target, Target::Equity { .. }) {
            each.push(line);
            continue;
        }
        let known = places.entry(line.target.identity()).or_default();
        let same =
            known.iter().copied().find(|at| each.get(*at).is_some_and(|one| same_property(one, &line)));
        match same.and_then(|at| each.get_mut(at)) {
            Some(one) => *one = joined(one.clone(), line),
            None => {
                known.push(each.len());
                each.push(line);
            }
        }
    }
    each
}

/// One line of two about the same property, the same whichever came first.
fn joined(one: Measure, other: Measure) -> Measure {
    let against = |line: &Measure| {
        let is_exempt = line.exemption.level == Level::NoMeasure;
        (line.state == MeasureState::Skipped, is_exempt, line.note.clone())
    };
    let (first, second) = if against(&other) > against(&one) { (other, one) } else { (one, other) };
    Measure {
        exemption: first.exemption.clone().and(second.exemption),
        available: first.available.min(second.available),
        queued_behind: first.queued_behind || second.queued_behind,
        co_owned: first.co_owned || second.co_owned,
        ..first
    }
}
