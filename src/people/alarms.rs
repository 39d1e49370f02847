//! What stands out in the looks of a day, for the auditor (法释〔2017〕10号: fifty records of property are a crime when they are sold).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::people::{Look, LookRules, Person};

/// Looks at the same thing in a day, each a while after the one before, of which the auditor is told.
const AGAIN_AND_AGAIN: u64 = 5;

/// What stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// Very many records 大量查看.
    Mass,
    /// The same thing again and again 反复查看.
    Repeated,
    /// The same person again and again, in different cases or looked for by name or number 反复查看同一人.
    RepeatedPerson,
    /// Out of working hours 非工作时间.
    OutOfHours,
    /// Lists that belong to no case, by somebody whose role is not of the case 无案查看.
    NoCase,
}

impl AlarmKind {
    /// The word used in lists and in exports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mass => "mass",
            Self::Repeated => "repeated",
            Self::RepeatedPerson => "repeated_person",
            Self::OutOfHours => "out_of_hours",
            Self::NoCase => "no_case",
        }
    }
}

/// Something that stands out in the looks of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alarm {
    /// What it is.
    pub kind: AlarmKind,
    /// Staff number 工号 of the person.
    pub actor: String,
    /// How many: records for `mass` (each different thing once, a list of no case with its rows), cases and searches for
    /// `repeated_person`, looks for the others.
    pub count: u64,
    /// The case; empty where it is about several or none.
    pub case_number: String,
    /// When the first of these looks was.
    pub first_at: Timestamp,
    /// When the last was.
    pub last_at: Timestamp,
}

/// Some looks of one person together.
#[derive(Default)]
struct Together<'a> {
    count: u64,
    /// How many records each different thing showed, by kind and name.
    things: BTreeMap<(&'a str, &'a str), u64>,
    cases: BTreeSet<&'a str>,
    /// Looks of no case.
    searches: u64,
    times: Option<(Timestamp, Timestamp)>,
}

impl<'a> Together<'a> {
    fn add(&mut self, look: &'a Look) {
        self.count += 1;
        let most = self.things.entry((look.kind.word(), &look.subject)).or_default();
        *most = look.shown.max(*most);
        self.cases.insert(&look.case_number);
        self.searches += u64::from(look.case_number.is_empty());
        let (first, last) = self.times.unwrap_or((look.at, look.at));
        self.times = Some((first.min(look.at), last.max(look.at)));
    }

    fn alarm(&self, kind: AlarmKind, actor: &str) -> Option<Alarm> {
        let (first_at, last_at) = self.times?;
        let case_number = match self.cases.first() {
            Some(only) if self.cases.len() == 1 => (*only).to_owned(),
            _ => String::new(),
        };
        let records = self.things.values().fold(0_u64, |all, shown| all.saturating_add(*shown));
        let count = match kind {
            AlarmKind::Mass => records,
            // A case is worked on all day: it counts once, and each search by itself.
            AlarmKind::RepeatedPerson => {
                let cases = self.cases.iter().filter(|case| !case.is_empty()).count();
                self.searches.saturating_add(u64::try_from(cases).unwrap_or(u64::MAX))
            }
            _ => self.count,
        };
        Some(Alarm { kind, actor: actor.to_owned(), count, case_number, first_at, last_at })
    }
}

