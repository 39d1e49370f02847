//! Courts as tenants: lists by court, and turns in a lane.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chakong::domain::people::Courts;
use chakong::domain::{Case, Change, OpenCourts, OrderId, OrderRecord, OrderState, Priority};
use chakong::store::{CaseFilter, InquiryFilter, LaneCounts, OrderFilter, Reads, Store};

use crate::samples::{Whole, a_case, at, query, write};
use crate::worlds::World;

/// Queries about a case in a lane of their own, one a second from `first` on, as its court's.
async fn queries(
    store: &Arc<dyn Store>,
    of: &Whole,
    priority: Priority,
    seconds: std::ops::Range<i64>,
) -> Vec<OrderId> {
    let (inquiry, court) = (of.inquiry().id, of.case.court_code.clone());
    write(store, move |tx| {
        let make = |second| {
            let order = query(&*tx, inquiry, "bank-two", second);
            OrderRecord { court: court.clone(), priority, ..order }
        };
        let made: Vec<OrderRecord> = seconds.map(make).collect();
        let ids = made.iter().map(|order| order.id).collect();
        let changes: Vec<Change> = made.into_iter().map(|order| Change::NewOrder(Box::new(order))).collect();
        tx.write(&changes)?;
        Ok(ids)
    })
    .await
}

pub async fn a_court_with_one_query_does_not_wait_behind_anothers_thousand(world: impl World) {
    let store = world.store();
    let (many, few) = (a_case(&store, 1).await, a_case(&store, 2).await);
    assert_ne!(many.case.court_code, few.case.court_code);
    let thousand = queries(&store, &many, Priority::Query, 0..1000).await;
    let one = queries(&store, &few, Priority::Query, 1000..1001).await;
    let due = async |limit: usize, taken: HashSet<OrderId>| -> Vec<OrderId> {
        let read =
            store.read(move |reads| reads.due_orders("bank-two", at(2000), limit, &taken, &OpenCourts::All));
        read.await.expect("a read").into_iter().map(|order| order.id).collect()
    };
    let first = due(4, HashSet::new()).await;
    assert_eq!(first, [thousand[0], one[0], thousand[1], thousand[2]], "courts take turns");
    assert_eq!(due(2, HashSet::from([thousand[0]])).await, [thousand[1], one[0]]);
    assert_eq!(due(2000, HashSet::new()).await.len(), 1001, "nothing is left out");
    let offered = store.read(|reads| reads.offers("bank-two", at(2000), false, OrderId::new(0), 2)).await;
    let offered: Vec<OrderId> = offered.expect("a read").into_iter().map(|order| order.id).collect();
    assert_eq!(offered, [thousand[0], one[0]]);
    let counts = counts_of(&store, "bank-two").await;
    assert_eq!((counts.waiting, counts.oldest), (1001, Some(at(0))), "the oldest of every court's first");
    // What is urgent goes first, whoever it belongs to.
    let release = queries(&store, &many, Priority::Release, 1500..1502).await;
    let release_turn = due(3, HashSet::new()).await;
    assert_eq!(release_turn, [release[0], release[1], thousand[0]]);
    // Not before its time.
    let read =
        store.read(move |reads| reads.due_orders("bank-two", at(500), 5, &HashSet::new(), &OpenCourts::All));
    let early: Vec<OrderId> = read.await.expect("a read").into_iter().map(|order| order.id).collect();
    assert_eq!(early, thousand[..5]);
    let counts = counts_of(&store, "bank-two").await;
    assert_eq!(counts.waiting, 1003);
    // Courts that have used their share are passed over, however many of their orders come first.
    let open = async |courts: OpenCourts| -> Vec<OrderId> {
        let read =
            move |reads: &mut dyn Reads| reads.due_orders("bank-two", at(2000), 2, &HashSet::new(), &courts);
        store.read(read).await.expect("a read").into_iter().map(|order| order.id).collect()
    };
    let of = |whole: &Whole| BTreeSet::from([whole.case.court_code.clone()]);
    assert_eq!(open(OpenCourts::But(of(&many))).await, [one[0]]);
    assert_eq!(open(OpenCourts::Only(of(&few))).await, [one[0]]);
    assert_eq!(open(OpenCourts::Only(of(&many))).await, release);
    assert_eq!(open(OpenCourts::Only(BTreeSet::new())).await, []);
}

