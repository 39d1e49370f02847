//! By what a case is found: names and document numbers of its parties, names of its officers, in one form however they are written.
//! A store keeps a keyed hash of each.

use chakong_contract::fold::folded;

use super::Terms;

/// The word of a party's name, former name or document number; `None` for a text without a letter or a digit.
pub fn of_party(text: &str) -> Option<String> {
    word("party", text)
}

/// The word of an officer's name; `None` for a text without a letter or a digit.
pub fn of_officer(text: &str) -> Option<String> {
    word("officer", text)
}

/// Every word by which the case of an inquiry is found, each once.
pub fn of_terms(terms: &Terms) -> Vec<String> {
    let parties = terms.parties.iter().flat_map(|party| {
        let names = std::iter::once(&party.name).chain(&party.former_names).map(|name| name.as_str());
        names.chain(party.documents.iter().map(|document| document.number()))
    });
    let officers = terms.case.officers.iter().map(|officer| officer.name.as_str());
    let mut words: Vec<String> =
        parties.filter_map(of_party).chain(officers.filter_map(of_officer)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn word(kind: &str, text: &str) -> Option<String> {
    let folded = folded(text);
    (!folded.is_empty()).then(|| format!("{kind}:{folded}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn width_blanks_and_case_do_not_matter_and_a_party_is_no_officer() {
        assert_eq!(of_party(" 1101 0119000101001x "), of_party("１１０１０１１９０００１０１００１Ｘ"));
        assert_eq!(of_party("测试（丙）"), of_party("测试(丙)"));
        assert_ne!(of_party("测试丙"), of_officer("测试丙"));
        assert_eq!((of_party(" ·（）"), of_officer("")), (None, None));
    }

    #[test]
    fn a_case_is_found_by_every_name_and_number_of_its_parties_and_by_its_officers() {
        let terms: Terms = serde_json::from_value(json!({
            "case": {
                "number": "（2026）测0203执7号", "court_name": "测试法院", "court_code": "9910",
                "officers": [{ "name": "李测试", "work_certificate": "1", "enforcement_certificate": "2" }],
            },
            "purpose": "enforcement",
            "parties": [{
                "reference": "a", "kind": "person", "name": "测试丙某某", "role": "judgment_debtor", "former_names": ["测试旧名"],
                "documents": [
                    { "kind": "resident_id", "number": "110101190001010057" }, { "kind": "passport", "number": "E12345678" },
                ],
            }],
        }))
        .expect("terms");
        let mut expected = [
            of_officer("李测试"),
            of_party("测试丙某某"),
            of_party("测试旧名"),
            of_party("110101190001010057"),
            of_party("e12345678"),
        ];
        expected.sort_unstable();
        assert_eq!(of_terms(&terms), expected.into_iter().flatten().collect::<Vec<_>>());
    }
}
