//! A store of the first edition is taken over whole, or stays as it was.

use std::sync::Arc;

use chakong::domain::retention::Retention;
use chakong::domain::{
    ClaimChangeKind, ClaimState, InquiryId, InquiryState, Measure, MeasureId, MeasureState, OrderId,
    OrderState, RawId, TaskKind,
};
use chakong::engine::Progress;
use chakong::store::sqlite::Sqlite;
use chakong::store::{Reads, Store, load_chain};
use chakong_contract::order::DocumentKind;
use rust_decimal::Decimal;
use serde_json::json;
use tempfile::TempDir;

use super::old_rows::{OldStore, freeze, query, release, yuan};
use crate::samples::{ACCOUNT, NAME, at, found};

const NUMBER: &str = "（2026）粤0304执8号";
const OTHER: &str = "（2026）粤0304执保9号";

/// Three inquiries of one case, one of them withdrawn, and one of another, with a ledger in every state.
fn fill(old: &OldStore) {
    old.inquiry(1, NUMBER, Some("90000.00"), 1);
    old.inquiry(2, NUMBER, Some("60000.00"), 0);
    old.inquiry(3, NUMBER, Some("500000.00"), 2);
    old.inquiry(4, OTHER, None, 0);
    old.order((11, 1), 3, &query(), None);
    let account = serde_json::to_value(&found("70000.00").reply).expect("JSON");
    old.answer(11, 1, &account, "");
    // A freeze of 50000, of which 40000 were held, 10000 given back and 5000 taken.
    old.order((21, 1), 3, &freeze("50000.00"), Some(31));
    old.answer(
        21,
        1,
        &json!({ "outcome": "partly_held", "held": yuan("40000.00"), "limit": null, "uncovered": null,
        "balance": null, "available": null, "from": null, "until": null, "rank": null }),
        "",
    );
    old.order((22, 1), 3, &release("10000.00"), Some(31));
    let mut deduct = release("5000.00");
    (deduct["action"], deduct["into"]) =
        ("deduct".into(), json!({ "holder": "测试法院", "number": "1", "bank": "测试银行" }));
    old.order((23, 1), 3, &deduct, Some(31));
    old.measure((31, 1), ACCOUNT, "in_force", ["50000.00", "25000.00", "0", "5000.00"], Some(21), "");
    // A release that lacked its papers, and one that is under way.
    old.order((24, 1), 3, &freeze("3000"), Some(32));
    old.measure(
        (32, 1),
        "620001",
        "stuck",
        ["3000", "3000", "0", "0"],
        Some(24),
        "超额 500 元须解除，缺解除裁定书",
    );
    old.order((25, 2), 3, &freeze("7000"), Some(33));
    old.order((26, 2), 1, &release("7000"), Some(33));
    old.measure((33, 2), "620002", "releasing", ["7000", "7000", "0", "0"], Some(25), "");
    old.0.execute("UPDATE measures SET releasing = '7000' WHERE id = 33", []).expect("a row");
    // A freeze of which nobody knows, one that waits, and one of which more is held than ordered.
    old.order((27, 2), 8, &freeze("4000"), Some(34));
    old.measure((34, 2), "620003", "asked", ["4000", "0", "0", "0"], Some(27), "");
    old.order((28, 2), 0, &freeze("4500"), Some(35));
    old.measure((35, 2), "620004", "asked", ["4500", "0", "0", "0"], Some(28), "");
    old.order((29, 2), 3, &freeze("100"), Some(36));
    old.measure((36, 2), "620005", "in_force", ["100", "130", "0", "0"], Some(29), "");
    // The same property by two inquiries; a proposal; a rejected one; one that was refused; one that was given back.
    old.measure((37, 1), "620003", "candidate", ["0", "0", "0", "0"], None, "");
    old.measure((38, 2), "620006", "proposed", ["800", "0", "0", "0"], None, "");
    old.measure((39, 2), "620007", "skipped", ["0", "0", "0", "0"], None, "法官甲: 工资户");
    old.measure((40, 2), "620008", "refused", ["900", "0", "0", "0"], None, "账号不存在");
    old.order((30, 2), 3, &freeze("600"), Some(41));
    old.order((31, 2), 3, &release("200"), Some(41));
    old.measure((41, 2), "620009", "released", ["600", "0", "0", "0"], Some(30), "");
    old.0
        .execute_batch(
            "INSERT INTO acts (at, actor, act, subject, reason) VALUES (5, '法官甲', 'reject', '39', '工资户');
             INSERT INTO events (kind, inquiry, order_id, revision, at, data) VALUES (0, 1, NULL, NULL, 7, '{\"orders\":1}');
             INSERT INTO consumers VALUES ('case-system', 1);",
        )
        .expect("rows");
}

