//! Submissions to a world.

use std::sync::Arc;

use chakong_contract::{DocumentKind, Instruction};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::super::{Decided, PlannedOrder, Submitted, submit};
use super::loading::Sees;
use super::{PAPERS, World, paper};
use crate::domain::people::Courts;
use crate::domain::{Blob, InquiryId, Mandate, Subject, Submission};

/// What is submitted: about whom, on which papers, and which bank is asked about which document of which party.
pub struct Asked<'a> {
    pub number: &'a str,
    pub continues: Option<&'a str>,
    pub mandate: Option<Mandate>,
    pub parties: Value,
    pub papers: &'a [DocumentKind],
    pub orders: Vec<(&'a str, u32, u32)>,
}

/// A debtor with documents of these kinds and numbers.
pub fn debtor(reference: &str, kind: &str, name: &str, documents: &[(&str, &str)]) -> Value {
    let documents: Vec<Value> =
        documents.iter().map(|(kind, number)| json!({ "kind": kind, "number": number })).collect();
    json!({ "reference": reference, "kind": kind, "name": name, "role": "judgment_debtor", "documents": documents })
}

impl World {
    /// An inquiry about the debtor at every bank.
    pub fn submit(
        &mut self,
        number: &str,
        continues: Option<&str>,
        mandate: Option<Mandate>,
    ) -> Decided<InquiryId> {
        let documents = [("uscc", "91000000MADEM00112")];
        let parties = json!([debtor(self.reference, "organisation", "临汾测试矿业有限公司", &documents)]);
        let banks: Vec<String> = self.banks.keys().cloned().collect();
        let orders = banks.iter().map(|bank| (bank.as_str(), 0, 0)).collect();
        self.submit_about(Asked { number, continues, mandate, parties, papers: PAPERS, orders })
    }

    /// An inquiry about somebody.
    pub fn submit_about(&mut self, asked: Asked<'_>) -> Decided<InquiryId> {
        let mut body = json!({
            "case": {
                "number": asked.number, "continues": asked.continues, "court_name": "临汾市测试中级人民法院",
                "court_code": "9910",
                "officers": [{ "name": "李测试", "work_certificate": "测法0000001", "enforcement_certificate": "测执0000001" }],
            },
            "purpose": "enforcement",
            "parties": asked.parties,
        });
        if let Some(day) = self.filed_on {
            body["case"]["filed_on"] = day.into();
        }
        let mut body: Submission = serde_json::from_value(body).expect("a submission");
        body.mandate = asked.mandate;
        let (terms, _) = body.split();
        let planned = |(bank, party, document): (&str, u32, u32)| PlannedOrder {
            counterpart: bank.to_owned(),
            subject: Subject { party, document },
            instruction: Instruction::Query { transactions: None },
        };
        let new = Submitted {
            uid: Uuid::new_v4(),
            submitter: "case-system".to_owned(),
            courts: Courts::All,
            reason: String::new(),
            key: String::new(),
            digest: Vec::new(),
            terms: Arc::new(terms),
            stored_terms: Blob::default(),
            documents: asked.papers.iter().map(|kind| paper(*kind)).collect(),
            orders: asked.orders.into_iter().map(planned).collect(),
            not_asked: Vec::new(),
            at: self.now,
        };
        let sees = Sees::ForSubmission(&new.terms);
        self.decide_seeing(sees, &[], |draft| submit(draft, &new)).map(|inquiry| inquiry.id)
    }
}
