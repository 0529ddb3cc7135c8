//! The cost model of searches, lists and filters: which of several ways to read is estimated to be the cheapest.
//!
//! All ways give the same result; they differ in what they read. A caller counts what it knows (contacts, entries, blocks), and a function
//! of this file compares the estimates. The thresholds are fields of [`QueryTuning`].
//!
//! # Units
//! - *row*: read one contact by its id and test it. Comparisons between ways are made in rows.
//! - *candidate*: pass over one key of the search index; [`QueryTuning::search_candidates_per_row`] candidates cost one row.
//! - *entry*: read one entry of a list or of an index range without its contact. What an entry costs in rows depends on the use:
//!   [`RANGE_ENTRIES_PER_ROW`], [`RANGE_ENTRIES_PER_PAGE_ROW`], and the square root in [`sorts_candidates`].
//!
//! # Who asks
//! - A search in an advisor's lists: [`advisor_strategy`], once for each stage whose keys exist for the whole tenant only.
//! - A list with a filter: [`scan_is_expensive`], [`sorts_candidates`], [`bitmap_narrows`], while it tests contacts.
//! - A filter that builds a bitmap: [`range_limit`], [`is_long_range`], for each condition.

use crate::host::tuning::QueryTuning;
use crate::index::ASSUMED_PAGE_LEN;
use crate::model::limits;

/// Rows that it costs to rank one contact: to find out at which position of which stage it is a hit.
const RANKING_COST_ROWS: usize = 3;

/// A count tests every candidate, so this many entries of a range may be read to save one row.
const RANGE_ENTRIES_PER_ROW: usize = 32;

/// A page tests a part of the candidates only, so fewer entries may be read to save one row.
const RANGE_ENTRIES_PER_PAGE_ROW: usize = 4;

/// How a search reads one stage of the tenant's keys for an advisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) enum AdvisorStrategy {
    /// Collect all contacts that the stage finds, and intersect them with the advisor's contacts.
    Collect,
    /// Walk the candidates of the stage in order, and drop those of other advisors.
    Walk,
    /// Intersect the advisor's contacts with those of each word; rank the rest if it is small, walk otherwise.
    Intersect,
    /// Read and rank all contacts of the advisor, once for all stages.
    RankAll,
}

/// The estimates for one stage of a search in an advisor's lists.
#[derive(Debug, Clone, Copy)]
pub(in crate::query) struct AdvisorStageCost {
    /// Contacts of the advisor.
    pub(in crate::query) contacts: usize,
    /// Cost of [`AdvisorStrategy::Walk`], in rows: [`walk_rows`].
    pub(in crate::query) walk_rows: usize,
    /// Cost of [`AdvisorStrategy::Collect`], in rows.
    pub(in crate::query) collect_rows: usize,
}

/// Whether an advisor has so few contacts that all are ranked without an estimate.
pub(in crate::query) fn ranks_all_at_once(tuning: &QueryTuning, contacts: usize) -> bool {
    contacts <= tuning.search_rank_all
}

/// The cheapest way to read a stage for an advisor with more contacts than [`ranks_all_at_once`] accepts.
pub(in crate::query) fn advisor_strategy(tuning: &QueryTuning, cost: AdvisorStageCost) -> AdvisorStrategy {
    let rank_rows = cost.contacts.saturating_mul(RANKING_COST_ROWS);
    if cost.collect_rows < cost.walk_rows.min(rank_rows) {
        AdvisorStrategy::Collect
    } else if cost.walk_rows < rank_rows {
        AdvisorStrategy::Walk
    } else if cost.contacts > tuning.search_rank_all_last_resort {
        AdvisorStrategy::Intersect
    } else {
        AdvisorStrategy::RankAll
    }
}

