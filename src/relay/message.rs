//! What travels: events out, inquiries in, answers back. Pure.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::failure::{Done, Failure, FailureKind};
use crate::intake::LONGEST_KEY;
use crate::queue::LogEntry;

/// Media type of a CloudEvent in JSON with its data inside.
pub(super) const STRUCTURED: &str = "application/cloudevents+json; charset=utf-8";
/// Longest part of a subject or routing key that a court's code becomes.
const LONGEST_TOKEN: usize = 48;
/// How much of its SHA-256 a code is told by that cannot stand there as it is, in hexadecimal digits.
const DIGEST: usize = 8;
/// What stands there where no court is known.
const NO_COURT: &str = "unknown";
/// Longest reason that a dead letter carries.
const LONGEST_REASON: usize = 512;

/// An event on its way to a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    /// Known to the broker by this: the same for the same event, another for every other.
    pub(super) dedupe: String,
    /// Court and type, with dots between: what follows in a subject, or the routing key.
    pub(super) route: String,
    /// The attributes of the CloudEvent, for headers.
    pub(super) attributes: Vec<(&'static str, String)>,
    /// When it happened, in seconds since 1970.
    pub(super) at: u64,
    /// The CloudEvent as structured JSON.
    pub(super) body: Vec<u8>,
    /// Whether its data was left out.
    pub(super) is_reference: bool,
}

/// An event as a message of at most so many bytes. One that is larger goes without its data, and says by `dataref` where it is read
/// (the CloudEvents extension of that name).
pub(super) fn outgoing(entry: &LogEntry, largest: usize) -> Done<Outgoing> {
    let event = &entry.event;
    let unwritten = |error: serde_json::Error| {
        Failure::new(FailureKind::Unfit, format!("event {} cannot be written as JSON: {error}", entry.seq))
    };
    let mut body = serde_json::to_vec(event).map_err(unwritten)?;
    let is_reference = body.len() > largest;
    if is_reference {
        let mut short = serde_json::to_value(event).map_err(unwritten)?;
        if let Value::Object(members) = &mut short {
            members.remove("data");
            let reference =
                format!("/v1/results?consumer=NAME&after={}&limit=1", entry.seq.saturating_sub(1));
            members.insert("dataref".to_owned(), Value::String(reference));
        }
        body = serde_json::to_vec(&short).map_err(unwritten)?;
    }
    let kind = event.kind.name();
    Ok(Outgoing {
        // A store that an older version restored may have given a number again, and never at the same instant.
        dedupe: format!("{}:{}:{}", event.source, event.id, event.time.as_microsecond()),
        route: format!("{}.{}", token(&entry.court), kind.strip_prefix("chakong.").unwrap_or(kind)),
        attributes: vec![
            ("ce-specversion", event.specversion.to_owned()),
            ("ce-id", event.id.clone()),
            ("ce-source", event.source.clone()),
            ("ce-type", kind.to_owned()),
            ("ce-subject", event.subject.clone()),
            ("ce-time", event.time.to_string()),
            ("ce-sequence", event.sequence.clone()),
        ],
        at: u64::try_from(event.time.as_second()).unwrap_or_default(),
        body,
        is_reference,
    })
}

/// A court's code as one token of a subject or a routing key: letters, digits, - and _; `unknown` where there is none. One that has
/// anything else, or is too long, ends with the beginning of its SHA-256, so that no two courts have one token.
pub(super) fn token(code: &str) -> String {
    let code = code.trim();
    if code.is_empty() {
        return NO_COURT.to_owned();
    }
    let fit = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let mut token: String = code.chars().map(fit).collect();
    if token != code || token.len() > LONGEST_TOKEN || token == NO_COURT {
        token.truncate(LONGEST_TOKEN - DIGEST - 1);
        token.push('_');
        token.push_str(&hex::encode(Sha256::digest(code))[..DIGEST]);
    }
    token
}

