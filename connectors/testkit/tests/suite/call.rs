//! The smallest call connector: two pages, a total and a name. A flaw is chosen by a setting.

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::asset::{Asset, AssetKind, EquityStake, FoundAsset, MatchedBy};
use chakong_contract::connector::{ReadContent, Reading};
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, SettingValue, Settings};
use chakong_contract::sandbox::{Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served};
use chakong_contract::{
    ActionKind, Answer, Batch, Call, Capability, Connector, Dialogue, Fault, FaultKind, HttpRequest,
    HttpResponse, IdentityDocument, IdentityKind, Input, LineKind, Manifest, Message, Moment, Order, Plugin,
    Read, Reply, Secret, Step,
};
use chakong_testkit::{Subject, sample};
use serde_json::{Value, json};

const CODE: &str = "91000000MADEM00112";

const MANIFEST: Manifest = Manifest {
    id: "toy-call",
    name_zh: "示例",
    name_en: "Toy",
    assets: &[AssetKind::Equity],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[] }],
    identities: &[IdentityKind::Uscc],
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "token",
            kind: SettingKind::Secret,
            required: true,
            help: "Token.",
            example: "invented",
        },
        Setting {
            key: "flaw",
            kind: SettingKind::Text,
            required: false,
            help: "What is wrong with it.",
            example: "",
        },
    ],
};

pub(crate) fn subject(flaw: &str) -> Subject {
    let settings = Settings::default()
        .with("token", SettingValue::Secret(Secret::new("open sesame")))
        .with("flaw", SettingValue::Text(flaw.to_owned()));
    let samples = vec![sample::query(
        &MANIFEST,
        "示例甲有限公司",
        IdentityDocument::Uscc(CODE.parse().expect("a code")),
    )];
    let plugin = Plugin { manifest: MANIFEST, build, sandbox };
    Subject { plugin, settings, script: json!({ "known": CODE }), samples }
}

#[derive(Debug, Clone)]
struct Toy {
    token: Secret,
    flaw: String,
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    let flaw = settings.text("flaw").to_owned();
    match settings.secret("token").cloned() {
        Some(token) => Ok(Arc::new(Toy { token, flaw })),
        None if flaw == "builds without the token" => Ok(Arc::new(Toy { token: Secret::new(""), flaw })),
        None => Err(vec![SettingProblem::new("token", "missing")]),
    }
}

impl Connector for Toy {
    fn call(&self) -> Option<&dyn Call> {
        Some(self)
    }

    fn read(&self, message: &Message) -> Reading {
        assert!(self.flaw != "panics" || message.bytes.len() < 1_000);
        match serde_json::from_slice::<Value>(&message.bytes).ok().and_then(|page| page["total"].as_u64()) {
            Some(_) => {
                let content = ReadContent::Answer(Box::new(Answer::of(Reply::Nothing)));
                Reading { reads: vec![Read { number: None, content }], ..Reading::default() }
            }
            None => Reading {
                problems: vec![Fault::new(FaultKind::Malformed, "read", "no page")],
                ..Reading::default()
            },
        }
    }
}

impl Call for Toy {
    fn open(&self, batch: &Batch, _ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault> {
        let order =
            batch.orders.first().cloned().ok_or(Fault::new(FaultKind::Unsupported, "open", "empty"))?;
        Ok(Box::new(Talk { toy: self.clone(), order, page: 0, found: 0, total: 0, missing: Vec::new() }))
    }
}

struct Talk {
    toy: Toy,
    order: Order,
    page: u64,
    found: u64,
    total: u64,
    missing: Vec<String>,
}

/// A number, be it as text or with a point.
fn number(value: &Value) -> Option<u64> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.trim_end_matches(".0").parse().ok()
}

impl Talk {
    fn is(&self, flaw: &str) -> bool {
        self.toy.flaw == flaw
    }

    fn page(&self, answer: &HttpResponse) -> Result<(u64, u64), Fault> {
        let body = match answer.success("ask") {
            Ok(body) => body,
            Err(_) if self.is("takes HTML for nothing") && answer.status == 200 => return Ok((0, 0)),
            Err(fault) if self.is("calls every status transient") => {
                return Err(Fault { kind: FaultKind::Transient, ..fault });
            }
            Err(fault) if self.is("forgets Retry-After") => return Err(fault.retry_after(None)),
            Err(fault) => return Err(fault),
        };
        let page: Value = serde_json::from_slice(body).unwrap_or_default();
        match (number(&page["total"]), number(&page["here"])) {
            (Some(total), Some(here)) => Ok((total, here)),
            _ if self.is("takes nonsense for nothing") => Ok((0, 0)),
            _ => Err(Fault::new(FaultKind::Malformed, "ask", "no page")),
        }
    }

    fn done(&self) -> Step {
        let stake = EquityStake {
            holder: self.order.name.to_string(),
            company: "示例乙有限公司".into(),
            company_code: None,
            ..EquityStake::default()
        };
        let found = FoundAsset { asset: Asset::Equity(stake), matched_by: MatchedBy::Number };
        let nothing = self.found == 0 && !self.is("finds strangers");
        let reply = match (nothing, self.missing.is_empty()) {
            (true, true) => Reply::Nothing,
            (false, true) => Reply::Found { assets: vec![found] },
            (_, false) => Reply::Partial { assets: vec![found], missing: self.missing.clone() },
        };
        let read = Read::answer(self.order.number.clone(), Answer::of(reply));
        Step::Done(if self.is("answers twice") { vec![read.clone(), read] } else { vec![read] })
    }
}

impl Dialogue for Talk {
    fn next(&mut self, input: Input) -> Step {
        if let Input::Response(answer) = input {
            match self.page(&answer) {
                Ok((total, here)) => (self.total, self.found) = (total, self.found + here),
                Err(_) if self.is("asks for ever") => self.page -= 1,
                Err(_) if self.is("hides a missing page") && self.page > 1 => return self.done(),
                Err(fault) if self.page > 1 && !fault.kind.retry_can_help() => {
                    self.missing.push("第二页 page 2".into());
                    return self.done();
                }
                Err(fault) => return Step::Failed(fault),
            }
            if self.found >= self.total && !(self.is("asks for ever") && self.page == 0) {
                return self.done();
            }
        }
        self.page += 1;
        let mut request = HttpRequest::get("/toy");
        request.query.push(("of".into(), self.order.document.number().into()));
        request.query.push(("page".into(), self.page.to_string()));
        if self.is("shows the token") {
            request.headers.push(("token".into(), self.toy.token.expose().into()));
        }
        request.secret_headers.push(("authorization".into(), self.toy.token.clone()));
        Step::Send(request)
    }
}

fn sandbox(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Script {
        known: String,
    }
    let known = if settings.text("flaw") == "takes any script" {
        script["known"].as_str().unwrap_or_default().to_owned()
    } else {
        serde_json::from_value::<Script>(script.clone())?.known
    };
    Ok(Box::new(Vendor { known }))
}

#[derive(Debug)]
struct Vendor {
    known: String,
}

impl Sandbox for Vendor {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        Books::default()
    }
}

impl CallSandbox for Vendor {
    fn serve(&mut self, request: &InboundRequest, _now: Moment) -> Served {
        let known = request.parameter("of") == Some(&self.known);
        let page = if known { json!({ "total": 2, "here": 1 }) } else { json!({ "total": 0, "here": 0 }) };
        Served { after: Duration::ZERO, ..Served::now(HttpResponse::json(200, page.to_string())) }
    }
}
