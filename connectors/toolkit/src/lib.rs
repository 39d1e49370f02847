//! What connectors and their simulated counterparts share. Pure, like everything that builds on it.
//!
//! * [`soap`]: SOAP 1.1 services that counterparts call, and their description
//! * [`beginning`]: what stands first in a message that has not come whole
//! * [`json`], [`list`]: JSON with a byte order mark before it, and null where a member is left out; a list, or what stands
//!   in place of an empty one
//! * [`scalar`], [`marks`]: a value whose type differs by version; text without a vendor's marks
//! * [`gathered`], [`paging`]: what a query has found so far; where it stands in a list
//! * [`accounts`]: rows about one account as one account
//! * [`capital`], [`company_status`], [`freeze_record`]: what business registries write, read once for all of them
//! * [`settings`]: settings that several manifests declare
//! * [`script`], [`company_script`]: scripts of simulated counterparts, and of business registries among them
//! * [`call_fault`]: scripted misbehaviour of a counterpart that is called; [`polling`]: the rounds of one that calls

pub mod accounts;
pub mod beginning;
pub mod call_fault;
pub mod capital;
pub mod company_script;
pub mod company_status;
pub mod freeze_record;
pub mod gathered;
pub mod json;
pub mod list;
pub mod marks;
pub mod paging;
pub mod polling;
pub mod scalar;
pub mod script;
pub mod settings;
pub mod soap;

pub use scalar::Scalar;
