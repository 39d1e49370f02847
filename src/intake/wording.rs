//! What is wrong with the form of a request, in words for people: never where in the text, nor what the reader's own types are called.

use chakong_contract::script::is_han;
use serde_json::error::Category;

/// What is wrong, Chinese first. The place is told by the pointer of the finding.
pub fn in_words(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match error.classify() {
        Category::Data => of_data(without_place(&said)),
        Category::Io | Category::Syntax | Category::Eof => {
            format!("请求内容不是有效的 JSON it is not valid JSON: {said}")
        }
    }
}

/// What is wrong without the place in the text: a part that is read by itself has another.
fn without_place(said: &str) -> &str {
    said.rsplit_once(" at line ").map_or(said, |(said, _)| said)
}

fn of_data(said: &str) -> String {
    let named = said.split('`').nth(1).unwrap_or_default();
    let expected = || said.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let (chinese, english) = match said {
        _ if said.starts_with("missing field") => {
            (format!("缺少必填项（{named}）"), format!("the field `{named}` is missing"))
        }
        _ if said.starts_with("unknown field") => (
            format!("没有此项（{named}）"),
            format!("there is no field `{named}`: {}", of_expected(expected())),
        ),
        _ if said.starts_with("duplicate field") => {
            (format!("重复填写（{named}）"), format!("the field `{named}` stands there twice"))
        }
        _ if said.starts_with("unknown variant") => {
            let choices: Vec<&str> = expected().split('`').skip(1).step_by(2).collect();
            (format!("应为其中之一（{}）", choices.join("、")), of_expected(expected()))
        }
        _ if said.starts_with("invalid") => (wanted(expected()), of_expected(expected())),
        // What types of the contract say of themselves is in both languages.
        other if other.contains(is_han) => return other.to_owned(),
        other => ("内容不符合要求".to_owned(), format!("it does not fit: {other}")),
    };
    format!("{chinese} {english}")
}

fn of_expected(expected: &str) -> String {
    format!("it must be {}", whole_numbers(expected).unwrap_or(expected))
}

/// Numbers without a fraction, as the reader calls them, in words; `None` for anything else.
fn whole_numbers(expected: &str) -> Option<&'static str> {
    let is_unsigned = matches!(expected, "u8" | "u16" | "u32" | "u64" | "usize");
    let is_signed = matches!(expected, "i8" | "i16" | "i32" | "i64" | "isize");
    match (is_unsigned, is_signed) {
        (true, _) => Some("a whole number that is not negative"),
        (_, true) => Some("a whole number"),
        _ => None,
    }
}

/// What is to be entered, in Chinese.
fn wanted(expected: &str) -> String {
    let is_of = |words: &[&str]| words.iter().any(|word| expected.starts_with(word));
    let wanted = match expected {
        _ if whole_numbers(expected).is_some() => "应为整数",
        "a boolean" => "应为是或否（true 或 false）",
        _ if is_of(&["a string", "a borrowed string", "a character", "string"]) => "应为文字",
        _ if is_of(&["a sequence", "an array", "a tuple"]) => "应为列表",
        _ if is_of(&["f32", "f64", "a number"]) => "应为数字",
        _ => "格式不符",
    };
    wanted.to_owned()
}

#[cfg(test)]
mod tests {
    use chakong_contract::id::ResidentId;
    use serde::Deserialize;

    use super::*;
    use crate::domain::bilingual::{chinese, english};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "snake_case")]
    #[allow(dead_code, reason = "only what is wrong with it is looked at")]
    struct Form {
        hours: Option<u32>,
        kind: Option<Kind>,
        number: Option<ResidentId>,
        name: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Person,
        Organisation,
    }

    fn told(body: &str) -> String {
        in_words(&serde_json::from_str::<Form>(body).expect_err("wrong"))
    }

    #[test]
    fn what_is_wrong_is_said_in_chinese_first_without_the_readers_own_words() {
        for (body, zh, en) in [
            (r#"{"hours":"abc","name":""}"#, "应为整数", "it must be a whole number that is not negative"),
            (r#"{}"#, "缺少必填项（name）", "the field `name` is missing"),
            (r#"{"name":"","name":""}"#, "重复填写（name）", "the field `name` stands there twice"),
            (r#"{"name":5}"#, "应为文字", "it must be a string"),
            (
                r#"{"kind":"thing","name":""}"#,
                "应为其中之一（person、organisation）",
                "it must be `person` or `organisation`",
            ),
            (
                r#"{"number":"110101190001010015","name":""}"#,
                "居民身份证号码有误：校验位不符",
                "not a valid resident identity number: the check digit is wrong",
            ),
        ] {
            let said = told(body);
            assert_eq!((chinese(&said).as_str(), english(&said).as_str()), (zh, en), "{said}");
            for own in ["u32", " at line ", "column", "abc"] {
                assert!(!said.contains(own), "{own}: {said}");
            }
        }
        let said = told(r#"{"nick":"","name":""}"#);
        assert!(
            said.starts_with("没有此项（nick） there is no field `nick`: it must be one of `hours`"),
            "{said}"
        );
        assert!(told("{").starts_with("请求内容不是有效的 JSON it is not valid JSON"));
    }
}
