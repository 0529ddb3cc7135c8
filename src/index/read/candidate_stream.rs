//! What the index proposes for one stage of a query: the keys of some scopes, in the order of hits.

use crate::db::{Bitmap, Read, Scope};
use crate::error::{Error, Result};
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN, TermField};
use crate::index::read::lazy_doc_set::LazyDocSet;
use crate::index::read::merge_iterator::{BlockSource, Direction, KeyRange, MergeIterator};
use crate::index::segment::block_cache::BlockCache;
use crate::index::segment::index_state::IndexState;

/// A contact that the index proposes for a query: its place in the order of hits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    /// The stage of the query that proposes it.
    pub(crate) stage: u8,
    pub(crate) text: String,
    pub(crate) contact: i64,
}

/// The index as a search reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexReader<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: &'a BlockCache,
    pub(crate) state: &'a IndexState,
}

impl<'a> IndexReader<'a> {
    pub(crate) fn block_source(&self) -> BlockSource<'a> {
        BlockSource { db: self.db, cache: Some(self.cache) }
    }

    /// Whether there may be a key of a list and shelf, and of a text that begins as another one does.
    pub(crate) fn may_have_prefix(&self, head: [u8; KEY_PREFIX_LEN], text: &str) -> Result<bool> {
        self.state.may_have_prefix((head, text.bytes().next()), |start| {
            let span = KeyRange::with_prefix(start.to_vec());
            let (source, view) = (self.block_source(), self.state);
            let mut all = MergeIterator::new(source, view, &view.segments, span, None, Direction::Forward)?;
            Ok(all.advance()?.is_some())
        })
    }
}

/// What a stage looks for: shelves, each with the beginnings of texts in order, none inside another.
pub(crate) type PrefixRanges = Vec<(TermField, Vec<String>)>;

/// Everything that some scopes have for a stage: text, contact.
#[derive(Debug)]
pub(crate) struct CandidateStream<'a> {
    stage: u8,
    direction: Direction,
    filter: FilterState<'a>,
    sub_iterators: Vec<SubIterator<'a>>,
}

/// Whom candidates are wanted of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CandidateFilter<'a> {
    Set(&'a Bitmap),
    Lazy(&'a LazyDocSet<'a>),
}

impl CandidateFilter<'_> {
    /// Whether a contact may be wanted.
    pub(crate) fn may_contain(self, contact: i64) -> Result<bool> {
        match self {
            Self::Set(set) => Ok(set.contains(contact)),
            Self::Lazy(word) => word.may_contain(contact),
        }
    }
}

/// What need not be proposed.
#[derive(Debug)]
struct FilterState<'a> {
    /// Keys that are hidden from this text.
    dedup_text: String,
    /// Whoever is not among all of these.
    filters: &'a [CandidateFilter<'a>],
    /// Contacts that were left out since that was last asked.
    skipped: usize,
}

impl FilterState<'_> {
    fn accepts(&self, contact: i64) -> Result<bool> {
        for among in self.filters {
            if !among.may_contain(contact)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Contacts that one step may leave out. Whoever comes then is proposed all the same: how much is gone through has a bound, and a place.
const MAX_SKIPPED_PER_STEP: usize = if cfg!(test) { 3 } else { 4_096 };

/// One shelf of one scope, and the next live key of it.
#[derive(Debug)]
struct SubIterator<'a> {
    index: IndexReader<'a>,
    key_prefix: [u8; KEY_PREFIX_LEN],
    /// The beginnings still to come, in order; taken from the end that the direction says.
    prefixes: &'a [String],
    direction: Direction,
    merge: Option<MergeIterator<'a>>,
    current: Option<(Vec<u8>, i64)>,
}

/// Beginnings from which on it pays to look which of them the index has at all.
const PREFIX_SKIP_THRESHOLD: usize = 4;

impl<'a> SubIterator<'a> {
    /// The next beginning.
    fn peek_prefix(&self) -> Option<&'a String> {
        match self.direction {
            Direction::Forward => self.prefixes.first(),
            Direction::Backward => self.prefixes.last(),
        }
    }

    fn pop_prefix(&mut self) -> Option<&'a String> {
        let taken = match self.direction {
            Direction::Forward => self.prefixes.split_first(),
            Direction::Backward => self.prefixes.split_last(),
        };
        let (next, rest) = taken?;
        self.prefixes = rest;
        Some(next)
    }

    fn advance(&mut self, sift: &mut FilterState<'_>) -> Result<()> {
        self.current = None;
        let mut room = MAX_SKIPPED_PER_STEP;
        loop {
            while let Some(merged) = &mut self.merge {
                let Some(posting) = merged.advance()? else {
                    self.merge = None;
                    break;
                };
                if room > 0 && !sift.accepts(posting.contact)? {
                    room = room.saturating_sub(1);
                    sift.skipped = sift.skipped.saturating_add(1);
                    continue;
                }
                let text = merged.key().get(KEY_PREFIX_LEN..).unwrap_or_default();
                let plain = sift.dedup_text.as_bytes();
                let hidden = usize::from(posting.dedup_prefix_len) > plain.len() && text.starts_with(plain);
                if posting.live && !hidden {
                    self.current = Some((text.to_vec(), posting.contact));
                    return Ok(());
                }
            }
            if self.prefixes.len() >= PREFIX_SKIP_THRESHOLD {
                self.skip_absent_prefixes()?;
            }
            let Some(prefix) = self.pop_prefix() else { return Ok(()) };
            self.open_prefix(prefix, None)?;
        }
    }

    fn open_prefix(&mut self, prefix: &str, from: Option<&(Vec<u8>, i64)>) -> Result<()> {
        let IndexReader { state: view, .. } = self.index;
        let span = KeyRange::with_prefix([&self.key_prefix[..], prefix.as_bytes()].concat());
        let source = self.index.block_source();
        self.merge = Some(MergeIterator::new(source, view, &view.segments, span, from, self.direction)?);
        Ok(())
    }

    /// Drops the beginnings for which the index has nothing before the next key it has for any of them.
    fn skip_absent_prefixes(&mut self) -> Result<()> {
        let (Some(least), Some(greatest)) = (self.prefixes.first(), self.prefixes.last()) else {
            return Ok(());
        };
        let key = |text: &str| [&self.key_prefix[..], text.as_bytes()].concat();
        let span = KeyRange { low: key(least), high: KeyRange::with_prefix(key(greatest)).high };
        let IndexReader { state: view, .. } = self.index;
        let mut merged =
            MergeIterator::new(self.index.block_source(), view, &view.segments, span, None, self.direction)?;
        if merged.advance()?.is_none() {
            self.prefixes = &[];
            return Ok(());
        }
        let reached = merged.key().get(KEY_PREFIX_LEN..).unwrap_or_default();
        let holds = |prefix: &String| reached.starts_with(prefix.as_bytes());
        self.prefixes = match self.direction {
            Direction::Forward => {
                let from =
                    self.prefixes.partition_point(|prefix| prefix.as_bytes() < reached && !holds(prefix));
                self.prefixes.get(from..)
            }
            Direction::Backward => {
                let to = self.prefixes.partition_point(|prefix| prefix.as_bytes() <= reached);
                self.prefixes.get(..to)
            }
        }
        .unwrap_or_default();
        Ok(())
    }
}

