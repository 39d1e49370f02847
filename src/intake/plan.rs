use chakong_contract::asset::AssetKind;
use chakong_contract::order::DocumentKind;
use chakong_contract::{ActionKind, Instruction, Moment, Party};
use jiff::Timestamp;

use crate::config::CounterpartConfig;
use crate::counterparts::Snapshot;
use crate::domain::abilities::Rules;
use crate::domain::decide::PlannedOrder;
use crate::domain::{Finding, NotAsked, OrderId, Subject, Submission, number_of};

/// Most orders of one inquiry.
const MOST_ORDERS: usize = 20_000;

/// Who is asked what, and who is not asked and why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Orders.
    pub orders: Vec<PlannedOrder>,
    /// Who is not asked.
    pub not_asked: Vec<NotAsked>,
}

/// Plans an inquiry that comes at `now`: one query per party, counterpart and identity document that the counterpart can
/// match. What a manifest does not declare, or a counterpart's encoding cannot express, is refused here, never at
/// sending. Pure.
pub fn plan(
    submission: &Submission,
    counterparts: &Snapshot,
    rules: &Rules,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Plan {
    let mut plan = Plan::default();
    let named = &submission.search.counterparts;
    for (at, name) in named.iter().enumerate() {
        let pointer = || format!("/search/counterparts/{at}");
        match counterparts.get(name) {
            None => findings.push(Finding::new(
                pointer(),
                format!("没有「{name}」这一协助单位 there is no such counterpart"),
            )),
            Some(counterpart) => {
                if let Err(reason) = can_answer(submission, counterpart, rules, now) {
                    findings.push(Finding::new(pointer(), reason));
                }
            }
        }
    }
    for counterpart in counterparts.values() {
        if named.is_empty() || named.contains(&counterpart.name) {
            plan_counterpart(submission, counterparts, rules, counterpart, now, &mut plan);
        }
    }
    let can_freeze =
        |planned: &PlannedOrder| rules.abilities.can(&planned.counterpart, ActionKind::Freeze).is_ok();
    let can = plan.orders.iter().any(can_freeze) || can_freeze_equity(&plan, counterparts, rules);
    // Whoever is left out for want of papers alone would be asked with them.
    let lacks_papers = counterparts.values().any(|counterpart| {
        (named.is_empty() || named.contains(&counterpart.name))
            && rules.abilities.can(&counterpart.name, ActionKind::Freeze).is_ok()
            && matches!(missing_papers(submission, counterpart, rules), Ok(missing) if !missing.is_empty())
    });
    if submission.mandate.is_some() && !plan.orders.is_empty() && !can && !lacks_papers {
        let detail = "所查单位均不支持网络冻结 none of the counterparts that would be asked can freeze";
        findings.push(Finding::new("/mandate", detail));
    }
    if plan.orders.len() > MOST_ORDERS {
        findings.push(Finding::new(
            "/parties",
            format!("须发出的请求超过 {MOST_ORDERS} 件，请分次提交 more than {MOST_ORDERS} orders would be needed; split the inquiry"),
        ));
    }
    if plan.orders.is_empty() && findings.is_empty() {
        let reasons: Vec<&str> = plan.not_asked.iter().map(|not| not.reason.as_str()).take(5).collect();
        let detail = format!("没有可查询的协助单位 no counterpart can be asked: {}", reasons.join("；"));
        findings.push(Finding::new("/search", detail));
    }
    plan
}

/// Whether somebody takes the freeze of stakes that those who are asked may report, though it cannot be asked itself.
fn can_freeze_equity(plan: &Plan, counterparts: &Snapshot, rules: &Rules) -> bool {
    let shows = |planned: &PlannedOrder| {
        let asked = counterparts.get(&planned.counterpart);
        asked.is_some_and(|asked| {
            let assets = asked.connector.assets().unwrap_or(asked.plugin.manifest.assets);
            assets.contains(&AssetKind::Equity) || assets.contains(&AssetKind::Company)
        })
    };
    let takes = |counterpart: &CounterpartConfig| {
        counterpart.plugin.manifest.assets.contains(&AssetKind::Equity)
            && rules.abilities.can(&counterpart.name, ActionKind::Freeze).is_ok()
    };
    plan.orders.iter().any(shows) && counterparts.values().any(|counterpart| takes(counterpart))
}

fn plan_counterpart(
    submission: &Submission,
    counterparts: &Snapshot,
    rules: &Rules,
    counterpart: &CounterpartConfig,
    now: Timestamp,
    plan: &mut Plan,
) {
    let may = can_answer(submission, counterpart, rules, now);
    for (party_at, party) in submission.parties.iter().enumerate() {
        let documents = matching(party, counterpart);
        let reason = match &may {
            Err(reason) => Some(reason.clone()),
            Ok(())
                if let Some(first) = first_of(submission, (counterparts, rules), counterpart, party, now) =>
            {
                Some(format!(
                    "备用，仅在{}无法答复时查询 asked only when {} cannot answer",
                    first.name_zh, first.name
                ))
            }
            Ok(()) if documents.is_empty() => {
                Some("不支持该当事人的证件类型 cannot match any identity document of this party".to_owned())
            }
            Ok(()) => None,
        };
        if let Some(reason) = reason {
            let (counterpart, party) = (counterpart.name.clone(), party.reference.clone());
            plan.not_asked.push(NotAsked { counterpart, party, reason });
            continue;
        }
        let instruction = Instruction::Query { transactions: submission.search.transactions };
        let party_at = u32::try_from(party_at).unwrap_or(u32::MAX);
        for document in documents {
            let subject = Subject { party: party_at, document };
            if let Err(reason) = check_order(submission, (counterpart, rules), subject, &instruction, now) {
                let (counterpart, party) = (counterpart.name.clone(), party.reference.clone());
                plan.not_asked.push(NotAsked { counterpart, party, reason });
                continue;
            }
            plan.orders.push(PlannedOrder {
                counterpart: counterpart.name.clone(),
                subject,
                instruction: instruction.clone(),
            });
        }
    }
}

/// The counterpart that is asked about a party in the first place and that this one stands in for. One that the inquiry
/// names itself stands in for nobody.
fn first_of<'a>(
    submission: &Submission,
    (counterparts, rules): (&'a Snapshot, &Rules),
    counterpart: &CounterpartConfig,
    party: &Party,
    now: Timestamp,
) -> Option<&'a CounterpartConfig> {
    let named = &submission.search.counterparts;
    if !named.is_empty() {
        return None;
    }
    let first = counterparts.values().find(|first| {
        first.routing.stand_ins.contains(&counterpart.name)
            && can_answer(submission, first, rules, now).is_ok()
            && !matching(party, first).is_empty()
    });
    first.map(|first| &**first)
}

