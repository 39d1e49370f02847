//! What many jobs of a group look at: answered from what is known, and asked for where it is not.

use std::sync::Arc;

use super::answers::LINES;
use super::columns::text;
use super::locks::OfChain;
use super::overlay::Asked;
use super::query::{View, params};
use super::rows::{self, CASE, INQUIRY, ORDER, REVISION, TASK, get};
use crate::domain::{
    Case, Chain, ChainId, ChainParty, Inquiry, InquiryId, LineRow, Measure, MeasureId, OrderId, OrderRecord,
    Paper, Revision, Task, Terms,
};
use crate::store::{Reads as _, Stored};

pub(super) fn chain(view: &mut View<'_>, id: ChainId) -> Stored<Option<Chain>> {
    let ask = "SELECT id, created, has_ledger, claim FROM chains WHERE id = $1";
    view.known(
        |known| known.chains.get(&id).cloned().map(Some),
        |view| {
            view.lock(OfChain::Chain(id))?;
            view.one(ask, params![id.get()], rows::chain)
        },
        |known, found| known.chains.extend(found.clone().map(|found| (id, found))),
    )
}

pub(super) fn case_by_number(view: &mut View<'_>, number: &str) -> Stored<Option<Case>> {
    let ask = format!("SELECT {CASE} FROM cases WHERE number = $1");
    view.known(
        |known| known.case_numbers.get(number).cloned(),
        |view| {
            view.lock_case(&text(number))?;
            view.one(&ask, params![text(number)], rows::case)
        },
        |known, found| drop(known.case_numbers.insert(number.to_owned(), found.clone())),
    )
}

pub(super) fn cases_of(view: &mut View<'_>, chain: ChainId) -> Stored<Vec<Case>> {
    let ask = format!("SELECT {CASE} FROM cases WHERE chain = $1 ORDER BY id");
    view.known(
        |known| known.lists.get(&chain)?.cases.clone(),
        |view| view.all(&ask, params![chain.get()], rows::case),
        |known, found| known.lists.entry(chain).or_default().cases = Some(found.clone()),
    )
}

pub(super) fn parties_of(view: &mut View<'_>, chain: ChainId) -> Stored<Vec<ChainParty>> {
    let ask = "SELECT body FROM parties WHERE chain = $1 ORDER BY id";
    view.known(
        |known| known.lists.get(&chain)?.parties.clone(),
        |view| view.all(ask, params![chain.get()], rows::party),
        |known, found| known.lists.entry(chain).or_default().parties = Some(found.clone()),
    )
}

pub(super) fn inquiries_of(view: &mut View<'_>, chain: ChainId) -> Stored<Vec<Inquiry>> {
    let ask = format!("SELECT {INQUIRY} FROM inquiries i WHERE i.chain = $1 ORDER BY i.id");
    view.known(
        |known| known.lists.get(&chain)?.inquiries.clone(),
        |view| view.all(&ask, params![chain.get()], rows::inquiry),
        |known, found| known.lists.entry(chain).or_default().inquiries = Some(found.clone()),
    )
}

pub(super) fn inquiry(view: &mut View<'_>, id: InquiryId) -> Stored<Option<Inquiry>> {
    let ask = format!("SELECT {INQUIRY} FROM inquiries i WHERE i.id = $1");
    view.known(
        |known| known.inquiries.get(&id).cloned().map(Some),
        |view| {
            view.lock(OfChain::Inquiry(id))?;
            view.one(&ask, params![id.get()], rows::inquiry)
        },
        |known, found| known.inquiries.extend(found.clone().map(|found| (id, found))),
    )
}

pub(super) fn inquiry_by_key(
    view: &mut View<'_>,
    submitter: &str,
    key: &str,
) -> Stored<Option<(Inquiry, Vec<u8>)>> {
    let ask = "SELECT i.id, i.digest FROM inquiries i WHERE i.submitted_by = $1 AND i.key = $2";
    let (submitter, key) = (text(submitter), text(key));
    let found = view.known(
        |known| known.keys.get(&(submitter.clone(), key.clone())).cloned(),
        |view| view.one(ask, params![submitter, key], |row| Ok((InquiryId::new(get(row, 0)?), get(row, 1)?))),
        |known, found| drop(known.keys.insert((submitter.clone(), key.clone()), found.clone())),
    )?;
    let Some((id, digest)) = found else { return Ok(None) };
    Ok(view.inquiry(id)?.map(|inquiry| (inquiry, digest)))
}

