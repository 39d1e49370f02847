//! The case: what is submitted, on which papers, and what the banks can do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chakong::clock::Clock;
use chakong::domain::abilities::{Ability, Rules};
use chakong::domain::decide::{PlannedOrder, Submitted};
use chakong::domain::retry::RetryPolicy;
use chakong::domain::{Blob, BroughtDocument, Mandate, Routes, Subject, Submission, Way};
use chakong::engine::CurrentRules;
use chakong::store::codec::encode_json;
use chakong_contract::{ActionKind, DocumentKind, IdentityKind, Instruction};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::banks::Bank;

/// The cases of the chain: the preservation, the enforcement that continues it, and the one that takes that up again.
pub const CASES: [(&str, Option<&str>); 3] = [
    ("(2025)晋10执保7号", None),
    ("(2026)晋10执1号", Some("(2025)晋10执保7号")),
    ("(2026)晋10执恢3号", Some("(2026)晋10执1号")),
];

/// The debtors: kind, name, kind of document, number. The second is a guarantor in the enforcement.
const DEBTORS: [[&str; 4]; 3] = [
    ["organisation", "临汾测试矿业有限公司", "uscc", "91000000MADEM00112"],
    ["organisation", "临汾测试担保有限公司", "uscc", "91000000MAT000077L"],
    ["person", "张测试", "resident_id", "110101190001010014"],
];

/// Who takes freezes of stakes, where there is such a counterpart.
pub const REGULATOR: &str = "regulator";

/// Which debtor has a document of this number.
pub fn debtor_of(number: &str) -> usize {
    DEBTORS.iter().position(|[.., known]| *known == number).expect("one of the debtors")
}

/// A clock that stands until it is set.
#[derive(Debug)]
pub struct Standing(Mutex<Timestamp>);

impl Standing {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2026-03-02T01:00:00Z".parse().expect("a time"))))
    }

    pub fn pass(&self, time: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add(time).expect("a time");
    }
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is configured.
#[derive(Debug)]
pub struct Configured(Arc<Rules>);

impl Configured {
    pub fn of(banks: &BTreeMap<String, Bank>) -> Arc<Self> {
        let abilities =
            banks.iter().map(|(name, bank)| (name.clone(), ability(bank.way.is_idempotent()))).collect();
        let mut routes = Routes::default();
        if banks.contains_key(REGULATOR) {
            let identities = &[IdentityKind::Uscc, IdentityKind::ResidentId];
            routes.equity.push(Way { counterpart: REGULATOR.to_owned(), identities, divisions: Vec::new() });
        }
        Arc::new(Self(Arc::new(Rules { abilities, routes, ..Rules::default() })))
    }
}

impl CurrentRules for Configured {
    fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.0)
    }
}

fn ability(idempotent: bool) -> Ability {
    use DocumentKind as D;
    let actions = [
        (ActionKind::Query, vec![]),
        (ActionKind::Freeze, vec![D::FreezeRuling, D::FreezeNotice]),
        (ActionKind::Renew, vec![D::RenewRuling, D::RenewNotice]),
        (ActionKind::Release, vec![D::ReleaseRuling, D::ReleaseNotice]),
        (ActionKind::Deduct, vec![D::DeductRuling, D::DeductNotice]),
    ];
    // The engine draws its own random number for the jitter of a wait: without jitter a seed replays exactly.
    let policy =
        RetryPolicy { longest: Duration::from_secs(60), jitter: 0.0, attempts: 4, ..RetryPolicy::default() };
    Ability {
        actions: actions.into_iter().collect(),
        idempotent,
        controls_foreign: true,
        query: policy,
        control: policy,
        control_deadline: chakong::domain::abilities::CONTROL_DEADLINE,
        desk_days: None,
    }
}

/// What is submitted.
pub struct Asked<'a> {
    /// Which of [`CASES`].
    pub case: usize,
    /// Which debtors, in their order.
    pub debtors: &'a [usize],
    pub mandate: Option<Mandate>,
    /// Whether the papers of a release come along.
    pub can_release: bool,
    /// Idempotency key and identifier.
    pub key: u128,
    pub at: Timestamp,
}

/// An inquiry at every bank and registry.
pub fn submission(asked: Asked<'_>, banks: &[String]) -> Submitted {
    let (number, continues) = CASES[asked.case];
    let purpose = if asked.case == 0 { "preservation" } else { "enforcement" };
    let party = |debtor: &usize| party(*debtor, purpose);
    let body = json!({
        "case": {
            "number": number, "continues": continues, "court_name": "临汾市测试中级人民法院", "court_code": "9910",
            "officers": [{ "name": "李测试", "work_certificate": "测法0000001", "enforcement_certificate": "测执0000001" }],
        },
        "purpose": purpose,
        "parties": asked.debtors.iter().map(party).collect::<Vec<_>>(),
    });
    let mut body: Submission = serde_json::from_value(body).expect("a submission");
    body.mandate = asked.mandate;
    let (terms, _) = body.split();
    let about = |bank: &String, party: usize| PlannedOrder {
        counterpart: bank.clone(),
        subject: Subject { party: u32::try_from(party).expect("few"), document: 0 },
        instruction: Instruction::Query { transactions: None },
    };
    let orders = banks.iter().flat_map(|bank| (0..asked.debtors.len()).map(|party| about(bank, party)));
    let mut papers = vec![
        DocumentKind::PreservationApplication,
        DocumentKind::PreservationRuling,
        DocumentKind::FreezeRuling,
        DocumentKind::FreezeNotice,
    ];
    if asked.can_release {
        papers.extend([DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice]);
    }
    Submitted {
        uid: Uuid::from_u128(asked.key),
        submitter: "case-system".to_owned(),
        courts: chakong::domain::people::Courts::All,
        reason: String::new(),
        key: asked.key.to_string(),
        digest: asked.key.to_be_bytes().to_vec(),
        stored_terms: encode_json("terms", &terms).expect("terms"),
        orders: orders.collect(),
        terms: Arc::new(terms),
        documents: papers.into_iter().map(paper).collect(),
        not_asked: Vec::new(),
        at: asked.at,
    }
}

/// How a submission names a debtor.
pub fn reference(debtor: usize) -> String {
    format!("debtor-{debtor}")
}

fn party(debtor: usize, purpose: &str) -> serde_json::Value {
    let [kind, name, document, number] = DEBTORS[debtor];
    let role = match (purpose, debtor) {
        ("preservation", _) => "preservation_respondent",
        (_, 1) => "guarantor",
        _ => "judgment_debtor",
    };
    json!({
        "reference": reference(debtor), "kind": kind, "name": name, "role": role,
        "documents": [{ "kind": document, "number": number }],
    })
}

/// A document of a kind.
pub fn paper(kind: DocumentKind) -> BroughtDocument {
    BroughtDocument {
        kind,
        title: format!("{kind:?}"),
        number: "（2026）晋10执1号".to_owned(),
        format: "pdf".to_owned(),
        bytes: Blob::default(),
    }
}