/// Whether the connector has words for an order, e.g. for the characters of the party's name. The number is that of no
/// order: the order has none yet.
fn check_order(
    submission: &Submission,
    (counterpart, rules): (&CounterpartConfig, &Rules),
    subject: Subject,
    instruction: &Instruction,
    now: Timestamp,
) -> Result<(), String> {
    let Ok(needed) = rules.abilities.can(&counterpart.name, instruction.kind()) else { return Ok(()) };
    let head = (number_of(OrderId::default(), now), Moment::from_timestamp(now));
    let Some(order) = submission.order(subject, head, instruction, needed) else { return Ok(()) };
    let expressed = counterpart.connector.check(&order);
    expressed.map_err(|fault| {
        format!("该单位的报文无法表达 the counterpart's messages cannot say it: {}", fault.detail)
    })
}

/// Which of a party's documents a counterpart can match.
fn matching(party: &Party, counterpart: &CounterpartConfig) -> Vec<u32> {
    let known = counterpart.plugin.manifest.identities;
    let fitting = party.documents.iter().enumerate().filter(|(_, document)| known.contains(&document.kind()));
    fitting.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
}

fn can_answer(
    submission: &Submission,
    counterpart: &CounterpartConfig,
    rules: &Rules,
    now: Timestamp,
) -> Result<(), String> {
    if counterpart.line.desk().is_some_and(|desk| !desk.courts.cover(&submission.case.court_code)) {
        return Err("人工办理窗口不受理本院请求 people carry no orders of this court there".to_owned());
    }
    let reported = counterpart.connector.assets().unwrap_or(counterpart.plugin.manifest.assets);
    let wanted = &submission.search.assets;
    if !wanted.is_empty() && !wanted.iter().any(|kind| reported.contains(kind)) {
        return Err("不提供所查财产类型 does not report the kinds of assets that were asked for".to_owned());
    }
    let missing = missing_papers(submission, counterpart, rules)?;
    if !missing.is_empty() {
        return Err(format!("缺文书 missing document: {}", missing.join("、")));
    }
    counterpart.officers.unknown(&submission.case, Moment::from_timestamp(now).date()).map_or(Ok(()), Err)
}

/// The papers that a query needs at a counterpart and that were not brought, or why it takes no queries.
fn missing_papers(
    submission: &Submission,
    counterpart: &CounterpartConfig,
    rules: &Rules,
) -> Result<Vec<&'static str>, String> {
    let needed =
        rules.abilities.can(&counterpart.name, ActionKind::Query).map_err(|cannot| cannot.to_string())?;
    let is_missing = |kind: &&DocumentKind| !submission.documents.iter().any(|one| one.kind == **kind);
    Ok(needed.iter().filter(is_missing).map(|kind| kind.chinese()).collect())
}
