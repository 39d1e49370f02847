use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, IdRule, clean};
use crate::text::travels_as_text;

const WHAT: Called = Called::new("案号", "case number");

/// A court case number 案号, kept in the canonical form `（2023）晋10执123号`.
///
/// Rule: 《关于人民法院案件案号的若干规定》 (2016, amended 2018). Every spelling that is in use is read:
///
/// * brackets of any kind and width (`()（）[]【】〔〕﹝﹞〖〗{}`), or none; digits of any width; no 号 at the end;
/// * the form used before 2016, `(2011)宁执字第00003号`, which keeps its 字第 and loses its padding;
/// * a number that names a *document* of the case: `…执12号之一`, `…执12之一号`, `…执12-1号`. The case is 执12号, so the mark
///   is left out. [`CaseNumber::canonical`] keeps it, because it tells documents apart.
///
/// Before 2016 the rule that a case has a plain number was not in force, and `执字第12-1号` may be a case of its own. There
/// the mark stays: `（2015）深福法执字第12-1号`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    canonical: String,
    year: u16,
    parts: Parts,
}

/// Byte offsets in the canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Parts {
    court_end: usize,
    type_end: usize,
    number_start: usize,
}

impl CaseNumber {
    /// A document number in canonical form: one that begins with a case number keeps what follows, such as 之一; any other
    /// only gets full-width brackets. Blank stays blank.
    ///
    /// Public records write one number with either width of brackets (protocol section 2.4 of the business registries).
    pub fn canonical(text: &str) -> String {
        let text = text.trim();
        let split = text.find('号').map(|at| text.split_at(at + '号'.len_utf8()));
        let reading = split.and_then(|(number, rest)| Some((Reading::of(number).ok()?, rest)));
        match reading {
            Some((Reading { number, mark }, rest)) => {
                let bare = number.canonical.trim_end_matches('号');
                format!("{bare}{mark}号{}", rest.trim())
            }
            None => text.replace(OPENING, "（").replace(CLOSING, "）"),
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

    /// Court code 法院代字, e.g. `晋10`; before 2016 the court's short name, e.g. `深福法`.
    pub fn court_code(&self) -> &str {
        &self.canonical[AFTER_YEAR..self.parts.court_end]
    }

    /// Type code 类型代字, e.g. `执`, `执保`, `民初`; without the code of a special trial such as 知.
    pub fn type_code(&self) -> &str {
        let code = &self.canonical[self.parts.court_end..self.parts.type_end];
        match code.strip_prefix('知') {
            Some(rest) if rest.starts_with(['民', '行', '刑']) => rest,
            _ => code,
        }
    }

    /// The case's number within its court, type and year, as text: `123`; before 2016 it may be `12-1`.
    pub fn number(&self) -> &str {
        self.canonical[self.parts.number_start..].trim_end_matches('号')
    }
}

/// Bytes of `（2023）`.
const AFTER_YEAR: usize = 10;
/// Most characters of a case number as typed.
const LONGEST: usize = 40;
/// Most digits of a court code: four, and one more that some special courts have.
const COURT_DIGITS: usize = 5;
/// Brackets that open and close the year. The full-width forms of ASCII are folded before, except where a text is only
/// brought to one kind of bracket.
const OPENING: [char; 9] = ['(', '（', '〔', '[', '［', '【', '﹝', '〖', '{'];
const CLOSING: [char; 9] = [')', '）', '〕', ']', '］', '】', '﹞', '〗', '}'];
/// Hyphens and dashes that stand between a number and its mark.
const HYPHENS: [char; 6] = ['\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}', '\u{FE63}'];
/// Type codes that end the name part of a number before 2016, longest first where one ends another.
const OLD_TYPES: [&str; 26] = [
    "执恢", "执保", "执异", "执复", "执监", "执协", "执他", "执督", "执前", "财保", "民保", "民初", "民终",
    "民申", "民再", "民特", "民督", "民破", "刑初", "刑终", "刑再", "行初", "行终", "行审", "商初", "执",
];

fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

const AFTER_END: Called =
    Called::new("“号”后只能为“之一”等附号", "after the end 号 only a mark such as 之一 can stand");
const NO_SERIAL: Called = Called::new("末尾应为案件编号", "it must end with the case's number");
const NO_HEAD: Called = Called::new(
    "编号前应有法院代字和案件类型代字",
    "a court code and a type code must stand before the number",
);
const BAD_YEAR: Called = Called::new("年份应为四位数字", "the year must have four digits");
const OPEN_BRACKET: Called = Called::new("括号不完整", "the bracket is not closed");
const NO_YEAR: Called = Called::new("应以四位数字的年份开头", "it must begin with a year of four digits");

/// A number as typed: the case, and the mark of one of its documents, empty where there is none.
struct Reading {
    number: CaseNumber,
    mark: String,
}

impl Reading {
    fn of(text: &str) -> Result<Self, IdError> {
        let fail = |why| IdError::rule(WHAT, IdRule::Form(why));
        let text = clean(text).replace(HYPHENS, "-").replace('號', "号");
        if text.chars().count() > LONGEST {
            return Err(IdError::length(WHAT, Called::new("至多40", "at most 40"), text.chars().count()));
        }
        let (year, rest) = year_of(&text).map_err(fail)?;
        let (body, after) = split_end(rest).ok_or(fail(AFTER_END))?;
        let (body, inner) = split_mark(body);
        let serial_at = body.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (head, serial) = body.split_at(serial_at);
        // 字第 belongs to the form used before 2016; habit puts it, or 第 alone, into newer numbers too.
        let bare = head.strip_suffix("字第").or_else(|| head.strip_suffix('第'));
        let head = bare.filter(|_| year >= "2016").unwrap_or(head);
        let serial = serial.trim_start_matches('0');
        if serial.is_empty() {
            return Err(fail(NO_SERIAL));
        }
        let (court, kind) = split_head(head).ok_or(fail(NO_HEAD))?;
        let is_old = head.ends_with("字第");
        let own = if is_old && inner.starts_with('-') { inner } else { "" };
        let court_end = AFTER_YEAR + court.len();
        let parts =
            Parts { court_end, type_end: court_end + kind.len(), number_start: AFTER_YEAR + head.len() };
        let canonical = format!("（{year}）{head}{serial}{own}号");
        let year = year.parse().map_err(|_| fail(BAD_YEAR))?;
        let mark = if own.is_empty() { format!("{inner}{after}") } else { after.to_owned() };
        Ok(Self { number: CaseNumber { canonical, year, parts }, mark })
    }
}

/// The year and what follows it. Brackets come as a pair or not at all.
fn year_of(text: &str) -> Result<(&str, &str), Called> {
    let is_year = |year: &str| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    match text.strip_prefix(OPENING) {
        Some(rest) => {
            let (year, rest) = rest.split_once(CLOSING).ok_or(OPEN_BRACKET)?;
            if is_year(year) { Ok((year, rest)) } else { Err(BAD_YEAR) }
        }
        None => match text.split_at_checked(4) {
            Some((year, rest)) if is_year(year) && rest.starts_with(is_han) => Ok((year, rest)),
            _ => Err(NO_YEAR),
        },
    }
}

/// What stands before 号 and the mark after it; `None` where something else follows.
fn split_end(rest: &str) -> Option<(&str, &str)> {
    match rest.split_once('号') {
        None => Some((rest, "")),
        Some((body, after)) if after.is_empty() || is_mark(after) => Some((body, after)),
        Some(_) => None,
    }
}

/// Parts a mark, 之一 or -1, from the number before it.
fn split_mark(body: &str) -> (&str, &str) {
    match body.rfind(['之', '-']) {
        Some(at) if is_mark(&body[at..]) => body.split_at(at),
        _ => (body, ""),
    }
}

/// 之一, 之十二, 之2 or -1.
fn is_mark(text: &str) -> bool {
    let han = |c: char| "一二三四五六七八九十".contains(c);
    let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    match (text.strip_prefix('之'), text.strip_prefix('-')) {
        (Some(count), _) => {
            digits(count) || ((1..=4).contains(&count.chars().count()) && count.chars().all(han))
        }
        (_, Some(count)) => digits(count),
        _ => false,
    }
}

/// Court code and type code of what stands between year and number.
fn split_head(head: &str) -> Option<(&str, &str)> {
    let (court, kind) = match (head.strip_suffix("字第"), head.rfind(|c: char| c.is_ascii_digit())) {
        (Some(name), None) => name.split_at(old_type_at(name)),
        (Some(name), Some(at)) => name.split_at_checked(at + 1)?,
        (None, Some(at)) => head.split_at(at + 1),
        (None, None) => head.split_at(modern_type_at(head)),
    };
    let name = court.trim_end_matches(|c: char| c.is_ascii_digit());
    let fits = !name.is_empty() && name.chars().all(is_han) && court.len() - name.len() <= COURT_DIGITS;
    let length = kind.chars().count();
    (fits && (1..=5).contains(&length) && kind.chars().all(is_han)).then_some((court, kind))
}

/// Where the type code begins in a number of a supreme or high court: `最高法执`, `晋执复`.
fn modern_type_at(head: &str) -> usize {
    let supreme = head.strip_prefix("最高法").map(|_| "最高法".len());
    supreme.unwrap_or_else(|| head.chars().next().map_or(0, char::len_utf8))
}

/// Where the type code begins in the name part of a number before 2016: `宁执`, `深福法执恢`. A code that is not known is
/// the last character.
fn old_type_at(name: &str) -> usize {
    let known = OLD_TYPES.iter().find(|code| name.len() > code.len() && name.ends_with(**code));
    let last = || name.chars().next_back().map_or(0, char::len_utf8);
    name.len() - known.map_or_else(last, |code| code.len())
}

impl FromStr for CaseNumber {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Reading::of(text).map(|reading| reading.number)
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
    "案号 in canonical form, e.g. （2023）晋10执123号; every bracket, none, and the form before 2016 are accepted; 号之一 is read as the case",
    None
);

#[cfg(test)]
mod tests;
