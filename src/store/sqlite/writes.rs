use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Params, params};
use serde::Serialize;

use super::reads::Rows;
use super::rows::{get, micros, unreadable};
use super::{failed, threads::Touched};
use crate::inquiry::{
    EventDraft, Inquiry, InquiryId, Measure, MeasureId, OrderId, OrderRecord, OrderState, Submission,
};
use crate::store::packed::pack;
use crate::store::{
    Act, BatchRecord, NewInquiry, NewOrder, NewReceipt, RawDirection, RawMessage, Responded, Revision,
    StoreError, Stored, Tx,
};

impl Rows<'_> {
    fn execute(&self, sql: &str, parameters: impl Params) -> Stored<usize> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a change"))?;
        statement.execute(parameters).map_err(failed("write"))
    }

    pub(super) fn insert(&self, sql: &str, parameters: impl Params) -> Stored<i64> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a change"))?;
        statement.insert(parameters).map_err(failed("write"))
    }

    fn touch(&mut self, with: impl FnOnce(&mut Touched)) {
        if let Some(touched) = self.touched.as_deref_mut() {
            with(touched);
        }
    }
}

fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|error| unreadable(what, &error))
}

fn optional_json<T: Serialize>(what: &'static str, value: Option<&T>) -> Stored<Option<String>> {
    value.map(|value| json(what, value)).transpose()
}

