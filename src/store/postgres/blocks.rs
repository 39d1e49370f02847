//! Row numbers in blocks: each process takes blocks of numbers that nobody else has, and gives them out one by one.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::link::Link;
use super::rows::get;
use crate::domain::{IdKind, NewIds};
use crate::store::{StoreError, Stored};

/// Numbers of a block at first. A process that needs more at once takes larger ones.
const FIRST: i64 = 1 << 14;
/// The largest.
const LARGEST: i64 = 1 << 32;

const TAKE: &str = "UPDATE row_numbers SET next = GREATEST(next, $2) + $3 WHERE kind = $1 RETURNING next";

/// What is left of the block of one kind.
#[derive(Debug)]
struct Block {
    kind: IdKind,
    next: AtomicI64,
    end: AtomicI64,
    size: AtomicI64,
    /// No block begins before it.
    first: i64,
}

/// The blocks of this process. One thread gives numbers out: the writer.
#[derive(Debug)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    is_short: AtomicBool,
}

impl Blocks {
    /// Blocks behind these numbers; none is taken yet.
    pub(super) fn behind(last: &[(IdKind, i64)]) -> Self {
        let block = |(kind, last): &(IdKind, i64)| Block {
            kind: *kind,
            next: AtomicI64::new(0),
            end: AtomicI64::new(0),
            size: AtomicI64::new(FIRST),
            first: last.saturating_add(1),
        };
        Self { blocks: last.iter().map(block).collect(), is_short: AtomicBool::new(false) }
    }

    /// Takes new blocks where less than half of one is left. Outside any transaction: a block that was taken is gone.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn fill(&self, link: &mut Link) -> Stored<()> {
        self.is_short.store(false, Ordering::Relaxed);
        for block in &self.blocks {
            let (next, end) = (block.next.load(Ordering::Relaxed), block.end.load(Ordering::Relaxed));
            let size = block.size.load(Ordering::Relaxed);
            if end - next >= size / 2 {
                continue;
            }
            let found = link.query(TAKE, &[&word(block.kind), &block.first, &size])?;
            let behind: i64 = get(found.first().ok_or(StoreError::Missing("the row numbers"))?, 0)?;
            block.end.store(behind, Ordering::Relaxed);
            block.next.store(behind - size, Ordering::Relaxed);
        }
        Ok(())
    }

    /// That no number was given out behind the end of a block since they were filled.
    ///
    /// # Errors
    /// [`StoreError::Again`]: larger blocks are taken before the next try.
    pub(super) fn check(&self) -> Stored<()> {
        if self.is_short.load(Ordering::Relaxed) { Err(StoreError::Again) } else { Ok(()) }
    }
}

impl NewIds for Blocks {
    fn next(&self, kind: IdKind) -> i64 {
        let Some(block) = self.blocks.iter().find(|block| block.kind == kind) else { return 0 };
        let next = block.next.fetch_add(1, Ordering::Relaxed);
        if next >= block.end.load(Ordering::Relaxed) {
            // Nothing that has this number is written.
            self.is_short.store(true, Ordering::Relaxed);
            let size = block.size.load(Ordering::Relaxed);
            block.size.store(size.saturating_mul(2).min(LARGEST), Ordering::Relaxed);
        }
        next
    }
}

/// The name of a kind's row.
pub(super) fn word(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Chain => "chain",
        IdKind::Case => "case",
        IdKind::Party => "party",
        IdKind::Inquiry => "inquiry",
        IdKind::Order => "order",
        IdKind::Measure => "measure",
        IdKind::Document => "document",
        IdKind::Task => "task",
        IdKind::Raw => "raw",
        IdKind::Batch => "batch",
        IdKind::Print => "print",
    }
}
