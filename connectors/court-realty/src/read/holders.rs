use chakong_contract::asset::{CoOwnership, Holder, MatchedBy, NumberForm};
use chakong_contract::{IdentityDocument, Order, PartyName, Scalar};

use super::Strange;
use crate::wire::{Right, co_ownership};
use crate::write::old_number;

/// Most holders of one property kept.
const MOST_HOLDERS: usize = 200;

/// Who was asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    name: String,
    /// Every form of the number.
    numbers: Vec<(String, NumberForm)>,
}

impl Asked {
    pub(crate) fn of(order: &Order) -> Self {
        let number = (order.document.number().to_owned(), NumberForm::AsStated);
        let inside = match &order.document {
            IdentityDocument::Uscc(code) => code.org_code().ok(),
            _ => None,
        };
        let inside = inside.map(|code| (code.as_str().to_owned(), NumberForm::OrganisationCode));
        let old = old_number(&order.document).map(|old| (old, NumberForm::FifteenDigits));
        let numbers = std::iter::once(number).chain(old).chain(inside).collect();
        Self { name: order.name.as_str().to_owned(), numbers }
    }

    /// How close one holder is; masked numbers say nothing.
    fn matches(&self, name: &str, number: &str) -> (MatchedBy, Option<NumberForm>) {
        let number: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let same = self.numbers.iter().find(|(known, _)| known.eq_ignore_ascii_case(&number));
        let matched_by = match (same.is_some(), name == self.name || folded(name) == folded(&self.name)) {
            (true, true) => MatchedBy::NameAndNumber,
            (true, false) => MatchedBy::Number,
            (false, true) => MatchedBy::NameOnly,
            (false, false) => MatchedBy::Unstated,
        };
        (matched_by, same.map(|(_, form)| *form))
    }
}

/// Holders of a title and how the party is among them.
pub(super) struct Held {
    pub(super) holders: Vec<Holder>,
    pub(super) matched_by: MatchedBy,
    pub(super) matched_number: Option<NumberForm>,
    /// Co-owned, and only one holder is listed.
    pub(super) incomplete: bool,
    /// Certificate numbers that stand with the holders.
    pub(super) certificates: Vec<Scalar>,
}

/// How close a match is; less is closer.
pub(super) const fn closeness(matched_by: MatchedBy) -> u8 {
    match matched_by {
        MatchedBy::NameAndNumber => 0,
        MatchedBy::Number => 1,
        MatchedBy::NameOnly => 2,
        MatchedBy::Unstated => 3,
    }
}

/// The holders of a title: from its rows, else from the joined text, else the party itself, because the registry lists
/// only what it found for it.
pub(super) fn held(right: &Right, asked: Option<&Asked>, strange: &mut Strange) -> Held {
    let form = strange.known("gyfs", &right.gyfs, co_ownership);
    let mut certificates = Vec::new();
    let mut listed: Vec<(Holder, String)> = Vec::new();
    for row in right.qlrxx_list.iter().flatten().take(MOST_HOLDERS) {
        let co_ownership = strange.known("gyfs", &row.gyfs, co_ownership).or(form);
        let holder = Holder { name: row.qlrmc.text(), share: row.qlbl.text(), co_ownership };
        listed.push((holder, row.zjh.text()));
        certificates.push(row.bdcqzh.clone());
    }
    if listed.is_empty() {
        listed = joined(right, form);
    }
    let close = |(holder, number): &(Holder, String)| {
        asked.map_or((MatchedBy::Unstated, None), |asked| asked.matches(&holder.name, number))
    };
    let closest = listed.iter().map(close).min_by_key(|(by, _)| closeness(*by));
    let (matched_by, matched_number) = closest.unwrap_or((MatchedBy::Unstated, None));
    let shared = matches!(form, Some(CoOwnership::Joint | CoOwnership::ByShares))
        || listed.iter().any(|(holder, _)| {
            matches!(holder.co_ownership, Some(CoOwnership::Joint | CoOwnership::ByShares))
        });
    let incomplete = listed.len() == 1 && shared;
    let mut holders: Vec<Holder> = listed.into_iter().map(|(holder, _)| holder).collect();
    if let (true, Some(asked)) = (holders.is_empty(), asked) {
        holders.push(Holder { name: asked.name.clone(), share: right.febl.text(), co_ownership: form });
    }
    Held { holders, matched_by, matched_number, incomplete, certificates }
}

/// Holders from the text `name,number;name,number`, with shares from `name,share;name,share` where the names agree.
fn joined(right: &Right, form: Option<CoOwnership>) -> Vec<(Holder, String)> {
    let (holders, shares) = (right.gyr.text(), right.gyqk.text());
    let shares: Vec<(&str, &str)> = pairs(&shares);
    let holder = |(name, number): (&str, &str)| {
        let share = shares.iter().find(|(of, _)| *of == name).map(|(_, share)| (*share).to_owned());
        (
            Holder { name: name.to_owned(), share: share.unwrap_or_default(), co_ownership: form },
            number.to_owned(),
        )
    };
    pairs(&holders).into_iter().take(MOST_HOLDERS).map(holder).collect()
}

fn pairs(text: &str) -> Vec<(&str, &str)> {
    text.split([';', '；'])
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(|one| one.split_once([',', '，']).unwrap_or((one, "")))
        .map(|(first, second)| (first.trim(), second.trim()))
        .collect()
}

/// A name for comparison: one dot, half-width forms, no blanks.
fn folded(name: &str) -> String {
    let name = name.parse::<PartyName>().map_or_else(|_| name.to_owned(), |name| name.to_string());
    let half = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).wrapping_sub(0xFEE0)).unwrap_or(c),
        other => other,
    };
    name.chars().filter(|c| !c.is_whitespace()).map(half).collect()
}
