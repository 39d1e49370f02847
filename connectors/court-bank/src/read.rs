//! Feedback to replies, as packages and as documents handed in over the web service (protocol sections 1, 3, 5 and 8).

mod account;
mod collected;
mod control;
mod days;
mod failure;
mod feedback;
mod query;
mod returned;
mod values;

use chakong_contract::{Message, Reading};

use self::collected::Collected;
pub(crate) use self::failure::words;
pub(crate) use self::feedback::read_fed;
use crate::manifest::Bank;
use crate::wire::file_name::{self, PackageName};

/// Reads one message: a package, or an XML file on its own.
pub(crate) fn read(bank: &Bank, message: &Message) -> Reading {
    let mut collected = Collected::default();
    let name = PackageName::read(&message.name);
    let taken = if name.is_some() || file_name::is_zip(&message.name) || message.bytes.starts_with(b"PK") {
        collected.take_package(bank, message, name.as_ref())
    } else {
        collected.take_single(bank, message)
    };
    match taken {
        Ok(()) => {
            collected.refuse_silence(name.as_ref());
            collected.reading(bank, name.as_ref())
        }
        Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
    }
}
