//! SOAP 1.1 envelopes of the web service (protocol section 1b), both ways.

mod element;

use self::element::body;

/// Target namespace of the service.
pub(crate) const NAMESPACE: &str = "http://syyh.service.webService.ckw.tdh/";
/// Name of the service.
pub(crate) const SERVICE: &str = "SyyhConvertDataService";
/// Name of the service's interface.
pub(crate) const INTERFACE: &str = "SyyhConvertDataHandle";
/// Namespace of SOAP 1.1 envelopes.
pub(crate) const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Name of an envelope's root.
pub(crate) const ROOT: &str = "Envelope";
/// Name of the element that a service's answer stands in.
const RETURN: &str = "return";

/// What the service can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Queries that wait.
    QueryOrders,
    /// Controls that wait.
    ControlOrders,
    /// Documents of queries, by their key.
    QueryDocuments,
    /// Documents of a control, by request number.
    ControlDocuments,
    /// First generation: documents of a query, by request number.
    OldDocuments,
    /// Officers' certificates, by request number.
    Certificates,
    /// Results of queries.
    FeedQueries,
    /// Transactions on their own.
    FeedTransactions,
    /// Results of controls with receipts.
    FeedControls,
    /// Returns of requests.
    Return,
}

/// Every operation, in the order in which the description lists them.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::QueryOrders,
    Operation::ControlOrders,
    Operation::QueryDocuments,
    Operation::ControlDocuments,
    Operation::OldDocuments,
    Operation::Certificates,
    Operation::FeedQueries,
    Operation::FeedTransactions,
    Operation::FeedControls,
    Operation::Return,
];

impl Operation {
    /// Its name on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::QueryOrders => "getXzcxList",
            Self::ControlOrders => "getXzkzList",
            Self::QueryDocuments => "cxwsInfo",
            Self::ControlDocuments => "kzwsInfo",
            Self::OldDocuments => "wsInfo",
            Self::Certificates => "zjInfo",
            Self::FeedQueries => "shfeedXzcxInfo",
            Self::FeedTransactions => "shfeedXzcxwlxxInfo",
            Self::FeedControls => "shfeedXzkzInfo",
            Self::Return => "htInfo",
        }
    }

    /// The operation of a name, in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        OPERATIONS.iter().copied().find(|operation| operation.name().eq_ignore_ascii_case(name))
    }

    /// How many arguments it needs: the account, and what it is about.
    pub(crate) const fn arguments(self) -> usize {
        match self {
            Self::QueryOrders | Self::ControlOrders => 1,
            _ => 2,
        }
    }
}

/// A call, its arguments still sealed.
#[derive(Debug)]
pub(crate) struct Call {
    /// What is asked.
    pub(crate) operation: Operation,
    /// The arguments, by position: exactly as many as the operation needs.
    pub(crate) arguments: Vec<String>,
}

/// Why a message is no call, or no answer, of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Fault code of SOAP 1.1, section 4.4.1.
    pub(crate) code: &'static str,
    /// What is wrong.
    pub(crate) words: &'static str,
}

impl Trouble {
    /// The caller's mistake.
    pub(crate) const fn of_caller(words: &'static str) -> Self {
        Self { code: "Client", words }
    }

    /// Ours: the caller must come again.
    pub(crate) const fn ours(words: &'static str) -> Self {
        Self { code: "Server", words }
    }
}

/// Reads a call. Arguments count by position, whatever their elements are named.
///
/// # Errors
/// What the caller must be told.
pub(crate) fn read_call(bytes: &[u8]) -> Result<Call, Trouble> {
    let called = body(bytes)?;
    let operation = Operation::named(&called.name)
        .ok_or(Trouble::of_caller("the service has no operation of this name"))?;
    if called.namespace != NAMESPACE {
        return Err(Trouble::of_caller("the operation is not in the namespace of the service"));
    }
    let mut arguments: Vec<String> = called.children.into_iter().map(|child| child.text).collect();
    if arguments.len() < operation.arguments() {
        return Err(Trouble::of_caller("an argument is missing"));
    }
    arguments.truncate(operation.arguments());
    Ok(Call { operation, arguments })
}

/// Reads an answer: the text returned.
///
/// # Errors
/// When it is a fault or no answer to the operation.
pub(crate) fn read_answer(bytes: &[u8], operation: Operation) -> Result<String, Trouble> {
    let answer = body(bytes)?;
    if answer.name.strip_prefix(operation.name()) != Some("Response") {
        return Err(Trouble::ours("the answer is a fault, or to another operation"));
    }
    let returned = answer.children.into_iter().find(|child| child.name == RETURN);
    returned.map(|child| child.text).ok_or(Trouble::ours("the answer returns nothing"))
}

/// Writes a call. Arguments are sealed: nothing in them needs escaping.
pub(crate) fn write_call(operation: Operation, arguments: &[String]) -> Vec<u8> {
    let name = operation.name();
    let arguments: String =
        arguments.iter().enumerate().map(|(at, argument)| format!("<arg{at}>{argument}</arg{at}>")).collect();
    enveloped(&format!("<ns2:{name} xmlns:ns2=\"{NAMESPACE}\">{arguments}</ns2:{name}>"))
}

/// Writes an answer. The text is sealed: nothing in it needs escaping.
pub(crate) fn write_answer(operation: Operation, returned: &str) -> Vec<u8> {
    let name = operation.name();
    enveloped(&format!(
        "<ns2:{name}Response xmlns:ns2=\"{NAMESPACE}\"><{RETURN}>{returned}</{RETURN}></ns2:{name}Response>"
    ))
}

/// Writes a fault. Its words are ours: nothing in them needs escaping.
pub(crate) fn write_fault(trouble: Trouble) -> Vec<u8> {
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

#[cfg(test)]
mod tests;
