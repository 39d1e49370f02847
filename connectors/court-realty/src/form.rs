//! The form dialect of the point-to-point line (protocol section 5, E): we post one query with its papers, the registry answers
//! at once. Queries only. The page does not show the answer; it is read in every form that the sister dialects have.

mod sandbox;

use std::sync::Arc;

use chakong_contract::asset::AssetKind;
use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{
    ActionKind, Answer, Batch, Call, Connector, Dialogue, Fault, FaultKind, Heard, HttpAnswer, HttpRequest,
    LineKind, Manifest, Message, Order, Plugin, Reading, Refusal, RefusalReason, Reply, RequestNumber,
    Scalar, Secret, Speaks, Step,
};

use crate::manifest::{AMOUNT_UNIT, IDENTITIES, QUERIES, amounts};
use crate::postbox::offers;
use crate::read::{Asked, Gathered, answer};
use crate::wire::ckw::QueryResult;
use crate::wire::ckw::form::{self, Said, field};
use crate::wire::tree::Leaves;
use crate::wire::{AmountUnit, Meaning, meaning};

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: MANIFEST, build, sandbox: sandbox::build }
}

const MANIFEST: Manifest = Manifest {
    id: "court-realty-form",
    name_zh: "不动产登记机构（表单查询）",
    name_en: "Real-estate registries by form",
    assets: &[AssetKind::Property],
    capabilities: QUERIES,
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        Setting {
            key: "account",
            kind: SettingKind::Text,
            required: true,
            help: "User name of the form.",
            example: "court-990101",
        },
        Setting {
            key: "password",
            kind: SettingKind::Secret,
            required: true,
            help: "Password of that user.",
            example: "not-a-secret",
        },
        Setting {
            key: "leaves",
            kind: SettingKind::Choice(&["plain", "sealed"]),
            required: false,
            help: "Whether each value of a query is in the clear within the document (plain, the default) or Base64 (sealed).",
            example: "plain",
        },
    ],
};

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    let account = settings.text("account").trim().to_owned();
    if account.is_empty() {
        problems.push(SettingProblem::new("account", "the user name of the form is missing"));
    }
    let password = fitting(settings.needed_secret("password"), &mut problems);
    match (amounts, password) {
        (Some(amounts), Some(password)) if problems.is_empty() => {
            Ok(Arc::new(FormRegistry { amounts, account, password, leaves: leaves(settings) }))
        }
        _ => Err(problems),
    }
}

/// How the leaves of a query travel.
fn leaves(settings: &Settings) -> Leaves {
    if settings.text("leaves") == "sealed" { Leaves::Sealed } else { Leaves::Plain }
}

/// The connector, configured for one registry.
#[derive(Debug, Clone)]
struct FormRegistry {
    amounts: AmountUnit,
    account: String,
    password: Secret,
    leaves: Leaves,
}

/// What is done, for faults; no personal data.
const OPERATION: &str = "query by form";

fn malformed(why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, why)
}

impl Connector for FormRegistry {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Call(self)
    }

    /// Each result of a body by itself; who was asked about is not known, so a match is not stated.
    fn read(&self, message: &Message) -> Reading {
        let results = match said(&message.bytes) {
            Ok(Ok(results)) => results,
            Ok(Err(refused)) => return Reading::alone(Ok(refused)),
            Err(fault) => return Reading::alone(Err(fault)),
        };
        if results.is_empty() {
            return Reading::alone(Err(malformed("it holds no result")));
        }
        let read = |result: QueryResult| {
            let number = result.number.parse::<RequestNumber>().ok();
            let content = match self.answer(result, None) {
                Ok(answer) => ReadContent::Answer(Box::new(answer)),
                Err(fault) => ReadContent::Fault(fault),
            };
            Read { number, content }
        };
        Reading { reads: results.into_iter().map(read).collect(), ..Reading::default() }
    }

    fn can_express(&self, order: &Order) -> Result<(), Fault> {
        self.request(order).map(drop)
    }
}

impl Call for FormRegistry {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?;
        let request = self.request(order)?;
        Ok(Box::new(Conversation { registry: self.clone(), order: order.clone(), request: Some(request) }))
    }
}

