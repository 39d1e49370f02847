//! What a group of jobs will look at, locked and then loaded for all of them with a handful of statements whatever their number. What
//! is loaded is read behind the locks, and stands until the transaction ends.

use std::collections::HashSet;

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::link::{Link, Sent};
use super::locks::{LEASES, NEW_KEYS, OF_CHAINS, numbers_of};
use super::overlay::{Lists, Overlay};
use super::pending::text;
use super::query::Work;
use super::rows::{self, CASE, INQUIRY, ORDER, REVISION, get};
use crate::domain::{ChainId, InquiryId};
use crate::store::{Needs, Stored};

/// Loads it, for the process `own`.
///
/// # Errors
/// Those of the database. A row that cannot be read is left to whoever reads it.
pub(super) fn prefetch(link: &mut Link, needs: &Needs, work: &mut Work, own: &str) -> Stored<()> {
    if needs.is_empty() {
        return Ok(());
    }
    first(link, needs, work, own)?;
    drop_unlocked(work);
    let known = &mut work.overlay;
    let deep: Vec<i64> = deep_chains(needs, known).into_iter().map(ChainId::get).collect();
    if deep.is_empty() { Ok(()) } else { lists(link, &deep, known) }
}

/// What belongs to a chain that is not locked, for it joined another one meanwhile, is left to whoever reads it.
fn drop_unlocked(work: &mut Work) {
    let (locked, known) = (&work.locked, &mut work.overlay);
    known.inquiries.retain(|_, inquiry| locked.contains(&inquiry.chain));
    let inquiries = &known.inquiries;
    known.orders.retain(|_, order| inquiries.contains_key(&order.inquiry));
    let orders: HashSet<_> = known.orders.values().map(|order| order.root).collect();
    known.latest.retain(|root, _| orders.contains(root));
    known.case_numbers.retain(|_, case| case.as_ref().is_none_or(|case| locked.contains(&case.chain)));
}

/// Rows that can be read.
fn readable<T>(found: &[Row], read: fn(&Row) -> Stored<T>) -> impl Iterator<Item = T> {
    found.iter().filter_map(move |row| read(row).ok())
}

/// What is named, and what it belongs to.
fn first(link: &mut Link, needs: &Needs, work: &mut Work, own: &str) -> Stored<()> {
    let orders: Vec<i64> = needs.orders.iter().map(|id| id.get()).collect();
    let chains: Vec<i64> = needs.chains.iter().map(|id| id.get()).collect();
    let (submitters, keys): (Vec<String>, Vec<String>) =
        needs.keys.iter().map(|(submitter, key)| (text(submitter), text(key))).unzip();
    let numbers: Vec<String> = needs.cases.iter().map(|number| text(number)).collect();
    let of_orders = "SELECT inquiry FROM orders WHERE id = ANY($1)";
    let (new_keys, leases) = (numbers_of(needs), &needs.leases);
    let sql = [
        NEW_KEYS.to_owned(),
        LEASES.to_owned(),
        format!(
            "SELECT c.id, c.created, c.has_ledger, c.claim FROM chains c WHERE c.id IN (SELECT unnest(CAST($2 AS BIGINT[]))
             UNION SELECT i.chain FROM orders o JOIN inquiries i ON i.id = o.inquiry WHERE o.id = ANY($1)
             UNION SELECT chain FROM cases WHERE number = ANY($3)
             UNION SELECT chain FROM inquiries WHERE submitted_by = ANY($4) AND key = ANY($5)) ORDER BY c.id {OF_CHAINS} OF c"
        ),
        format!("SELECT {ORDER} FROM orders o WHERE o.id = ANY($1)"),
        format!("SELECT {INQUIRY} FROM inquiries i WHERE i.id IN ({of_orders})"),
        format!(
            "SELECT {REVISION} FROM revisions WHERE (root, number) IN (SELECT l.root, MAX(l.number) FROM revisions l WHERE l.root IN
             (SELECT COALESCE(root, id) FROM orders WHERE id = ANY($1)) GROUP BY l.root)"
        ),
        "SELECT submitted_by, key, id, digest FROM inquiries WHERE submitted_by = ANY($1) AND key = ANY($2)".to_owned(),
        format!("SELECT {CASE} FROM cases WHERE number = ANY($1)"),
    ];
    let one: Vec<&(dyn ToSql + Sync)> = vec![&orders];
    let parameters: [Vec<&(dyn ToSql + Sync)>; 8] = [
        vec![&new_keys],
        vec![leases, &own],
        vec![&orders, &chains, &numbers, &submitters, &keys],
        one.clone(),
        one.clone(),
        one,
        vec![&submitters, &keys],
        vec![&numbers],
    ];
    let mut sent = Vec::new();
    for (sql, parameters) in sql.iter().zip(parameters) {
        sent.push(Sent { statement: link.prepare(sql)?, parameters });
    }
    let found = link.query_all(&sent)?;
    take_in(&found, needs, work);
    Ok(())
}