/// The cost of walking a stage until a page is full, in rows.
///
/// The walk passes over the candidates that the stage has at most. If the advisor's contacts (`of`, of all contacts up to `max_id`) are
/// spread evenly among them, it passes over a page's share; twice that share is assumed. `of` is `None` if candidates must also match
/// other words: then no share can be estimated.
pub(in crate::query) fn walk_rows(
    tuning: &QueryTuning,
    stage_contacts: usize,
    of: Option<usize>,
    max_id: i64,
) -> usize {
    let mut candidates = stage_contacts;
    if let Some(contacts) = of {
        let max_id = usize::try_from(max_id).unwrap_or_default();
        let share = max_id.saturating_mul(2 * ASSUMED_PAGE_LEN).checked_div(contacts).unwrap_or_default();
        candidates = candidates.min(share);
    }
    candidates.div_ceil(tuning.search_candidates_per_row.max(1))
}

/// Whether to walk a stage whose contacts are known, instead of ranking them: `own` of its `found` contacts are the advisor's.
pub(in crate::query) fn walks_collected(tuning: &QueryTuning, found: usize, own: usize) -> bool {
    let candidates = found.saturating_mul(ASSUMED_PAGE_LEN).checked_div(own).unwrap_or(usize::MAX);
    let rows = candidates.checked_div(tuning.search_candidates_per_row).unwrap_or(usize::MAX);
    rows < own.saturating_mul(RANKING_COST_ROWS)
}

/// Whether so few contacts are left that all are ranked by their rows before the search reads the index.
pub(in crate::query) fn ranks_candidates(tuning: &QueryTuning, candidates: usize) -> bool {
    candidates <= tuning.filter_max_ids
}

/// Whether the contacts that several words have in common are ranked by their rows instead of being found in key order.
pub(in crate::query) fn ranks_intersection(tuning: &QueryTuning, contacts: usize) -> bool {
    contacts <= tuning.search_max_intersection
}

/// How far a list with a filter has come since candidates were last built.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::query) struct ScanProgress {
    /// Contacts that the page still lacks.
    pub(in crate::query) missing: usize,
    /// Contacts that were tested, and how many of them matched.
    pub(in crate::query) tested: usize,
    pub(in crate::query) matched: usize,
}

/// Whether to build candidates, because testing the contacts of a list one by one is expected to fill the page too slowly.
/// `by_bitmaps`: bitmaps alone decide the filter, so candidates cost little.
pub(in crate::query) fn scan_is_expensive(
    tuning: &QueryTuning,
    progress: ScanProgress,
    by_bitmaps: bool,
) -> bool {
    let limit = if by_bitmaps { tuning.list_scan_limit_with_bitmaps } else { tuning.list_scan_limit };
    let ScanProgress { missing, tested, matched } = progress;
    tested >= tuning.list_plan_after && missing.saturating_mul(tested) > limit.saturating_mul(matched.max(1))
}

/// Contacts to test next so that the page is filled, by the share that has matched so far.
pub(in crate::query) fn tests_to_fill(tuning: &QueryTuning, progress: ScanProgress) -> usize {
    let ScanProgress { missing, tested, matched } = progress;
    let expected = missing.saturating_mul(tested.max(1)).checked_div(matched.max(1)).unwrap_or(missing);
    expected.clamp(missing, tuning.list_max_batch.max(missing))
}

/// Whether to locate and sort all candidates of a list, instead of walking the list and dropping other contacts.
///
/// To locate one of n candidates costs about as much as to pass over 16 entries. A walk passes over 16 entries for each hit if every n-th
/// contact of the book is a candidate. So both cost the same at the square root of the number of contacts.
pub(in crate::query) fn sorts_candidates(candidates: usize, max_id: i64) -> bool {
    let root = max_id.checked_isqrt().unwrap_or_default();
    candidates <= usize::try_from(root).unwrap_or_default()
}

/// Whether a bitmap of candidates saves enough of a walk. Most contacts of the book are as good as all.
pub(in crate::query) fn bitmap_narrows(candidates: usize, contacts: usize) -> bool {
    candidates < contacts / 4
}

/// Whether all contacts of an advisor are sorted, instead of walking the tenant's list in that order.
pub(in crate::query) fn sorts_advisor_list(tuning: &QueryTuning, contacts: i64) -> bool {
    contacts <= tuning.list_max_sorted
}

