//! Clocks that jump, probes, consumers that read no more, and pages that are bounded.

use std::sync::Arc;

use chakong::domain::{
    Chain, Change, EventDraft, EventType, Inquiry, InquiryId, InquiryState, LaneChange, OrderId, OrderRecord,
    OrderState, RawId, Task, TaskKind,
};
use chakong::store::{ActFilter, load_chain, load_chain_for_act, load_chain_for_submission};

use crate::engines::{SetClock, days, engine};
use crate::samples::{a_case, at, control, day, event, keep, query, raw, task, whole, write};
use crate::worlds::World;

pub async fn a_clock_that_goes_a_day_forward_and_back_leaves_no_order_waiting_for_it(world: impl World) {
    let store = world.store();
    let clock = SetClock::at(at(0));
    let engine = engine(&store, &clock);
    let inquiry = a_case(&store, 1).await.inquiry().id;
    clock.set_by(days(1));
    // An attempt failed meanwhile: the next one is due ten minutes later by the wrong clock.
    let late = write(&store, move |tx| {
        let late = OrderRecord { due: at(86_400 + 600), ..query(&*tx, inquiry, "bank-two", 2) };
        tx.write(&[Change::NewOrder(Box::new(late.clone()))])?;
        Ok(late)
    })
    .await;
    clock.set_by(days(-1));
    engine.bring_forward(days(1)).await.expect("brought forward");
    let order = write(&store, move |tx| tx.order(late.id)).await.expect("the order");
    assert_eq!((order.due, order.state), (at(600), OrderState::Queued), "ten minutes by the right clock");
    let due =
        write(&store, |tx| tx.due_orders("bank-two", at(600), 9, &Default::default(), &Default::default()))
            .await;
    assert_eq!(due.len(), 1);
    engine.bring_forward(days(30)).await.expect("nothing to do");
    let order = write(&store, move |tx| tx.order(order.id)).await.expect("the order");
    assert_eq!(order.due, at(0), "never before now");
}

pub async fn what_is_written_for_a_look_is_read_back(world: impl World) {
    let store = world.store();
    let clock = SetClock::at(at(5));
    let engine = engine(&store, &clock);
    assert_eq!(store.read(|reads| reads.probed()).await.expect("a read"), None);
    assert!(engine.probe_store().await.expect("a write"));
    assert_eq!(store.read(|reads| reads.probed()).await.expect("a read"), Some(at(5)));
    clock.set_by(days(-1));
    assert!(engine.probe_store().await.expect("a write"), "whatever the clock says");
}

pub async fn a_consumer_that_reads_no_more_is_removed_and_the_audit_says_so(world: impl World) {
    let store = world.store();
    let engine = engine(&store, &SetClock::at(at(5)));
    let whole = a_case(&store, 1).await;
    let told = || Change::NewEvent(event(whole.inquiry().id, EventType::InquiryAccepted));
    let seen = LaneChange::Acknowledge("archive".to_owned(), 1);
    keep(&store, vec![told(), told(), told(), Change::Lane(seen)]).await;
    let entry = |name: &str| chakong::domain::AuditEntry {
        at: at(6),
        actor: "operations".to_owned(),
        act: "remove_consumer".to_owned(),
        subject: name.to_owned(),
        reason: String::new(),
        detail: None,
        refused: None,
    };
    let none = engine.remove_consumer("others".to_owned(), entry("others")).await.expect("a write");
    assert_eq!(none, None);
    let removed = engine.remove_consumer("archive".to_owned(), entry("archive")).await.expect("a write");
    assert_eq!(removed, Some((1, 3)));
    let filter = ActFilter { act: Some("remove_consumer".to_owned()), limit: 9, ..ActFilter::default() };
    let (consumers, acts) =
        store.read(move |reads| Ok((reads.consumers()?, reads.find_acts(&filter)?))).await.expect("a read");
    assert!(consumers.is_empty());
    let [(_, act)] = &acts[..] else { panic!("one line: {acts:?}") };
    assert_eq!(
        (act.subject.as_str(), act.detail.as_ref()),
        ("archive", Some(&serde_json::json!({ "acknowledged": 1, "last_event": 3 })))
    );
}

