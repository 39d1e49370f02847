//! Papers about measures: the list, what ends soon, what is held beyond the claim, and what a debtor is told.

use chakong_contract::Moment;
use chakong_contract::order::Target;
use jiff::civil::Date;
use jiff::{Span, Unit};
use rust_decimal::Decimal;

use super::super::record::{CaseRecord, Issue};
use super::super::{Cell, Document, Table, words};
use super::{begun, officers};
use crate::domain::bilingual::{chinese, chinese_of_words};
use crate::domain::progress::is_in_force;
use crate::domain::{
    ClaimState, Coverage, Measure, MeasureState, PartyId, PrintKind, Purpose, excess_by_measure,
};

/// How many days before its end a measure is on the reminder.
const SOON: i64 = 30;

/// A table of measures.
pub(super) fn table(caption: &str, measures: &[&Measure], issue: &Issue<'_>) -> Table {
    let columns = [
        ("序号", 6),
        ("协助单位", 15),
        ("财产", 22),
        ("措施、状态", 11),
        ("申请控制额度", 12),
        ("实际控制", 12),
        ("起止日期", 14),
        ("顺位", 8),
    ];
    let mut table = Table::new(caption, &columns, "无。");
    for (place, measure) in (1..).zip(measures) {
        let rank = measure.rank.map(|rank| format!("第{}", rank.place)).unwrap_or_default();
        let (word, state) = (words::measure_word(&measure.target), words::state(measure.state));
        let behind = match measure.behind_others() {
            Some(_) if matches!(measure.state, MeasureState::Proposed | MeasureState::Asked) => {
                "（他人在先控制，须轮候）"
            }
            _ => "",
        };
        table.rows.push(vec![
            Cell::text(i32::to_string(&place)),
            Cell::text(issue.name_of(&measure.counterpart)),
            Cell::text(format!(
                "{} {}",
                words::property_word(&measure.target),
                words::property(&measure.target)
            )),
            Cell::text(format!("{word}·{state}{behind}")),
            whole_or(measure, measure.limit),
            whole_or(measure, measure.held),
            Cell::text(words::term(measure)),
            Cell::text(rank),
        ]);
    }
    table
}

/// What was done about a party's property, and what was not and why. What waits for an approval is neither: nobody has decided it.
pub(super) fn of_party(record: &CaseRecord, party: PartyId, issue: &Issue<'_>) -> Vec<Table> {
    let own = record.measures.iter().filter(|one| one.debtor == party && one.state != MeasureState::Proposed);
    let (taken, left): (Vec<&Measure>, Vec<&Measure>) = own.partition(|one| was_asked(one));
    let mut tables = Vec::new();
    if !taken.is_empty() {
        tables.push(table("已采取的控制措施", &taken, issue));
    }
    if !left.is_empty() {
        tables.push(reasons("未采取措施的财产", &left, issue));
    }
    tables
}

/// Whether a measure was asked of the counterpart, which did not refuse it: it is on its way, stands, or ended.
const fn was_asked(measure: &Measure) -> bool {
    use MeasureState::{Candidate, Proposed, Refused, Skipped};
    !matches!(measure.state, Candidate | Proposed | Refused | Skipped)
}

/// An amount of a measure; of what is controlled as a whole that it is.
fn whole_or(measure: &Measure, amount: Decimal) -> Cell {
    if measure.is_whole() { Cell::text("整体") } else { Cell::money(Some(measure.money(amount))) }
}

/// What the claim is, and what covers it.
fn claim_facts(record: &CaseRecord) -> Vec<(&'static str, String)> {
    let Some(claim) = &record.chain.claim else { return Vec::new() };
    let coverage = Coverage::of(claim, record.measures.iter());
    let yuan = |money: chakong_contract::Money| format!("{}元", words::grouped(money.amount));
    let state = match claim.state {
        ClaimState::Open => "",
        ClaimState::Settled => "（已了结，不再冻结）",
        ClaimState::Withdrawn => "（已撤回，不再冻结）",
    };
    vec![
        ("执行标的", yuan(coverage.claimed) + state),
        ("已控制", yuan(coverage.held)),
        ("已扣划", yuan(coverage.deducted)),
        ("不足", yuan(coverage.shortfall)),
        ("超出", yuan(coverage.excess)),
    ]
}

