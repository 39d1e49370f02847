//! What every envelope has, and what can be wrong with one.

/// Namespace of SOAP 1.1 envelopes.
pub const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Name of an envelope's root.
pub const ROOT: &str = "Envelope";
/// Largest message, in bytes: feedback with a few documents of 5 MiB in three layers of Base64.
pub const LARGEST: usize = 64 << 20;
/// What is said of a message that is too large or too deep.
pub const TOO_MUCH: Trouble = Trouble::of_caller("the message is too large or too deep");
/// Why a message is no call, or no answer, of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// Fault code of SOAP 1.1, section 4.4.1.
    pub code: &'static str,
    /// What is wrong.
    pub words: &'static str,
}

impl Trouble {
    /// The caller's mistake.
    pub const fn of_caller(words: &'static str) -> Self {
        Self { code: "Client", words }
    }

    /// Ours: the caller must come again.
    pub const fn ours(words: &'static str) -> Self {
        Self { code: "Server", words }
    }
}