struct Conversation {
    registry: FormRegistry,
    order: Order,
    request: Option<HttpRequest>,
}

impl Dialogue for Conversation {
    fn next(&mut self, heard: Heard) -> Step {
        if let Some(request) = self.request.take() {
            return Step::Send(request);
        }
        let Heard::Answer(heard) = heard else {
            return Step::Failed(malformed("the query was sent and nothing was heard"));
        };
        match self.registry.hear(&heard, &self.order) {
            Ok(answer) => Step::Done(vec![Read::answer(self.order.number.clone(), answer)]),
            Err(fault) => Step::Failed(fault),
        }
    }
}

impl FormRegistry {
    /// The form of an order. The password is no part of what is shown or kept.
    fn request(&self, order: &Order) -> Result<HttpRequest, Fault> {
        let unsupported = |why| Fault::new(FaultKind::Unsupported, "write the form", why);
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this line only queries"));
        }
        let request = offers::request(order)?;
        let created = order.created.wall().strftime("%Y/%m/%d %H:%M:%S").to_string();
        let message = form::query(&created, &request, &offers::papers(order), &offers::cards(order));
        let data = form::data(&message, self.leaves);
        let fields = [(field::DATA, data.as_str()), (field::USERNAME, self.account.as_str())];
        let body = serde_urlencoded::to_string(fields).map_err(|_| unsupported("it is no form"))?;
        let headers =
            vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        let secret_fields = vec![(field::PASSWORD.to_owned(), self.password.clone())];
        Ok(HttpRequest { headers, secret_fields, ..HttpRequest::post_json(form::PATH, body.into_bytes()) })
    }

    fn hear(&self, heard: &HttpAnswer, order: &Order) -> Result<Answer, Fault> {
        let results = match said(heard.success(OPERATION)?)? {
            Ok(results) => results,
            Err(refused) => return Ok(refused),
        };
        let is_its =
            |result: &QueryResult| result.number.is_empty() || result.number == order.number.as_str();
        let mut its = results.into_iter().filter(is_its);
        let result = its.next().ok_or_else(|| malformed("it holds no result for the query"))?;
        if its.next().is_some() {
            return Err(malformed("it holds several results for one query"));
        }
        self.answer(result, Some(&Asked::of(order)))
    }

    fn answer(&self, result: QueryResult, asked: Option<&Asked>) -> Result<Answer, Fault> {
        match meaning(&result.code, &Scalar::from(result.message.as_str()), &Scalar::Null) {
            Meaning::Nothing => Ok(Answer::of(Reply::Nothing)),
            Meaning::Success => {
                let mut gathered = Gathered::default();
                gathered.take(result.answered);
                let mut answer = answer(gathered, asked, self.amounts, Vec::new());
                answer.unknown.extend(result.unknown);
                Ok(answer)
            }
            // The registry's words may repeat names and numbers.
            Meaning::Fault(kind, why) => Err(coded(Fault::new(kind, OPERATION, why), &result.code)),
        }
    }
}

/// The results of a body, or the refusal that it is.
fn said(body: &[u8]) -> Result<Result<Vec<QueryResult>, Answer>, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("the answer is not UTF-8"))?;
    match form::read_answer(text)? {
        Said::Results(results) => Ok(Ok(results)),
        Said::TurnedAway(code, words) => {
            let words = if words.is_empty() { format!("登记机构前置返回 {code}") } else { words };
            Ok(Err(Answer::of(Reply::Refused(Refusal { reason: RefusalReason::Other, words }))))
        }
        Said::Error(words) => match meaning("0", &words.into(), &Scalar::Null) {
            Meaning::Fault(kind, why) => Err(Fault::new(kind, OPERATION, why)),
            Meaning::Success | Meaning::Nothing => Ok(Err(Answer::of(Reply::Nothing))),
        },
    }
}

/// Longest code that a fault repeats.
const LONGEST_CODE: usize = 12;

fn coded(fault: Fault, code: &str) -> Fault {
    let short = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if short { fault.status(code) } else { fault }
}
