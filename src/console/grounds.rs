//! Grounds of a release 解除事由 in the forms of releases: which of them settles the claim of the whole case, and that a person who releases
//! a part on such a ground says that they know it.

use super::act_form::ActForm;
use super::form::Posted;
use super::lang::Lang;
use crate::api::settles_claim;

/// The field by which a person says that they know what follows for the claim.
pub const CONFIRMED: &str = "settles_claim";

/// What is said of a release that settled the claim, by its word in addresses.
pub const SETTLED: &str = "release-settled";

/// Whether a release, by the word of its act, settles the claim of the whole case on a ground.
pub fn settles(slug: &str, ground: &str) -> bool {
    let releases = matches!(slug, "release" | "release-party" | "release-case");
    releases && settles_claim(ground, slug == "release-case")
}

/// Says in the form of a release, at each ground, what follows for the claim.
pub fn tell(form: &mut ActForm, slug: &str, lang: Lang) {
    for field in form.fields.iter_mut().filter(|field| field.name == "ground") {
        for (code, label) in &mut field.choices {
            label.push_str(match (settles(slug, code), code.as_str()) {
                (true, _) => lang.t(
                    "（了结全案执行标的，此后不再冻结）",
                    " (settles the claim of the whole case: nothing more is frozen)",
                ),
                (false, "bankruptcy_accepted") => lang.t(
                    "（终结该当事人的责任，全案执行标的不变）",
                    " (ends this party's liability; the claim of the case stays)",
                ),
                _ => "",
            });
        }
    }
}

/// What is wrong with the release of a part on a ground that settles the claim, where nobody said that they know it: place and words.
pub fn unconfirmed(slug: &str, posted: &Posted, lang: Lang) -> Option<(String, String)> {
    let is_part = slug == "release" && !posted.get("amount").is_empty();
    let is_confirmed = posted.get(CONFIRMED) == "yes";
    (is_part && !is_confirmed && settles(slug, posted.get("ground"))).then(|| {
        let detail = lang.t(
            "所选事由了结全案执行标的，此后不再冻结；只解除一部分的，请勾选确认，或改选其他事由",
            "this ground settles the claim of the whole case, and only a part is released: confirm it, or choose another ground",
        );
        ("/ground".to_owned(), detail.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::super::act_form::FormField;
    use super::super::words::{GROUND, choices};
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Posted { fields: fields.collect(), uploads: Vec::new() }
    }

    fn told(slug: &str, ground: &str) -> String {
        let choices = choices(GROUND, Lang::Zh);
        let field = FormField { name: "ground".to_owned(), choices, ..FormField::default() };
        let mut form = ActForm {
            title: "",
            action: String::new(),
            is_grave: true,
            has_files: true,
            csrf: String::new(),
            next: String::new(),
            id: String::new(),
            fields: vec![field],
            faults: Vec::new(),
        };
        tell(&mut form, slug, Lang::Zh);
        let found = form.fields[0].choices.iter().find(|(code, _)| code == ground);
        found.map(|(_, label)| label.clone()).expect("a ground")
    }

    #[test]
    fn the_form_of_a_release_says_at_each_ground_whether_it_settles_the_claim() {
        for slug in ["release", "release-party", "release-case"] {
            assert_eq!(told(slug, "debt_paid"), "债务已经清偿（了结全案执行标的，此后不再冻结）");
            assert_eq!(told(slug, "excess"), "超标的额");
        }
        let of_one = "受理破产申请（终结该当事人的责任，全案执行标的不变）";
        assert_eq!(told("release", "bankruptcy_accepted"), of_one);
        assert!(told("release-case", "bankruptcy_accepted").contains("了结全案"));
    }

    #[test]
    fn a_part_is_released_on_a_ground_that_settles_the_claim_only_where_a_person_confirms_it() {
        let part = [("amount", "100000"), ("ground", "debt_paid")];
        let refused = unconfirmed("release", &posted(&part), Lang::Zh).expect("it is asked");
        assert!(refused.0 == "/ground" && refused.1.contains("了结全案"), "{refused:?}");
        let confirmed = [part.as_slice(), &[(CONFIRMED, "yes")]].concat();
        assert_eq!(unconfirmed("release", &posted(&confirmed), Lang::Zh), None);
        assert_eq!(unconfirmed("release", &posted(&[("amount", "5"), ("ground", "excess")]), Lang::Zh), None);
        assert_eq!(unconfirmed("release", &posted(&[("ground", "debt_paid")]), Lang::Zh), None, "all of it");
    }
}
