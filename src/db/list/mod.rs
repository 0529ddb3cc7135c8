//! Lists of contacts: their entries in the order of names and in other orders, the counts of sections, and sets of contacts as bitmaps.
//!
//! May use `connection`, `scope`, `directory` and `index`. `contact` and `record` call it when their rows change.
//! A newcomer changes here what a list contains, in which orders, how pages and counts are read, and how filters find candidates.

pub(crate) mod bitmap;
pub(crate) mod bitmap_index;
pub(crate) mod bucket;
pub(crate) mod entries;
pub(crate) mod filter_lookup;
pub(crate) mod offset_cache;
pub(crate) mod range_scan;
pub(crate) mod sort_index;
