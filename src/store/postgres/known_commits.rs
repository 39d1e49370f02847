//! Whether a server has every commit that the last process of a folder knew, and what is known from the next start on.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::errors::{failed, told};
use super::last_commits::{FILE, Known, store_of};
use super::link::Link;
use super::numbers::{self, EPOCH, LOOKUP_KEY};
use super::others::{Others, lost, missing};
use super::rows::get;
use crate::store::Stored;
use crate::store::health::Ailment;
use crate::store::marks::{ARRIVING, BACKUP, MOVED};

/// What the database keeps for a folder in which work was begun: how often.
const FOLDER: &str = "folder/";

/// Whether a server has all of it, before anything is begun there.
///
/// # Errors
/// [`Ailment::Behind`] where commits are missing; [`Ailment::Failing`] where it is another store's.
pub(super) async fn look(known: &Known, client: &Client) -> Stored<()> {
    let step = "look at the server's commits";
    let there = "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'writers'";
    if client.query_opt(there, &[]).await.map_err(failed(step))?.is_none() {
        return is_another();
    }
    let own = key(known);
    let keys = vec![EPOCH, LOOKUP_KEY, own.as_str(), BACKUP, MOVED, ARRIVING];
    let sql = "SELECT key, value FROM store_info WHERE key = ANY($1)";
    let rows = client.query(sql, &[&keys]).await.map_err(failed(step))?;
    let infos: BTreeMap<String, Vec<u8>> =
        rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect::<Stored<_>>()?;
    if [BACKUP, MOVED, ARRIVING].iter().any(|mark| infos.contains_key(*mark)) {
        // It is not in charge, and is refused for that.
        return Ok(());
    }
    if infos.get(LOOKUP_KEY).map(|key| store_of(key)).as_ref() != Some(&known.store) {
        return is_another();
    }
    let epoch = infos.get(EPOCH).map_or(0, |bytes| number(bytes));
    if epoch > known.epoch {
        // Somebody said meanwhile that it is restored.
        return Ok(());
    }
    if epoch < known.epoch {
        return lost(&format!("it is in epoch {epoch}, and epoch {} was begun", known.epoch));
    }
    let starts = infos.get(&own).map_or(0, |bytes| number(bytes));
    if starts < known.starts {
        let what = format!("it knows {starts} starts in this folder, and there were {}", known.starts);
        return lost(&what);
    }
    missing(&known.writers, &Others::found(client).await?)
}

fn is_another<T>() -> Stored<T> {
    let detail = format!(
        "it holds no store, or another one than that on which was worked from the folder in [store] directory last; where that is meant, \
         take the file {FILE} out of that folder"
    );
    told("find the store", Ailment::Failing, detail)
}

fn key(known: &Known) -> String {
    format!("{FOLDER}{}", known.folder)
}

/// What is known from a start in a folder on, inside the transaction in which work is begun: the database has it with that commit.
///
/// # Errors
/// Those of the database.
pub(super) fn begin(link: &mut Link, before: Option<Known>, epoch: i64, lookup_key: &[u8]) -> Stored<Known> {
    let store = store_of(lookup_key);
    let before = before.unwrap_or_else(|| {
        let folder = format!("{:032x}", rand::Rng::random::<u128>(&mut rand::rng()));
        Known { folder, ..Known::default() }
    });
    let is_same = before.store == store && before.epoch == epoch;
    let writers = if is_same { before.writers.clone() } else { BTreeMap::new() };
    let mut known = Known { written: 0, store, epoch, writers, ..before };
    let there = numbers::info(link, &key(&known))?.map_or(0, |bytes| number(&bytes));
    known.starts = known.starts.max(there) + 1;
    numbers::set_info(link, &key(&known), known.starts.to_string().as_bytes())?;
    Ok(known)
}

fn number(bytes: &[u8]) -> i64 {
    std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