/// A certificate as the first edition told of it.
fn certificate(issue: u32, state: &str) -> serde_json::Value {
    json!({
        "case_number": NUMBER, "issue": issue, "issued_at": "2026-03-02T01:02:03Z", "answered": 3, "refused": 1, "silent": 2,
        "failed": 1, "orders": [{
            "number": "CK20260302000000000011", "counterpart": "bank-one", "party": "debtor", "action": "query", "state": state,
            "outcome": null, "asked_at": "2026-03-01T01:02:03Z", "answered_at": null, "words": "系统维护",
        }],
        "not_asked": [{ "counterpart": "vendor", "party": "debtor", "reason": "缺文书" }],
        "coverage": { "claimed": yuan("90000.00"), "held": yuan("95000.00"), "deducted": yuan("0"), "asked": yuan("0"),
                      "shortfall": yuan("0") },
        "triage": "cash_covers_claim",
    })
}

#[tokio::test]
async fn messages_are_named_by_their_batches_and_answers_and_go_in_their_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = OldStore::create(folder.path());
    fill(&old);
    let message = "INSERT INTO raw_messages (id, lane, batch, direction, name, at, bytes) VALUES (?1, 'bank-one', ?2, 0, 'a.zip', ?3, x'00')";
    for (id, batch) in [(1, None), (2, Some(7)), (3, None), (4, None)] {
        old.0.execute(message, rusqlite::params![id, batch, at(9).as_microsecond()]).expect("a message");
    }
    old.0
        .execute_batch(
            "UPDATE revisions SET raw = 1 WHERE root IN (11, 21); UPDATE orders SET batch = 7 WHERE id = 24",
        )
        .expect("rows");
    drop(old);
    let (store, threads) = Sqlite::open(folder.path()).expect("the store of the first edition");
    let kept = read(&store, |reads| reads.messages_after(RawId::new(0), 9)).await;
    let about: Vec<_> = kept.into_iter().map(|one| one.orders).collect();
    let orders = |ids: &[i64]| Some(ids.iter().copied().map(OrderId::new).collect::<Vec<_>>());
    assert_eq!(about, [orders(&[11, 21]), orders(&[24]), None, None]);
    // Nothing names the third: it stays for the longest term. The last stays, so that its number is not given again.
    let clock = crate::engines::SetClock::at(at(0));
    let engine = crate::engines::engine(&store, &clock);
    let retention = Arc::new(Retention::default());
    let mut left = Vec::new();
    for years in [4, 7] {
        clock.set_by(crate::engines::days(366 * years));
        let mut progress = Some(Progress::begin());
        while let Some(from) = progress {
            progress = engine.sweep(&retention, from).await.expect("a sweep");
        }
        let kept = read(&store, |reads| reads.messages_after(RawId::new(0), 9)).await;
        left.push(kept.into_iter().map(|one| one.id.get()).collect::<Vec<_>>());
    }
    assert_eq!(left, [vec![1, 2, 3, 4], vec![1, 2, 4]], "an open case keeps its own");
    drop((engine, store));
    threads.join();
}

