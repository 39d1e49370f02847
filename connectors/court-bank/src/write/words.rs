//! What rows and their targets say the same way.

use chakong_contract::{Date, Fault, FaultKind};

/// The wire has no words for it.
pub(super) fn unsupported(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Unsupported, "write the request package", detail)
}

/// The first moment of a day, as banks write it.
pub(super) fn first_moment(date: Date) -> String {
    date.strftime("%Y/%m/%d 00:00:00").to_string()
}

/// The last moment of a day, as banks write it.
pub(super) fn last_moment(date: Date) -> String {
    date.strftime("%Y/%m/%d 23:59:59").to_string()
}
