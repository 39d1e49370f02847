//! Numbers that a store gave, as they are found in the names of files: request numbers and batch numbers.

use super::{IdKind, ROWS_PER_EPOCH};

/// Digits of a day.
const DAY: usize = 8;
/// Digits of a batch number: the day and the row (see the parcel line).
const BATCH: usize = 30;
/// Digits that a request number has behind `CK`, with an epoch and without one.
const REQUEST: [usize; 2] = [DAY + 18, DAY + 12];
/// Digits that a name may carry behind a number, to tell several of its kind apart.
const COUNTER: usize = 12;

/// A number that some store gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GivenNumber {
    /// What was numbered: an order or a batch.
    pub kind: IdKind,
    /// Its row, with the epoch in front.
    pub row: i64,
}

impl GivenNumber {
    /// The epoch in which it was given.
    pub const fn epoch(self) -> i64 {
        self.row.div_euclid(ROWS_PER_EPOCH)
    }
}

/// The numbers of our form in a file's name: batch numbers (30 digits: a day, four zeroes, six digits of the epoch, twelve of the
/// row) and request numbers.
pub fn numbers_in_name(name: &str) -> Vec<GivenNumber> {
    let bytes = name.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits =
            bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            at += 1;
            continue;
        }
        let run = name.get(at..at + digits).unwrap_or_default();
        let follows_ck = at >= 2 && name.get(at - 2..at).is_some_and(|two| two.eq_ignore_ascii_case("CK"));
        found.extend(if follows_ck { request_in(run) } else { batch_in(run) });
        at += digits;
    }
    found
}

fn request_in(run: &str) -> Option<GivenNumber> {
    let fits = |digits: &&usize| run.len() == **digits || run.len() == **digits + COUNTER;
    let digits = REQUEST.iter().find(fits)?;
    given(IdKind::Order, run.get(..*digits)?)
}

/// The first batch number in a run of digits: a code that ends in digits may stand before it, a counter behind.
fn batch_in(run: &str) -> Option<GivenNumber> {
    let last = run.len().checked_sub(BATCH)?;
    (0..=last).find_map(|from| given(IdKind::Batch, run.get(from..from + BATCH)?))
}

/// The number behind a day; `None` where there is no day, or no row of ours.
fn given(kind: IdKind, digits: &str) -> Option<GivenNumber> {
    let (day, row) = digits.split_at_checked(DAY)?;
    let part = |from: usize, to: usize| day.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_day = (2020..=2199).contains(&part(0, 4)?)
        && (1..=12).contains(&part(4, 6)?)
        && (1..=31).contains(&part(6, 8)?);
    let row: i64 = row.parse().ok()?;
    // Six digits of epoch, twelve of the row: more than that is another's.
    let is_ours = (1..1_000_000 * ROWS_PER_EPOCH).contains(&row);
    (is_day && is_ours).then_some(GivenNumber { kind, row })
}