pub(super) fn measure_list(record: &CaseRecord, issue: &Issue<'_>) -> Option<Document> {
    let asked = |one: &&Measure| !matches!(one.state, MeasureState::Candidate | MeasureState::Skipped);
    let (asked, left): (Vec<&Measure>, Vec<&Measure>) = record.measures.iter().partition(asked);
    if record.measures.is_empty() {
        return None;
    }
    let mut document = begun(PrintKind::MeasureList, record, issue);
    document.facts = claim_facts(record);
    document.facts.push(("承办人", officers(record)));
    for party in &record.parties {
        let own: Vec<&Measure> = asked.iter().copied().filter(|one| one.debtor == party.id).collect();
        let caption = format!("{}：{}", party.role.chinese(), party.name);
        document.tables.push(table(&caption, &own, issue));
    }
    if !left.is_empty() {
        document.tables.push(reasons("未采取措施的财产", &left, issue));
    }
    document.signatures = vec!["承办人", "书记员", "日期"];
    Some(document)
}

/// Properties on which nothing was placed, each with its reason.
fn reasons(caption: &str, measures: &[&Measure], issue: &Issue<'_>) -> Table {
    let columns = [("序号", 6), ("协助单位", 20), ("财产", 34), ("原因", 40)];
    let mut table = Table::new(caption, &columns, "无。");
    for (place, measure) in (1..).zip(measures) {
        let reason = match joined(&[&chinese(&measure.exemption.basis), &chinese_of_words(&measure.note)]) {
            none if none.is_empty() => words::state(measure.state).to_owned(),
            reason => reason,
        };
        table.rows.push(vec![
            Cell::text(i32::to_string(&place)),
            Cell::text(issue.name_of(&measure.counterpart)),
            Cell::text(format!(
                "{} {}",
                words::property_word(&measure.target),
                words::property(&measure.target)
            )),
            Cell::text(reason),
        ]);
    }
    table
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("；")
}

/// Measures that stand and end within the next days, the first to end first.
pub(super) fn ending(record: &CaseRecord, today: Date) -> Vec<&Measure> {
    let last = today.checked_add(Span::new().days(SOON)).unwrap_or(today);
    let mut ending: Vec<&Measure> = record
        .measures
        .iter()
        .filter(|one| one.state.stands() && one.until.is_some_and(|until| until <= last))
        .collect();
    ending.sort_by_key(|one| one.until);
    ending
}

pub(super) fn renewal_reminder(record: &CaseRecord, issue: &Issue<'_>) -> Option<Document> {
    let today = Moment::from_timestamp(issue.at).date();
    let ending = ending(record, today);
    if ending.is_empty() {
        return None;
    }
    let mut document = begun(PrintKind::RenewalReminder, record, issue);
    document.opening = vec![format!(
        "下列{}项控制措施将在{SOON}日内届满。期限届满前未办理续行手续的，效力消灭（《最高人民法院关于人民法院民事执行中查封、扣押、冻结财产的规定》\
         第二十七条，《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第四百八十五条）。节假日不顺延冻结期限，请在届满日前办妥。",
        ending.len()
    )];
    let columns = [
        ("序号", 6),
        ("协助单位", 18),
        ("财产", 30),
        ("实际控制", 14),
        ("届满日", 12),
        ("剩余天数", 8),
        ("续行意见", 12),
    ];
    let mut table = Table::new("即将届满的措施", &columns, "无。");
    for (place, measure) in (1..).zip(&ending) {
        let left = measure.until.and_then(|until| until.since((Unit::Day, today)).ok());
        table.rows.push(vec![
            Cell::text(i32::to_string(&place)),
            Cell::text(issue.name_of(&measure.counterpart)),
            Cell::text(format!(
                "{} {}",
                words::property_word(&measure.target),
                words::property(&measure.target)
            )),
            whole_or(measure, measure.held),
            Cell::text(measure.until.map(|until| until.to_string()).unwrap_or_default()),
            Cell::text(left.map(|left| left.get_days().to_string()).unwrap_or_default()),
            Cell::Empty,
        ]);
    }
    document.tables.push(table);
    document.facts = vec![("承办人", officers(record))];
    document.signatures = vec!["承办人", "日期"];
    Some(document)
}

/// Measures with what of each is held beyond the claim.
pub(super) fn excess(record: &CaseRecord) -> Vec<(&Measure, Decimal)> {
    excess_by_measure(record.chain.claim.as_ref(), &record.measures)
}

