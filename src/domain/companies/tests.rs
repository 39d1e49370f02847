mod registers;

use std::collections::BTreeSet;

use chakong_contract::asset::{
    ChangeRecord, CompanyStatus, EquityFreeze, EquityFreezeState, MatchedBy, Shareholder,
};
use chakong_contract::{Asset, Company, EquityStake, Money};
use proptest::prelude::*;

use super::facts::{fold, json, percent_key};
use super::{FactSource, KnownCompany, Report, merge, stakes_of_parties};

const CODES: [&str; 2] = ["91000000MADEM00112", "91000000MADEM002XR"];
const ORG_CODES: [&str; 2] = ["MADEM0011", "MADEM002X"];

fn source(order: u32, counterpart: &str, second: i64) -> FactSource {
    FactSource {
        order: format!("CK20261124{order:012}").parse().expect("a request number"),
        counterpart: counterpart.to_owned(),
        party: "1".to_owned(),
        revision: 1,
        at: jiff::Timestamp::from_second(1_800_000_000 + second).expect("a time"),
        matched_by: MatchedBy::NameAndNumber,
    }
}

fn report(order: u32, counterpart: &str, company: Company) -> Report {
    let asset = Asset::Company(company);
    Report { source: source(order, counterpart, i64::from(order)), asset }
}

fn named(name: &str, code: Option<&str>) -> Company {
    let code = code.map(|code| code.parse().expect("a code"));
    Company { name: name.to_owned(), code, ..Company::default() }
}

fn holder(name: &str, percent: &str) -> Shareholder {
    Shareholder { name: name.to_owned(), percent: Some(percent.to_owned()), ..Shareholder::default() }
}

fn fields(company: &KnownCompany) -> Vec<&str> {
    company.contradictions.iter().map(|one| one.field.as_str()).collect()
}

#[test]
fn two_sources_of_one_company_are_one_company_with_its_contradictions() {
    let one = Company {
        status: Some(CompanyStatus::Active),
        status_text: "存续".to_owned(),
        registered_capital: Some(Money::yuan(10_000_000.into())),
        registered_capital_text: "1000万人民币".to_owned(),
        shareholders: vec![holder("乙某", "35"), holder("示例乙投资有限公司", "65")],
        ..named("示例甲（集团）有限公司", Some(CODES[0]))
    };
    let other = Company {
        status: Some(CompanyStatus::Deregistered),
        status_text: "注销".to_owned(),
        registered_capital: Some(Money { amount: 10_000_000.into(), currency: None }),
        registered_capital_text: "1000万".to_owned(),
        shareholders: vec![holder("乙 某", "35.00"), holder("丙某", "65")],
        former_names: vec!["示例甲商贸有限公司".to_owned()],
        ..named("示例甲(集团)有限公司", Some(CODES[0]))
    };
    let merged = merge(&[report(1, "tianyancha", one), report(2, "qichacha", other)]);
    let [company] = merged.as_slice() else { panic!("{merged:?}") };
    assert_eq!(company.sources[0].counterpart, "qichacha", "newest first");
    assert_eq!(company.names.len(), 1, "{:?}", company.names);
    assert_eq!(company.names[0].sources, [0, 1]);
    assert_eq!(company.registered_capital.len(), 2, "a currency that is not known stays so");
    assert_eq!(fields(company), ["statuses", "shareholders"]);
    let shares = company.shareholders.iter().find(|holder| fold(&holder.name) == "乙某").expect("乙某");
    assert_eq!((shares.percent.len(), shares.percent[0].sources.as_slice()), (1, &[0, 1][..]));
}

#[test]
fn a_report_without_a_number_is_of_the_only_company_of_its_name() {
    let reports = |second: &str| {
        [
            report(1, "a", named("示例甲有限公司", Some(CODES[0]))),
            report(2, "b", named(second, Some(CODES[1]))),
            report(3, "c", named("示例甲 有限公司", None)),
        ]
    };
    let sizes = |second: &str| {
        let mut sizes: Vec<usize> =
            merge(&reports(second)).iter().map(|company| company.sources.len()).collect();
        sizes.sort_unstable();
        sizes
    };
    assert_eq!(sizes("示例乙有限公司"), [1, 2]);
    assert_eq!(sizes("示例甲有限公司"), [1, 1, 1], "nobody knows which of the two");
}

