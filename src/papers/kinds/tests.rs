use std::collections::BTreeMap;

use chakong_contract::asset::Shareholder;
use chakong_contract::{ActionKind, Asset, Company, Fault, FaultKind};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::html::page;
use super::super::record::{Found, Search};
use super::*;
use crate::domain::{
    CaseId, Chain, ChainId, ChainParty, Inquiry, InquiryId, InquiryState, LineRow, Measure, MeasureState,
    NotAsked, OrderId, OrderState, Outcome, Terms,
};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_772_413_200 + 3600 * hours).expect("an instant")
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("readable")
}

fn line(id: i64, lane: &str, state: OrderState, answer: Option<&str>) -> LineRow {
    LineRow {
        id: OrderId::new(id),
        root: OrderId::new(id),
        lane: lane.to_owned(),
        party: 0,
        action: ActionKind::Query,
        state,
        created: at(0),
        sent: (state != OrderState::Queued).then(|| at(1)),
        fault: (state == OrderState::Failed)
            .then(|| Fault::new(FaultKind::Unsupported, "send", "invented fault")),
        outcome: answer.map(|word| Outcome {
            number: 1,
            word: word.to_owned(),
            words: if word == "refused" { "证件不符".to_owned() } else { String::new() },
            assets: 1,
            cash: true,
            at: at(3),
            cached_from: None,
        }),
        stands_in: None,
    }
}

fn measure(id: i64, state: MeasureState, held: u32) -> Measure {
    read(json!({
        "id": id.to_string(), "chain": "1", "inquiry": "1", "party": 0, "document": 0, "debtor": "1", "counterpart": "bank-a",
        "institution": "E999H110000000001",
        "target": { "kind": "account", "number": format!("62009988776655{id:02}"), "branch": "测试支行" },
        "state": state.word(), "exemption": { "level": "free" }, "available": "0", "limit": held.to_string(),
        "held": held.to_string(), "from": "2026-03-05", "until": "2026-03-20", "rank": null, "order": "1",
    }))
}

/// A case of an invented person with so many orders, and what came of them.
pub(in crate::papers) fn record(lines: Vec<LineRow>, measures: Vec<Measure>) -> CaseRecord {
    let terms: Terms = read(json!({
        "case": { "number": "（2026）晋10执7号", "court_name": "临汾市测试中级人民法院", "court_code": "T10", "filed_on": "2026-03-01",
            "officers": [{ "name": "承办人甲", "work_certificate": "W1", "enforcement_certificate": "E1" }] },
        "purpose": "enforcement",
        "parties": [{ "reference": "party-1", "kind": "person", "name": "测试甲", "role": "judgment_debtor",
            "documents": [{ "kind": "resident_id", "number": "110101190001010014" }] }],
    }));
    let case = crate::domain::Case {
        id: CaseId::new(1),
        chain: ChainId::new(1),
        number: terms.case.number.clone(),
        court_name: terms.case.court_name.clone(),
        court_code: "T10".to_owned(),
        continues: None,
        created: at(0),
    };
    let party: ChainParty = read(json!({
        "id": "1", "chain": "1", "reference": "party-1", "kind": "person", "name": "测试甲", "role": "judgment_debtor",
        "documents": [{ "kind": "resident_id", "number": "110101190001010014" }],
    }));
    let claim = read(json!({
        "amount": "1000", "state": "open", "mode": "auto", "prefer": "largest_first", "other_property": "propose",
        "uncovered": "release", "term_days": null,
    }));
    let account = json!({ "outcome": "found", "assets": [{ "matched_by": "number", "asset": {
        "kind": "account", "institution": "测试银行", "institution_code": "B1", "number": "6200998877665501",
        "class": "个人结算账户", "status": "正常", "branch": "测试支行", "branch_code": "", "currency": "CNY",
        "balance": { "amount": "1234567.8", "currency": "CNY" }, "available": { "amount": "600", "currency": "CNY" },
        "opened": null, "closed": null,
        "encumbrances": [{ "kind": "freeze", "holder": "另一测试法院", "amount": null, "from": null, "until": "2026-12-31" }],
    } }] });
    let found =
        Found { at: at(3), reply: read(account), receipts: vec![("回执.pdf".to_owned(), "ab".repeat(32))] };
    let has = |line: &&LineRow| line.outcome.as_ref().is_some_and(|outcome| outcome.word == "found");
    let search = Search {
        inquiry: Inquiry {
            id: InquiryId::new(1),
            uid: uuid::Uuid::nil(),
            chain: ChainId::new(1),
            case: CaseId::new(1),
            case_number: "（2026）晋10执7号".to_owned(),
            court: String::new(),
            submitted_by: "case-system".to_owned(),
            state: InquiryState::Completed,
            created: at(0),
            deadline: at(24),
            open_orders: 0,
            completions: 1,
            mandate: None,
        },
        found: lines.iter().filter(has).map(|line| (line.root, found.clone())).collect(),
        lines,
        not_asked: vec![NotAsked {
            counterpart: "registry".to_owned(),
            party: "party-1".to_owned(),
            reason: "登记机构未接入".to_owned(),
        }],
        certificate: Some((2, at(30), "cd".repeat(32))),
        terms: Terms { debtors: vec![PartyId::new(1)], ..terms }.into(),
    };
    CaseRecord {
        chain: Chain { id: ChainId::new(1), created: at(0), claim: Some(claim), has_ledger: true },
        case,
        parties: vec![party],
        measures,
        searches: vec![search],
        is_cut: false,
    }
}

