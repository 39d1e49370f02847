//! A message in which something cannot be booked, for a defect of a decision, through the engine into the store.

use std::sync::atomic::AtomicUsize;

use chakong_contract::Reply;
use chakong_contract::reply::Answer;

use super::super::lane::world::{World, bank, submit_as};
use super::*;
use crate::domain::decide::{Draft, take};
use crate::domain::{OrderId, OrderRecord, OrderState, RawDirection, Source};

/// Entries of the message.
const ENTRIES: usize = 4;

/// How often an entry was decided about.
static DECIDED: AtomicUsize = AtomicUsize::new(0);

/// Takes an answer; one that says partial is answered, and moved on where no table allows it.
fn defective(draft: &mut Draft<'_>, id: OrderId, read: &Read, source: &Source) -> EntryResult {
    DECIDED.fetch_add(1, Ordering::SeqCst);
    let taken = take(draft, id, read, source);
    if matches!(&read.content, ReadContent::Answer(answer) if matches!(answer.reply, Reply::Partial { .. })) {
        let order = draft.file.orders[&id].clone();
        draft.move_order(OrderRecord { state: OrderState::Sending, ..order });
    }
    taken
}

async fn orders(world: &World) -> Vec<OrderRecord> {
    let context = &world.lane.shared().context;
    let now = context.clock.now();
    let due = move |reads: &mut dyn crate::store::Reads| {
        reads.due_orders(
            "bank-5",
            now,
            ENTRIES,
            &std::collections::HashSet::new(),
            &crate::domain::OpenCourts::All,
        )
    };
    context.store.read(due).await.expect("a read")
}

/// A message that says of each order what the counterpart found.
fn message(world: &World, said: impl Iterator<Item = (RequestNumber, Reply)>, name: &str) -> HandedIn {
    let entry = |(number, reply)| Entry { read: Read::answer(number, Answer::of(reply)), receipt: None };
    HandedIn {
        entries: said.map(entry).collect(),
        raw: RawMessage {
            lane: "bank-5".to_owned(),
            batch: None,
            direction: RawDirection::In,
            name: name.to_owned(),
            at: world.lane.shared().context.clock.now(),
            bytes: encode(name.as_bytes()),
        },
        digest: name.to_owned(),
        connector: "court-bank".to_owned(),
    }
}

/// Every way in which some of the entries cannot be booked: the others are, the message is kept once, and what could not be booked is
/// booked when it comes again to a program without the defect.
#[tokio::test]
async fn what_cannot_be_booked_of_a_message_spoils_nothing_else_of_it() {
    for which in 0_u32..1 << ENTRIES {
        let is_bad = |at: usize| which & (1 << at) != 0;
        let world = World::in_memory("bank-5", &bank("")).await;
        let context = &world.lane.shared().context;
        for at in 0..ENTRIES {
            submit_as(&format!("key-{at}"), context.clone()).await;
        }
        let asked = orders(&world).await;
        assert_eq!(asked.len(), ENTRIES, "an order of each inquiry");
        let partial = || Reply::Partial { assets: Vec::new(), missing: vec!["其余 the rest".to_owned()] };
        let reply = |at: usize| if is_bad(at) { partial() } else { Reply::Nothing };
        let said = asked.iter().enumerate().map(|(at, order)| (order.number(), reply(at)));
        DECIDED.store(0, Ordering::SeqCst);
        let verdicts =
            context.engine.receive_by(message(&world, said, "first"), defective).await.expect("taken");
        let times = if which == 0 { 1 } else { 2 };
        assert_eq!(
            DECIDED.load(Ordering::SeqCst),
            times * ENTRIES,
            "together, and each by itself: {which:b}"
        );
        for (at, (_, verdict)) in verdicts.entries.iter().enumerate() {
            assert_eq!(matches!(verdict, EntryResult::Unreadable(_)), is_bad(at), "{which:b}: {at}");
            assert_eq!(*verdict == EntryResult::Accepted, !is_bad(at), "{which:b}: {at}");
        }
        assert_eq!(booked(&world, &asked).await, (0..ENTRIES).map(|at| !is_bad(at)).collect::<Vec<_>>());
        let kept = context.store.read(|reads| reads.messages_of("bank-5", None, 9)).await.expect("a read");
        let [kept] = kept.messages.as_slice() else { panic!("{which:b}: one message: {kept:?}") };
        assert_eq!(kept.orders, asked.iter().map(|order| order.id).collect::<Vec<_>>());
        let again = asked.iter().map(|order| (order.number(), Reply::Nothing));
        context.engine.receive(message(&world, again, "second")).await.expect("taken");
        assert_eq!(booked(&world, &asked).await, [true; ENTRIES], "{which:b}");
    }
}

/// Which orders are answered, and have an answer that says nothing was found.
async fn booked(world: &World, asked: &[OrderRecord]) -> Vec<bool> {
    let ids: Vec<OrderId> = asked.iter().map(|order| order.id).collect();
    let read = move |reads: &mut dyn crate::store::Reads| {
        let mut booked = Vec::new();
        for id in ids {
            let order = reads.order(id)?.expect("the order");
            let answer = reads.revision(order.root, None)?;
            assert_eq!(order.state == OrderState::Answered, answer.is_some(), "{order:?}");
            booked.push(answer.is_some_and(|answer| answer.answer.reply == Reply::Nothing));
        }
        Ok(booked)
    };
    world.lane.shared().context.store.read(read).await.expect("a read")
}
