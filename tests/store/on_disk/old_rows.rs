//! A store as the first edition wrote it: its schema, and rows in its forms.

use std::path::Path;

use chakong::store::codec;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::samples::{ACCOUNT, NAME, NUMBER, at};

/// The schema of the first edition, step by step.
pub const SCHEMA: [&str; 8] = [
    include_str!("../../../src/store/sqlite/0001.sql"),
    include_str!("../../../src/store/sqlite/0002.sql"),
    include_str!("../../../src/store/sqlite/0003.sql"),
    include_str!("../../../src/store/sqlite/0004.sql"),
    include_str!("../../../src/store/sqlite/0005.sql"),
    include_str!("../../../src/store/sqlite/0006.sql"),
    include_str!("../../../src/store/sqlite/0007.sql"),
    include_str!("../../../src/store/sqlite/0008.sql"),
];

pub fn micros(seconds: i64) -> i64 {
    at(seconds).as_microsecond()
}

/// A store of the first edition.
pub struct OldStore(pub Connection);

impl OldStore {
    pub fn create(folder: &Path) -> Self {
        let file = Connection::open(folder.join("chakong.sqlite")).expect("a file");
        file.execute_batch(
            "CREATE TABLE migrations (number INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
        )
        .expect("a table");
        for (nth, sql) in (0_i64..).zip(SCHEMA) {
            file.execute_batch(sql).expect("the schema");
            let checksum = Sha256::digest(sql.as_bytes()).to_vec();
            file.execute("INSERT INTO migrations VALUES (?1, ?2)", params![nth, checksum]).expect("a row");
        }
        Self(file)
    }

    /// An inquiry with its submission; `claim` is the amount of its mandate.
    pub fn inquiry(&self, id: i64, number: &str, claim: Option<&str>, state: i64) {
        let mandate = claim.map(|amount| {
            let mode = if id % 2 == 0 { "auto" } else { "propose" };
            json!({ "claim": { "amount": amount, "currency": "CNY" }, "mode": mode, "prefer": "smallest_first", "term_days": 200 })
        });
        self.0
            .execute(
                "INSERT INTO inquiries (id, uid, case_number, submitted_by, key, digest, state, created, deadline, next_deadline,
                 open_orders, completions, mandate) VALUES (?1, ?2, ?3, 'case-system', ?4, x'07', ?5, ?6, ?7, ?7, 9, 1, ?8)",
                params![
                    id,
                    uuid::Uuid::from_u128(u128::try_from(id).expect("a number")).as_bytes().as_slice(),
                    number,
                    format!("key-{id}"),
                    state,
                    micros(id),
                    micros(id + 86_400),
                    mandate.as_ref().map(Value::to_string)
                ],
            )
            .expect("an inquiry");
        let body = self::submission(id, number, mandate);
        let packed = codec::encode(body.to_string().as_bytes());
        let not_asked = json!([{ "counterpart": "county-nine", "party": "B-1", "reason": "不支持" }]);
        self.0
            .execute(
                "INSERT INTO submissions VALUES (?1, ?2, ?3, ?4)",
                params![id, packed.as_stored(), json!(["B-1", "B-2"]).to_string(), not_asked.to_string()],
            )
            .expect("a submission");
    }

    /// An order; `more` are columns that are not the same for all.
    pub fn order(&self, (id, inquiry): (i64, i64), state: i64, instruction: &Value, measure: Option<i64>) {
        self.0
            .execute(
                "INSERT INTO orders (id, inquiry, lane, party, document, instruction, priority, state, attempts, created, due, turn,
                 deadline, ticket, batch, root, measure, fault, stands_in)
                 VALUES (?1, ?2, 'bank-one', 1, 0, ?3, 4, ?4, 1, ?5, ?5, ?5, ?6, NULL, NULL, NULL, ?7, NULL, NULL)",
                params![id, inquiry, instruction.to_string(), state, micros(id), micros(id + 500), measure],
            )
            .expect("an order");
    }

    /// A line of the ledger of an inquiry.
    pub fn measure(
        &self,
        (id, inquiry): (i64, i64),
        account: &str,
        state: &str,
        amounts: [&str; 4],
        order: Option<i64>,
        note: &str,
    ) {
        let [asked, held, deducting, deducted] = amounts;
        let target = json!({ "kind": "account", "number": account, "class": "借记卡", "branch": "", "branch_code": "" });
        self.0
            .execute(
                "INSERT INTO measures (id, inquiry, lane, party, document, institution, target, state, exemption, available, asked,
                 held, releasing, from_day, until_day, rank, order_id, note, deducting, deducted, reference)
                 VALUES (?1, ?2, 'bank-one', 1, 0, 'B0001', ?3, ?4, ?5, '70000', ?6, ?7, '0', '2026-03-02', '2027-03-01', NULL, ?8, ?9,
                 ?10, ?11, 'R-1')",
                params![
                    id,
                    inquiry,
                    target.to_string(),
                    state,
                    json!({ "level": "free" }).to_string(),
                    asked,
                    held,
                    order,
                    note,
                    deducting,
                    deducted
                ],
            )
            .expect("a measure");
    }

    /// An answer to an order.
    pub fn answer(&self, order: i64, inquiry: i64, reply: &Value, words: &str) {
        let answer = json!({ "reply": reply, "answered_at": null, "unknown": [], "receipts": [] });
        let outcome = reply["outcome"].as_str().expect("an outcome").to_owned();
        self.0
            .execute(
                "INSERT INTO revisions (id, root, number, order_id, inquiry, at, outcome, words, assets, answer, raw, raw_digest,
                 connector, differences, cached_from)
                 VALUES (?1 * 65536 + 1, ?1, 1, ?1, ?2, ?3, ?4, ?5, 1, ?6, NULL, 'ab', 'court-bank 1', NULL, NULL)",
                params![order, inquiry, micros(order + 100), outcome, words, answer.to_string()],
            )
            .expect("a revision");
    }
}

