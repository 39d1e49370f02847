//! The parties of a submission: which parties of the chain they are. Two submissions name the same party when they share an identity
//! document.

use chakong_contract::name::same_name;
use chakong_contract::{IdentityDocument, Party};

use super::super::super::{ChainParty, Change, Finding, IdKind, PartyId, Terms};
use super::super::draft::Draft;

/// Which parties of the chain those of the submission are; new ones join it.
pub(super) fn join(draft: &mut Draft<'_>, terms: &Terms, findings: &mut Vec<Finding>) -> Vec<PartyId> {
    let mut ids = Vec::with_capacity(terms.parties.len());
    for (at, party) in terms.parties.iter().enumerate() {
        let known: Vec<ChainParty> = sharing(&draft.file.parties, &party.documents).cloned().collect();
        if known.len() > 1 {
            findings.push(two_parties(at, &known));
            ids.push(PartyId::default());
            continue;
        }
        match known.into_iter().next() {
            Some(known) if is_same_person(&known, party) => {
                if known.is_freed {
                    let detail = "该当事人已按误控解除，不再查控；确系被执行人的，先撤销解除 this party was freed as another person and is not asked about; where it owes the claim after all, reinstate it first: POST /v1/cases/{id}/parties/{reference}/reinstate";
                    findings.push(Finding::new(format!("/parties/{at}"), detail));
                }
                ids.push(known.id);
                learn(draft, known, party);
            }
            Some(_) => {
                let detail = "同一证件号码对应两个姓名或名称，请核对 another party has this document under another name: two persons cannot share a number";
                findings.push(Finding::new(format!("/parties/{at}/documents"), detail));
                ids.push(PartyId::default());
            }
            None => ids.push(add_party(draft, party)),
        }
    }
    ids
}

/// The parties that have one of these documents.
fn sharing<'p>(
    parties: &'p [ChainParty],
    documents: &[IdentityDocument],
) -> impl Iterator<Item = &'p ChainParty> {
    parties.iter().filter(|known| documents.iter().any(|one| known.has(one)))
}

/// Documents that are one party's here are several parties' in the case: taken for the first of them, the person would owe twice.
fn two_parties(at: usize, known: &[ChainParty]) -> Finding {
    let stands = |party: &ChainParty| {
        let liable = party.liable_up_to.map_or("全部标的".to_owned(), |amount| format!("{amount} 元"));
        format!("{}（责任限额：{liable}）", party.reference)
    };
    let stands = known.iter().map(stands).collect::<Vec<_>>().join("、");
    let detail = format!(
        "所列证件在本案中分属 {} 名当事人：{stands}。请分列为各该当事人提交；确系同一人的，先以标的变更载明各自责任限额，合计不超过其责任 these documents belong to {} parties of this case. Submit each of them with its own documents; where they are one person, first set a liability for each by PUT /v1/cases/{{id}}/claim, which together are no more than the person owes",
        known.len(),
        known.len()
    );
    Finding::new(format!("/parties/{at}/documents"), detail)
}

fn is_same_person(known: &ChainParty, party: &Party) -> bool {
    let names = || std::iter::once(&party.name).chain(&party.former_names);
    known.kind == party.kind && names().any(|name| same_name(known.name.as_str(), name.as_str()))
}

fn add_party(draft: &mut Draft<'_>, party: &Party) -> PartyId {
    let id = PartyId::new(draft.new_id(IdKind::Party));
    draft.push(Change::NewParty(ChainParty {
        id,
        chain: draft.file.id(),
        reference: party.reference.clone(),
        earlier_references: Vec::new(),
        kind: party.kind,
        name: party.name.clone(),
        role: party.role,
        documents: party.documents.clone(),
        liable_up_to: None,
        is_freed: false,
        freed_by: String::new(),
    }));
    id
}

/// Keeps what a later submission knows more of a party.
fn learn(draft: &mut Draft<'_>, known: ChainParty, party: &Party) {
    let mut more = known.clone();
    more.documents.extend(party.documents.iter().filter(|one| !known.has(one)).cloned());
    more.call(&party.reference);
    more.role = party.role;
    if more != known {
        draft.push(Change::SaveParty(more));
    }
}