#[test]
fn changes_and_freezes_are_each_once_and_names_have_their_history() {
    let change = |item: &str, before: &str| ChangeRecord {
        date: "2018-07-02".parse().ok(),
        item: item.to_owned(),
        before: before.to_owned(),
        after: "示例甲有限公司".to_owned(),
    };
    let freeze = |published: Option<&str>, ruling: &str, state| EquityFreeze {
        state,
        words: "股权冻结|冻结".to_owned(),
        matter: String::new(),
        debtor: "乙某".to_owned(),
        company: String::new(),
        court: "示例市示例区人民法院".to_owned(),
        notice: "（2023）示0101执100号".to_owned(),
        ruling: ruling.to_owned(),
        amount: None,
        amount_text: "350万股".to_owned(),
        published: published.map(|day| day.parse().expect("a day")),
        from: None,
        until: None,
    };
    let (stands, ended) = (EquityFreezeState::InForce, EquityFreezeState::Released);
    let one = Company {
        former_names: vec!["示例甲商贸有限公司".to_owned()],
        changes: vec![change("名称变更", "示例甲商贸有限公司"), change("经营期限", "2028-01-01")],
        freezes: vec![freeze(Some("2023-06-02"), "", stands)],
        ..named("示例甲有限公司", Some(CODES[0]))
    };
    let other = Company {
        changes: vec![
            change("企业名称变更（字号名称、集团名称等）", " 示例甲商贸有限公司"),
            change("期限变更（经营期限、营业期限、驻在期限等变更）", "2028-01-01"),
            change("", "2028-01-01"),
        ],
        freezes: vec![freeze(None, "（2023）示0101执100号之一", ended)],
        ..named("示例甲有限公司", Some(CODES[0]))
    };
    let merged = merge(&[report(1, "a", one), report(2, "b", other)]);
    let [company] = merged.as_slice() else { panic!("{merged:?}") };
    assert_eq!(company.changes.len(), 2, "{:#?}", company.changes);
    assert!(company.changes.iter().all(|change| change.sources == [0, 1] && change.items.len() == 2));
    assert_eq!(company.former_names[0].until, "2018-07-02".parse().ok());
    let [freeze] = company.freezes.as_slice() else { panic!("{:?}", company.freezes) };
    assert_eq!((freeze.sources.len(), freeze.rulings.len(), freeze.published.len()), (2, 1, 1));
    assert_eq!(fields(company), ["freezes/（2023）示0101执100号/states"]);
}

#[test]
fn a_stake_tells_of_one_shareholder_and_contradicts_no_list() {
    let stake = EquityStake {
        holder: "丙某".to_owned(),
        company: "示例甲有限公司".to_owned(),
        company_code: CODES[0].parse().ok(),
        percent: Some("5".to_owned()),
        ..EquityStake::default()
    };
    let company = Company {
        shareholders: vec![holder("乙某", "95"), holder("丙某", "4")],
        ..named("示例甲有限公司", Some(CODES[0]))
    };
    let stake = Report { source: source(2, "b", 2), asset: Asset::Equity(stake) };
    let merged = merge(&[report(1, "a", company), stake]);
    assert_eq!(merged.len(), 1);
    assert_eq!(fields(&merged[0]), ["shareholders/丙某/percent"]);
}

#[test]
fn a_party_among_the_shareholders_holds_a_stake_by_name_only() {
    let party: chakong_contract::Party = serde_json::from_value(serde_json::json!({
        "reference": "2", "kind": "organisation", "name": "示例乙（投资）有限公司", "role": "judgment_debtor",
        "documents": [{ "kind": "uscc", "number": CODES[1] }], "former_names": ["示例旧名有限公司"],
    }))
    .expect("a party");
    let company = Company {
        status: Some(CompanyStatus::Active),
        shareholders: vec![
            holder("示例乙(投资)有限公司", "65"),
            holder("丙某", "5"),
            holder("示例旧名有限公司", "30"),
        ],
        ..named("示例甲有限公司", Some(CODES[0]))
    };
    let found = stakes_of_parties(&Asset::Company(company), &[party]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].party, found[0].matched_by), (0, MatchedBy::NameOnly));
    assert_eq!(found[0].stake.percent.as_deref(), Some("65"));
    assert_eq!(found[0].stake.company_code, CODES[0].parse().ok());
}

