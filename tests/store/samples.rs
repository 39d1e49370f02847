//! Invented cases with everything that a store keeps.

use std::sync::Arc;

use chakong::domain::{
    Batch, BatchId, Case, CaseId, Chain, ChainId, ChainParty, Change, Claim, ClaimChange, ClaimChangeKind,
    ClaimState, DocumentId, EventDraft, EventType, IdKind, Inquiry, InquiryId, InquiryState, Measure,
    MeasureId, MeasureState, Mode, NewDocument, NewIds, NewInquiry, OrderId, OrderRecord, OrderState, Origin,
    Paper, PartyId, Preference, Priority, RawDirection, RawId, RawMessage, Revision, Task, TaskId, TaskKind,
    Terms, UncoveredLimit, found_by, rules::exemptions::Exemption,
};
use chakong::store::{Store, Stored, Tx, codec};
use chakong_contract::order::DocumentKind;
use chakong_contract::{Answer, Instruction, Party, PartyKind, PartyRole};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// The name of every invented person.
pub const NAME: &str = "测试丙某某";
/// The number of every invented person: born on 1 January 1900.
pub const NUMBER: &str = "110101190001010057";
/// The number of every invented account.
pub const ACCOUNT: &str = "6200998877665544";

/// So many seconds after an agreed instant.
pub fn at(seconds: i64) -> Timestamp {
    let first: Timestamp = "2026-03-02T01:00:00.25Z".parse().expect("an instant");
    first.checked_add(SignedDuration::from_secs(seconds)).expect("an instant")
}

pub fn day(text: &str) -> chakong_contract::Date {
    text.parse().expect("a day")
}

/// Runs work in a transaction that must succeed.
pub async fn write<T: Send + 'static>(
    store: &Arc<dyn Store>,
    work: impl FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
) -> T {
    store.transact(work).await.expect("a commit")
}

/// Writes changes that must be accepted.
pub async fn keep(store: &Arc<dyn Store>, changes: Vec<Change>) {
    write(store, move |tx| tx.write(&changes)).await;
}

/// A chain of one case with one party, one inquiry, two documents and a query of it.
#[derive(Debug, Clone)]
pub struct Whole {
    pub chain: Chain,
    pub case: Case,
    pub party: ChainParty,
    pub claim_change: ClaimChange,
    pub inquiry: NewInquiry,
    pub terms: Terms,
    pub documents: Vec<NewDocument>,
    pub order: OrderRecord,
}

impl Whole {
    /// The changes that make it.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = vec![
            Change::NewChain(self.chain.clone()),
            Change::NewCase(self.case.clone()),
            Change::NewParty(self.party.clone()),
            Change::NewClaimChange(self.claim_change.clone()),
            Change::NewInquiry(Box::new(self.inquiry.clone())),
        ];
        changes.extend(self.documents.iter().cloned().map(Change::NewDocument));
        changes.push(Change::NewOrder(Box::new(self.order.clone())));
        changes
    }

    /// The inquiry as it is read.
    pub fn inquiry(&self) -> Inquiry {
        self.inquiry.inquiry.clone()
    }
}

/// Makes a case of its own, written, and told apart by `nth`.
pub async fn a_case(store: &Arc<dyn Store>, nth: i64) -> Whole {
    write(store, move |tx| {
        let whole = whole(&*tx, nth);
        tx.write(&whole.changes())?;
        Ok(whole)
    })
    .await
}

/// A case of its own, told apart by `nth`.
pub fn whole(ids: &dyn NewIds, nth: i64) -> Whole {
    let chain = Chain {
        id: ChainId::new(ids.next(IdKind::Chain)),
        created: at(nth),
        claim: Some(claim("120000.50")),
        has_ledger: nth % 2 == 1,
    };
    let number = format!("（2026）粤0304执{}号", 7000 + nth);
    let case = Case {
        id: CaseId::new(ids.next(IdKind::Case)),
        chain: chain.id,
        number: number.parse().expect("a case number"),
        court_name: "测试法院".to_owned(),
        court_code: format!("44030{}", nth % 2),
        continues: None,
        created: at(nth),
    };
    let party = party(ids, chain.id);
    let inquiry = InquiryId::new(ids.next(IdKind::Inquiry));
    let terms = terms(&number, party.id);
    let order = query(ids, inquiry, "bank-one", nth);
    Whole {
        claim_change: ClaimChange {
            chain: chain.id,
            at: at(nth),
            actor: "case-system".to_owned(),
            kind: ClaimChangeKind::Stated,
            before: None,
            after: "120000.50".parse().expect("an amount"),
            reason: "立案".to_owned(),
            paper: None,
        },
        inquiry: NewInquiry {
            inquiry: Inquiry {
                id: inquiry,
                uid: uuid::Uuid::from_u128(u128::try_from(nth).expect("a number from 0") + 1),
                chain: chain.id,
                case: case.id,
                case_number: case.number.as_str().to_owned(),
                court: case.court_code.clone(),
                submitted_by: "case-system".to_owned(),
                state: InquiryState::Open,
                created: at(nth),
                deadline: at(nth + 86_400),
                open_orders: 1,
                completions: 0,
                mandate: terms.mandate.clone(),
            },
            key: format!("key-{nth}"),
            digest: vec![7; 32],
            terms: codec::encode_json("terms", &terms).expect("terms"),
            references: vec!["B-7".to_owned()],
            debtors: vec![party.id],
            not_asked: vec![crate::asked::not_asked()],
            found_by: found_by::of_terms(&terms),
            filed_on: None,
        },
        documents: vec![
            document(ids, (inquiry, party.id), DocumentKind::QueryNotice, b"%PDF-1.7 notice"),
            document(ids, (inquiry, party.id), DocumentKind::FreezeRuling, &[0x2e; 40_000]),
        ],
        chain,
        case,
        party,
        terms,
        order,
    }
}

