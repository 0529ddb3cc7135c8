//! Sets of contacts that have some terms. Searches intersect candidates with them before they read rows.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::db::{Bitmap, Scope, contact};
use crate::error::Result;
use crate::host::tuning::IndexTuning;
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN, TermField};
use crate::index::key_range::{Direction, KeyRange, PrefixRanges};
use crate::index::plan::NO_DEDUP;
use crate::index::read::index_reader::IndexReader;
use crate::index::segment::block::LeafBlock;
use crate::index::segment::block_cursor::BlockCursor;
use crate::index::segment::index_state::CachedSet;
use crate::index::segment::posting_list;

/// A scan of all postings of some prefix ranges, and its size in blocks.
#[derive(Debug)]
pub(crate) struct PostingScan {
    /// With the blocks of each segment.
    ranges: Vec<(KeyRange, Vec<Option<RangeInclusive<u32>>>)>,
    block_count: usize,
    /// Blocks of which all keys are in a range.
    inner_block_count: usize,
    tuning: IndexTuning,
}

impl PostingScan {
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a term index cannot be read; those of the store.
    pub(crate) fn plan(index: IndexReader<'_>, scopes: &[Scope], ranges: &PrefixRanges) -> Result<Self> {
        let mut scan =
            Self { ranges: Vec::new(), block_count: 0, inner_block_count: 0, tuning: index.tuning() };
        for (scope, field, prefix) in scoped_prefixes(scopes, ranges) {
            if !index.may_have_prefix(IndexKey::key_prefix(scope, field), prefix)? {
                continue;
            }
            let range = KeyRange::with_prefix(IndexKey::encode(scope, field, prefix));
            let mut blocks = Vec::with_capacity(index.state.segments.len());
            for segment in &index.state.segments {
                let of_segment = segment.blocks_of(index.block_source(), &range)?;
                let count = of_segment.as_ref().map_or(0, |blocks| blocks.size_hint().0);
                scan.block_count = scan.block_count.saturating_add(count);
                scan.inner_block_count = scan.inner_block_count.saturating_add(count.saturating_sub(2));
                blocks.push(of_segment);
            }
            scan.ranges.push((range, blocks));
        }
        Ok(scan)
    }

    /// Rows that could be read and verified in the time of the scan. An estimate.
    pub(crate) fn cost_in_rows(&self) -> usize {
        self.block_count.div_ceil(self.tuning.blocks_per_row.max(1))
    }

    /// Whether the scan finds more contacts than `limit`. An estimate; false if the blocks between the ends of the ranges have fewer.
    pub(crate) fn exceeds(&self, limit: usize) -> bool {
        self.inner_block_count.saturating_mul(self.tuning.contacts_per_block) > limit
    }

    /// Number of contacts that the scan finds. An estimate.
    pub(crate) fn estimated_contacts(&self) -> usize {
        self.block_count.saturating_mul(self.tuning.contacts_per_block)
    }

    /// The contacts of the ranges, and perhaps some that the index no longer has there. Stops above `limit` contacts: the second value is
    /// then false. Postings that `dedup_text` finds by a better term are skipped.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(crate) fn collect(
        &self,
        index: IndexReader<'_>,
        dedup_text: &str,
        limit: usize,
    ) -> Result<(Bitmap, bool)> {
        let mut set = Bitmap::with_max_id(contact::last_id(index.db)?);
        for (range, blocks) in &self.ranges {
            collect_range(index, range, Some(blocks), dedup_text.as_bytes(), &mut set, limit)?;
            if set.len() > limit {
                return Ok((set, false));
            }
        }
        Ok((set, true))
    }

    /// The set that [`PostingScan::collect`] gives, if it is in memory. Sets stay there until the next write.
    pub(crate) fn cached(&self, index: IndexReader<'_>, dedup_text: &str) -> Option<Arc<Bitmap>> {
        let mut cache = index.state.set_cache.borrow_mut();
        let is_same = |cached: &CachedSet| {
            cached.dedup_text == dedup_text
                && cached.ranges.iter().eq(self.ranges.iter().map(|(range, _)| range))
        };
        let at = cache.iter().position(is_same)?;
        cache.get_mut(at..)?.rotate_left(1);
        cache.last().map(|cached| Arc::clone(&cached.contacts))
    }

    /// The set that [`PostingScan::collect`] gives, from memory if possible; `None` above `limit` contacts.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(crate) fn collect_cached(
        &self,
        index: IndexReader<'_>,
        dedup_text: &str,
        limit: usize,
    ) -> Result<Option<Arc<Bitmap>>> {
        if let Some(cached) = self.cached(index, dedup_text) {
            return Ok(Some(cached));
        }
        let (contacts, is_complete) = self.collect(index, dedup_text, limit)?;
        if !is_complete {
            return Ok(None);
        }
        let contacts = Arc::new(contacts);
        let mut cache = index.state.set_cache.borrow_mut();
        if cache.len() >= index.tuning().cached_sets {
            cache.remove(0);
        }
        cache.push(CachedSet {
            ranges: self.ranges.iter().map(|(range, _)| range.clone()).collect(),
            dedup_text: dedup_text.to_owned(),
            contacts: Arc::clone(&contacts),
        });
        Ok(Some(contacts))
    }
}

