use std::collections::HashSet;

use chakong_contract::Date;
use chakong_contract::asset::PropertyKind;
use chakong_contract::date::{has_surely_come, read_date};
use chakong_toolkit::{Scalar, json};
use serde_json::value::RawValue;

use crate::shared::wire::{Answered, Mortgage, Objection, Prenotice, Right, Seizure, right_state};

/// Most entries of one list: developers hold thousands of units.
const MOST_ENTRIES: usize = 5_000;

/// An extract from the register: everything that was registered for a holder, over one or two queries, each entry once.
#[derive(Debug, Default)]
pub(crate) struct Extract {
    pub(super) rights: Vec<(PropertyKind, Right)>,
    pub(super) mortgages: Vec<Mortgage>,
    pub(super) seizures: Vec<Seizure>,
    pub(super) prenotices: Vec<Prenotice>,
    pub(super) objections: Vec<Objection>,
    /// The day on which the registry spoke, where it is known.
    spoken: Option<Date>,
    seen: HashSet<(List, Box<str>)>,
    unreadable: usize,
    left_out: usize,
}

/// The list that an entry stands in: the same text in two lists is two entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum List {
    Rights(PropertyKind),
    Mortgages,
    Seizures,
    Prenotices,
    Objections,
}

impl Extract {
    /// An extract that a registry gives on a day.
    pub(crate) fn of_day(day: Date) -> Self {
        Self { spoken: Some(day), ..Self::default() }
    }

    /// An extract in the answer to a request, on a day that is not told: not before the day that our number of the request names.
    pub(crate) fn of_request(number: &str) -> Self {
        Self { spoken: day_of(number), ..Self::default() }
    }

    /// Adds what one answer holds.
    pub(crate) fn add(&mut self, answered: Answered) {
        for (kind, list) in [
            (PropertyKind::LandOwnership, answered.land_ownership),
            (PropertyKind::LandUse, answered.land_use),
            (PropertyKind::Building, answered.buildings),
            (PropertyKind::Sea, answered.sea),
            (PropertyKind::Structure, answered.structures),
            (PropertyKind::Forest, answered.forest),
            (PropertyKind::Farmland, answered.farmland),
        ] {
            let rights: Vec<Right> = self.entries(List::Rights(kind), list);
            let in_force = rights.into_iter().filter(|right| !has_ended(&right.state));
            self.rights.extend(in_force.map(|right| (kind, right)));
        }
        let mortgages: Vec<Mortgage> = self.entries(List::Mortgages, answered.mortgages);
        let spoken = self.spoken;
        let stands = |one: &Mortgage| !has_come(&one.cancelled, spoken) && !has_ended(&one.state);
        self.mortgages.extend(mortgages.into_iter().filter(stands));
        let seizures: Vec<Seizure> = self.entries(List::Seizures, answered.seizures);
        let stands = |one: &Seizure| !has_come(&one.lifted, spoken) && !has_ended(&one.state);
        self.seizures.extend(seizures.into_iter().filter(stands));
        let prenotices: Vec<Prenotice> = self.entries(List::Prenotices, answered.prenotices);
        let stands = |one: &Prenotice| !has_come(&one.cancelled, spoken) && !has_ended(&one.state);
        self.prenotices.extend(prenotices.into_iter().filter(stands));
        for list in [answered.objections, answered.other_objections] {
            let objections: Vec<Objection> = self.entries(List::Objections, list);
            let stands = |one: &Objection| !has_come(&one.cancelled, spoken) && !has_ended(&one.state);
            self.objections.extend(objections.into_iter().filter(stands));
        }
    }

    /// Reads each entry by itself; one bad entry never spoils the others. An entry that came before is left out.
    fn entries<T: serde::de::DeserializeOwned + Default + PartialEq>(
        &mut self,
        list: List,
        entries: Option<Vec<Box<RawValue>>>,
    ) -> Vec<T> {
        let entries = entries.unwrap_or_default();
        self.left_out += entries.len().saturating_sub(MOST_ENTRIES);
        let mut read = Vec::new();
        for entry in entries.into_iter().take(MOST_ENTRIES) {
            let entry = (list, Box::<str>::from(entry));
            // Without null where an object or list is expected, if it cannot be read with it.
            let known = serde_json::from_str(&entry.1).or_else(|_| json::read(entry.1.as_bytes())).ok();
            // One in which nothing is known says nothing, and nothing is made of it.
            let known = known.filter(|known| *known != T::default());
            match (self.seen.insert(entry), known) {
                (true, Some(known)) => read.push(known),
                (true, None) => self.unreadable += 1,
                (false, _) => {}
            }
        }
        read
    }

    /// The day on which the registry spoke or, over a postbox, was asked, where it is known.
    pub(super) const fn spoken(&self) -> Option<Date> {
        self.spoken
    }

    /// What is missing, in words for court staff.
    pub(super) fn missing(&self) -> Vec<String> {
        let (bad, over) = (self.unreadable, self.left_out);
        let unreadable = (bad > 0).then(|| format!("{bad}条登记信息无法识别 {bad} entries cannot be read"));
        let left_out =
            (over > 0).then(|| format!("另有{over}条登记信息未取 {over} more entries were left out"));
        unreadable.into_iter().chain(left_out).collect()
    }
}