pub fn claim(amount: &str) -> Claim {
    Claim {
        amount: amount.parse().expect("an amount"),
        state: ClaimState::Open,
        mode: Mode::Auto,
        prefer: Preference::SmallestFirst,
        other_property: Mode::Propose,
        uncovered: UncoveredLimit::Keep,
        term_days: Some(180),
        living_costs: "3000".parse().expect("an amount"),
        excess_told: "0".parse().expect("an amount"),
    }
}

fn party(ids: &dyn NewIds, chain: ChainId) -> ChainParty {
    ChainParty {
        id: PartyId::new(ids.next(IdKind::Party)),
        chain,
        reference: "B-7".to_owned(),
        earlier_references: vec!["A-1".to_owned()],
        kind: PartyKind::Person,
        name: NAME.parse().expect("a name"),
        role: PartyRole::JudgmentDebtor,
        documents: vec![
            serde_json::from_value(json!({ "kind": "resident_id", "number": NUMBER })).expect("a document"),
        ],
        liable_up_to: Some("80000".parse().expect("an amount")),
        is_freed: false,
        freed_by: String::new(),
    }
}

fn terms(number: &str, debtor: PartyId) -> Terms {
    let party: Party = serde_json::from_value(json!({
        "reference": "B-7", "kind": "person", "name": NAME, "role": "judgment_debtor",
        "documents": [{ "kind": "resident_id", "number": NUMBER }],
    }))
    .expect("a party");
    let case = json!({
        "number": number, "court_name": "测试法院", "court_code": "440304",
        "officers": [{ "name": "测试法官", "work_certificate": "W-1", "enforcement_certificate": "E-1" }],
    });
    let mandate = json!({ "claim": { "amount": "120000.50", "currency": "CNY" }, "mode": "auto" });
    Terms {
        case: serde_json::from_value(case).expect("a case"),
        purpose: chakong::domain::Purpose::Enforcement,
        parties: vec![party],
        debtors: vec![debtor],
        search: chakong::domain::Search::default(),
        mandate: Some(serde_json::from_value(mandate).expect("a mandate")),
        deadline_hours: Some(24),
    }
}

pub fn document(ids: &dyn NewIds, of: (InquiryId, PartyId), kind: DocumentKind, bytes: &[u8]) -> NewDocument {
    let (inquiry, debtor) = of;
    NewDocument {
        paper: Paper {
            id: DocumentId::new(ids.next(IdKind::Document)),
            inquiry,
            kind,
            number: "（2026）粤0304执7号之一".to_owned(),
            measures: vec![MeasureId::new(31)],
            by_act: kind == DocumentKind::FreezeRuling,
            debtors: vec![debtor],
        },
        title: "协助通知书".to_owned(),
        format: "pdf".to_owned(),
        bytes: codec::encode(bytes),
    }
}

/// A query that waits, made `seconds` after the agreed instant.
pub fn query(ids: &dyn NewIds, inquiry: InquiryId, lane: &str, seconds: i64) -> OrderRecord {
    let id = OrderId::new(ids.next(IdKind::Order));
    OrderRecord {
        id,
        inquiry,
        lane: lane.to_owned(),
        court: String::new(),
        party: 0,
        document: 0,
        instruction: Instruction::Query { transactions: Some((day("2025-01-01"), day("2025-12-31"))) },
        priority: Priority::Query,
        state: OrderState::Queued,
        attempts: 0,
        created: at(seconds),
        due: at(seconds),
        deadline: at(seconds + 86_400),
        sent: None,
        ticket: None,
        batch: None,
        root: id,
        measure: None,
        fault: None,
        stands_in: None,
        papers: Vec::new(),
    }
}

/// A freeze of a measure that waits.
pub fn control(ids: &dyn NewIds, measure: &Measure, seconds: i64) -> OrderRecord {
    let freeze = Instruction::Freeze {
        target: measure.target.clone(),
        limit: Some(measure.money(measure.limit)),
        from: day("2026-03-02"),
        until: day("2027-03-01"),
    };
    OrderRecord {
        instruction: freeze,
        priority: Priority::Freeze,
        measure: Some(measure.id),
        papers: vec![DocumentId::new(5), DocumentId::new(6)],
        ..query(ids, measure.inquiry, &measure.counterpart, seconds)
    }
}

