//! One account of an answer, normalised (protocol section 3).

use chakong_contract::asset::{DoubtAbout, DoubtKind, EncumbranceKind, Product, SubAccount, Transaction};
use chakong_contract::date::{Moment, end_that_has_come, read_moment};
use chakong_contract::placeholder::is_placeholder;
use chakong_contract::{Account, Continuation, Currency, Date, Encumbrance, money};
use rust_decimal::Decimal;

use super::days::{is_far, request_day};
use super::values::{ValueReader, code, text};
use crate::manifest::Bank;
use crate::wire::code::field;
use crate::wire::{AccountRow, FreezeRow, ProductRow, RightRow, SubAccountRow, TransactionRow};

/// Words in the status of an account that is closed.
const CLOSED: [&str; 5] = ["销", "关闭", "结清", "注销", "清户"];

/// Reads an account. What cannot be read is noted.
pub(super) fn account(bank: &Bank, row: &AccountRow, reader: &mut ValueReader) -> Account {
    reader.keep_all(&row.unknown);
    let currency = reader.currency(&row.currency);
    let mut encumbrances: Vec<_> =
        row.freezes.iter().map(|freeze| freeze_of(freeze, currency, reader)).collect();
    encumbrances.extend(row.rights.iter().map(|right| right_of(right, currency, reader)));
    let sub_accounts = row.sub_accounts.iter().map(|sub| sub_account(sub, currency, reader)).collect();
    let products = row.products.iter().map(|product| product_of(product, currency, reader)).collect();
    let account = Account {
        institution: if bank.name.is_empty() { bank.code.to_string() } else { bank.name.clone() },
        institution_code: bank.code.to_string(),
        number: reader.number(field::ACCOUNT, &row.account),
        place: row.sequence.trim().parse().ok(),
        more_places: Vec::new(),
        class: reader.text(field::CLASS, &row.class),
        status: reader.text(field::STATUS, &row.status),
        branch: reader.text(field::BRANCH, &row.branch),
        branch_code: code(&row.branch_code),
        currency,
        balance: reader.money(field::BALANCE, &row.balance, currency),
        available: reader.money(field::AVAILABLE, &row.available, currency),
        opened: opened(row, reader),
        closed: closed(row, reader),
        linked_account: code(&row.linked_account),
        sub_accounts,
        products,
        encumbrances,
        transactions: row.transactions.iter().map(|one| transaction(one, currency, reader)).collect(),
        remark: reader.text(field::REMARK, &row.remark),
        doubts: Vec::new(),
    };
    closed_with_money(&account, row, reader);
    Account { doubts: reader.take_doubts(), ..account }
}

/// An account that is said to be closed, be it by its status alone, and has money, be it in a sub-account, is one of the two.
fn closed_with_money(account: &Account, row: &AccountRow, reader: &mut ValueReader) {
    if reader.doubts(DoubtAbout::Closed) || !account.has_money() {
        return;
    }
    if account.closed.is_some() {
        reader.doubt(field::CLOSED, DoubtKind::Contradiction, &row.closed);
    } else if account.says_that_it_is_closed() {
        reader.doubt(field::STATUS, DoubtKind::Contradiction, &row.status);
    }
}

/// The day on which the bank says that it answered.
fn told(row: &AccountRow) -> Option<Date> {
    read_moment(&row.answered_at).ok().flatten().map(Moment::date)
}

/// The day on which the bank answered; that of the request where none is told, and in place of one that lies far from it. An end after
/// the request is not believed then: what still stands must not be hidden.
fn answered(row: &AccountRow) -> Option<Date> {
    told(row).filter(|day| !is_far(*day, &row.number)).or_else(|| request_day(&row.number))
}

/// The day of opening; no account is opened after the answer that tells of it.
fn opened(row: &AccountRow, reader: &mut ValueReader) -> Option<Date> {
    let told = told(row);
    if told.is_some_and(|day| is_far(day, &row.number)) {
        reader.doubt(field::ANSWERED_AT, DoubtKind::Implausible, &row.answered_at);
    }
    let opened = reader.date(field::OPENED, &row.opened);
    // Without a day of the answer, an account may have been opened between the request and the answer.
    let lies_ahead = |day: Date| match told {
        Some(_) => answered(row).is_some_and(|answered| day > answered),
        None => request_day(&row.number).is_some_and(|asked| day > asked) && is_far(day, &row.number),
    };
    if opened.is_some_and(lies_ahead) {
        reader.doubt(field::OPENED, DoubtKind::Implausible, &row.opened);
    }
    opened
}

/// The day of closing, if it has come. An account that is closed, and whose status says nothing of it or that has money available, is one of
/// the two.
fn closed(row: &AccountRow, reader: &mut ValueReader) -> Option<Date> {
    let closed = end_that_has_come(reader.date(field::CLOSED, &row.closed), answered(row));
    let status = row.status.trim();
    let says_so =
        status.is_empty() || is_placeholder(status) || CLOSED.iter().any(|word| status.contains(word));
    let has_money =
        || money::read_amount(&row.available).ok().flatten().is_some_and(|rest| rest > Decimal::ZERO);
    if closed.is_some() && (!says_so || has_money()) {
        reader.doubt(field::CLOSED, DoubtKind::Contradiction, &row.closed);
    }
    closed
}

