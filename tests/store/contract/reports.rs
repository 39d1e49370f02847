//! What reports read: inquiries of a period, counts of their orders, and prints.

use std::sync::Arc;

use chakong::domain::people::Courts;
use chakong::domain::retention::Forget;
use chakong::domain::statistics::OrderTally;
use chakong::domain::{
    Change, IdKind, InquiryId, JoinedChains, Measure, MeasureState, NewPrint, OrderRecord, OrderState, Print,
    PrintFormat, PrintId, PrintKind, Revision,
};
use chakong::store::{Lapse, codec, inquiries_of_courts, is_renewed_in_time, terms_of_courts};
use chakong_contract::{ActionKind, Answer, Instruction};
use serde_json::json;

use crate::samples::{
    Whole, a_case, at, control, found, keep, measure, plain, query, revision, whole, write,
};
use crate::worlds::World;

pub async fn inquiries_of_a_period_come_in_the_order_in_which_they_were_accepted(world: impl World) {
    let store = world.store();
    let mut ids = Vec::new();
    // Not in the order of their rows.
    for nth in [3, 1, 2, 5, 4] {
        ids.push((nth, a_case(&store, nth).await.inquiry().id));
    }
    ids.sort_unstable();
    let ids: Vec<InquiryId> = ids.into_iter().map(|(_, id)| id).collect();
    let between = async |after, until, limit| {
        let read = store
            .read(move |reads| reads.inquiries_between(after, until, None, limit))
            .await
            .expect("a read");
        read.iter().map(|inquiry| inquiry.id).collect::<Vec<_>>()
    };
    let begin = InquiryId::new(i64::MIN);
    assert_eq!(between((at(2), begin), at(5), 9).await, ids[1..4], "the end is not of the period");
    assert_eq!(between((at(0), begin), at(99), 2).await, ids[..2]);
    assert_eq!(between((at(2), ids[1]), at(99), 2).await, ids[2..4], "behind the last of the portion before");
    assert!(between((at(6), begin), at(99), 9).await.is_empty());
}

pub async fn inquiries_of_a_court_are_read_without_those_of_others(world: impl World) {
    let store = world.store();
    let mut own = Vec::new();
    for nth in 1..=6 {
        let court = if nth % 3 == 0 { "T10" } else { "T11" };
        let whole = write(&store, move |tx| {
            let mut whole = whole(&*tx, nth);
            whole.inquiry.inquiry.court = court.to_owned();
            tx.write(&whole.changes())?;
            Ok(whole)
        })
        .await;
        own.push((court, whole.inquiry().id));
    }
    let of = async |courts: Courts, limit| {
        let between = ((at(0), InquiryId::new(i64::MIN)), at(99));
        let read = store.read(move |reads| inquiries_of_courts(reads, &courts, between, limit)).await;
        read.expect("a read").iter().map(|inquiry| inquiry.id).collect::<Vec<_>>()
    };
    let all: Vec<InquiryId> = own.iter().map(|(_, id)| *id).collect();
    let those = |court: &str| {
        own.iter().filter(|(of, _)| *of == court).map(|(_, id)| *id).collect::<Vec<InquiryId>>()
    };
    assert_eq!(of(Courts::one("T10"), 9).await, those("T10"));
    assert_eq!(of(Courts::one("T11"), 2).await, those("T11")[..2]);
    let both = Courts::Some(["T10".to_owned(), "T11".to_owned()].into());
    assert_eq!(of(both.clone(), 9).await, all, "in the order in which they were accepted");
    assert_eq!(of(both, 4).await, all[..4]);
    assert_eq!(of(Courts::All, 9).await, all);
    assert!(of(Courts::Some(Default::default()), 9).await.is_empty(), "no court is not every court");
}

/// An order of one inquiry in a state, sent after some seconds, and its answers: seconds after the beginning, and what.
struct Told(OrderState, Option<i64>, Vec<(i64, Arc<Answer>)>);

/// Seconds of a day.
const DAY: i64 = 86_400;

