//! What whole case files and certificates are made from, for all of a group at once.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::super::answers::LINES;
use super::super::link::Link;
use super::super::overlay::{Asked, Lists, Overlay};
use super::super::rows::{self, CASE, INQUIRY, get};
use super::readable;
use crate::domain::{ChainId, InquiryId};
use crate::store::Stored;

/// What is loaded behind what was named.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Chains whose whole files are looked at.
    pub(super) deep: Vec<i64>,
    /// Inquiries whose certificates may be issued.
    pub(super) closing: Vec<i64>,
}

impl Wanted {
    /// Loads it, in one round trip. What nothing is wanted of is not asked.
    ///
    /// # Errors
    /// Those of the database. A row that cannot be read is left to whoever reads it.
    pub(super) fn load(&self, link: &mut Link, known: &mut Overlay) -> Stored<()> {
        let Self { deep, closing } = self;
        if deep.is_empty() && closing.is_empty() {
            return Ok(());
        }
        let with_terms: Vec<i64> = match deep.is_empty() {
            true => Vec::new(),
            false => known.orders.values().map(|order| order.inquiry.get()).collect(),
        };
        let of = |list: &'_ Vec<i64>, sql: String| (list.is_empty(), sql);
        let asked = [
            of(deep, format!("SELECT {CASE} FROM cases WHERE chain = ANY($1) ORDER BY id")),
            of(deep, "SELECT body FROM parties WHERE chain = ANY($1) ORDER BY id".to_owned()),
            of(deep, format!("SELECT {INQUIRY} FROM inquiries i WHERE i.chain = ANY($1) ORDER BY i.id")),
            of(
                deep,
                "SELECT d.id, d.inquiry, d.kind, d.number, d.by_act, d.measures, t.debtors, i.chain FROM documents d
                 JOIN inquiries i ON i.id = d.inquiry LEFT JOIN terms t ON t.inquiry = d.inquiry
                 WHERE i.chain = ANY($1) ORDER BY d.id"
                    .to_owned(),
            ),
            of(deep, "SELECT body FROM measures WHERE chain = ANY($1) ORDER BY id".to_owned()),
            of(
                deep,
                format!(
                    "SELECT {} FROM tasks WHERE chain = ANY($1) AND done IS NULL ORDER BY id",
                    rows::TASK
                ),
            ),
            of(&with_terms, "SELECT body, debtors, inquiry FROM terms WHERE inquiry = ANY($1)".to_owned()),
            of(closing, format!("SELECT {LINES} WHERE o.inquiry = ANY($1) ORDER BY o.id")),
            of(
                closing,
                "SELECT inquiry, party_references, not_asked FROM terms WHERE inquiry = ANY($1)".to_owned(),
            ),
        ];
        let lists: [&Vec<i64>; 9] = [deep, deep, deep, deep, deep, deep, &with_terms, closing, closing];
        let asked: Vec<_> = asked
            .into_iter()
            .zip(lists)
            .map(|((is_empty, sql), list)| (is_empty, sql, vec![list as &(dyn ToSql + Sync)]))
            .collect();
        let found = link.query_some(&asked)?;
        let Some((whole, closings)) = found.split_at_checked(7) else { return Ok(()) };
        self.take_in_files(whole, known);
        self.take_in_closings(closings, known);
        Ok(())
    }

    fn take_in_files(&self, found: &[Vec<Row>], known: &mut Overlay) {
        let [cases, parties, inquiries, papers, measures, tasks, terms] = found else { return };
        let mut list = Spread { chains: &self.deep, known };
        list.spread(cases, |row| rows::case(row).map(|one| (one.chain, one)), |lists| &mut lists.cases);
        list.spread(parties, |row| rows::party(row).map(|one| (one.chain, one)), |lists| &mut lists.parties);
        list.spread(
            inquiries,
            |row| rows::inquiry(row).map(|one| (one.chain, one)),
            |lists| &mut lists.inquiries,
        );
        let paper = |row: &Row| Ok((ChainId::new(get(row, 7)?), rows::paper(row)?));
        list.spread(papers, paper, |lists| &mut lists.papers);
        list.spread(
            measures,
            |row| rows::measure(row).map(|one| (one.chain, one)),
            |lists| &mut lists.measures,
        );
        list.spread(tasks, |row| rows::task(row).map(|one| (one.chain, one)), |lists| &mut lists.tasks);
        let read = |row: &Row| Ok((InquiryId::new(get(row, 2)?), rows::terms(row)?));
        known.terms.extend(readable(terms, read));
    }

    fn take_in_closings(&self, found: &[Vec<Row>], known: &mut Overlay) {
        let [lines, asked] = found else { return };
        let read = |row: &Row| Ok((InquiryId::new(get(row, 17)?), rows::line(row)?));
        // Where one cannot be read, none is known: whoever reads the list hears of it.
        if let Ok(all) = lines.iter().map(read).collect::<Stored<Vec<_>>>() {
            known.lines.extend(self.closing.iter().map(|id| (InquiryId::new(*id), Vec::new())));
            for (inquiry, line) in all {
                known.lines.entry(inquiry).or_default().push(line);
            }
        }
        let read = |row: &Row| {
            let references = rows::json("list of parties", rows::text(row, 1)?)?;
            let not_asked = rows::json("list of who was not asked", rows::text(row, 2)?)?;
            Ok((InquiryId::new(get(row, 0)?), Asked { references, not_asked }))
        };
        known.asked.extend(readable(asked, read));
    }
}

/// Spreads rows over the lists of their chains.
struct Spread<'a> {
    chains: &'a [i64],
    known: &'a mut Overlay,
}

impl Spread<'_> {
    /// Where one cannot be read, none is known: whoever reads the list hears of it.
    fn spread<T>(
        &mut self,
        found: &[Row],
        read: fn(&Row) -> Stored<(ChainId, T)>,
        list: fn(&mut Lists) -> &mut Option<Vec<T>>,
    ) {
        let Ok(all) = found.iter().map(read).collect::<Stored<Vec<_>>>() else { return };
        for chain in self.chains {
            *list(self.known.lists.entry(ChainId::new(*chain)).or_default()) = Some(Vec::new());
        }
        for (chain, one) in all {
            list(self.known.lists.entry(chain).or_default()).get_or_insert_default().push(one);
        }
    }
}