pub async fn a_page_of_the_log_is_bounded_by_its_bytes_and_the_next_goes_on(world: impl World) {
    let store = world.store();
    let inquiry = a_case(&store, 1).await.inquiry().id;
    let large = format!("{{\"note\":\"{}\"}}", "x".repeat(700_000));
    for _ in 0..16 {
        let told = EventDraft { data: Some(large.clone()), ..event(inquiry, EventType::MeasureExpiring) };
        keep(&store, vec![Change::NewEvent(told)]).await;
    }
    let huge = format!("{{\"note\":\"{}\"}}", "x".repeat(9_000_000));
    keep(
        &store,
        vec![Change::NewEvent(EventDraft { data: Some(huge), ..event(inquiry, EventType::MeasureExpiring) })],
    )
    .await;
    let (mut after, mut pages, mut seen) = (0, 0, 0);
    while seen < 17 {
        let page = store.read(move |reads| reads.page_after(after, 500)).await.expect("a read");
        let bytes: usize = page.iter().map(|row| row.event.data.as_ref().map_or(0, String::len)).sum();
        assert!(bytes < 6_000_000 || page.len() == 1, "{bytes} bytes in {} events", page.len());
        after = page.last().expect("at least one event a page").event.seq;
        seen += page.len();
        pages += 1;
    }
    assert!((3..=6).contains(&pages), "{pages} pages");
}

pub async fn the_file_of_a_case_does_not_grow_with_the_terms_of_its_inquiries(world: impl World) {
    let store = world.store();
    let first = a_case(&store, 1).await;
    for nth in 2..30 {
        let chain = first.chain.clone();
        write(&store, move |tx| {
            let mut more = whole(&*tx, nth);
            more.inquiry.inquiry.chain = chain.id;
            tx.write(&[Change::NewInquiry(Box::new(more.inquiry))])
        })
        .await;
    }
    let chain = first.chain.id;
    let (file, for_act) = store
        .read(move |reads| Ok((load_chain(reads, chain)?, load_chain_for_act(reads, chain)?)))
        .await
        .expect("a read");
    assert_eq!((file.inquiries.len(), file.terms.len()), (29, 0), "nothing stands that needs them");
    assert_eq!(for_act.terms.len(), 29);
    let plain = first.terms.clone();
    let mut filed = plain.clone();
    Arc::make_mut(&mut filed.case).filed_on = Some(day("2026-03-02"));
    for (new, compared) in [(plain, 0), (filed, 1)] {
        let read = store.read(move |reads| load_chain_for_submission(reads, chain, &new));
        let file = read.await.expect("a read");
        assert_eq!(file.terms.len(), compared, "what a submission states alone is compared");
    }
    let measured = write(&store, move |tx| {
        let measure = crate::samples::measure(&*tx, &first);
        tx.write(&[Change::NewMeasure(Box::new(measure))])?;
        load_chain(tx, chain)
    })
    .await;
    let mut known: Vec<InquiryId> = measured.terms.keys().copied().collect();
    known.sort_unstable();
    let all: Vec<InquiryId> = measured.inquiries.keys().copied().collect();
    assert_eq!(known, [all[0], all[28]], "of the one that found it, and the newest that names its party");
}

pub async fn the_file_of_a_case_comes_with_the_orders_that_its_open_tasks_put_before_a_person(
    world: impl World,
) {
    let store = world.store();
    let first = a_case(&store, 1).await;
    let chain = first.chain.id;
    let (file, put) = write(&store, move |tx| {
        let measure = crate::samples::measure(&*tx, &first);
        let mut changes = vec![Change::NewMeasure(Box::new(measure.clone()))];
        let mut put = Vec::new();
        for (kind, is_put) in [
            (TaskKind::AnswerRefusal, true),
            (TaskKind::Resolve, true),
            (TaskKind::Review, true),
            (TaskKind::NotifyDebtor, false),
        ] {
            let order = control(&*tx, &measure, 2);
            let about =
                Task { order: Some(order.id), measure: Some(measure.id), ..task(&*tx, &first, kind, 9) };
            put.extend(is_put.then_some(order.id));
            changes.extend([Change::NewOrder(Box::new(order)), Change::NewTask(about)]);
        }
        tx.write(&changes)?;
        Ok((load_chain(tx, chain)?, put))
    })
    .await;
    let mut known: Vec<OrderId> = file.orders.keys().copied().collect();
    known.sort_unstable();
    assert_eq!(known, put, "and no others: the case may have thousands");
}

