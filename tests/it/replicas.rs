//! Several daemons on one database: each lane, the clock and the relays belong to one of them at a time; whichever dies, stands
//! still or is cut off, nothing is doubled and nothing is lost, as the counterparts' own books show.

mod cut_off;
pub mod fleet;
mod gate;
mod late;
mod nginx;
mod people;
mod probes;
mod relays;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::brokers::compared::compare;
use crate::brokers::servers::Broker;
use crate::brokers::{log_of, nats_received, relay_nats, until};
use crate::kill::{Trial, all_complete, check, collect, submit_some};
use crate::storms::{PER_DAY, Storm, stormy};
use crate::world::{Played, bank, bank_code, calling_bank, inquiry, numbered_company, realty};
use fleet::{Fleet, PATIENCE};

const PARCELS: [&str; 3] = ["bank-0", "bank-1", "bank-2"];
const CALLING: [&str; 3] = ["bank-3", "bank-4", "bank-5"];

/// Banks over parcels, banks that call the postbox, and a registry that is called.
fn everybody() -> Vec<Played> {
    let owns = |more: Value| {
        let mut script = json!({ "everyone": { "accounts": 1, "balance": "500.00" } });
        for (key, value) in more.as_object().expect("an object") {
            script[key] = value.clone();
        }
        script
    };
    let parcels = PARCELS.iter().zip(1_u32..);
    let calling = CALLING.iter().zip(4_u32..);
    let parcels = parcels
        .map(|(name, number)| bank(name, &bank_code(number), owns(json!({ "delay_ms": 15 * number }))));
    let calling =
        calling.map(|(name, number)| calling_bank(name, number, owns(json!({ "poll_ms": 20 * number }))));
    parcels.chain(calling).chain([realty("realty", json!({ "everyone": { "properties": 1 } }))]).collect()
}

fn is_even(spread: &[(String, Option<String>)], names: &[&str]) -> bool {
    let count = |name: &&str| spread.iter().filter(|(_, replica)| replica.as_deref() == Some(name)).count();
    let counts: Vec<usize> = names.iter().map(count).collect();
    // Beside lanes there are the clock and what forgets, so that one may have a lane less.
    counts.iter().sum::<usize>() == spread.len() && counts.iter().all(|count| *count > 0)
}

