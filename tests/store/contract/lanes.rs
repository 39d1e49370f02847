//! What lanes, consumers and the audit keep.

use std::sync::Arc;

use chakong::domain::retention::Forget;
use chakong::domain::{
    AuditEntry, Change, IdKind, LaneChange, OrderId, Pause, PropertyFinding, QuotaUsed, RawId, RelayFailure,
};
use chakong::store::{ActFilter, ChargeReference, Responded, Store, charged_on};
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

/// Numbers of a lane's messages as pages of `limit` give them, read to the end.
async fn listed(store: &Arc<dyn Store>, lane: &'static str, limit: usize) -> Vec<i64> {
    let (mut all, mut before) = (Vec::new(), None);
    for _ in 0..99 {
        let page = store.read(move |reads| reads.messages_of(lane, before, limit)).await.expect("a read");
        assert!(page.messages.len() <= limit, "{} of {limit}", page.messages.len());
        all.extend(page.messages.iter().map(|one| one.id.get()));
        let Some(next) = page.next else { return all };
        assert!(before.is_none_or(|before| next < before), "it comes to an end");
        before = Some(next);
    }
    panic!("pages without end: {all:?}");
}

pub async fn messages_of_a_lane_are_listed_the_newest_first_however_far_apart_they_are(world: impl World) {
    let store = world.store();
    let first = write(&store, |tx| Ok(tx.next(IdKind::Raw))).await;
    // The one is asked now and then, the others all the time.
    let seldom: Vec<i64> = (0..60).map(|at| first + at * 5_000).collect();
    let often: Vec<i64> = (0..90).map(|at| first + 295_001 + at).collect();
    let new = |lane: &'static str, ids: &[i64]| {
        let new = |id: &i64| {
            Change::Lane(LaneChange::NewRaw(RawId::new(*id), raw(lane, None, "QNA", b"x"), vec![]))
        };
        ids.iter().map(new).collect::<Vec<_>>()
    };
    keep(&store, [new("bank-one", &seldom), new("bank-two", &often)].concat()).await;
    let backwards = |ids: &[i64]| ids.iter().rev().copied().collect::<Vec<_>>();
    for limit in [1, 7, 60, 200] {
        assert_eq!(listed(&store, "bank-one", limit).await, backwards(&seldom), "pages of {limit}");
        assert_eq!(listed(&store, "bank-two", limit).await, backwards(&often), "pages of {limit}");
    }
    let newest = store.read(|reads| reads.messages_of("bank-one", None, 10)).await.expect("a read");
    assert_eq!(newest.messages.len(), 10, "nobody reads on to see a few");
    assert_eq!(listed(&store, "bank-three", 7).await, Vec::<i64>::new());
    // Where none is left nothing is looked for.
    let (gone, left) = seldom.split_at(40);
    let gone = gone.iter().copied().map(RawId::new).collect();
    keep(&store, vec![Change::Forget(Forget::Messages(gone))]).await;
    assert_eq!(listed(&store, "bank-one", 7).await, backwards(left));
    let left = left.iter().copied().map(RawId::new).collect();
    keep(&store, vec![Change::Forget(Forget::Messages(left))]).await;
    let none = store.read(|reads| reads.messages_of("bank-one", None, 7)).await.expect("a read");
    assert_eq!((none.messages.len(), none.next), (0, None));
    assert_eq!(listed(&store, "bank-two", 50).await, backwards(&often));
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
        LaneChange::SpendQuota(lane(), None, first, 2),
        LaneChange::SpendQuota(lane(), None, first, 3),
        LaneChange::SpendQuota(lane(), None, second, 1),
        LaneChange::SpendQuota(lane(), Some("9910".to_owned()), second, 20),
        LaneChange::SpendQuota(lane(), Some("9920".to_owned()), second, 4),
        LaneChange::SpendQuota(lane(), Some("9910".to_owned()), second, -13),
        LaneChange::SpendQuota("other".to_owned(), Some("9910".to_owned()), second, 3),
        LaneChange::AddCharges(lane(), second, 4),
        LaneChange::AddCharges(lane(), first, 1),
        LaneChange::AddCharges(lane(), second, 5),
        LaneChange::NewChargeReference(OrderId::new(8), at(2), "N-2".to_owned()),
        LaneChange::NewChargeReference(OrderId::new(8), at(1), "N-1".to_owned()),
    ];
    keep(&store, changes.into_iter().map(Change::Lane).collect()).await;
    write(&store, move |tx| {
        let used = |requests, courts: &[(&str, u64)]| QuotaUsed {
            requests,
            courts: courts.iter().map(|(court, requests)| ((*court).to_owned(), *requests)).collect(),
        };
        assert_eq!(tx.quota_used("vendor", first)?, used(5, &[]), "counted to no court");
        assert_eq!(tx.quota_used("vendor", second)?, used(12, &[("9910", 7), ("9920", 4)]));
        assert_eq!(tx.quota_used("other", second)?, used(3, &[("9910", 3)]), "another counterpart's");
        assert_eq!(tx.quota_used("another", first)?, QuotaUsed::default());
        let by_day = [("2026-03-03".to_owned(), 9), ("2026-03-02".to_owned(), 1)];
        assert_eq!(tx.charges("vendor", 9)?, by_day, "newest first");
        assert_eq!(tx.charges("vendor", 1)?, by_day[..1]);
        assert_eq!(tx.charges_of_day("2026-03-03")?, [("vendor".to_owned(), 9)].into());
        assert!(tx.charges_of_day("2026-03-04")?.is_empty());
        assert_eq!((charged_on(tx, "vendor", second)?, charged_on(tx, "vendor", first)?), (9, 0));
        let kept = [(2, "N-2"), (1, "N-1")]
            .map(|(seconds, number)| ChargeReference { at: at(seconds), reference: number.to_owned() });
        assert_eq!(tx.charge_references(OrderId::new(8))?, kept, "in their order");
        Ok(())
    })
    .await;
}