pub async fn orders_are_counted_by_what_became_of_them(world: impl World) {
    let store = world.store();
    let (whole, other) = (a_case(&store, 0).await, a_case(&store, 1).await);
    let nothing = || plain(json!({ "outcome": "nothing" }));
    let told = [
        Told(OrderState::Answered, Some(10), vec![(10 + DAY, found("5.00"))]),
        Told(OrderState::Answered, Some(20), vec![(21 + DAY, nothing())]),
        // The first answer counts for the time, the latest for what was found.
        Told(OrderState::Answered, Some(30), vec![(40, nothing()), (50 + 2 * DAY, found("6.00"))]),
        Told(OrderState::Awaiting, Some(5), Vec::new()),
        Told(OrderState::Overdue, Some(60), Vec::new()),
        Told(OrderState::Failed, None, Vec::new()),
        Told(OrderState::Cancelled, None, Vec::new()),
        // An answer that came although it was withdrawn, and was never noted as sent: from when it was made.
        Told(OrderState::Cancelled, None, vec![(DAY, nothing())]),
    ];
    let (inquiry, of) = (whole.inquiry().id, whole.clone());
    write(&store, move |tx| {
        let mut changes = Vec::new();
        for Told(state, sent, answers) in &told {
            let order =
                OrderRecord { state: *state, sent: sent.map(at), ..query(&*tx, inquiry, "bank-two", 0) };
            changes.push(Change::NewOrder(Box::new(order.clone())));
            for (number, (seconds, answer)) in (1..).zip(answers) {
                let answered = Revision { at: at(*seconds), ..revision(&order, number, answer) };
                changes.push(Change::NewRevision(Box::new(answered)));
            }
        }
        changes.append(&mut freezes(&*tx, &of));
        tx.write(&changes)
    })
    .await;
    let asked = [inquiry, other.inquiry().id];
    let mut tallies = store.read(move |reads| reads.order_tallies(&asked)).await.expect("a read");
    tallies.sort_by_key(|tally| (tally.inquiry, tally.lane.clone(), tally.action));
    let of = |inquiry, lane: &str, action| OrderTally::of(inquiry, lane.to_owned(), action);
    let waiting = |inquiry| OrderTally { total: 1, open: 1, ..of(inquiry, "bank-one", ActionKind::Query) };
    let expected = vec![
        waiting(inquiry),
        OrderTally {
            total: 2,
            within_a_day: 2,
            questions: 2,
            first_sent: Some(at(70)),
            first_held: Some(at(80)),
            held: 1,
            ..of(inquiry, "bank-one", ActionKind::Freeze)
        },
        OrderTally {
            total: 8,
            open: 1,
            withdrawn: 1,
            not_sent: 1,
            within_a_day: 3,
            later: 1,
            questions: 4,
            hits: 2,
            assets: 2,
            first_sent: Some(at(5)),
            ..of(inquiry, "bank-two", ActionKind::Query)
        },
        waiting(other.inquiry().id),
    ];
    assert_eq!(tallies[2].never(), 1, "overdue; what failed was never sent");
    assert_eq!(tallies, expected);
    assert!(store.read(|reads| reads.order_tallies(&[])).await.expect("a read").is_empty());
}

pub async fn a_question_that_is_asked_again_counts_once_with_its_newest_answer(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 0).await;
    let inquiry = whole.inquiry().id;
    write(&store, move |tx| {
        let first = OrderRecord {
            state: OrderState::Answered,
            sent: Some(at(1)),
            ..query(&*tx, inquiry, "bank-two", 0)
        };
        let mut changes = vec![Change::NewOrder(Box::new(first.clone()))];
        let answered = Revision { at: at(10), ..revision(&first, 1, &found("5.00")) };
        changes.push(Change::NewRevision(Box::new(answered)));
        for number in 2..=3 {
            let again = query(&*tx, inquiry, "bank-two", 0);
            let again =
                OrderRecord { state: OrderState::Answered, sent: Some(at(1)), root: first.id, ..again };
            changes.push(Change::NewOrder(Box::new(again.clone())));
            let answered = Revision { at: at(20), ..revision(&again, number, &found("6.00")) };
            changes.push(Change::NewRevision(Box::new(answered)));
        }
        tx.write(&changes)
    })
    .await;
    let tallies = store.read(move |reads| reads.order_tallies(&[inquiry])).await.expect("a read");
    let tally = tallies.iter().find(|tally| tally.lane == "bank-two").expect("counted");
    assert_eq!((tally.total, tally.within_a_day), (3, 3), "each order has its own time");
    assert_eq!((tally.questions, tally.hits, tally.assets), (1, 1, 1), "and the question one answer");
}