impl<'a> CandidateStream<'a> {
    /// Candidates of a stage in `scopes`, beyond `from`, which must be of the same stage. `plain` is the query as it is
    /// looked for in the better stages; who is not among all of `among` is proposed now and then only.
    pub(crate) fn new(
        index: IndexReader<'a>,
        scopes: &[Scope],
        (stage, reach): (u8, &'a PrefixRanges),
        (plain, among): (&str, &'a [CandidateFilter<'a>]),
        from: Option<&Candidate>,
        direction: Direction,
    ) -> Result<Self> {
        let sift = FilterState { dedup_text: plain.to_owned(), filters: among, skipped: 0 };
        let mut stream = Self { stage, direction, filter: sift, sub_iterators: Vec::new() };
        for scope in scopes {
            for (shelf, prefixes) in reach {
                let head = IndexKey::key_prefix(*scope, *shelf);
                let mut any = false;
                if index.may_have_prefix(head, "")? {
                    for prefix in prefixes {
                        any = any || index.may_have_prefix(head, prefix)?;
                    }
                }
                if !any {
                    continue;
                }
                let mut lane =
                    SubIterator { index, key_prefix: head, prefixes, direction, merge: None, current: None };
                if let Some(from) = from {
                    lane.seek(from)?;
                }
                lane.advance(&mut stream.filter)?;
                if lane.current.is_some() {
                    stream.sub_iterators.push(lane);
                }
            }
        }
        Ok(stream)
    }

    /// How many contacts were left out since this was asked, because they are not wanted.
    pub(crate) fn take_skipped(&mut self) -> usize {
        std::mem::take(&mut self.filter.skipped)
    }

    /// Whether a candidate is one of those who are wanted.
    pub(crate) fn accepts(&self, candidate: &Candidate) -> Result<bool> {
        self.filter.accepts(candidate.contact)
    }

    /// The next candidate.
    pub(crate) fn next(&mut self) -> Result<Option<Candidate>> {
        let heads =
            self.sub_iterators.iter().enumerate().filter_map(|(at, lane)| Some((lane.current.as_ref()?, at)));
        let best = match self.direction {
            Direction::Forward => heads.min_by_key(|(head, _)| *head),
            Direction::Backward => heads.max_by_key(|(head, _)| *head),
        };
        let best = best.map(|(_, at)| at);
        let Some(best) = best.and_then(|at| self.sub_iterators.get_mut(at)?.current.take()) else {
            return Ok(None);
        };
        // A contact that two of the lanes hold under the same text is proposed once.
        let same = |lane: &&mut SubIterator<'_>| lane.current.as_ref().is_none_or(|here| *here == best);
        for lane in self.sub_iterators.iter_mut().filter(same) {
            lane.advance(&mut self.filter)?;
        }
        self.sub_iterators.retain(|lane| lane.current.is_some());
        let (text, contact) = best;
        let text = String::from_utf8(text).map_err(|source| Error::Damaged {
            what: "a key of the search index",
            source: Some(Box::new(source)),
        })?;
        Ok(Some(Candidate { stage: self.stage, text, contact }))
    }
}

impl SubIterator<'_> {
    /// Leaves out what lies before a place, and opens the beginning that holds it.
    fn seek(&mut self, from: &Candidate) -> Result<()> {
        while let Some(next) = self.peek_prefix() {
            let holds = from.text.starts_with(next.as_str());
            let passed = match self.direction {
                Direction::Forward => from.text > *next,
                Direction::Backward => from.text < *next,
            };
            if !holds && !passed {
                break;
            }
            self.pop_prefix();
            if holds {
                let key = [&self.key_prefix[..], from.text.as_bytes()].concat();
                return self.open_prefix(next, Some(&(key, from.contact)));
            }
        }
        Ok(())
    }
}