pub(in crate::papers) fn all_answers() -> Vec<LineRow> {
    vec![
        line(1, "bank-a", OrderState::Answered, Some("found")),
        line(2, "bank-b", OrderState::Overdue, None),
        line(3, "bank-c", OrderState::Refused, Some("refused")),
        line(4, "bank-d", OrderState::Failed, None),
        line(5, "bank-e", OrderState::Answered, Some("nothing")),
    ]
}

/// So many banks that answered with nothing.
pub(in crate::papers) fn many_answers(count: i64) -> Vec<LineRow> {
    (1..=count).map(|id| line(id, &format!("bank-{id}"), OrderState::Answered, Some("nothing"))).collect()
}

pub(in crate::papers) fn printed(record: &CaseRecord, kind: PrintKind, about: About) -> Option<Document> {
    let names = BTreeMap::from([
        ("bank-a".to_owned(), "测试甲银行".to_owned()),
        ("bank-b".to_owned(), "测试乙银行".to_owned()),
    ]);
    let issue = Issue {
        number: "DY20260303000001000000000007".to_owned(),
        at: at(30),
        by: "officer".to_owned(),
        names: &names,
    };
    document(&Printable { kind, about }, record, &issue)
}

pub(in crate::papers) fn summary(record: &CaseRecord) -> Document {
    printed(record, PrintKind::SearchSummary, About::Party(PartyId::new(1))).expect("a summary")
}

fn rows(document: &Document, at: usize) -> Vec<Vec<String>> {
    document.tables[at].rows.iter().map(|row| row.iter().map(super::super::Cell::shown).collect()).collect()
}

#[test]
fn a_summary_says_who_was_asked_when_what_came_back_and_who_did_not_answer_and_why() {
    let document = summary(&record(all_answers(), vec![measure(1, MeasureState::InForce, 600)]));
    let asked = rows(&document, 0);
    let shown: Vec<(&str, &str, &str, &str)> =
        asked.iter().map(|row| (&*row[1], &*row[4], &*row[5], &*row[6])).collect();
    assert_eq!(shown[0], ("测试甲银行", "2026-03-02 12:00", "有财产", ""), "Beijing time");
    assert_eq!(shown[1], ("测试乙银行", "", "逾期未反馈", ""));
    assert_eq!((shown[2].2, shown[2].3), ("拒绝协助", "证件不符"));
    assert_eq!(shown[3].2, "未能办理");
    assert!(shown[3].3.contains("invented fault"), "{shown:?}");
    assert_eq!(shown[4].2, "无财产");
    let text = page(&[document]);
    for expected in [
        "财产查询反馈汇总表",
        "临汾市测试中级人民法院",
        "（2026）晋10执7号",
        "测试甲",
        "110101190001010014",
        "承办人甲",
        "1,234,567.80",
        "司法冻结 另一测试法院 至2026-12-31",
        "登记机构未接入",
        "第2号",
        &"cd".repeat(32),
        "CK20260302000000000001",
        "承办人：",
        "北京时间",
        "DY20260303000001000000000007",
        "共5次",
    ] {
        assert!(text.contains(expected), "{expected} is missing");
    }
}

