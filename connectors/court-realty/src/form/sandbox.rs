//! A registry that is asked by form, and answers in one of the forms that the page leaves open.

use std::time::Duration;

use chakong_contract::manifest::Settings;
use chakong_contract::sandbox::{Books, CallSandbox, Sandbox, SandboxError, Served};
use chakong_contract::{HttpResponse, InboundRequest, Moment, Secret};
use chakong_toolkit::call_fault::{self, CallFault, CallFaultKind, CallFaults};
use serde::Deserialize;
use serde_json::Value;

use super::manifest::leaves;
use super::wire::{self, field};
use crate::shared::register::{Register, RegisterQuery, Script as RegisterScript, Style};
use crate::shared::settings::amounts;
use crate::shared::wire::point_to_point::envelope::OK;
use crate::shared::wire::point_to_point::request::Request;
use crate::shared::wire::point_to_point::results::{QueryResult, query_feedback};
use crate::shared::wire::tree::{Element, Leaves};

/// The script of the registry, beside what it says of the register.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Script {
    delay_ms: u64,
    /// Repeats its lists instead of putting entries into them.
    flat_lists: bool,
    answers: Form,
    faults: Vec<CallFault>,
}

/// Forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// XML as it is.
    #[default]
    Plain,
    /// Base64 of XML, values in the clear.
    Base64,
    /// Base64 of XML, each value Base64 as well.
    Sealed,
    /// As a query travels.
    Encoded,
}

pub(super) fn build(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let (register, script): (_, Script) = RegisterScript::part(script)?;
    let amounts = amounts(settings).unwrap_or_default();
    Ok(Box::new(SimulatedRegistry {
        delay: Duration::from_millis(script.delay_ms),
        flat: script.flat_lists,
        form: script.answers,
        faults: CallFaults::new(script.faults),
        account: settings.text("account").to_owned(),
        password: settings.secret("password").cloned(),
        leaves: leaves(settings),
        register: Register::of(register),
        style: Style { amounts, holder_rows: true, places: false },
        books: Books::default(),
    }))
}

/// The registry.
#[derive(Debug)]
struct SimulatedRegistry {
    delay: Duration,
    flat: bool,
    form: Form,
    faults: CallFaults,
    account: String,
    password: Option<Secret>,
    leaves: Leaves,
    register: Register,
    style: Style,
    books: Books,
}

impl Sandbox for SimulatedRegistry {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for SimulatedRegistry {
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served {
        self.register.tick(now);
        let fault = self.faults.due(&request.path, false);
        let scripted = fault.as_ref().filter(|fault| fault.kind == CallFaultKind::ErrorCode);
        let right = match scripted {
            Some(fault) => {
                let code = fault.code.unwrap_or(1).to_string();
                self.written(&wire::turned_away(&code, "请求的法院不存在"))
            }
            None => self.answer(request, now),
        };
        call_fault::serve(fault.as_ref(), self.delay, right)
    }
}

impl SimulatedRegistry {
    fn answer(&mut self, request: &InboundRequest, now: Moment) -> HttpResponse {
        if request.path != wire::PATH || request.method != "POST" {
            return HttpResponse { status: 404, headers: Vec::new(), body: Vec::new() };
        }
        let error = |registry: &Self, words: &str| registry.written(&wire::failed(words));
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&request.body).unwrap_or_default();
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let password = self.password.as_ref().map(Secret::expose);
        if field(field::USERNAME) != Some(&self.account) || field(field::PASSWORD) != password {
            return error(self, "用户名或密码错误");
        }
        let read = field(field::DATA).and_then(|data| wire::read_data(data, self.leaves));
        let Some((asked, papers, cards)) = read.as_ref().and_then(wire::read_query) else {
            return error(self, "参数格式错误");
        };
        self.books.queries = self.books.queries.saturating_add(1);
        let result = match (papers, cards) {
            (0, _) | (_, 0) => {
                let (code, message) = ("2040".to_owned(), "缺少法律文书或证件".to_owned());
                QueryResult { number: asked.number, code, message, ..QueryResult::default() }
            }
            _ => self.result(asked, now),
        };
        self.written(&query_feedback(&[result], self.flat))
    }

    fn result(&self, asked: Request, now: Moment) -> QueryResult {
        let who = RegisterQuery::exactly(&asked.name, &asked.document_number);
        let answered = self.register.answer(&who, self.style, now);
        let code = if answered.is_empty() { "0100" } else { OK };
        QueryResult { number: asked.number, code: code.to_owned(), answered, ..QueryResult::default() }
    }

    fn written(&self, document: &Element) -> HttpResponse {
        let body = match self.form {
            Form::Plain => document.text_with(Leaves::Plain),
            Form::Base64 => document.seal(Leaves::Plain),
            Form::Sealed => document.seal(Leaves::Sealed),
            Form::Encoded => wire::data(document, Leaves::Plain),
        };
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        HttpResponse { status: 200, headers, body: body.into_bytes() }
    }
}
