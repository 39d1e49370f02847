//! Letters to one institution: what it has not answered.
//!
//! A notice of what it is asked to do is no paper of a case: it takes an order along, so the desk alone prints it (`api/desk/notice.rs`).

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::Moment;
use jiff::SignedDuration;

use super::super::record::{CaseRecord, Issue, Search};
use super::super::{Cell, Document, Table, words};
use super::{begun, officers};
use crate::domain::statistics::chinese;
use crate::domain::{LineRow, OrderId, OrderState, PrintKind, number_of};

/// Counterparts that have not answered in their time.
pub(super) fn silent(record: &CaseRecord) -> Vec<String> {
    let lines = record.searches.iter().flat_map(unanswered);
    let lanes: BTreeSet<&str> = lines.map(|line| line.lane.as_str()).collect();
    lanes.into_iter().map(str::to_owned).collect()
}

/// What had its time and no answer: of each question the latest order, where none of its orders was answered. Nobody wants the answers to
/// the queries of a search that was withdrawn; what became of its controls must be known all the same.
fn unanswered(search: &Search) -> Vec<&LineRow> {
    let answered: BTreeSet<OrderId> =
        search.lines.iter().filter(|line| line.outcome.is_some()).map(|line| line.root).collect();
    let is_silent = |line: &&LineRow| line.state == OrderState::Overdue && line.sent.is_some();
    let is_wanted = |line: &&LineRow| {
        !answered.contains(&line.root) && (line.action.is_control() || !search.is_withdrawn())
    };
    let mut latest: BTreeMap<OrderId, &LineRow> = BTreeMap::new();
    for line in search.lines.iter().filter(is_silent).filter(is_wanted) {
        latest.insert(line.root, line);
    }
    latest.into_values().collect()
}

/// Name of the party that an order is about.
fn party_of(search: &Search, line: &LineRow) -> String {
    search.terms.party(line.party).map(|party| party.name.to_string()).unwrap_or_default()
}

pub(super) fn answer_reminder(record: &CaseRecord, counterpart: &str, issue: &Issue<'_>) -> Option<Document> {
    let mut document = begun(PrintKind::AnswerReminder, record, issue);
    let columns =
        [("序号", 6), ("请求单号", 30), ("事项", 12), ("当事人", 20), ("送达时间", 18), ("已过时间", 14)];
    let mut table = Table::new("逾期未反馈的请求", &columns, "无。");
    for search in &record.searches {
        for line in unanswered(search).into_iter().filter(|line| line.lane == counterpart) {
            let passed = line.sent.map_or(SignedDuration::ZERO, |sent| issue.at.duration_since(sent));
            table.rows.push(vec![
                Cell::text((table.rows.len() + 1).to_string()),
                Cell::text(number_of(line.id, line.created).to_string()),
                Cell::text(chinese(line.action)),
                Cell::text(party_of(search, line)),
                Cell::text(line.sent.map(words::time).unwrap_or_default()),
                Cell::text(format!("{}小时", passed.as_hours().max(0))),
            ]);
        }
    }
    if table.rows.is_empty() {
        return None;
    }
    document.addressee = issue.name_of(counterpart).to_owned();
    document.opening = vec![format!(
        "本院在办理{}一案中向你单位发出的下列{}项协助请求，至今未收到有效反馈。按照《关于进一步推进网络执行查控工作的通知》（法〔2018〕64号），\
         银行业金融机构应当在收到请求后二十四小时内有效反馈；其他协助单位应当在本院要求的期限内反馈。",
        record.case.number.as_str(),
        table.rows.len()
    )];
    document.closing = vec![
        "请于收到本函之日起二十四小时内反馈办理结果；不能办理的，请书面说明理由。无正当理由拒不协助的，本院将依照《中华人民共和国民事诉讼法》第一百一十七条的规定处理。"
            .to_owned(),
        "特此函告。".to_owned(),
    ];
    document.facts = vec![("承办人", officers(record))];
    document.tables.push(table);
    document.sealed_on = words::day(Moment::from_timestamp(issue.at).date());
    Some(document)
}
