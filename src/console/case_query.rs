//! What cases are looked for. Whom they are about stands in no address: a search for a party is kept with the session, and its address
//! has a word for it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::address::with_query;

/// Which cases.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct CaseQuery {
    /// Case number in any spelling.
    #[serde(default)]
    pub number: String,
    /// Name or number of a document of a party, in full; never of an address.
    #[serde(skip)]
    pub party: String,
    /// The word of a search that is kept; empty where none is.
    #[serde(default)]
    pub search: String,
    /// Name of an officer.
    #[serde(default)]
    pub officer: String,
    /// Code of a court.
    #[serde(default)]
    pub court: String,
    /// Word of a state.
    #[serde(default)]
    pub state: String,
    /// First day on which an inquiry was accepted.
    #[serde(default)]
    pub submitted_from: String,
    /// Last day of these.
    #[serde(default)]
    pub submitted_until: String,
    /// First day on which the case was filed.
    #[serde(default)]
    pub filed_from: String,
    /// Last day of these.
    #[serde(default)]
    pub filed_until: String,
    /// Where the page begins.
    #[serde(default)]
    pub cursor: String,
}

impl CaseQuery {
    /// The filters that may stand in an address, but for the number.
    fn filters(&self) -> [(&'static str, &str); 7] {
        [
            ("officer", self.officer.trim()),
            ("court", self.court.trim()),
            ("state", &self.state),
            ("submitted_from", &self.submitted_from),
            ("submitted_until", &self.submitted_until),
            ("filed_from", &self.filed_from),
            ("filed_until", &self.filed_until),
        ]
    }

    /// An address with these filters and more; of a search that is kept, with its word instead.
    pub fn to(&self, path: &str, more: &[(&str, &str)]) -> String {
        let (filters, kept) = (self.filters(), [("search", self.search.as_str())]);
        let own: &[(&str, &str)] = if self.search.is_empty() { &filters } else { &kept };
        with_query(path, &own.iter().chain(more).copied().collect::<Vec<_>>())
    }

    /// The body of a search for a party, of which so many cases are shown at once.
    pub fn body(&self, limit: usize) -> Value {
        let said =
            self.filters().into_iter().chain([("party", self.party.as_str()), ("cursor", &self.cursor)]);
        let mut body: Map<String, Value> = said
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        body.insert("limit".to_owned(), limit.into());
        body.into()
    }

    /// Whether more than number and court is looked for.
    pub fn is_detailed(&self) -> bool {
        let others = [&self.officer, &self.state, &self.submitted_from, &self.submitted_until];
        others.into_iter().chain([&self.filed_from, &self.filed_until]).any(|one| !one.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whom_a_search_is_about_stands_in_its_body_and_never_in_an_address() {
        let party = "110101190001010014".to_owned();
        let query =
            CaseQuery { party, court: "T10".to_owned(), cursor: "7".to_owned(), ..CaseQuery::default() };
        assert_eq!(query.to("/cases", &[]), "/cases?court=T10");
        let expected = json!({ "party": "110101190001010014", "court": "T10", "cursor": "7", "limit": 50 });
        assert_eq!(query.body(50), expected);
        let kept = CaseQuery { search: "w".to_owned(), ..query };
        assert_eq!(kept.to("/cases", &[("cursor", "8")]), "/cases?search=w&cursor=8");
        let read: CaseQuery = serde_urlencoded::from_str("party=x&court=T10").expect("a query");
        assert_eq!(read.party, "", "it is not taken from an address either");
    }
}
