//! What is said on standard error.

use std::fmt::Display;
use std::io::Write as _;

/// Says something on standard error; where that is closed, nobody wants to know.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
