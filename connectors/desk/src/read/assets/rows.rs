//! Rows about one account are one account. Securities stand in the account through which they are held.

use chakong_contract::Account;
use chakong_contract::asset::{Asset, FoundAsset};
use chakong_contract::id::folded_number;
use chakong_toolkit::accounts::{NumberFields, Relation, joined, names_nothing, relation};

const NUMBERS: NumberFields = NumberFields { account: "number", sub_account: "number", product: "number" };

/// What the rows have said so far.
#[derive(Debug, Default)]
pub(super) struct AssetRows {
    pub(super) all: Vec<FoundAsset>,
    /// Which of them are accounts of which nothing is known but what is held through them.
    bare: Vec<usize>,
}

impl AssetRows {
    /// Adds what a row says, and how it stands to the rows before it. A bare row names an account and says nothing of it. A row that
    /// contradicts another one is not added.
    pub(super) fn put(&mut self, new: FoundAsset, is_bare: bool) -> Relation {
        let Asset::Account(account) = &new.asset else {
            self.all.push(new);
            return Relation::Apart;
        };
        let known: Vec<(usize, Relation)> =
            (0..self.all.len()).filter_map(|at| Some((at, self.relation(at, account, is_bare)?))).collect();
        let of = |wanted: Relation| known.iter().find(|(_, one)| *one == wanted).map(|(at, _)| *at);
        match (of(Relation::Same), of(Relation::Contradiction)) {
            (Some(at), _) => {
                self.join(at, new, is_bare);
                Relation::Same
            }
            (None, Some(_)) => Relation::Contradiction,
            (None, None) => {
                if is_bare {
                    self.bare.push(self.all.len());
                }
                self.all.push(new);
                Relation::Apart
            }
        }
    }

    /// How a row stands to what is known; `None` of another number.
    fn relation(&self, at: usize, row: &Account, is_bare: bool) -> Option<Relation> {
        let known = self.account(at)?;
        let is_it = !names_nothing(&row.number) && folded_number(&known.number) == folded_number(&row.number);
        match is_it {
            false => None,
            true if is_bare || self.bare.contains(&at) => Some(Relation::Same),
            true => Some(relation(known, row)),
        }
    }

    fn account(&self, at: usize) -> Option<&Account> {
        match &self.all.get(at)?.asset {
            Asset::Account(account) => Some(account),
            _ => None,
        }
    }

    /// One account of what is known and of a row; what is said of the account itself comes first.
    fn join(&mut self, at: usize, new: FoundAsset, is_bare: bool) {
        let was_bare = self.bare.contains(&at);
        let Some(known) = self.all.get_mut(at) else { return };
        let (Asset::Account(account), Asset::Account(row)) = (&mut known.asset, new.asset) else { return };
        let rows = if was_bare && !is_bare { vec![row, account.clone()] } else { vec![account.clone(), row] };
        if let Some(one) = joined(rows, NUMBERS) {
            *account = one;
        }
        known.matched_by = known.matched_by.or_weaker(new.matched_by);
        if !is_bare {
            self.bare.retain(|bare| *bare != at);
        }
    }
}
