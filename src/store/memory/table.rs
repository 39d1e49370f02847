//! A table whose changes can be taken back.

use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::sync::Arc;

use crate::store::{StoreError, Stored};

/// Rows by key, and what they were since the last commit. A clone shares its rows until one of the two changes.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V> {
    rows: Arc<BTreeMap<K, V>>,
    undo: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: Arc::default(), undo: Vec::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub(super) fn has(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values()
    }

    pub(super) fn range(&self, keys: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.range(keys)
    }

    pub(super) fn last_key(&self) -> Option<&K> {
        self.rows.last_key_value().map(|(key, _)| key)
    }

    /// Puts a row, whether there is one or not.
    pub(super) fn put(&mut self, key: K, value: V) {
        let before = Arc::make_mut(&mut self.rows).insert(key.clone(), value);
        self.undo.push((key, before));
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is one of the key.
    pub(super) fn add(&mut self, key: K, value: V, what: &'static str) -> Stored<()> {
        if self.has(&key) {
            return Err(StoreError::Conflict(what));
        }
        self.put(key, value);
        Ok(())
    }

    /// Removes a row, if there is one.
    pub(super) fn remove(&mut self, key: &K) {
        if let Some(before) = Arc::make_mut(&mut self.rows).remove(key) {
            self.undo.push((key.clone(), Some(before)));
        }
    }

    /// Keeps what was changed.
    pub(super) fn commit(&mut self) {
        self.undo.clear();
    }

    /// Takes back what was changed since the last commit, the latest first.
    pub(super) fn roll_back(&mut self) {
        if self.undo.is_empty() {
            return;
        }
        let rows = Arc::make_mut(&mut self.rows);
        for (key, before) in self.undo.drain(..).rev() {
            match before {
                Some(value) => drop(rows.insert(key, value)),
                None => drop(rows.remove(&key)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn what_is_rolled_back_is_as_it_was_and_clones_part() {
        let mut table: Table<u8, &str> = Table::default();
        table.put(1, "one");
        table.commit();
        let before = table.clone();
        table.put(1, "uno");
        table.put(2, "due");
        table.remove(&1);
        table.put(1, "eins");
        assert!(table.add(2, "zwei", "a row").is_err());
        table.roll_back();
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&1, &"one")]);
        table.remove(&1);
        table.commit();
        table.roll_back();
        assert_eq!((table.last_key(), before.get(&1)), (None, Some(&"one")));
    }
}
