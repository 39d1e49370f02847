//! People at several replicas: signed in at each, and at the desk of any.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::fleet::Fleet;
use crate::console::{Guest, NO_CODES, add_people_at};
use crate::desk::people::{Clerk, add_clerks, desk as desk_file};
use crate::world::{Played, inquiry, realty};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_signed_in_at_one_replica_is_signed_in_at_each_and_out_at_each() {
    let mut fleet = Fleet::new(&[realty("realty", json!({ "everyone": { "properties": 1 } }))], 2, "").await;
    let officer: &[&str] = &["officer"];
    add_people_at(&fleet.replicas[0].config, [("gh001", officer, &[][..])]).await;
    fleet.start().await;
    let (one, other) = (fleet.replicas[0].port, fleet.replicas[1].port);
    let mut here = Guest::signed_in(one, "gh001").await;
    let mut there = Guest::new(other);
    there.cookies.clone_from(&here.cookies);
    assert_eq!(there.get("/console/tasks").await.status, StatusCode::OK, "the session is the store's");
    // What is being filled in is kept by the one that took it, and the other says so.
    here.get("/console/new").await;
    let taken =
        here.upload("/console/new", &[("parties", "1"), ("step", "more"), ("case.number", "1")], &[]).await;
    let draft = taken.field("draft");
    let told = there.act("/console/new/send", &[("draft", &draft)]).await;
    assert!(told.status == StatusCode::CONFLICT && told.text.contains("那台服务器"), "{}", told.text);
    assert_eq!(there.act("/console/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/console/tasks").await.status, StatusCode::SEE_OTHER, "out at each");
}

/// People work at the desk at any replica: of two who do the same at once one is told so, and what was done at one stands at the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_desk_of_two_replicas_each_step_is_done_once_and_seen_at_both() {
    let county = Played { name: "county-bank", file: desk_file(true), script: Value::Null };
    let mut fleet = Fleet::with(&[county], 2, "", NO_CODES).await;
    add_clerks(&fleet.replicas[0].config).await;
    fleet.start().await;
    fleet.setup.submit("desk", &inquiry(None, "auto")).await;
    let at = |replica: usize, name: &str| Clerk::at(fleet.replicas[replica].port, name);
    let (one, two) = (at(0, "clerk-1"), at(1, "clerk-2"));
    let open = one.get("/v1/desk?state=open").await.1;
    let number =
        open["orders"][0]["number"].as_str().expect("it is on the desk with the submission").to_owned();
    let path = |step: &str| format!("/v1/desk/{number}/{step}");
    let (take, nothing) = (json!({ "version": open["orders"][0]["version"] }), json!({}));
    let (take_at, notice_at) = (path("take"), path("notice"));
    let (here, there) = tokio::join!(one.post(&take_at, &take), two.post(&take_at, &take));
    let mut statuses = [here.0, there.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT], "{} {}", here.1, there.1);
    // Whoever has it works at the other replica from now on.
    let (holder, other) =
        if here.0 == StatusCode::OK { ("clerk-1", "clerk-2") } else { ("clerk-2", "clerk-1") };
    let (holder_here, holder_there) = (at(0, holder), at(1, holder));
    let (here, there) =
        tokio::join!(holder_here.post(&notice_at, &nothing), holder_there.post(&notice_at, &nothing));
    // One that comes after the other prints the notice once more; the order waits for one answer all the same.
    let mut printed = 0;
    for (status, said) in [here, there] {
        assert!(matches!(status, StatusCode::CREATED | StatusCode::CONFLICT), "{status} {said}");
        printed += usize::from(status == StatusCode::CREATED);
    }
    assert!(printed > 0, "one of them prints it");
    let seen = at(1, other).get(&format!("/v1/desk/{number}")).await.1;
    assert_eq!(
        (&seen["order_state"], &seen["progress"]["taken"]["by"]),
        (&json!("awaiting"), &json!(holder)),
        "{seen}"
    );
    let (status, entered) = holder_there.answer(&number, &json!({ "outcome": "nothing" })).await;
    assert_eq!((status, &entered["outcome"]), (StatusCode::OK, &json!("to_check")), "{entered}");
    let agree = json!({ "agree": true, "version": entered["order"]["version"] });
    let check_at = path("check");
    let (other_here, other_there) = (at(0, other), at(1, other));
    let (here, there) = tokio::join!(other_here.post(&check_at, &agree), other_there.post(&check_at, &agree));
    let agreed = [&here, &there].iter().filter(|done| done.0 == StatusCode::OK).count();
    assert_eq!(agreed, 1, "{} {}", here.1, there.1);
    let answered = one.get(&format!("/v1/desk/{number}")).await.1;
    assert_eq!(
        (&answered["state"], &answered["order_state"]),
        (&json!("done"), &json!("answered")),
        "{answered}"
    );
    let acts_at = format!("/v1/acts?subject={}", seen["inquiry"].as_str().expect("an inquiry"));
    let acts = one.get(&acts_at).await.1;
    let done = |act: &str| {
        let all = acts["acts"].as_array().expect("acts");
        all.iter().filter(|one| one["act"] == act && one["refused"].is_null()).count()
    };
    assert_eq!(
        ["desk_take", "desk_notice", "desk_answer", "desk_check"].map(done),
        [1, printed, 1, 1],
        "{acts}"
    );
}
