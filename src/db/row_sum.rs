//! A sum over the rows of a table, which does not depend on their order.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of some rows, and the sum of their hashes of 64 bits. Different rows almost never have equal sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowSum {
    pub(crate) rows: u64,
    sum: u64,
}

impl RowSum {
    pub(crate) fn add(&mut self, row: &impl Hash) {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        self.rows = self.rows.saturating_add(1);
        self.sum = self.sum.wrapping_add(hasher.finish());
    }
}

#[cfg(test)]
mod tests {
    use super::RowSum;

    #[test]
    fn the_order_of_rows_does_not_matter_and_each_row_does() {
        let sum_of = |rows: &[&str]| {
            let mut sum = RowSum::default();
            for row in rows {
                sum.add(row);
            }
            sum
        };
        assert_eq!(sum_of(&["a", "b", "b"]), sum_of(&["b", "a", "b"]));
        assert_ne!(sum_of(&["a", "b", "b"]), sum_of(&["a", "b"]));
        assert_ne!(sum_of(&["a", "b"]), sum_of(&["a", "c"]));
    }
}
