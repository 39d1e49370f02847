use chakong_contract::date::{self, Date};
use serde::{Deserialize, Serialize};

/// A value that comes as text in one version and as a number in another (protocol section 1.6).
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Text(String),
    Number(serde_json::Number),
    Flag(bool),
    #[default]
    Null,
}

impl Scalar {
    /// The value as text, without surrounding blanks and without marks such as `<em>`; empty for none.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => without_marks(text).trim().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Null => String::new(),
        }
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            other => other.text().parse().ok(),
        }
    }

    /// A date: milliseconds that mean a midnight in UTC+8 (as number or text), or a date text. `Err` keeps the text.
    pub(crate) fn date(&self) -> Result<Option<Date>, String> {
        let text = self.text();
        match (self.integer(), text.len()) {
            (Some(millis), 9..) => Ok(date::read_millis(millis).map(date::Moment::date)),
            _ => date::read_date(&text).map_err(|_| text),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Null } else { Self::Text(text.to_owned()) }
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

/// Longest mark that is taken out.
const LONGEST_MARK: usize = 100;

/// Takes marks such as `<em>` and `</em>` out of a text.
fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_mark = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match after.split_once('>').filter(|(mark, _)| is_mark && mark.len() <= LONGEST_MARK) {
            Some((_, behind)) => rest = behind,
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(json: &str) -> Scalar {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn text_and_number_are_the_same() {
        for json in ["1492617600000", "\"1492617600000\"", "\"2017-04-20\"", "\"2017-04-20 00:00:00.0\""] {
            let date = scalar(json).date().expect(json).expect(json);
            assert_eq!(date.to_string(), "2017-04-20", "{json}");
        }
        assert_eq!(scalar("253402185600000").date(), Ok(None));
        assert_eq!(scalar("null").date(), Ok(None));
        assert_eq!(scalar("\"长期\"").date(), Err("长期".to_owned()));
        assert_eq!(scalar("-86400000").date().expect("a date").expect("a date").to_string(), "1969-12-31");
    }

    #[test]
    fn marks_are_taken_out_and_comparisons_left_in() {
        assert_eq!(scalar("\" 示例<em>甲</em>公司 \"").text(), "示例甲公司");
        assert_eq!(scalar("\"a < b > c <\"").text(), "a < b > c <");
    }
}
