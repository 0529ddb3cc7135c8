//! The candidates of one stage of a query: the keys of several scopes, in the order of hits.

use crate::db::{Bitmap, Scope};
use crate::error::{Error, Result};
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN};
use crate::index::key_range::{Direction, KeyRange, PrefixRanges, TermPart};
use crate::index::read::index_reader::IndexReader;
use crate::index::read::lazy_doc_set::LazyDocSet;
use crate::index::read::merge_iterator::MergeIterator;

/// A contact that may be a hit, and its position in the order of hits: stage, term, contact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    /// The number of the stage that found it.
    pub(crate) stage: u8,
    /// The term that found it.
    pub(crate) text: String,
    pub(crate) contact: i64,
}

/// The candidates of a stage in some scopes, by term and contact.
#[derive(Debug)]
pub(crate) struct CandidateStream<'a> {
    stage: u8,
    direction: Direction,
    filter: FilterState<'a>,
    sub_iterators: Vec<SubIterator<'a>>,
}

/// The contacts that candidates are restricted to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CandidateFilter<'a> {
    Set(&'a Bitmap),
    Lazy(&'a LazyDocSet<'a>),
}

impl CandidateFilter<'_> {
    /// Whether the set may contain a contact.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a block cannot be read.
    pub(crate) fn may_contain(self, contact: i64) -> Result<bool> {
        match self {
            Self::Set(set) => Ok(set.contains(contact)),
            Self::Lazy(set) => set.may_contain(contact),
        }
    }
}

/// What a stream skips.
#[derive(Debug)]
struct FilterState<'a> {
    /// Better stages look for this text. A posting is skipped if they find its contact.
    dedup_text: String,
    /// A contact must be in all of these.
    filters: &'a [CandidateFilter<'a>],
    /// Contacts skipped by `filters` since the last [`CandidateStream::take_skipped`].
    skipped: usize,
}

