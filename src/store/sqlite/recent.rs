//! Rows that the writer read lately. Each answer needs its order, its inquiry and its chain, and twenty answers of an inquiry need the
//! same two: reading them from the database again costs more than all that is written.
//!
//! Only the writer has them, nothing else changes rows, and what a group that was rolled back left here is dropped with it.

use std::hash::Hash;

use quick_cache::UnitWeighter;
use quick_cache::unsync::{Cache, DefaultLifecycle};
use rustc_hash::FxBuildHasher;

use crate::domain::{Chain, ChainId, Change, Inquiry, InquiryId, OrderId, OrderRecord};

/// Orders at hand: what many lanes read ahead.
const ORDERS: usize = 8192;
/// Inquiries at hand.
const INQUIRIES: usize = 1024;
/// Chains at hand.
const CHAINS: usize = 1024;
/// Lanes of which it is known where their newest messages are.
const LANES: usize = 8192;

/// Rows by what they are found by.
pub(super) type RecentRows<K, T> = Cache<K, T, UnitWeighter, FxBuildHasher>;

/// Rows as they stand in the writer's transaction.
#[derive(Debug)]
pub(super) struct Recent {
    pub(super) orders: RecentRows<OrderId, OrderRecord>,
    pub(super) inquiries: RecentRows<InquiryId, Inquiry>,
    pub(super) chains: RecentRows<ChainId, Chain>,
    spans: RecentRows<String, i64>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { orders: most(ORDERS), inquiries: most(INQUIRIES), chains: most(CHAINS), spans: most(LANES) }
    }
}

fn most<K: Eq + Hash, T>(rows: usize) -> RecentRows<K, T> {
    let weight = u64::try_from(rows).unwrap_or(u64::MAX);
    Cache::with(rows, weight, UnitWeighter, FxBuildHasher, DefaultLifecycle::default())
}

impl Recent {
    /// Follows a change that is about to be written. What it does not know may touch anything.
    pub(super) fn follow(&mut self, change: &Change) {
        match change {
            Change::MoveOrder(order, _) => drop(self.orders.remove(&order.id)),
            Change::SaveInquiry(saved) => {
                // The columns that are saved, and no others.
                if let Some(mut known) = self.inquiries.get_mut(&saved.id) {
                    (known.state, known.open_orders, known.completions) =
                        (saved.state, saved.open_orders, saved.completions);
                }
            }
            Change::SaveChain(saved) => drop(self.chains.remove(&saved.id)),
            Change::NewChain(_)
            | Change::NewCase(_)
            | Change::SaveCase(_)
            | Change::ContinueCase(..)
            | Change::NewParty(_)
            | Change::SaveParty(_)
            | Change::NewInquiry(_)
            | Change::NewDocument(_)
            | Change::NewOrder(_)
            | Change::NewMeasure(_)
            | Change::MoveMeasure(..)
            | Change::NewRevision(_)
            | Change::NewReceipt(_)
            | Change::NewEvent(_)
            | Change::NewTask(_)
            | Change::SaveTask(_)
            | Change::NewClaimChange(_)
            | Change::NewCertificate(_)
            | Change::NewPrint(_)
            | Change::SaveDesk(_)
            | Change::SavePropertyFinding(_)
            | Change::Audit(_)
            | Change::Lane(_)
            | Change::People(_)
            | Change::Probe(_) => {}
            _ => self.clear(),
        }
    }

    /// Whether it was written lately that a lane has messages in a span; now it is about to be.
    pub(super) fn has_span(&mut self, lane: &str, span: i64) -> bool {
        if self.spans.get(lane).is_some_and(|known| *known == span) {
            return true;
        }
        self.spans.insert(lane.to_owned(), span);
        false
    }

    /// Drops everything: a group was rolled back.
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.orders.clear();
        self.inquiries.clear();
        self.chains.clear();
    }
}