/// A measure that was asked for.
pub fn measure(ids: &dyn NewIds, of: &Whole) -> Measure {
    let amount = |text: &str| text.parse().expect("an amount");
    Measure {
        id: MeasureId::new(ids.next(IdKind::Measure)),
        chain: of.chain.id,
        inquiry: of.inquiry.inquiry.id,
        party: 0,
        document: 0,
        debtor: of.party.id,
        counterpart: "bank-one".to_owned(),
        institution: "B0001".to_owned(),
        target: serde_json::from_value(json!({ "kind": "account", "number": ACCOUNT })).expect("a target"),
        currency: None,
        rate: None,
        state: MeasureState::Asked,
        origin: Origin::Ordered,
        exemption: Exemption::free(),
        permitted: None,
        queued_behind: false,
        available: amount("50000.10"),
        value: None,
        limit: amount("50000.10"),
        units: None,
        held: amount("0"),
        surplus: amount("0"),
        releasing: amount("0"),
        deducting: amount("0"),
        released: amount("0"),
        deducted: amount("0"),
        from: Some(day("2026-03-02")),
        until: Some(day("2027-03-01")),
        until_said: None,
        reminded: None,
        rank: None,
        reference: String::new(),
        order: None,
        control: None,
        original_number: String::new(),
        original_case: String::new(),
        approved_by: "法官甲".to_owned(),
        first_approval: None,
        rejected_by: String::new(),
        note: String::new(),
        co_owned: false,
        listed_state_shares: false,
        is_anothers: false,
        left_alone: None,
        said: Default::default(),
        last_release: Default::default(),
    }
}

/// An answer that found one account.
pub fn found(balance: &str) -> Arc<Answer> {
    let account = json!({
        "kind": "account", "institution": "测试银行", "institution_code": "B0001", "number": ACCOUNT,
        "class": "借记卡", "status": "正常", "branch": "", "branch_code": "", "currency": "CNY",
        "balance": { "amount": balance, "currency": "CNY" }, "available": { "amount": balance, "currency": "CNY" },
        "opened": null, "closed": null, "linked_account": "", "sub_accounts": [], "products": [], "encumbrances": [], "transactions": [], "remark": "",
    });
    let reply =
        json!({ "outcome": "found", "assets": [{ "asset": account, "matched_by": "name_and_number" }] });
    let unknown = json!([{ "field": "ZHZT", "value": "特殊" }]);
    let answer = json!({ "reply": reply, "answered_at": null, "unknown": unknown, "receipts": [] });
    Arc::new(serde_json::from_value(answer).expect("an answer"))
}

/// An answer of this outcome without more.
pub fn plain(reply: serde_json::Value) -> Arc<Answer> {
    let answer = json!({ "reply": reply, "answered_at": null, "unknown": [], "receipts": [] });
    Arc::new(serde_json::from_value(answer).expect("an answer"))
}

pub fn revision(of: &OrderRecord, number: u32, answer: &Arc<Answer>) -> Revision {
    Revision {
        root: of.root,
        number,
        order: of.id,
        inquiry: of.inquiry,
        at: at(100 + i64::from(number)),
        answer: Arc::clone(answer),
        stored: None,
        raw: Some(RawId::new(9)),
        raw_digest: "ab".repeat(32),
        connector: "court-bank 1.2".to_owned(),
        differences: (number > 1).then(|| json!({ "gone": [NAME] })),
        cached_from: (number > 2).then(|| at(50)),
    }
}

pub fn event(inquiry: InquiryId, kind: EventType) -> EventDraft {
    let data = Some(r#"{"orders":1}"#.to_owned());
    EventDraft { kind, inquiry, order: None, revision: None, at: at(5), data }
}

pub fn task(ids: &dyn NewIds, of: &Whole, kind: TaskKind, due: i64) -> Task {
    Task {
        id: TaskId::new(ids.next(IdKind::Task)),
        chain: of.chain.id,
        inquiry: Some(of.inquiry.inquiry.id),
        kind,
        order: Some(of.order.id),
        measure: None,
        created: at(1),
        due: at(due),
        done: None,
        look: kind.is_for_the_clock().then(|| at(due)),
        note: "须核实".to_owned(),
    }
}

pub fn batch(ids: &dyn NewIds, lane: &str) -> Batch {
    Batch { id: BatchId::new(ids.next(IdKind::Batch)), lane: lane.to_owned(), made: at(3), digest: None }
}

pub fn raw(lane: &str, batch: Option<BatchId>, name: &str, bytes: &[u8]) -> RawMessage {
    let direction = if batch.is_some() { RawDirection::Out } else { RawDirection::In };
    let (lane, name) = (lane.to_owned(), name.to_owned());
    RawMessage { lane, batch, direction, name, at: at(4), bytes: codec::encode(bytes) }
}
