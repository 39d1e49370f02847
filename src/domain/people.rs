//! People 人员: roles, courts, persons, their sessions and keys, and looks, as the gateway keeps them.

mod certificate;
mod change;
mod courts;
mod person;
mod role;
mod rules;
mod session;

pub use certificate::SignInCertificate;
pub use change::PeopleChange;
pub use courts::Courts;
pub use person::{CertificateKind, KeptPassword, OfficialCertificate, Person, SecondFactor};
pub use role::{Role, RoleConflict};
pub use rules::{LookRules, SignInRules};
pub use session::{Look, LookKind, Session, SignInMethod, StoredKey, is_consumer_name};
