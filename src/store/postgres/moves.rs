//! Orders, measures and answers as rows: what moves is checked against where it starts and the tables of legal moves.

use super::columns::{Value, row};
use super::pending::Key;
use super::query::View;
use super::rows::micros;
use super::tables::Table;
use super::writes::{json, optional_json};
use crate::domain::decide::next_look;
use crate::domain::{
    BatchId, Measure, MeasureId, MeasureState, OrderId, OrderRecord, OrderState, RawId, Revision, names_cash,
    valuable,
};
use crate::store::codec::{encode_json, plain, plain_json};
use crate::store::{StoreError, Stored, short};

impl View<'_> {
    pub(super) fn add_order(&mut self, order: &OrderRecord) -> Stored<()> {
        let turn = micros(order.created) + order.priority.handicap_seconds() * 1_000_000;
        let root = (order.root != order.id).then_some(order.root.get());
        let papers =
            (!order.papers.is_empty()).then(|| json("papers of an order", &order.papers)).transpose()?;
        let row = row![
            order.id.get(),
            order.inquiry.get(),
            &order.lane,
            i64::from(order.party),
            i64::from(order.document),
            order.instruction.kind().to_string(),
            short::instruction(&order.instruction)?.as_stored(),
            order.priority as i64,
            order.state.code(),
            i64::from(order.attempts),
            micros(order.created),
            micros(order.due),
            turn,
            micros(order.deadline),
            root,
            order.measure.map(MeasureId::get),
            order.stands_in.map(OrderId::get),
            papers,
            order.sent.map(micros),
            &order.ticket,
            order.batch.map(BatchId::get),
            optional_json("fault", order.fault.as_ref())?,
            &order.court
        ];
        self.add(Table::Orders, row)?;
        if root.is_some() || order.measure.is_some() || order.stands_in.is_some() {
            // What is added later may be due earlier than the inquiry as a whole, or open one that was over.
            self.bring_forward(order.inquiry.get(), micros(order.deadline))?;
        }
        self.touch(|touched| touched.lane(&order.lane, order.priority.is_urgent()));
        Ok(())
    }

    fn bring_forward(&mut self, inquiry: i64, deadline: i64) -> Stored<()> {
        let key = Key::Id(inquiry);
        self.pending(|pending| {
            let waiting = match pending.of(Table::Deadlines, &key).and_then(|row| row.last()) {
                Some(Value::Number(Some(waiting))) => *waiting,
                _ => deadline,
            };
            pending.put(Table::Deadlines, key, row![inquiry, waiting.min(deadline)]);
        })
    }

    pub(super) fn move_order(&mut self, order: &OrderRecord, from: OrderState) -> Stored<()> {
        let conflict = StoreError::Conflict("the order");
        if from != order.state && !from.may_become(order.state) {
            return Err(StoreError::Conflict("an order's move"));
        }
        if self.overlay().and_then(|known| known.state_of(order.id)).is_some_and(|known| known != from) {
            return Err(conflict);
        }
        let row = row![
            order.id.get(),
            order.state.code(),
            i64::from(order.attempts),
            micros(order.due),
            &order.ticket,
            order.batch.map(BatchId::get),
            optional_json("fault", order.fault.as_ref())?,
            micros(order.deadline),
            order.sent.map(micros),
            from.code()
        ];
        self.put_move(Table::MoveOrders, order.id.get(), row, conflict)?;
        if order.state == OrderState::Queued {
            self.touch(|touched| touched.lane(&order.lane, order.priority.is_urgent()));
        }
        Ok(())
    }

    /// A move behind another one of the same group goes on where that one ends, and starts where that one started.
    fn put_move(&mut self, table: Table, id: i64, mut row: Vec<Value>, conflict: StoreError) -> Stored<()> {
        const STATE: usize = 1;
        self.pending(|pending| {
            if let Some(waiting) = pending.of(table, &Key::Id(id)) {
                if waiting.get(STATE) != row.last() {
                    return Err(conflict);
                }
                if let (Some(from), Some(first)) = (row.last_mut(), waiting.last()) {
                    from.clone_from(first);
                }
            }
            pending.put(table, Key::Id(id), row);
            Ok(())
        })?
    }

    pub(super) fn add_measure(&mut self, measure: &Measure) -> Stored<()> {
        let row = row![
            measure.id.get(),
            measure.chain.get(),
            measure.inquiry.get(),
            &measure.counterpart,
            measure.state.word(),
            measure.until.map(|day| day.to_string()),
            next_look(measure).map(|day| day.to_string()),
            &measure.reference,
            plain_json("measure", measure)?.as_stored()
        ];
        self.add(Table::Measures, row)
    }

    pub(super) fn move_measure(&mut self, measure: &Measure, from: MeasureState) -> Stored<()> {
        let conflict = StoreError::Conflict("the measure");
        if !from.may_become(measure.state) {
            return Err(StoreError::Conflict("a measure's move"));
        }
        let known = self.overlay().and_then(|known| known.measure(measure.id)).map(|known| known.state);
        if known.is_some_and(|known| known != from) {
            return Err(conflict);
        }
        let row = row![
            measure.id.get(),
            measure.state.word(),
            measure.inquiry.get(),
            &measure.counterpart,
            measure.until.map(|day| day.to_string()),
            next_look(measure).map(|day| day.to_string()),
            &measure.reference,
            plain_json("measure", measure)?.as_stored(),
            from.word()
        ];
        self.put_move(Table::MoveMeasures, measure.id.get(), row, conflict)
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
        let row = row![
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
            &revision.connector,
            differences.as_ref().map(|blob| blob.as_stored().to_vec()),
            revision.cached_from.map(micros)
        ];
        self.add(Table::Revisions, row)
    }
}