/// Submits what is missing and waits until all of it is done; compares books and ledger.
async fn finish(
    fleet: &Fleet,
    trial: &Trial,
    submitted: &mut BTreeMap<u32, String>,
    seen: &mut BTreeMap<String, Value>,
) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while submitted.len() < trial.inquiries as usize {
        assert!(Instant::now() < deadline, "nothing is accepted:\n{}", fleet.logs());
        submit_some(&fleet.setup, trial, submitted, usize::MAX).await;
    }
    let is_complete = async || {
        let mut done = true;
        for id in submitted.values() {
            let view = fleet.setup.try_call(Method::GET, &format!("/v1/inquiries/{id}"), None).await;
            done &= view.is_some_and(|(_, view)| view["state"] == "completed");
        }
        done
    };
    while !is_complete().await {
        assert!(Instant::now() < deadline, "inquiries stay open:\n{}", fleet.logs());
        collect(&fleet.setup, seen).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(all_complete(&fleet.setup, submitted).await);
    loop {
        let before = seen.len();
        collect(&fleet.setup, seen).await;
        if seen.len() == before {
            break;
        }
    }
    check(&fleet.setup, trial, submitted, seen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_spread_over_the_replicas_and_move_within_seconds_when_one_is_killed() {
    let mut fleet = Fleet::new(&everybody(), 3, "").await;
    fleet.start().await;
    fleet.until_spread(0, "each works for some", |spread| is_even(spread, &["r0", "r1", "r2"])).await;
    let list = fleet.ask(1, "/v1/replicas").await.expect("an answer");
    let live = list["replicas"].as_array().expect("replicas").iter().filter(|one| one["state"] == "live");
    assert_eq!(live.count(), 3, "{list}");
    each_lane_is_told_by_the_replica_that_has_it(&fleet).await;
    let killed = Instant::now();
    fleet.replicas[0].kill();
    fleet.until_spread(1, "the others work for all", |spread| is_even(spread, &["r1", "r2"])).await;
    assert!(killed.elapsed() < Duration::from_secs(15), "a lease is two seconds: {:?}", killed.elapsed());
    let trial = Trial { kills: 0, inquiries: 4, orders: 20, caught: 0 };
    let (mut submitted, mut seen) = (BTreeMap::new(), BTreeMap::new());
    finish(&fleet, &trial, &mut submitted, &mut seen).await;
    // It comes back and takes its share again.
    fleet.replicas[0].spawn();
    fleet.until_ready(0).await;
    fleet.until_spread(0, "it has its share", |spread| is_even(spread, &["r0", "r1", "r2"])).await;
}

/// How a lane is, its replica knows alone; the others say where it is. What the store has is told by all.
async fn each_lane_is_told_by_the_replica_that_has_it(fleet: &Fleet) {
    let started = Instant::now();
    loop {
        let mut told: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (at, own) in ["r0", "r1", "r2"].into_iter().enumerate() {
            let list = fleet.ask(at, "/v1/counterparts").await.expect("an answer");
            for one in list["counterparts"].as_array().expect("counterparts") {
                let name = one["name"].as_str().expect("a name").to_owned();
                assert_eq!(one["orders"]["waiting"], 0, "{one}");
                assert_eq!(one["elsewhere"] == true, one["health"].is_null(), "{one}");
                // What was heard of the others is a moment old.
                if one["elsewhere"] == false && one["replica"] == own {
                    told.entry(name).or_default().push(own);
                }
            }
        }
        if told.len() == everybody().len() && told.values().all(|replicas| replicas.len() == 1) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "{told:?}\n{}", fleet.logs());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What befalls a replica.
#[derive(Debug, Clone, Copy)]
enum Mishap {
    Killed,
    Stopped,
    CutOff,
}

/// Mishaps at random, one replica at a time, while inquiries come in.
async fn through(mishaps: &[Mishap], count: usize, trial: &Trial) {
    let mut fleet = Fleet::new(&everybody(), count, "").await;
    fleet.start().await;
    befalls(&mut fleet, mishaps, trial).await;
}

/// Mishaps in a fleet that works; in the end everything is done, and the books are compared.
async fn befalls(fleet: &mut Fleet, mishaps: &[Mishap], trial: &Trial) {
    let count = fleet.replicas.len();
    let mut chance = StdRng::seed_from_u64(20_261_130);
    let (mut submitted, mut seen) = (BTreeMap::new(), BTreeMap::new());
    for round in 0..trial.kills {
        let (at, mishap) = (round % count, mishaps[round % mishaps.len()]);
        submit_some(&fleet.setup, trial, &mut submitted, 1 + trial.inquiries as usize / trial.kills).await;
        tokio::time::sleep(Duration::from_millis(chance.random_range(5..400))).await;
        let others: Vec<String> = fleet
            .replicas
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, one)| one.name.clone())
            .collect();
        match mishap {
            Mishap::Killed => fleet.replicas[at].kill(),
            Mishap::Stopped => fleet.replicas[at].signal("-STOP"),
            Mishap::CutOff => fleet.replicas[at].line.hold(true),
        }
        let other = (at + 1) % count;
        fleet
            .until_spread(other, "the others work for all", |spread| {
                spread.iter().all(|(_, replica)| replica.as_ref().is_some_and(|name| others.contains(name)))
            })
            .await;
        collect(&fleet.setup, &mut seen).await;
        match mishap {
            Mishap::Killed => fleet.replicas[at].spawn(),
            Mishap::Stopped => fleet.replicas[at].signal("-CONT"),
            Mishap::CutOff => fleet.replicas[at].line.hold(false),
        }
        fleet.until_ready(at).await;
    }
    finish(fleet, trial, &mut submitted, &mut seen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_stood_still_longer_than_its_lease_sends_nothing_when_it_goes_on() {
    through(&[Mishap::Stopped], 2, &Trial { kills: 8, inquiries: 16, orders: 100, caught: 0 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_cut_off_from_the_database_does_no_harm_and_goes_on_when_it_is_not() {
    through(&[Mishap::CutOff], 2, &Trial { kills: 5, inquiries: 10, orders: 60, caught: 0 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_befalls_one_of_three_replicas_nothing_is_doubled_or_lost() {
    let all = [Mishap::Killed, Mishap::Stopped, Mishap::CutOff, Mishap::Killed];
    through(&all, 3, &Trial { kills: 12, inquiries: 24, orders: 150, caught: 0 }).await;
}

/// Banks over parcels, banks that call, and registries that are called: twenty of them.
fn twenty() -> Vec<Played> {
    const NAMES: [&str; 20] = [
        "c-0", "c-1", "c-2", "c-3", "c-4", "c-5", "c-6", "c-7", "c-8", "c-9", "c-10", "c-11", "c-12", "c-13",
        "c-14", "c-15", "c-16", "c-17", "c-18", "c-19",
    ];
    let owns = || json!({ "everyone": { "accounts": 1, "balance": "500.00" } });
    let one = |(name, number): (&&'static str, u32)| match number {
        1..=8 => {
            let mut script = owns();
            script["delay_ms"] = json!(15 * number);
            bank(name, &bank_code(number), script)
        }
        9..=14 => {
            let mut script = owns();
            script["poll_ms"] = json!(20 * number);
            calling_bank(name, number, script)
        }
        _ => realty(name, json!({ "everyone": { "properties": 1 } })),
    };
    NAMES.iter().zip(1_u32..).map(one).collect()
}

/// The books are compared with the store, the store with what a consumer of the broker received, and what reached each counterpart
/// with its limits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_with_twenty_counterparts_and_a_broker_double_lose_and_overrun_nothing() {
    let nats = Broker::jetstream().await;
    let mut fleet = Fleet::with(&twenty(), 3, "", &relay_nats(nats.port, "")).await;
    let folder = fleet.setup.folder.path();
    let gates = gate::Gate::before_all(&folder.join("counterparts"), &folder.join("gated")).await;
    assert_eq!(gates.len(), 6, "registries are called");
    fleet.counterparts_in("gated");
    fleet.start().await;
    let trial = Trial { kills: 9, inquiries: 18, orders: 18 * 25, caught: 0 };
    befalls(&mut fleet, &[Mishap::Killed, Mishap::Stopped, Mishap::CutOff], &trial).await;
    until(&fleet.setup, "nats", "nothing lags", |relay| relay["lag"] == 0).await;
    let started = Instant::now();
    loop {
        let mut states = Vec::new();
        for at in 0..3 {
            let list = fleet.ask(at, "/v1/relays").await.expect("an answer");
            states.push(list["relays"][0]["state"].as_str().unwrap_or_default().to_owned());
        }
        states.sort_unstable();
        if states == ["elsewhere", "elsewhere", "running"] {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{states:?}\n{}", fleet.logs());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (received, log) = (nats_received(nats.port).await, log_of(&fleet.setup).await);
    let twice = compare(&received, &log);
    assert!(log.len() > trial.orders, "{} events, {twice} of them twice", log.len());
    gates.iter().for_each(|gate| gate.kept_within_the_limits(trial.inquiries as usize));
}

/// The counterpart sees one gateway, whichever process works for its lane.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counterpart_never_sees_more_than_its_limits_however_often_its_lane_moves() {
    let (port, storm) = Storm::start().await;
    let mut fleet = Fleet::new(&[stormy(port)], 2, "").await;
    for at in 0..2 {
        fleet.replicas[at].spawn();
        fleet.until_ready(at).await;
    }
    for at in 0..12 {
        let mut body = inquiry(None, "auto");
        body["parties"] = json!([numbered_company(at)]);
        fleet.setup.submit(&format!("storm-{at}"), &body).await;
    }
    let began = Instant::now();
    let mut moves = 0;
    while storm.count() < PER_DAY && began.elapsed() < Duration::from_secs(40) {
        let before = storm.count();
        let spread = fleet.spread(moves % 2).await;
        let holder =
            spread.into_iter().find_map(|(_, replica)| replica).and_then(|name| name[1..].parse().ok());
        let Some(holder): Option<usize> = holder else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let other: usize = 1 - holder;
        // One ends in good order, the next stands still until the other has its lane.
        if moves % 2 == 0 {
            assert!(fleet.replicas[holder].ends().await, "{}", fleet.logs());
        } else {
            fleet.replicas[holder].signal("-STOP");
        }
        let name = format!("r{other}");
        let is_there =
            |spread: &[(String, Option<String>)]| spread.iter().all(|one| one.1.as_ref() == Some(&name));
        fleet.until_spread(other, "the lane moves", is_there).await;
        if moves % 2 == 0 {
            fleet.replicas[holder].spawn()
        } else {
            fleet.replicas[holder].signal("-CONT")
        }
        fleet.until_ready(holder).await;
        moves += 1;
        let waiting = Instant::now();
        while storm.count() < (before + 8).min(PER_DAY) && waiting.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(moves >= 2, "it moved {moves} times only");
    // Whatever is over the day's limit would have come by now.
    tokio::time::sleep(Duration::from_secs(1)).await;
    storm.kept_within_the_limits();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_under_load_fails_no_request() {
    let mut fleet = Fleet::new(&everybody(), 2, "drain = \"1500ms\"\n").await;
    fleet.start().await;
    let (is_over, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let asking = {
        let (is_over, asked, port) = (Arc::clone(&is_over), Arc::clone(&asked), fleet.setup.port);
        tokio::spawn(async move {
            // A connection for each request, as a proxy makes them.
            let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(PATIENCE);
            let client = client.build().expect("a client");
            while !is_over.load(Ordering::Relaxed) {
                let url = format!("http://127.0.0.1:{port}/v1/inquiries?limit=5");
                let answer = client.get(url).bearer_auth(crate::daemon::KEY).send().await.expect("an answer");
                assert!(answer.status().is_success(), "{}", answer.status());
                asked.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let trial = Trial { kills: 0, inquiries: 12, orders: 60, caught: 0 };
    let (mut submitted, mut seen) = (BTreeMap::new(), BTreeMap::new());
    for at in [0, 1, 0, 1] {
        let before = submitted.len();
        submit_some(&fleet.setup, &trial, &mut submitted, 3).await;
        assert_eq!(submitted.len(), before + 3, "every submission is accepted");
        let ended = fleet.replicas[at].ends().await;
        assert!(ended, "it ends whole:\n{}", fleet.replicas[at].log());
        fleet.replicas[at].spawn();
        fleet.until_ready(at).await;
        // The proxy learns of it.
        let before = asked.load(Ordering::Relaxed);
        let deadline = Instant::now() + PATIENCE;
        while asked.load(Ordering::Relaxed) < before + 20 {
            assert!(Instant::now() < deadline && !asking.is_finished(), "requests stand still");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    is_over.store(true, Ordering::Relaxed);
    asking.await.expect("no request failed");
    finish(&fleet, &trial, &mut submitted, &mut seen).await;
}
