//! The search index: text to keys, recent keys, segments, merging, and the ordered stream of candidates.
//!
//! A key is scope ‖ shelf ‖ text, and the contact: its own place in the answer. New keys, and tombstones of old ones, are
//! appended to `search_delta`; when that passes [`FLUSH_AT`] they move into a segment, a sorted run of parts. Rows, delta and segments change in one transaction, so a snapshot always holds an
//! index that fits it.
//!
//! # Locking
//! A [`View`] belongs to one connection; only the cache of parts is shared, behind a mutex held for look-ups alone.
//!
//! # Compatibility
//! The fold's version stands in the file; parts carry a format version of their own. What does not fit is made anew from
//! the rows, contact by contact; those that have not been reached are answered from the rows.
//!
//! # Performance
//! The delta is mirrored in memory and refreshed by sequence number. Parts are immutable, verified on first touch and
//! kept up to a bound. The number of segments grows with the logarithm of the number of keys (see `merge.rs`).
//!
//! # Filesystems
//! None of its own: everything lives in the database file.

mod build;
mod cache;
mod class;
mod cursor;
mod dictionary;
mod key;
mod matching;
mod merge;
mod merged;
mod part;
mod plan;
mod points;
mod postings;
mod record;
mod seeker;
mod segment;
mod sets;
mod stream;
#[cfg(test)]
mod tests;
mod texts;
mod typo;
mod view;
mod word_set;

pub(crate) use build::{Bulk, all_fingerprints, fingerprints, retire, unkeyed};
pub(crate) use cache::PartCache;
pub use class::{Class, Highlight, Match};
pub(crate) use key::{Shelf, WORDS};
pub(crate) use merge::{Due, flush, step};
pub(crate) use merged::Direction;
pub use plan::Within;
pub(crate) use plan::{NEVER, Query, Stage};
pub(crate) use record::{Keys, record};
pub(crate) use sets::{Extent, Fit, collect, members, near};
pub(crate) use stream::{Among, Candidate, Index, Reach, Stream};
pub(crate) use texts::{Texts, company_text};
pub(crate) use view::View;
pub(crate) use word_set::{PAGE, WordSet};

/// Keys in the delta at which they become a segment: few enough to be read at once when a book is opened.
/// In unit tests this and the other sizes of the index are such that a dozen contacts go through all that a million do.
pub(crate) const FLUSH_AT: i64 = if cfg!(test) { 120 } else { 8_192 };

/// Keys after which a piece of a merge is done, if one is due: a fifteenth of what such a piece holds, since a key is rewritten some
/// six times on its way to the oldest segment.
pub(crate) const STEP_EVERY: i64 = if cfg!(test) { 3 } else { 1_024 };