pub async fn lapses_and_renewals_of_a_court_are_read_without_those_of_others(world: impl World) {
    let store = world.store();
    let day: chakong_contract::Date = "2026-04-01".parse().expect("a day");
    let yuan = json!({ "amount": "5", "currency": "CNY" });
    let held =
        plain(json!({ "outcome": "held", "limit": null, "held": yuan, "uncovered": null, "balance": null,
        "available": null, "from": null, "until": null, "rank": null }));
    for (nth, court) in [(1, "T10"), (2, "T11"), (3, "T11")] {
        let held = Arc::clone(&held);
        write(&store, move |tx| {
            let mut whole = whole(&*tx, nth);
            whole.inquiry.inquiry.court = court.to_owned();
            let line = Measure { state: MeasureState::Lapsed, until: Some(day), ..measure(&*tx, &whole) };
            let mut order =
                OrderRecord { state: OrderState::Answered, sent: Some(at(1)), ..control(&*tx, &line, 0) };
            order.instruction = renewal(&line);
            let answered = Revision { at: at(10), ..revision(&order, 1, &held) };
            let mut changes = whole.changes();
            changes.push(Change::NewMeasure(Box::new(line)));
            changes.push(Change::NewOrder(Box::new(order)));
            changes.push(Change::NewRevision(Box::new(answered)));
            tx.write(&changes)
        })
        .await;
    }
    let both = Courts::Some(["T10".to_owned(), "T11".to_owned()].into());
    for (courts, count) in [(Courts::one("T10"), 1), (Courts::one("T11"), 2), (both, 3), (Courts::All, 3)] {
        let read =
            store.read(move |reads| terms_of_courts(reads, &courts, (day, day), (at(0), at(99)))).await;
        let (lapses, renewals) = read.expect("a read");
        assert_eq!((lapses.len(), renewals.len()), (count, count));
    }
}

pub async fn lapses_are_found_by_their_last_days(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 0).await;
    let of = whole.clone();
    let day = |day: &str| day.parse::<chakong_contract::Date>().expect("a day");
    let ids = write(&store, move |tx| {
        let ended = [
            ("2026-03-31", MeasureState::Lapsed),
            ("2026-04-01", MeasureState::Lapsed),
            ("2026-04-30", MeasureState::Lapsed),
            ("2026-04-15", MeasureState::InForce),
            ("2026-05-01", MeasureState::Lapsed),
        ];
        let (mut changes, mut ids) = (Vec::new(), Vec::new());
        for (until, state) in ended {
            let line = Measure { state, until: Some(day(until)), ..measure(&*tx, &of) };
            ids.push(line.id);
            changes.push(Change::NewMeasure(Box::new(line)));
        }
        tx.write(&changes)?;
        Ok(ids)
    })
    .await;
    let (from, until) = (day("2026-04-01"), day("2026-04-30"));
    let lapsed = store.read(move |reads| reads.lapses_between(from, until, None)).await.expect("a read");
    let lapse = |measure, day| Lapse { measure, lane: "bank-one".to_owned(), day };
    assert_eq!(lapsed, [lapse(ids[1], from), lapse(ids[2], until)]);
}

pub async fn renewals_count_that_took_effect_while_the_term_before_them_ran(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 0).await;
    let of = whole.clone();
    let yuan = json!({ "amount": "5", "currency": "CNY" });
    let held =
        plain(json!({ "outcome": "held", "limit": null, "held": yuan, "uncovered": null, "balance": null,
        "available": null, "from": null, "until": null, "rank": null }));
    let declined = plain(json!({ "outcome": "not_held", "reason": "declined", "words": "已届满" }));
    // The new term begins on 3 March; it is 9 o'clock on the 2nd in China. Taken first, and held in the end; too late; refused.
    let told = [
        vec![(10, declined.clone()), (20, held.clone())],
        vec![(20 * 3600, held.clone())],
        vec![(30, declined), (20 * 3600, held)],
    ];
    write(&store, move |tx| {
        let line = measure(&*tx, &of);
        let mut changes = vec![Change::NewMeasure(Box::new(line.clone()))];
        for answers in &told {
            let mut order =
                OrderRecord { state: OrderState::Answered, sent: Some(at(1)), ..control(&*tx, &line, 0) };
            order.instruction = renewal(&line);
            changes.push(Change::NewOrder(Box::new(order.clone())));
            for (number, (seconds, answer)) in (1..).zip(answers) {
                let answered = Revision { at: at(*seconds), ..revision(&order, number, answer) };
                changes.push(Change::NewRevision(Box::new(answered)));
            }
        }
        tx.write(&changes)
    })
    .await;
    let renewed = async |from: i64, until: i64| {
        let read = store.read(move |reads| {
            let all = reads.renewals_between(at(from), at(until), None)?;
            all.iter().map(|one| Ok((one.at, is_renewed_in_time(reads, one)?))).collect::<Result<Vec<_>, _>>()
        });
        read.await.expect("a read")
    };
    let (late, in_time) = ((at(20 * 3600), false), (at(20), true));
    assert_eq!(renewed(0, DAY).await, [in_time, late, late], "by when each was first held");
    assert_eq!(renewed(20, 21).await, [in_time]);
    assert!(renewed(0, 20).await.is_empty(), "the end is not of the period");
}

