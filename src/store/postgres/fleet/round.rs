//! One round: renew the own place, look at the others and at the leases, give back, ask for, and take what is due.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, Row};

use super::super::errors::failed;
use super::super::others::{COMMITTED, Others};
use super::super::rows::get;
use super::notices::freed;
use crate::store::boot_time::boot_time;
use crate::store::leases::{Answer, Lease, Wishes};
use crate::store::spread::spread;
use crate::store::{Membership, Replica, Stored};

/// Key of the lock under which leases change hands: `chakongl` as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7163082321391675244)";
/// The database's clock in microseconds.
macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    };
}

/// A lease as the database has it.
#[derive(Debug, Clone)]
struct LeaseRow {
    name: String,
    holder: String,
    epoch: i64,
    asked: String,
    /// How long it has stood so.
    age: Duration,
}

/// What one process knows from round to round.
#[derive(Debug)]
pub(super) struct Rounds {
    id: String,
    membership: Membership,
    others: Arc<Others>,
    /// When a lease that nobody holds was first seen so.
    free_since: HashMap<String, Duration>,
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

async fn run(client: &Client, sql: &str) -> Stored<()> {
    client.batch_execute(sql).await.map_err(failed("renew leases"))
}

impl Rounds {
    pub(super) fn new(id: String, membership: Membership, others: Arc<Others>) -> Self {
        Self { id, membership, others, free_since: HashMap::new() }
    }

    /// Tells the others that leases are free, or that there is one more. They find it by looking where that cannot be told.
    async fn tell(&self, client: &Client) -> Stored<()> {
        match freed(&self.id).filter(|_| self.others.may_be_told()) {
            Some(sql) => run(client, &sql).await,
            None => Ok(()),
        }
    }

    /// Whether the server still has what every writer has committed.
    async fn compare(&self, client: &Client) -> Stored<()> {
        let rows = client.query(COMMITTED, &[]).await.map_err(failed("renew leases"))?;
        let found: Vec<(String, i64)> =
            rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect::<Stored<_>>()?;
        self.others.compare(&found)
    }

    /// The first one: the process takes its place. Its predecessor, which is gone, loses its own.
    pub(super) async fn first(&mut self, client: &Client, wishes: &Wishes) -> Stored<Answer> {
        if let Some(predecessor) = self.membership.predecessor.take().filter(|one| *one != self.id) {
            let sql = "UPDATE replicas SET retired = TRUE WHERE id = $1";
            client.execute(sql, &[&predecessor]).await.map_err(failed("renew leases"))?;
        }
        let answer = self.round(client, wishes).await?;
        self.tell(client).await?;
        Ok(answer)
    }

    /// The last one: everything is given back.
    pub(super) async fn last(&mut self, client: &Client) -> Stored<()> {
        let free = concat!(
            "UPDATE leases SET holder = '', epoch = epoch + 1, since = ",
            now!(),
            " WHERE holder = $1"
        );
        client.execute(free, &[&self.id]).await.map_err(failed("give leases back"))?;
        client
            .execute("UPDATE replicas SET retired = TRUE, draining = TRUE WHERE id = $1", &[&self.id])
            .await
            .map_err(failed("give leases back"))?;
        self.tell(client).await
    }

    /// One round.
    pub(super) async fn round(&mut self, client: &Client, wishes: &Wishes) -> Stored<Answer> {
        let began = boot_time();
        self.compare(client).await?;
        if !self.renew(client, wishes.is_draining).await? {
            self.begin_anew(client, wishes.is_draining).await?;
        }
        // Counted from before the statement was sent, and over sooner than the others think.
        let until = began + self.membership.lease * 3 / 4;
        self.give_back(client, &wishes.ended).await?;
        let replicas = self.replicas(client).await?;
        let mut rows = self.leases(client).await?;
        let plan = self.plan(wishes, &replicas, &rows);
        if self.carry_out(client, &plan, &replicas).await? {
            rows = self.leases(client).await?;
        }
        Ok(self.answer(wishes, &plan, replicas, rows, until))
    }

    /// Whether this process still has its place: one that was taken for dead has lost it.
    async fn renew(&self, client: &Client, is_draining: bool) -> Stored<bool> {
        let sql = concat!(
            "UPDATE replicas SET seen = ",
            now!(),
            ", expires = ",
            now!(),
            " + $2, draining = $3 WHERE id = $1 AND NOT retired"
        );
        let lease = micros(self.membership.lease);
        let changed = client.execute(sql, &[&self.id, &lease, &is_draining]).await;
        Ok(changed.map_err(failed("renew leases"))? == 1)
    }

