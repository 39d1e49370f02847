//! Real estate, query and control, over the point-to-point service that registries call.

use std::process::Command;

use chakong::domain::decide::{Act, Approval, Release, ReleaseScope};
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{EventType, InquiryId, Measure, MeasureState, OrderState};
use serde_json::{Value, json};

use crate::tidy::root;
use crate::world::{PASSWORD, Played, World, bank, bank_code, customer, inquiry};

const PATH: &str = "/ckwIpWebService/IpConvertDataAll";

/// A registry that calls the postbox, with the account `IP` and its number.
fn calling_registry(name: &'static str, number: u32, script: Value) -> Played {
    let file = format!(
        "connector = \"court-realty-postbox\"\n[settings]\namount_unit = \"yuan\"\naccount = \"IP{number:06}\"\n\
         password = {{ file = \"../password\" }}\n[line]\nkind = \"postbox\"\npath = \"{PATH}\"\n",
    );
    Played { name, file, script }
}

fn house(earlier: bool) -> Value {
    let seizure = json!({ "authority": "示例市另区人民法院", "document": "（2024）示0102执7号", "type": "1",
        "from": "2024/03/01", "registered": "2024/03/01" });
    json!({
        "poll_ms": 20,
        "holders": [{ "name": "临汾测试矿业有限公司", "number": "91000000MADEM00112", "properties": [{
            "unit": "000000001002GB00123F00010008", "certificate": "示(2020)示例市不动产权第0012345号",
            "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
            "seizures": if earlier { json!([seizure]) } else { json!([]) },
        }] }],
    })
}

async fn the_house(world: &World, inquiry: InquiryId) -> Measure {
    let measures = world.measures(inquiry).await;
    measures.into_iter().find(|measure| measure.counterpart == "registry").expect("its line")
}

/// A world in which a house was found and a seizure of it was approved and answered.
async fn seized(script: Value) -> (World, InquiryId, Measure) {
    let bank =
        bank("bank", &bank_code(1), json!({ "customers": [customer(&[("9990000000000000011", "100.00")])] }));
    let world = World::start(vec![bank, calling_registry("registry", 1, script)]).await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let found = the_house(&world, done.id).await;
    assert_eq!(found.state, MeasureState::Skipped, "the registry does not say what matched: {found:#?}");
    let id = found.id;
    world.act(Act::Approve(id, Approval::default()), &[]).await.expect("an officer confirms");
    world
        .until("the seizure is answered", async |world| {
            !matches!(the_house(world, done.id).await.state, MeasureState::Asked | MeasureState::Skipped)
        })
        .await;
    let standing = the_house(&world, done.id).await;
    (world, done.id, standing)
}

