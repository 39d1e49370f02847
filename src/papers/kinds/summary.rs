//! 财产查询反馈汇总表: who was asked about a party, when, what came back, and who did not answer and why.

use std::collections::BTreeMap;

use super::super::record::{CaseRecord, Issue, Search};
use super::super::{Cell, Document, Table, words};
use super::assets::BY_NAME_ONLY;
use super::{assets, begun, ledger, officers};
use crate::domain::bilingual::chinese;
use crate::domain::{ChainParty, LineRow, PartyId, PrintKind};

pub(super) fn search_summary(record: &CaseRecord, party: PartyId, issue: &Issue<'_>) -> Option<Document> {
    let party = record.party(party)?;
    let asked: Vec<(&Search, Vec<&LineRow>)> =
        record.searches.iter().map(|search| (search, search.questions(party.id))).collect();
    if !record.searched_parties().iter().any(|known| known.id == party.id) {
        return None;
    }
    let mut document = begun(PrintKind::SearchSummary, record, issue);
    document.facts = facts(record, party, &asked);
    document.tables.push(questions(&asked, issue));
    document.tables.append(&mut assets::tables(&asked, party.id, issue));
    if is_by_name_only(&document) {
        document.closing.push(format!(
            "标注“{BY_NAME_ONLY}”的财产仅姓名（名称）与当事人相同，未经证件号码核对，不能据此认定属当事人所有。"
        ));
    }
    document.tables.append(&mut ledger::of_party(record, party.id, issue));
    document.tables.push(not_asked(record, party, issue));
    document.tables.push(certificates(record));
    number_sections(&mut document);
    if record.is_cut {
        document.closing.push("本案查询记录超过可打印数量，其余记录见系统内查控完整性证明。".to_owned());
    }
    document.closing.push(
        "本表由查控系统根据协助单位反馈生成，附卷备查；协助单位反馈的盖章回执原件另附，以回执原件为准。"
            .to_owned(),
    );
    document.signatures = vec!["承办人", "书记员", "日期"];
    Some(document)
}

/// The numbers of sections, in their order.
const NUMERALS: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

/// Numbers every table of a document as a section of it.
fn number_sections(document: &mut Document) {
    for (numeral, table) in NUMERALS.iter().zip(&mut document.tables) {
        table.caption = format!("{numeral}、{}", table.caption);
    }
}

/// Whether something stands in the tables that agrees with the party by name alone.
fn is_by_name_only(document: &Document) -> bool {
    let mut cells = document.tables.iter().flat_map(|table| table.rows.iter().flatten());
    cells.any(|cell| cell.shown().contains(BY_NAME_ONLY))
}

fn facts(
    record: &CaseRecord,
    party: &ChainParty,
    asked: &[(&Search, Vec<&LineRow>)],
) -> Vec<(&'static str, String)> {
    let lines = || asked.iter().flat_map(|(_, lines)| lines.iter().copied());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    lines().for_each(|line| *counts.entry(words::result(line)).or_default() += 1);
    let counts: Vec<String> = counts.into_iter().map(|(word, count)| format!("{word}{count}")).collect();
    let sent = || lines().filter_map(|line| line.sent);
    let period = match (sent().min(), sent().max()) {
        (Some(first), Some(last)) => format!("{} 至 {}", words::time(first), words::time(last)),
        _ => "尚未发出".to_owned(),
    };
    let documents = party.documents.iter().map(words::identity).collect::<Vec<_>>().join("；");
    vec![
        (party.role.chinese(), party.name.to_string()),
        ("立案日期", record.filed_on().map(words::day).unwrap_or_else(|| "未注明".to_owned())),
        ("证件", documents),
        ("查询发出时间", period),
        ("承办人", officers(record)),
        ("查询次数及结果", format!("共{}次：{}", lines().count(), counts.join("，"))),
    ]
}