/// An existing or earlier freeze, in the currency of its account.
pub(super) fn freeze_of(
    row: &FreezeRow,
    currency: Option<Currency>,
    reader: &mut ValueReader,
) -> Encumbrance {
    reader.keep_all(&row.unknown);
    Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: text(&row.holder),
        document: text(&row.document),
        amount: reader.money(field::FREEZE_AMOUNT, &row.amount, currency),
        from: None,
        until: reader.date(field::FREEZE_UNTIL, &row.until),
        rank: None,
        reference: String::new(),
        words: text(&row.remark),
    }
}

/// A right of others. Its kind is text without a closed list: only the plain words are taken, the rest stays "other".
pub(super) fn right_of(row: &RightRow, currency: Option<Currency>, reader: &mut ValueReader) -> Encumbrance {
    reader.keep_all(&row.unknown);
    let kind = match row.class.trim() {
        "质权" | "质押权" | "质押" => EncumbranceKind::Pledge,
        "抵押权" | "抵押" => EncumbranceKind::Mortgage,
        _ => EncumbranceKind::OtherRight,
    };
    Encumbrance {
        kind,
        holder: text(&row.holder),
        document: String::new(),
        amount: reader.money(field::RIGHT_AMOUNT, &row.amount, currency),
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        words: super::values::joined(&row.class, &row.remark),
    }
}

fn sub_account(row: &SubAccountRow, currency: Option<Currency>, reader: &mut ValueReader) -> SubAccount {
    reader.keep_all(&row.unknown);
    let currency = own_or(&row.currency, currency, reader);
    SubAccount {
        // Exactly this text must come back to the bank (protocol section 3.6): not even blanks are cut.
        number: exact(field::SUB_ACCOUNT, &row.sub_account, reader),
        class: reader.text(field::SUB_CLASS, &row.class),
        balance: reader.money(field::BALANCE, &row.balance, currency),
        available: reader.money(field::AVAILABLE, &row.available, currency),
        remark: reader.text(field::REMARK, &row.remark),
    }
}

/// A number that must come back as it is; one that was decoded wrongly or is partly hidden is noted, a placeholder is none.
fn exact(field: crate::wire::code::Field, value: &str, reader: &mut ValueReader) -> String {
    reader.number(field, value);
    if is_placeholder(value) { String::new() } else { value.to_owned() }
}

fn product_of(row: &ProductRow, currency: Option<Currency>, reader: &mut ValueReader) -> Product {
    reader.keep_all(&row.unknown);
    let currency = own_or(&row.currency, currency, reader);
    Product {
        number: reader.number(field::PRODUCT, &row.product_number),
        name: reader.text(field::PRODUCT_NAME, &row.name),
        class: reader.text(field::PRODUCT_CLASS, &row.class),
        manager: text(&row.manager),
        unit: text(&row.unit),
        quantity: reader.decimal(field::QUANTITY, &row.quantity).map(|quantity| quantity.to_string()),
        controllable: reader.decimal(field::CONTROLLABLE, &row.controllable).map(|part| part.to_string()),
        unit_price: reader.money(field::UNIT_PRICE, &row.unit_price, currency),
        redemption_account: code(&row.redemption_account),
        sale: text(&row.sale),
        region: code(&row.region),
        wealth_account: code(&row.wealth_account),
    }
}

fn transaction(row: &TransactionRow, currency: Option<Currency>, reader: &mut ValueReader) -> Transaction {
    reader.keep_all(&row.unknown);
    let currency = own_or(&row.currency, currency, reader);
    Transaction {
        serial: text(&row.serial),
        class: text(&row.class),
        direction: text(&row.direction),
        amount: reader.money(field::TRANSACTION_AMOUNT, &row.amount, currency),
        at: reader.moment(field::TRANSACTION_AT, &row.at),
        counterparty: text(&row.other_name),
        counterparty_account: text(&row.other_account),
        counterparty_bank: text(&row.other_bank),
    }
}

/// Transactions that came on their own, of one account of a request. Their currency is the account's where they name none.
pub(super) fn more(place: u32, rows: &[TransactionRow]) -> Continuation {
    let mut reader = ValueReader::default();
    let transactions = rows.iter().map(|row| transaction(row, None, &mut reader)).collect();
    Continuation { place, transactions, unknown: reader.gathered.unknown }
}

/// The row's own currency; the account's where the row names none.
fn own_or(own: &str, of_account: Option<Currency>, reader: &mut ValueReader) -> Option<Currency> {
    if own.trim().is_empty() { of_account } else { reader.currency(own) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_is_closed_and_has_money_is_in_doubt() {
        let read = |status: &str, available: &str| {
            let row = AccountRow {
                number: "A220260105990101100001".to_owned(),
                status: status.to_owned(),
                available: available.to_owned(),
                closed: "2012/05/06 00:00:00".to_owned(),
                ..AccountRow::default()
            };
            let mut reader = ValueReader::default();
            let day = closed(&row, &mut reader).map(|day| day.to_string());
            (day.unwrap_or_default(), reader.take_doubts().iter().map(|doubt| doubt.kind).collect::<Vec<_>>())
        };
        let day = "2012-05-06".to_owned();
        for (status, available) in [("", "0.00"), ("销户", ""), ("已结清", "0"), ("", "-"), ("", "-3.00")]
        {
            assert_eq!(read(status, available), (day.clone(), vec![]), "{status} {available}");
        }
        for (status, available) in [("", "0.01"), ("销户", "1.2E7"), ("正常", "0.00"), ("暂无", "1,500.00")]
        {
            assert_eq!(
                read(status, available),
                (day.clone(), vec![DoubtKind::Contradiction]),
                "{status} {available}"
            );
        }
    }
}
