//! An order on the desk whose answer was taken in: what its page shows and offers.

use reqwest::StatusCode;
use serde_json::json;

use super::Guest;
use crate::desk::people::{Courthouse, PDF, account};
use crate::world::inquiry;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_order_shows_its_answer_and_scan_and_is_corrected_with_a_reason_alone() {
    let mut house = Courthouse::open(false).await;
    let clerk = house.clerk("clerk-1");
    house.submit("finished", &inquiry(None, "auto")).await;
    let number = house.carry(&clerk).await;
    let form = json!({ "outcome": "found", "fields": { "answered_on": "2026-11-24" }, "rows": [account("4000020011", "900.00")] });
    let (_, done) = clerk.answer(&number, &form).await;
    assert_eq!(done["outcome"], "taken_in", "{done}");

    let mut guest = Guest::signed_in(house.setup.port, "clerk-1").await;
    let path = format!("/console/desk/{number}");
    let page = guest.get(&path).await;
    for shown in ["已办结", "已入账的反馈", "4000020011", "900.00", "回执.pdf"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    let [take, correct] = ["desk-take", "desk-correct"].map(|act| format!("/console/acts/{act}/{number}\""));
    assert!(!page.text.contains(&take) && page.text.contains(&correct), "{}", page.text);
    let scan = page.first_link("/console/orders/", "\" download>回执.pdf");
    let file = guest.get(&scan).await;
    assert!(file.status == StatusCode::OK && file.text.as_bytes().starts_with(PDF), "{scan}: {}", file.text);

    let correct = format!("/console/acts/desk-correct/{number}");
    let silent = guest.act(&correct, &[("reason", "")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let taken = guest.act(&correct, &[("reason", "余额录入有误"), ("next", &path)]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let form = guest.get(&path).await;
    for shown in ["更正反馈中", "已入账的反馈", "900.00", "录入反馈"] {
        assert!(form.text.contains(shown), "{shown}: {}", form.text);
    }
    house.stop();
}