pub async fn messages_know_their_orders_and_how_often_they_were_repeated(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let order = whole.order.id;
    write(&store, move |tx| {
        let message = |id: i64, orders| {
            Change::Lane(LaneChange::NewRaw(
                RawId::new(id),
                raw("bank-one", None, "CXFK.zip", b"said"),
                orders,
            ))
        };
        tx.write(&[
            message(3, vec![order]),
            message(4, Vec::new()),
            Change::Lane(LaneChange::Unsent(RawId::new(4), "bank-one".to_owned())),
            Change::Lane(LaneChange::Repeated(RawId::new(3))),
            Change::Lane(LaneChange::Repeated(RawId::new(3))),
        ])?;
        let kept = tx.messages_after(RawId::new(0), 9)?;
        let [one, other] = &kept[..] else { panic!("two messages: {kept:?}") };
        assert_eq!((one.orders.as_deref(), one.repeats, one.is_unsent), (Some(&[order][..]), 2, false));
        assert_eq!((other.orders.as_deref(), other.repeats, other.is_unsent), (Some(&[][..]), 0, true));
        assert_eq!(tx.messages_after(RawId::new(3), 9)?, std::slice::from_ref(other));
        Ok(())
    })
    .await;
}

pub async fn a_transaction_reads_what_readers_see_whatever_was_changed_before(world: impl World) {
    let store = world.store();
    let kept = a_case(&store, 1).await;
    let (chain, inquiry, order) = (kept.chain.id, kept.inquiry().id, kept.order.id);
    let both = async |what: &str| {
        let inside =
            write(&store, move |tx| Ok((tx.chain(chain)?, tx.inquiry(inquiry)?, tx.order(order)?))).await;
        let outside = store.read(move |tx| Ok((tx.chain(chain)?, tx.inquiry(inquiry)?, tx.order(order)?)));
        let outside = outside.await.expect("a read");
        assert_eq!(format!("{inside:?}"), format!("{outside:?}"), "{what}");
        inside
    };
    both("as it was written").await;
    let changes = [
        (
            "the order leaves",
            Change::MoveOrder(
                Box::new(OrderRecord {
                    state: OrderState::Sending,
                    attempts: 1,
                    sent: Some(at(9)),
                    ..kept.order.clone()
                }),
                OrderState::Queued,
            ),
        ),
        ("an answer came", Change::SaveInquiry(Inquiry { open_orders: 7, ..kept.inquiry() })),
        (
            "the inquiry is complete",
            Change::SaveInquiry(Inquiry {
                open_orders: 0,
                completions: 1,
                state: InquiryState::Completed,
                ..kept.inquiry()
            }),
        ),
        ("the claim ended", Change::SaveChain(Chain { has_ledger: true, claim: None, ..kept.chain.clone() })),
    ];
    for (what, change) in changes {
        // Written and taken back first, read inside of it: the group is gone, and what was read in it too.
        let (spoilt, after) = (change.clone(), change.clone());
        let failed = store.transact(move |tx| {
            tx.write(&[spoilt])?;
            let _ = (tx.chain(chain)?, tx.inquiry(inquiry)?, tx.order(order)?);
            let strange = Inquiry { id: InquiryId::new(1), ..tx.inquiry(inquiry)?.expect("the inquiry") };
            tx.write(&[Change::SaveInquiry(strange)])
        });
        assert!(failed.await.is_err(), "{what}: taken back");
        both(&format!("before {what}")).await;
        let seen = write(&store, move |tx| {
            tx.write(&[after])?;
            Ok((tx.chain(chain)?, tx.inquiry(inquiry)?, tx.order(order)?))
        })
        .await;
        assert_eq!(format!("{seen:?}"), format!("{:?}", both(what).await), "{what}, in the transaction");
    }
}