impl Tx for Rows<'_> {
    fn insert_inquiry(&mut self, new: &NewInquiry<'_>) -> Stored<InquiryId> {
        let mandate = optional_json("mandate", new.submission.mandate.as_ref())?;
        let id = self.insert(
            "INSERT INTO inquiries (uid, case_number, submitted_by, key, digest, state, created, deadline, next_deadline,
             open_orders, mandate) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?7, ?8, ?9)",
            params![
                new.uid.as_bytes().as_slice(),
                new.submission.case.number.as_str(),
                new.submitted_by,
                new.key,
                new.digest,
                micros(new.created),
                micros(new.deadline),
                new.open_orders,
                mandate
            ],
        )?;
        let body = serde_json::to_vec(new.submission).map_err(|error| unreadable("submission", &error))?;
        let parties: Vec<&str> =
            new.submission.parties.iter().map(|party| party.reference.as_str()).collect();
        let parties = json("list of parties", &parties)?;
        let not_asked = json("list of who was not asked", new.not_asked)?;
        let row = params![id, pack(&body), parties, not_asked];
        self.execute("INSERT INTO submissions VALUES (?1, ?2, ?3, ?4)", row)?;
        Ok(id)
    }

    fn save_submission(&mut self, inquiry: InquiryId, submission: &Submission) -> Stored<()> {
        let body = serde_json::to_vec(submission).map_err(|error| unreadable("submission", &error))?;
        let changed = self
            .execute("UPDATE submissions SET body = ?2 WHERE inquiry = ?1", params![inquiry, pack(&body)])?;
        if changed == 1 { Ok(()) } else { Err(StoreError::Missing("the submission")) }
    }

    fn save_inquiry(&mut self, inquiry: &Inquiry) -> Stored<()> {
        // Naming the state costs a write of the index by deadline, and most changes are those of the open orders.
        let same_state =
            "UPDATE inquiries SET open_orders = ?3, completions = ?4 WHERE id = ?1 AND state = ?2";
        let row = params![inquiry.id, inquiry.state as i64, inquiry.open_orders, inquiry.completions];
        let changed = match self.execute(same_state, row)? {
            0 => {
                let sql = "UPDATE inquiries SET state = ?2, open_orders = ?3, completions = ?4 WHERE id = ?1";
                self.execute(sql, row)?
            }
            changed => changed,
        };
        if changed == 1 { Ok(()) } else { Err(StoreError::Missing("the inquiry")) }
    }

    fn insert_order(&mut self, new: &NewOrder) -> Stored<OrderRecord> {
        let turn = micros(new.created) + new.priority.handicap_seconds() * 1_000_000;
        let id = self.insert(
            "INSERT INTO orders (inquiry, lane, party, document, instruction, priority, state, created, due, turn,
             deadline, root, measure, stands_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                new.inquiry,
                new.lane,
                new.party,
                new.document,
                json("instruction", &new.instruction)?,
                new.priority as i64,
                micros(new.created),
                turn,
                micros(new.deadline),
                new.root,
                new.measure,
                new.stands_in
            ],
        )?;
        if new.root.is_some() || new.measure.is_some() || new.stands_in.is_some() {
            // What is added later may be due earlier than the inquiry as a whole, or open one that was over.
            self.execute(
                "UPDATE inquiries SET next_deadline = MIN(next_deadline, ?2) WHERE id = ?1",
                params![new.inquiry, micros(new.deadline)],
            )?;
        }
        self.touch(|touched| touched.lane(&new.lane, new.priority.is_urgent()));
        Ok(OrderRecord {
            id,
            inquiry: new.inquiry,
            lane: new.lane.clone(),
            party: new.party,
            document: new.document,
            instruction: new.instruction.clone(),
            priority: new.priority,
            state: OrderState::Queued,
            attempts: 0,
            created: new.created,
            due: new.created,
            deadline: new.deadline,
            ticket: None,
            batch: None,
            root: new.root.unwrap_or(id),
            measure: new.measure,
            fault: None,
            stands_in: new.stands_in,
        })
    }

    fn save_order(&mut self, order: &OrderRecord) -> Stored<()> {
        let changed = self.execute(
            "UPDATE orders SET state = ?2, attempts = ?3, due = ?4, ticket = ?5, batch = ?6, fault = ?7, deadline = ?8
             WHERE id = ?1",
            params![
                order.id,
                order.state.code(),
                order.attempts,
                micros(order.due),
                order.ticket,
                order.batch,
                optional_json("fault", order.fault.as_ref())?,
                micros(order.deadline)
            ],
        )?;
        if order.state == OrderState::Queued {
            self.touch(|touched| touched.lane(&order.lane, order.priority.is_urgent()));
        }
        if changed == 1 { Ok(()) } else { Err(StoreError::Missing("the order")) }
    }

    fn insert_batch(&mut self, batch: &BatchRecord) -> Stored<i64> {
        self.insert(
            "INSERT INTO batches (lane, made, digest) VALUES (?1, ?2, ?3)",
            params![batch.lane, micros(batch.made), batch.digest],
        )
    }

    fn save_batch(&mut self, id: i64, digest: &[u8]) -> Stored<()> {
        self.execute("UPDATE batches SET digest = ?2 WHERE id = ?1", params![id, digest]).map(drop)
    }

    fn insert_revision(&mut self, revision: &Revision) -> Stored<()> {
        self.execute(
            "INSERT INTO revisions VALUES (?1 * 65536 + ?2, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                revision.root,
                revision.number,
                revision.order,
                revision.inquiry,
                micros(revision.at),
                revision.answer.reply.outcome(),
                revision.answer.reply.words(),
                i64::try_from(revision.answer.reply.assets().len()).unwrap_or(i64::MAX),
                json("answer", &revision.answer)?,
                revision.raw,
                revision.raw_digest,
                revision.connector,
                optional_json("differences", revision.differences.as_ref())?,
                revision.cached_from.map(micros)
            ],
        )
        .map(drop)
    }

    fn insert_raw(&mut self, raw: &RawMessage) -> Stored<i64> {
        let direction = i64::from(raw.direction == RawDirection::In);
        self.insert(
            "INSERT INTO raw_messages (lane, batch, direction, name, at, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![raw.lane, raw.batch, direction, raw.name, micros(raw.at), &raw.bytes.0[..]],
        )
    }

    fn insert_receipt(&mut self, new: &NewReceipt<'_>) -> Stored<()> {
        self.add_receipt(new)
    }

    fn mark_unsent(&mut self, raw: i64, lane: &str) -> Stored<()> {
        self.execute("INSERT INTO unsent (raw, lane) VALUES (?1, ?2)", params![raw, lane]).map(drop)
    }

    fn mark_sent(&mut self, raws: &[i64]) -> Stored<()> {
        raws.iter().try_for_each(|raw| self.execute("DELETE FROM unsent WHERE raw = ?1", [raw]).map(drop))
    }

    fn note_response(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<Responded> {
        self.execute(
            "INSERT INTO responses (lane, name, digest, about, nth, times)
             SELECT ?1, ?2, ?3, ?4, 1 + COALESCE(MAX(nth), 0), 1 FROM responses WHERE lane = ?1 AND name = ?2
             ON CONFLICT (lane, name, digest) DO UPDATE SET times = times + 1",
            params![lane, name, digest, about],
        )?;
        let found = self.one(
            "SELECT nth, (SELECT SUM(times) FROM responses WHERE lane = ?1 AND about = ?4) FROM responses
             WHERE lane = ?1 AND name = ?2 AND digest = ?3",
            params![lane, name, digest, about],
            |row| Ok(Responded { nth: get(row, 0)?, times: get(row, 1)? }),
        )?;
        found.ok_or(StoreError::Missing("the response"))
    }

    fn insert_measure(&mut self, measure: &Measure) -> Stored<MeasureId> {
        let id = self.insert(
            "INSERT INTO measures (inquiry, lane, party, document, institution, target, state, exemption, available, asked, held,
             releasing, note) VALUES (?1, ?2, ?3, ?4, ?5, '', '', '', '', '', '', '', '')",
            params![
                measure.inquiry,
                measure.counterpart,
                measure.party,
                measure.document,
                measure.institution
            ],
        )?;
        self.save_measure(&Measure { id, ..measure.clone() })?;
        Ok(id)
    }

    fn save_measure(&mut self, measure: &Measure) -> Stored<()> {
        let changed = self.execute(
            "UPDATE measures SET state = ?2, exemption = ?3, available = ?4, asked = ?5, held = ?6, releasing = ?7,
             from_day = ?8, until_day = ?9, rank = ?10, order_id = ?11, note = ?12, deducting = ?13, deducted = ?14,
             reference = ?15, target = ?16 WHERE id = ?1",
            params![
                measure.id,
                measure.state.word(),
                json("exemption", &measure.exemption)?,
                measure.available.to_string(),
                measure.asked.to_string(),
                measure.held.to_string(),
                measure.releasing.to_string(),
                measure.from.map(|day| day.to_string()),
                measure.until.map(|day| day.to_string()),
                optional_json("rank", measure.rank.as_ref())?,
                measure.order,
                measure.note,
                measure.deducting.to_string(),
                measure.deducted.to_string(),
                measure.reference,
                json("target", &measure.target)?
            ],
        )?;
        if changed == 1 { Ok(()) } else { Err(StoreError::Missing("the measure")) }
    }

    fn append_event(&mut self, event: &EventDraft, at: Timestamp) -> Stored<i64> {
        let seq = self.insert(
            "INSERT INTO events (kind, inquiry, order_id, revision, at, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                event.kind.code(),
                event.inquiry,
                event.order,
                event.revision,
                micros(at),
                event.data
            ],
        )?;
        self.touch(|touched| touched.event = touched.event.max(seq));
        Ok(seq)
    }

    fn acknowledge(&mut self, consumer: &str, seq: i64) -> Stored<()> {
        self.execute(
            "INSERT INTO consumers VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET acknowledged = MAX(acknowledged, excluded.acknowledged)",
            params![consumer, seq],
        )
        .map(drop)
    }

    fn spend_quota(&mut self, lane: &str, day: Date, requests: u64) -> Stored<()> {
        self.execute(
            "INSERT INTO quotas VALUES (?1, ?2, ?3)
             ON CONFLICT (lane, day) DO UPDATE SET requests = requests + excluded.requests",
            params![lane, day.to_string(), i64::try_from(requests).unwrap_or(i64::MAX)],
        )
        .map(drop)
    }

    fn add_charges(&mut self, lane: &str, day: Date, requests: u64) -> Stored<()> {
        self.execute(
            "INSERT INTO charges VALUES (?1, ?2, ?3)
             ON CONFLICT (lane, day) DO UPDATE SET requests = requests + excluded.requests",
            params![lane, day.to_string(), i64::try_from(requests).unwrap_or(i64::MAX)],
        )
        .map(drop)
    }

    fn insert_charge_reference(&mut self, order: OrderId, at: Timestamp, reference: &str) -> Stored<()> {
        let sql = "INSERT INTO charge_references (order_id, at, reference) VALUES (?1, ?2, ?3)";
        self.execute(sql, params![order, micros(at), reference]).map(drop)
    }

    fn keep_answer(&mut self, key: &[u8], root: OrderId, number: u32, at: Timestamp) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO cached_answers VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, params![key, root, number, micros(at)]).map(drop)
    }

    fn set_paused(&mut self, lane: &str, reason: Option<&str>) -> Stored<()> {
        match reason {
            Some(reason) => self.execute("INSERT OR REPLACE INTO pauses VALUES (?1, ?2)", [lane, reason]),
            None => self.execute("DELETE FROM pauses WHERE lane = ?1", [lane]),
        }?;
        self.touch(|touched| touched.lane(lane, true));
        Ok(())
    }

    fn insert_act(&mut self, act: &Act) -> Stored<()> {
        self.execute(
            "INSERT INTO acts (at, actor, act, subject, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![micros(act.at), act.actor, act.act, act.subject, act.reason],
        )
        .map(drop)
    }
}
