//! What a group of jobs will look at, locked and then loaded for all of them with a handful of statements whatever their number. What
//! is loaded is read behind the locks, and stands until the transaction ends.

mod files;

use std::collections::{HashMap, HashSet};

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::columns::text;
use super::link::Link;
use super::locks::{LEASES, NEW_KEYS, OF_CHAINS, numbers_of};
use super::overlay::Overlay;
use super::query::Work;
use super::rows::{self, CASE, INQUIRY, ORDER, REVISION, get};
use crate::domain::{ChainId, Inquiry, InquiryId, OrderRecord};
use crate::store::{Needs, Stored};
use files::Wanted;

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
    let deep = deep_chains(needs, known).into_iter().map(ChainId::get).collect();
    Wanted { deep, closing: closing(known) }.load(link, known)
}

/// What belongs to a chain that is not locked, for it joined another one meanwhile, is left to whoever reads it.
fn drop_unlocked(work: &mut Work) {
    let (locked, known) = (&work.held.chains, &mut work.overlay);
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

/// What is named, and what it belongs to. What nothing is named for is not asked.
fn first(link: &mut Link, needs: &Needs, work: &mut Work, own: &str) -> Stored<()> {
    let orders: Vec<i64> = needs.orders.iter().map(|id| id.get()).collect();
    let chains: Vec<i64> = needs.chains.iter().map(|id| id.get()).collect();
    let (submitters, keys): (Vec<String>, Vec<String>) =
        needs.keys.iter().map(|(submitter, key)| (text(submitter), text(key))).unzip();
    let numbers: Vec<String> = needs.cases.iter().map(|number| text(number)).collect();
    let (new_keys, leases) = (numbers_of(needs), &needs.leases);
    let locks = Locks::of(&orders, &chains, &numbers, (&submitters, &keys));
    let of_orders = "SELECT inquiry FROM orders WHERE id = ANY($1)";
    let asked: [(bool, String, Vec<&(dyn ToSql + Sync)>); 8] = [
        (new_keys.is_empty(), NEW_KEYS.to_owned(), vec![&new_keys]),
        (leases.is_empty(), LEASES.to_owned(), vec![leases, &own]),
        (locks.parameters.is_empty(), locks.sql(), locks.parameters.clone()),
        (orders.is_empty(), format!("SELECT {ORDER} FROM orders o WHERE o.id = ANY($1)"), vec![&orders]),
        (
            orders.is_empty(),
            format!("SELECT {INQUIRY} FROM inquiries i WHERE i.id IN ({of_orders})"),
            vec![&orders],
        ),
        (orders.is_empty(), latest_answers(), vec![&orders]),
        (
            keys.is_empty(),
            "SELECT submitted_by, key, id, digest FROM inquiries WHERE submitted_by = ANY($1) AND key = ANY($2)"
                .to_owned(),
            vec![&submitters, &keys],
        ),
        (numbers.is_empty(), format!("SELECT {CASE} FROM cases WHERE number = ANY($1)"), vec![&numbers]),
    ];
    let found = link.query_some(&asked)?;
    take_in(&found, needs, work);
    Ok(())
}

/// The chains that are locked, by what names them.
struct Locks<'p> {
    found: Vec<String>,
    parameters: Vec<&'p (dyn ToSql + Sync)>,
}

impl<'p> Locks<'p> {
    fn of(
        orders: &'p Vec<i64>,
        chains: &'p Vec<i64>,
        numbers: &'p Vec<String>,
        (submitters, keys): (&'p Vec<String>, &'p Vec<String>),
    ) -> Self {
        let mut locks = Self { found: Vec::new(), parameters: Vec::new() };
        if !orders.is_empty() {
            locks.add(
                "SELECT i.chain FROM orders o JOIN inquiries i ON i.id = o.inquiry WHERE o.id = ANY(?)",
                &[orders],
            );
        }
        if !chains.is_empty() {
            locks.add("SELECT unnest(CAST(? AS BIGINT[]))", &[chains]);
        }
        if !numbers.is_empty() {
            locks.add("SELECT chain FROM cases WHERE number = ANY(?)", &[numbers]);
        }
        if !keys.is_empty() {
            let sql = "SELECT chain FROM inquiries WHERE submitted_by = ANY(?) AND key = ANY(?)";
            locks.add(sql, &[submitters, keys]);
        }
        locks
    }

    fn add(&mut self, sql: &str, parameters: &[&'p (dyn ToSql + Sync)]) {
        let mut sql = sql.to_owned();
        for parameter in parameters {
            self.parameters.push(*parameter);
            sql = sql.replacen('?', &format!("${}", self.parameters.len()), 1);
        }
        self.found.push(sql);
    }

    fn sql(&self) -> String {
        let found = self.found.join(" UNION ");
        format!(
            "SELECT c.id, c.created, c.has_ledger, c.claim FROM chains c WHERE c.id IN ({found}) ORDER BY c.id {OF_CHAINS} OF c"
        )
    }
}

/// The latest answers to the questions of orders; those that ask for the first time have none (`load_order`).
fn latest_answers() -> String {
    format!(
        "SELECT {REVISION} FROM revisions WHERE (root, number) IN (SELECT l.root, MAX(l.number) FROM revisions l WHERE l.root IN
         (SELECT COALESCE(root, id) FROM orders WHERE id = ANY($1) AND NOT (root IS NULL AND measure IS NULL AND state IN (0, 1, 2)))
         GROUP BY l.root)"
    )
}

/// Whether an order asks for the first time, and was not answered: the condition of [`latest_answers`].
fn is_first(order: &OrderRecord) -> bool {
    order.root == order.id && order.measure.is_none() && order.state.is_open()
}

/// Takes in what was found, in the order in which it was asked for.
fn take_in(found: &[Vec<Row>], needs: &Needs, work: &mut Work) {
    let [_, held, chains, orders, inquiries, revisions, keyed, cases] = found else { return };
    let pair = |row: &Row| Ok((get::<String>(row, 0)?, get::<i64>(row, 1)?));
    work.held.leases.extend(needs.leases.iter().map(|name| (name.clone(), None)));
    work.held.leases.extend(readable(held, pair).map(|(name, epoch)| (name, Some(epoch))));
    let id = |row: &Row| get(row, 0).map(ChainId::new);
    work.held.chains.extend(readable(chains, id));
    let known = &mut work.overlay;
    known.orders.extend(readable(orders, rows::order).map(|one| (one.id, one)));
    known.inquiries.extend(readable(inquiries, rows::inquiry).map(|one| (one.id, one)));
    known.chains.extend(readable(chains, rows::chain).map(|one| (one.id, one)));
    if readable(revisions, rows::revision).count() == revisions.len() {
        let asked = known.orders.values().filter(|order| !is_first(order));
        known.latest.extend(asked.map(|order| (order.root, None)));
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

/// Inquiries whose last open orders may end in this group: their certificates are issued.
fn closing(known: &Overlay) -> Vec<i64> {
    let mut ends: HashMap<InquiryId, i64> = HashMap::new();
    for order in known.orders.values() {
        *ends.entry(order.inquiry).or_default() += 1;
    }
    let closes = |inquiry: &&Inquiry| ends.get(&inquiry.id).is_some_and(|ends| inquiry.open_orders <= *ends);
    known.inquiries.values().filter(closes).map(|inquiry| inquiry.id.get()).collect()
}
