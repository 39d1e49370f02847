//! The parameter string: `method=…&NAME=value…`, values percent-encoded in GBK; the answer is JSON that holds a word.

use chakong_contract::encoding::is_in_gbk;
use chakong_toolkit::Scalar;
use encoding_rs::GBK;
use serde_json::Value;

use super::{Operation, Request};

/// The word of success, as the systems write it, and as it is spelt.
const SUCCESS: [&str; 2] = ["sucess", "success"];
/// Most characters of the authority's words that are kept.
const MOST_WORDS: usize = 200;

/// The parameters of a request in their order (protocol section 4.3). What the court does not know stays blank: the
/// internal number of the company, and the day of publication, which is the authority's to set.
fn parameters(operation: Operation, request: &Request, day: &str) -> Vec<(&'static str, String)> {
    let of = |value: &str| value.to_owned();
    let head = |method: &str| {
        vec![
            ("method", of(method)),
            ("PRIPID", String::new()),
            ("CORENTNAME", of(&request.company)),
            ("REGNO", of(&request.registration_number)),
        ]
    };
    let debtor = debtor(request);
    let court = [
        ("EXECUTENO", of(&request.notice)),
        ("FROAUTH", of(&request.court)),
        ("FRODOCNO", of(&request.ruling)),
    ];
    let officer = [("FYJBR", of(&request.officer)), ("FYJBRDH", of(&request.officer_phone))];
    let code = ("UNISCID", of(&request.company_code));
    let share = ("SHARFROPROP", of(&request.percent));
    let mut all = match operation {
        Operation::Transfer => head("EditEquityChange"),
        Operation::Release => head("editEquityUnFreeze"),
        _ => head("editEquityFreeze"),
    };
    if operation == Operation::Transfer {
        let [notice, authority, ruling] = court;
        all.extend([authority, ruling, notice]);
        all.extend(debtor);
        all.push(("ALIEN_S", of(&request.transferee)));
        all.push(("CERTYPE_S", of(&request.transferee_kind)));
        all.push(("CERNO_S", of(&request.transferee_number)));
        all.push(code);
        return all;
    }
    all.extend(debtor);
    all.push(share);
    let release = operation == Operation::Release;
    if !release {
        all.push(("FROZSIGN", String::new()));
        all.push(("FROZDEADLINE", of(&request.days)));
    }
    all.push(("FROZSTATE", of(if release { "2" } else { "1" })));
    if !release {
        all.push(("FROFROM", of(&request.from)));
        all.push(("FROTO", of(&request.until)));
    }
    all.push(("EXECUTEITEM", of(&request.matter)));
    all.extend(court);
    all.extend(officer);
    all.push(("PUBLICDATE", String::new()));
    all.push(code);
    match operation {
        Operation::Renew => all.push(("DJID", of(&request.record))),
        Operation::Release => {
            // The name is spelt so.
            all.push(("JDID", of(&request.record)));
            all.push(("THAWDATE", of(day)));
            all.push(("THAWCOMMENT", of("解除冻结")));
        }
        _ => {}
    }
    all
}