pub(super) fn excess_release_list(record: &CaseRecord, issue: &Issue<'_>) -> Option<Document> {
    let excess = excess(record);
    if excess.is_empty() {
        return None;
    }
    let mut document = begun(PrintKind::ExcessReleaseList, record, issue);
    document.facts = claim_facts(record);
    document.facts.push(("承办人", officers(record)));
    document.opening = vec![
        "下列财产的控制数额超出执行标的，应当及时解除超出部分（《最高人民法院关于人民法院民事执行中查封、扣押、冻结财产的规定》第十九条）。".to_owned(),
    ];
    let columns = [
        ("序号", 6),
        ("协助单位", 18),
        ("财产", 28),
        ("实际控制", 14),
        ("应解除数额", 14),
        ("解除中", 10),
        ("处理意见", 10),
    ];
    let mut table = Table::new("应解除的超额控制", &columns, "无。");
    for (place, (measure, amount)) in (1..).zip(&excess) {
        let under_way = match measure.state {
            MeasureState::Releasing => words::money(Some(measure.money(measure.releasing))),
            _ => String::new(),
        };
        table.rows.push(vec![
            Cell::text(i32::to_string(&place)),
            Cell::text(issue.name_of(&measure.counterpart)),
            Cell::text(format!(
                "{} {}",
                words::property_word(&measure.target),
                words::property(&measure.target)
            )),
            Cell::money(Some(measure.money(measure.held + measure.surplus))),
            Cell::money(Some(measure.money(*amount))),
            Cell::text(under_way),
            Cell::Empty,
        ]);
    }
    document.tables.push(table);
    document.signatures = vec!["承办人", "审批人", "日期"];
    Some(document)
}

/// Measures of a party that are in force: a debtor is told of no other.
pub(super) fn in_force(record: &CaseRecord, party: PartyId) -> Vec<&Measure> {
    record.measures.iter().filter(|one| one.debtor == party && is_in_force(one)).collect()
}

pub(super) fn freeze_notice(record: &CaseRecord, party: PartyId, issue: &Issue<'_>) -> Option<Document> {
    let measures = in_force(record, party);
    let party = record.party(party).filter(|_| !measures.is_empty())?;
    let mut document = begun(PrintKind::FreezeNotice, record, issue);
    let preserves = record.searches.last().is_some_and(|one| one.terms.purpose == Purpose::Preservation);
    document.addressee = party.name.to_string();
    document.opening = vec![format!(
        "本院在办理{}一案中，已依法对你（单位）名下的下列财产采取控制措施，现予告知。",
        record.case.number.as_str()
    )];
    let columns = [("序号", 8), ("财产", 34), ("措施", 10), ("控制数额", 22), ("起止日期", 26)];
    let mut table = Table::new("已采取的控制措施", &columns, "无。");
    for (place, measure) in (1..).zip(&measures) {
        table.rows.push(vec![
            Cell::text(i32::to_string(&place)),
            Cell::text(own_property(measure, issue)),
            Cell::text(words::measure_word(&measure.target)),
            whole_or(measure, measure.held),
            Cell::text(words::term(measure)),
        ]);
    }
    document.tables.push(table);
    document.closing = vec![
        match preserves {
            true => "你（单位）对保全裁定不服的，可以依照《中华人民共和国民事诉讼法》第一百一十一条的规定申请复议一次，复议期间不停止裁定的执行。".to_owned(),
            false => "你（单位）认为执行行为违反法律规定的，可以依照《中华人民共和国民事诉讼法》第二百三十六条的规定向本院提出书面异议。".to_owned(),
        },
        "你（单位）认为控制数额超出应当履行的义务，或者被控制的财产依法不得查封、冻结的，可以向本院书面说明并附证据；自然人及其所扶养家属生活必需的费用，可以申请保留。"
            .to_owned(),
    ];
    let officer = record.officers().first();
    let phone = officer.map(|one| one.phone.as_str()).filter(|phone| !phone.is_empty());
    let contact = officer.map(|one| one.name.to_string()).unwrap_or_default();
    document.facts = vec![("联系人", contact), ("联系电话", phone.unwrap_or("____________").to_owned())];
    document.sealed_on = words::day(Moment::from_timestamp(issue.at).date());
    Some(document)
}

/// A property as its owner is told of it: of an account no more than its end.
fn own_property(measure: &Measure, issue: &Issue<'_>) -> String {
    let tail = |number: &str| {
        let letters: Vec<char> = number.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let from = letters.len().saturating_sub(4);
        letters.get(from..).unwrap_or_default().iter().collect::<String>()
    };
    let bank = issue.name_of(&measure.counterpart);
    match &measure.target {
        Target::Account { number, .. } => format!("{bank}账户（尾号{}）", tail(number)),
        Target::Product { account, name, .. } => format!("{bank}金融产品{name}（账户尾号{}）", tail(account)),
        target => format!("{} {}", words::property_word(target), words::property(target)),
    }
}
