//! One round: renew the own place, look at the others and at the leases, give back, ask for, and take what is due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, Row};

use super::super::errors::failed;
use super::super::others::Others;
use super::super::rows::get;
use super::notices::freed;
use super::plan::{FreeSince, LeaseRow, Plan, plan};
use crate::store::apart::Apart;
use crate::store::boot_time::boot_time;
use crate::store::leases::{Answer, Lease, Wishes};
use crate::store::{Membership, Replica, Stored};

/// Key of the lock under which leases change hands: `chakongl` as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7163082321391675244)";
/// The database's clock in microseconds.
macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    };
}

/// Until when the holder of a row of `leases` had it who did not give it back, or an earlier one.
macro_rules! lapsed {
    () => {
        "GREATEST(lapsed, COALESCE((SELECT r.expires FROM replicas r WHERE r.id = leases.holder), 0))"
    };
}
/// What lapsed so long ago is of no importance: no request takes so long.
const FORGOTTEN: Duration = Duration::from_hours(24);

/// What one process knows from round to round.
#[derive(Debug)]
pub(super) struct Rounds {
    id: String,
    membership: Membership,
    others: Arc<Others>,
    free_since: FreeSince,
    apart: Apart,
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

async fn run(client: &Client, sql: &str) -> Stored<()> {
    client.batch_execute(sql).await.map_err(failed("renew leases"))
}

impl Rounds {
    pub(super) fn new(id: String, membership: Membership, others: Arc<Others>) -> Self {
        Self { id, membership, others, free_since: FreeSince::new(), apart: Apart::default() }
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
        let before = self.others.now_known();
        self.others.compare(&before, &Others::found(client).await?)
    }

