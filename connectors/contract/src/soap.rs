//! SOAP 1.1 services that counterparts call: envelopes both ways and the description. The court's services take texts by
//! position and give one text back; what the texts hold is each protocol's own.

mod element;
pub mod http;
mod wsdl;

use self::element::body;

/// Namespace of SOAP 1.1 envelopes.
pub const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Name of an envelope's root.
pub const ROOT: &str = "Envelope";
/// Largest message, in bytes: feedback with a few documents of 5 MiB in three layers of Base64.
pub const LARGEST: usize = 64 << 20;
/// What is said of a message that is too large or too deep.
pub const TOO_MUCH: Trouble = Trouble::of_caller("the message is too large or too deep");
/// Name of the element that a service's answer stands in.
const RETURN: &str = "return";

/// A service.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Name of its interface.
    pub interface: &'static str,
    /// Its target namespace.
    pub namespace: &'static str,
    /// What it can be asked to do, in the order in which the description lists it.
    pub operations: &'static [Operation],
}

/// Something that a service can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Its name on the wire.
    pub name: &'static str,
    /// How many texts it needs.
    pub arguments: usize,
}

/// A call, its arguments as they came.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// What is asked, by its name in the service's own spelling.
    pub operation: &'static str,
    /// The arguments, by position: exactly as many as the operation needs.
    pub arguments: Vec<String>,
}

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

impl Service {
    /// Reads a call. Arguments count by position, whatever their elements are named; names of operations in any case.
    ///
    /// # Errors
    /// What the caller must be told.
    pub fn read_call(&self, text: &str) -> Result<Call, Trouble> {
        let called = body(text)?;
        let same = |operation: &&Operation| operation.name.eq_ignore_ascii_case(&called.name);
        let operation = self
            .operations
            .iter()
            .find(same)
            .ok_or(Trouble::of_caller("the service has no operation of this name"))?;
        if called.namespace != self.namespace {
            return Err(Trouble::of_caller("the operation is not in the namespace of the service"));
        }
        let mut arguments: Vec<String> = called.children.into_iter().map(|child| child.text).collect();
        if arguments.len() < operation.arguments {
            return Err(Trouble::of_caller("an argument is missing"));
        }
        arguments.truncate(operation.arguments);
        Ok(Call { operation: operation.name, arguments })
    }

    /// Writes a call. Arguments are Base64: nothing in them needs escaping.
    pub fn write_call(&self, operation: &str, arguments: &[String]) -> Vec<u8> {
        let namespace = self.namespace;
        let arguments: String = arguments
            .iter()
            .enumerate()
            .map(|(at, argument)| format!("<arg{at}>{argument}</arg{at}>"))
            .collect();
        enveloped(&format!("<ns2:{operation} xmlns:ns2=\"{namespace}\">{arguments}</ns2:{operation}>"))
    }

    /// Writes an answer. The text is Base64: nothing in it needs escaping.
    pub fn write_answer(&self, operation: &str, returned: &str) -> Vec<u8> {
        let namespace = self.namespace;
        enveloped(&format!(
            "<ns2:{operation}Response xmlns:ns2=\"{namespace}\"><{RETURN}>{returned}</{RETURN}></ns2:{operation}Response>"
        ))
    }

    /// The description (WSDL 1.1) of the service at an address.
    pub fn description(&self, address: &str) -> Vec<u8> {
        wsdl::write(self, address)
    }

    /// The value of the SOAPAction header for an operation.
    pub fn action(&self, operation: &str) -> String {
        format!("\"{}{}/{operation}\"", self.namespace, self.interface)
    }
}

/// Reads an answer to an operation: the text returned.
///
/// # Errors
/// When it is a fault or no answer to the operation.
pub fn read_answer(text: &str, operation: &str) -> Result<String, Trouble> {
    let answer = body(text)?;
    if answer.name.strip_prefix(operation) != Some("Response") {
        return Err(Trouble::ours("the answer is a fault, or to another operation"));
    }
    let returned = answer.children.into_iter().find(|child| child.name == RETURN);
    returned.map(|child| child.text).ok_or(Trouble::ours("the answer returns nothing"))
}

/// Writes a fault. Its words are ours: nothing in them needs escaping.
pub fn write_fault(trouble: Trouble) -> Vec<u8> {
    let Trouble { code, words } = trouble;
    enveloped(&format!(
        "<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{words}</faultstring></soap:Fault>"
    ))
}

fn enveloped(content: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <soap:Envelope xmlns:soap=\"{ENVELOPE}\"><soap:Body>{content}</soap:Body></soap:Envelope>"
    )
    .into_bytes()
}