    /// A place without leases.
    async fn begin_anew(&self, client: &Client, is_draining: bool) -> Stored<()> {
        let begun = async {
            run(client, &format!("BEGIN; {LOCK}")).await?;
            let free = concat!(
                "UPDATE leases SET holder = '', epoch = epoch + 1, since = ",
                now!(),
                " WHERE holder = $1"
            );
            client.execute(free, &[&self.id]).await.map_err(failed("renew leases"))?;
            client
                .execute("DELETE FROM replicas WHERE id = $1", &[&self.id])
                .await
                .map_err(failed("renew leases"))?;
            let new = concat!(
                "INSERT INTO replicas (id, name, address, started, seen, expires, draining, retired) SELECT $1, $2, $3, ",
                now!(),
                ", ",
                now!(),
                ", ",
                now!(),
                " + $4, $5, FALSE"
            );
            let (member, lease) = (&self.membership, micros(self.membership.lease));
            client
                .execute(new, &[&self.id, &member.name, &member.address, &lease, &is_draining])
                .await
                .map_err(failed("renew leases"))?;
            run(client, "COMMIT").await
        };
        Self::whole(client, begun.await).await
    }

    async fn whole<T>(client: &Client, done: Stored<T>) -> Stored<T> {
        if done.is_err() && !client.is_closed() {
            // What the first error says counts.
            let _ = run(client, "ROLLBACK").await;
        }
        done
    }

    async fn give_back(&self, client: &Client, ended: &[Lease]) -> Stored<()> {
        if ended.is_empty() {
            return Ok(());
        }
        let sql = concat!(
            "UPDATE leases SET holder = '', epoch = epoch + 1, since = ",
            now!(),
            " WHERE name = $1 AND holder = $2 AND epoch = $3"
        );
        for lease in ended {
            let sent = client.execute(sql, &[&lease.name, &self.id, &lease.epoch]).await;
            sent.map_err(failed("give leases back"))?;
        }
        self.tell(client).await
    }

    async fn replicas(&self, client: &Client) -> Stored<Vec<Replica>> {
        let sql = concat!(
            "SELECT id, name, address, started, seen, NOT retired AND expires > ",
            now!(),
            ", draining FROM replicas ORDER BY name, id"
        );
        let found = client.query(sql, &[]).await.map_err(failed("renew leases"))?;
        let read = |row: &Row| {
            Ok(Replica {
                id: get(row, 0)?,
                name: get(row, 1)?,
                address: get(row, 2)?,
                started: get(row, 3)?,
                seen: get(row, 4)?,
                is_live: get(row, 5)?,
                is_draining: get(row, 6)?,
            })
        };
        found.iter().map(read).collect()
    }

    async fn leases(&self, client: &Client) -> Stored<Vec<LeaseRow>> {
        let sql = concat!("SELECT name, holder, epoch, asked, ", now!(), " - since FROM leases");
        let found = client.query(sql, &[]).await.map_err(failed("renew leases"))?;
        let read = |row: &Row| {
            let age: i64 = get(row, 4)?;
            let age = Duration::from_micros(u64::try_from(age).unwrap_or_default());
            Ok(LeaseRow {
                name: get(row, 0)?,
                holder: get(row, 1)?,
                epoch: get(row, 2)?,
                asked: get(row, 3)?,
                age,
            })
        };
        found.iter().map(read).collect()
    }

    /// What is to be done about leases.
    fn plan(&mut self, wishes: &Wishes, replicas: &[Replica], rows: &[LeaseRow]) -> Plan {
        let now = boot_time();
        let takes: BTreeSet<&str> = replicas
            .iter()
            .filter(|one| one.is_live && !one.is_draining)
            .map(|one| one.id.as_str())
            .collect();
        let live: BTreeSet<&str> =
            replicas.iter().filter(|one| one.is_live).map(|one| one.id.as_str()).collect();
        let used = rows.iter().filter(|row| !row.holder.is_empty() || !row.asked.is_empty());
        let names: BTreeSet<&str> =
            used.map(|row| row.name.as_str()).chain(wishes.wanted.iter().map(String::as_str)).collect();
        let owners = spread(&names, &takes);
        let mut plan = Plan::default();
        let known: BTreeMap<&str, &LeaseRow> = rows.iter().map(|row| (row.name.as_str(), row)).collect();
        self.free_since.retain(|name, _| wishes.wanted.contains(name));
        for name in &wishes.wanted {
            let is_mine = owners.get(name.as_str()) == Some(&self.id.as_str());
            let row = known.get(name.as_str());
            let is_free = row.is_none_or(|row| !live.contains(row.holder.as_str()));
            if !is_free {
                self.free_since.remove(name);
                let row = row.filter(|row| is_mine && row.holder != self.id && row.asked != self.id);
                if row.is_some() && !wishes.is_draining {
                    plan.asks.push(name.clone());
                }
                continue;
            }
            let since = *self.free_since.entry(name.clone()).or_insert(now);
            // Whom it is for may not want it: its files name no such counterpart.
            let is_left = now.saturating_sub(since) > self.membership.lease;
            if !wishes.is_draining && (is_mine || is_left) {
                plan.takes.push(name.clone());
                let is_new = row.is_none();
                plan.is_new |= is_new;
            }
        }
        for row in rows.iter().filter(|row| row.holder == self.id) {
            let is_asked = takes.contains(row.asked.as_str())
                && row.asked != self.id
                && owners.get(row.name.as_str()) == Some(&row.asked.as_str())
                && row.age >= self.membership.hold;
            if wishes.is_draining || is_asked || !wishes.wanted.contains(&row.name) {
                plan.leaving.insert(row.name.clone());
            }
        }
        plan
    }