prop_compose! {
    fn shareholder()(
        name in prop::sample::select(vec!["乙某", "乙 某", "丙某", "示例乙投资有限公司"]),
        percent in prop::option::of(prop::sample::select(vec!["35", "35.00", "65"])),
        paid in prop::option::of(0i64..3),
    ) -> Shareholder {
        Shareholder {
            name: name.to_owned(),
            percent: percent.map(str::to_owned),
            paid: paid.map(|yuan| Money::yuan(yuan.into())),
            ..Shareholder::default()
        }
    }
}

prop_compose! {
    fn change()(
        day in prop::option::of(1u8..=2),
        item in prop::sample::select(vec!["", "经营期限", "期限变更", "其他事项"]),
        before in prop::sample::select(vec!["", "甲", " 甲"]),
    ) -> ChangeRecord {
        let date = day.and_then(|day| format!("2018-07-{day:02}").parse().ok());
        ChangeRecord { date, item: item.to_owned(), before: before.to_owned(), after: "乙".to_owned() }
    }
}

prop_compose! {
    fn freeze()(
        notice in prop::sample::select(vec!["（2023）示0101执100号", "（2023）示0101执101号"]),
        day in prop::option::of(1u8..=2),
        state in prop::sample::select(vec![EquityFreezeState::InForce, EquityFreezeState::Lapsed, EquityFreezeState::Unknown]),
        ruling in prop::sample::select(vec!["", "（2023）示0101执100号之一"]),
    ) -> EquityFreeze {
        EquityFreeze {
            state,
            words: format!("{state:?}"),
            matter: String::new(),
            debtor: "乙某".to_owned(),
            company: String::new(),
            court: "示例市示例区人民法院".to_owned(),
            notice: notice.to_owned(),
            ruling: ruling.to_owned(),
            amount: None,
            amount_text: String::new(),
            published: day.and_then(|day| format!("2023-06-{day:02}").parse().ok()),
            from: None,
            until: None,
        }
    }
}

prop_compose! {
    fn company()(
        name in prop::sample::select(vec!["", "示例甲有限公司", "示例甲 有限公司", "示例乙有限公司"]),
        code in prop::option::of(0usize..2),
        org in prop::option::of(0usize..2),
        number in prop::sample::select(vec!["", "000000000000017", "000000000000025"]),
        status in prop::sample::select(vec![(None, ""), (None, "待定"), (Some(CompanyStatus::Active), "存续"), (Some(CompanyStatus::Revoked), "吊销")]),
        address in prop::sample::select(vec!["", "示例路1号", "示例路１号", "示例路2号"]),
        former_names in prop::collection::vec(prop::sample::select(vec!["旧名甲", "旧 名甲", "旧名乙"]), 0..3),
        shareholders in prop::collection::vec(shareholder(), 0..4),
        changes in prop::collection::vec(change(), 0..4),
        freezes in prop::collection::vec(freeze(), 0..4),
    ) -> Company {
        Company {
            org_code: org.and_then(|org| ORG_CODES[org].parse().ok()),
            registration_number: number.to_owned(),
            status: status.0,
            status_text: status.1.to_owned(),
            address: address.to_owned(),
            former_names: former_names.into_iter().map(str::to_owned).collect(),
            shareholders,
            changes,
            freezes,
            ..named(name, code.map(|code| CODES[code]))
        }
    }
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let asset = prop_oneof![
        4 => company().prop_map(Asset::Company),
        1 => (company(), shareholder()).prop_map(|(company, holder)| Asset::Equity(EquityStake {
            holder: holder.name,
            company: company.name,
            company_code: company.code,
            percent: holder.percent,
            paid: holder.paid,
            ..EquityStake::default()
        })),
    ];
    // One order reports several assets; several orders answer in the same instant.
    let report = (0u32..4, 0i64..2, asset)
        .prop_map(|(order, second, asset)| Report { source: source(order, "a", second), asset });
    prop::collection::vec(report, 0..9)
}

/// What a company's report states, as texts that must be found again with its source.
fn stated(company: &Company) -> Vec<String> {
    let mut stated = vec![
        fold(&company.name),
        company.code.as_ref().map(ToString::to_string).unwrap_or_default(),
        company.org_code.as_ref().map(ToString::to_string).unwrap_or_default(),
        company.registration_number.clone(),
        company.status_text.clone(),
        fold(&company.address),
    ];
    stated.extend(company.former_names.iter().map(|name| format!("former {}", fold(name))));
    for holder in &company.shareholders {
        let name = fold(&holder.name);
        stated.push(format!("holder {name}"));
        stated.extend(holder.percent.iter().map(|percent| format!("{name} {}%", percent_key(percent))));
        stated.extend(holder.paid.iter().map(|paid| format!("{name} paid {paid}")));
    }
    for change in &company.changes {
        stated.push(format!("{:?} {} {}", change.date, fold(&change.before), fold(&change.item)));
    }
    for freeze in &company.freezes {
        stated.push(format!("{} {}", freeze.notice, freeze.words));
        stated.extend(freeze.published.map(|day| format!("{} {day}", freeze.notice)));
        let ruling = Some(&freeze.ruling).filter(|ruling| !ruling.is_empty());
        stated.extend(ruling.map(|ruling| format!("{} by {ruling}", freeze.notice)));
    }
    stated.retain(|text| !text.is_empty());
    stated
}