/// Takes in what was found, in the order in which it was asked for.
fn take_in(found: &[Vec<Row>], needs: &Needs, work: &mut Work) {
    let [_, held, chains, orders, inquiries, revisions, keyed, cases] = found else { return };
    let pair = |row: &Row| Ok((get::<String>(row, 0)?, get::<i64>(row, 1)?));
    work.leases.extend(needs.leases.iter().map(|name| (name.clone(), None)));
    work.leases.extend(readable(held, pair).map(|(name, epoch)| (name, Some(epoch))));
    let id = |row: &Row| get(row, 0).map(ChainId::new);
    work.locked.extend(readable(chains, id));
    let known = &mut work.overlay;
    known.orders.extend(readable(orders, rows::order).map(|one| (one.id, one)));
    known.inquiries.extend(readable(inquiries, rows::inquiry).map(|one| (one.id, one)));
    known.chains.extend(readable(chains, rows::chain).map(|one| (one.id, one)));
    if readable(revisions, rows::revision).count() == revisions.len() {
        known.latest.extend(known.orders.values().map(|order| (order.root, None)));
        known.latest.extend(readable(revisions, rows::revision).map(|one| (one.root, Some(one))));
    }
    let keys = needs.keys.iter().map(|(submitter, key)| (text(submitter), text(key)));
    known.keys.extend(keys.map(|key| (key, None)));
    let read =
        |row: &Row| Ok(((get(row, 0)?, get(row, 1)?), Some((InquiryId::new(get(row, 2)?), get(row, 3)?))));
    for (key, found) in readable(keyed, read) {
        if let Some(asked) = known.keys.get_mut(&key) {
            *asked = found;
        }
    }
    known.case_numbers.extend(needs.cases.iter().map(|number| (number.clone(), None)));
    known
        .case_numbers
        .extend(readable(cases, rows::case).map(|one| (one.number.as_str().to_owned(), Some(one))));
}

/// Chains whose whole file is looked at: those that have a ledger, those that a control or an act is about, and those of a case
/// that is submitted again.
fn deep_chains(needs: &Needs, known: &Overlay) -> HashSet<ChainId> {
    let with_ledger = known.chains.values().filter(|chain| chain.needs_ledger()).map(|chain| chain.id);
    let of_controls = known.orders.values().filter(|order| order.is_control());
    let of_controls =
        of_controls.filter_map(|order| known.inquiries.get(&order.inquiry)).map(|one| one.chain);
    let of_cases = known.case_numbers.values().flatten().map(|case| case.chain);
    with_ledger.chain(of_controls).chain(of_cases).chain(needs.chains.iter().copied()).collect()
}

/// Place of the terms among the lists.
const TERMS: usize = 6;

/// The lists of chains, and the terms of the inquiries at hand.
fn lists(link: &mut Link, chains: &[i64], known: &mut Overlay) -> Stored<()> {
    let sql = [
        format!("SELECT {CASE} FROM cases WHERE chain = ANY($1) ORDER BY id"),
        "SELECT body FROM parties WHERE chain = ANY($1) ORDER BY id".to_owned(),
        format!("SELECT {INQUIRY} FROM inquiries i WHERE i.chain = ANY($1) ORDER BY i.id"),
        "SELECT d.id, d.inquiry, d.kind, d.number, d.by_act, d.measures, i.chain FROM documents d
         JOIN inquiries i ON i.id = d.inquiry WHERE i.chain = ANY($1) ORDER BY d.id"
            .to_owned(),
        "SELECT body FROM measures WHERE chain = ANY($1) ORDER BY id".to_owned(),
        format!("SELECT {} FROM tasks WHERE chain = ANY($1) AND done IS NULL ORDER BY id", rows::TASK),
        "SELECT body, debtors, inquiry FROM terms WHERE inquiry = ANY($1)".to_owned(),
    ];
    let inquiries: Vec<i64> = known.orders.values().map(|order| order.inquiry.get()).collect();
    let mut sent = Vec::new();
    for (at, sql) in sql.iter().enumerate() {
        let parameter: &(dyn ToSql + Sync) = if at == TERMS { &inquiries } else { &chains };
        sent.push(Sent { statement: link.prepare(sql)?, parameters: vec![parameter] });
    }
    let found = link.query_all(&sent)?;
    let [cases, parties, inquiries, papers, measures, tasks, terms] = found.as_slice() else { return Ok(()) };
    let mut list = Spread { chains, known };
    list.spread(cases, |row| rows::case(row).map(|one| (one.chain, one)), |lists| &mut lists.cases);
    list.spread(parties, |row| rows::party(row).map(|one| (one.chain, one)), |lists| &mut lists.parties);
    list.spread(
        inquiries,
        |row| rows::inquiry(row).map(|one| (one.chain, one)),
        |lists| &mut lists.inquiries,
    );
    let paper = |row: &Row| Ok((ChainId::new(get(row, 6)?), rows::paper(row)?));
    list.spread(papers, paper, |lists| &mut lists.papers);
    list.spread(measures, |row| rows::measure(row).map(|one| (one.chain, one)), |lists| &mut lists.measures);
    list.spread(tasks, |row| rows::task(row).map(|one| (one.chain, one)), |lists| &mut lists.tasks);
    let read = |row: &Row| Ok((InquiryId::new(get(row, 2)?), rows::terms(row)?));
    known.terms.extend(readable(terms, read));
    Ok(())
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
