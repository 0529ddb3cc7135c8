//! Sizes and thresholds of the engine, as one value.
//!
//! Every store has one, with the sizes that measurements gave. Tests open stores with [`Tuning::small`], in which a dozen contacts pass
//! through all that a million do. Some values shape what is stored: a book must be opened with the values it was made with.

mod index;
mod operations;
mod query;
mod storage;

pub(crate) use index::IndexTuning;
pub(crate) use operations::OperationsTuning;
pub(crate) use query::QueryTuning;
pub(crate) use storage::StorageTuning;

/// Sizes and thresholds of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    pub(crate) storage: StorageTuning,
    pub(crate) index: IndexTuning,
    pub(crate) query: QueryTuning,
    pub(crate) operations: OperationsTuning,
}

impl Tuning {
    /// The sizes for books of people.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            storage: StorageTuning::STANDARD,
            index: IndexTuning::STANDARD,
            query: QueryTuning::STANDARD,
            operations: OperationsTuning::STANDARD,
        }
    }

    /// The sizes for tests: every batch, page and threshold is a handful.
    #[must_use]
    pub const fn small() -> Self {
        Self {
            storage: StorageTuning::SMALL,
            index: IndexTuning::SMALL,
            query: QueryTuning::SMALL,
            operations: OperationsTuning::SMALL,
        }
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self::standard()
    }
}