/// Whether an advisor has so few contacts that a call reads all of them rather than stopping at its work limit. What a call reads before
/// it stops depends on other contacts too, and these must not influence the answer.
pub(in crate::query) fn reads_all_of_advisor(tuning: &QueryTuning, contacts: i64) -> bool {
    contacts <= tuning.advisor_max_rows
}

/// Whether so many entries of a list by name are passed over, instead of looking up the bucket that they end in.
pub(in crate::query) fn skips_linearly(tuning: &QueryTuning, entries: usize) -> bool {
    entries <= tuning.offset_max_linear_skip
}

/// Whether `limit`, the entries of one range that may be read, is that of a page or a search; otherwise it is that of a count.
pub(in crate::query) fn is_page_limit(tuning: &QueryTuning, limit: usize) -> bool {
    limit <= tuning.filter_max_bitmap
}

/// The entries of an index range that are worth reading to narrow the known `candidates`; `limit` at most.
pub(in crate::query) fn range_limit(tuning: &QueryTuning, limit: usize, candidates: Option<usize>) -> usize {
    let entries_per_row =
        if is_page_limit(tuning, limit) { RANGE_ENTRIES_PER_PAGE_ROW } else { RANGE_ENTRIES_PER_ROW };
    let candidates = candidates.filter(|candidates| *candidates <= limits::COUNT_SCAN_ROWS);
    candidates.map_or(limit, |candidates| limit.min(candidates.saturating_mul(entries_per_row)))
}

/// Whether an index range is certainly much longer than `limit` entries: `in_range` of `tested` contacts are in it, of `contacts` in all.
pub(in crate::query) fn is_long_range(
    tuning: &QueryTuning,
    (tested, in_range): (usize, usize),
    contacts: i64,
    limit: usize,
) -> bool {
    if tested < tuning.filter_min_sample {
        return false;
    }
    let contacts = usize::try_from(contacts).unwrap_or_default();
    let expected = contacts.saturating_mul(in_range).checked_div(tested).unwrap_or_default();
    in_range > 1 && expected > limit.saturating_mul(2)
}

/// Whether another tested contact is still counted in the sample of a condition.
pub(in crate::query) fn counts_sample(tuning: &QueryTuning, tested: usize) -> bool {
    tested < max_sample(tuning)
}

/// Whether a sample has begun but is not complete.
pub(in crate::query) fn needs_larger_sample(tuning: &QueryTuning, tested: usize) -> bool {
    (max_sample(tuning) / 4..max_sample(tuning)).contains(&tested)
}