    /// The first one: the process takes its place. Its predecessor, which is gone, loses its own.
    pub(super) async fn first(&mut self, client: &Client, wishes: &Wishes) -> Stored<Answer> {
        if let Some(predecessor) = self.membership.predecessor.take().filter(|one| *one != self.id) {
            // Its connections ended with it: nothing of it is under way any more.
            let sql = "UPDATE replicas SET retired = TRUE, expires = 0 WHERE id = $1";
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
        self.look_at_clock(client).await?;
        if !self.renew(client, wishes.is_draining).await? {
            self.begin_anew(client, wishes.is_draining).await?;
        }
        // Counted from before the statement was sent, and over sooner than the others think.
        let until = began + self.membership.lease * 3 / 4;
        self.give_back(client, &wishes.ended).await?;
        let replicas = self.replicas(client).await?;
        let mut rows = self.leases(client).await?;
        let who = (self.id.as_str(), &self.membership);
        let plan = plan(who, wishes, &replicas, &rows, &mut self.free_since, boot_time());
        if self.carry_out(client, &plan, &replicas).await? {
            rows = self.leases(client).await?;
        }
        Ok(self.answer(wishes, &plan, replicas, rows, until))
    }

    /// Compares the clock of this process with that of the database.
    async fn look_at_clock(&mut self, client: &Client) -> Stored<()> {
        let Some(clock) = &self.membership.clock else { return Ok(()) };
        let before = clock.now();
        let row = client.query_one(concat!("SELECT ", now!()), &[]).await.map_err(failed("renew leases"))?;
        let now = self.apart.seen(before, get(&row, 0)?, clock.now());
        let was = std::mem::replace(&mut self.apart, now);
        let ahead_ms = i64::try_from(now.ahead.as_millis()).unwrap_or(i64::MAX);
        match (was.is_wrong, now.is_wrong) {
            (false, true) => tracing::error!(
                ahead_ms,
                "the clock of this machine is not that of the database: this replica gives its work \
                to others whose clocks are right, if there are any, until it is mended; look after the time service (NTP)"
            ),
            (true, false) => {
                tracing::warn!(ahead_ms, "the clock of this machine is right again: this replica works again")
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether this process still has its place: one that was taken for dead has lost it.
    async fn renew(&self, client: &Client, is_draining: bool) -> Stored<bool> {
        let sql = concat!(
            "UPDATE replicas SET seen = ",
            now!(),
            ", expires = ",
            now!(),
            " + $2, draining = $3, ahead = $4, apart = $5 WHERE id = $1 AND NOT retired"
        );
        let (lease, (ahead, is_apart)) = (micros(self.membership.lease), self.clock());
        let changed = client.execute(sql, &[&self.id, &lease, &is_draining, &ahead, &is_apart]).await;
        Ok(changed.map_err(failed("renew leases"))? == 1)
    }

    /// How far its clock is ahead of the database's, and whether that is too far.
    fn clock(&self) -> (i64, bool) {
        (i64::try_from(self.apart.ahead.as_micros()).unwrap_or(i64::MAX), self.apart.is_wrong)
    }

    /// A place without leases.
    async fn begin_anew(&self, client: &Client, is_draining: bool) -> Stored<()> {
        let begun = async {
            run(client, &format!("BEGIN; {LOCK}")).await?;
            // What it began under them may still be under way.
            let free = concat!(
                "UPDATE leases SET holder = '', epoch = epoch + 1, since = ",
                now!(),
                ", lapsed = ",
                lapsed!(),
                " WHERE holder = $1"
            );
            client.execute(free, &[&self.id]).await.map_err(failed("renew leases"))?;
            client
                .execute("DELETE FROM replicas WHERE id = $1", &[&self.id])
                .await
                .map_err(failed("renew leases"))?;
            let new = concat!(
                "INSERT INTO replicas (id, name, address, started, seen, expires, draining, retired, ahead, apart) SELECT $1, $2, $3, ",
                now!(),
                ", ",
                now!(),
                ", ",
                now!(),
                " + $4, $5, FALSE, $6, $7"
            );
            let (member, (ahead, is_apart)) = (&self.membership, self.clock());
            let lease = micros(member.lease);
            client
                .execute(
                    new,
                    &[&self.id, &member.name, &member.address, &lease, &is_draining, &ahead, &is_apart],
                )
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
            ", draining, ahead, apart FROM replicas ORDER BY name, id"
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
                ahead: get(row, 7)?,
                is_apart: get(row, 8)?,
            })
        };
        found.iter().map(read).collect()
    }

    async fn leases(&self, client: &Client) -> Stored<Vec<LeaseRow>> {
        let sql = concat!(
            "SELECT name, holder, epoch, asked, ",
            now!(),
            " - since, CASE WHEN lapsed > 0 THEN ",
            now!(),
            " - lapsed END FROM leases"
        );
        let found = client.query(sql, &[]).await.map_err(failed("renew leases"))?;
        let read = |row: &Row| {
            let time = |micros: i64| Duration::from_micros(u64::try_from(micros).unwrap_or_default());
            let lapsed: Option<i64> = get(row, 5)?;
            Ok(LeaseRow {
                name: get(row, 0)?,
                holder: get(row, 1)?,
                epoch: get(row, 2)?,
                asked: get(row, 3)?,
                age: time(get(row, 4)?),
                lapsed: lapsed.map(time).filter(|ago| *ago < FORGOTTEN),
            })
        };
        found.iter().map(read).collect()
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
            ", lapsed = ",
            lapsed!(),
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
        // Counted from after they were read, so that it is no sooner than it was.
        let now = boot_time();
        let lapsed = own.clone().filter_map(|row| Some((row.name.clone(), now.saturating_sub(row.lapsed?))));
        let lapsed = lapsed.collect();
        let held: BTreeMap<String, i64> = own.map(|row| (row.name.clone(), row.epoch)).collect();
        let news: Vec<&String> = held.keys().filter(|name| !wishes.held.contains_key(*name)).collect();
        let lost: Vec<&String> = wishes.held.keys().filter(|name| !held.contains_key(*name)).collect();
        if !news.is_empty() || !lost.is_empty() {
            tracing::info!(taken = ?news, lost = ?lost, "leases changed hands");
        }
        let holders = rows.into_iter().filter(|row| !row.holder.is_empty());
        let holders = holders.map(|row| (row.name, row.holder)).collect();
        Answer { leaving: plan.leaving.clone(), held, lapsed, until, replicas, holders }
    }
}
