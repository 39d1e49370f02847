//! Personal data stands in bodies that pass the codec, and nowhere else.

use std::sync::Arc;

use chakong::domain::{
    Blob, Change, DeskItem, DeskWork, EventDraft, EventType, IdKind, KeptReceipt, LaneChange, NewCertificate,
    NewPrint, NewReceipt, Print, PrintFormat, PrintId, PrintKind, PropertyFinding, RawId, SentBack,
};
use chakong::store::{Store, codec};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::samples::{
    ACCOUNT, NAME, NUMBER, Whole, a_case, at, control, event, found, keep, measure, raw, revision, write,
};
use crate::worlds::{OnDisk, World as _};

/// Columns whose bytes pass the codec. Nothing else may hold what tells who somebody is or what they own.
pub const BODIES: &[(&str, &str)] = &[
    ("terms", "body"),
    ("parties", "body"),
    ("documents", "bytes"),
    ("orders", "instruction"),
    ("revisions", "words"),
    ("revisions", "answer"),
    ("revisions", "differences"),
    ("measures", "body"),
    ("certificates", "body"),
    ("events", "data"),
    ("acts", "detail"),
    ("raw_messages", "bytes"),
    ("receipts", "bytes"),
    ("prints", "body"),
    ("desk", "body"),
    ("desk", "entered"),
];

/// Writes everything in which a name, a number or an account can stand.
pub async fn fill(store: &Arc<dyn Store>) {
    let whole = a_case(store, 1).await;
    let of = whole.clone();
    write(store, move |tx| {
        let line = measure(&*tx, &of);
        let freeze = control(&*tx, &line, 3);
        let text = json!({ "party": NAME, "number": NUMBER, "account": ACCOUNT });
        let bytes = codec::encode(text.to_string().as_bytes());
        let message = raw("bank-one", None, "CXFK.xml", text.to_string().as_bytes());
        let told =
            EventDraft { data: Some(text.to_string()), ..event(of.inquiry().id, EventType::MeasurePlaced) };
        let receipt = KeptReceipt {
            order: freeze.id,
            received_at: at(4),
            title: "回执".to_owned(),
            format: "pdf".to_owned(),
            sha256: "0f".repeat(32),
            size: 9,
        };
        let certificate = NewCertificate {
            inquiry: of.inquiry().id,
            uid: of.inquiry().uid,
            number: 1,
            at: at(5),
            text: text.to_string(),
        };
        let sent_back = SentBack { reason: format!("{NAME} {ACCOUNT}"), by: "1001".to_owned(), at: at(7) };
        let work = DeskWork { sent_back: Some(sent_back), ..DeskWork::default() };
        let on_desk = DeskItem { work, entered: Some(bytes.clone()), ..DeskItem::new(&of.order) };
        let print = print(PrintId::new(tx.next(IdKind::Print)), &of, &bytes);
        let finding = PropertyFinding {
            property: format!("B0001|account|{ACCOUNT}"),
            note: "工资户".to_owned(),
            actor: "法官甲".to_owned(),
            at: at(6),
        };
        let audit = chakong::domain::AuditEntry {
            at: at(7),
            actor: "法官甲".to_owned(),
            act: "approve".to_owned(),
            subject: of.case.number.as_str().to_owned(),
            reason: "核实".to_owned(),
            detail: Some(text),
            refused: None,
        };
        tx.write(&[
            Change::NewMeasure(Box::new(line)),
            Change::NewOrder(Box::new(freeze)),
            Change::NewRevision(Box::new(revision(&of.order, 2, &found("5.00")))),
            Change::NewReceipt(NewReceipt { receipt, measure: None, raw: None, bytes }),
            Change::Lane(LaneChange::NewRaw(RawId::new(tx.next(IdKind::Raw)), message, Vec::new())),
            Change::NewEvent(told),
            Change::NewCertificate(certificate),
            Change::SavePropertyFinding(finding),
            Change::Audit(audit),
            Change::NewPrint(print),
            Change::SaveDesk(Box::new(on_desk)),
        ])
    })
    .await;
    let key = store.keyed_hash(NUMBER.as_bytes());
    keep(store, vec![Change::Lane(LaneChange::KeepAnswer(key, whole.order.id, 2, at(8)))]).await;
}

/// A paper that was printed of a case.
fn print(id: PrintId, of: &Whole, bytes: &Blob) -> NewPrint {
    let print = Print {
        id,
        chain: of.chain.id,
        case: of.case.id,
        kind: PrintKind::FreezeNotice,
        format: PrintFormat::Html,
        about: of.party.id.to_string(),
        at: at(5),
        actor: "法官甲".to_owned(),
        sha256: "0f".repeat(32),
        size: 9,
    };
    NewPrint { print, bytes: bytes.clone() }
}

fn holds(bytes: &[u8], marker: &str) -> bool {
    bytes.windows(marker.len()).any(|window| window == marker.as_bytes())
}

#[tokio::test]
async fn personal_data_stands_in_bodies_alone() {
    let mut world = OnDisk::begin();
    fill(&world.store()).await;
    world.close();
    let path = world.folder().join("chakong.sqlite");
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the file");
    let mut tables = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").expect("tables");
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).expect("tables").collect::<Result<_, _>>().expect("names");
    let mut bodies_with_data = Vec::new();
    for table in &tables {
        let mut rows = file.prepare(&format!("SELECT * FROM {table}")).expect("a table");
        let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut rows = rows.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for (at, column) in columns.iter().enumerate() {
                let bytes = match row.get_ref(at).expect("a column") {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
                    _ => continue,
                };
                let is_body = BODIES.contains(&(table, column));
                // A body opens by the codec; what it holds is its own affair.
                let text =
                    if is_body { codec::decode("a body", bytes).expect("a body") } else { bytes.to_vec() };
                for marker in [NAME, NUMBER, ACCOUNT] {
                    assert!(
                        is_body || !holds(&text, marker),
                        "{table}.{column} holds personal data: {marker}"
                    );
                    if holds(&text, marker) {
                        bodies_with_data.push((table.clone(), column.clone()));
                    }
                }
            }
        }
    }
    let missing: Vec<_> = BODIES
        .iter()
        .filter(|(table, column)| !bodies_with_data.iter().any(|(t, c)| t == table && c == column))
        .collect();
    // Documents here are no text, and nobody was refused in words.
    assert_eq!(missing, [&("documents", "bytes"), &("revisions", "words")], "the test looks at every body");
}