/// Who the debtor is, and how much of the stake is meant.
fn debtor(request: &Request) -> [(&'static str, String); 5] {
    let document = [&request.certificate_number, &request.licence_number];
    let document = document.into_iter().find(|number| !number.is_empty()).map_or("", String::as_str);
    [
        ("INV", request.debtor.clone()),
        // No code for an organisation's licence was found in this dialect.
        ("CERTYPE", request.certificate_kind.clone()),
        ("CERNO", document.to_owned()),
        ("FROAM", request.amount.clone()),
        ("REGCAPCUR", request.currency.clone()),
    ]
}

/// The string; `None` when a value has characters outside GBK as every decoder reads it.
pub(crate) fn encode(operation: Operation, request: &Request, day: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for (at, (name, value)) in parameters(operation, request, day).iter().enumerate() {
        if at > 0 {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b'=');
        if !value.chars().all(is_in_gbk) {
            return None;
        }
        let (encoded, _, _) = GBK.encode(value);
        for byte in encoded.iter() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
                bytes.push(*byte);
            } else {
                bytes.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
    }
    Some(bytes)
}

/// What a string says, for the simulated authority; `None` when it is no such string.
pub(crate) fn request_of(bytes: &[u8]) -> Option<(Operation, Request)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let pairs: Vec<(&str, String)> = text
        .split('&')
        .map(|pair| pair.split_once('=').map(|(name, value)| (name, decode(value))))
        .collect::<Option<_>>()?;
    let get = |name: &str| {
        pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let operation = match (get("method").as_str(), get("EXECUTEITEM").as_str()) {
        ("editEquityFreeze", "1") => Operation::Freeze,
        ("editEquityFreeze", "2") => Operation::Renew,
        ("editEquityUnFreeze", "3") => Operation::Release,
        ("EditEquityChange", _) => Operation::Transfer,
        _ => return None,
    };
    let record = [get("DJID"), get("JDID")].concat();
    Some((
        operation,
        Request {
            matter: operation.matter().to_owned(),
            company: get("CORENTNAME"),
            company_code: get("UNISCID"),
            registration_number: get("REGNO"),
            debtor: get("INV"),
            certificate_kind: get("CERTYPE"),
            certificate_number: get("CERNO"),
            amount: get("FROAM"),
            currency: get("REGCAPCUR"),
            percent: get("SHARFROPROP"),
            court: get("FROAUTH"),
            ruling: get("FRODOCNO"),
            notice: get("EXECUTENO"),
            from: get("FROFROM"),
            until: get("FROTO"),
            record,
            transferee: get("ALIEN_S"),
            transferee_kind: get("CERTYPE_S"),
            transferee_number: get("CERNO_S"),
            ..Request::default()
        },
    ))
}

fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let hex =
            |digit: Option<u8>| char::from(digit?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match byte {
            b'%' => {
                if let (Some(high), Some(low)) = (hex(rest.next()), hex(rest.next())) {
                    bytes.push(high << 4 | low);
                }
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    GBK.decode(&bytes).0.into_owned()
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) success: bool,
    /// The record of the freeze; blank where there is none.
    pub(crate) record: String,
    /// The answer's words.
    pub(crate) words: String,
}

/// Reads an answer; `None` when it is no JSON object or text. Systems answer in UTF-8 or GBK.
pub(crate) fn said(body: &[u8]) -> Option<Said> {
    let body = chakong_contract::message::without_mark(body);
    let text = std::str::from_utf8(body).map_or_else(|_| GBK.decode(body).0.into_owned(), str::to_owned);
    let value: Value = chakong_contract::weight::json(text.as_bytes()).ok()?;
    let mut texts = Vec::new();
    let mut record = String::new();
    match &value {
        Value::Object(members) if !members.is_empty() => gather(&value, &mut texts, &mut record, 0),
        Value::String(word) if !word.trim().is_empty() => texts.push(word.clone()),
        _ => return None,
    }
    if texts.is_empty() && record.is_empty() {
        return None;
    }
    // The word, and not a part of another such as `unsucessful`.
    let words_of =
        |text: &String| text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect::<Vec<_>>();
    let is_success = |text: &String| words_of(text).iter().any(|word| SUCCESS.contains(&word.as_str()));
    let success = texts.iter().any(is_success);
    let words: String = texts.join("；").chars().take(MOST_WORDS).collect();
    Some(Said { success, record, words })
}

/// Deepest nesting that is looked into.
const DEEPEST: usize = 4;

fn gather(value: &Value, texts: &mut Vec<String>, record: &mut String, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name.eq_ignore_ascii_case("djid") {
                    let stated: Option<Scalar> = serde_json::from_value(value.clone()).ok();
                    *record = stated.and_then(|stated| stated.code()).unwrap_or_default();
                } else {
                    gather(value, texts, record, depth + 1);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts, record, depth + 1)),
        Value::String(text) if !text.is_empty() => texts.push(text.clone()),
        _ => {}
    }
}

/// An answer as the authority's system writes it.
pub(crate) fn said_bytes(success: bool, record: &str, words: &str) -> Vec<u8> {
    let answer = match (success, record) {
        (true, "") => serde_json::json!({ "result": SUCCESS[0] }),
        (true, record) => serde_json::json!({ "result": SUCCESS[0], "djid": record }),
        (false, _) => serde_json::json!({ "result": "fail", "msg": words }),
    };
    GBK.encode(&answer.to_string()).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_read_as_it_was_written() {
        let request = Request {
            matter: "1".to_owned(),
            company: "示例甲&有限公司=100%".to_owned(),
            debtor: "乙某".to_owned(),
            certificate_number: "110101190001010014".to_owned(),
            ..Request::default()
        };
        let bytes = encode(Operation::Freeze, &request, "2026-01-05").expect("GBK");
        assert!(bytes.starts_with(b"method=editEquityFreeze&PRIPID=&CORENTNAME=%CA%BE%C0%FD%BC%D7%26"));
        assert_eq!(request_of(&bytes), Some((Operation::Freeze, request)));
        let outside = Request { debtor: "𠮷某".to_owned(), ..Request::default() };
        assert_eq!(encode(Operation::Freeze, &outside, ""), None);
        assert_eq!(request_of(b"method=drop"), None);
    }

    #[test]
    fn success_is_a_word_of_its_own_and_everything_else_is_none() {
        let read = |text: &str| said(text.as_bytes());
        assert!(
            read(r#"{"result":"sucess","djid":77}"#).is_some_and(|said| said.success && said.record == "77")
        );
        assert!(read(r#"{"msg":"操作 sucess!"}"#).is_some_and(|said| said.success));
        assert!(read(r#""sucess""#).is_some_and(|said| said.success));
        assert!(read(r#"{"msg":"unsucessful"}"#).is_some_and(|said| !said.success));
        let failed = said(&said_bytes(false, "", "数据交换异常")).expect("an answer");
        assert_eq!((failed.success, failed.words.as_str()), (false, "数据交换异常；fail"));
        for none in ["", "{}", "[]", "42", "ok ok", "\"\""] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
