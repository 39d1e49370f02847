//! Joining 并案号链: a case that turns out to continue another one, when both are known as chains of their own already. Cases,
//! inquiries, parties, claim and ledger of the one become the other's, so that one claim bounds them all.

use std::sync::Arc;

use chakong_contract::name::same_name;
use serde_json::json;

use super::super::{
    AuditEntry, Case, CaseFile, CaseId, ChainParty, Change, Claim, Finding, Inquiry, JoinedChains, Measure,
    MeasureState, PartyId, Task, Terms,
};
use super::counting::Cause;
use super::draft::Draft;
use super::ledger::follow;

/// Where findings about a case that is continued point to.
const CONTINUES: &str = "/case/continues";

/// Joins the chain of a case to the chain of the one that it continues. Gives the file of both, and the change that makes it so in
/// the store.
///
/// # Errors
/// What contradicts: claims with other amounts or settings, a number that stands for two persons, another liability.
pub fn join(
    into: CaseFile,
    from: CaseFile,
    link: (CaseId, CaseId),
) -> Result<(CaseFile, JoinedChains), Vec<Finding>> {
    let mut findings = Vec::new();
    let claim = one_claim(&into, &from, &mut findings);
    let merged = parties(&into, &from, &mut findings);
    let is_other = |case: &Case| case.id == link.0 && case.continues.is_some_and(|known| known != link.1);
    if from.cases.iter().any(is_other) {
        let detail = "本案已登记承接另一案件 the case is known to continue another one";
        findings.push(Finding::new(CONTINUES, detail));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let id = into.id();
    let debtor =
        |known: PartyId| merged.renamed.iter().find(|(old, _)| *old == known).map_or(known, |new| new.1);
    let measures: Vec<Measure> = from
        .measures
        .values()
        .map(|one| Measure { chain: id, debtor: debtor(one.debtor), ..one.clone() })
        .collect();
    let debtors_of = |terms: &Terms| terms.debtors.iter().map(|known| debtor(*known)).collect::<Vec<_>>();
    let joined = JoinedChains {
        into: id,
        from: from.id(),
        parties: merged.moved,
        measures,
        debtors: from.terms.iter().map(|(inquiry, terms)| (*inquiry, debtors_of(terms))).collect(),
        continues: link,
    };
    let mut file = moved(into, from, &joined);
    file.parties = merged.kept;
    file.parties.extend(joined.parties.iter().cloned());
    file.chain.claim = claim;
    Ok((file, joined))
}

/// What both chains hold in one file. The parties and the claim are joined apart.
fn moved(mut file: CaseFile, from: CaseFile, joined: &JoinedChains) -> CaseFile {
    let chain = joined.into;
    let link = |case: Case| {
        let continues = if case.id == joined.continues.0 { Some(joined.continues.1) } else { case.continues };
        Case { chain, continues, ..case }
    };
    file.chain.has_ledger |= from.chain.has_ledger;
    file.chain.created = file.chain.created.min(from.chain.created);
    file.cases.extend(from.cases.into_iter().map(link));
    file.cases.sort_by_key(|case| case.id);
    file.inquiries.extend(from.inquiries.into_iter().map(|(id, one)| (id, Inquiry { chain, ..one })));
    for (id, terms) in from.terms {
        let debtors = joined.debtors.iter().find(|(inquiry, _)| *inquiry == id);
        let debtors = debtors.map_or_else(|| terms.debtors.clone(), |(_, debtors)| debtors.clone());
        file.terms.insert(id, Arc::new(Terms { debtors, ..(*terms).clone() }));
    }
    for mut paper in from.papers {
        if let Some((_, debtors)) = joined.debtors.iter().find(|(inquiry, _)| *inquiry == paper.inquiry) {
            paper.debtors.clone_from(debtors);
        }
        file.papers.push(paper);
    }
    file.papers.sort_by_key(|paper| paper.id);
    file.orders.extend(from.orders);
    file.measures.extend(joined.measures.iter().map(|one| (one.id, one.clone())));
    file.tasks.extend(from.tasks.into_iter().map(|task| Task { chain, ..task }));
    file.tasks.sort_by_key(|task| task.id);
    file.revisions.extend(from.revisions);
    file.lines.extend(from.lines);
    file.findings.extend(from.findings);
    file
}

/// The one claim of both chains. Two that are equal are one; one that is closed, with nothing that stands, gives way to the other.
fn one_claim(into: &CaseFile, from: &CaseFile, findings: &mut Vec<Finding>) -> Option<Claim> {
    let (Some(one), Some(other)) = (&into.chain.claim, &from.chain.claim) else {
        return into.chain.claim.clone().or_else(|| from.chain.claim.clone());
    };
    let is_over = |file: &CaseFile, claim: &Claim| {
        let is_idle = |state: MeasureState| !state.stands() && !state.is_busy();
        !claim.is_open() && file.ledger().all(|measure| is_idle(measure.state) && measure.deducted.is_zero())
    };
    let settings = |claim: &Claim| {
        let sought = (claim.prefer, claim.term_days, claim.living_costs);
        (claim.state, claim.mode, claim.other_property, claim.uncovered, sought)
    };
    match () {
        () if one.amount == other.amount && settings(one) == settings(other) => {}
        () if is_over(into, one) => return Some(other.clone()),
        () if is_over(from, other) => {}
        () if one.amount != other.amount => {
            let detail = format!(
                "本案执行标的 {} 元，所承接案件执行标的 {} 元，两案均有标的且不一致；请先以标的变更使之一致，再承接 the claim of this case is {} yuan and that of the case it continues {} yuan: make them equal by PUT /v1/cases/{{id}}/claim, then submit again",
                other.amount, one.amount, other.amount, one.amount
            );
            findings.push(Finding::new(CONTINUES, detail));
        }
        () => {
            let detail = "两案标的的状态或冻结设置不一致；请先以标的变更使之一致，再承接 the claims of both cases stand with other states or settings: make them equal by PUT /v1/cases/{id}/claim, then submit again";
            findings.push(Finding::new(CONTINUES, detail));
        }
    }
    Some(one.clone())
}

/// The parties of both chains.
#[derive(Debug, Default)]
struct Parties {
    /// Those of the chain that stays, with what the other knows more of them.
    kept: Vec<ChainParty>,
    /// Those that only the other chain names.
    moved: Vec<ChainParty>,
    /// Which party of the chain that stays one of the other is.
    renamed: Vec<(PartyId, PartyId)>,
}

fn parties(into: &CaseFile, from: &CaseFile, findings: &mut Vec<Finding>) -> Parties {
    let mut all = Parties { kept: into.parties.clone(), ..Parties::default() };
    for party in &from.parties {
        let shares = |known: &ChainParty| party.documents.iter().any(|document| known.has(document));
        if all.kept.iter().filter(|known| shares(known)).count() > 1 {
            let detail = format!(
                "当事人 {} 的证件在所承接案件中分属多名当事人，须由人核对后分列提交 the documents of party {} belong to several parties in the case that is continued: one person cannot be two",
                party.reference, party.reference
            );
            findings.push(Finding::new(CONTINUES, detail));
            continue;
        }
        let Some(known) = all.kept.iter_mut().find(|known| shares(known)) else {
            all.moved.push(ChainParty { chain: into.id(), ..party.clone() });
            continue;
        };
        if known.kind != party.kind || !same_name(known.name.as_str(), party.name.as_str()) {
            let detail = "两案中同一证件号码对应两个姓名或名称，请核对 a document stands for two names in the two cases: two persons cannot share a number";
            findings.push(Finding::new(CONTINUES, detail));
        }
        if known.liable_up_to != party.liable_up_to {
            let detail = "两案中同一当事人的责任限额不一致；请先以标的变更使之一致 a party is liable for another amount in each of the two cases: make them equal by PUT /v1/cases/{id}/claim";
            findings.push(Finding::new(CONTINUES, detail));
        }
        if known.is_freed != party.is_freed {
            let detail = "两案中同一当事人一案已解除、另一案未解除；请先使两案一致（解除该当事人，或撤销解除），再承接 a party was freed in one of the two cases and not in the other: free it in both, or take its freeing back, then submit again";
            findings.push(Finding::new(CONTINUES, detail));
        }
        let more: Vec<_> = party.documents.iter().filter(|one| !known.has(one)).cloned().collect();
        known.documents.extend(more);
        for reference in party.earlier_references.iter().rev().chain([&party.reference]) {
            known.call(reference);
        }
        known.role = party.role;
        if known.freed_by.is_empty() {
            known.freed_by.clone_from(&party.freed_by);
        }
        all.renamed.push((party.id, known.id));
    }
    all
}

/// Puts the joining before what a submission decides.
pub fn begin(draft: &mut Draft<'_>, joined: JoinedChains) {
    let known = draft.file.parties.clone();
    let own = known.into_iter().filter(|party| !joined.parties.iter().any(|one| one.id == party.id));
    let own: Vec<ChainParty> = own.collect();
    draft.push(Change::JoinChains(Box::new(joined)));
    own.into_iter().for_each(|party| draft.push(Change::SaveParty(party)));
    draft.push(Change::SaveChain(draft.file.chain.clone()));
}

/// Brings the ledger of both in line with the one claim. Nobody's freeze is given back for it: what is held twice is told, and a person
/// decides.
pub fn end(draft: &mut Draft<'_>, joined: &JoinedChains, actor: &str) {
    follow(draft, Cause::Found);
    let number =
        |id: CaseId| draft.file.cases.iter().find(|case| case.id == id).map(|case| case.number.clone());
    let (case, continues) = (number(joined.continues.0), number(joined.continues.1));
    let subject = case.as_ref().map(|number| number.as_str().to_owned()).unwrap_or_default();
    let detail = json!({ "continues": continues, "measures": joined.measures.len() });
    draft.push(Change::Audit(AuditEntry {
        at: draft.now(),
        actor: actor.to_owned(),
        act: "join_chains".to_owned(),
        subject,
        reason: String::new(),
        detail: Some(detail),
        refused: None,
    }));
}
