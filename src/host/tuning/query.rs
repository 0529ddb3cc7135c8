//! Sizes and thresholds of searches, lists and filters.
//!
//! Three units occur. A *row* is one contact that is read by its id and tested. An *entry* is one entry of a list or of an index, read
//! without its contact. A *candidate* is one key of the search index. `query/cost.rs` says how these are compared.

/// Sizes and thresholds of searches, lists and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueryTuning {
    /// Contacts that a filter may single out by tables alone. So many are read and ranked one by one; more are not worth it.
    pub(crate) filter_max_ids: usize,
    /// Entries of one index range that a search or a page reads to build a bitmap of candidates.
    pub(crate) filter_max_bitmap: usize,
    /// Blocked contacts that are read one by one instead of walking the list.
    pub(crate) filter_max_blocked: usize,
    /// A bitmap of so few candidates is not narrowed by further conditions.
    pub(crate) filter_few_candidates: usize,
    /// Entries of one index range that are read in any case, before costs are compared.
    pub(crate) filter_quick_range: usize,
    /// Contacts that must be tested before their share of matches is used as an estimate. Twice as many are counted at most.
    pub(crate) filter_min_sample: usize,

    /// Contacts that bulk work tests together.
    pub(crate) scan_batch: usize,
    /// Rows that one call of bulk work reads; it may exceed this by one batch.
    pub(crate) scan_max_rows: usize,
    /// Contacts that one call of bulk work tests; it may exceed this by one batch.
    pub(crate) scan_max_contacts: usize,

    /// Rows that one search call reads before it stops with an incomplete page.
    pub(crate) search_max_rows: usize,
    /// Candidates that one search call passes over without reading their rows.
    pub(crate) search_max_candidates: usize,
    /// Contacts common to several words up to which they are ranked by their rows instead of being found in key order.
    pub(crate) search_max_intersection: usize,
    /// Local ids of unindexed contacts that are read at a time.
    pub(crate) search_unindexed_batch: i64,
    /// An advisor with so few contacts has all of them ranked by their rows, without an estimate.
    pub(crate) search_rank_all: usize,
    /// The same limit where every other way is estimated to cost more.
    pub(crate) search_rank_all_last_resort: usize,
    /// Candidates that are passed over in the time in which one row is read and tested.
    pub(crate) search_candidates_per_row: usize,

    /// Rows that one page of a substring search reads.
    pub(crate) substring_max_rows: usize,
    /// Local ids that one query of the substring index spans: such a query cannot be interrupted.
    pub(crate) substring_max_id_span: i64,

    /// Contacts of an advisor up to which they are all sorted, instead of walking the tenant's list in that order.
    pub(crate) list_max_sorted: i64,
    /// Contacts of an advisor up to which a call reads all of them, if it must, instead of stopping with an incomplete page.
    pub(crate) advisor_max_rows: i64,
    /// Rows that one page of a list reads beyond those that it returns.
    pub(crate) list_max_rows: usize,
    /// Entries that one page of a list passes over.
    pub(crate) list_max_entries: usize,
    /// Contacts that one page of a list tests; tags and attributes decide most of them without a row.
    pub(crate) list_max_lookups: usize,
    /// Contacts that a list tests before it considers building candidates.
    pub(crate) list_plan_after: usize,
    /// Contacts that would have to be tested to fill a page, above which candidates are built.
    pub(crate) list_scan_limit: usize,
    /// The same limit where bitmaps alone decide the filter.
    pub(crate) list_scan_limit_with_bitmaps: usize,
    /// Contacts that a list tests together: at first.
    pub(crate) list_first_batch: usize,
    /// Contacts that a list tests together: at most. Batches double up to this.
    pub(crate) list_max_batch: usize,
    /// Entries of one index range that a count reads.
    pub(crate) count_max_range: usize,

    /// Contacts that may share a value; more are passed over.
    pub(crate) duplicates_max_sharing: usize,
    /// Contacts with one value up to which all pairs of them are compared.
    pub(crate) duplicates_all_pairs: usize,
    /// Contacts with one value and similar names up to which all pairs of them are compared.
    pub(crate) duplicates_same_key: usize,
    /// The next contacts in the order of names that one is compared with, if more have similar names.
    pub(crate) duplicates_window: usize,
    /// Rows that one page of duplicates reads; it may exceed this by one block.
    pub(crate) duplicates_max_rows: usize,
    /// Shared values that are read at a time.
    pub(crate) duplicates_fetch: i64,
    /// Contacts that are merged into one without a decision, and that may share a value for it.
    pub(crate) duplicates_max_exact: usize,

    /// Entries that a merge walk reads from one list: at first.
    pub(crate) walk_first_fetch: usize,
    /// Entries that a merge walk reads from one list: at most. Fetches double up to this.
    pub(crate) walk_max_fetch: usize,
    /// Entries that a merge walk reads from one list at first where a bitmap drops most of them.
    pub(crate) walk_first_filtered_fetch: usize,
    /// Jumps of each list into which a distance that is skipped is first divided.
    pub(crate) walk_jumps_per_list: usize,
    /// Entries of the shortest jump; shorter distances are walked.
    pub(crate) walk_min_jump: usize,
    /// Entries of a list by name up to which they are passed over, instead of looking up the bucket that they end in.
    pub(crate) offset_max_linear_skip: usize,
}