fn renewal(of: &chakong::domain::Measure) -> Instruction {
    let renewal = json!({
        "action": "renew", "target": of.target, "from": "2026-03-03", "until": "2027-03-02",
        "original": { "number": "CK20260302000000000001", "case_number": "（2026）晋10执7号" },
    });
    serde_json::from_value(renewal).expect("an instruction")
}

/// A freeze that is held, and one that is not.
fn freezes(ids: &dyn chakong::domain::NewIds, of: &Whole) -> Vec<Change> {
    let line = measure(ids, of);
    let yuan = json!({ "amount": "5", "currency": "CNY" });
    let held =
        plain(json!({ "outcome": "held", "limit": null, "held": yuan, "uncovered": null, "balance": null,
        "available": null, "from": null, "until": null, "rank": null }));
    let declined = plain(json!({ "outcome": "not_held", "reason": "declined", "words": "余额不足" }));
    let mut changes = vec![Change::NewMeasure(Box::new(line.clone()))];
    for (seconds, answer) in [(70, held), (75, declined)] {
        let order = OrderRecord {
            state: OrderState::Answered,
            sent: Some(at(seconds)),
            ..control(ids, &line, seconds)
        };
        let answered = Revision { at: at(seconds + 10), ..revision(&order, 1, &answer) };
        changes.push(Change::NewOrder(Box::new(order)));
        changes.push(Change::NewRevision(Box::new(answered)));
    }
    changes
}

fn print(id: PrintId, of: &Whole, bytes: &[u8]) -> NewPrint {
    let print = Print {
        id,
        chain: of.chain.id,
        case: of.case.id,
        kind: PrintKind::SearchSummary,
        format: PrintFormat::Html,
        about: of.party.id.to_string(),
        at: at(9),
        actor: "officer".to_owned(),
        sha256: "0f".repeat(32),
        size: u64::try_from(bytes.len()).expect("a size"),
    };
    NewPrint { print, bytes: codec::encode(bytes) }
}

pub async fn a_print_is_kept_byte_for_byte_and_belongs_to_its_chain(world: impl World) {
    let store = world.store();
    let (into, from) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let (of, same) = (from.clone(), bytes.clone());
    let new = write(&store, move |tx| {
        let new = print(PrintId::new(tx.next(IdKind::Print)), &of, &same);
        tx.write(&[Change::NewPrint(new.clone())])?;
        assert_eq!(tx.print(new.print.id)?.map(|(print, _)| print), Some(new.print.clone()), "at once");
        Ok(new)
    })
    .await;
    let (id, chain, stays) = (new.print.id, from.chain.id, into.chain.id);
    let read =
        store.read(move |reads| Ok((reads.print(id)?, reads.prints_of(chain)?))).await.expect("a read");
    assert_eq!(read, (Some((new.print.clone(), bytes)), vec![new.print.clone()]));
    let twice = vec![Change::NewPrint(new.clone())];
    assert!(store.transact(move |tx| tx.write(&twice)).await.is_err(), "a number is given once");

    let joined = JoinedChains {
        into: stays,
        from: chain,
        parties: Vec::new(),
        measures: Vec::new(),
        debtors: vec![(from.inquiry().id, vec![into.party.id])],
        continues: (from.case.id, into.case.id),
    };
    keep(&store, vec![Change::JoinChains(Box::new(joined))]).await;
    let both = store.read(move |reads| Ok((reads.prints_of(stays)?, reads.prints_of(chain)?))).await;
    let (moved, left) = both.expect("a read");
    assert_eq!((moved.len(), left.len(), moved[0].chain), (1, 0, stays));
    keep(&store, vec![Change::Forget(Forget::Chain(stays))]).await;
    assert_eq!(store.read(move |reads| reads.print(id)).await.expect("a read"), None);
}