/// What stands out in the looks of a day, the worst kind and the highest count first. Systems read much by their nature, and keep a
/// record themselves: of those who looked only persons count.
pub fn alarms_of(looks: &[Look], persons: &[Person], rules: &LookRules) -> Vec<Alarm> {
    let persons: BTreeMap<&str, &Person> =
        persons.iter().map(|person| (person.number.as_str(), person)).collect();
    let mut groups: BTreeMap<(AlarmKind, &str, (&str, &str)), Together<'_>> = BTreeMap::new();
    for look in looks {
        let Some(person) = persons.get(look.actor.as_str()) else { continue };
        let is_of_the_case = person.roles.iter().any(|role| role.is_of_the_case());
        let mut add = |kind, about| groups.entry((kind, look.actor.as_str(), about)).or_default().add(look);
        add(AlarmKind::Mass, ("", ""));
        if look.out_of_hours {
            add(AlarmKind::OutOfHours, ("", ""));
        }
        if look.case_number.is_empty() {
            if !is_of_the_case {
                add(AlarmKind::NoCase, ("", ""));
            }
        } else {
            add(AlarmKind::Repeated, (look.kind.word(), look.subject.as_str()));
        }
        for person in &look.about {
            add(AlarmKind::RepeatedPerson, ("", person.as_str()));
        }
    }
    let stands_out = |alarm: &Alarm| match alarm.kind {
        AlarmKind::Mass => alarm.count >= rules.alarm_at,
        AlarmKind::Repeated | AlarmKind::RepeatedPerson => alarm.count >= AGAIN_AND_AGAIN,
        AlarmKind::OutOfHours | AlarmKind::NoCase => true,
    };
    let all = groups.iter().filter_map(|((kind, actor, _), together)| together.alarm(*kind, actor));
    let mut alarms: Vec<Alarm> = all.filter(stands_out).collect();
    alarms.sort_by(|one, other| {
        (one.kind, other.count, &one.actor).cmp(&(other.kind, one.count, &other.actor))
    });
    alarms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PersonId;
    use crate::domain::people::{Courts, LookKind, Role};

    const CASE: &str = "（2026）测01执1号";

    fn person(number: &str, role: Role) -> Person {
        let person = serde_json::json!({
            "id": PersonId(uuid::Uuid::new_v4()), "name": "张测试", "number": number, "courts": Courts::All,
            "roles": [role], "created": "2026-01-05T01:00:00Z",
        });
        serde_json::from_value(person).expect("a person")
    }

    fn look(minute: i64, actor: &str, subject: &str, case_number: &str, out_of_hours: bool) -> Look {
        Look {
            at: Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute),
            actor: actor.to_owned(),
            kind: LookKind::Assets,
            subject: subject.to_owned(),
            case_number: case_number.to_owned(),
            court: "T10".to_owned(),
            reason: String::new(),
            out_of_hours,
            shown: 1,
            courts: Vec::new(),
            about: Vec::new(),
        }
    }

    fn told(looks: &[Look]) -> Vec<(AlarmKind, String, u64, String)> {
        let persons = [person("gh001", Role::Officer), person("gh002", Role::Auditor)];
        let rules = LookRules { alarm_at: 3, ..LookRules::default() };
        let told = alarms_of(looks, &persons, &rules).into_iter();
        told.map(|alarm| (alarm.kind, alarm.actor, alarm.count, alarm.case_number)).collect()
    }

    #[test]
    fn what_is_ordinary_stands_out_nowhere() {
        let looks: Vec<Look> = (0..4).map(|at| look(at * 11, "gh001", "a", CASE, false)).collect();
        assert_eq!(told(&looks), []);
        let of_a_system: Vec<Look> =
            (0..99).map(|at| look(at, "case-system", &at.to_string(), CASE, true)).collect();
        assert_eq!(told(&of_a_system), []);
        let lists_of_an_officer: Vec<Look> = (0..4).map(|at| look(at, "gh001", "list", "", false)).collect();
        assert_eq!(told(&lists_of_an_officer), []);
    }

    #[test]
    fn many_things_the_same_thing_again_odd_hours_and_lists_of_no_case_stand_out() {
        let mut looks = vec![
            look(1, "gh001", "a", CASE, false),
            look(2, "gh001", "b", CASE, false),
            look(3, "gh001", "c", "（2026）测01执2号", false),
        ];
        assert_eq!(told(&looks), [(AlarmKind::Mass, "gh001".to_owned(), 3, String::new())]);
        looks.extend((0..4).map(|at| look(20 + at * 11, "gh001", "a", CASE, false)));
        looks.push(look(600, "gh002", "list", "", true));
        let expected = [
            (AlarmKind::Mass, "gh001".to_owned(), 3, String::new()),
            (AlarmKind::Repeated, "gh001".to_owned(), 5, CASE.to_owned()),
            (AlarmKind::OutOfHours, "gh002".to_owned(), 1, String::new()),
            (AlarmKind::NoCase, "gh002".to_owned(), 1, String::new()),
        ];
        assert_eq!(told(&looks), expected);
    }

    #[test]
    fn one_person_in_many_cases_and_searches_stands_out_and_a_days_work_on_a_case_does_not() {
        let of = |minute: i64, subject: &str, case: &str, person: &str| Look {
            about: vec![person.to_owned(), format!("other {subject}")],
            ..look(minute, "gh001", subject, case, false)
        };
        let persons = [person("gh001", Role::Officer)];
        let rules = LookRules { alarm_at: 1000, ..LookRules::default() };
        let of_a_day: Vec<Look> = (0..40).map(|at| of(at, &at.to_string(), CASE, "a person")).collect();
        assert_eq!(alarms_of(&of_a_day, &persons, &rules), []);
        let mut looks: Vec<Look> =
            (0..2).map(|at| of(at, "c", &format!("（2026）测01执{at}号"), "a person")).collect();
        looks.extend((0..2).map(|at| of(at, "a search", "", "a person")));
        assert_eq!(alarms_of(&looks, &persons, &rules), [], "four times");
        looks.push(of(9, "another search", "", "a person"));
        let told = alarms_of(&looks, &persons, &rules);
        assert_eq!(
            told.iter().map(|one| (one.kind, one.count)).collect::<Vec<_>>(),
            [(AlarmKind::RepeatedPerson, 5)]
        );
    }

    #[test]
    fn a_page_of_measures_counts_with_its_rows_and_a_case_is_not_the_measure_of_the_same_number() {
        let page = Look { shown: 3, kind: LookKind::Measures, ..look(1, "gh001", "list 1", "", false) };
        assert_eq!(
            told(std::slice::from_ref(&page)),
            [(AlarmKind::Mass, "gh001".to_owned(), 3, String::new())]
        );
        let again = Look { shown: 2, at: Timestamp::UNIX_EPOCH, ..page };
        assert_eq!(told(std::slice::from_ref(&again)), []);
        let seven = |kind| Look { kind, ..look(2, "gh001", "7", CASE, false) };
        let both = [seven(LookKind::Case), seven(LookKind::Measures), seven(LookKind::Case)];
        assert_eq!(told(&both), []);
        assert_eq!(told(&[again, both[0].clone()])[0].2, 3);
        assert_eq!(told(&[both.to_vec(), vec![seven(LookKind::Answer)]].concat())[0].2, 3);
    }

    #[test]
    fn a_case_and_its_assets_are_two_things_though_they_have_one_name() {
        let of_a_kind =
            |kind| (0..3).map(move |at| Look { kind, ..look(at * 11, "gh001", "a", CASE, false) });
        let looks: Vec<Look> = of_a_kind(LookKind::Case).chain(of_a_kind(LookKind::Assets)).collect();
        assert_eq!(told(&looks), []);
    }
}