fn failure(detail: &str, day: i64) -> RelayFailure {
    RelayFailure {
        name: "relay/nats".to_owned(),
        kind: "unreachable".to_owned(),
        detail: detail.to_owned(),
        at: at(day),
        replica: "r0".to_owned(),
    }
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
    let failed = |detail: &str, day| lane(LaneChange::KeepFailure(failure(detail, day)));
    let acts = [act(0, "a", None), act(1, "b", None), act(2, "a", Some("缺文书")), act(3, "a", None)];
    let friday = pause("检修至周五", Some(at(9)));
    let mut changes =
        vec![paused(Some(pause("检修", None))), paused(Some(friday.clone())), moved(7), moved(3)];
    changes.extend([failed("the first", 1), failed("the last", 2)]);
    let last = failure("the last", 2);
    changes.extend([
        Change::SavePropertyFinding(finding("查封")),
        Change::SavePropertyFinding(finding("工资户")),
    ]);
    changes.extend(acts.iter().cloned().map(Change::Audit));
    keep(&store, changes).await;
    write(&store, move |tx| {
        assert_eq!(tx.pauses()?, [("bank-one".to_owned(), friday.clone())].into());
        assert_eq!(tx.paused("bank-one")?, Some(friday));
        assert!(tx.pauses_over(at(8))?.is_empty(), "not yet");
        assert_eq!(tx.pauses_over(at(9))?, ["bank-one"]);
        assert_eq!(tx.paused("bank-two")?, None);
        assert_eq!(tx.acknowledged("case-system")?, 7, "never moved back");
        assert_eq!(tx.acknowledged("nobody")?, 0);
        assert_eq!(tx.consumers()?, [("case-system".to_owned(), 7)]);
        assert_eq!(tx.relay_failures()?, [last], "the last of each");
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
