//! TODO-DOC

pub(crate) mod bitmap;
pub(crate) mod bitmap_index;
pub(crate) mod bucket;
pub(crate) mod entries;
pub(crate) mod filter_lookup;
pub(crate) mod offset_cache;
pub(crate) mod range_scan;
pub(crate) mod sort_index;
