//! What every connector is tested with: fixtures of recorded bytes, and one conformance suite.
//!
//! A connector crate has one integration test file, `tests/conformance.rs`:
//!
//! ```text
//! use chakong_testkit::{Subject, check_fixtures, conformance, fixture_folder, sample};
//!
//! fn settings() -> Settings { … }
//!
//! #[test]
//! fn fixtures() {
//!     check_fixtures(&plugin(), &settings(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "my-connector"));
//! }
//!
//! #[test]
//! fn conforms() {
//!     let plugin = plugin();
//!     let samples = vec![sample::query(&plugin.manifest, "示例甲有限公司", document)];
//!     conformance(&Subject { plugin, settings: settings(), script: json!({ … }), samples });
//! }
//! ```
//!
//! * [`fixtures`]: how files are named and what is compared; `UPDATE_FIXTURES=1` rewrites them.
//! * [`conformance()`]: what a connector must do because its manifest says so. Capability is data: nothing is listed twice.
//! * [`drive`]: carries a conversation between a connector and its own sandbox, without any line between them.
//! * [`fake_postbox`]: what stands behind a postbox, for sandboxes that call one.
//! * [`sample`]: composed orders about invented parties.

/// The page `connectors/README.md`: its connector is compiled with the examples of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct AddAConnector;

pub mod conformance;
pub mod drive;
pub mod fake_postbox;
pub mod fixtures;
pub mod inbound;
pub mod noise;
pub mod sample;

pub use conformance::{Subject, conformance};
pub use fixtures::{check_fixtures, fixture_folder};