#[test]
fn what_was_not_taken_is_not_among_what_was() {
    let states = MeasureState::ALL.iter().copied();
    let measures = (1..).zip(states).map(|(id, state)| measure(id, state, 100)).collect();
    let document = summary(&record(all_answers(), measures));
    let states_in = |caption: &str| -> Vec<String> {
        let place = document.tables.iter().position(|table| table.caption.ends_with(caption)).expect(caption);
        rows(&document, place).into_iter().map(|row| row[3].clone()).collect()
    };
    let taken = states_in("已采取的控制措施");
    assert_eq!(taken.len(), 12, "{taken:?}");
    for word in ["未采取", "待审批", "未控制", "不采取"] {
        assert!(!taken.iter().any(|state| state.contains(word)), "{word}: {taken:?}");
    }
    assert_eq!(states_in("未采取措施的财产"), ["未采取", "未控制", "不采取"]);
    assert!(!page(&[document]).contains("待审批"), "what nobody has decided yet is not told");
}

#[test]
fn a_debtor_is_told_of_what_is_in_force_and_of_no_more_than_the_end_of_an_account() {
    let measures = vec![
        measure(1, MeasureState::InForce, 600),
        measure(2, MeasureState::Asked, 300),
        measure(3, MeasureState::Proposed, 100),
        measure(4, MeasureState::Released, 0),
    ];
    let record = record(all_answers(), measures);
    let document =
        printed(&record, PrintKind::FreezeNotice, About::Party(PartyId::new(1))).expect("a notice");
    assert_eq!(rows(&document, 0).len(), 1);
    let text = page(&[document]);
    assert!(text.contains("尾号5501") && !text.contains("6200998877665501"), "{text}");
    assert!(!text.contains("5502") && !text.contains("5503"), "what is not in force is not told");
    let none = super::tests::record(all_answers(), vec![measure(2, MeasureState::Asked, 300)]);
    assert_eq!(printed(&none, PrintKind::FreezeNotice, About::Party(PartyId::new(1))), None);
}

#[test]
fn an_excess_is_given_back_from_what_was_placed_last_and_no_more_than_it() {
    let measures = vec![
        measure(1, MeasureState::InForce, 700),
        measure(2, MeasureState::InForce, 500),
        measure(3, MeasureState::InForce, 100),
    ];
    let record = record(all_answers(), measures);
    let document = printed(&record, PrintKind::ExcessReleaseList, About::Case).expect("a list");
    let amounts: Vec<String> = rows(&document, 0).iter().map(|row| row[4].clone()).collect();
    assert_eq!(amounts, ["200.00", "100.00"], "1300 are held for 1000");
    let enough = super::tests::record(all_answers(), vec![measure(1, MeasureState::InForce, 1000)]);
    assert_eq!(printed(&enough, PrintKind::ExcessReleaseList, About::Case), None);
}

#[test]
fn what_ends_soon_is_on_the_reminder_and_a_silent_bank_is_written_to() {
    let record = record(all_answers(), vec![measure(1, MeasureState::InForce, 600)]);
    let reminder = printed(&record, PrintKind::RenewalReminder, About::Case).expect("a reminder");
    assert_eq!(rows(&reminder, 0)[0][4..6], ["2026-03-20", "17"]);
    let letter = printed(&record, PrintKind::AnswerReminder, About::Counterpart("bank-b".to_owned()));
    let letter = letter.expect("a letter");
    assert_eq!((letter.addressee.as_str(), rows(&letter, 0).len()), ("测试乙银行", 1));
    assert_eq!(rows(&letter, 0)[0][5], "29小时");
    let others = ["bank-a", "bank-c", "bank-e", "nobody"];
    for other in others {
        assert_eq!(
            printed(&record, PrintKind::AnswerReminder, About::Counterpart(other.to_owned())),
            None,
            "{other}"
        );
    }
    let today = "2026-03-03".parse().expect("a day");
    let kinds: Vec<PrintKind> = printable(&record, today).iter().map(|paper| paper.kind).collect();
    assert_eq!(
        kinds,
        [
            PrintKind::SearchSummary,
            PrintKind::MeasureList,
            PrintKind::RenewalReminder,
            PrintKind::FreezeNotice,
            PrintKind::AnswerReminder,
        ],
        "a notice takes an order along, and is the desk's"
    );
    for what in printable(&record, today) {
        let document =
            printed(&record, what.kind, what.about.clone()).expect("what can be printed is printed");
        assert_eq!(document.title, what.kind.chinese());
        for table in &document.tables {
            let widths: u32 = table.columns.iter().map(|column| u32::from(column.width)).sum();
            assert_eq!(widths, 100, "{}", table.caption);
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.caption);
        }
    }
}

