//! The web service (protocol section 1b): its operations, calls and answers.

use chakong_toolkit::soap::{self, Service};
pub(crate) use chakong_toolkit::soap::{ROOT, Trouble, write_fault};

use super::xml;

const NOT_XML: Trouble = Trouble::of_caller("the message is not well-formed XML");

/// The service.
pub(crate) const SERVICE: Service = Service {
    name: "SyyhConvertDataService",
    interface: "SyyhConvertDataHandle",
    namespace: "http://syyh.service.webService.ckw.tdh/",
    operations: &DESCRIBED,
};

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
pub(crate) const OPERATIONS: [Operation; 10] = [
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

const DESCRIBED: [soap::Operation; OPERATIONS.len()] = {
    let mut all = [soap::Operation { name: "", arguments: 0 }; OPERATIONS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = soap::Operation { name: OPERATIONS[at].name(), arguments: OPERATIONS[at].arguments() };
        at += 1;
    }
    all
};

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
        OPERATIONS.into_iter().find(|operation| operation.name().eq_ignore_ascii_case(name))
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

/// Reads a call, in whatever encoding it came. Arguments count by position, whatever their elements are named.
///
/// # Errors
/// What the caller must be told.
pub(crate) fn read_call(bytes: &[u8]) -> Result<Call, Trouble> {
    if bytes.len() > soap::LARGEST {
        return Err(soap::TOO_MUCH);
    }
    let text = xml::harmless(bytes).map_err(|_| NOT_XML)?;
    let soap::Call { operation, arguments } = SERVICE.read_call(&text)?;
    let operation =
        Operation::named(operation).ok_or(Trouble::of_caller("the service has no operation of this name"))?;
    Ok(Call { operation, arguments })
}

/// The operation and who calls, still sealed, once they have come; `None` while they have not.
///
/// # Errors
/// What the caller must be told.
pub(crate) fn read_first(beginning: &[u8], whole: bool) -> Result<Option<(Operation, String)>, Trouble> {
    let Some(first) = SERVICE.read_first(&xml::beginning(beginning), whole)? else { return Ok(None) };
    let operation = Operation::named(first.operation)
        .ok_or(Trouble::of_caller("the service has no operation of this name"))?;
    Ok(Some((operation, first.argument)))
}

/// Reads an answer: the text returned.
///
/// # Errors
/// When it is a fault or no answer to the operation.
pub(crate) fn read_answer(bytes: &[u8], operation: Operation) -> Result<String, Trouble> {
    let text = xml::harmless(bytes).map_err(|_| NOT_XML)?;
    soap::read_answer(&text, operation.name())
}

/// Writes a call. Arguments are sealed: nothing in them needs escaping.
pub(crate) fn write_call(operation: Operation, arguments: &[String]) -> Vec<u8> {
    SERVICE.write_call(operation.name(), arguments)
}

/// Writes an answer. The text is sealed: nothing in it needs escaping.
pub(crate) fn write_answer(operation: Operation, returned: &str) -> Vec<u8> {
    SERVICE.write_answer(operation.name(), returned)
}

#[cfg(test)]
mod tests;
