use proptest::prelude::*;

use super::*;

fn parts(text: &str) -> (String, u16, String, String, String) {
    let number: CaseNumber = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let own = |part: &str| part.to_owned();
    (
        own(number.as_str()),
        number.year(),
        own(number.court_code()),
        own(number.type_code()),
        own(number.number()),
    )
}

fn want(
    canonical: &str,
    year: u16,
    court: &str,
    kind: &str,
    number: &str,
) -> (String, u16, String, String, String) {
    (canonical.to_owned(), year, court.to_owned(), kind.to_owned(), number.to_owned())
}

#[test]
fn brings_every_spelling_to_one_form() {
    let expected = want("（2024）湘0702执877号", 2024, "湘0702", "执", "877");
    for text in [
        "（2024）湘0702执877号",
        "(2024)湘0702执877号",
        "〔2024〕 湘 0702 执 877 号",
        "［2024］湘0702执877号",
        "[2024]湘0702执0877",
        "【2024】湘0702执877号",
        "﹝2024﹞湘0702执877号",
        "〖2024〗湘0702执877号",
        "（２０２４）湘０７０２执８７７号",
        "2024湘0702执877号",
        "２０２４湘０７０２执８７７",
        "（2024]湘0702执877號",
        "（2024）湘0702执第877号",
    ] {
        assert_eq!(parts(text), expected, "{text}");
    }
}

#[test]
fn a_mark_of_a_document_is_no_part_of_the_case() {
    let expected = want("（2025）川0191执恢36号", 2025, "川0191", "执恢", "36");
    for text in [
        "（2025）川0191执恢36号之一",
        "（2025）川0191执恢36号之十二",
        "(2025)川0191执恢36号之2",
        "（2025）川0191执恢36之一号",
        "（2025）川0191执恢36-1号",
        "2025川0191执恢36号-3",
        "（2025）川0191执恢36－1号",
    ] {
        assert_eq!(parts(text), expected, "{text}");
    }
}

#[test]
fn reads_the_form_before_2016_with_court_and_type() {
    let cases = [
        ("(2009)宁执字第00045号", "（2009）宁执字第45号", "宁", "执", "45"),
        ("（2015）深福法执字第12-1号", "（2015）深福法执字第12-1号", "深福法", "执", "12-1"),
        ("（2013）穗天法执恢字第8—2号", "（2013）穗天法执恢字第8-2号", "穗天法", "执恢", "8-2"),
        ("[2012]朝民初字第0300号", "（2012）朝民初字第300号", "朝", "民初", "300"),
        ("（2014）新民执字第7号之一", "（2014）新民执字第7号", "新民", "执", "7"),
        ("2011温鹿商初字第1号", "（2011）温鹿商初字第1号", "温鹿", "商初", "1"),
    ];
    for (text, canonical, court, kind, number) in cases {
        let year = canonical[3..7].parse().expect("a year");
        assert_eq!(parts(text), want(canonical, year, court, kind, number), "{text}");
    }
}

#[test]
fn reads_high_special_and_supreme_courts() {
    let cases = [
        ("（2020）最高法执监205号", "最高法", "执监", "205"),
        ("（2022）最高法知民终9号", "最高法", "民终", "9"),
        ("（2021）沪73知民初18号", "沪73", "民初", "18"),
        ("（2019）鲁执复66号", "鲁", "执复", "66"),
        ("（2026）豫0191财保4号", "豫0191", "财保", "4"),
        ("（2023）兵0103执保31号", "兵0103", "执保", "31"),
    ];
    for (text, court, kind, number) in cases {
        let year = text[3..7].parse().expect("a year");
        assert_eq!(parts(text), want(text, year, court, kind, number), "{text}");
    }
}

