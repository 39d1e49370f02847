//! What travels between us and a city's registry. The only place with the registry's names.

pub(super) mod callback;
pub(super) mod control;
pub(super) mod query;

pub(super) use self::control::{USUAL_OPERATOR, bean};
