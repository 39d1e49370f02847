//! Which accounts may not be touched 豁免财产, read from what a bank writes about them.
//!
//! The bank's class of the account is the main signal, then its remark, then the account's name. The words, the
//! exceptions and the legal references stand in `exemptions.toml`. An officer may always decide otherwise, with a reason.

use std::sync::LazyLock;

use chakong_contract::fold::folded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod legible;
mod pattern;
#[cfg(test)]
mod tests;

use pattern::Pattern;

/// Whether an account may be touched. Ordered from free to closed: of several findings the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Free to be frozen and deducted.
    Free,
    /// It may be exempt: proposed to an officer, never frozen without one.
    Doubtful,
    /// May be frozen, not deducted.
    FreezeOnly,
    /// No measure at all; only an officer may override, with a reason.
    NoMeasure,
}

/// What was found about an account, with the legal reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exemption {
    /// Level.
    pub level: Level,
    /// Legal reference; empty for a free account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// Name of the rule that decided, as in `exemptions.toml`; absent for a free account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether a text was not understood, or a finding beside the strictest is doubtful: nothing is frozen without an officer then,
    /// whatever the level.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_an_officer: bool,
}

impl Exemption {
    /// Nothing stands against a measure.
    pub const fn free() -> Self {
        Self { level: Level::Free, basis: String::new(), rule: None, needs_an_officer: false }
    }
}

impl Exemption {
    /// What holds for a property of which both were found. The stricter finding decides, and a doubt about either stays.
    pub fn and(self, other: Self) -> Self {
        let needs_an_officer = self.needs_an_officer || other.needs_an_officer;
        let strictness = |one: &Self| (one.level, one.rule.clone(), one.basis.clone());
        let stricter = if strictness(&other) > strictness(&self) { other } else { self };
        Self { needs_an_officer, ..stricter }
    }

    /// The stricter of two findings about the same property; this one where they are as strict.
    #[must_use]
    pub fn or_stricter(self, other: &Self) -> Self {
        if other.level > self.level { other.clone() } else { self }
    }
}

/// A field of the account in which a rule looks for its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    /// 账户类别
    Class,
    /// 备注
    Remark,
    /// 户名, 账户名称
    Holder,
}

/// One rule of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    level: Level,
    basis: String,
    #[serde(default = "class_and_remark")]
    fields: Vec<Field>,
    /// One of them must occur. `+` parts a pattern into words that follow each other closely.
    words: Vec<Pattern>,
    /// Phrases that do not count: they are taken out before the words are looked for.
    #[serde(default)]
    except: Vec<Pattern>,
    /// Words that cancel the rule in the field where they occur.
    #[serde(default)]
    unless: Vec<Pattern>,
}

/// A kind of holder whose accounts are special, whatever their class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolderKind {
    id: String,
    basis: String,
    words: Vec<Pattern>,
    #[serde(default)]
    unless: Vec<Pattern>,
    /// Level of an account of which nothing else is known.
    level: Level,
    /// Words in class or remark that make it an account of special money, which no measure may touch.
    #[serde(default)]
    special: Vec<Pattern>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rule: Vec<Rule>,
    holder: Vec<HolderKind>,
}

fn class_and_remark() -> Vec<Field> {
    vec![Field::Class, Field::Remark]
}

const DATA: &str = include_str!("exemptions.toml");

/// What the file says, or why it cannot be read. A test reads it; were it broken all the same, every account would be
/// doubtful and nothing would be frozen without an officer.
static RULES: LazyLock<Result<Rules, String>> =
    LazyLock::new(|| toml::from_str(DATA).map_err(|error| error.to_string()));

/// What is wrong with the file of rules.
pub(super) fn check_data() -> Result<(), String> {
    RULES.as_ref().map(|_| ()).map_err(Clone::clone)
}

/// The exemption that an account's class, the bank's remark and the account's name imply. Of a remark of several lines each counts by
/// itself too: what one of them says cancels nothing in another.
pub fn exemption(class: &str, remark: &str, holder: &str) -> Exemption {
    let whole = of_texts(class, remark, holder);
    let lines = remark.lines().filter(|line| line.len() < remark.len());
    lines.map(|line| of_texts(class, line, holder)).fold(whole, Exemption::and)
}

fn of_texts(class: &str, remark: &str, holder: &str) -> Exemption {
    let rules = match &*RULES {
        Ok(rules) => rules,
        Err(error) => {
            return finding(Level::Doubtful, &format!("豁免规则无法读取 {error}"), "rules_unreadable");
        }
    };
    let texts = Texts { class: folded(class), remark: folded(remark), holder: folded(holder) };
    let by_rules = rules
        .rule
        .iter()
        .filter(|rule| rule.applies(&texts))
        .map(|rule| (rule.level, rule.basis.as_str(), rule.id.as_str()));
    let by_holder = rules
        .holder
        .iter()
        .filter_map(|kind| kind.applies(&texts))
        .map(|(level, kind)| (level, kind.basis.as_str(), kind.id.as_str()));
    // The first of the strictest: the file lists the more particular rules first.
    let strictest = by_rules.chain(by_holder).reduce(|best, next| if next.0 > best.0 { next } else { best });
    match (strictest, legible::is_legible(class, remark, holder)) {
        (None, true) => Exemption::free(),
        (None, false) => finding(Level::Doubtful, UNREADABLE, "unreadable"),
        (Some((Level::FreezeOnly, basis, rule)), false) => Exemption {
            needs_an_officer: true,
            ..finding(Level::FreezeOnly, &format!("{basis}；{UNREADABLE}"), rule)
        },
        (Some((level, basis, rule)), _) => finding(level, basis, rule),
    }
}

const UNREADABLE: &str = "账户文字无法辨认，由承办人核实（查扣冻规定第三条）";

fn finding(level: Level, basis: &str, rule: &str) -> Exemption {
    let needs_an_officer = level == Level::Doubtful;
    Exemption { level, basis: basis.to_owned(), rule: Some(rule.to_owned()), needs_an_officer }
}

/// The account's texts, folded.
struct Texts {
    class: String,
    remark: String,
    holder: String,
}

impl Texts {
    fn of(&self, field: Field) -> &str {
        match field {
            Field::Class => &self.class,
            Field::Remark => &self.remark,
            Field::Holder => &self.holder,
        }
    }
}

impl Rule {
    fn applies(&self, texts: &Texts) -> bool {
        self.fields.iter().any(|field| {
            let text = texts.of(*field);
            !text.is_empty()
                && !self.unless.iter().any(|word| word.occurs(text))
                && pattern::any_is_said(&self.words, &pattern::without(text, &self.except))
        })
    }
}

impl HolderKind {
    fn applies(&self, texts: &Texts) -> Option<(Level, &Self)> {
        let holder = texts.holder.as_str();
        if !self.words.iter().any(|word| word.occurs(holder))
            || self.unless.iter().any(|word| word.occurs(holder))
        {
            return None;
        }
        let special =
            [&texts.class, &texts.remark].iter().any(|text| pattern::any_is_said(&self.special, text));
        Some((if special { Level::NoMeasure } else { self.level }, self))
    }
}