#[test]
fn document_numbers_keep_what_follows_the_case() {
    for (text, want) in [
        ("(2023)示0101执100号之一", "（2023）示0101执100号之一"),
        ("2023示0101执100号之一", "（2023）示0101执100号之一"),
        ("【2024】湘0702执877-2号", "（2024）湘0702执877-2号"),
        ("（2017）京02民初702、703号", "（2017）京02民初702、703号"),
        ("(2017)京02民初702、703号", "（2017）京02民初702、703号"),
        ("(2023)示0101执00100号", "（2023）示0101执100号"),
        ("市监协〔2023〕5", "市监协（2023）5"),
        ("市监协﹝2023﹞5号", "市监协（2023）5号"),
        ("  ", ""),
    ] {
        assert_eq!(CaseNumber::canonical(text), want, "{text}");
        assert_eq!(CaseNumber::canonical(want), want, "once is enough");
    }
}

#[test]
fn refuses_what_is_not_a_case_number() {
    for bad in [
        "",
        "（23）晋10执1号",
        "（2023）10执1号",
        "（2023）晋10执号",
        "（2023晋10执1号",
        "2023）晋10执1号",
        "123晋10执1号",
        "20231晋10执1号",
        "（2023）晋10执1号之甲",
        "（2023）晋10执1号之",
        "（2023）晋10执1号民事裁定",
        "（2023）晋10执5执5号",
        "（2023）晋1000001执5号",
        "（2023）执号之一",
        "号",
        "之一",
        "-1",
    ] {
        assert!(bad.parse::<CaseNumber>().is_err(), "{bad}");
    }
}

/// Every way to type one number: brackets, width, padding, blanks, mark.
fn spelling() -> impl Strategy<Value = (String, String)> {
    let brackets =
        prop::sample::select(vec!["()", "（）", "〔〕", "[]", "［］", "【】", "﹝﹞", "〖〗", "{}", ""]);
    let court = prop::sample::select(vec!["京0105", "冀02", "最高法", "渝", "藏0102"]);
    let kind = prop::sample::select(vec!["执", "执恢", "执保", "民初", "行审"]);
    let mark = prop::sample::select(vec!["号", "", "号之一", "号之二十", "-7号", "之三号"]);
    (brackets, 1990u16..2100, court, kind, 1u32..999_999, mark, any::<bool>(), 0usize..4).prop_map(
        |(brackets, year, court, kind, number, mark, wide, zeros)| {
            let (open, close) = brackets.split_at(brackets.len() / 2);
            let blank = if zeros == 3 { " " } else { "" };
            let typed = format!("{open}{year}{close}{blank}{court}{kind}{}{number}{mark}", "0".repeat(zeros));
            let widen = |c: char| match c {
                '0'..='9' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
                other => other,
            };
            let typed = if wide { typed.chars().map(widen).collect() } else { typed };
            (typed, format!("（{year}）{court}{kind}{number}号"))
        },
    )
}

proptest! {
    #[test]
    fn each_spelling_gives_the_canonical_form_which_reads_as_itself((typed, canonical) in spelling()) {
        let number: CaseNumber = typed.parse().map_err(|error| TestCaseError::fail(format!("{typed}: {error}")))?;
        prop_assert_eq!(number.as_str(), canonical.as_str());
        let again: CaseNumber = number.as_str().parse().expect("canonical");
        prop_assert_eq!(again, number);
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_reads_as_itself(text in "[（(【]?[0-9０-９]{0,5}[）)】]?[一-龥字第之号0-9A-z\\- ]{0,20}") {
        if let Ok(number) = text.parse::<CaseNumber>() {
            let joined = format!("{}{}", number.court_code(), number.number());
            prop_assert!(joined.chars().count() < number.as_str().chars().count());
            prop_assert!(!number.type_code().is_empty());
            let again: CaseNumber = number.as_str().parse().expect("canonical");
            prop_assert_eq!(again, number);
        }
        let document = CaseNumber::canonical(&text);
        prop_assert_eq!(CaseNumber::canonical(&document), document);
    }
}
