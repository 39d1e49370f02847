//! What follows a freeze: products, whole accounts, deductions, over both lines of the banks.

use chakong::domain::decide::{Act, ActOutcome, Approval, Deduction, Renewal};
use chakong::domain::people::Courts;
use chakong::domain::{EventType, Measure, MeasureState, TaskKind};
use chakong::engine::InputError;
use chakong_contract::order::{CourtAccount, Target};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::world::{World, bank, bank_code, calling_bank, customer, document, inquiry};

fn yuan(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

fn with_deduction_papers(mut inquiry: Value) -> Value {
    let documents = inquiry["documents"].as_array_mut().expect("documents");
    documents.extend([document("deduct_ruling"), document("deduct_notice")]);
    inquiry
}

async fn deduct(world: &World, measure: &Measure, amount: Option<&str>) -> Result<ActOutcome, InputError> {
    let into = CourtAccount {
        holder: "临汾市测试中级人民法院".into(),
        number: "9990000000000009999".into(),
        bank: "测试银行".into(),
        bank_number: String::new(),
        class: "本币".into(),
    };
    let deduction = Deduction { amount: amount.map(yuan), into, courts: Courts::All };
    world.act(Act::Deduct(measure.id, deduction), &[]).await
}

#[tokio::test]
async fn money_is_deducted_out_of_a_freeze_over_either_line_and_counts_as_taken() {
    let one =
        |number: &str, balance: &str| json!({ "poll_ms": 20, "customers": [customer(&[(number, balance)])] });
    let world = World::start(vec![
        bank("files", &bank_code(1), one("9990000000000000011", "600.00")),
        calling_bank("calls", 2, one("9990000000000000037", "900.00")),
    ])
    .await;
    let submitted = world.submit(&with_deduction_papers(inquiry(Some("1000.00"), "auto"))).await;
    let done = world.until_complete(submitted.id).await;
    for measure in world.measures(done.id).await {
        let part = if measure.counterpart == "files" { None } else { Some("50.00") };
        world.pause(&measure.counterpart, true).await;
        deduct(&world, &measure, part).await.expect("allowed");
        assert_eq!(world.measure(measure.id).await.state, MeasureState::Deducting);
        assert!(deduct(&world, &measure, Some("1.00")).await.is_err(), "one deduction at a time");
        world.pause(&measure.counterpart, false).await;
    }
    world
        .until("both are deducted", async |world| {
            world.measures(done.id).await.iter().all(|measure| measure.deducted > Decimal::ZERO)
        })
        .await;
    let measures = world.measures(done.id).await;
    let exposed: Decimal = measures.iter().map(|measure| measure.held + measure.deducted).sum();
    assert_eq!(exposed, yuan("1000.00"), "what was taken counts, and nothing more is asked: {measures:#?}");
    for measure in &measures {
        let all = measure.counterpart == "files";
        let expected = if all { MeasureState::Deducted } else { MeasureState::InForce };
        assert_eq!(measure.state, expected, "{measure:#?}");
        let books = world.hosted.books().remove(&measure.counterpart).expect("books");
        let deduction = books.controls.iter().find(|control| control.action == "06").expect("a deduction");
        assert_eq!((deduction.executed, yuan(&deduction.amount)), (1, measure.deducted));
    }
    let events = world.events(done.id).await;
    assert_eq!(events.iter().filter(|event| event.kind == EventType::MeasureDeducted).count(), 2);
    world.stop().await;
}

#[tokio::test]
async fn of_a_product_as_many_units_are_frozen_as_the_claim_needs() {
    let mut owner = customer(&[("9990000000000000011", "100.00")]);
    owner["accounts"][0]["products"] = json!([
        { "number": "LC0001", "name": "测试理财1号", "unit": "份", "unit_price": "2.00", "quantity": "1000.00" },
    ]);
    let world = World::start(vec![bank("bank", &bank_code(1), json!({ "customers": [owner] }))]).await;
    let mut body = inquiry(Some("500.00"), "auto");
    body["mandate"]["other_property"] = json!("auto");
    let submitted = world.submit(&body).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    assert!(measures.iter().all(|measure| measure.state == MeasureState::InForce), "{measures:#?}");
    assert_eq!(measures.iter().map(|measure| measure.held).sum::<Decimal>(), yuan("500.00"));
    let books = world.hosted.books().remove("bank").expect("books");
    let units: Vec<Decimal> = books.controls.iter().map(|control| yuan(&control.amount)).collect();
    assert!(units.contains(&yuan("200")), "400 yuan are 200 units: {books:?}");
    world.stop().await;
}

#[tokio::test]
async fn of_a_product_whose_smallest_part_is_beyond_the_claim_nothing_is_asked() {
    let mut owner = customer(&[("9990000000000000011", "100.00")]);
    owner["accounts"][0]["products"] = json!([
        { "number": "XT0001", "name": "测试信托1号", "unit": "份", "unit_price": "50000.00", "quantity": "1.00" },
        { "number": "LC0001", "name": "测试理财1号", "unit": "份", "unit_price": "2.00", "quantity": "200.00" },
    ]);
    let world = World::start(vec![bank("bank", &bank_code(1), json!({ "customers": [owner] }))]).await;
    let mut body = inquiry(Some("500.00"), "auto");
    body["mandate"]["other_property"] = json!("auto");
    let submitted = world.submit(&body).await;
    let done = world.until_complete(submitted.id).await;
    let measures = world.measures(done.id).await;
    let trust = measures.iter().find(|measure| measure.available == yuan("50000.00")).expect("the trust");
    assert_eq!(trust.state, MeasureState::Skipped, "400 yuan are 0.008 units: {trust:#?}");
    let held: Decimal = measures.iter().map(|measure| measure.held).sum();
    assert_eq!(held, yuan("500.00"), "the room goes to the other product: {measures:#?}");
    let id = trust.id;
    let approval =
        Approval { limit: Some(chakong_contract::Money::yuan(yuan("100.00"))), ..Approval::default() };
    let approved = world.act(Act::Approve(id, approval), &[]).await;
    assert!(approved.is_err(), "nor on an approver's word: {approved:#?}");
    let books = world.hosted.books().remove("bank").expect("books");
    assert!(books.controls.iter().all(|control| yuan(&control.amount) > Decimal::ZERO), "{books:?}");
    world.stop().await;
}

#[tokio::test]
async fn an_account_is_frozen_as_such_only_where_all_of_it_fits_into_the_claim() {
    let owner = customer(&[("9990000000000000011", "400.00"), ("9990000000000000029", "5000.00")]);
    let world = World::start(vec![bank("bank", &bank_code(1), json!({ "customers": [owner] }))]).await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "propose")).await;
    let done = world.until_complete(submitted.id).await;
    let approve = async |available: &str| {
        let measures = world.measures(done.id).await;
        let fitting = measures.iter().find(|measure| measure.available == yuan(available));
        let id = fitting.expect("the account").id;
        let approval = Approval { whole: true, ..Approval::default() };
        world.act(Act::Approve(id, approval), &[]).await
    };
    assert!(approve("5000.00").await.is_err(), "5000 yuan are not frozen for a claim of 1000");
    let largest =
        world.measures(done.id).await.into_iter().find(|measure| measure.available == yuan("5000.00"));
    let id = largest.expect("the account").id;
    world.act(Act::Reject(id), &[]).await.expect("rejected");
    approve("400.00").await.expect("allowed");
    world
        .until("the account is frozen", async |world| {
            world.measures(done.id).await.iter().any(|measure| measure.state == MeasureState::InForce)
        })
        .await;
    let measures = world.measures(done.id).await;
    let frozen = measures.iter().find(|measure| measure.state == MeasureState::InForce).expect("frozen");
    assert!(matches!(frozen.target, Target::Account { whole: true, .. }), "{frozen:#?}");
    assert_eq!(frozen.held, yuan("400.00"));
    world.stop().await;
}