fn scoped_prefixes<'r>(
    scopes: &'r [Scope],
    ranges: &'r PrefixRanges,
) -> impl Iterator<Item = (Scope, TermField, &'r String)> {
    let all = scopes
        .iter()
        .flat_map(move |scope| ranges.iter().map(move |(field, prefixes)| (*scope, *field, prefixes)));
    all.flat_map(|(scope, field, prefixes)| prefixes.iter().map(move |prefix| (scope, field, prefix)))
}

/// The members of some advisors' lists, and perhaps some that have left. Cached until the next write, since the next search of an
/// advisor's contacts needs them again.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
pub(crate) fn list_members(index: IndexReader<'_>, scopes: &[Scope]) -> Result<Arc<Bitmap>> {
    if let Some((cached_scopes, ids)) = &*index.state.member_cache.borrow()
        && cached_scopes == scopes
    {
        return Ok(Arc::clone(ids));
    }
    let mut ids = Bitmap::with_max_id(contact::last_id(index.db)?);
    for scope in scopes {
        let key = IndexKey::encode(*scope, TermField::Member, "");
        if index.may_have_prefix(IndexKey::key_prefix(*scope, TermField::Member), "")? {
            let range = KeyRange { high: Some([&key[..], &[0]].concat()), low: key };
            collect_range(index, &range, None, NO_DEDUP.as_bytes(), &mut ids, usize::MAX)?;
        }
    }
    let ids = Arc::new(ids);
    *index.state.member_cache.borrow_mut() = Some((scopes.to_vec(), Arc::clone(&ids)));
    Ok(ids)
}

/// Adds the contacts of a range to `set`; stops above `limit`. `planned` are the blocks of each segment, if they are known.
fn collect_range(
    index: IndexReader<'_>,
    range: &KeyRange,
    planned: Option<&[Option<RangeInclusive<u32>>]>,
    dedup_text: &[u8],
    set: &mut Bitmap,
    limit: usize,
) -> Result<()> {
    let is_covered = |key: &[u8]| key.get(KEY_PREFIX_LEN..).is_some_and(|term| term.starts_with(dedup_text));
    let from = (range.low.clone(), i64::MIN);
    for ((key, contact), entry) in index.state.memtable.range(from..) {
        if !range.contains(key) {
            break;
        }
        if entry.live && !(usize::from(entry.dedup_prefix_len) > dedup_text.len() && is_covered(key)) {
            set.insert(*contact);
        }
    }
    for (at, segment) in index.state.segments.iter().enumerate() {
        let source = index.block_source();
        let mut blocks = match planned {
            Some(planned) => segment.blocks_in(planned.get(at).cloned().flatten()),
            None => segment.blocks_from(source, &range.low)?,
        };
        while let Some(number) = blocks.next(source, range)? {
            let block = source.block(&segment.header, number)?;
            let mut cursor = BlockCursor::at_or_after(block.clone(), &range.low);
            // In all blocks before the last one, all keys from there on are in the range.
            let high = range.high.as_deref().filter(|_| !blocks.is_before_end(number));
            let end = high.and_then(|high| BlockCursor::at_or_after(block.clone(), high).offset());
            if dedup_text == NO_DEDUP.as_bytes() {
                collect_entries(&block, (cursor.offset(), end), set, limit);
            } else {
                while let Some((key, postings_ref)) = cursor.entry().filter(|_| cursor.offset() != end)
                    && set.len() <= limit
                {
                    let is_covered = is_covered(key);
                    posting_list::for_each(&block, postings_ref, |posting| {
                        let is_duplicate =
                            is_covered && usize::from(posting.dedup_prefix_len) > dedup_text.len();
                        if posting.live && !is_duplicate {
                            set.insert(posting.contact);
                        }
                    });
                    cursor.step(Direction::Forward);
                }
            }
            if set.len() > limit {
                return Ok(());
            }
            if end.is_some() {
                break; // the next key is of another range
            }
        }
    }
    Ok(())
}

/// Adds the contacts of the entries from an offset of a block to another one, or to its end. It reads no keys: they take most of the time.
fn collect_entries(
    block: &LeafBlock,
    (start, end): (Option<usize>, Option<usize>),
    set: &mut Bitmap,
    limit: usize,
) {
    let mut at = start.filter(|_| start != end);
    while let Some(entry) = at.and_then(|at| block.entry_at(at))
        && set.len() <= limit
    {
        posting_list::for_each(block, entry.postings_ref, |posting| {
            if posting.live {
                set.insert(posting.contact);
            }
        });
        at = Some(entry.next_offset).filter(|next| Some(*next) != end);
    }
}
