//! What lanes, consumers and the audit keep.

use chakong::domain::{AuditEntry, Change, IdKind, LaneChange, OrderId, Pause, PropertyFinding, RawId};
use chakong::store::{ActFilter, ChargeReference, Responded, charged_on};
use serde_json::json;

use crate::samples::{a_case, at, batch, day, keep, raw, write};
use crate::worlds::World;

pub async fn messages_and_batches_are_kept_until_they_are_sent(world: impl World) {
    let store = world.store();
    write(&store, |tx| {
        let made = batch(&*tx, "bank-one");
        let ids: [RawId; 4] = std::array::from_fn(|_| RawId::new(tx.next(IdKind::Raw)));
        let messages = [
            raw("bank-one", Some(made.id), "CXQQ.zip", &[0x50; 30_000]),
            raw("bank-one", None, "CXFK.zip", b"fed back"),
            raw("bank-one", Some(made.id), "CXQQ2.zip", b"second part"),
            raw("bank-two", None, "QNA", b""),
        ];
        let mut changes = vec![
            Change::Lane(LaneChange::NewBatch(made.clone())),
            Change::Lane(LaneChange::SaveBatchDigest(made.id, vec![1, 2, 3])),
        ];
        for (id, message) in ids.iter().zip(&messages) {
            changes.push(Change::Lane(LaneChange::NewRaw(*id, message.clone(), Vec::new())));
        }
        for (id, lane) in [(ids[2], "bank-one"), (ids[0], "bank-one"), (ids[3], "bank-two")] {
            changes.push(Change::Lane(LaneChange::Unsent(id, lane.to_owned())));
        }
        tx.write(&changes)?;
        let [first, _, third, last] = messages;
        assert_eq!(tx.raw_of_batch(made.id)?, [first.clone(), third.clone()]);
        let waiting = [(ids[0], first), (ids[2], third.clone())];
        assert_eq!(tx.unsent("bank-one")?, waiting, "in the order they were made");
        tx.write(&[Change::Lane(LaneChange::Sent(vec![ids[0], RawId::new(1)]))])?;
        assert_eq!(tx.unsent("bank-one")?, [(ids[2], third)]);
        assert_eq!(tx.unsent("bank-two")?, [(ids[3], last)]);
        Ok(())
    })
    .await;
}

pub async fn responses_are_counted_by_name_and_subject(world: impl World) {
    let store = world.store();
    let told = |name: &str, about: &str, digest: &str| {
        Change::Lane(LaneChange::Responded {
            lane: "bank-one".to_owned(),
            name: name.to_owned(),
            about: about.to_owned(),
            digest: digest.to_owned(),
        })
    };
    let changes = vec![told("HZ.xml", "P-1", "aa"), told("HZ.xml", "P-1", "bb"), told("HZ.xml", "P-1", "aa")];
    keep(&store, changes).await;
    let asked = |name: &'static str, about: &'static str, digest: &'static str| {
        let found = store.read(move |reads| reads.responded("bank-one", name, about, digest));
        async move { found.await.expect("a read") }
    };
    assert_eq!(asked("HZ.xml", "P-1", "aa").await, Responded { nth: 1, times: 3 });
    assert_eq!(asked("HZ.xml", "P-1", "bb").await, Responded { nth: 2, times: 3 });
    assert_eq!(asked("HZ.xml", "P-2", "cc").await, Responded { nth: 3, times: 0 }, "the next of its name");
    assert_eq!(asked("HZ2.xml", "P-1", "aa").await, Responded { nth: 1, times: 3 });
    let elsewhere = store.read(|reads| reads.responded("bank-two", "HZ.xml", "P-1", "aa")).await;
    assert_eq!(elsewhere.expect("a read"), Responded { nth: 1, times: 0 });
}

pub async fn counters_add_up_by_day(world: impl World) {
    let store = world.store();
    let [first, second] = [day("2026-03-02"), day("2026-03-03")];
    let lane = || "vendor".to_owned();
    let changes = [
        LaneChange::SpendQuota(lane(), first, 2),
        LaneChange::SpendQuota(lane(), first, 3),
        LaneChange::SpendQuota(lane(), second, 1),
        LaneChange::AddCharges(lane(), second, 4),
        LaneChange::AddCharges(lane(), first, 1),
        LaneChange::AddCharges(lane(), second, 5),
        LaneChange::NewChargeReference(OrderId::new(8), at(2), "N-2".to_owned()),
        LaneChange::NewChargeReference(OrderId::new(8), at(1), "N-1".to_owned()),
    ];
    keep(&store, changes.into_iter().map(Change::Lane).collect()).await;
    write(&store, move |tx| {
        assert_eq!((tx.quota_used("vendor", first)?, tx.quota_used("vendor", second)?), (5, 1));
        assert_eq!(tx.quota_used("another", first)?, 0);
        let by_day = [("2026-03-03".to_owned(), 9), ("2026-03-02".to_owned(), 1)];
        assert_eq!(tx.charges("vendor", 9)?, by_day, "newest first");
        assert_eq!(tx.charges("vendor", 1)?, by_day[..1]);
        assert_eq!((charged_on(tx, "vendor", second)?, charged_on(tx, "vendor", first)?), (9, 0));
        let kept = [(2, "N-2"), (1, "N-1")]
            .map(|(seconds, number)| ChargeReference { at: at(seconds), reference: number.to_owned() });
        assert_eq!(tx.charge_references(OrderId::new(8))?, kept, "in their order");
        Ok(())
    })
    .await;
}

