//! What lanes keep beside their orders.

use super::columns::{Value, row, text};
use super::pending::Key;
use super::query::{View, params};
use super::rows::micros;
use super::tables::Table;
use crate::domain::{BatchId, LaneChange, OrderId, Pause, RawDirection, RawId, RawMessage, RelayFailure};
use crate::store::lane_reads::SPAN_BITS;
use crate::store::{Stored, order_list};

impl View<'_> {
    pub(super) fn write_lane(&mut self, change: &LaneChange) -> Stored<()> {
        match change {
            LaneChange::NewRaw(id, raw, orders) => self.add_raw(*id, raw, orders),
            LaneChange::Repeated(id) => {
                let sql = "UPDATE raw_messages SET repeats = repeats + 1 WHERE id = $1";
                self.execute(sql, params![id.get()]).map(drop)
            }
            LaneChange::NewBatch(batch) => {
                let row = row![batch.id.get(), &batch.lane, micros(batch.made), batch.digest.clone()];
                self.add(Table::Batches, row)
            }
            LaneChange::SaveBatchDigest(id, digest) => {
                self.put(Table::SaveBatches, Key::Id(id.get()), row![id.get(), digest.as_slice()])
            }
            LaneChange::Unsent(raw, lane) => {
                let sql = "INSERT INTO unsent (raw, lane) VALUES ($1, $2)";
                self.execute(sql, params![raw.get(), lane]).map(drop)
            }
            LaneChange::Sent(raws) => {
                let raws: Vec<i64> = raws.iter().map(|raw| raw.get()).collect();
                self.execute("DELETE FROM unsent WHERE raw = ANY($1)", params![raws]).map(drop)
            }
            LaneChange::Responded { lane, name, about, digest } => {
                self.count_response(lane, &text(name), &text(about), digest)
            }
            LaneChange::SpendQuota(lane, court, day, requests) => {
                self.count(Table::Quotas, lane, day.to_string(), *requests)?;
                court
                    .as_ref()
                    .map_or(Ok(()), |court| self.count_share(lane, &day.to_string(), court, *requests))
            }
            LaneChange::AddCharges(lane, day, requests) => {
                let requests = i64::try_from(*requests).unwrap_or(i64::MAX);
                self.count(Table::Charges, lane, day.to_string(), requests)
            }
            LaneChange::NewChargeReference(order, at, reference) => {
                self.add(Table::ChargeReferences, row![order.get(), micros(*at), reference])
            }
            LaneChange::KeepAnswer(key, root, number, at) => {
                let row = row![key.as_slice(), root.get(), *number, micros(*at)];
                self.put(Table::CachedAnswers, Key::Digest(key.clone()), row)
            }
            LaneChange::SetPaused(lane, pause) => self.set_paused(lane, pause.as_ref()),
            LaneChange::KeepLimits(lane, limits) => self.keep_limits(lane, limits),
            LaneChange::ResetLane(lane) => self.reset_lane(lane),
            LaneChange::NewCallToken(digest, lane, at) => {
                let sql = "INSERT INTO call_tokens (digest, lane, made) VALUES ($1, $2, $3)";
                self.execute(sql, params![digest, lane, micros(*at)]).map(drop)
            }
            LaneChange::DropCallToken(digest) => {
                self.execute("DELETE FROM call_tokens WHERE digest = $1", params![digest]).map(drop)
            }
            LaneChange::RemoveConsumer(consumer) => {
                self.execute("DELETE FROM consumers WHERE name = $1", params![text(consumer)]).map(drop)
            }
            LaneChange::Acknowledge(consumer, seq) => self.acknowledge(&text(consumer), *seq),
            LaneChange::KeepFailure(failure) => self.keep_failure(failure),
        }
    }

    fn add_raw(&mut self, id: RawId, raw: &RawMessage, orders: &[OrderId]) -> Stored<()> {
        let row = row![
            id.get(),
            &raw.lane,
            raw.batch.map(BatchId::get),
            i64::from(raw.direction == RawDirection::In),
            &raw.name,
            micros(raw.at),
            raw.bytes.as_stored(),
            order_list::pack(orders),
            0_i64
        ];
        self.add(Table::RawMessages, row)?;
        let span = id.get() >> SPAN_BITS;
        self.put(Table::MessageSpans, Key::Span(raw.lane.clone(), span), row![&raw.lane, span])
    }

    fn count_response(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<()> {
        let again = "UPDATE responses SET times = times + 1 WHERE lane = $1 AND name = $2 AND digest = $3";
        if self.execute(again, params![lane, name, digest])? == 0 {
            let new = "INSERT INTO responses (lane, name, digest, about, nth, times)
                       SELECT $1, $2, $3, $4, 1 + COALESCE(MAX(nth), 0), 1 FROM responses WHERE lane = $1 AND name = $2";
            self.execute(new, params![lane, name, digest, about])?;
        }
        Ok(())
    }

    fn acknowledge(&mut self, consumer: &str, seq: i64) -> Stored<()> {
        // Never moved back.
        let known = "UPDATE consumers SET acknowledged = GREATEST(acknowledged, $2) WHERE name = $1";
        if self.execute(known, params![consumer, seq])? == 0 {
            let new = "INSERT INTO consumers (name, acknowledged) VALUES ($1, $2)";
            self.execute(new, params![consumer, seq])?;
        }
        Ok(())
    }

    /// Adds to a counter of a day.
    fn count(&mut self, table: Table, lane: &str, day: String, requests: i64) -> Stored<()> {
        let key = Key::Day(lane.to_owned(), day.clone());
        self.pending(|pending| match pending.of(table, &key).and_then(|row| row.last_mut()) {
            Some(Value::Number(Some(counted))) => *counted = counted.saturating_add(requests),
            _ => pending.put(table, key, row![lane, day, requests]),
        })
    }

    /// Adds to a court's counter of a day.
    fn count_share(&mut self, lane: &str, day: &str, court: &str, requests: i64) -> Stored<()> {
        let known =
            "UPDATE quota_shares SET requests = requests + $4 WHERE lane = $1 AND day = $2 AND court = $3";
        if self.execute(known, params![lane, day, court, requests])? == 0 {
            let new = "INSERT INTO quota_shares (lane, day, court, requests) VALUES ($1, $2, $3, $4)";
            self.execute(new, params![lane, day, court, requests])?;
        }
        Ok(())
    }

    fn keep_failure(&mut self, failure: &RelayFailure) -> Stored<()> {
        let RelayFailure { name, kind, detail, at, replica } = failure;
        let (detail, at) = (text(detail), micros(*at));
        let row = params![name, kind, detail, at, replica];
        let known = "UPDATE relay_failures SET kind = $2, detail = $3, at = $4, replica = $5 WHERE name = $1";
        if self.execute(known, row)? == 0 {
            let new =
                "INSERT INTO relay_failures (name, kind, detail, at, replica) VALUES ($1, $2, $3, $4, $5)";
            self.execute(new, row)?;
        }
        Ok(())
    }

    fn keep_limits(&mut self, lane: &str, limits: &str) -> Stored<()> {
        let known = "UPDATE lane_states SET breaker = $2 WHERE lane = $1";
        if self.execute(known, params![lane, limits])? == 0 {
            let new = "INSERT INTO lane_states (lane, breaker, resets) VALUES ($1, $2, 0)";
            self.execute(new, params![lane, limits])?;
        }
        Ok(())
    }

    fn reset_lane(&mut self, lane: &str) -> Stored<()> {
        let known = "UPDATE lane_states SET breaker = NULL, resets = resets + 1 WHERE lane = $1";
        if self.execute(known, params![lane])? == 0 {
            self.execute(
                "INSERT INTO lane_states (lane, breaker, resets) VALUES ($1, NULL, 1)",
                params![lane],
            )?;
        }
        self.touch(|touched| touched.lane(lane, true));
        Ok(())
    }

    fn set_paused(&mut self, lane: &str, pause: Option<&Pause>) -> Stored<()> {
        self.execute("DELETE FROM pauses WHERE lane = $1", params![lane])?;
        if let Some(pause) = pause {
            let sql = "INSERT INTO pauses (lane, reason, until) VALUES ($1, $2, $3)";
            self.execute(sql, params![lane, text(&pause.reason), pause.until.map(micros)])?;
        }
        self.touch(|touched| touched.lane(lane, true));
        Ok(())
    }
}