fn max_sample(tuning: &QueryTuning) -> usize {
    tuning.filter_min_sample.saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUNING: QueryTuning = QueryTuning::STANDARD;

    #[test]
    fn an_advisor_with_few_contacts_has_them_ranked_at_once() {
        assert!(ranks_all_at_once(&TUNING, 32));
        assert!(!ranks_all_at_once(&TUNING, 33));
    }

    #[test]
    fn the_advisor_strategy_is_the_cheapest_way() {
        let strategy = |contacts, walk_rows, collect_rows| {
            advisor_strategy(&TUNING, AdvisorStageCost { contacts, walk_rows, collect_rows })
        };
        assert_eq!(strategy(100, 50, 49), AdvisorStrategy::Collect);
        assert_eq!(strategy(100, 50, 50), AdvisorStrategy::Walk);
        assert_eq!(strategy(100, 300, 300), AdvisorStrategy::RankAll);
        assert_eq!(strategy(2_048, 10_000, 10_000), AdvisorStrategy::RankAll);
        assert_eq!(strategy(2_049, 10_000, 10_000), AdvisorStrategy::Intersect);
    }

    #[test]
    fn a_walk_costs_the_share_of_a_page_and_all_candidates_at_most() {
        assert_eq!(walk_rows(&TUNING, 6_000, None, 1_000_000), 60);
        // Each hundredth contact is the advisor's: 2 pages of 20 contacts take 4,000 candidates.
        assert_eq!(walk_rows(&TUNING, 6_000, Some(10_000), 1_000_000), 40);
        assert_eq!(walk_rows(&TUNING, 1, Some(10_000), 1_000_000), 1);
        assert_eq!(walk_rows(&TUNING, 6_000, Some(0), 1_000_000), 0);
    }

    #[test]
    fn collected_contacts_are_walked_if_a_page_is_full_sooner_than_all_are_ranked() {
        assert!(walks_collected(&TUNING, 60_000, 100));
        assert!(!walks_collected(&TUNING, 600_000, 100));
        assert!(!walks_collected(&TUNING, 600_000, 0));
    }

    #[test]
    fn few_candidates_are_ranked() {
        assert!(ranks_candidates(&TUNING, 512) && !ranks_candidates(&TUNING, 513));
        assert!(ranks_intersection(&TUNING, 64) && !ranks_intersection(&TUNING, 65));
    }

    #[test]
    fn a_scan_is_expensive_if_too_many_contacts_must_be_tested() {
        let expensive = |missing, tested, matched, by_bitmaps| {
            scan_is_expensive(&TUNING, ScanProgress { missing, tested, matched }, by_bitmaps)
        };
        assert!(!expensive(50, 31, 0, false), "the sample is too small");
        assert!(expensive(50, 32, 0, false));
        assert!(!expensive(50, 32, 8, false), "200 contacts fill the page");
        assert!(expensive(50, 32, 8, true), "bitmaps cost less than 200 tests");
    }

    #[test]
    fn the_next_batch_follows_the_share_of_matches() {
        let tests =
            |missing, tested, matched| tests_to_fill(&TUNING, ScanProgress { missing, tested, matched });
        assert_eq!(tests(50, 0, 0), 50);
        assert_eq!(tests(50, 32, 8), 200);
        assert_eq!(tests(50, 32, 0), 512);
        assert_eq!(tests(600, 32, 1), 600);
    }

    #[test]
    fn candidates_are_sorted_up_to_the_square_root_of_the_book() {
        assert!(sorts_candidates(1_000, 1_000_000) && !sorts_candidates(1_001, 1_000_000));
        assert!(sorts_candidates(0, 0) && !sorts_candidates(1, 0));
    }

    #[test]
    fn a_bitmap_narrows_if_it_has_less_than_a_quarter() {
        assert!(bitmap_narrows(249, 1_000) && !bitmap_narrows(250, 1_000));
    }

    #[test]
    fn short_lists_are_sorted_and_short_distances_walked() {
        assert!(sorts_advisor_list(&TUNING, 2_048) && !sorts_advisor_list(&TUNING, 2_049));
        assert!(reads_all_of_advisor(&TUNING, 10_000) && !reads_all_of_advisor(&TUNING, 10_001));
        assert!(skips_linearly(&TUNING, 4_096) && !skips_linearly(&TUNING, 4_097));
    }

    #[test]
    fn a_range_is_read_as_far_as_it_saves_rows() {
        assert!(is_page_limit(&TUNING, 16_384) && !is_page_limit(&TUNING, 16_385));
        assert_eq!(range_limit(&TUNING, 16_384, Some(100)), 400);
        assert_eq!(range_limit(&TUNING, 1 << 20, Some(100)), 3_200);
        assert_eq!(range_limit(&TUNING, 1 << 20, Some(10_001)), 1 << 20);
        assert_eq!(range_limit(&TUNING, 16_384, None), 16_384);
    }

    #[test]
    fn a_range_is_long_if_the_sample_says_so() {
        let is_long = |tested, in_range| is_long_range(&TUNING, (tested, in_range), 1_000_000, 16_384);
        assert!(!is_long(23, 23), "the sample is too small");
        assert!(is_long(24, 2));
        assert!(!is_long(24, 1), "one match is chance");
        assert!(!is_long(48, 0));
    }

    #[test]
    fn a_sample_is_complete_at_twice_its_least_size() {
        assert!(counts_sample(&TUNING, 47) && !counts_sample(&TUNING, 48));
        assert!(!needs_larger_sample(&TUNING, 11) && needs_larger_sample(&TUNING, 12));
        assert!(needs_larger_sample(&TUNING, 47) && !needs_larger_sample(&TUNING, 48));
    }
}
