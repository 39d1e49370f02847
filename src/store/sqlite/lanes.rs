//! What lanes keep beside their orders, as statements.

use rusqlite::params;

use super::query::Rows;
use super::rows::micros;
use super::writes::one;
use crate::domain::{BatchId, LaneChange, OrderId, Pause, RawDirection, RawId, RawMessage, RelayFailure};
use crate::store::lane_reads::SPAN_BITS;
use crate::store::{Stored, order_list};

impl Rows<'_> {
    pub(super) fn write_lane(&mut self, change: &LaneChange) -> Stored<()> {
        match change {
            LaneChange::NewRaw(id, raw, orders) => self.add_raw(*id, raw, orders),
            LaneChange::Repeated(id) => self
                .execute("UPDATE raw_messages SET repeats = repeats + 1 WHERE id = ?1", [id.get()])
                .map(drop),
            LaneChange::NewBatch(batch) => self
                .execute(
                    "INSERT INTO batches (id, lane, made, digest) VALUES (?1, ?2, ?3, ?4)",
                    params![batch.id.get(), batch.lane, micros(batch.made), batch.digest],
                )
                .map(drop),
            LaneChange::SaveBatchDigest(id, digest) => self
                .execute("UPDATE batches SET digest = ?2 WHERE id = ?1", params![id.get(), digest])
                .and_then(|changed| one(changed, "the batch")),
            LaneChange::Unsent(raw, lane) => self
                .execute("INSERT INTO unsent (raw, lane) VALUES (?1, ?2)", params![raw.get(), lane])
                .map(drop),
            LaneChange::Sent(raws) => raws
                .iter()
                .try_for_each(|raw| self.execute("DELETE FROM unsent WHERE raw = ?1", [raw.get()]).map(drop)),
            LaneChange::Responded { lane, name, about, digest } => self
                .execute(
                    "INSERT INTO responses (lane, name, digest, about, nth, times)
                     SELECT ?1, ?2, ?3, ?4, 1 + COALESCE(MAX(nth), 0), 1 FROM responses WHERE lane = ?1 AND name = ?2
                     ON CONFLICT (lane, name, digest) DO UPDATE SET times = times + 1",
                    params![lane, name, digest, about],
                )
                .map(drop),
            LaneChange::SpendQuota(lane, court, day, requests) => {
                self.count("quotas", lane, *day, *requests)?;
                court.as_deref().map_or(Ok(()), |court| self.count_share((lane, court), *day, *requests))
            }
            LaneChange::AddCharges(lane, day, requests) => {
                let requests = i64::try_from(*requests).unwrap_or(i64::MAX);
                self.count("charges", lane, *day, requests)
            }
            LaneChange::NewChargeReference(order, at, reference) => self
                .execute(
                    "INSERT INTO charge_references (order_id, at, reference) VALUES (?1, ?2, ?3)",
                    params![order.get(), micros(*at), reference],
                )
                .map(drop),
            LaneChange::KeepAnswer(key, root, number, at) => self
                .execute(
                    "INSERT OR REPLACE INTO cached_answers VALUES (?1, ?2, ?3, ?4)",
                    params![key, root.get(), number, micros(*at)],
                )
                .map(drop),
            // One process knows these of itself.
            LaneChange::KeepLimits(..)
            | LaneChange::ResetLane(_)
            | LaneChange::NewCallToken(..)
            | LaneChange::DropCallToken(_) => Ok(()),
            LaneChange::SetPaused(lane, pause) => self.set_paused(lane, pause.as_ref()),
            LaneChange::KeepFailure(failure) => self.keep_failure(failure),
            LaneChange::RemoveConsumer(consumer) => {
                self.execute("DELETE FROM consumers WHERE name = ?1", [consumer]).map(drop)
            }
            LaneChange::Acknowledge(consumer, seq) => self
                .execute(
                    "INSERT INTO consumers VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET acknowledged = MAX(acknowledged, excluded.acknowledged)",
                    params![consumer, seq],
                )
                .map(drop),
        }
    }

    fn count_share(
        &mut self,
        (lane, court): (&str, &str),
        day: jiff::civil::Date,
        requests: i64,
    ) -> Stored<()> {
        let sql = "INSERT INTO quota_shares (lane, day, court, requests) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (lane, day, court) DO UPDATE SET requests = requests + excluded.requests";
        self.execute(sql, params![lane, day.to_string(), court, requests]).map(drop)
    }

    fn keep_failure(&mut self, failure: &RelayFailure) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO relay_failures (name, kind, detail, at, replica) VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![failure.name, failure.kind, failure.detail, micros(failure.at), failure.replica];
        self.execute(sql, values).map(drop)
    }

    fn add_raw(&mut self, id: RawId, raw: &RawMessage, orders: &[OrderId]) -> Stored<()> {
        let direction = i64::from(raw.direction == RawDirection::In);
        let batch = raw.batch.map(BatchId::get);
        self.execute(
            "INSERT INTO raw_messages (id, lane, batch, direction, name, at, bytes, orders)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id.get(),
                raw.lane,
                batch,
                direction,
                raw.name,
                micros(raw.at),
                raw.bytes.as_stored(),
                order_list::pack(orders)
            ],
        )?;
        let span = id.get() >> SPAN_BITS;
        if self.recent.as_deref_mut().is_some_and(|recent| recent.has_span(&raw.lane, span)) {
            return Ok(());
        }
        self.execute(
            "INSERT OR IGNORE INTO message_spans (lane, span) VALUES (?1, ?2)",
            params![raw.lane, span],
        )
        .map(drop)
    }

    /// Adds to a counter of a day: `quotas` or `charges`.
    fn count(
        &mut self,
        table: &'static str,
        lane: &str,
        day: jiff::civil::Date,
        requests: i64,
    ) -> Stored<()> {
        let sql = format!(
            "INSERT INTO {table} VALUES (?1, ?2, ?3)
             ON CONFLICT (lane, day) DO UPDATE SET requests = requests + excluded.requests"
        );
        self.execute_made(&sql, params![lane, day.to_string(), requests]).map(drop)
    }

    fn set_paused(&mut self, lane: &str, pause: Option<&Pause>) -> Stored<()> {
        match pause {
            Some(pause) => self.execute(
                "INSERT OR REPLACE INTO pauses (lane, reason, until) VALUES (?1, ?2, ?3)",
                params![lane, pause.reason, pause.until.map(micros)],
            ),
            None => self.execute("DELETE FROM pauses WHERE lane = ?1", [lane]),
        }?;
        self.touch(|touched| touched.lane(lane, true));
        Ok(())
    }
}
