//! Measures and tasks.

use std::sync::Arc;

use chakong::domain::people::Courts;
use chakong::domain::{Change, Measure, MeasureState, Task, TaskId, TaskKind, found_by};
use chakong::store::{MeasureFilter, Store, TaskFilter};
use chakong_contract::asset::Rank;

use crate::samples::{Whole, a_case, at, day, keep, measure, task, write};
use crate::worlds::World;

async fn measures(
    store: &Arc<dyn Store>,
    of: &Whole,
    make: impl Fn(usize, &mut Measure) + Send + 'static,
    many: usize,
) -> Vec<Measure> {
    let of = of.clone();
    write(store, move |tx| {
        let mut made = Vec::new();
        for nth in 0..many {
            let mut one = measure(&*tx, &of);
            make(nth, &mut one);
            made.push(one);
        }
        let changes: Vec<Change> =
            made.iter().cloned().map(|one| Change::NewMeasure(Box::new(one))).collect();
        tx.write(&changes)?;
        Ok(made)
    })
    .await
}

pub async fn a_measure_and_its_moves_are_read_back(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let made = measures(&store, &whole, |_, _| {}, 2).await;
    let placed = Measure {
        state: MeasureState::InForce,
        held: "49000.01".parse().expect("an amount"),
        surplus: "0.09".parse().expect("an amount"),
        until_said: Some(day("2028-01-01")),
        rank: Some(Rank { place: 2, derived: true }),
        reference: "R-2026-9".to_owned(),
        note: "部分冻结".to_owned(),
        ..made[0].clone()
    };
    keep(&store, vec![Change::MoveMeasure(Box::new(placed.clone()), MeasureState::Asked)]).await;
    let renewed = Measure { reminded: Some(15), ..placed };
    keep(&store, vec![Change::MoveMeasure(Box::new(renewed.clone()), MeasureState::InForce)]).await;
    write(&store, move |tx| {
        assert_eq!(tx.measure(renewed.id)?, Some(renewed.clone()));
        assert_eq!(tx.measures_of(whole.chain.id)?, [renewed.clone(), made[1].clone()]);
        assert_eq!(tx.measures_by_reference("R-2026-9")?, [renewed]);
        assert_eq!(tx.measures_by_reference("R-2026-8")?, []);
        assert_eq!(tx.measures_by_reference("")?, [], "no number is nobody's number");
        Ok(())
    })
    .await;
}

pub async fn measures_are_looked_at_in_time(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let make = |nth: usize, one: &mut Measure| {
        one.state = MeasureState::InForce;
        match nth {
            0 => one.until = Some(day("2026-05-20")),
            1 => one.until = Some(day("2026-04-30")),
            2 => (one.until, one.state) = (Some(day("2026-04-30")), MeasureState::Released),
            _ => one.until = None,
        }
    };
    let made = measures(&store, &whole, make, 4).await;
    let look = |today: &str, limit: usize| {
        let today = day(today);
        let found = store.read(move |reads| reads.measures_to_look_at(today, limit));
        async move { found.await.expect("a read") }
    };
    let chain = whole.chain.id;
    assert_eq!(look("2026-03-01", 9).await, [], "nothing is near");
    assert_eq!(
        look("2026-06-30", 9).await,
        [(made[1].id, chain), (made[0].id, chain)],
        "what is next comes first"
    );
    assert_eq!(look("2026-06-30", 1).await, [(made[1].id, chain)]);
}

pub async fn lists_of_measures_have_filters_and_cursors(world: impl World) {
    let store = world.store();
    let (whole, other) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let make = |nth: usize, one: &mut Measure| {
        one.state = if nth == 1 { MeasureState::Candidate } else { MeasureState::InForce };
        one.counterpart = format!("bank-{nth}");
        one.until = Some(day(["2026-07-01", "2026-07-02", "2026-07-03"][nth]));
    };
    let made = measures(&store, &whole, make, 3).await;
    let others = measures(&store, &other, |_, _| {}, 1).await;
    let find = |filter: MeasureFilter| {
        let found = store.read(move |reads| reads.find_measures(&filter));
        async move { found.await.expect("a read").into_iter().map(|one| one.id).collect::<Vec<_>>() }
    };
    let most = MeasureFilter { limit: 9, ..MeasureFilter::default() };
    let id = |nth: usize| made[nth].id;
    assert_eq!(find(most.clone()).await, [others[0].id, id(2), id(1), id(0)], "newest first");
    assert_eq!(find(MeasureFilter { before: Some(id(2)), limit: 1, ..most.clone() }).await, [id(1)]);
    assert_eq!(
        find(MeasureFilter { state: Some(MeasureState::InForce), ..most.clone() }).await,
        [id(2), id(0)]
    );
    assert_eq!(find(MeasureFilter { counterpart: Some("bank-1".to_owned()), ..most.clone() }).await, [id(1)]);
    assert_eq!(find(MeasureFilter { chain: Some(other.chain.id), ..most.clone() }).await, [others[0].id]);
    let court = MeasureFilter { courts: Courts::one("440301"), ..most.clone() };
    assert_eq!(find(court).await, [id(2), id(1), id(0)]);
    let ends = MeasureFilter { until_before: Some(day("2026-07-03")), ..most };
    assert_eq!(find(ends).await, [id(0)], "what stands and ends before the day");
}

