//! A server that speaks PostgreSQL's protocol and is another: it passes no notices on, and numbers its processes by larger numbers, as
//! openGauss does. A proxy makes its statements about notices wrong; a schema before the server's own has its numbers.

use std::net::SocketAddr;
use std::sync::Arc;

use chakong::domain::{Change, LaneChange};
use chakong::store::postgres::{Postgres, Server};
use chakong::store::{Store, StoreError};
use jiff::civil::date;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::own_server::OwnServer;

const AKIN: &str = "
    CREATE SCHEMA akin;
    CREATE VIEW akin.pg_stat_activity AS
      SELECT CAST(pid AS BIGINT) AS pid, datname, usename, application_name FROM pg_catalog.pg_stat_activity;
    CREATE FUNCTION akin.pg_terminate_backend(BIGINT) RETURNS BOOLEAN LANGUAGE sql
      AS 'SELECT pg_catalog.pg_terminate_backend(CAST($1 AS INT))';
    ALTER ROLE postgres SET search_path = akin, pg_catalog;";

/// Before a server: what is said to it about notices is no statement there.
async fn without_notices(target: u16) -> u16 {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                let ((mut near_in, mut near_out), (mut far_in, mut far_out)) =
                    (near.into_split(), far.into_split());
                let there = async {
                    let mut buffer = vec![0; 256 << 10];
                    while let Ok(count @ 1..) = near_in.read(&mut buffer).await {
                        for at in 0..count {
                            let rest = &mut buffer[at..count];
                            if rest.starts_with(b"LISTEN ") || rest.starts_with(b"NOTIFY ") {
                                rest[..6].copy_from_slice(b"ABSENT");
                            }
                        }
                        if far_out.write_all(&buffer[..count]).await.is_err() {
                            break;
                        }
                    }
                    let _ = far_out.shutdown().await;
                };
                let back = async {
                    let _ = tokio::io::copy(&mut far_in, &mut near_out).await;
                    let _ = near_out.shutdown().await;
                };
                tokio::join!(there, back);
            });
        }
    });
    port
}

async fn writes(store: &Arc<dyn Store>) {
    loop {
        let change = Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1));
        match store.transact(move |tx| tx.write(&[change])).await {
            Ok(()) => return,
            Err(StoreError::Again) => {}
            Err(error) => panic!("it writes: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_work_on_a_server_that_passes_no_notices_on_and_numbers_its_processes_otherwise() {
    let server = OwnServer::start();
    let admin = server.session("postgres").await;
    admin.batch_execute(AKIN).await.expect("another server");
    let mut config = tokio_postgres::Config::new();
    config.user("postgres").dbname("postgres").host("127.0.0.1").port(without_notices(server.port()).await);
    let (one, threads) = Postgres::open(&Server::new(config.clone(), None)).expect("a store");
    let (other, more) = Postgres::open(&Server::new(config, None)).expect("a store beside it");
    for store in [&one, &other] {
        writes(store).await;
    }
    // What was begun over a connection that is lost is ended by its number.
    let cut = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE application_name LIKE 'chakong-%'";
    admin.query(cut, &[]).await.expect("a cut");
    for store in [&one, &other] {
        writes(store).await;
    }
    let used = one.transact(|tx| tx.quota_used("bank", date(2027, 4, 15))).await;
    assert_eq!(used.expect("a read").requests, 4);
    drop((one, other));
    tokio::task::spawn_blocking(|| (threads.join(), more.join())).await.expect("their end");
}
