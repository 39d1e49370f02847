//! How lists are read: by which index.

use rusqlite::Connection;

use super::*;
use crate::domain::{MeasureState, TaskKind};
use crate::store::sqlite::migrations;
use chakong_contract::ActionKind;

fn schema() -> Connection {
    let mut connection = Connection::open_in_memory().expect("memory");
    migrations::migrate(&mut connection).expect("the schema");
    connection
}

/// The steps of a query, those of one table in one line.
fn plan(connection: &Connection, query: &Filter<'_>) -> String {
    query.explained(connection).join("; ")
}

#[test]
fn orders_of_a_case_an_inquiry_a_party_and_a_measure_are_found_by_their_index() {
    let connection = schema();
    let most = OrderFilter { limit: 51, ..OrderFilter::default() };
    let one = InquiryId::new(7);
    for (filter, index) in [
        (OrderFilter { case_number: Some("x".to_owned()), ..most.clone() }, "orders_of_inquiry (inquiry=?"),
        (OrderFilter { inquiry: Some(one), ..most.clone() }, "orders_of_inquiry (inquiry=?"),
        (OrderFilter { parties: Some(vec![(one, 0)]), ..most.clone() }, "orders_of_inquiry (inquiry=?"),
        (
            OrderFilter { parties: Some(vec![(one, 0), (InquiryId::new(8), 0)]), ..most.clone() },
            "MULTI-INDEX OR",
        ),
        (OrderFilter { measure: Some(MeasureId::new(9)), ..most.clone() }, "orders_of_measure (measure=?"),
    ] {
        for filter in [
            OrderFilter { before: Some(OrderId::new(99)), ..filter.clone() },
            OrderFilter { state: Some(OrderState::Failed), ..filter.clone() },
            OrderFilter { counterpart: Some("bank".to_owned()), ..filter.clone() },
        ] {
            let plan = plan(&connection, &orders_by(&filter));
            assert!(plan.contains(index) && !plan.contains("SCAN o"), "{filter:?}: {plan}");
        }
    }
}

#[test]
fn a_list_of_all_orders_is_read_in_its_order_and_down_to_where_the_look_ends() {
    let connection = schema();
    let usual = OrderFilter {
        before: Some(OrderId::new(99)),
        down_to: Some(OrderId::new(3)),
        limit: 51,
        ..OrderFilter::default()
    };
    let failed = OrderFilter { state: Some(OrderState::Failed), ..usual.clone() };
    let freezes = OrderFilter { action: Some(ActionKind::Freeze), ..usual.clone() };
    for (filter, index) in [
        (usual.clone(), "PRIMARY KEY (rowid>? AND rowid<?)"),
        (
            OrderFilter { state: Some(OrderState::Answered), ..usual.clone() },
            "PRIMARY KEY (rowid>? AND rowid<?)",
        ),
        (OrderFilter { counterpart: Some("bank".to_owned()), ..usual }, "PRIMARY KEY (rowid>? AND rowid<?)"),
        (failed.clone(), "orders_ended_otherwise (state=? AND rowid>? AND rowid<?)"),
        (freezes.clone(), "orders_that_control (action=? AND rowid>? AND rowid<?)"),
    ] {
        let plan = plan(&connection, &orders_by(&filter));
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    }
    for (filter, index) in
        [(failed, "COVERING INDEX orders_ended_otherwise"), (freezes, "COVERING INDEX orders_that_control")]
    {
        let plan = plan(&connection, &looked_at(&filter));
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    }
}

#[test]
fn cases_that_share_a_word_are_read_in_the_order_of_the_list_whatever_their_number() {
    let connection = schema();
    let one = CaseFilter { found_by: vec!["party:x".to_owned()], limit: 51, ..CaseFilter::default() };
    for filter in [
        one.clone(),
        CaseFilter { before: Some(CaseId::new(9)), ..one.clone() },
        CaseFilter { courts: Courts::one("T10"), state: Some(CaseState::Open), ..one.clone() },
        CaseFilter { found_by: vec!["party:x".to_owned(), "officer:y".to_owned()], ..one },
    ] {
        let plan = plan(&connection, &cases_by(&filter, b"key"));
        assert!(plan.contains("SEARCH f USING PRIMARY KEY (word=?"), "{filter:?}: {plan}");
        assert!(
            !["TEMP B-TREE", "SCAN f", "SCAN c"].iter().any(|step| plan.contains(step)),
            "{filter:?}: {plan}"
        );
    }
}

#[test]
fn measures_tasks_and_acts_are_found_by_an_index_whatever_is_asked_for() {
    let connection = schema();
    let (bank, somebody) = (|| Some("bank".to_owned()), || Some("somebody".to_owned()));
    let measures =
        |filter: MeasureFilter| plan(&connection, &measures_by(&MeasureFilter { limit: 51, ..filter }));
    let tasks =
        |filter: TaskFilter| plan(&connection, &tasks_by(&TaskFilter { limit: 51, ..filter }, b"key"));
    let acts = |filter: ActFilter| plan(&connection, &acts_by(&ActFilter { limit: 51, ..filter }));
    let state = Some(MeasureState::Proposed);
    let (kind, chain) = (Some(TaskKind::Approve), Some(ChainId::new(3)));
    for (plan, index) in [
        (measures(MeasureFilter { state, ..MeasureFilter::default() }), "measures_by_state (state=?)"),
        (
            measures(MeasureFilter { counterpart: bank(), ..MeasureFilter::default() }),
            "measures_by_lane (lane=?)",
        ),
        (
            measures(MeasureFilter { counterpart: bank(), state, ..MeasureFilter::default() }),
            "measures_by_lane (lane=? AND state=?)",
        ),
        (measures(MeasureFilter { chain, ..MeasureFilter::default() }), "measures_of_chain (chain=?)"),
        (tasks(TaskFilter::default()), "tasks_open"),
        (tasks(TaskFilter { kind, ..TaskFilter::default() }), "tasks_open_by_kind (kind=?)"),
        (tasks(TaskFilter { chain, ..TaskFilter::default() }), "tasks_of_chain (chain=?)"),
        (
            tasks(TaskFilter { found_by: somebody(), ..TaskFilter::default() }),
            "f USING PRIMARY KEY (word=? AND case_id=?)",
        ),
        (
            tasks(TaskFilter { submitted_by: somebody(), ..TaskFilter::default() }),
            "inquiries_of_chain (chain=?)",
        ),
        (acts(ActFilter { actor: somebody(), ..ActFilter::default() }), "acts_by_actor (actor=?)"),
        (acts(ActFilter { act: somebody(), ..ActFilter::default() }), "acts_by_act (act=?)"),
        (acts(ActFilter { subject: somebody(), ..ActFilter::default() }), "acts_by_subject (subject=?)"),
    ] {
        assert!(plan.contains(index), "{index}: {plan}");
    }
}
