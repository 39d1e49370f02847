//! The county's real-time query (protocol section 3.5): we are the platform's side that calls a county, and the county calls back
//! to ask whether the call is really ours. Queries only.
//!
//! The call carries the one-time token of its conversation, which the gateway drew: it confirms it once, and only while the
//! conversation is under way.

mod sandbox;

use std::sync::Arc;

use chakong_contract::asset::AssetKind;
use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{
    ActionKind, Batch, Call, Connector, Dialogue, Fault, FaultKind, Found, Heard, HttpAnswer, HttpHeard,
    HttpRequest, LineKind, Manifest, Message, Order, PartyKind, Plugin, Postbox, Reading, RequestNumber,
    Secret, Speaks, Step, Visit, Want,
};
use serde_json::{Value, json};

use crate::manifest::{
    AMOUNT_UNIT, ASKING_BODY, IDENTITIES, MATCHES_OLD_NUMBERS, QUERIES, amounts, asking_body,
};
use crate::read::{Asked as Whom, Gathered, answer};
use crate::wire::county::{self, Asked, CREDENTIAL, Confirmed, EMPTY, NOT_CONFIRMED, PATHS, PLACE};
use crate::wire::platform::{Answer as Told, Head as ToldHead, Results, code};
use crate::wire::{AmountUnit, Meaning, certificate_code, meaning};
use crate::write::old_number;

/// The connector as it is registered.
pub fn plugin() -> Plugin {
    Plugin { manifest: MANIFEST, build, sandbox: sandbox::build }
}

const MANIFEST: Manifest = Manifest {
    id: "court-realty-county",
    name_zh: "不动产登记机构（区县实时查询）",
    name_en: "Real-estate registries, a county's real-time query",
    assets: &[AssetKind::Property],
    capabilities: QUERIES,
    identities: IDENTITIES,
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        AMOUNT_UNIT,
        Setting {
            key: "service",
            kind: SettingKind::Choice(&PATHS),
            required: false,
            help: "Path at which the county answers; its makers differ.",
            example: PATHS[0],
        },
        ASKING_BODY,
        Setting {
            key: "division",
            kind: SettingKind::Text,
            required: false,
            help: "Division that is searched, 6 digits (GB/T 2260); the county's whole register without.",
            example: "990101",
        },
        MATCHES_OLD_NUMBERS,
    ],
};

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let amounts = fitting(amounts(settings), &mut problems);
    let division = settings.text("division").trim();
    if !division.is_empty() && (division.len() != 6 || !division.bytes().all(|byte| byte.is_ascii_digit())) {
        problems.push(SettingProblem::new("division", "must have 6 digits (GB/T 2260)"));
    }
    match amounts {
        Some(amounts) if problems.is_empty() => Ok(Arc::new(County {
            amounts,
            path: if settings.text("service") == PATHS[1] { PATHS[1] } else { PATHS[0] },
            asking: asking_body(settings),
            division: division.to_owned(),
            matches_old_numbers: settings.boolean("matches_old_numbers"),
        })),
        _ => Err(problems),
    }
}

/// The platform's side for one county.
#[derive(Debug, Clone)]
struct County {
    amounts: AmountUnit,
    path: &'static str,
    asking: String,
    division: String,
    matches_old_numbers: bool,
}

const OPERATION: &str = "query a county";

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, OPERATION, detail)
}

impl Connector for County {
    fn speaks(&self) -> Speaks<'_> {
        Speaks::Call(self)
    }

    fn read(&self, message: &Message) -> Reading {
        match self.results(&HttpAnswer::json(200, &*message.bytes)) {
            Ok(Some(results)) => Reading { reads: self.lone(results), ..Reading::default() },
            Ok(None) => {
                let nothing = answer(Gathered::default(), None, self.amounts, Vec::new());
                let content = ReadContent::Answer(Box::new(nothing));
                Reading { reads: vec![Read { number: None, content }], ..Reading::default() }
            }
            Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
        }
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        Some(self)
    }

    fn can_express(&self, order: &Order) -> Result<(), Fault> {
        self.asked(order).map(drop)
    }
}

impl County {
    /// What is asked of an order: by the number, and by the old number where the county does not match it itself.
    fn asked(&self, order: &Order) -> Result<Vec<Asked>, Fault> {
        let unsupported = |detail| Fault::new(FaultKind::Unsupported, "write a query", detail);
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this line only queries"));
        }
        let kind = certificate_code(&order.document)
            .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
        let number = order.number.to_string();
        let one = |document: &str, key: String| Asked {
            cxsqdh: number.clone(),
            xz: if order.party_kind == PartyKind::Person { "1" } else { "2" }.to_owned(),
            xm: order.name.to_string(),
            zjzl: kind.to_owned(),
            zjhm: document.to_owned(),
            cxqy: self.division.clone(),
            cxfw: "1".to_owned(),
            wsbh: key,
            ..Asked::default()
        };
        let mut asked = vec![one(order.document.number(), number.clone())];
        if let Some(old) = old_number(&order.document).filter(|_| !self.matches_old_numbers) {
            // Results are keyed by this within the request: two entries under one key collide.
            asked.push(one(&old, format!("{number}-15")));
        }
        Ok(asked)
    }

    /// What an answer holds, one entry a request; `None` where the county says that it has nothing.
    fn results(&self, answer: &HttpAnswer) -> Result<Option<Vec<Results>>, Fault> {
        let body = answer.success(OPERATION)?;
        let answer: county::Answer =
            serde_json::from_slice(body).map_err(|_| malformed("the answer is not the county's JSON"))?;
        let code = answer.head.code.text();
        // No condition of ours is empty. Each attempt has a token of its own, so that another may be confirmed.
        if code == NOT_CONFIRMED || code == EMPTY {
            let detail = "the county could not have the call confirmed at our address";
            return Err(Fault::new(FaultKind::Transient, OPERATION, detail).status(code));
        }
        match meaning(&code, &answer.head.msg, &chakong_contract::Scalar::Null) {
            Meaning::Success => entries(answer.data).map(Some),
            Meaning::Nothing => Ok(None),
            Meaning::Fault(kind, why) => {
                let fault = Fault::new(kind, OPERATION, why);
                let short = (1..=12).contains(&code.len()) && code.is_ascii();
                Err(if short { fault.status(code) } else { fault })
            }
        }
    }

    /// Reads of an answer on its own: who was asked about is not known, so a match is not stated.
    fn lone(&self, results: Vec<Results>) -> Vec<Read> {
        let one = |result: Results| {
            let number: Option<RequestNumber> = result.cxsqdh.trim().parse().ok();
            let content = match gathered([result]) {
                Ok(gathered) => {
                    ReadContent::Answer(Box::new(answer(gathered, None, self.amounts, Vec::new())))
                }
                Err(fault) => ReadContent::Fault(fault),
            };
            Read { number, content }
        };
        results.into_iter().map(one).collect()
    }
}

