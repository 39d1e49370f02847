//! Names of members under which readers note what they do not know.

pub(crate) const CREATION_DATE: &str = "creationDate";
pub(crate) const LEI: &str = "lei";
pub(crate) const STATUS: &str = "status";