/// A message that should be an inquiry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Incoming {
    /// The body of `POST /v1/inquiries`.
    pub(super) body: Vec<u8>,
    /// The idempotency key.
    pub(super) key: Option<String>,
    /// Who the message says submits it.
    pub(super) submitter: Option<String>,
    /// Why it is none, whatever stands in it.
    pub(super) poison: Option<String>,
    /// How often it was delivered before, as far as the broker tells.
    pub(super) redelivered: bool,
}

/// What is said to the sender of a message: an inquiry was accepted, or a problem of RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status that the API would give.
    pub status: u16,
    /// Media type of the body.
    pub media_type: &'static str,
    /// The answer as JSON.
    pub body: Vec<u8>,
    /// Whether the message may be taken later as it is: nothing is wrong with it.
    pub may_pass: bool,
    /// What was wrong, in one line, for the log and the dead letter; without personal data.
    pub reason: String,
}

impl Answer {
    /// Whether an inquiry was accepted, now or before.
    pub(super) const fn is_accepted(&self) -> bool {
        self.status < 300
    }

    /// The body, or what stands in its place where a message may not have so many bytes.
    pub(super) fn body_within(&self, largest: usize) -> Vec<u8> {
        if self.body.len() <= largest { self.body.clone() } else { bytes(&self.without_body()) }
    }