#[tokio::test]
async fn a_freeze_is_renewed_for_a_term_that_begins_when_the_old_one_ends() {
    let owner = customer(&[("9990000000000000011", "400.00")]);
    let world = World::start(vec![bank("bank", &bank_code(1), json!({ "customers": [owner] }))]).await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let before = world.measures(done.id).await.remove(0);
    let papers = ["renew_ruling", "renew_notice"];
    let renew = async |days, papers: &[&str]| {
        let renewal = Renewal { days: Some(days) };
        world.act(Act::Renew(before.id, renewal), papers).await
    };
    assert!(renew(367, &papers).await.is_err(), "deposits are frozen for a year at most");
    let refused = renew(30, &[]).await.expect_err("not on the papers of the freeze").to_string();
    assert!(refused.contains("续") && refused.contains("裁定书"), "{refused}");
    world.pause("bank", true).await;
    renew(30, &papers).await.expect("allowed");
    assert_eq!(world.measure(before.id).await.state, MeasureState::Renewing);
    world.pause("bank", false).await;
    world
        .until("it is renewed", async |world| {
            world.measures(done.id).await.iter().all(|measure| measure.state == MeasureState::InForce)
        })
        .await;
    let after = world.measures(done.id).await.remove(0);
    let days = after.until.expect("an end").duration_since(before.until.expect("an end")).as_hours() / 24;
    assert_eq!((days, after.held), (30, before.held), "{after:#?}");
    let events = world.events(done.id).await;
    assert!(events.iter().any(|event| event.kind == EventType::MeasureRenewed));
    world.stop().await;
}