pub fn query() -> Value {
    json!({ "action": "query" })
}

pub fn freeze(limit: &str) -> Value {
    json!({ "action": "freeze", "target": target(), "limit": yuan(limit), "from": "2026-03-02", "until": "2027-03-01" })
}

pub fn release(amount: &str) -> Value {
    let original = json!({ "number": "CK20260302000000000021", "case_number": "（2026）粤0304执8号" });
    json!({ "action": "release", "target": target(), "amount": yuan(amount), "original": original })
}

pub fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn target() -> Value {
    json!({ "kind": "account", "number": ACCOUNT, "class": "借记卡", "branch": "", "branch_code": "" })
}

/// A submission with two parties and its documents, as it was packed.
fn submission(id: i64, number: &str, mandate: Option<Value>) -> Value {
    let officer = json!({ "name": "测试法官", "work_certificate": "W-1", "enforcement_certificate": "E-1", "phone": "" });
    let court_code = format!("44030{id}");
    let case = json!({ "number": number, "court_name": "测试法院", "court_code": court_code, "officers": [officer] });
    // Each inquiry knows one more document of the second party.
    let mut documents = vec![json!({ "kind": "resident_id", "number": NUMBER })];
    documents.push(json!({ "kind": "passport", "number": format!("E1234567{id}") }));
    let company = json!({ "kind": "other", "number": "REG-7" });
    let document = |kind: &str, title: &str| json!({ "kind": kind, "title": title, "number": format!("文号{id}"), "format": "pdf", "content": "JVBERg==" });
    let mut body = json!({
        "case": case,
        "purpose": "enforcement",
        "parties": [
            { "reference": "B-1", "kind": "organisation", "name": "示例甲公司", "role": "judgment_debtor", "documents": [company] },
            { "reference": "B-2", "kind": "person", "name": NAME, "role": "judgment_debtor", "documents": documents },
        ],
        "search": {},
        "documents": [
            document("query_notice", "协助查询通知书"),
            document("freeze_ruling", "冻结裁定书"),
            document("freeze_notice", "协助冻结通知书"),
            document("freeze_ruling", "冻结裁定书（更正）"),
            document("release_ruling", "解除裁定书"),
            document("release_notice", "协助解除通知书"),
        ],
    });
    if let Some(mandate) = mandate {
        body["mandate"] = mandate;
    }
    body
}