/// A later order of the question that an order asks.
fn again(id: i64, of: &LineRow, state: OrderState, answer: Option<&str>) -> LineRow {
    let mut again = LineRow { root: of.root, ..line(id, &of.lane, state, answer) };
    if let Some(outcome) = &mut again.outcome {
        outcome.number = 2;
    }
    again
}

#[test]
fn an_answer_stands_in_the_summary_while_and_after_its_question_is_asked_again() {
    let first = line(1, "bank-a", OrderState::Answered, Some("found"));
    for (state, said) in [
        (OrderState::Awaiting, "已发送，待反馈"),
        (OrderState::Overdue, "逾期未反馈"),
        (OrderState::Failed, "未能办理"),
    ] {
        let lines = vec![first.clone(), again(2, &first, state, None)];
        let asked = rows(&summary(&record(lines, Vec::new())), 0);
        assert_eq!((asked.len(), &*asked[0][4], &*asked[0][5]), (1, "2026-03-02 12:00", "有财产"));
        let remark = &asked[0][6];
        assert!(remark.contains("已重新查询（CK20260302000000000002）") && remark.contains(said), "{remark}");
    }
    let withdrawn = vec![first.clone(), again(2, &first, OrderState::Cancelled, None)];
    let asked = rows(&summary(&record(withdrawn, Vec::new())), 0);
    assert_eq!((&*asked[0][5], &*asked[0][6]), ("有财产", ""));
    let replaced = vec![first.clone(), again(2, &first, OrderState::Answered, Some("nothing"))];
    let asked = rows(&summary(&record(replaced, Vec::new())), 0);
    assert_eq!((asked.len(), &*asked[0][5], &*asked[0][6]), (1, "无财产", ""), "the newest answer");
    let refused = vec![first.clone(), again(2, &first, OrderState::Refused, Some("refused"))];
    let asked = rows(&summary(&record(refused, Vec::new())), 0);
    assert_eq!((asked.len(), &*asked[0][5]), (1, "有财产"), "a refusal replaces no answer");
    let remark = &asked[0][6];
    assert!(remark.contains("已重新查询（CK20260302000000000002）：拒绝协助（证件不符）"), "{remark}");
}

#[test]
fn nobody_is_reminded_of_what_was_answered_or_is_wanted_no_more() {
    let reminded = |lines: Vec<LineRow>, state: InquiryState| {
        let mut record = record(lines, Vec::new());
        record.searches[0].inquiry.state = state;
        let letter = printed(&record, PrintKind::AnswerReminder, About::Counterpart("bank-b".to_owned()));
        letter.map_or(0, |letter| rows(&letter, 0).len())
    };
    let silent = line(1, "bank-b", OrderState::Overdue, None);
    let freeze = LineRow { action: ActionKind::Freeze, ..line(3, "bank-b", OrderState::Overdue, None) };
    let answered = again(2, &silent, OrderState::Answered, Some("nothing"));
    assert_eq!(
        reminded(vec![silent.clone(), answered], InquiryState::Completed),
        0,
        "its re-query was answered"
    );
    let earlier = line(1, "bank-b", OrderState::Answered, Some("found"));
    let late = again(2, &earlier, OrderState::Overdue, None);
    assert_eq!(reminded(vec![earlier, late], InquiryState::Completed), 0, "its answer stands");
    let twice = again(2, &silent, OrderState::Overdue, None);
    assert_eq!(reminded(vec![silent.clone(), twice], InquiryState::Completed), 1, "one question");
    assert_eq!(reminded(vec![silent.clone()], InquiryState::Cancelled), 0, "the search was withdrawn");
    assert_eq!(reminded(vec![silent, freeze], InquiryState::Cancelled), 1, "what it froze must be known");
}

