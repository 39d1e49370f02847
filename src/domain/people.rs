//! People 人员: roles, courts, persons, their sessions and keys, and looks, as the gateway keeps them.

mod change;
mod courts;
mod person;
mod role;
mod rules;
mod session;

pub use change::PeopleChange;
pub use courts::Courts;
pub use person::{CertificateKind, KeptPassword, OfficialCertificate, Person, SecondFactor};
pub use role::{Role, RoleConflict};
pub use rules::{LookRules, SignInRules};
pub use session::{Look, LookKind, Session, StoredKey};