pub(super) fn terms(view: &mut View<'_>, id: InquiryId) -> Stored<Option<Arc<Terms>>> {
    let ask = "SELECT body, debtors FROM terms WHERE inquiry = $1";
    view.known(
        |known| known.terms.get(&id).cloned().map(Some),
        |view| view.one(ask, params![id.get()], rows::terms),
        |known, found| known.terms.extend(found.clone().map(|found| (id, found))),
    )
}

pub(super) fn lines_of(view: &mut View<'_>, id: InquiryId) -> Stored<Vec<LineRow>> {
    let ask = format!("SELECT {LINES} WHERE o.inquiry = $1 ORDER BY o.id");
    view.known(
        |known| known.lines.get(&id).cloned(),
        |view| view.all(&ask, params![id.get()], rows::line),
        |known, found| drop(known.lines.insert(id, found.clone())),
    )
}

/// References of an inquiry's parties, and who was not asked; nothing of an inquiry that is not there.
pub(super) fn asked(view: &mut View<'_>, id: InquiryId) -> Stored<Asked> {
    let ask = "SELECT party_references, not_asked FROM terms WHERE inquiry = $1";
    view.known(
        |known| known.asked.get(&id).cloned(),
        |view| {
            let found = view.one(ask, params![id.get()], |row| {
                let references = rows::json("list of parties", rows::text(row, 0)?)?;
                let not_asked = rows::json("list of who was not asked", rows::text(row, 1)?)?;
                Ok(Asked { references, not_asked })
            })?;
            Ok(found.unwrap_or_default())
        },
        |known, found| drop(known.asked.insert(id, found.clone())),
    )
}

pub(super) fn papers_of(view: &mut View<'_>, chain: ChainId) -> Stored<Vec<Paper>> {
    let ask = "SELECT d.id, d.inquiry, d.kind, d.number, d.by_act, d.measures, t.debtors FROM documents d
         JOIN inquiries i ON i.id = d.inquiry LEFT JOIN terms t ON t.inquiry = d.inquiry
         WHERE i.chain = $1 ORDER BY d.id";
    view.known(
        |known| known.lists.get(&chain)?.papers.clone(),
        |view| view.all(ask, params![chain.get()], rows::paper),
        |known, found| known.lists.entry(chain).or_default().papers = Some(found.clone()),
    )
}

pub(super) fn order(view: &mut View<'_>, id: OrderId) -> Stored<Option<OrderRecord>> {
    let ask = format!("SELECT {ORDER} FROM orders o WHERE o.id = $1");
    view.known(
        |known| known.orders.get(&id).cloned().map(Some),
        |view| {
            view.lock(OfChain::Order(id))?;
            view.one(&ask, params![id.get()], rows::order)
        },
        |known, found| known.orders.extend(found.clone().map(|found| (id, found))),
    )
}

pub(super) fn revision(view: &mut View<'_>, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>> {
    let ask = format!(
        "SELECT {REVISION} FROM revisions WHERE root = $1 AND number BETWEEN $2 AND $3 ORDER BY number DESC LIMIT 1"
    );
    let (first, last) = number.map_or((1_i64, i64::MAX), |number| (i64::from(number), i64::from(number)));
    let is_latest = number.is_none();
    view.known(
        |known| known.latest.get(&root).filter(|_| is_latest).cloned(),
        |view| view.one(&ask, params![root.get(), first, last], rows::revision),
        |known, found| {
            if is_latest {
                known.latest.insert(root, found.clone());
            }
        },
    )
}

pub(super) fn measure(view: &mut View<'_>, id: MeasureId) -> Stored<Option<Measure>> {
    view.known(
        |known| known.measure(id).cloned().map(Some),
        |view| {
            view.lock(OfChain::Measure(id))?;
            view.one("SELECT body FROM measures WHERE id = $1", params![id.get()], rows::measure)
        },
        |_, _| (),
    )
}

pub(super) fn measures_of(view: &mut View<'_>, chain: ChainId) -> Stored<Vec<Measure>> {
    let ask = "SELECT body FROM measures WHERE chain = $1 ORDER BY id";
    view.known(
        |known| known.lists.get(&chain)?.measures.clone(),
        |view| view.all(ask, params![chain.get()], rows::measure),
        |known, found| known.lists.entry(chain).or_default().measures = Some(found.clone()),
    )
}

pub(super) fn tasks_of(view: &mut View<'_>, chain: ChainId) -> Stored<Vec<Task>> {
    let ask = format!("SELECT {TASK} FROM tasks WHERE chain = $1 AND done IS NULL ORDER BY id");
    view.known(
        |known| known.lists.get(&chain)?.tasks.clone(),
        |view| view.all(&ask, params![chain.get()], rows::task),
        |known, found| known.lists.entry(chain).or_default().tasks = Some(found.clone()),
    )
}