#[test]
fn what_agrees_by_name_alone_is_marked_and_stakes_in_lists_of_shareholders_are_the_partys() {
    let mut record = record(all_answers(), Vec::new());
    let account = |number: &str, matched_by: &str| {
        json!({ "matched_by": matched_by, "asset": {
            "kind": "account", "institution": "测试银行", "institution_code": "B1", "number": number, "class": "个人结算账户",
            "status": "正常", "branch": "", "branch_code": "", "currency": "CNY", "balance": null, "available": null,
            "opened": null, "closed": null, "encumbrances": [],
        } })
    };
    let company = |holder: &str| {
        let shareholders = [(holder, "40"), ("某他人", "60")].map(|(name, percent)| Shareholder {
            name: name.to_owned(),
            percent: Some(percent.to_owned()),
            ..Shareholder::default()
        });
        let name = format!("临汾{holder}投资有限公司");
        let company = Company { name, shareholders: shareholders.into(), ..Company::default() };
        json!({ "matched_by": "name_and_number", "asset": Asset::Company(company) })
    };
    let reply = json!({ "outcome": "found", "assets": [
        account("6200000000000001", "name_only"), account("6200000000000002", "name_and_number"), company("测试甲"),
        company("某他人"),
    ] });
    let found = Found { at: at(3), reply: read(reply), receipts: Vec::new() };
    record.searches[0].found = [(OrderId::new(1), found.clone()), (OrderId::new(5), found)].into();
    let document = summary(&record);
    let of = |caption: &str| {
        let place = document.tables.iter().position(|table| table.caption.contains(caption));
        rows(&document, place.unwrap_or_else(|| panic!("{caption}")))
    };
    let accounts = of("银行存款");
    assert!(accounts[0].iter().any(|cell| cell.contains("仅姓名相符，待核实")), "{accounts:?}");
    assert!(!accounts[1].iter().any(|cell| cell.contains("仅姓名相符")), "{accounts:?}");
    let stakes = of("股权");
    assert_eq!(stakes.len(), 1, "once, and not the stake of somebody else: {stakes:?}");
    assert_eq!(stakes[0][1], "临汾测试甲投资有限公司 仅姓名相符，待核实");
    assert_eq!(stakes[0][4], "40%");
    assert!(document.closing.iter().any(|line| line.contains("不能据此认定")));
    let sure = summary(&super::tests::record(all_answers(), Vec::new()));
    assert!(!sure.closing.iter().any(|line| line.contains("不能据此认定")));
}

#[test]
fn a_freeze_that_would_wait_behind_others_is_said_to_wait_on_the_list() {
    let behind = Measure { queued_behind: true, ..measure(1, MeasureState::Proposed, 0) };
    let measures = vec![behind, measure(2, MeasureState::Proposed, 0)];
    let list = printed(&record(all_answers(), measures), PrintKind::MeasureList, About::Case);
    let states: Vec<String> = rows(&list.expect("a list"), 0).iter().map(|row| row[3].clone()).collect();
    assert_eq!(states, ["冻结·待审批（他人在先控制，须轮候）", "冻结·待审批"]);
}

#[test]
fn the_list_says_that_the_claim_is_settled() {
    let mut record = record(all_answers(), vec![measure(1, MeasureState::InForce, 750)]);
    let claimed = |record: &CaseRecord| {
        let list = printed(record, PrintKind::MeasureList, About::Case).expect("a list");
        list.facts.iter().find(|(label, _)| *label == "执行标的").map(|(_, said)| said.clone())
    };
    assert_eq!(claimed(&record).as_deref(), Some("1,000.00元"));
    record.chain.claim.as_mut().expect("a claim").state = crate::domain::ClaimState::Settled;
    assert_eq!(claimed(&record).as_deref(), Some("1,000.00元（已了结，不再冻结）"));
}

#[test]
fn papers_are_chinese_and_their_sections_are_numbered_throughout() {
    let refused = Measure {
        note: "该单位不支持网络冻结 the counterpart realty takes no freeze orders".to_owned(),
        ..measure(1, MeasureState::Skipped, 0)
    };
    let mut record = record(all_answers(), vec![refused]);
    let search = &mut record.searches[0];
    search.not_asked[0].reason =
        "不支持该当事人的证件类型 cannot match any identity document of this party".to_owned();
    search.lines[3].fault =
        Some(Fault::new(FaultKind::Transient, "send", "该单位已暂停 the counterpart is paused"));
    let list = printed(&record, PrintKind::MeasureList, About::Case).expect("a list");
    let reasons = rows(&list, list.tables.len() - 1);
    assert_eq!(reasons[0][3], "该单位不支持网络冻结");
    let document = summary(&record);
    assert_eq!(rows(&document, 0)[3][6], "该单位已暂停");
    let not_asked =
        document.tables.iter().position(|table| table.caption.contains("未查询")).expect("a table");
    assert_eq!(rows(&document, not_asked)[0][2], "不支持该当事人的证件类型");
    let numerals: Vec<&str> =
        document.tables.iter().filter_map(|table| Some(table.caption.split_once('、')?.0)).collect();
    assert_eq!(numerals, ["一", "二", "三", "四", "五", "六", "七", "八"][..document.tables.len()]);
}
