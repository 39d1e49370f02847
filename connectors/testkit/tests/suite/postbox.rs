//! The postbox of the smallest connector: `ASK` gives every order, a body of `REPLY` lines hands answers in.

use std::time::Duration;

use chakong_contract::sandbox::{PostboxSandbox, Visiting};
use chakong_contract::{
    Found, HttpAnswer, HttpHeard, HttpRequest, Moment, Order, Postbox, Reading, Secret, Taken, Visit, Want,
};

use super::parcel::{Bank, Toy, line, read};

/// Both kinds of order are asked for by a word of their own.
const ASKS: [(&str, bool); 2] = [("ASK query", false), ("ASK control", true)];

impl Postbox for Toy {
    fn hear(&self, call: &HttpHeard) -> Result<Visit, HttpAnswer> {
        let text = String::from_utf8_lossy(&call.body);
        let asked = ASKS.iter().find(|(ask, _)| *ask == text).map(|(_, control)| *control);
        let want = match asked {
            Some(control) => Want::Orders { control },
            None if text.starts_with("REPLY") || self.flaw == "takes noise for a visit" => {
                Want::HandIn(Reading { reads: text.lines().filter_map(read).collect(), ..Reading::default() })
            }
            None => return Err(HttpAnswer::json(400, "no visit")),
        };
        let (account, password) = (String::new(), Secret::new(""));
        Ok(Visit { account, password, operation: "visit".into(), want })
    }

    fn document_key(&self, _: &Order) -> Option<String> {
        None
    }

    fn keeps(&self, call: &HttpHeard) -> Vec<u8> {
        call.body.clone()
    }

    fn answer(&self, _: &Visit, found: &Found) -> HttpAnswer {
        match found {
            Found::Orders(orders) => HttpAnswer::json(200, orders.iter().map(line).collect::<String>()),
            Found::Taken(taken) => {
                let accepted = taken.iter().filter(|(_, taken)| *taken == Taken::Accepted).count();
                HttpAnswer::json(200, format!("{accepted} taken"))
            }
            _ => HttpAnswer::json(403, ""),
        }
    }
}

impl PostboxSandbox for Bank {
    fn next(&mut self, answer: Option<&HttpAnswer>, _: Moment) -> Visiting {
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
                Visiting::Rest(Duration::from_secs(1))
            }
        }
    }
}

fn call(body: String) -> Visiting {
    Visiting::Call(HttpRequest::post_json("/", body.into_bytes()))
}
