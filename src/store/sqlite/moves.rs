//! Orders, measures and answers as statements: what moves is checked against where it starts and the tables of legal moves.

use rusqlite::params;

use super::query::Rows;
use super::rows::micros;
use super::writes::{json, one, optional_json};
use crate::domain::decide::next_look;
use crate::domain::{
    BatchId, Measure, MeasureId, MeasureState, OrderId, OrderRecord, OrderState, RawId, Revision, names_cash,
    valuable,
};
use crate::store::codec::{encode_json, plain, plain_json};
use crate::store::{StoreError, Stored, short};

impl Rows<'_> {
    pub(super) fn add_order(&mut self, order: &OrderRecord) -> Stored<()> {
        let turn = micros(order.created) + order.priority.handicap_seconds() * 1_000_000;
        let root = (order.root != order.id).then_some(order.root.get());
        let papers =
            (!order.papers.is_empty()).then(|| json("papers of an order", &order.papers)).transpose()?;
        self.execute(
            "INSERT INTO orders (id, inquiry, lane, party, document, action, instruction, priority, state, attempts, created, due,
             turn, deadline, root, measure, stands_in, papers, sent, ticket, batch, fault, court)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
            params![
                order.id.get(),
                order.inquiry.get(),
                order.lane,
                order.party,
                order.document,
                action(order),
                short::instruction(&order.instruction)?.as_stored(),
                order.priority as i64,
                order.state.code(),
                order.attempts,
                micros(order.created),
                micros(order.due),
                turn,
                micros(order.deadline),
                root,
                order.measure.map(MeasureId::get),
                order.stands_in.map(OrderId::get),
                papers,
                order.sent.map(micros),
                order.ticket,
                order.batch.map(BatchId::get),
                optional_json("fault", order.fault.as_ref())?,
                order.court
            ],
        )?;
        if root.is_some() || order.measure.is_some() || order.stands_in.is_some() {
            // What is added later may be due earlier than the inquiry as a whole, or open one that was over.
            self.execute(
                "UPDATE inquiries SET next_deadline = MIN(next_deadline, ?2) WHERE id = ?1",
                params![order.inquiry.get(), micros(order.deadline)],
            )?;
        }
        self.touch(|touched| touched.lane(&order.lane, order.priority.is_urgent()));
        Ok(())
    }

    pub(super) fn move_order(&mut self, order: &OrderRecord, from: OrderState) -> Stored<()> {
        if from != order.state && !from.may_become(order.state) {
            return Err(StoreError::Conflict("an order's move"));
        }
        let changed = self.execute(
            "UPDATE orders SET state = ?2, attempts = ?3, due = ?4, ticket = ?5, batch = ?6, fault = ?7, deadline = ?8, sent = ?9
             WHERE id = ?1 AND state = ?10",
            params![
                order.id.get(),
                order.state.code(),
                order.attempts,
                micros(order.due),
                order.ticket,
                order.batch.map(BatchId::get),
                optional_json("fault", order.fault.as_ref())?,
                micros(order.deadline),
                order.sent.map(micros),
                from.code()
            ],
        )?;
        if order.state == OrderState::Queued {
            self.touch(|touched| touched.lane(&order.lane, order.priority.is_urgent()));
        }
        one(changed, "the order")
    }

    pub(super) fn add_measure(&mut self, measure: &Measure) -> Stored<()> {
        self.execute(
            "INSERT INTO measures (id, chain, inquiry, lane, state, until_day, next_look, reference, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                measure.id.get(),
                measure.chain.get(),
                measure.inquiry.get(),
                measure.counterpart,
                measure.state.word(),
                measure.until.map(|day| day.to_string()),
                next_look(measure).map(|day| day.to_string()),
                measure.reference,
                plain_json("measure", measure)?.as_stored()
            ],
        )
        .map(drop)
    }

    pub(super) fn move_measure(&mut self, measure: &Measure, from: MeasureState) -> Stored<()> {
        if !from.may_become(measure.state) {
            return Err(StoreError::Conflict("a measure's move"));
        }
        let changed = self.execute(
            "UPDATE measures SET inquiry = ?2, lane = ?3, state = ?4, until_day = ?5, next_look = ?6, reference = ?7, body = ?8
             WHERE id = ?1 AND state = ?9",
            params![
                measure.id.get(),
                measure.inquiry.get(),
                measure.counterpart,
                measure.state.word(),
                measure.until.map(|day| day.to_string()),
                next_look(measure).map(|day| day.to_string()),
                measure.reference,
                plain_json("measure", measure)?.as_stored(),
                from.word()
            ],
        )?;
        one(changed, "the measure")
    }

    pub(super) fn add_revision(&mut self, revision: &Revision) -> Stored<()> {
        let reply = &revision.answer.reply;
        let written;
        let answer = match &revision.stored {
            Some(stored) => stored,
            None => {
                written = encode_json("answer", &*revision.answer)?;
                &written
            }
        };
        let differences =
            revision.differences.as_ref().map(|value| plain_json("differences", value)).transpose()?;
        self.execute(
            "INSERT INTO revisions (root, number, order_id, inquiry, at, outcome, words, assets, cash, answer, raw, raw_digest,
             connector, differences, cached_from)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                revision.root.get(),
                revision.number,
                revision.order.get(),
                revision.inquiry.get(),
                micros(revision.at),
                reply.outcome(),
                plain(reply.words().as_bytes()).as_stored(),
                valuable(reply),
                names_cash(reply),
                answer.as_stored(),
                revision.raw.map(RawId::get),
                short::digest(&revision.raw_digest),
                revision.connector,
                differences.as_ref().map(|blob| blob.as_stored()),
                revision.cached_from.map(micros)
            ],
        )
        .map(drop)
    }
}

fn action(order: &OrderRecord) -> &'static str {
    use chakong_contract::ActionKind::{Deduct, Freeze, Query, Release, Renew, Transfer};
    match order.instruction.kind() {
        Query => "query",
        Freeze => "freeze",
        Renew => "renew",
        Release => "release",
        Deduct => "deduct",
        Transfer => "transfer",
    }
}