#[tokio::test]
async fn certificates_that_were_issued_are_kept_under_their_numbers_in_the_form_of_today() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = OldStore::create(folder.path());
    fill(&old);
    for (issue, state) in [(1, "unknown"), (2, "held")] {
        let told = certificate(issue, state).to_string();
        let sql = "INSERT INTO events (kind, inquiry, order_id, revision, at, data) VALUES (13, 2, NULL, NULL, 8, ?1)";
        old.0.execute(sql, [told]).expect("a row");
    }
    drop(old);
    let (store, _threads) = Sqlite::open(folder.path()).expect("the store of the first edition");
    read(&store, |reads| {
        for (number, state) in [(1, "overdue"), (2, "undetermined")] {
            let kept = reads.certificate(InquiryId::new(2), Some(number))?.expect("the certificate");
            assert_eq!(kept.sha256.len(), 64);
            let document: serde_json::Value = serde_json::from_str(&kept.text).expect("JSON");
            assert_eq!((&document["number"], &document["case_number"]), (&json!(number), &json!(NUMBER)));
            assert_eq!(document["orders"][0]["state"], state);
            assert_eq!(
                (&document["questions"]["silent"], &document["questions"]["total"]),
                (&json!(2), &json!(7))
            );
            assert_eq!(document["coverage"]["excess"]["amount"], "5000.00");
        }
        assert!(reads.certificate(InquiryId::new(2), Some(3))?.is_none());
        assert!(reads.certificate(InquiryId::new(1), None)?.is_none(), "it had none");
        Ok(())
    })
    .await;
}

async fn read<T: Send + 'static>(
    store: &Arc<dyn Store>,
    work: impl FnOnce(&mut dyn Reads) -> chakong::store::Stored<T> + Send + 'static,
) -> T {
    store.read(work).await.expect("a read")
}

fn taken_over() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    fill(&OldStore::create(folder.path()));
    let (store, _threads) = Sqlite::open(folder.path()).expect("the store of the first edition");
    (store, folder)
}