pub async fn pauses_consumers_findings_and_acts_are_kept(world: impl World) {
    let store = world.store();
    a_case(&store, 1).await;
    let lane = |change: LaneChange| Change::Lane(change);
    let pause = |reason: &str, until| Pause { reason: reason.to_owned(), until };
    let paused = |pause: Option<Pause>| lane(LaneChange::SetPaused("bank-one".to_owned(), pause));
    let moved = |seq| lane(LaneChange::Acknowledge("case-system".to_owned(), seq));
    let finding = |note: &str| PropertyFinding {
        property: "B0001|account|6200998877665544".to_owned(),
        note: note.to_owned(),
        actor: "法官甲".to_owned(),
        at: at(8),
    };
    let act = |nth: i64, actor: &str, refused: Option<&str>| AuditEntry {
        at: at(nth),
        actor: actor.to_owned(),
        act: if nth % 2 == 0 { "approve" } else { "submit" }.to_owned(),
        subject: format!("subject-{}", nth % 3),
        reason: String::new(),
        detail: (nth > 1).then(|| json!({ "nth": nth })),
        refused: refused.map(str::to_owned),
    };
    let acts = [act(0, "a", None), act(1, "b", None), act(2, "a", Some("缺文书")), act(3, "a", None)];
    let friday = pause("检修至周五", Some(at(9)));
    let mut changes =
        vec![paused(Some(pause("检修", None))), paused(Some(friday.clone())), moved(7), moved(3)];
    changes.extend([
        Change::SavePropertyFinding(finding("查封")),
        Change::SavePropertyFinding(finding("工资户")),
    ]);
    changes.extend(acts.iter().cloned().map(Change::Audit));
    keep(&store, changes).await;
    write(&store, move |tx| {
        assert_eq!(tx.paused("bank-one")?, Some(friday));
        assert!(tx.pauses_over(at(8))?.is_empty(), "not yet");
        assert_eq!(tx.pauses_over(at(9))?, ["bank-one"]);
        assert_eq!(tx.paused("bank-two")?, None);
        assert_eq!(tx.acknowledged("case-system")?, 7, "never moved back");
        assert_eq!(tx.acknowledged("nobody")?, 0);
        assert_eq!(tx.consumers()?, [("case-system".to_owned(), 7)]);
        assert_eq!(tx.property_finding(&finding("").property)?, Some(finding("工资户")));
        assert_eq!(tx.property_finding("B0001|account|6200998877665545")?, None);
        let mut find =
            |filter: ActFilter| -> chakong::store::Stored<Vec<(i64, AuditEntry)>> { tx.find_acts(&filter) };
        let most = ActFilter { limit: 9, ..ActFilter::default() };
        let all = find(most.clone())?;
        let entries: Vec<&AuditEntry> = all.iter().rev().map(|(_, entry)| entry).collect();
        assert_eq!(entries, acts.iter().collect::<Vec<_>>());
        let behind = find(ActFilter { before: Some(all[1].0), limit: 1, ..most.clone() })?;
        assert_eq!(behind, [all[2].clone()]);
        let by =
            find(ActFilter { actor: Some("a".to_owned()), act: Some("approve".to_owned()), ..most.clone() })?;
        assert_eq!(by, [all[1].clone(), all[3].clone()]);
        assert_eq!(find(ActFilter { subject: Some("subject-1".to_owned()), ..most })?, [all[2].clone()]);
        Ok(())
    })
    .await;
    keep(&store, vec![paused(Some(pause("再检修", None)))]).await;
    assert!(
        store.read(|reads| reads.pauses_over(at(99))).await.expect("a read").is_empty(),
        "a person ends it"
    );
    keep(&store, vec![paused(None)]).await;
    assert_eq!(store.read(|reads| reads.paused("bank-one")).await.expect("a read"), None);
}
