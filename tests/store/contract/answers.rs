//! Answers, receipts, certificates, and the log of results.

use std::sync::Arc;

use chakong::domain::{
    Change, EventDraft, EventType, KeptReceipt, LaneChange, LineRow, MeasureId, NewCertificate, NewReceipt,
    OrderId, OrderRecord, OrderState, Outcome, RawId, Revision,
};
use chakong::store::{IssuedCertificate, codec, standing_answer};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::samples::{a_case, at, event, found, keep, plain, query, revision, write};
use crate::worlds::World;

pub async fn revisions_are_read_back_and_the_latest_counts(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let (inquiry, root) = (whole.inquiry().id, whole.order.id);
    // The second question is asked again: an order of its own in the same line of answers.
    let again = write(&store, move |tx| {
        let again = OrderRecord { root, ..query(&*tx, inquiry, "bank-one", 60) };
        let silent = query(&*tx, inquiry, "bank-two", 61);
        tx.write(&[Change::NewOrder(Box::new(again.clone())), Change::NewOrder(Box::new(silent.clone()))])?;
        Ok((again, silent))
    });
    let (again, silent) = again.await;
    let nothing = plain(json!({ "outcome": "nothing" }));
    let all = [
        revision(&whole.order, 1, &nothing),
        revision(&whole.order, 2, &found("0.00")),
        revision(&again, 3, &found("12.30")),
    ];
    keep(&store, all.iter().cloned().map(|one| Change::NewRevision(Box::new(one))).collect()).await;
    let lines = [
        LineRow::of(&whole.order, Some(&all[1])),
        LineRow::of(&again, Some(&all[2])),
        LineRow::of(&silent, None),
    ];
    assert_eq!(lines[1].outcome, Some(Outcome::of(&all[2])));
    write(&store, move |tx| {
        assert_eq!(tx.revision(root, Some(1))?.as_ref(), Some(&all[0]));
        assert_eq!(tx.revision(root, Some(2))?.as_ref(), Some(&all[1]));
        assert_eq!(tx.revision(root, None)?.as_ref(), Some(&all[2]));
        assert_eq!(tx.revision(root, Some(4))?, None);
        assert_eq!(tx.revision(silent.id, None)?, None);
        assert_eq!(tx.revisions_of(inquiry)?, [all[2].clone()], "the latest of each question");
        assert_eq!(tx.lines_of(inquiry)?, lines, "each order shows its own latest answer");
        Ok(())
    })
    .await;
}

pub async fn answers_are_used_again_while_they_are_young(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let [first, second] = [1, 2].map(|number| revision(&whole.order, number, &found("7.00")));
    let root = whole.order.id;
    let kept = |number, seconds| {
        Change::Lane(LaneChange::KeepAnswer(b"a keyed hash".to_vec(), root, number, at(seconds)))
    };
    let changes = vec![
        Change::NewRevision(Box::new(first.clone())),
        Change::NewRevision(Box::new(second.clone())),
        kept(1, 100),
    ];
    keep(&store, changes).await;
    let cached = |since: i64| {
        let found = store.read(move |reads| {
            assert_eq!(reads.cached_answer(b"another hash", at(0))?, None);
            reads.cached_answer(b"a keyed hash", at(since))
        });
        async move { found.await.expect("a read") }
    };
    assert_eq!(cached(100).await, Some(first), "the very instant counts");
    assert_eq!(cached(101).await, None);
    keep(&store, vec![kept(2, 200)]).await;
    assert_eq!(cached(101).await, Some(second));
}