impl FilterState<'_> {
    fn accepts(&self, contact: i64) -> Result<bool> {
        for filter in self.filters {
            if !filter.may_contain(contact)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The keys of one term field in one scope, at the next live posting.
#[derive(Debug)]
struct SubIterator<'a> {
    index: IndexReader<'a>,
    key_prefix: [u8; KEY_PREFIX_LEN],
    /// The prefixes not yet opened, sorted; the next one is at the end that the direction says.
    prefixes: &'a [String],
    part: TermPart,
    direction: Direction,
    merge: Option<MergeIterator<'a>>,
    /// Term and contact.
    current: Option<(Vec<u8>, i64)>,
}

/// Number of prefixes from which on it is cheaper to check first which of them have keys.
const PREFIX_SKIP_THRESHOLD: usize = 4;

impl<'a> SubIterator<'a> {
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

    /// Moves to the next live posting that `filter` does not skip. After `max_skipped_per_step` skipped contacts it stops at the
    /// next posting anyway: so a call does bounded work, and a cursor can continue after it.
    fn advance(&mut self, filter: &mut FilterState<'_>) -> Result<()> {
        self.current = None;
        let mut skips_left = self.index.tuning().max_skipped_per_step;
        loop {
            while let Some(merge) = &mut self.merge {
                let Some(posting) = merge.advance()? else {
                    self.merge = None;
                    break;
                };
                if skips_left > 0 && !filter.accepts(posting.contact)? {
                    skips_left = skips_left.saturating_sub(1);
                    filter.skipped = filter.skipped.saturating_add(1);
                    continue;
                }
                let term = merge.key().get(KEY_PREFIX_LEN..).unwrap_or_default();
                let dedup_text = filter.dedup_text.as_bytes();
                let is_duplicate =
                    usize::from(posting.dedup_prefix_len) > dedup_text.len() && term.starts_with(dedup_text);
                if posting.live && !is_duplicate {
                    self.current = Some((term.to_vec(), posting.contact));
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
        let range = self.part.range([&self.key_prefix[..], prefix.as_bytes()].concat());
        self.merge = Some(self.index.merge(range, from, self.direction)?);
        Ok(())
    }

    /// Drops the prefixes before the next key that starts with any of them.
    fn skip_absent_prefixes(&mut self) -> Result<()> {
        let (Some(least), Some(greatest)) = (self.prefixes.first(), self.prefixes.last()) else {
            return Ok(());
        };
        let key = |term: &str| [&self.key_prefix[..], term.as_bytes()].concat();
        let range = KeyRange { low: key(least), high: KeyRange::with_prefix(key(greatest)).high };
        let mut merge = self.index.merge(range, None, self.direction)?;
        if merge.advance()?.is_none() {
            self.prefixes = &[];
            return Ok(());
        }
        let found = merge.key().get(KEY_PREFIX_LEN..).unwrap_or_default();
        let is_prefix = |prefix: &String| found.starts_with(prefix.as_bytes());
        self.prefixes = match self.direction {
            Direction::Forward => {
                let from =
                    self.prefixes.partition_point(|prefix| prefix.as_bytes() < found && !is_prefix(prefix));
                self.prefixes.get(from..)
            }
            Direction::Backward => {
                let to = self.prefixes.partition_point(|prefix| prefix.as_bytes() <= found);
                self.prefixes.get(..to)
            }
        }
        .unwrap_or_default();
        Ok(())
    }

    /// Drops the prefixes before `from`, and opens the one that `from` starts with.
    fn seek(&mut self, from: &Candidate) -> Result<()> {
        while let Some(next) = self.peek_prefix() {
            let is_prefix = from.text.starts_with(next.as_str());
            let is_passed = match self.direction {
                Direction::Forward => from.text > *next,
                Direction::Backward => from.text < *next,
            };
            if !is_prefix && !is_passed {
                break;
            }
            self.pop_prefix();
            if is_prefix {
                let key = [&self.key_prefix[..], from.text.as_bytes()].concat();
                return self.open_prefix(next, Some(&(key, from.contact)));
            }
        }
        Ok(())
    }
}

impl<'a> CandidateStream<'a> {
    /// The candidates of a stage in `scopes`, strictly beyond `from`, which must be of the same stage. `dedup_text` is what the
    /// better stages look for. `filters` reject most contacts that are not in all of them.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a block cannot be read.
    pub(crate) fn new(
        index: IndexReader<'a>,
        scopes: &[Scope],
        (stage, part, ranges): (u8, TermPart, &'a PrefixRanges),
        (dedup_text, filters): (&str, &'a [CandidateFilter<'a>]),
        from: Option<&Candidate>,
        direction: Direction,
    ) -> Result<Self> {
        let filter = FilterState { dedup_text: dedup_text.to_owned(), filters, skipped: 0 };
        let mut stream = Self { stage, direction, filter, sub_iterators: Vec::new() };
        for scope in scopes {
            for (field, prefixes) in ranges {
                let key_prefix = IndexKey::key_prefix(*scope, *field);
                let mut any = false;
                if index.may_have_prefix(key_prefix, "")? {
                    for prefix in prefixes {
                        any = any || index.may_have_prefix(key_prefix, prefix)?;
                    }
                }
                if !any {
                    continue;
                }
                let mut sub =
                    SubIterator { index, key_prefix, prefixes, part, direction, merge: None, current: None };
                if let Some(from) = from {
                    sub.seek(from)?;
                }
                sub.advance(&mut stream.filter)?;
                if sub.current.is_some() {
                    stream.sub_iterators.push(sub);
                }
            }
        }
        Ok(stream)
    }

    /// The number of contacts that the filters rejected since the last call.
    pub(crate) fn take_skipped(&mut self) -> usize {
        std::mem::take(&mut self.filter.skipped)
    }

    /// Whether the filters accept a candidate. Some that they reject are returned too, see
    /// [`IndexTuning::max_skipped_per_step`](crate::host::tuning::IndexTuning::max_skipped_per_step).
    ///
    /// # Errors
    /// [`Error::Damaged`] if a block cannot be read.
    pub(crate) fn accepts(&self, candidate: &Candidate) -> Result<bool> {
        self.filter.accepts(candidate.contact)
    }

    /// The next candidate.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a block cannot be read.
    pub(crate) fn next(&mut self) -> Result<Option<Candidate>> {
        let heads =
            self.sub_iterators.iter().enumerate().filter_map(|(at, sub)| Some((sub.current.as_ref()?, at)));
        let best = match self.direction {
            Direction::Forward => heads.min_by_key(|(head, _)| *head),
            Direction::Backward => heads.max_by_key(|(head, _)| *head),
        };
        let best = best.map(|(_, at)| at);
        let Some(best) = best.and_then(|at| self.sub_iterators.get_mut(at)?.current.take()) else {
            return Ok(None);
        };
        // If several sub-iterators are at this term and contact, the candidate is returned once.
        let is_consumed =
            |sub: &&mut SubIterator<'_>| sub.current.as_ref().is_none_or(|other| *other == best);
        for sub in self.sub_iterators.iter_mut().filter(is_consumed) {
            sub.advance(&mut self.filter)?;
        }
        self.sub_iterators.retain(|sub| sub.current.is_some());
        let (term, contact) = best;
        let text = String::from_utf8(term).map_err(|source| Error::Damaged {
            what: "a key of the search index",
            source: Some(Box::new(source)),
        })?;
        Ok(Some(Candidate { stage: self.stage, text, contact }))
    }
}
