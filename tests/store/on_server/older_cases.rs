//! Cases that an earlier version kept on a server are found like those of today.

use crate::on_disk::older_cases::{LATER_ON_A_SERVER, a_case_that_was_filed, is_found, undo};
use crate::worlds::{OnServer, World as _, administer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_on_a_server_from_before_are_found_after_the_migration() {
    let mut world = OnServer::begin();
    let case = a_case_that_was_filed(&world.store()).await;
    world.close();
    administer(world.config(), format!("{LATER_ON_A_SERVER} {}", undo(7)));
    world.reopen();
    is_found(&world.store(), case).await;
}
