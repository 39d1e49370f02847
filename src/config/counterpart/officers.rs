use std::collections::BTreeSet;

use chakong_contract::Date;
use chakong_contract::Plugin;
use chakong_contract::order::{CaseHead, Officer};

use super::super::reader::Section;

/// Most officers that a counterpart may ask for.
const MOST_REQUIRED: u32 = 10;

/// The officers that a counterpart asks for: how many (双人双证 are two), and whom it has on file, `[[officers]]`. Without any on
/// file, it asks for no registration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Officers {
    required: u32,
    on_file: Vec<Registered>,
}

/// An officer on file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Registered {
    work_certificate: String,
    enforcement_certificate: String,
    from: Option<Date>,
    until: Option<Date>,
}

impl Officers {
    /// Why an order of this case may not go there, Chinese first: it names fewer officers than the counterpart asks for, or one of
    /// them is not on file, or no longer. The counterpart compares certificates, so these are compared here.
    pub fn unknown(&self, case: &CaseHead, on: Date) -> Option<String> {
        let certificates = |officer: &Officer| {
            (officer.work_certificate.trim().to_owned(), officer.enforcement_certificate.trim().to_owned())
        };
        let named = match case.officers.len() {
            // One is never the same as another.
            few @ 0..=1 => few,
            _ if self.required <= 1 => 1,
            _ => case.officers.iter().map(certificates).collect::<BTreeSet<_>>().len(),
        };
        if named < usize::try_from(self.required).unwrap_or(usize::MAX) {
            return Some(format!(
                "该单位要求{}名承办人（双人双证），本案载明{named}名 the counterpart asks for {} officers with both certificates, and the case names {named}",
                self.required, self.required,
            ));
        }
        if self.on_file.is_empty() {
            return None;
        }
        case.officers.iter().zip(1..).find_map(|(officer, place)| {
            let known: Vec<&Registered> = self.on_file.iter().filter(|registered| registered.is(officer)).collect();
            let valid = known.iter().any(|registered| registered.is_valid(on));
            match (known.is_empty(), valid) {
                (_, true) => None,
                (true, _) => Some(format!(
                    "第{place}位承办人未在该单位备案 officer {place} of the case is not on file at this counterpart"
                )),
                (false, _) => Some(format!(
                    "第{place}位承办人备案不在有效期 the registration of officer {place} of the case is not valid today"
                )),
            }
        })
    }
}

impl Registered {
    fn is(&self, officer: &Officer) -> bool {
        self.work_certificate == officer.work_certificate
            && self.enforcement_certificate == officer.enforcement_certificate
    }

    fn is_valid(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until)
    }
}

/// Reads the officers of a file. Whoever asks for no documents has no officers on file either.
pub(super) fn read_officers(root: &mut Section<'_>, plugin: Option<&Plugin>) -> Officers {
    let asks = |plugin: &Plugin| plugin.manifest.capabilities.iter().any(|able| !able.documents.is_empty());
    if !plugin.is_none_or(asks) {
        return Officers::default();
    }
    let required = root.value::<u32>("officers_required").unwrap_or(1);
    if !(1..=MOST_REQUIRED).contains(&required) {
        root.problem("officers_required", format!("must lie between 1 and {MOST_REQUIRED}"));
    }
    let on_file = root.sections("officers", read_officer).into_iter().flatten().collect();
    Officers { required, on_file }
}

fn read_officer(section: &mut Section<'_>) -> Option<Registered> {
    // The name is for whoever reads the file.
    let _ = section.text("name");
    let work = section.required("work_certificate", "number of the work certificate 工作证编号");
    let enforcement =
        section.required("enforcement_certificate", "number of the enforcement certificate 执行公务证编号");
    let (from, until) = (section.value::<Date>("from"), section.value::<Date>("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        section.problem("until", "lies before `from`");
    }
    Some(Registered { work_certificate: work?, enforcement_certificate: enforcement?, from, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(work: &str) -> CaseHead {
        let officer = Officer {
            name: "李测试".parse().expect("a name"),
            work_certificate: work.into(),
            enforcement_certificate: "测执1".into(),
            phone: String::new(),
            work_image: None,
            enforcement_image: None,
        };
        CaseHead {
            number: "（2026）测0101执1号".parse().expect("a case number"),
            continues: None,
            filed_on: None,
            court_name: "测试法院".into(),
            court_code: String::new(),
            officers: vec![officer],
        }
    }

    #[test]
    fn who_is_on_file_may_ask_while_the_registration_is_valid() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let registered = Registered {
            work_certificate: "测法1".into(),
            enforcement_certificate: "测执1".into(),
            from: Some(day("2026-01-01")),
            until: Some(day("2026-12-31")),
        };
        let officers = Officers { required: 1, on_file: vec![registered] };
        assert_eq!(officers.unknown(&case("测法1"), day("2026-12-31")), None);
        assert!(
            officers.unknown(&case("测法1"), day("2027-01-01")).is_some_and(|why| why.contains("有效期"))
        );
        assert!(officers.unknown(&case("测法2"), day("2026-06-01")).is_some_and(|why| why.contains("未在")));
        assert_eq!(Officers::default().unknown(&case("测法2"), day("2026-06-01")), None);
    }
    #[test]
    fn a_counterpart_that_asks_for_two_officers_takes_no_case_with_one() {
        let day = "2026-06-01".parse::<Date>().expect("a date");
        let officers = Officers { required: 2, on_file: Vec::new() };
        let one = case("测法1");
        assert!(officers.unknown(&one, day).is_some_and(|why| why.contains("双人双证")));
        let twice =
            CaseHead { officers: [one.officers.clone(), one.officers.clone()].concat(), ..one.clone() };
        assert!(officers.unknown(&twice, day).is_some(), "the same one named twice is one");
        let two = CaseHead { officers: [one.officers, case("测法2").officers].concat(), ..twice };
        assert_eq!(officers.unknown(&two, day), None);
    }
}
