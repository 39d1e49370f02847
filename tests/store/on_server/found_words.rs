//! By what cases are found is taken over from a server that kept it long, and goes with its case.

use chakong::domain::Change;
use chakong::domain::retention::Forget;

use super::lost::session;
use crate::on_disk::found_words::{undo, whole_words};
use crate::on_disk::older_cases::LATER_ON_A_SERVER;
use crate::on_disk::older_cases::{a_case_that_was_filed, is_found};
use crate::samples::{a_case, keep};
use crate::worlds::{OnServer, World as _, administer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_on_a_server_that_were_kept_whole_are_shortened_and_find_the_same() {
    let mut world = OnServer::begin();
    let case = a_case_that_was_filed(&world.store()).await;
    let words = whole_words(&world.store());
    world.close();
    administer(world.config(), format!("{LATER_ON_A_SERVER} {}", undo(8, "BYTEA", "BIGINT")));
    let add = |word: &Vec<u8>| {
        let word = hex::encode(word);
        format!("INSERT INTO found_by SELECT decode('{word}', 'hex'), id FROM inquiries;")
    };
    administer(world.config(), words.iter().map(add).collect());
    world.reopen();
    is_found(&world.store(), case).await;
    let admin = session(world.config()).await;
    let sql = "SELECT COUNT(*) FROM found_by WHERE octet_length(word) = 16";
    assert_eq!(admin.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_on_a_server_go_with_their_case() {
    let world = OnServer::begin();
    let [gone, stays] = [a_case(&world.store(), 1).await, a_case(&world.store(), 2).await];
    let unreadable = a_case(&world.store(), 3).await;
    let spoilt = format!("UPDATE terms SET body = '\\x09' WHERE inquiry = {}", unreadable.inquiry().id.get());
    administer(world.config(), spoilt);
    for whole in [&gone, &unreadable] {
        keep(&world.store(), vec![Change::Forget(Forget::Chain(whole.chain.id))]).await;
    }
    let admin = session(world.config()).await;
    let left = admin.query("SELECT DISTINCT case_id FROM found_by", &[]).await.expect("what is left");
    let left: Vec<i64> = left.iter().map(|row| row.get(0)).collect();
    assert_eq!(left, [stays.case.id.get()]);
}