pub async fn tasks_stand_on_the_list_until_they_are_done(world: impl World) {
    let store = world.store();
    let (whole, other) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let of = (whole.clone(), other.clone());
    let made = write(&store, move |tx| {
        let made = [
            task(&*tx, &of.0, TaskKind::Approve, 300),
            task(&*tx, &of.0, TaskKind::Requery, 100),
            task(&*tx, &of.1, TaskKind::Requery, 100),
            Task { created: at(9), ..task(&*tx, &of.1, TaskKind::Resolve, 200) },
        ];
        tx.write(&made.clone().map(Change::NewTask))?;
        Ok(made)
    })
    .await;
    let find = |filter: TaskFilter| {
        let found = store.read(move |reads| reads.find_tasks(&filter));
        async move { found.await.expect("a read").into_iter().map(|one| one.id).collect::<Vec<_>>() }
    };
    let id = |nth: usize| made[nth].id;
    let most = TaskFilter { limit: 9, ..TaskFilter::default() };
    assert_eq!(find(most.clone()).await, [id(1), id(2), id(3), id(0)], "what is due first comes first");
    let behind = TaskFilter { after: Some((at(100), id(1))), limit: 2, ..most.clone() };
    assert_eq!(find(behind).await, [id(2), id(3)]);
    assert_eq!(find(TaskFilter { kind: Some(TaskKind::Requery), ..most.clone() }).await, [id(1), id(2)]);
    assert_eq!(find(TaskFilter { chain: Some(whole.chain.id), ..most.clone() }).await, [id(1), id(0)]);
    assert_eq!(find(TaskFilter { courts: Courts::one("440300"), ..most.clone() }).await, [id(2), id(3)]);
    assert_eq!(find(TaskFilter { due_before: Some(at(200)), ..most.clone() }).await, [id(1), id(2)]);
    assert_eq!(find(TaskFilter { created_before: Some(at(9)), ..most.clone() }).await, [id(1), id(2), id(0)]);
    let officer = |name: &str| TaskFilter { found_by: found_by::of_officer(name), ..most.clone() };
    assert_eq!(find(officer("测试法官")).await.len(), 4);
    assert!(find(officer("另一法官")).await.is_empty());
    let by = |who: &str| TaskFilter { submitted_by: Some(who.to_owned()), ..most.clone() };
    assert_eq!((find(by("case-system")).await.len(), find(by("gh001")).await.len()), (4, 0));
    let clock = |seconds: i64| {
        let found = store.read(move |reads| reads.tasks_for_the_clock(at(seconds), 9));
        async move { found.await.expect("a read").into_iter().map(|one| one.id).collect::<Vec<_>>() }
    };
    assert_eq!(
        (clock(99).await, clock(100).await),
        (vec![], vec![id(1), id(2)]),
        "persons' tasks are not the clock's"
    );
    let watched = Task { look: Some(at(50)), ..made[3].clone() };
    keep(&store, vec![Change::SaveTask(watched)]).await;
    assert_eq!(clock(50).await, [id(3)], "but for those that it is to tell of");
    keep(&store, vec![Change::SaveTask(made[3].clone())]).await;
    assert_eq!(clock(99).await, []);

    let done = Task { done: Some(at(120)), note: "已办".to_owned(), ..made[1].clone() };
    let later = Task { due: at(900), ..made[0].clone() };
    keep(&store, vec![Change::SaveTask(done.clone()), Change::SaveTask(later.clone())]).await;
    assert_eq!(find(most).await, [id(2), id(3), id(0)]);
    write(&store, move |tx| {
        assert_eq!(tx.task(done.id)?, Some(done), "what was done is kept");
        assert_eq!(tx.tasks_of(whole.chain.id)?, [later]);
        assert_eq!(tx.tasks_of(other.chain.id)?, made[2..]);
        assert_eq!(tx.task(TaskId::new(1))?, None);
        Ok(())
    })
    .await;
}
