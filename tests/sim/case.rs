//! The case: what is submitted, on which papers, and what the banks can do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chakong::clock::Clock;
use chakong::domain::abilities::{Ability, Rules};
use chakong::domain::decide::{PlannedOrder, Submitted};
use chakong::domain::retry::RetryPolicy;
use chakong::domain::{Blob, BroughtDocument, Mandate, Subject, Submission};
use chakong::engine::CurrentRules;
use chakong::store::codec::encode_json;
use chakong_contract::{ActionKind, DocumentKind, Instruction};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::banks::Bank;

/// The two cases of the chain: the preservation, and the enforcement that continues it.
pub const CASES: [(&str, Option<&str>); 2] =
    [("(2025)晋10执保7号", None), ("(2026)晋10执1号", Some("(2025)晋10执保7号"))];

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
        Arc::new(Self(Arc::new(Rules { abilities, ..Rules::default() })))
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
    Ability { actions: actions.into_iter().collect(), idempotent, query: policy, control: policy }
}

/// An inquiry of one of the cases at every bank.
pub fn submission(
    (number, continues): (&str, Option<&str>),
    mandate: Option<Mandate>,
    banks: impl Iterator<Item = String>,
    (key, at): (u128, Timestamp),
) -> Submitted {
    let purpose = if number.contains('保') { "preservation" } else { "enforcement" };
    let body = json!({
        "case": {
            "number": number, "continues": continues, "court_name": "临汾市测试中级人民法院", "court_code": "9910",
            "officers": [{ "name": "李测试", "work_certificate": "测法0000001", "enforcement_certificate": "测执0000001" }],
        },
        "purpose": purpose,
        "parties": [{
            "reference": "debtor-1", "kind": "organisation", "name": "临汾测试矿业有限公司",
            "role": if purpose == "preservation" { "preservation_respondent" } else { "judgment_debtor" },
            "documents": [{ "kind": "uscc", "number": "91000000MADEM00112" }],
        }],
    });
    let mut body: Submission = serde_json::from_value(body).expect("a submission");
    body.mandate = mandate;
    let (terms, _) = body.split();
    let planned = |counterpart| PlannedOrder {
        counterpart,
        subject: Subject { party: 0, document: 0 },
        instruction: Instruction::Query { transactions: None },
    };
    let papers = [
        DocumentKind::PreservationApplication,
        DocumentKind::PreservationRuling,
        DocumentKind::FreezeRuling,
        DocumentKind::FreezeNotice,
        DocumentKind::ReleaseRuling,
        DocumentKind::ReleaseNotice,
    ];
    Submitted {
        uid: Uuid::from_u128(key),
        submitter: "case-system".to_owned(),
        reason: String::new(),
        key: key.to_string(),
        digest: key.to_be_bytes().to_vec(),
        stored_terms: encode_json("terms", &terms).expect("terms"),
        terms: Arc::new(terms),
        documents: papers.into_iter().map(paper).collect(),
        orders: banks.map(planned).collect(),
        not_asked: Vec::new(),
        at,
    }
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