    /// Whether something changed.
    async fn carry_out(&mut self, client: &Client, plan: &Plan, replicas: &[Replica]) -> Stored<bool> {
        if !plan.asks.is_empty() {
            let sql = "UPDATE leases SET asked = $1 WHERE name = ANY($2) AND holder <> $1 AND holder <> ''";
            client.execute(sql, &[&self.id, &plan.asks]).await.map_err(failed("ask for leases"))?;
            self.tell(client).await?;
        }
        if plan.takes.is_empty() {
            return Ok(false);
        }
        self.end_sessions(client, replicas).await;
        let taken = self.take(client, plan).await;
        Self::whole(client, taken).await?;
        Ok(true)
    }

    /// What a dead process has begun ends: its locks would keep everybody waiting. Where that is not permitted, the server ends it in its
    /// own time.
    async fn end_sessions(&self, client: &Client, replicas: &[Replica]) {
        let dead = replicas.iter().filter(|one| !one.is_live);
        let dead: Vec<String> = dead
            .flat_map(|one| [format!("chakong-{}", one.id), format!("chakong-fleet-{}", one.id)])
            .collect();
        if dead.is_empty() {
            return;
        }
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name = ANY($1) AND datname = current_database() AND usename = current_user";
        if let Err(error) = client.query(sql, &[&dead]).await {
            tracing::warn!(%error, "sessions of a replica that is gone could not be ended");
        }
    }

    async fn take(&self, client: &Client, plan: &Plan) -> Stored<()> {
        run(
            client,
            &format!("BEGIN; {LOCK}; SET LOCAL lock_timeout = '{}ms'", self.membership.lease.as_millis() / 4),
        )
        .await?;
        let retire = concat!("UPDATE replicas SET retired = TRUE WHERE NOT retired AND expires <= ", now!());
        run(client, retire).await?;
        if plan.is_new {
            let new = concat!(
                "INSERT INTO leases (name, holder, epoch, since, asked) SELECT n.name, '', 0, ",
                now!(),
                ", '' FROM (SELECT unnest(CAST($1 AS TEXT[])) AS name) AS n
                  WHERE NOT EXISTS (SELECT 1 FROM leases l WHERE l.name = n.name)"
            );
            client.execute(new, &[&plan.takes]).await.map_err(failed("take leases"))?;
        }
        // Locked in the order in which every writer locks them.
        let lock = "SELECT name FROM leases WHERE name = ANY($1) ORDER BY name FOR UPDATE";
        client.query(lock, &[&plan.takes]).await.map_err(failed("take leases"))?;
        let take = concat!(
            "UPDATE leases SET holder = $1, epoch = epoch + 1, since = ",
            now!(),
            ", asked = '' WHERE name = ANY($2) AND holder NOT IN (SELECT id FROM replicas WHERE NOT retired)"
        );
        client.execute(take, &[&self.id, &plan.takes]).await.map_err(failed("take leases"))?;
        run(client, concat!("DELETE FROM replicas WHERE retired AND seen < ", now!(), " - 86400000000"))
            .await?;
        run(client, "COMMIT").await
    }

    fn answer(
        &self,
        wishes: &Wishes,
        plan: &Plan,
        replicas: Vec<Replica>,
        rows: Vec<LeaseRow>,
        until: Duration,
    ) -> Answer {
        let own = rows.iter().filter(|row| row.holder == self.id);
        let held: BTreeMap<String, i64> = own.map(|row| (row.name.clone(), row.epoch)).collect();
        let news: Vec<&String> = held.keys().filter(|name| !wishes.held.contains_key(*name)).collect();
        let lost: Vec<&String> = wishes.held.keys().filter(|name| !held.contains_key(*name)).collect();
        if !news.is_empty() || !lost.is_empty() {
            tracing::info!(taken = ?news, lost = ?lost, "leases changed hands");
        }
        let holders = rows.into_iter().filter(|row| !row.holder.is_empty());
        let holders = holders.map(|row| (row.name, row.holder)).collect();
        Answer { leaving: plan.leaving.clone(), held, until, replicas, holders }
    }
}

/// What is to be done.
#[derive(Debug, Default)]
struct Plan {
    takes: Vec<String>,
    is_new: bool,
    asks: Vec<String>,
    leaving: BTreeSet<String>,
}
