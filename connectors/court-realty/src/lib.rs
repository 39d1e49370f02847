//! Court line to real-estate registries 不动产登记: what a party holds now, with every burden on it.
//!
//! One folder a dialect; each is a connector of its own with its manifest, its wire and its simulated counterpart:
//!
//! * `city`: the REST interface of a city's registry; queries, controls and call-backs
//! * `county`: the real-time query of a county, which asks back whether a call is really ours
//! * `form`: the query by form
//! * `platform`: the provincial platform, whose side we play
//! * `postbox`: the point-to-point service that registries call
//!
//! `shared` holds what more than one of them needs; no dialect names another. See `README.md` for settings, traps and the
//! sandbox scripts.

mod city;
mod county;
mod form;
mod platform;
mod postbox;
mod shared;

pub use city::plugin;
pub use county::plugin as county_plugin;
pub use form::plugin as form_plugin;
pub use platform::plugin as platform_plugin;
pub use postbox::plugin as postbox_plugin;
