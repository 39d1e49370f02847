//! Section `[other_property]`: when real estate and other property that is controlled as a whole is for an officer.

use super::reader::Section;
use crate::domain::abilities::OFFICER_ABOVE;

/// A property is never taken for less than it is worth, and a hundred times is as good as without a bound.
const BOUNDS: std::ops::RangeInclusive<u32> = 100..=10_000;

/// The percentage of what is still wanted above which a property is for an officer.
pub(super) fn read_officer_above(section: &mut Section<'_>) -> u32 {
    let percent = section.or("officer_above_percent", OFFICER_ABOVE);
    if !BOUNDS.contains(&percent) {
        section.problem("officer_above_percent", "must lie between 100 and 10000");
    }
    percent
}