/// What a merged company says in the words of one source.
fn told_by(company: &KnownCompany, source: u32) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    let has = |sources: &[u32]| sources.contains(&source);
    for facts in [&company.names, &company.registration_numbers, &company.addresses] {
        told.extend(facts.iter().filter(|fact| has(&fact.sources)).map(|fact| fold(&fact.value)));
    }
    told.extend(company.codes.iter().filter(|fact| has(&fact.sources)).map(|fact| fact.value.to_string()));
    told.extend(
        company.org_codes.iter().filter(|fact| has(&fact.sources)).map(|fact| fact.value.to_string()),
    );
    let statuses = company.statuses.iter().filter(|fact| has(&fact.sources));
    told.extend(statuses.map(|fact| fact.value.words.clone()));
    let former = company.former_names.iter().filter(|former| has(&former.name.sources));
    told.extend(former.map(|former| format!("former {}", fold(&former.name.value))));
    for holder in company.shareholders.iter().filter(|holder| has(&holder.sources)) {
        let name = fold(&holder.name);
        told.insert(format!("holder {name}"));
        let percents = holder.percent.iter().filter(|fact| has(&fact.sources));
        told.extend(percents.map(|fact| format!("{name} {}%", percent_key(&fact.value))));
        let paid = holder.paid.iter().filter(|fact| has(&fact.sources));
        told.extend(paid.map(|fact| format!("{name} paid {}", fact.value)));
    }
    for change in company.changes.iter().filter(|change| has(&change.sources)) {
        let event = format!("{:?} {}", change.date, fold(&change.before));
        told.insert(format!("{event} "));
        let items = change.items.iter().filter(|item| has(&item.sources));
        told.extend(items.map(|item| format!("{event} {}", fold(&item.value))));
    }
    for freeze in company.freezes.iter().filter(|freeze| has(&freeze.sources)) {
        let notice = freeze.notices.first().map(|notice| notice.value.clone()).unwrap_or_default();
        let states = freeze.states.iter().filter(|fact| has(&fact.sources));
        told.extend(states.map(|fact| format!("{notice} {}", fact.value.words)));
        let days = freeze.published.iter().filter(|fact| has(&fact.sources));
        told.extend(days.map(|fact| format!("{notice} {}", fact.value)));
        let rulings = freeze.rulings.iter().filter(|fact| has(&fact.sources));
        told.extend(rulings.map(|fact| format!("{notice} by {}", fact.value)));
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn merging_is_independent_of_the_order_of_sources(
        (reports, shuffled) in reports().prop_flat_map(|reports| (Just(reports.clone()), Just(reports).prop_shuffle())),
    ) {
        prop_assert_eq!(json(&merge(&reports)), json(&merge(&shuffled)));
    }

    #[test]
    fn no_fact_is_lost_and_each_has_its_source(reports in reports()) {
        let merged = merge(&reports);
        for report in &reports {
            let told: Vec<BTreeSet<String>> = merged.iter().filter_map(|company| {
                let place = company.sources.iter().position(|source| *source == report.source)?;
                Some(told_by(company, u32::try_from(place).ok()?))
            }).collect();
            let wanted = match &report.asset {
                Asset::Company(company) => stated(company),
                Asset::Equity(stake) => stated(&super::company_of(stake)),
                _ => Vec::new(),
            };
            let kept = |told: &BTreeSet<String>| wanted.iter().all(|text| told.contains(text));
            prop_assert!(told.iter().any(kept), "{:?} is not in {:#?}", wanted, told);
        }
    }

    #[test]
    fn a_report_given_twice_is_given_once(reports in reports()) {
        let twice: Vec<Report> = reports.iter().chain(&reports).cloned().collect();
        prop_assert_eq!(json(&merge(&reports)), json(&merge(&twice)));
    }
}
