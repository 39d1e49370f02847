//! The same tests on a database server: with `CHAKONG_TEST_STORE=postgres` every store of these tests is a database of its own on
//! the server of `CHAKONG_TEST_POSTGRES`.

use std::path::Path;

use sha2::{Digest as _, Sha256};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

/// The database that stands for a folder of an embedded store; it is made where it is not there. `None` where these tests use the
/// embedded store.
pub fn database_for(folder: &Path) -> Option<Config> {
    match std::env::var("CHAKONG_TEST_STORE").as_deref() {
        Err(_) | Ok("sqlite") => return None,
        Ok("postgres") => {}
        Ok(other) => panic!("CHAKONG_TEST_STORE is sqlite or postgres, not {other}"),
    }
    let server: Config = server().parse().expect("the address of the test server");
    let name = name_of(folder);
    make(server.clone(), name.clone());
    let mut config = server;
    config.dbname(&name);
    Some(config)
}

/// The lines of `[store]` that lead there, if any.
pub fn lines_for(folder: &Path) -> String {
    let Some(_) = database_for(folder) else { return String::new() };
    let server = server();
    let (before, _) = server.rsplit_once('/').expect("an address with a database");
    format!("url = \"{before}/{}\"\n", name_of(folder))
}

/// An empty database of its own on the test server, and its address.
#[allow(dead_code, reason = "used by tests, and not by the benchmarks, which share this file")]
pub fn empty_database() -> String {
    let name = format!("it_{}", uuid::Uuid::new_v4().simple());
    make(server().parse().expect("the address of the test server"), name.clone());
    let server = server();
    let (before, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{before}/{name}")
}

/// A number that a statement finds in a database.
#[allow(dead_code, reason = "used by tests, and not by the benchmarks, which share this file")]
pub fn number_at(address: &str, sql: &str) -> i64 {
    let (sql, config) = (sql.to_owned(), address.parse().expect("an address"));
    on_server(
        config,
        move |client| async move { client.query_one(&sql, &[]).await.expect("a number").get(0) },
    )
}

/// Runs a statement in a database.
#[allow(dead_code, reason = "used by tests, and not by the benchmarks, which share this file")]
pub fn run_in(address: &str, sql: &str) {
    let sql = sql.to_owned();
    let config = address.parse().expect("an address");
    on_server(config, move |client| async move { client.batch_execute(&sql).await.expect("a statement") });
}

fn server() -> String {
    std::env::var("CHAKONG_TEST_POSTGRES").expect("a server for the tests: tests/postgres starts one")
}

fn name_of(folder: &Path) -> String {
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    format!("it_{}", &hex::encode(digest)[..24])
}

/// A number that a statement finds in the store of a folder.
#[allow(dead_code, reason = "used by tests, and not by the benchmarks, which share this file")]
pub fn number_in(folder: &Path, sql: &str) -> Option<i64> {
    let Some(config) = database_for(folder) else {
        let store = rusqlite::Connection::open(folder.join("chakong.sqlite")).expect("the store");
        return store.query_row(sql, [], |row| row.get(0)).expect("a number");
    };
    let sql = sql.to_owned();
    on_server(
        config,
        move |client| async move { client.query_one(&sql, &[]).await.expect("a number").get(0) },
    )
}

/// Runs something in a session of its own, wherever the caller runs.
fn on_server<T, F>(config: Config, run: impl FnOnce(Client) -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let session = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.expect("the test server");
            runtime.spawn(connection);
            run(client).await
        })
    };
    std::thread::spawn(session).join().expect("a session")
}

fn make(server: Config, name: String) {
    on_server(server, move |client| async move {
        let made = client.batch_execute(&format!("CREATE DATABASE {name}")).await;
        let is_there = |error: &tokio_postgres::Error| error.code() == Some(&SqlState::DUPLICATE_DATABASE);
        assert!(made.as_ref().is_ok() || made.as_ref().is_err_and(is_there), "{made:?}");
    });
}
