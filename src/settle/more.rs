//! More of an answer that was given before: the answer with it.

use chakong_contract::asset::Transaction;
use chakong_contract::reply::Answer;
use chakong_contract::{Account, Asset, Fault, FaultKind, More, Reply};

/// The answer with what came later; `None` when all of it was there already.
///
/// # Errors
/// A fault, for the counterpart to read, when the answer has no such account.
pub fn with_more(answer: &Answer, more: &More) -> Result<Option<Answer>, Fault> {
    let mut whole = answer.clone();
    let account = account(&mut whole.reply, more.place).ok_or_else(|| {
        let detail = "the account is not among those that were fed back";
        Fault::new(FaultKind::Malformed, "add transactions to an account", detail)
    })?;
    let currency = account.currency;
    let before = account.transactions.len();
    for transaction in &more.transactions {
        let mut transaction: Transaction = transaction.clone();
        if let Some(amount) = &mut transaction.amount {
            amount.currency = amount.currency.or(currency);
        }
        if !account.transactions.contains(&transaction) {
            account.transactions.push(transaction);
        }
    }
    if account.transactions.len() == before {
        return Ok(None);
    }
    whole.unknown.extend(more.unknown.iter().cloned());
    Ok(Some(whole))
}

fn account(reply: &mut Reply, place: u32) -> Option<&mut Account> {
    let (Reply::Found { assets } | Reply::Partial { assets, .. }) = reply else { return None };
    assets.iter_mut().find_map(|found| match &mut found.asset {
        Asset::Account(account) if account.place == Some(place) => Some(account),
        _ => None,
    })
}
