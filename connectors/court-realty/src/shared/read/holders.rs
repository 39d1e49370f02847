use chakong_contract::asset::{CoOwnership, Holder, MatchedBy, NumberForm};
use chakong_contract::id::folded_number;
use chakong_contract::name::same_name;
use chakong_contract::{IdentityDocument, Order};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;

use crate::shared::wire::{Right, co_ownership, field};

/// Most holders of one property kept.
const MOST_HOLDERS: usize = 200;

/// Who was asked about.
#[derive(Debug)]
pub(crate) struct Subject {
    name: String,
    /// Every form of the number.
    numbers: Vec<(String, NumberForm)>,
}

impl Subject {
    pub(crate) fn of(order: &Order) -> Self {
        let number = (folded_number(order.document.number()), NumberForm::AsStated);
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
        let number = folded_number(number);
        let same = self.numbers.iter().find(|(known, _)| *known == number);
        let matched_by = match (same.is_some(), same_name(name, &self.name)) {
            (true, true) => MatchedBy::NameAndNumber,
            (true, false) => MatchedBy::Number,
            (false, true) => MatchedBy::NameOnly,
            (false, false) => MatchedBy::Unstated,
        };
        (matched_by, same.map(|(_, form)| *form))
    }
}

/// The 15-digit number of a person born in the 1900s, under which old titles may still stand.
pub(crate) fn old_number(document: &IdentityDocument) -> Option<String> {
    match document {
        IdentityDocument::ResidentId(id) => id.old_form(),
        _ => None,
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
pub(super) fn held(right: &Right, asked: Option<&Subject>, notes: &mut Gathered) -> Held {
    let form = notes.known(field::CO_OWNERSHIP, &right.co_ownership, co_ownership);
    let mut certificates = Vec::new();
    let mut listed: Vec<(Holder, String)> = Vec::new();
    for row in right.holder_rows.iter().flatten().take(MOST_HOLDERS) {
        let co_ownership = notes.known(field::CO_OWNERSHIP, &row.co_ownership, co_ownership).or(form);
        let holder = Holder { name: row.name.text(), share: row.share.text(), co_ownership };
        listed.push((holder, row.number.text()));
        certificates.push(row.certificate.clone());
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
        holders.push(Holder { name: asked.name.clone(), share: right.share.text(), co_ownership: form });
    }
    Held { holders, matched_by, matched_number, incomplete, certificates }
}

/// Holders from the text `name,number;name,number`, with shares from `name,share;name,share` where the names agree.
fn joined(right: &Right, form: Option<CoOwnership>) -> Vec<(Holder, String)> {
    let (holders, shares) = (right.holders_text.text(), right.shares_text.text());
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

#[cfg(test)]
mod tests {
    use chakong_testkit::sample;

    use super::*;

    #[test]
    fn spellings_of_name_and_number_are_the_same_holder() {
        let manifest = crate::plugin().manifest;
        let document = IdentityDocument::OrgCode("MADEM0011".parse().expect("a code"));
        let order = sample::query(&manifest, "示例甲（集团）有限公司", document);
        let asked = Subject::of(&order);
        let matched = |name: &str, number: &str| asked.matches(name, number).0;
        assert_eq!(matched("示例甲〔集团〕有限公司", "MADEM001—1"), MatchedBy::NameAndNumber);
        assert_eq!(matched("示例甲(集团)有限公司&nbsp;", "ｍａｄｅｍ０ ０１１"), MatchedBy::NameAndNumber);
        assert_eq!(matched("示例乙有限公司", "MADEM001-1"), MatchedBy::Number);
        assert_eq!(matched("示例甲（集团）有限公司", "MADEM****"), MatchedBy::NameOnly);
        assert_eq!(matched("示例乙有限公司", "MADEM0012"), MatchedBy::Unstated);
    }
}