    fn without_body(&self) -> Value {
        let detail = format!("the answer has {} bytes, more than the broker takes", self.body.len());
        json!({ "status": self.status, "title": self.reason, "detail": detail })
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// A key as it is repeated: no more of it than a key may have.
pub(super) fn shown_key(key: &str) -> String {
    key.chars().take(LONGEST_KEY).collect()
}

/// Who takes inquiries, wherever they come from.
pub trait Reception: Send + Sync + std::fmt::Debug {
    /// Submits a body under an idempotency key as the holder of a key.
    fn submit<'a>(&'a self, submitter: &'a str, key: &'a str, body: &'a [u8]) -> BoxFuture<'a, Answer>;
    /// The answer to a message that is no inquiry.
    fn refuse(&self, status: u16, reason: &str) -> Answer;
    /// Largest body in bytes.
    fn largest(&self) -> usize;
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What is said to its sender.
    pub(super) answer: Answer,
    /// The same as a CloudEvent, for everybody who follows the answers.
    event: Value,
    /// `accepted` or `refused`.
    pub(super) outcome: &'static str,
    /// Known to the broker by this.
    pub(super) dedupe: String,
}

impl Verdict {
    /// Whether the message goes among the dead letters.
    pub(super) fn is_refused(&self) -> bool {
        self.outcome == "refused"
    }

    /// The CloudEvent as structured JSON. One that would have more bytes than a message may goes without the answer.
    pub(super) fn event_within(&self, largest: usize) -> Vec<u8> {
        let whole = bytes(&self.event);
        if whole.len() <= largest {
            return whole;
        }
        let mut short = self.event.clone();
        if let Some(answer) = short.pointer_mut("/data/answer") {
            *answer = self.answer.without_body();
        }
        bytes(&short)
    }

    /// The reason for a dead letter.
    pub(super) fn reason(&self) -> String {
        self.answer.reason.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect()
    }
}

/// By what an answer is known: the same for the same message and the same outcome, however often it comes. A message that was refused may
/// be accepted later, or refused for another reason; one that was accepted stays so.
pub(super) fn identity(submitter: &str, message: &Incoming, answer: &Answer) -> String {
    let key = message.key.as_deref().unwrap_or_default();
    let status = answer.status.to_be_bytes();
    let outcome: [&[u8]; 2] = if answer.is_accepted() { [b"", b""] } else { [&status, &answer.body] };
    let mut digest = Sha256::new();
    for part in [submitter.as_bytes(), key.as_bytes(), outcome[0], outcome[1], &message.body] {
        digest.update(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())[..32].to_owned()
}

/// What is said about a message, as an answer and as an event.
pub(super) fn verdict(answer: Answer, source: &str, id: &str, now: jiff::Timestamp, key: &str) -> Verdict {
    let outcome = if answer.is_accepted() { "accepted" } else { "refused" };
    let data: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let event = json!({
        "specversion": "1.0",
        "id": id,
        "source": format!("{source}:intake"),
        "type": format!("chakong.submission.{outcome}"),
        "time": now.to_string(),
        "datacontenttype": answer.media_type,
        "data": { "idempotency_key": shown_key(key), "status": answer.status, "answer": data },
    });
    Verdict { dedupe: format!("{source}:intake:{id}"), answer, event, outcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_courts_code_becomes_one_token_of_its_own_whatever_stands_in_it() {
        let plain = ["T10", "x-1_y", "__", "440300", "_10"];
        for code in plain {
            assert_eq!(token(code), code, "as it is");
        }
        assert_eq!(
            (token(""), token("  "), token(" T10 ")),
            ("unknown".into(), "unknown".into(), "T10".into())
        );
        assert_eq!(token("晋10"), "_10_27545ce7", "the same for ever");
        let long = ["7".repeat(500), "7".repeat(499)];
        let others = [
            "晋10",
            "冀10",
            "a.b",
            "a *>\r\n#",
            "a_b",
            "a b",
            "测试",
            "法院",
            "unknown",
            "",
            &long[0],
            &long[1],
        ];
        let all: std::collections::BTreeSet<String> = plain.into_iter().chain(others).map(token).collect();
        assert_eq!(all.len(), plain.len() + others.len(), "{all:?}");
        for token in all {
            assert!(token.len() <= LONGEST_TOKEN, "{token}");
            assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{token}");
        }
    }

    #[test]
    fn an_answer_is_known_by_its_message_and_its_outcome() {
        let message = |key: &str, body: &str| Incoming {
            key: Some(key.to_owned()),
            body: body.as_bytes().to_vec(),
            ..Incoming::default()
        };
        let answer = |status, body: &str| Answer {
            status,
            media_type: "application/json",
            body: body.as_bytes().to_vec(),
            may_pass: false,
            reason: String::new(),
        };
        let one = message("k", "{}");
        let id = |answer: &Answer| identity("court", &one, answer);
        assert_eq!(id(&answer(201, "new")), id(&answer(200, "known")), "accepted, whenever it comes again");
        assert_eq!(id(&answer(422, "no party")), id(&answer(422, "no party")));
        let known =
            [answer(201, ""), answer(422, "no party"), answer(422, "no court"), answer(403, "no court")];
        let ids: std::collections::BTreeSet<String> = known.iter().map(id).collect();
        assert_eq!(ids.len(), known.len(), "each outcome has its own");
        for other in [message("k2", "{}"), message("k", "[]"), message("k{", "}")] {
            assert_ne!(identity("court", &other, &known[0]), id(&known[0]));
        }
    }

    fn refused(body: Vec<u8>) -> Verdict {
        let reason = "invalid: The content breaks a rule".to_owned();
        let answer =
            Answer { status: 422, media_type: "application/problem+json", body, may_pass: false, reason };
        verdict(answer, "urn:chakong:test", "id", jiff::Timestamp::UNIX_EPOCH, &"\u{7}钥".repeat(1 << 20))
    }

    #[test]
    fn what_is_said_of_a_message_is_bounded_whatever_its_key_and_its_answer_are() {
        let small = refused(br#"{"status":422}"#.to_vec());
        let event: Value = serde_json::from_slice(&small.event_within(4_096)).expect("JSON");
        assert_eq!(event["data"]["answer"], json!({ "status": 422 }), "the whole answer");
        let key = event["data"]["idempotency_key"].as_str().expect("a key");
        assert_eq!(key.chars().count(), LONGEST_KEY);
        let findings = json!({ "status": 422, "findings": vec!["too much"; 10_000] });
        let large = refused(serde_json::to_vec(&findings).expect("JSON"));
        for said in [large.event_within(4_096), large.answer.body_within(4_096)] {
            assert!(said.len() <= 4_096, "{}", said.len());
            let said = String::from_utf8(said).expect("text");
            assert!(said.contains("more than the broker takes") && said.contains("breaks a rule"), "{said}");
        }
    }
}
