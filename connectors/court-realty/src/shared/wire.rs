//! What travels over several lines: the records, the code tables, and the documents of the point-to-point service, each
//! serialised both ways. Protocol sections 2.7, 3.4 and 11.

mod amount;
mod code;
pub(crate) mod point_to_point;
mod records;
pub(crate) mod results;
mod table;
pub(crate) mod tree;
mod words;

pub(crate) use amount::{Amount, AmountUnit, read_money};
pub(crate) use code::{Meaning, is_success, meaning, says_nothing};
pub(crate) use records::{Answered, HolderRow, Mortgage, Objection, Prenotice, Right, Seizure, field, texts};
pub(crate) use table::{CERTIFICATE_PERSONS, area_unit, certificate_code, co_ownership, seizure_kind};
pub(crate) use words::{
    building_nature, building_use, land_nature, mortgage_form, prenotice_kind, right_state,
};
