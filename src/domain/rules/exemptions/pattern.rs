//! Words that are looked for in folded texts.

use chakong_contract::fold::folded;
use memchr::memmem::Finder;
use serde::{Deserialize, Deserializer, de};

/// Most characters between two words of one pattern.
const GAP: usize = 10;
/// Most characters between a flag's name and its value 是 or 否.
const FLAG_GAP: usize = 8;
/// Stands for what was taken out, so that the rest does not grow together.
const HOLE: char = '\u{0}';
/// What, shortly before a word, says the opposite, and how many characters may stand between: `非农民工工资`.
const NEGATIONS: [(&str, usize); 9] = [
    ("非", 1),
    ("非农", 3),
    ("不是", 4),
    ("不属", 5),
    ("不含", 4),
    ("没有", 4),
    ("未设立", 4),
    ("未开立", 4),
    ("尚无", 4),
];
/// Most characters between 是否 and the words that it asks about.
const QUESTION_GAP: usize = 6;
/// Words that name a flag whose value follows.
const FLAGS: [&str; 3] = ["标志", "标识", "标记"];

/// One or more words that follow each other closely: `农民工+工资`. Each is prepared to be looked for once and for all: every
/// account is held against every pattern.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Finder<'static>>);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words: Vec<String> = text.split('+').map(folded).collect();
        if words.iter().any(String::is_empty) {
            return Err(de::Error::custom(format!("`{text}`: a word is empty")));
        }
        Ok(Self(words.iter().map(|word| Finder::new(word).into_owned()).collect()))
    }
}

impl Pattern {
    /// Whether the words occur.
    pub(super) fn occurs(&self, text: &str) -> bool {
        self.places(text).next().is_some()
    }

    /// Where the words begin and end, once for each place of the first word.
    fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let first = self.0.first();
        let places = first.into_iter().flat_map(move |word| {
            word.find_iter(text.as_bytes()).map(move |start| (start, start + word.needle().len()))
        });
        places.filter_map(move |(start, mut end)| {
            for next in self.0.iter().skip(1) {
                end += within(text.get(end..)?, next)?;
            }
            Some((start, end))
        })
    }
}

/// Bytes up to the end of a word that begins within the gap, with nothing taken out before it.
fn within(text: &str, word: &Finder<'_>) -> Option<usize> {
    let at = word.find(text.as_bytes())?;
    let gap = text.get(..at)?;
    (gap.chars().count() <= GAP && !gap.contains(HOLE)).then_some(at + word.needle().len())
}

/// Whether one of the patterns occurs where the text does not say the opposite.
pub(super) fn any_is_said(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| {
        pattern.places(text).any(|(start, end)| {
            let (before, after) = (&text[..start], &text[end..]);
            !NEGATIONS.iter().any(|(word, gap)| is_near_end(before, word, *gap))
                && !is_flagged_no(before, after)
        })
    })
}

/// Whether a text ends with a word and at most so many characters after it.
fn is_near_end(text: &str, word: &str, gap: usize) -> bool {
    text.rfind(word).is_some_and(|at| text[at + word.len()..].chars().count() <= gap)
}

/// Whether the words are the name of a flag whose value is no: `是否预售监管账户：否`, `民工工资专户标志：否`.
fn is_flagged_no(before: &str, after: &str) -> bool {
    let near: String = after.chars().take(FLAG_GAP).collect();
    let Some(at) = near.find(['是', '否']) else { return false };
    let asked = is_near_end(before, "是否", QUESTION_GAP);
    let named = FLAGS.iter().any(|flag| near[..at].ends_with(flag));
    (asked || named) && near[at..].starts_with('否')
}

/// The text without the phrases that do not count.
pub(super) fn without(text: &str, phrases: &[Pattern]) -> String {
    let mut rest = text.to_owned();
    for phrase in phrases {
        loop {
            let place = phrase.places(&rest).next();
            let Some((start, end)) = place else { break };
            rest.replace_range(start..end, HOLE.encode_utf8(&mut [0; 4]));
        }
    }
    rest
}
