//! Who calls, by the first argument of a call of which only the beginning may be there.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::element::{DEEPEST, MOST_ELEMENTS, NOT_XML, resolved};
use super::envelope::{TOO_MUCH, Trouble};
use super::service::{Operation, Service};

/// Bytes of a call within which the first argument must end: it holds a name and a password.
pub const FIRST: usize = 64 << 10;

/// The beginning of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// What is asked, by its name in the service's own spelling.
    pub operation: &'static str,
    /// The first argument as it came.
    pub argument: String,
}

impl Service {
    /// The operation and its first argument, once they have come; `None` while they have not. Nothing of the rest is looked at.
    ///
    /// # Errors
    /// What the caller must be told: of a `whole` message also that they are missing.
    pub fn read_first(&self, beginning: &str, whole: bool) -> Result<Option<First>, Trouble> {
        let mut reader = Reader::from_str(beginning);
        let mut walk =
            Walk { service: self, depth: 0, elements: 0, in_body: false, found: None, ended: false };
        loop {
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(_) if whole => return Err(NOT_XML),
                Err(_) => break,
            };
            match event {
                Event::Start(start) => walk.enter(start.local_name().as_ref())?,
                Event::Empty(start) => {
                    walk.enter(start.local_name().as_ref())?;
                    walk.leave();
                }
                Event::End(_) => walk.leave(),
                Event::Text(text) => walk.say(text.as_ref()),
                Event::CData(data) => walk.say(data.as_ref()),
                Event::GeneralRef(reference) => walk.say(resolved(&reference)?),
                Event::DocType(_) => return Err(NOT_XML),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
            if walk.ended {
                return Ok(walk.found);
            }
        }
        match whole || beginning.len() >= FIRST {
            true => Err(Trouble::of_caller("the call does not begin with an operation and who calls")),
            false => Ok(None),
        }
    }
}

struct Walk<'a> {
    service: &'a Service,
    depth: usize,
    elements: usize,
    in_body: bool,
    found: Option<First>,
    /// Whether the first argument has come to its end.
    ended: bool,
}

impl Walk<'_> {
    fn enter(&mut self, name: &str) -> Result<(), Trouble> {
        self.elements += 1;
        if self.depth >= DEEPEST || self.elements > MOST_ELEMENTS {
            return Err(TOO_MUCH);
        }
        match self.depth {
            0 if name != "Envelope" => {
                return Err(Trouble::of_caller("the message is not a SOAP 1.1 envelope with one call in it"));
            }
            1 => self.in_body = name == "Body",
            2 if self.in_body => {
                let same = |operation: &&Operation| operation.name.eq_ignore_ascii_case(name);
                let operation = self.service.operations.iter().find(same);
                let operation =
                    operation.ok_or(Trouble::of_caller("the service has no operation of this name"))?;
                self.found = Some(First { operation: operation.name, argument: String::new() });
            }
            _ => {}
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.ended = self.depth <= 3 && self.found.is_some();
    }

    fn say(&mut self, text: &str) {
        if let Some(first) = self.found.as_mut().filter(|_| self.depth == 4) {
            first.argument.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: Service = Service {
        name: "S",
        interface: "I",
        namespace: "http://example.org/",
        operations: &[Operation { name: "tell", arguments: 2 }, Operation { name: "ask", arguments: 1 }],
    };

    #[test]
    fn the_first_argument_is_known_as_soon_as_it_ends_and_is_that_of_the_whole_call() {
        let call = SERVICE.write_call("tell", &["d2hv".to_owned(), "d2hhdA==".to_owned()]);
        let call = String::from_utf8(call).expect("text");
        let whole = SERVICE.read_call(&call).expect("a call");
        let end = call.find("</arg0>").expect("an end") + "</arg0>".len();
        for cut in 0..=call.len() {
            let first = SERVICE.read_first(&call[..cut], false).expect("a beginning");
            let known = first.map(|first| (first.operation, first.argument));
            let expected = (cut >= end).then(|| (whole.operation, whole.arguments[0].clone()));
            assert_eq!(known, expected, "{}", &call[..cut]);
        }
    }

    #[test]
    fn a_call_that_does_not_say_who_calls_is_refused() {
        let of = |inside: &str| format!("<Envelope><Body>{inside}</Body></Envelope>");
        for call in [of("<tell/>"), of("<tell></tell>"), of(""), of("<other><a/></other>"), "<a/>".into()] {
            let read = SERVICE.read_first(&call, true);
            assert!(!matches!(&read, Ok(Some(first)) if !first.argument.is_empty()), "{call}: {read:?}");
            assert!(!matches!(read, Ok(None)), "{call}");
        }
        let endless = format!("<Envelope><Header>{}", " ".repeat(FIRST));
        assert!(SERVICE.read_first(&endless, false).is_err());
        let many = format!("<Envelope><Header>{}", "<a/>".repeat(MOST_ELEMENTS));
        assert!(SERVICE.read_first(&many, false).is_err());
        assert_eq!(SERVICE.read_first("<Envelope><Body><ask><arg0>x", false), Ok(None));
        assert!(SERVICE.read_first("<Envelope><Body><ask><arg0>x", true).is_err());
    }
}