pub async fn receipts_and_certificates_are_kept_byte_for_byte(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let (order, inquiry, uid) = (whole.order.id, whole.inquiry().id, whole.inquiry().uid);
    let receipt = |bytes: &[u8], measure| NewReceipt {
        receipt: KeptReceipt {
            order,
            received_at: at(30),
            title: "回执".to_owned(),
            format: "pdf".to_owned(),
            sha256: hex::encode(Sha256::digest(bytes)),
            size: i64::try_from(bytes.len()).expect("a size"),
        },
        measure,
        raw: Some(RawId::new(4)),
        bytes: codec::encode(bytes),
    };
    let of_measure = Some(MeasureId::new(77));
    let (one, two) = (receipt(b"first", of_measure), receipt(&[0xd0; 70_000], None));
    let text = |number: u32| format!(r#"{{"number":{number},"party":"测试丙某某"}}"#);
    let certificate = |number| NewCertificate { inquiry, uid, number, at: at(40), text: text(number) };
    let changes = vec![
        Change::NewReceipt(one.clone()),
        Change::NewReceipt(two.clone()),
        Change::NewCertificate(certificate(1)),
        Change::NewCertificate(certificate(2)),
    ];
    keep(&store, changes).await;
    let issued = |number: u32| {
        let text = text(number);
        IssuedCertificate { number, at: at(40), sha256: hex::encode(Sha256::digest(text.as_bytes())), text }
    };
    let expected = (issued(1), issued(2));
    write(&store, move |tx| {
        assert_eq!(tx.receipts_of_order(order)?, [one.receipt.clone(), two.receipt.clone()]);
        assert_eq!(tx.receipts_of(MeasureId::new(77))?, std::slice::from_ref(&one.receipt));
        let kept = tx.receipt(MeasureId::new(77), &one.receipt.sha256)?;
        assert_eq!(kept, Some((one.receipt.clone(), one.bytes.clone())));
        assert_eq!(
            tx.receipt(MeasureId::new(77), &two.receipt.sha256)?,
            None,
            "it is no receipt of this measure"
        );
        assert_eq!(tx.certificate(inquiry, None)?, Some(expected.1));
        assert_eq!(tx.certificate(inquiry, Some(1))?, Some(expected.0));
        assert_eq!(tx.certificate(inquiry, Some(3))?, None);
        Ok(())
    })
    .await;
}

pub async fn the_log_is_numbered_in_the_order_of_commits(mut world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let inquiry = whole.inquiry().id;
    let writers = (0..30_i64).map(|nth| {
        let store = Arc::clone(&store);
        async move {
            let kinds = [EventType::OrderAnswered, EventType::MeasurePlaced];
            let events = kinds.map(|kind| {
                Change::NewEvent(EventDraft { order: Some(OrderId::new(nth)), ..event(inquiry, kind) })
            });
            store
                .transact(move |tx| {
                    let before = tx.last_event()?;
                    if nth % 7 == 3 {
                        return Err(chakong::store::StoreError::Missing("what it needs"));
                    }
                    tx.write(&events)?;
                    Ok((nth, before))
                })
                .await
                .ok()
        }
    });
    let mut committed: Vec<(i64, i64)> =
        futures_util::future::join_all(writers).await.into_iter().flatten().collect();
    committed.sort_by_key(|(_, before)| *before);
    let page = store.read(|reads| reads.page_after(0, 1_000)).await.expect("a read");
    let expected: Vec<(i64, Option<OrderId>)> = committed
        .iter()
        .flat_map(|(nth, before)| [1, 2].map(|more| (before + more, Some(OrderId::new(*nth)))))
        .collect();
    let seen: Vec<(i64, Option<OrderId>)> = page.iter().map(|row| (row.event.seq, row.event.order)).collect();
    assert_eq!(seen, expected, "both events of one commit stand together");
    assert_eq!(
        seen.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        (1..=2 * committed.len() as i64).collect::<Vec<_>>()
    );
    drop(store);
    world.reopen();
    let store = world.store();
    keep(&store, vec![Change::NewEvent(event(inquiry, EventType::InquiryCompleted))]).await;
    let last = store.read(|reads| reads.last_event()).await.expect("a read");
    assert_eq!(last, 2 * committed.len() as i64 + 1, "numbers go on");
}

pub async fn a_page_of_the_log_carries_order_and_answer(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let (inquiry, order) = (whole.inquiry().id, whole.order.clone());
    let answer = revision(&order, 2, &found("8.40"));
    let answered = EventDraft {
        order: Some(order.id),
        revision: Some(2),
        data: None,
        ..event(inquiry, EventType::OrderAnswered)
    };
    let changes = vec![
        Change::NewEvent(event(inquiry, EventType::InquiryAccepted)),
        Change::NewRevision(Box::new(answer.clone())),
        Change::NewEvent(answered),
        Change::NewEvent(EventDraft { order: Some(order.id), ..event(inquiry, EventType::OrderOverdue) }),
    ];
    keep(&store, changes).await;
    let page = store.read(|reads| reads.page_after(0, 9)).await.expect("a read");
    let kinds: Vec<_> = page.iter().map(|row| (row.event.seq, row.event.kind)).collect();
    let expected =
        [(1, EventType::InquiryAccepted), (2, EventType::OrderAnswered), (3, EventType::OrderOverdue)];
    assert_eq!(kinds, expected);
    let [accepted, answered, overdue] = &page[..] else { panic!("three rows") };
    assert_eq!(accepted.event.data.as_deref(), Some(r#"{"orders":1}"#));
    assert_eq!((accepted.event.inquiry_uid, accepted.event.at), (whole.inquiry().uid, at(5)));
    assert_eq!(accepted.event.case_number, whole.case.number.as_str());
    assert!(accepted.order.is_none() && accepted.revision.is_none());
    let brief = answered.order.as_ref().expect("its order");
    assert_eq!((&brief.number, &*brief.lane, brief.party), (&order.number(), "bank-one", 0));
    assert_eq!(brief.action, order.instruction.kind());
    let text = answered.revision.as_ref().expect("its answer");
    let reply: serde_json::Value = serde_json::from_str(text.answer.reply.get()).expect("JSON");
    assert_eq!(reply, serde_json::to_value(&answer.answer.reply).expect("JSON"));
    assert_eq!(text.answer.unknown, answer.answer.unknown);
    assert_eq!((text.at, &*text.outcome, &text.raw_digest), (answer.at, "found", &answer.raw_digest));
    assert_eq!((&text.connector, &text.differences), (&answer.connector, &answer.differences));
    assert!(overdue.order.is_some() && overdue.revision.is_none());
    let behind = store.read(|reads| reads.page_after(1, 1)).await.expect("a read");
    assert_eq!(behind.iter().map(|row| row.event.seq).collect::<Vec<_>>(), [2]);
}

pub async fn a_refused_re_query_takes_no_answer_away(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 0).await;
    let inquiry = whole.inquiry().id;
    let refused = plain(json!({ "outcome": "refused", "reason": "declined", "words": "证件不符" }));
    let (answered, only) = write(&store, move |tx| {
        let sent = |root: Option<&OrderRecord>| {
            let order = query(&*tx, inquiry, "bank-two", 0);
            let root = root.map_or(order.id, |root| root.id);
            OrderRecord { state: OrderState::Answered, sent: Some(at(1)), root, ..order }
        };
        let (first, only) = (sent(None), sent(None));
        let again = OrderRecord { state: OrderState::Refused, ..sent(Some(&first)) };
        let mut changes: Vec<Change> =
            [&first, &again, &only].map(|order| Change::NewOrder(Box::new(order.clone()))).into();
        for (order, number, seconds, answer) in
            [(&first, 1, 10, &found("5.00")), (&again, 2, 20, &refused), (&only, 1, 30, &refused)]
        {
            let told = Revision { at: at(seconds), ..revision(order, number, answer) };
            changes.push(Change::NewRevision(Box::new(told)));
        }
        tx.write(&changes)?;
        Ok((first.id, only.id))
    })
    .await;
    let (tallies, revisions, stood) = store
        .read(move |reads| {
            let stood = [(answered, 99), (answered, 5), (only, 99)].map(|(root, until)| {
                standing_answer(reads, root, at(until)).map(|one| one.map(|one| one.number))
            });
            Ok((reads.order_tallies(&[inquiry])?, reads.revisions_of(inquiry)?, stood))
        })
        .await
        .expect("a read");
    let of = |root| revisions.iter().find(|one| one.root == root).map(|one| one.number);
    assert_eq!((of(answered), of(only)), (Some(1), Some(1)), "what was found is still listed");
    assert_eq!(stood.map(|stood| stood.expect("a read")), [Some(1), None, Some(1)]);
    let tally = tallies.iter().find(|tally| tally.lane == "bank-two").expect("counted");
    assert_eq!((tally.total, tally.within_a_day), (3, 3), "a refusal came in time all the same");
    assert_eq!((tally.questions, tally.hits, tally.assets), (1, 1, 1), "and answers no question");
}
