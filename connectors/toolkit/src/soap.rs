//! SOAP 1.1 services that counterparts call: envelopes both ways and the description. The court's services take texts by
//! position and give one text back; what the texts hold is each protocol's own.

mod element;
mod envelope;
mod first;
pub mod http;
mod service;
mod wsdl;

use chakong_contract::HttpRequest;

use self::element::body;
pub use self::envelope::{ENVELOPE, LARGEST, ROOT, TOO_MUCH, Trouble};
pub use self::first::{FIRST, First};
pub use self::service::{Operation, Service};

/// Name of the element that a service's answer stands in.
const RETURN: &str = "return";

/// A call, its arguments as they came.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// What is asked, by its name in the service's own spelling.
    pub operation: &'static str,
    /// The arguments, by position: exactly as many as the operation needs.
    pub arguments: Vec<String>,
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

    /// The HTTP request of a call, at the address of the service.
    pub fn request(&self, operation: &str, call: Vec<u8>) -> HttpRequest {
        let mut request = HttpRequest::post("", "text/xml; charset=utf-8", call);
        request.headers.push(("soapaction".to_owned(), self.action(operation)));
        request
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