/// The day in a request number of ours, `CK` and eight digits.
fn day_of(number: &str) -> Option<Date> {
    let day = number.trim().strip_prefix("CK")?.get(..8)?;
    read_date(day).ok().flatten().filter(|_| day.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the day of an end has come for sure. Zero days, far years and what cannot be read are no end: what stands is never hidden.
fn has_come(end: &Scalar, spoken: Option<Date>) -> bool {
    end.date().ok().flatten().is_some_and(|day| has_surely_come(day, spoken))
}

/// Whether a right is history; some registries send those as well.
fn has_ended(state: &Scalar) -> bool {
    matches!(right_state(&state.as_text()), Some("历史" | "终止"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(spoken: Option<Date>, end: &str) -> usize {
        let text = format!(
            "{{\"cfdjList\":[{{\"bdcdyh\":\"1\",\"jfdjsj\":{end}}}],\"dyaqList\":[{{\"zl\":\"a\",\"zxsj\":{end}}}],\
             \"ygdjList\":[{{\"zl\":\"b\",\"zxsj\":{end}}}],\"yyxxList\":[{{\"zl\":\"c\",\"zxsj\":{end}}}]}}"
        );
        let mut extract = Extract { spoken, ..Extract::default() };
        extract.add(serde_json::from_str(&text).expect("lists"));
        let counts = [
            extract.seizures.len(),
            extract.mortgages.len(),
            extract.prenotices.len(),
            extract.objections.len(),
        ];
        assert!(counts.iter().all(|count| *count == counts[0]), "{end}: {counts:?}");
        counts[0]
    }

    #[test]
    fn a_day_that_means_no_end_hides_no_burden() {
        let day = "2026-01-05".parse().ok();
        for none in [
            "null",
            "\"\"",
            "\"1900-01-01 00:00:00\"",
            "\"0001-01-01T00:00:00\"",
            "\"9999-12-31\"",
            "\"2099/12/31\"",
            "\"/\"",
            "\"无\"",
            "-2209017600000",
            // 1899-12-30, 1753-01-01 and 1000-01-01 at the midnight of Shanghai, as its clock was then; the first in seconds.
            "-2209190743000",
            "-6847833943000",
            "-30610253143000",
            "-2209190743",
            "\"1899-12-29T15:54:17.000Z\"",
            "\"1900/1/0 0:00:00\"",
            "\"12/30/1899 12:00:00 AM\"",
            "\"1911-01-01\"",
            "\"未解封\"",
            "\"2026-01-06\"",
        ] {
            assert_eq!(standing(day, none), 1, "{none}");
        }
        for ended in ["\"2026-01-05 09:00:00\"", "\"20240229\"", "1709164800000", "583686000000"] {
            assert_eq!(standing(day, ended), 0, "{ended}");
        }
    }

    #[test]
    fn without_a_day_of_speaking_only_an_end_long_past_is_believed() {
        for ahead in ["\"2050-01-01\"", "\"2031/7/15\"", "20441231", "\"2026-08-09\""] {
            assert_eq!(standing(None, ahead), 1, "{ahead}");
        }
        for past in ["\"2020-05-01 00:00:00\"", "\"20130617\"", "1709164800000"] {
            assert_eq!(standing(None, past), 0, "{past}");
        }
    }

    #[test]
    fn what_stands_in_place_of_a_list_or_an_entry_makes_no_property() {
        for empty in ["\"\"", "{}", "null", "[]"] {
            let text =
                format!("{{\"cfdjList\":{empty},\"fdcqList\":[{{\"bdcdyh\":\"1\",\"qlrxxList\":{empty}}}]}}");
            let mut extract = Extract::default();
            extract.add(serde_json::from_str(&text).expect(&text));
            assert_eq!(
                (extract.rights.len(), extract.seizures.len(), extract.unreadable),
                (1, 0, 0),
                "{empty}"
            );
        }
        let mut extract = Extract::default();
        extract
            .add(serde_json::from_str("{\"cfdjList\":[{}],\"dyaqList\":[{\"strange\":1}]}").expect("lists"));
        assert_eq!((extract.seizures.len(), extract.mortgages.len(), extract.unreadable), (0, 0, 2));
    }

    #[test]
    fn an_answer_is_not_older_than_the_day_in_its_request_number() {
        let day = |number: &str| Extract::of_request(number).spoken.map(|day| day.to_string());
        assert_eq!(day("CK20270311000000000042").as_deref(), Some("2027-03-11"));
        assert_eq!(day("CK20270311731904000000000007").as_deref(), Some("2027-03-11"));
        for foreign in
            ["", "CK", "CK2027031", "XX20270311000000000042", "CK20271311000000000042", "CK2027-3-11"]
        {
            assert_eq!(day(foreign), None, "{foreign}");
        }
        let spoken = Extract::of_request("CK20270311000000000042").spoken;
        assert_eq!((standing(spoken, "\"2027-03-10\""), standing(spoken, "\"2027-03-12\"")), (0, 1));
    }
}
