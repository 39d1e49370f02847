//! Setting `holidays`: a file of the court's own with holidays and moved working days, over those that are built in.

use std::path::{Path, PathBuf};

use super::named_files;
use super::reader::Section;
use crate::domain::rules::working_days::HolidayCalendar;

/// Largest file: a year takes less than 1 KiB.
const LARGEST: u64 = 256 << 10;

/// The file and what it says together with what is built in, whose years it replaces; `None` where no file is named.
pub(super) fn read_holidays(root: &mut Section<'_>, base: &Path) -> Option<(PathBuf, HolidayCalendar)> {
    let path = base.join(root.text("holidays")?);
    let read = named_files::read(&path, LARGEST)
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is no text in UTF-8".to_owned()))
        .and_then(|text| HolidayCalendar::parse(&text).map_err(|error| error.to_string()));
    match read {
        Ok(own) => Some((path, HolidayCalendar::built_in().clone().with(own))),
        Err(what) => {
            root.problem("holidays", format_args!("{}: {what}", path.display()));
            None
        }
    }
}
