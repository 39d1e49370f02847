//! Moves that break behind their switch, and moves that can never be finished.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{done, file, is_moved, refused, said, stopped, store, take_away, url};
use crate::daemon::Setup;
use crate::own_server::{keep_in, without_url};
use crate::world::database::{empty_database, run_in};
use crate::world::{inquiry, realty};

/// A gateway on an embedded store with one inquiry.
async fn at_work() -> Setup {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    without_url(&setup);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup.submit("first", &inquiry(None, "auto")).await;
    setup
}

/// Before a database: the first connection that would say that everything has arrived there, when the old store says that it was moved, is
/// cut before its words get there.
async fn cut_behind_the_switch(address: &str, old: PathBuf) -> (String, Arc<AtomicBool>) {
    let server: tokio_postgres::Config = address.parse().expect("an address");
    let target = server.get_ports().first().copied().expect("a port");
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let is_cut = Arc::new(AtomicBool::new(false));
    let cut = Arc::clone(&is_cut);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (cut, old) = (Arc::clone(&cut), old.clone());
            tokio::spawn(async move {
                let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                let (mut there, mut back) = (vec![0; 64 << 10], vec![0; 64 << 10]);
                loop {
                    tokio::select! {
                        read = near.read(&mut there) => {
                            let Ok(count @ 1..) = read else { return };
                            let says_so = there[..count].windows(7).any(|word| word == b"arrived");
                            if says_so && is_moved(&old) && !cut.swap(true, Ordering::SeqCst) {
                                return;
                            }
                            if far.write_all(&there[..count]).await.is_err() { return }
                        }
                        read = far.read(&mut back) => {
                            let Ok(count @ 1..) = read else { return };
                            if near.write_all(&back[..count]).await.is_err() { return }
                        }
                    }
                }
            });
        }
    });
    (address.replacen(&format!(":{target}/"), &format!(":{port}/"), 1), is_cut)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_whose_connection_breaks_behind_the_switch_is_told_as_done() {
    let setup = at_work().await;
    let (address, is_cut) = cut_behind_the_switch(&empty_database(), file(&setup)).await;
    keep_in(&setup, &url(&address));
    let mut command = store(&setup, &["move", "--live", "--reason", "the province"]);
    let output =
        tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends");
    assert!(is_cut.load(Ordering::SeqCst), "it never said that all has arrived: {}", setup.log());
    assert!(is_moved(&file(&setup)));
    assert_eq!(output.status.code(), Some(0), "{}\n{}", said(&output), setup.log());
    let view = setup.get("/v1/store").await;
    assert_eq!((&view["on_server"], &view["last_move"]["failure"]), (&json!(true), &json!(null)), "{view}");
    setup.submit("second", &crate::world::of_another_case(inquiry(None, "auto"))).await;
}

/// All of another store arrived in the database, and only the folder that began that move could finish it: this one is another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_this_folder_can_never_finish_is_no_start_to_be_begun_over_and_over() {
    let mut setup = at_work().await;
    stopped(&mut setup).await;
    let address = empty_database();
    done(&setup, &["move", "--to", &address]).await;
    take_away(&file(&setup));
    setup.start_daemon().await;
    stopped(&mut setup).await;
    run_in(&address, "UPDATE store_info SET key = 'arriving' WHERE key = 'arrived'");
    keep_in(&setup, &url(&address));
    let told = refused(&mut setup).await;
    assert!(
        told.contains("was interrupted and cannot be finished") && told.contains("may be in charge"),
        "{told}"
    );
}
