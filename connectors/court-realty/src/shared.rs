//! What more than one dialect needs. Names no dialect.
//!
//! * `settings`: settings and declarations that several manifests hold
//! * `request`, `seizure`: what an order asks for, whatever the line; which property, ruling and term a control names
//! * `wire`: records, code tables and the documents of the point-to-point service
//! * `read`: records to properties with their burdens; `remarks`: what a registry's words mean; `receipt`: receipts
//! * `register`, `faults`: the register of every simulated registry, and how those misbehave that call the gateway

pub(crate) mod faults;
pub(crate) mod read;
pub(crate) mod receipt;
pub(crate) mod register;
pub(crate) mod remarks;
pub(crate) mod request;
pub(crate) mod seizure;
pub(crate) mod settings;
pub(crate) mod wire;
