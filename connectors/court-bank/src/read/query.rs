//! The answer to one query, from all rows that carry its number (protocol section 3).

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::placeholder::{is_masked_number, stated_code};
use chakong_contract::{Answer, Asset, Fault, FaultKind, Moment, Refusal, RefusalReason, Reply};

use chakong_toolkit::accounts::{Accounts, NumberFields};

use super::account::account;
use super::values::{ValueReader, joined};
use crate::manifest::Bank;
use crate::wire::code::{self, StandIn, field};
use crate::wire::{AccountRow, ReturnRow};

/// Most rows taken of one answer; a party with more accounts at one bank is a flood.
const MOST_ROWS: usize = 5000;

/// Where the numbers stand that tell properties apart.
const NUMBERS: NumberFields = NumberFields {
    account: field::ACCOUNT.name,
    sub_account: field::SUB_ACCOUNT.name,
    product: field::PRODUCT.name,
};

/// What the rows of one number say, sorted.
struct Said {
    accounts: Accounts,
    nothing: bool,
    refusals: Vec<Refusal>,
    unreadable: usize,
    answered_at: Option<Moment>,
}

/// Reads the rows that speak about one query, and its return, if any.
pub(super) fn answer(
    bank: &Bank,
    rows: &[AccountRow],
    returned: Option<&ReturnRow>,
) -> Result<Answer, Fault> {
    let mut reader = ValueReader::default();
    let mut said = Said::new();
    if rows.len() > MOST_ROWS {
        reader.gathered.misses(format!("只读取了前{MOST_ROWS}行"));
    }
    for (at, row) in rows.iter().enumerate().take(MOST_ROWS) {
        // A bank that feeds a file twice in one package says the same, not more.
        if !rows.iter().take(at).any(|earlier| earlier == row) {
            said.take_row(bank, at + 1, row, &mut reader);
        }
    }
    if let Some(returned) = returned {
        reader.keep_all(&returned.unknown);
        said.refusals.push(super::returned::refusal(returned));
    }
    let answered_at = said.answered_at;
    let reply = said.reply(reader.gathered.missing)?;
    Ok(Answer { reply, answered_at, unknown: reader.gathered.unknown, receipts: Vec::new() })
}

impl Said {
    fn new() -> Self {
        Self {
            accounts: Accounts::new(NUMBERS),
            nothing: false,
            refusals: Vec::new(),
            unreadable: 0,
            answered_at: None,
        }
    }

    fn take_row(&mut self, bank: &Bank, place: usize, row: &AccountRow, reader: &mut ValueReader) {
        reader.at(format!("第{place}个账户的"));
        let answered_at = reader.moment(field::ANSWERED_AT, &row.answered_at);
        self.answered_at = self.answered_at.max(answered_at);
        let number = row.account.trim();
        match StandIn::from_wire(number) {
            Some(StandIn::NoAccount) => {
                reader.keep_all(&row.unknown);
                self.nothing = true;
            }
            Some(StandIn::QueryFailed) => self.refuse(RefusalReason::CounterpartError, row, reader),
            Some(StandIn::Declined) => {
                let reason = match code::reason(&[row.remark.as_str()]) {
                    RefusalReason::Other => RefusalReason::Declined,
                    known => known,
                };
                self.refuse(reason, row, reader);
            }
            // An account number has no Chinese characters: this is some other text in its place, never an account.
            None if number.chars().any(is_han) => self.refuse(code::reason(&[number]), row, reader),
            None if stated_code(number).is_none() && !is_masked_number(number) => {
                self.unreadable += 1;
                reader.gathered.misses(format!("第{place}个账户没有账号"));
            }
            None => {
                if self.accounts.take(account(bank, row, reader)).contradicts {
                    reader.gathered.misses(format!("第{place}个账户与同一账号的另一行相互矛盾"));
                }
            }
        }
    }

    fn refuse(&mut self, reason: RefusalReason, row: &AccountRow, reader: &mut ValueReader) {
        reader.keep_all(&row.unknown);
        self.refusals.push(Refusal { reason, words: joined(&row.account, &row.remark) });
    }

    fn reply(self, mut missing: Vec<String>) -> Result<Reply, Fault> {
        let kinds = [!self.accounts.is_empty(), self.nothing, !self.refusals.is_empty(), self.unreadable > 0];
        let found =
            |account| FoundAsset { asset: Asset::Account(account), matched_by: MatchedBy::NameAndNumber };
        let assets: Vec<FoundAsset> = self.accounts.into_all().into_iter().map(found).collect();
        if kinds.iter().filter(|kind| **kind).count() > 1 {
            if self.nothing {
                missing.push(format!("同一反馈中另有“{}”", StandIn::NoAccount.text()));
            }
            missing.extend(self.refusals.into_iter().map(|refusal| refusal.words));
            return Ok(Reply::Partial { assets, missing });
        }
        if let Some(refusal) = self.refusals.into_iter().next() {
            return Ok(Reply::Refused(refusal));
        }
        if self.nothing {
            return Ok(Reply::Nothing);
        }
        if assets.is_empty() {
            return Err(Fault::new(FaultKind::Malformed, "read the query feedback", "no row has an account"));
        }
        Ok(match missing.is_empty() {
            true => Reply::Found { assets },
            false => Reply::Partial { assets, missing },
        })
    }
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9FFF}').contains(&c)
}