#[tokio::test]
async fn a_house_is_seized_on_an_officers_word_and_released_by_the_registrys_own_number() {
    let (world, inquiry, accepted) = seized(house(false)).await;
    let known = [MeasureState::Accepted, MeasureState::InForce];
    assert!(known.contains(&accepted.state) && accepted.reference == "CF00000001", "{accepted:#?}");
    // A registry says by its receipt that the seizure is entered.
    world
        .until("the receipt came", async |world| {
            the_house(world, inquiry).await.state == MeasureState::InForce
        })
        .await;
    let standing = the_house(&world, inquiry).await;
    let (from, until) = standing.from.zip(standing.until).expect("a term");
    let three_years_later = from.checked_add(jiff::Span::new().years(3)).expect("a day");
    assert_eq!(until.tomorrow().expect("a day"), three_years_later, "民诉法解释 art. 485: {standing:#?}");
    let release =
        Release { scope: ReleaseScope::Measure(standing.id, None), ground: ReleaseReason::DebtPaid };
    world.pause("registry", true).await;
    world.act(Act::Release(release), &[]).await.expect("it stands");
    assert_eq!(the_house(&world, inquiry).await.state, MeasureState::Releasing);
    world.pause("registry", false).await;
    world
        .until("it is released", async |world| {
            the_house(world, inquiry).await.state == MeasureState::Released
        })
        .await;
    let books = world.hosted.books().remove("registry").expect("books");
    let acts: Vec<(&str, u32)> =
        books.controls.iter().map(|control| (control.action.as_str(), control.executed)).collect();
    assert_eq!(acts, [("11", 1), ("14", 1)], "{books:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_seizure_behind_another_court_waits_and_is_told_so() {
    let (world, inquiry, standing) = seized(house(true)).await;
    assert!(standing.rank.is_some_and(|rank| rank.place > 1), "{standing:#?}");
    let events = world.events(inquiry).await;
    assert!(events.iter().any(|event| event.kind == EventType::MeasureWaiting));
    world.stop().await;
}

async fn told_effective(world: &World, inquiry: InquiryId) -> usize {
    let events = world.events(inquiry).await;
    events.iter().filter(|event| event.kind == EventType::MeasureEffective).count()
}

/// The other court's seizure is lifted once ours has waited behind it for a few rounds of the registry's.
fn lifted_house(tells: bool) -> Value {
    let mut script = house(true);
    script["lifted"] = json!([{ "unit": "000000001002GB00123F00010008", "after_polls": 3 }]);
    script["tells_what_follows"] = json!(tells);
    script
}

#[tokio::test]
async fn a_registry_that_tells_makes_a_waiting_seizure_effective_by_a_second_result() {
    let (world, inquiry, _) = seized(lifted_house(true)).await;
    world.until("it is told", async |world| told_effective(world, inquiry).await > 0).await;
    let effective = the_house(&world, inquiry).await;
    assert_eq!(effective.rank.map(|rank| rank.place), Some(1), "{effective:#?}");
    assert_eq!(effective.reference, "CF00000001");
    let events = world.events(inquiry).await;
    let kinds: Vec<EventType> = events.iter().map(|event| event.kind).collect();
    let at = |kind| kinds.iter().position(|known| *known == kind);
    assert!(at(EventType::MeasureWaiting) < at(EventType::MeasureEffective), "{kinds:?}");
    let queries = world.orders(inquiry).await.into_iter().filter(|order| order.lane == "registry");
    let query = queries.into_iter().find(|order| !order.is_control()).expect("the query");
    ask_again(&world, query).await;
    assert_eq!(told_effective(&world, inquiry).await, 1, "a query that shows the same is no news");
    world.stop().await;
}

/// Asks again, and waits for the answer.
async fn ask_again(world: &World, query: chakong::domain::OrderRecord) {
    let inquiry = query.inquiry;
    let made = world.act(Act::Requery(vec![query.id]), &[]).await.expect("a query may be asked again");
    let [again] = made.orders.as_slice() else { panic!("{made:?}") };
    let again = *again;
    world
        .until("it is answered again", async |world| {
            let orders = world.orders(inquiry).await;
            orders.iter().any(|order| order.id == again && order.state == OrderState::Answered)
        })
        .await;
}

#[tokio::test]
async fn a_query_shows_once_that_a_waiting_seizure_is_effective_even_one_of_another_inquiry() {
    let (world, inquiry, waiting) = seized(lifted_house(false)).await;
    assert_eq!(waiting.rank.map(|rank| rank.place), Some(2), "{waiting:#?}");
    // The registry's books say when: it tells nobody.
    world
        .until("the other court's seizure is lifted", async |world| {
            let books = world.hosted.books().remove("registry").expect("books");
            books.holdings.iter().any(|holding| holding.part == "1")
        })
        .await;
    assert_eq!(told_effective(&world, inquiry).await, 0);
    let other = world.submit(&crate::world::inquiry(None, "auto")).await;
    world.until_complete(other.id).await;
    let effective = the_house(&world, inquiry).await;
    assert_eq!(effective.rank.map(|rank| (rank.place, rank.derived)), Some((1, true)), "{effective:#?}");
    assert!(effective.note.contains("已生效"), "{effective:#?}");
    assert_eq!((told_effective(&world, inquiry).await, told_effective(&world, other.id).await), (1, 0));
    let queries = world.orders(inquiry).await.into_iter();
    let query = queries.filter(|order| order.lane == "registry").find(|order| !order.is_control());
    ask_again(&world, query.expect("the query")).await;
    assert_eq!(told_effective(&world, inquiry).await, 1, "once");
    world.stop().await;
}

#[tokio::test]
async fn a_seizure_that_a_person_enters_as_waiting_is_seen_by_the_next_query() {
    let mut script = house(true);
    script["manual_review"] = json!({ "takes_polls": 2 });
    let (world, inquiry, accepted) = seized(script).await;
    assert_eq!((accepted.state, accepted.rank), (MeasureState::Accepted, None), "a case: {accepted:#?}");
    world
        .until("it is entered", async |world| {
            let books = world.hosted.books().remove("registry").expect("books");
            books.holdings.iter().any(|holding| holding.part == "2")
        })
        .await;
    let orders = world.orders(inquiry).await.into_iter();
    let query = orders.filter(|order| order.lane == "registry").find(|order| !order.is_control());
    ask_again(&world, query.expect("the query")).await;
    let waiting = the_house(&world, inquiry).await;
    assert_eq!(waiting.rank.map(|rank| rank.place), Some(2), "{waiting:#?}");
    let events = world.events(inquiry).await;
    assert_eq!(events.iter().filter(|event| event.kind == EventType::MeasureWaiting).count(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_case_that_a_person_declines_after_a_while_revises_the_measure() {
    let mut script = house(false);
    script["manual_review"] = json!({ "takes_polls": 3, "declines": 1 });
    let (world, inquiry, accepted) = seized(script).await;
    assert_eq!(accepted.state, MeasureState::Accepted, "a case, which has no effect yet: {accepted:#?}");
    world
        .until("a person declines it", async |world| {
            the_house(world, inquiry).await.state == MeasureState::Refused
        })
        .await;
    world.stop().await;
}

#[tokio::test]
async fn a_registry_that_is_asked_by_form_answers() {
    let file =
        "connector = \"court-realty-form\"\n[settings]\namount_unit = \"yuan\"\naccount = \"court-990101\"\n\
                password = { file = \"../password\" }\n"
            .to_owned();
    let mut script = house(true);
    script.as_object_mut().expect("an object").remove("poll_ms");
    script["answers"] = json!("sealed");
    let world = World::start(vec![Played { name: "registry", file, script }]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let order = world.orders(done.id).await.remove(0);
    assert_eq!(order.state, OrderState::Answered, "{order:#?}");
    let revision = world.store.read(move |reads| reads.revision(order.id, None)).await.expect("reads");
    let revision = revision.expect("an answer");
    assert_eq!(revision.answer.reply.assets().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_case_that_the_registrar_declines_later_revises_the_measure() {
    let mut script = house(false);
    script["faults"] = json!([{ "do": "refused_later", "first": 1 }]);
    let (world, inquiry, _) = seized(script).await;
    world
        .until("it is declined", async |world| the_house(world, inquiry).await.state == MeasureState::Refused)
        .await;
    let declined = the_house(&world, inquiry).await;
    assert!(declined.note.contains("不予受理"), "{declined:#?}");
    let control =
        world.orders(inquiry).await.into_iter().find(|order| order.is_control() && order.lane == "registry");
    assert_eq!(control.expect("the seizure").state, OrderState::Refused);
    world.stop().await;
}

#[tokio::test]
async fn a_county_that_polls_the_platform_answers() {
    let base = "/realestate-supervise-exchange/api/v1";
    let file = format!(
        "connector = \"court-realty-platform\"\n[settings]\namount_unit = \"yuan\"\naccount = \"county-990101\"\n\
         password = {{ file = \"../password\" }}\n[line]\nkind = \"postbox\"\npath = \"{base}\"\n",
    );
    let mut script = house(true);
    script["faults"] = json!([{ "do": "wrong_password", "first": 1 }]);
    let world = World::start(vec![Played { name: "registry", file, script }]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let order = world.orders(done.id).await.remove(0);
    assert_eq!(order.state, OrderState::Answered);
    let revision = world.store.read(move |reads| reads.revision(order.id, None)).await.expect("reads");
    assert_eq!(revision.expect("an answer").answer.reply.assets().len(), 1);
    let elsewhere = format!("http://{}{base}/bdc/other", world.postbox);
    let answer = reqwest::Client::new().post(elsewhere).body("{}").send().await.expect("an answer");
    assert_eq!(answer.status(), 404, "nobody calls there");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_not_ours_calls_as_a_registry_does() {
    let python = root().join("target/zeep-venv/bin/python");
    assert!(python.is_file(), "{} is missing: run ./tests/run, which makes it", python.display());
    let world = World::start(vec![calling_registry("registry", 1, Value::Null)]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let url = format!("http://{}{PATH}?wsdl", world.postbox);
    let mut command = Command::new(python);
    command.arg(root().join("tests/it/registry_client.py")).args([&url, "IP000001", PASSWORD]);
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("a task").expect("python runs");
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{failed}");
    let done = world.until_complete(submitted.id).await;
    let orders = world.orders(done.id).await;
    assert!(orders.iter().all(|order| order.state == OrderState::Answered), "{orders:#?}");
    let id = orders[0].id;
    let receipts = world.store.read(move |reads| reads.receipts_of_order(id)).await.expect("reads");
    let [receipt] = receipts.as_slice() else { panic!("{receipts:?}") };
    assert_eq!((receipt.title.as_str(), receipt.size), ("查封回执", 9), "the receipt that it handed in");
    assert!(world.events(done.id).await.iter().any(|event| event.kind == EventType::MeasureReceipt));
    world.stop().await;
}
