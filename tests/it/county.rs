//! A county that is asked in real time and asks back whether the call is really ours.

use std::sync::atomic::Ordering;

use chakong::domain::OrderState;
use chakong_contract::asset::MatchedBy;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::{POSTBOX, Played, World, calling_bank, inquiry, reserved_port, write_counterpart};

const PATH: &str = "/realestate-supervise-exchange/api/v1";

fn county(script: Value) -> Played {
    let file = format!(
        "connector = \"court-realty-county\"\n[settings]\namount_unit = \"yuan\"\n[retry.query]\ninitial = \"20ms\"\nattempts = 3\n\
         [line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:{}\"\ntimeout = \"2s\"\n[line.callbacks]\npath = \"{PATH}\"\n",
        reserved_port()
    );
    Played { name: "county", file, script }
}

fn script(more: Value) -> Value {
    let mut script = json!({
        "confirms": true,
        "holders": [{ "name": "临汾测试矿业有限公司", "number": "91000000MADEM00112", "properties": [{
            "unit": "000000001002GB00123F00010008", "certificate": "示(2020)示例市不动产权第0012345号",
            "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        }] }],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

/// A county that polls the platform, at the path where others ask about tokens.
fn polling() -> Played {
    let file = format!(
        "connector = \"court-realty-platform\"\n[settings]\namount_unit = \"yuan\"\naccount = \"county-990101\"\n\
         password = {{ file = \"../password\" }}\n[line]\nkind = \"postbox\"\npath = \"{PATH}\"\n",
    );
    Played { name: "polling", file, script: json!({ "poll_ms": 20, "everyone": { "properties": 1 } }) }
}

async fn asked_about(world: &World, token: &str) -> (StatusCode, Value) {
    let url = format!("http://{}{PATH}/bdc/credential/{token}", world.postbox);
    let answer = reqwest::get(url).await.expect("an answer");
    let (status, text) = (answer.status(), answer.text().await.expect("a body"));
    (status, serde_json::from_str::<Value>(&text).map_or(Value::Null, |body| body["data"]["valid"].clone()))
}

#[tokio::test]
async fn a_county_that_asks_back_answers_and_what_matched_is_known() {
    // Another one polls the platform at the same path.
    let world = World::start(vec![county(script(json!({}))), polling()]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let orders = world.orders(done.id).await;
    assert_eq!(orders.len(), 2);
    assert!(orders.iter().all(|order| order.state == OrderState::Answered), "{orders:#?}");
    let order = orders.into_iter().find(|order| order.lane == "county").expect("the county's");
    assert_eq!(order.attempts, 0);
    let revision = world.store.read(move |reads| reads.revision(order.id, None)).await.expect("reads");
    let answer = revision.expect("an answer").answer;
    let found = answer.reply.assets().first().expect("a house").matched_by;
    assert_eq!(found, MatchedBy::NameAndNumber);
    assert_eq!(world.hosted.books()["county"].queries, 1);
    world.stop().await;
}

#[tokio::test]
async fn a_token_is_good_once_and_no_longer_than_its_conversation() {
    let world = World::start(vec![county(script(json!({ "stale": true })))]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    world.until_complete(submitted.id).await;
    let problems = || world.board.get("county").expect("a lane").problems.load(Ordering::Relaxed);
    assert_eq!(problems(), 0);
    // Whatever is asked from now on, the county asks about the token of its first call, which is spent.
    let mut again = inquiry(None, "auto");
    again["parties"][0]["reference"] = json!("another-debtor");
    let second = world.submit(&again).await;
    world
        .until("it is given up", async |world| {
            world.orders(second.id).await.iter().all(|order| order.state == OrderState::Failed)
        })
        .await;
    let order = world.orders(second.id).await.remove(0);
    assert_eq!(order.attempts, 3, "each attempt has a token of its own");
    assert_eq!(order.fault.and_then(|fault| fault.status).as_deref(), Some("2020"));
    assert_eq!(problems(), 3, "who asks about a token that is spent is told to operations");
    assert_eq!(world.hosted.books()["county"].queries, 1, "the county answered nothing more");
    world.stop().await;
}

#[tokio::test]
async fn a_token_that_nobody_drew_is_not_confirmed() {
    let world = World::start(vec![county(script(json!({})))]).await;
    assert_eq!(asked_about(&world, &"0".repeat(32)).await, (StatusCode::OK, json!("0")));
    assert_eq!(asked_about(&world, "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(asked_about(&world, "a/b").await.0, StatusCode::NOT_FOUND);
    let submitted = world.submit(&inquiry(None, "auto")).await;
    world.until_complete(submitted.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_line_without_callbacks_asks_nothing_and_says_why() {
    let mut played = county(script(json!({})));
    played.file = played.file.replace(&format!("[line.callbacks]\npath = \"{PATH}\"\n"), "");
    let world = World::start(vec![played]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let order = world.orders(done.id).await.remove(0);
    assert_eq!(order.state, OrderState::Failed);
    assert!(order.fault.expect("why").detail.contains("[line.callbacks]"));
    world.stop().await;
}

#[test]
fn counties_may_share_a_path_and_others_need_accounts_and_keys_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("counterparts")).expect("a folder");
    let put = |name: &'static str, file: String| {
        write_counterpart(folder.path(), &Played { name, file, script: Value::Null });
    };
    let config = folder.path().join("chakong.toml");
    std::fs::write(&config, "[postbox]\n").expect("written");
    let said = || {
        let problems = chakong::config::load(&config, &chakong::app::plugins()).expect_err("no API key");
        problems.to_string()
    };
    for name in ["county-1", "county-2"] {
        put(name, county(Value::Null).file);
    }
    put("polling", polling().file);
    assert!(!said().contains("county-") && !said().contains("polling"), "{}", said());
    put(
        "banks",
        polling().file.replace("court-realty-platform", "court-realty-postbox").replace(PATH, "/court"),
    );
    let city = |account: &str| {
        format!(
            "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\naccount = \"{account}\"\n\
             password = {{ file = \"../password\" }}\ncallback_key = {{ file = \"../password\" }}\n[line]\nkind = \"call\"\n\
             base_url = \"http://127.0.0.1:9\"\n[line.callbacks]\npath = \"/court\"\n"
        )
    };
    put("city-1", city("one"));
    put("city-2", city("one"));
    assert!(!said().contains("already speaks"), "what they say there differs by the place: {}", said());
    assert!(said().contains("city-1 has the same account at /court"), "{}", said());
    assert!(said().contains("city-1 has the same key at /court"), "{}", said());
    put("city-2", city("two").replace("account = \"two\"\npassword = { file = \"../password\" }\n", ""));
    assert!(said().contains("[line.callbacks] needs a connector that understands them"), "{}", said());
    put("bank", calling_bank("bank", 1, Value::Null).file.replace(POSTBOX, "/court"));
    assert!(said().contains("at /court already speaks court-bank for bank"), "{}", said());
    std::fs::write(&config, "").expect("written");
    assert!(said().contains("add a [postbox] table"), "{}", said());
}