#[tokio::test]
async fn inquiries_of_one_case_become_one_chain_with_its_parties_and_papers() {
    let (store, _folder) = taken_over();
    read(&store, |reads| {
        let case = reads.case_by_number(NUMBER)?.expect("the case");
        let other = reads.case_by_number(OTHER)?.expect("the other case");
        assert_ne!(case.chain, other.chain);
        assert_eq!(case.created, at(1), "known since its first inquiry");
        assert_eq!((&*case.court_name, &*case.court_code), ("测试法院", "440303"), "as the newest says");
        let ids: Vec<_> = reads.inquiries_of(case.chain)?.into_iter().map(|one| (one.id, one.case)).collect();
        assert_eq!(ids, [1, 2, 3].map(|id| (InquiryId::new(id), case.id)));
        let parties = reads.parties_of(case.chain)?;
        assert_eq!(parties.len(), 2, "one party, whatever inquiry names it");
        let person = parties.iter().find(|party| party.name.as_str() == NAME).expect("the person");
        assert_eq!(person.documents.len(), 4, "every document that any inquiry knows");
        let terms = reads.terms(InquiryId::new(2))?.expect("terms");
        assert_eq!(terms.debtors, parties.iter().map(|party| party.id).collect::<Vec<_>>());
        assert_eq!(terms.mandate.as_ref().map(|mandate| mandate.claim.amount), Some(Decimal::from(60_000)));
        assert_eq!(reads.references_of(InquiryId::new(2))?, ["B-1", "B-2"]);
        assert_eq!(reads.not_asked(InquiryId::new(2))?[0].counterpart, "county-nine");
        let papers = reads.papers_of_inquiry(InquiryId::new(1))?;
        assert_eq!(papers.len(), 6);
        assert!(papers.iter().all(|paper| !paper.by_act && paper.measures.is_empty()));
        let document = reads.document(papers[3].id)?.expect("a document");
        assert_eq!((document.kind, &*document.title), (DocumentKind::FreezeRuling, "冻结裁定书（更正）"));
        assert_eq!((&*document.content, &*document.number), (&b"%PDF"[..], "文号1"));
        assert_eq!(reads.chain(other.chain)?.expect("the chain").claim, None);
        assert!(load_chain(reads, case.chain)?.is_whole, "a decision can be made about it");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_claim_is_the_highest_of_those_that_count_and_its_history_says_why() {
    let (store, _folder) = taken_over();
    read(&store, |reads| {
        let chain = reads.case_by_number(NUMBER)?.expect("the case").chain;
        let kept = reads.chain(chain)?.expect("the chain");
        let claim = kept.claim.expect("a claim");
        assert_eq!(claim.amount, Decimal::from(90_000), "the withdrawn one does not count");
        assert_eq!(
            (claim.state, claim.mode),
            (ClaimState::Open, chakong::domain::Mode::Auto),
            "settings of the newest"
        );
        assert!(kept.has_ledger);
        let history: Vec<_> =
            reads.claim_changes(chain)?.into_iter().map(|change| (change.kind, change.after)).collect();
        let expected = [
            (ClaimChangeKind::Stated, 90_000),
            (ClaimChangeKind::Lowered, 60_000),
            (ClaimChangeKind::Raised, 500_000),
            (ClaimChangeKind::Lowered, 90_000),
        ];
        assert_eq!(history, expected.map(|(kind, amount)| (kind, Decimal::from(amount))));
        let tasks = reads.tasks_of(chain)?;
        assert!(
            tasks.iter().any(|task| task.kind == TaskKind::Review && task.measure.is_none()),
            "somebody checks it"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_ledger_says_what_stands_ordered_now() {
    let (store, _folder) = taken_over();
    let chain = read(&store, |reads| Ok(reads.case_by_number(NUMBER)?.expect("the case").chain)).await;
    let ledger = read(&store, move |reads| reads.measures_of(chain)).await;
    let of = |id: i64| -> Measure {
        ledger.iter().find(|one| one.id == MeasureId::new(id)).expect("the measure").clone()
    };
    let amounts = |one: &Measure| {
        [one.limit, one.held, one.surplus, one.released, one.deducted]
            .map(|part| part.normalize().to_string())
    };
    let expect = |id: i64, state: MeasureState, wanted: [&str; 5]| {
        assert_eq!((of(id).state, amounts(&of(id))), (state, wanted.map(str::to_owned)), "measure {id}");
    };
    expect(31, MeasureState::InForce, ["35000", "25000", "0", "10000", "5000"]);
    expect(32, MeasureState::InForce, ["3000", "3000", "0", "0", "0"]);
    expect(33, MeasureState::Releasing, ["7000", "7000", "0", "0", "0"]);
    expect(34, MeasureState::Asked, ["4000", "0", "0", "0", "0"]);
    expect(36, MeasureState::InForce, ["100", "100", "30", "0", "0"]);
    expect(37, MeasureState::Skipped, ["0", "0", "0", "0", "0"]);
    expect(38, MeasureState::Proposed, ["800", "0", "0", "0", "0"]);
    expect(40, MeasureState::Refused, ["0", "0", "0", "0", "0"]);
    // Of 600 that were ordered 200 were given back, as much as was held: 400 stand at the bank.
    expect(41, MeasureState::InForce, ["400", "0", "0", "200", "0"]);
    assert_eq!(of(39).rejected_by, "法官甲");
    let freeze = of(31);
    assert_eq!((freeze.order, freeze.control), (Some(OrderId::new(21)), None));
    assert_eq!((&*freeze.original_number, &*freeze.original_case), ("CK20260302000000000021", NUMBER));
    assert_eq!((&*freeze.reference, freeze.available.to_string()), ("R-1", "70000".to_owned()));
    assert_eq!((of(33).control, of(33).releasing), (Some(OrderId::new(26)), Decimal::from(7_000)));
    assert_eq!(of(34).control, Some(OrderId::new(27)));
    let debtor = read(&store, move |reads| Ok(reads.parties_of(chain)?.remove(1))).await;
    assert!(ledger.iter().all(|one| one.debtor == debtor.id && one.chain == chain));
    let mut tasks = read(&store, move |reads| reads.tasks_of(chain)).await;
    tasks.retain(|task| task.measure.is_some());
    tasks.sort_by_key(|task| task.measure);
    let tasks: Vec<_> = tasks.iter().map(|task| (task.kind, task.measure, task.order)).collect();
    let about = |id: i64| Some(MeasureId::new(id));
    let expected = [
        (TaskKind::BringPapers, about(32), None),
        (TaskKind::Resolve, about(34), Some(OrderId::new(27))),
        (TaskKind::Approve, about(38), None),
    ];
    assert_eq!(tasks, expected);
}

#[tokio::test]
async fn orders_answers_and_counters_go_on() {
    let (store, _folder) = taken_over();
    read(&store, |reads| {
        let control = reads.order(OrderId::new(28))?.expect("the order");
        let papers = reads.papers_of_inquiry(InquiryId::new(2))?;
        let kinds: Vec<_> = control
            .papers
            .iter()
            .map(|id| papers.iter().find(|paper| paper.id == *id).map(|paper| paper.kind))
            .collect();
        assert_eq!(kinds, [Some(DocumentKind::FreezeNotice), Some(DocumentKind::FreezeRuling)]);
        assert_eq!(control.papers.last(), Some(&papers[3].id), "the newest ruling");
        assert_eq!((control.state, control.sent), (OrderState::Queued, None));
        assert_eq!(reads.order(OrderId::new(27))?.expect("the order").state, OrderState::Undetermined);
        let asked = reads.order(OrderId::new(11))?.expect("the order");
        assert_eq!((asked.sent, asked.papers.len()), (Some(at(111)), 0));
        let lines = reads.lines_of(InquiryId::new(1))?;
        let outcome = lines[0].outcome.as_ref().expect("an outcome");
        assert_eq!((outcome.assets, outcome.cash, &*outcome.word), (1, true, "found"));
        let revision = reads.revision(OrderId::new(11), None)?.expect("the answer");
        assert_eq!(revision.answer.reply, found("70000.00").reply);
        let inquiry = reads.inquiry(InquiryId::new(2))?.expect("the inquiry");
        assert_eq!((inquiry.open_orders, inquiry.state), (2, InquiryState::Open));
        let late = reads.past_deadline(at(26 + 500), 9)?;
        assert_eq!(late, [OrderId::new(26)], "found by its own deadline, which is before its inquiry's");
        assert_eq!((reads.last_event()?, reads.acknowledged("case-system")?), (1, 1));
        assert_eq!(reads.page_after(0, 9)?[0].event.data.as_deref(), Some("{\"orders\":1}"));
        Ok(())
    })
    .await;
    let next = store.transact(|tx| Ok(tx.next(chakong::domain::IdKind::Order))).await.expect("a number");
    assert_eq!(next / chakong::domain::ROWS_PER_EPOCH, store.epoch(), "what is new has an epoch");
}

#[tokio::test]
async fn a_store_that_cannot_be_taken_over_stays_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = OldStore::create(folder.path());
    fill(&old);
    old.0.execute("UPDATE measures SET target = '{\"kind\":\"ship\"}' WHERE id = 40", []).expect("a row");
    let dump = |file: &rusqlite::Connection| -> Vec<(String, i64)> {
        let tables = ["submissions", "measures", "orders", "revisions", "events", "inquiries", "migrations"];
        let count =
            |table: &str| file.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0));
        tables.map(|table| (table.to_owned(), count(table).expect("rows"))).into()
    };
    let before = dump(&old.0);
    drop(old);
    let error = Sqlite::open(folder.path()).map(drop).expect_err("one row cannot be read");
    let words = error.to_string();
    assert!(words.contains("row 40") && words.contains("left as it was"), "{words}");
    let file = rusqlite::Connection::open(folder.path().join("chakong.sqlite")).expect("the file");
    assert_eq!(dump(&file), before);
    let number: String = file
        .query_row("SELECT case_number FROM inquiries WHERE id = 1", [], |row| row.get(0))
        .expect("a row");
    assert_eq!(number, NUMBER);
    file.execute("DELETE FROM measures WHERE id = 40", []).expect("a row");
    drop(file);
    Sqlite::open(folder.path()).expect("and is taken over once it can be read");
}
