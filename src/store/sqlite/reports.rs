//! What reports read, and prints that are kept.

use std::sync::LazyLock;

use chakong_contract::Date;
use jiff::Timestamp;
use rusqlite::{Row, params};

use super::query::{Rows, limit_of};
use super::rows::{self, INQUIRY, get, micros};
use crate::domain::statistics::OrderTally;
use crate::domain::{CaseId, ChainId, Inquiry, InquiryId, MeasureId, NewPrint, OrderId, Print, PrintId};
use crate::store::codec::decode;
use crate::store::reports::{LAPSES, Lapse, RENEWALS, Renewal, TALLIES};
use crate::store::{ReportReads, StoreError, Stored};

const PRINT: &str = "id, chain, case_id, kind, format, about, at, actor, sha256, size";

static OF_ONE: LazyLock<String> = LazyLock::new(|| TALLIES.replace("IDS", "o.inquiry = ?1"));

impl ReportReads for Rows<'_> {
    fn inquiries_between(
        &mut self,
        after: (Timestamp, InquiryId),
        until: Timestamp,
        court: Option<&str>,
        limit: usize,
    ) -> Stored<Vec<Inquiry>> {
        let of_court = if court.is_some() { "i.court = ?5" } else { "?5 IS NULL" };
        let sql = format!(
            "SELECT {INQUIRY} FROM inquiries i WHERE {of_court} AND (i.created, i.id) > (?1, ?2) AND i.created < ?3
             ORDER BY i.created, i.id LIMIT ?4"
        );
        let row = params![micros(after.0), after.1.get(), micros(until), limit_of(limit), court];
        self.all(&sql, row, rows::inquiry)
    }

    fn order_tallies(&mut self, inquiries: &[InquiryId]) -> Stored<Vec<OrderTally>> {
        let mut all = Vec::new();
        for inquiry in inquiries {
            all.append(&mut self.all(&OF_ONE, [inquiry.get()], tally)?);
        }
        Ok(all)
    }

    fn lapses_between(&mut self, from: Date, until: Date, court: Option<&str>) -> Stored<Vec<Lapse>> {
        self.all(LAPSES, params![from.to_string(), until.to_string(), court], lapse)
    }

    fn renewals_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        court: Option<&str>,
    ) -> Stored<Vec<Renewal>> {
        self.all(RENEWALS, params![micros(from), micros(until), court], renewal)
    }

    fn prints_of(&mut self, chain: ChainId) -> Stored<Vec<Print>> {
        self.all(&format!("SELECT {PRINT} FROM prints WHERE chain = ?1 ORDER BY id"), [chain.get()], print)
    }

    fn print(&mut self, id: PrintId) -> Stored<Option<(Print, Vec<u8>)>> {
        self.one(&format!("SELECT {PRINT}, body FROM prints WHERE id = ?1"), [id.get()], |row| {
            let body: Vec<u8> = get(row, 10)?;
            Ok((print(row)?, decode("print", &body)?))
        })
    }
}

impl Rows<'_> {
    pub(super) fn add_print(&mut self, new: &NewPrint) -> Stored<()> {
        let print = &new.print;
        let row = params![
            print.id.get(),
            print.chain.get(),
            print.case.get(),
            print.kind.word(),
            print.format.word(),
            print.about,
            micros(print.at),
            print.actor,
            print.sha256,
            i64::try_from(print.size).unwrap_or(i64::MAX),
            new.bytes.as_stored()
        ];
        let sql = format!(
            "INSERT INTO prints ({PRINT}, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        );
        self.execute_made(&sql, row).map(drop)
    }
}

fn tally(row: &Row<'_>) -> Stored<OrderTally> {
    let count = |at| get::<i64>(row, at).map(i64::unsigned_abs);
    Ok(OrderTally {
        inquiry: InquiryId::new(get(row, 0)?),
        lane: get(row, 1)?,
        action: rows::word("action", get(row, 2)?)?,
        total: count(3)?,
        open: count(4)?,
        withdrawn: count(5)?,
        not_sent: count(6)?,
        within_a_day: count(7)?,
        later: count(8)?,
        questions: count(9)?,
        hits: count(10)?,
        assets: count(11)?,
        first_sent: rows::optional_instant(row, 12)?,
        first_held: rows::optional_instant(row, 13)?,
        held: count(14)?,
    })
}

fn lapse(row: &Row<'_>) -> Stored<Lapse> {
    let day = get::<String>(row, 2)?.parse();
    Ok(Lapse {
        measure: MeasureId::new(get(row, 0)?),
        lane: get(row, 1)?,
        day: day.map_err(|_| StoreError::Unreadable { what: "last day", detail: "no day".to_owned() })?,
    })
}

fn renewal(row: &Row<'_>) -> Stored<Renewal> {
    Ok(Renewal {
        order: OrderId::new(get(row, 0)?),
        inquiry: InquiryId::new(get(row, 1)?),
        lane: get(row, 2)?,
        at: rows::instant(row, 3)?,
    })
}

fn print(row: &Row<'_>) -> Stored<Print> {
    Ok(Print {
        id: PrintId::new(get(row, 0)?),
        chain: ChainId::new(get(row, 1)?),
        case: CaseId::new(get(row, 2)?),
        kind: rows::word("kind of a print", get(row, 3)?)?,
        format: rows::word("form of a print", get(row, 4)?)?,
        about: get(row, 5)?,
        at: rows::instant(row, 6)?,
        actor: get(row, 7)?,
        sha256: get(row, 8)?,
        size: get::<i64>(row, 9)?.unsigned_abs(),
    })
}