impl QueryTuning {
    /// The measured values.
    pub(crate) const STANDARD: Self = Self {
        filter_max_ids: 512,
        filter_max_bitmap: 16_384,
        filter_max_blocked: 512,
        filter_few_candidates: 64,
        filter_quick_range: 2_048,
        filter_min_sample: 24,
        scan_batch: 500,
        scan_max_rows: 2_000,
        scan_max_contacts: 32_768,
        search_max_rows: 2_000,
        search_max_candidates: 200_000,
        search_max_intersection: 64,
        search_unindexed_batch: 512,
        search_rank_all: 32,
        search_rank_all_last_resort: 2_048,
        search_candidates_per_row: 100,
        substring_max_rows: 2_000,
        substring_max_id_span: 1 << 20,
        list_max_sorted: 2_048,
        advisor_max_rows: 10_000,
        list_max_rows: 2_000,
        list_max_entries: 32_768,
        list_max_lookups: 4_096,
        list_plan_after: 32,
        list_scan_limit: 256,
        list_scan_limit_with_bitmaps: 64,
        list_first_batch: 32,
        list_max_batch: 512,
        count_max_range: 1 << 20,
        duplicates_max_sharing: 10_000,
        duplicates_all_pairs: 16,
        duplicates_same_key: 128,
        duplicates_window: 64,
        duplicates_max_rows: 20_000,
        duplicates_fetch: 256,
        duplicates_max_exact: 64,
        walk_first_fetch: 16,
        walk_max_fetch: 1_024,
        walk_first_filtered_fetch: 64,
        walk_jumps_per_list: 8,
        walk_min_jump: 16,
        offset_max_linear_skip: 4_096,
    };

    /// For tests: a dozen contacts reach every limit.
    pub(crate) const SMALL: Self = Self {
        filter_max_ids: 4,
        filter_max_bitmap: 8,
        filter_max_blocked: 2,
        filter_few_candidates: 2,
        filter_quick_range: 6,
        filter_min_sample: 3,
        scan_batch: 3,
        scan_max_rows: 6,
        scan_max_contacts: 24,
        search_max_rows: 64,
        search_max_candidates: 256,
        search_max_intersection: 4,
        search_unindexed_batch: 4,
        search_rank_all: 3,
        search_rank_all_last_resort: 8,
        search_candidates_per_row: 2,
        substring_max_rows: 12,
        substring_max_id_span: 5,
        list_max_sorted: 3,
        advisor_max_rows: 16,
        list_max_rows: 6,
        list_max_entries: 24,
        list_max_lookups: 12,
        list_plan_after: 4,
        list_scan_limit: 6,
        list_scan_limit_with_bitmaps: 3,
        list_first_batch: 2,
        list_max_batch: 4,
        count_max_range: 16,
        duplicates_max_sharing: 12,
        duplicates_all_pairs: 3,
        duplicates_same_key: 4,
        duplicates_window: 2,
        duplicates_max_rows: 8,
        duplicates_fetch: 2,
        duplicates_max_exact: 6,
        walk_first_fetch: 2,
        walk_max_fetch: 8,
        walk_first_filtered_fetch: 2,
        walk_jumps_per_list: 2,
        walk_min_jump: 2,
        offset_max_linear_skip: 4,
    };
}