#[tokio::test]
async fn a_freeze_that_nobody_renews_is_told_before_and_lapses_and_cannot_be_renewed_then() {
    let owner = customer(&[("9990000000000000011", "400.00")]);
    let world = World::start(vec![bank("bank", &bank_code(1), json!({ "customers": [owner] }))]).await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let placed = world.measures(done.id).await.remove(0);
    let told = async |world: &World, kind: EventType| {
        world.events(done.id).await.iter().filter(|event| event.kind == kind).count()
    };
    // A year less ten days: of the reminders of thirty and of fifteen days only the later one is still news.
    world.clock.pass(355 * 24);
    world
        .until("somebody is reminded", async |world| told(world, EventType::MeasureExpiring).await > 0)
        .await;
    let chain = placed.chain;
    let tasks = world.store.read(move |reads| reads.tasks_of(chain)).await.expect("reads");
    let renew = tasks.iter().filter(|task| task.kind == TaskKind::Renew && task.measure == Some(placed.id));
    assert_eq!(renew.count(), 1, "{tasks:#?}");
    assert_eq!(world.measure(placed.id).await.state, MeasureState::InForce, "it still stands");
    world.clock.pass(12 * 24);
    let is_over = async |world: &World| world.measure(placed.id).await.state == MeasureState::Lapsed;
    world.until("its term is over", is_over).await;
    let lapsed = world.measure(placed.id).await;
    assert_eq!((lapsed.held, lapsed.until), (Decimal::ZERO, placed.until), "{lapsed:#?}");
    assert_eq!(
        (told(&world, EventType::MeasureExpiring).await, told(&world, EventType::MeasureLapsed).await),
        (1, 1)
    );
    let late = Act::Renew(placed.id, Renewal::default());
    assert!(world.act(late, &["renew_ruling", "renew_notice"]).await.is_err(), "查扣冻规定 art. 27");
    world.stop().await;
}

#[tokio::test]
async fn who_cannot_be_named_or_is_not_on_file_is_refused_at_planning_with_the_reason() {
    let mut registered = bank("registered", &bank_code(1), json!({}));
    registered.file.push_str(
        "[[officers]]\nwork_certificate = \"测法9\"\nenforcement_certificate = \"测执9\"\nuntil = 2099-12-31\n",
    );
    let world = World::start(vec![
        registered,
        calling_bank("gbk-only", 2, json!({ "poll_ms": 20 })),
        bank("files", &bank_code(3), json!({})),
    ])
    .await;
    let mut body = inquiry(None, "auto");
    body["parties"][0]["name"] = json!("临汾测试𠮷矿业有限公司");
    let submitted = world.submit(&body).await;
    let done = world.until_complete(submitted.id).await;
    let lanes: Vec<String> = world.orders(done.id).await.into_iter().map(|order| order.lane).collect();
    assert_eq!(lanes, ["files"], "files carry every character and ask for no registration");
    let not_asked = world.store.read(move |reads| reads.not_asked(done.id)).await.expect("reads");
    let reason = |name: &str| {
        let found = not_asked.iter().find(|not| not.counterpart == name);
        found.map(|not| not.reason.clone()).unwrap_or_default()
    };
    assert!(reason("registered").contains("未在该单位备案"), "{not_asked:?}");
    assert!(reason("gbk-only").contains("报文无法表达"), "{not_asked:?}");
    world.stop().await;
}
