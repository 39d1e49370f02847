//! Answers that come in parts: the whole that the parts make.

use std::collections::HashSet;

use chakong_contract::asset::Transaction;
use chakong_contract::reply::Answer;
use chakong_contract::{Account, Asset, Continuation, Fault, FaultKind, Reply};

/// The answer with what came later; `None` when all of it was there already.
///
/// # Errors
/// A fault, for the counterpart to read, when the answer has no such account.
pub fn with_more(answer: &Answer, more: &Continuation) -> Result<Option<Answer>, Fault> {
    let mut whole = answer.clone();
    let account = account(&mut whole.reply, more.place).ok_or_else(|| {
        let detail = "the account is not among those that were fed back";
        Fault::new(FaultKind::Malformed, "add transactions to an account", detail)
    })?;
    let currency = account.currency;
    let known: HashSet<&Transaction> = account.transactions.iter().collect();
    let mut new: Vec<Transaction> = more.transactions.clone();
    for amount in new.iter_mut().filter_map(|transaction| transaction.amount.as_mut()) {
        amount.currency = amount.currency.or(currency);
    }
    new.retain(|transaction| !known.contains(transaction));
    let mut seen = HashSet::new();
    new.retain(|transaction| seen.insert(transaction.clone()));
    if new.is_empty() {
        return Ok(None);
    }
    account.transactions.extend(new);
    whole.unknown.extend(more.unknown.iter().cloned());
    Ok(Some(whole))
}

/// An answer given again, with the transactions that came on their own since: a counterpart that feeds its accounts back once
/// more does not take them away by that.
pub fn keeping_more(mut answer: Answer, last: &Answer) -> Answer {
    for found in last.reply.assets() {
        let Asset::Account(before) = &found.asset else { continue };
        let Some(place) = before.place else { continue };
        let same = account(&mut answer.reply, place).filter(|after| after.number == before.number);
        if let Some(after) = same.filter(|after| after.transactions.is_empty()) {
            after.transactions.clone_from(&before.transactions);
        }
    }
    answer
}

fn account(reply: &mut Reply, place: u32) -> Option<&mut Account> {
    let (Reply::Found { assets } | Reply::Partial { assets, .. }) = reply else { return None };
    assets.iter_mut().find_map(|found| match &mut found.asset {
        Asset::Account(account) if account.place == Some(place) || account.more_places.contains(&place) => {
            Some(account)
        }
        _ => None,
    })
}
