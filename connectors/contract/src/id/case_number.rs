use std::fmt;
use std::str::FromStr;

use super::{IdError, IdRule, clean};
use crate::text::travels_as_text;

const WHAT: &str = "case number";

/// A court case number 案号, kept in the canonical form `（2023）晋10执123号`.
///
/// Rule: 《关于人民法院案件案号的若干规定》 (2016, amended 2018). Full-width, half-width and tortoise-shell brackets are
/// accepted; so is the form used before 2016, `(2011)宁执字第00003号`, which keeps its 字第 and loses its padding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    canonical: String,
    year: u16,
    /// Byte offsets in `canonical`: end of the court code, end of the type code.
    court_end: usize,
    type_end: usize,
}

impl CaseNumber {
    /// A document number in canonical form: one that begins with a case number keeps what follows, such as 之一; any other
    /// only gets full-width brackets. Blank stays blank.
    ///
    /// Public records write one number with either width of brackets (protocol section 2.4 of the business registries).
    pub fn canonical(text: &str) -> String {
        let text = text.trim();
        let split = text.find('号').map(|at| text.split_at(at + '号'.len_utf8()));
        let number = split.and_then(|(number, rest)| Some((number.parse::<Self>().ok()?, rest)));
        match number {
            Some((number, rest)) => format!("{number}{}", rest.trim()),
            None => text.replace(['(', '〔', '['], "（").replace([')', '〕', ']'], "）"),
        }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// The year of acceptance.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// Court code 法院代字, e.g. `晋10`. For the form before 2016 it includes the type, e.g. `宁执`.
    pub fn court(&self) -> &str {
        &self.canonical[AFTER_YEAR..self.court_end]
    }

    /// Type code 类型代字, e.g. `执`; `字` for the form before 2016.
    pub fn kind(&self) -> &str {
        self.canonical[self.court_end..self.type_end].trim_end_matches('第')
    }
}

/// Bytes of `（2023）`.
const AFTER_YEAR: usize = 10;

fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

impl FromStr for CaseNumber {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fail = |why| IdError::rule(WHAT, IdRule::Form(why));
        let text = clean(text);
        if text.chars().count() > 40 {
            return Err(IdError::length(WHAT, "at most 40", text.chars().count()));
        }
        let rest = text.strip_prefix(['(', '〔', '[']).ok_or(fail("it must begin with a bracketed year"))?;
        let (year, rest) = rest.split_once([')', '〕', ']']).ok_or(fail("the bracket is not closed"))?;
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(fail("the year must have four digits"));
        }
        let body = rest.strip_suffix('号').unwrap_or(rest);
        let serial_at = body.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (head, serial) = body.split_at(serial_at);
        let serial = serial.trim_start_matches('0');
        if serial.is_empty() {
            return Err(fail("it must end with the case's number"));
        }
        let kind_at = head.rfind(|c: char| c.is_ascii_digit()).map_or_else(|| old_kind_at(head), |at| at + 1);
        let (court, kind) = head.split_at(kind_at);
        let kind_length = kind.chars().count();
        if !court.starts_with(is_han) || kind_length == 0 || kind_length > 5 || !kind.chars().all(is_han) {
            return Err(fail("a court code and a type code must stand between year and number"));
        }
        let year_number = year.parse().map_err(|_| fail("the year must have four digits"))?;
        let court_end = AFTER_YEAR + court.len();
        let canonical = format!("（{year}）{head}{serial}号");
        Ok(Self { canonical, year: year_number, court_end, type_end: court_end + kind.len() })
    }
}

/// Where the type code begins in a number without court digits: `最高法执` or, before 2016, `宁执字第`.
fn old_kind_at(head: &str) -> usize {
    match head.find("字第").or_else(|| head.strip_prefix("最高法").map(|_| "最高法".len())) {
        Some(at) => at,
        None => head.chars().next().map_or(0, char::len_utf8),
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

travels_as_text!(
    CaseNumber,
    "CaseNumber",
    "案号 in canonical form, e.g. （2023）晋10执123号; every bracket and the form before 2016 are accepted",
    None
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brings_every_bracket_to_one_form() {
        for text in
            ["（2023）晋10执123号", "(2023)晋10执123号", "〔2023〕 晋 10 执 123 号", "(2023)晋10执00123"]
        {
            let number: CaseNumber = text.parse().expect(text);
            assert_eq!(number.as_str(), "（2023）晋10执123号", "{text}");
            assert_eq!((number.year(), number.court(), number.kind()), (2023, "晋10", "执"));
        }
    }

    #[test]
    fn reads_old_special_and_supreme_forms() {
        let old: CaseNumber = "(2011)宁执字第00003号".parse().expect("old form");
        assert_eq!((old.as_str(), old.court(), old.kind()), ("（2011）宁执字第3号", "宁执", "字"));
        let supreme: CaseNumber = "（2021）最高法执监5号".parse().expect("supreme court");
        assert_eq!((supreme.court(), supreme.kind()), ("最高法", "执监"));
        let preservation: CaseNumber = "（2025）晋1002执保77号".parse().expect("preservation");
        assert_eq!((preservation.court(), preservation.kind()), ("晋1002", "执保"));
        let high: CaseNumber = "（2022）晋执复9号".parse().expect("high court");
        assert_eq!((high.court(), high.kind()), ("晋", "执复"));
    }

    #[test]
    fn document_numbers_keep_what_follows_the_case() {
        for (text, want) in [
            ("(2023)示0101执100号之一", "（2023）示0101执100号之一"),
            ("（2017）京02民初702、703号", "（2017）京02民初702、703号"),
            ("(2017)京02民初702、703号", "（2017）京02民初702、703号"),
            ("(2023)示0101执00100号", "（2023）示0101执100号"),
            ("市监协〔2023〕5", "市监协（2023）5"),
            ("  ", ""),
        ] {
            assert_eq!(CaseNumber::canonical(text), want, "{text}");
            assert_eq!(CaseNumber::canonical(want), want, "once is enough");
        }
    }

    #[test]
    fn refuses_what_is_not_a_case_number() {
        for bad in [
            "",
            "2023晋10执123号",
            "（23）晋10执1号",
            "（2023）10执1号",
            "（2023）晋10执号",
            "（2023晋10执1号",
        ] {
            assert!(bad.parse::<CaseNumber>().is_err(), "{bad}");
        }
    }
}