/// Every question: to whom, when, what came back.
fn questions(asked: &[(&Search, Vec<&LineRow>)], issue: &Issue<'_>) -> Table {
    let columns = [
        ("序号", 6),
        ("协助单位", 20),
        ("请求单号", 18),
        ("发出时间", 13),
        ("反馈时间", 13),
        ("结果", 11),
        ("说明", 19),
    ];
    let mut table = Table::new("查询及反馈情况", &columns, "未向任何协助单位查询。");
    for (search, lines) in asked {
        for line in lines {
            let place = table.rows.len() + 1;
            let outcome = line.outcome.as_ref();
            let number = crate::domain::number_of(line.id, line.created);
            table.rows.push(vec![
                Cell::text(place.to_string()),
                Cell::text(issue.name_of(&line.lane)),
                Cell::text(number.to_string()),
                Cell::text(line.sent.map(words::time).unwrap_or_else(|| "未发出".to_owned())),
                Cell::text(outcome.map(|outcome| words::time(outcome.at)).unwrap_or_default()),
                Cell::text(words::result(line)),
                Cell::text(remark(line, search.asked_again(line))),
            ]);
        }
    }
    table
}

/// Why there is no full answer, whether an earlier one was used again, and what became of a re-query while this one stands.
fn remark(line: &LineRow, again: Option<&LineRow>) -> String {
    let mut parts = Vec::new();
    if let Some(outcome) = &line.outcome {
        parts.push(outcome.words.clone());
        if let Some(at) = outcome.cached_from {
            parts.push(format!("沿用{}的反馈", words::time(at)));
        }
    } else if let Some(fault) = &line.fault {
        parts.push(chinese(&fault.to_string()));
    }
    if line.stands_in.is_some() {
        parts.push("代替其他数据来源查询".to_owned());
    }
    if let Some(again) = again {
        let number = crate::domain::number_of(again.id, again.created);
        let fault = again
            .fault
            .as_ref()
            .map(|fault| format!("（{}）", chinese(&fault.to_string())))
            .unwrap_or_default();
        let refused = again.outcome.as_ref().map(|outcome| outcome.words.clone()).unwrap_or_default();
        let fault = if refused.is_empty() { fault } else { format!("（{refused}）") };
        parts.push(format!("已重新查询（{number}）：{}{fault}", words::result(again)));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("；")
}

fn not_asked(record: &CaseRecord, party: &ChainParty, issue: &Issue<'_>) -> Table {
    let columns = [("序号", 8), ("协助单位", 32), ("未查询原因", 60)];
    let mut table = Table::new("未查询的协助单位及原因", &columns, "无。");
    for search in record.searches.iter().filter(|search| !search.is_withdrawn()) {
        let references = search.terms.parties.iter().zip(&search.terms.debtors);
        let own: Vec<&str> =
            references.filter(|(_, id)| **id == party.id).map(|(one, _)| one.reference.as_str()).collect();
        for one in search.not_asked.iter().filter(|one| own.contains(&one.party.as_str())) {
            let row = [issue.name_of(&one.counterpart), &chinese(&one.reason)].map(Cell::text);
            if table.rows.iter().any(|known| known.iter().skip(1).eq(&row)) {
                continue;
            }
            let place = Cell::text((table.rows.len() + 1).to_string());
            table.rows.push(std::iter::once(place).chain(row).collect());
        }
    }
    table
}

fn certificates(record: &CaseRecord) -> Table {
    let columns = [("查控申请受理时间", 20), ("证明编号", 12), ("签发时间", 18), ("证明文件SHA-256", 50)];
    let mut table = Table::new("查控完整性证明", &columns, "尚未签发：仍有查询未结束。");
    for search in &record.searches {
        let Some((number, at, sha256)) = &search.certificate else { continue };
        table.rows.push(vec![
            Cell::text(words::time(search.inquiry.created)),
            Cell::text(format!("第{number}号")),
            Cell::text(words::time(*at)),
            Cell::text(sha256),
        ]);
    }
    table
}
