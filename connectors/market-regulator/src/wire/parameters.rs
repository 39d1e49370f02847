//! The parameter string: `method=…&NAME=value…`, values percent-encoded in GBK; the answer is JSON that holds a word.

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
            ("CORENTNAME", of(&request.entname)),
            ("REGNO", of(&request.regno)),
        ]
    };
    let debtor = [
        ("INV", of(&request.inv)),
        // No code for an organisation's licence was found in this dialect.
        ("CERTYPE", of(&request.certype)),
        ("CERNO", if request.cerno.is_empty() { of(&request.blicno) } else { of(&request.cerno) }),
        ("FROAM", of(&request.froam)),
        ("REGCAPCUR", of(&request.regcapcur)),
    ];
    let court = [
        ("EXECUTENO", of(&request.executeno)),
        ("FROAUTH", of(&request.froauth)),
        ("FRODOCNO", of(&request.frodocno)),
    ];
    let officer = [("FYJBR", of(&request.fyjbr)), ("FYJBRDH", of(&request.fyjbrdh))];
    let code = ("UNISCID", of(&request.uniscid));
    let share = ("SHARFROPROP", of(&request.sharfroprop));
    let mut all = match operation {
        Operation::Transfer => head("EditEquityChange"),
        Operation::Release => head("editEquityUnFreeze"),
        _ => head("editEquityFreeze"),
    };
    if operation == Operation::Transfer {
        let [notice, authority, ruling] = court;
        all.extend([authority, ruling, notice]);
        all.extend(debtor);
        all.push(("ALIEN_S", of(&request.alien_s)));
        all.push(("CERTYPE_S", of(&request.certype_s)));
        all.push(("CERNO_S", of(&request.cerno_s)));
        all.push(code);
        return all;
    }
    all.extend(debtor);
    all.push(share);
    let release = operation == Operation::Release;
    if !release {
        all.push(("FROZSIGN", String::new()));
        all.push(("FROZDEADLINE", of(&request.frozdeadline)));
    }
    all.push(("FROZSTATE", of(if release { "2" } else { "1" })));
    if !release {
        all.push(("FROFROM", of(&request.frofrom)));
        all.push(("FROTO", of(&request.froto)));
    }
    all.push(("EXECUTEITEM", of(&request.executeitem)));
    all.extend(court);
    all.extend(officer);
    all.push(("PUBLICDATE", String::new()));
    all.push(code);
    match operation {
        Operation::Renew => all.push(("DJID", of(&request.froid))),
        Operation::Release => {
            // The name is spelt so.
            all.push(("JDID", of(&request.froid)));
            all.push(("THAWDATE", of(day)));
            all.push(("THAWCOMMENT", of("解除冻结")));
        }
        _ => {}
    }
    all
}

/// The string; `None` when a value has characters outside GBK.
pub(crate) fn encode(operation: Operation, request: &Request, day: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for (at, (name, value)) in parameters(operation, request, day).iter().enumerate() {
        if at > 0 {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b'=');
        let (encoded, _, lost) = GBK.encode(value);
        if lost {
            return None;
        }
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
pub(crate) fn heard(bytes: &[u8]) -> Option<(Operation, Request)> {
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
            executeitem: operation.matter().to_owned(),
            entname: get("CORENTNAME"),
            uniscid: get("UNISCID"),
            regno: get("REGNO"),
            inv: get("INV"),
            certype: get("CERTYPE"),
            cerno: get("CERNO"),
            froam: get("FROAM"),
            regcapcur: get("REGCAPCUR"),
            sharfroprop: get("SHARFROPROP"),
            froauth: get("FROAUTH"),
            frodocno: get("FRODOCNO"),
            executeno: get("EXECUTENO"),
            frofrom: get("FROFROM"),
            froto: get("FROTO"),
            froid: record,
            alien_s: get("ALIEN_S"),
            certype_s: get("CERTYPE_S"),
            cerno_s: get("CERNO_S"),
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
    let text = std::str::from_utf8(body).map_or_else(|_| GBK.decode(body).0.into_owned(), str::to_owned);
    let value: Value = serde_json::from_str(&text).ok()?;
    let mut texts = Vec::new();
    let mut record = String::new();
    match &value {
        Value::Object(members) if !members.is_empty() => gather(&value, &mut texts, &mut record, 0),
        Value::String(word) if !word.trim().is_empty() => texts.push(word.clone()),
        _ => return None,
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
                    *record = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
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
            executeitem: "1".to_owned(),
            entname: "示例甲&有限公司=100%".to_owned(),
            inv: "乙某".to_owned(),
            cerno: "110101190001010014".to_owned(),
            ..Request::default()
        };
        let bytes = encode(Operation::Freeze, &request, "2026-01-05").expect("GBK");
        assert!(bytes.starts_with(b"method=editEquityFreeze&PRIPID=&CORENTNAME=%CA%BE%C0%FD%BC%D7%26"));
        assert_eq!(heard(&bytes), Some((Operation::Freeze, request)));
        let outside = Request { inv: "𠮷某".to_owned(), ..Request::default() };
        assert_eq!(encode(Operation::Freeze, &outside, ""), None);
        assert_eq!(heard(b"method=drop"), None);
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