fn entries(data: Value) -> Result<Vec<Results>, Fault> {
    match data {
        Value::Array(_) => serde_json::from_value(data).map_err(|_| malformed("an entry is no result")),
        Value::Object(_) => {
            let one = serde_json::from_value(data).map_err(|_| malformed("the entry is no result"))?;
            Ok(vec![one])
        }
        Value::Null => Ok(Vec::new()),
        _ => Err(malformed("the data is no list")),
    }
}

fn gathered(results: impl IntoIterator<Item = Results>) -> Result<Gathered, Fault> {
    let mut gathered = Gathered::default();
    for result in results.into_iter().flat_map(|results| results.cxsqjg) {
        gathered.take(result.answered().map_err(|_| malformed("a list of the result is no list"))?);
    }
    Ok(gathered)
}

impl Call for County {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order = batch.only_query(&MANIFEST)?;
        let token = batch.token.as_ref().ok_or_else(|| {
            let detail = "the county asks back whether a call is ours: its file needs [line.callbacks]";
            Fault::new(FaultKind::Misconfigured, "write a query", detail)
        })?;
        let head = county::Head { cxjgbs: self.asking.clone(), openid: token.expose().to_owned() };
        let call = county::Call { head, data: self.asked(order)? };
        let request = HttpRequest::post_json(self.path, serde_json::to_vec(&call).unwrap_or_default());
        let (number, whom) = (order.number.clone(), Whom::of(order));
        Ok(Box::new(Conversation { county: self.clone(), number, whom, request: Some(request) }))
    }
}

struct Conversation {
    county: County,
    number: RequestNumber,
    whom: Whom,
    /// Not yet sent.
    request: Option<HttpRequest>,
}

impl Dialogue for Conversation {
    fn next(&mut self, heard: Heard) -> Step {
        match (heard, self.request.take()) {
            (Heard::Answer(answer), _) => match self.hear(&answer) {
                Ok(read) => Step::Done(vec![read]),
                Err(fault) => Step::Failed(fault),
            },
            (Heard::Start, Some(request)) => Step::Send(request),
            (Heard::Start, None) => Step::Failed(malformed("the conversation was begun twice")),
        }
    }
}

impl Conversation {
    fn hear(&self, heard: &HttpAnswer) -> Result<Read, Fault> {
        let gathered = match self.county.results(heard)? {
            None => Gathered::default(),
            Some(results) => {
                let is_ours = |result: &Results| result.cxsqdh.trim() == self.number.as_str();
                let ours: Vec<Results> = results.into_iter().filter(is_ours).collect();
                if ours.is_empty() {
                    return Err(malformed("the answer says nothing about the request"));
                }
                gathered(ours)?
            }
        };
        let answer = answer(gathered, Some(&self.whom), self.county.amounts, Vec::new());
        Ok(Read::answer(self.number.clone(), answer))
    }
}

/// Longest token that is looked at.
const LONGEST: usize = 100;

impl Postbox for County {
    fn hear(&self, call: &HttpHeard) -> Result<Visit, HttpAnswer> {
        let wrong = |status, words| HttpAnswer { status, ..told(code::UNKNOWN, words, Value::Null) };
        let token = call.path.rsplit_once(CREDENTIAL).map(|(_, token)| token);
        let token = token.filter(|token| (1..=LONGEST).contains(&token.len()) && !token.contains('/'));
        let token = token.ok_or_else(|| wrong(404, "没有此服务"))?;
        if call.method != "GET" {
            return Err(wrong(405, "请求方式不正确"));
        }
        let want = Want::Token(Secret::new(token));
        let operation = CREDENTIAL.trim_matches('/').to_owned();
        Ok(Visit { account: String::new(), password: Secret::new(""), operation, want })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn keeps(&self, _: &HttpHeard) -> Vec<u8> {
        Vec::new()
    }

    fn answer(&self, _: &Visit, found: &Found) -> HttpAnswer {
        match found {
            Found::Token(stands) => {
                let valid = if *stands { "1" } else { "0" }.to_owned();
                told(code::OK, "", json!(Confirmed { valid }))
            }
            _ => HttpAnswer {
                status: 503, ..told(code::LATER, "服务暂不可用，请稍后再试", Value::Null)
            },
        }
    }

    fn places(&self) -> &'static [&'static str] {
        &[PLACE]
    }
}

fn told(code: &str, msg: &str, data: Value) -> HttpAnswer {
    let head = ToldHead { code: code.to_owned(), msg: msg.to_owned(), ..ToldHead::default() };
    HttpAnswer::json(200, json!(Told { head, data }).to_string())
}
