//! The postbox of the smallest connector: `ASK` gives every order, a body of `REPLY` lines hands answers in.

use std::time::Duration;

use chakong_contract::sandbox::{PollStep, PostboxSandbox};
use chakong_contract::{
    CallKind, CallResult, Claim, Credentials, EntryResult, HttpRequest, HttpResponse, InboundRequest, Moment,
    Order, ParsedCall, Postbox, Reading, Secret,
};

use super::parcel::{Bank, Toy, line, read};

/// Both kinds of order are asked for by a word of their own.
const ASKS: [(&str, bool); 2] = [("ASK query", false), ("ASK control", true)];

impl Postbox for Toy {
    fn identify(&self, _: &InboundRequest, _: bool) -> Result<Claim, HttpResponse> {
        let (account, password) = (String::new(), Secret::new(""));
        Ok(Claim::Caller(Credentials { account, password, operation: "call".into() }))
    }

    fn parse(&self, call: &InboundRequest) -> Result<ParsedCall, HttpResponse> {
        let text = String::from_utf8_lossy(&call.body);
        let asked = ASKS.iter().find(|(ask, _)| *ask == text).map(|(_, control)| *control);
        let kind = match asked {
            Some(control) => CallKind::Orders { control },
            None if text.starts_with("REPLY") || self.flaw == "takes noise for a call" => {
                CallKind::HandIn(Reading {
                    reads: text.lines().filter_map(read).collect(),
                    ..Reading::default()
                })
            }
            None => return Err(HttpResponse::json(400, "no call")),
        };
        let (account, password) = (String::new(), Secret::new(""));
        Ok(ParsedCall { account, password, operation: "call".into(), kind })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn redact(&self, call: &InboundRequest) -> Vec<u8> {
        call.body.clone()
    }

    fn respond(&self, _: &ParsedCall, found: &CallResult) -> HttpResponse {
        match found {
            CallResult::Orders(orders) => {
                HttpResponse::json(200, orders.iter().map(line).collect::<String>())
            }
            CallResult::Entries(taken) => {
                let accepted = taken.iter().filter(|(_, taken)| *taken == EntryResult::Accepted).count();
                HttpResponse::json(200, format!("{accepted} taken"))
            }
            _ => HttpResponse::json(403, ""),
        }
    }
}

impl PostboxSandbox for Bank {
    fn next(&mut self, answer: Option<&HttpResponse>, _: Moment) -> PollStep {
        if self.flaw == "acts for strangers" {
            self.book("freeze", "BEFORE");
        }
        let orders = answer.filter(|answer| answer.status == 200).map(|answer| answer.body.clone());
        let orders = String::from_utf8(orders.unwrap_or_default()).unwrap_or_default();
        let replies: Vec<String> = orders.lines().filter_map(|line| self.answer(line)).collect();
        if !replies.is_empty() && self.flaw != "keeps answers" {
            return call(replies.join("\n"));
        }
        self.round += 1;
        match ASKS.get(self.round - 1) {
            Some((ask, _)) => call((*ask).to_owned()),
            None => {
                self.round = 0;
                PollStep::Rest(Duration::from_secs(1))
            }
        }
    }
}

fn call(body: String) -> PollStep {
    PollStep::Call(HttpRequest::post_json("/", body.into_bytes()))
}
