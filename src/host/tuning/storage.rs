//! Sizes of tables and caches.

/// Sizes of tables and caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StorageTuning {
    /// Contacts in a bucket of a list. A larger bucket is split.
    pub(crate) max_bucket_size: i64,
    /// Pending changes of bitmaps at which a write transaction writes them. The standard takes three megabytes of memory.
    pub(crate) bitmap_changes_per_flush: usize,
    /// The page cache of a transaction that writes many contacts, in KiB.
    pub(crate) large_cache_kibibytes: i64,
    /// Lists with known offsets per connection.
    pub(crate) cached_lists: usize,
    /// Known offsets per list.
    pub(crate) cached_offsets_per_list: usize,
}

impl StorageTuning {
    /// The sizes that measurements gave.
    pub(crate) const STANDARD: Self = Self {
        max_bucket_size: 1_024,
        bitmap_changes_per_flush: 1 << 16,
        large_cache_kibibytes: 64 << 10,
        cached_lists: 8,
        cached_offsets_per_list: 64,
    };

    /// Sizes for tests, so that a dozen contacts reach every limit.
    pub(crate) const SMALL: Self = Self {
        max_bucket_size: 4,
        bitmap_changes_per_flush: 8,
        large_cache_kibibytes: 64,
        cached_lists: 2,
        cached_offsets_per_list: 4,
    };
}
