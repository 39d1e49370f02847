//! Several servers of a broker: whichever dies, the relay goes on at another one, and nothing is lost.

use std::time::Duration;

use super::compared::compare;
use super::servers::Broker;
use super::{
    QUEUE, all_told, log_of, nats_current, nats_received, rabbit_received, setup, submit_many, until,
};
use crate::world::reserved_port;

/// Servers of NATS that form a cluster.
async fn cluster() -> Vec<Broker> {
    let ports = [reserved_port(), reserved_port(), reserved_port()];
    let routes: Vec<String> = ports.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
    let one = |at: usize| {
        format!(
            "server_name: n{at}\njetstream {{ store_dir: \"FOLDER/js\", max_mem: 64M, max_file: 256M }}\n\
             cluster {{ name: court, listen: \"127.0.0.1:{}\", routes: [{}] }}",
            ports[at],
            routes.join(", ")
        )
    };
    let all = [one(0), one(1), one(2)];
    let started = futures_util::future::join_all(all.iter().map(|more| Broker::nats(more))).await;
    assert_eq!(started.len(), 3);
    started
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_server_of_a_nats_cluster_dies_the_relay_goes_on_at_another_and_nothing_is_lost() {
    let mut cluster = cluster().await;
    let servers: Vec<String> =
        cluster.iter().map(|one| format!("\"nats://127.0.0.1:{}\"", one.port)).collect();
    let table = format!(
        "[relay.nats]\nservers = [{}]\nlongest_wait = \"1s\"\nack_timeout = \"3s\"\nreplicas = 3\n",
        servers.join(", ")
    );
    let mut setup = setup(&table);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    submit_many(&setup, "before", 5).await;
    all_told(&setup, &["nats"]).await;
    // Each in turn, the one in use too.
    for (at, server) in cluster.iter_mut().enumerate() {
        let name = format!("without-{at}");
        let disturbed = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            server.kill();
        };
        tokio::join!(submit_many(&setup, &name, 20), disturbed);
        all_told(&setup, &["nats"]).await;
        server.start().await;
        // Whoever takes one server away after the other waits until it has caught up: two of three make a majority.
        nats_current(server.port).await;
        submit_many(&setup, &format!("with-{at}"), 2).await;
        all_told(&setup, &["nats"]).await;
    }
    let log = log_of(&setup).await;
    assert!(log.len() > 60 * 3, "there was load: {}", log.len());
    let twice = compare(&nats_received(cluster[0].port).await, &log);
    assert_eq!(twice, 0, "the cluster knows what comes twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_rabbitmq_takes_over_from_the_first_and_between_them_nothing_is_lost() {
    let (mut one, other) = tokio::join!(Broker::rabbitmq(""), Broker::rabbitmq(""));
    let table = format!(
        "[relay.rabbitmq]\nservers = [\"amqp://127.0.0.1:{}\", \"amqp://127.0.0.1:{}\"]\nlongest_wait = \"1s\"\n\
         ack_timeout = \"3s\"\n{QUEUE}",
        one.port, other.port
    );
    let mut setup = setup(&table);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    submit_many(&setup, "first", 5).await;
    all_told(&setup, &["rabbitmq"]).await;
    let disturbed = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        one.kill();
    };
    tokio::join!(submit_many(&setup, "second", 30), disturbed);
    all_told(&setup, &["rabbitmq"]).await;
    let told = until(&setup, "rabbitmq", "it runs", |relay| relay["state"] == "running").await;
    assert!(told["failures"].as_u64() > Some(0), "the first was lost on the way: {told}");
    one.start().await;
    let mut received = rabbit_received(one.port, "court").await;
    let later = rabbit_received(other.port, "court").await;
    assert!(!received.is_empty() && !later.is_empty(), "{} and {}", received.len(), later.len());
    received.extend(later);
    // What the first had and did not confirm any more came again.
    let twice = compare(&received, &log_of(&setup).await);
    assert!(twice < received.len(), "{twice} of {} came twice", received.len());
}