pub async fn lists_go_by_court_and_each_sees_its_own(world: impl World) {
    let store = world.store();
    let mut all = Vec::new();
    for nth in 1..=4 {
        let whole = a_case(&store, nth).await;
        queries(&store, &whole, Priority::Query, nth..nth + 1).await;
        all.push(whole);
    }
    let both = Courts::Some(["440300".to_owned(), "440301".to_owned()].into());
    let [none, one, two] = [Courts::Some(std::collections::BTreeSet::new()), Courts::one("440301"), both];
    for (courts, expected) in [(none, 0), (Courts::one("9999"), 0), (one, 2), (two, 4), (Courts::All, 4)] {
        let (asked, is_all) = (courts.clone(), courts.are_all());
        let found = store.read(move |reads| {
            let inquiries = reads.find_inquiries(&InquiryFilter {
                courts: asked.clone(),
                limit: 10,
                ..InquiryFilter::default()
            })?;
            assert!(inquiries.iter().all(|inquiry| asked.cover(&inquiry.court)));
            let orders = reads.find_orders(&OrderFilter {
                courts: asked.clone(),
                limit: 20,
                ..OrderFilter::default()
            })?;
            let cases = reads.find_cases(&CaseFilter {
                courts: asked.clone(),
                limit: 10,
                ..CaseFilter::default()
            })?;
            Ok((inquiries.len(), orders.len(), cases.len()))
        });
        // The first order of each sample has no court.
        let orders = if is_all { 2 * expected } else { expected };
        assert_eq!(found.await.expect("a read"), (expected, orders, expected), "{courts:?}");
    }
    let newest = OrderFilter { courts: Courts::one("440301"), limit: 1, ..OrderFilter::default() };
    let found = store.read(move |reads| reads.find_orders(&newest)).await.expect("a read");
    assert_eq!((found[0].inquiry, found[0].state), (all[2].inquiry().id, OrderState::Queued), "newest first");
}

pub async fn the_court_of_a_case_that_was_known_by_its_number_is_learnt(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let named =
        Case { court_name: "测试新法院".into(), court_code: "9901".into(), ..whole.case.clone() };
    let (change, expected) = (Change::SaveCase(named.clone()), named.clone());
    write(&store, move |tx| {
        tx.write(&[change])?;
        assert_eq!(tx.case(expected.id)?.as_ref(), Some(&expected), "in the same transaction");
        assert_eq!(tx.case_by_number(expected.number.as_str())?.as_ref(), Some(&expected));
        assert_eq!(tx.cases_of(expected.chain)?, [expected]);
        Ok(())
    })
    .await;
    let read = store.read(move |reads| reads.case(named.id)).await.expect("a read").expect("the case");
    assert_eq!(read.court_code, "9901");
    let filter = CaseFilter { courts: Courts::one("9901"), limit: 2, ..CaseFilter::default() };
    let found = store.read(move |reads| reads.find_cases(&filter)).await.expect("a read");
    assert_eq!(found.len(), 1);
}

/// Counts of a lane, which are the same among those of all lanes.
async fn counts_of(store: &Arc<dyn Store>, lane: &'static str) -> LaneCounts {
    let read = store.read(move |reads| Ok((reads.lane_counts(lane)?, reads.counts_of_lanes()?.remove(lane))));
    let (alone, among_all) = read.await.expect("a read");
    assert_eq!(among_all.unwrap_or_default(), alone, "{lane}");
    alone
}
