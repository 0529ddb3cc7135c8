//! What the index proposes for one stage of a query: the keys of some scopes, in the order of hits.

use crate::db::{IdSet, Read, Scope};
use crate::error::{Error, Result};
use crate::index::key::{HEAD, Key, Shelf};
use crate::index::read::lazy_doc_set::WordSet;
use crate::index::read::merge_iterator::{Direction, Merged, Source, Span};
use crate::index::segment::block_cache::PartCache;
use crate::index::segment::memtable::View;

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
pub(crate) struct Index<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: &'a PartCache,
    pub(crate) view: &'a View,
}

impl<'a> Index<'a> {
    pub(crate) fn source(&self) -> Source<'a> {
        Source { db: self.db, cache: Some(self.cache) }
    }

    /// Whether there may be a key of a list and shelf, and of a text that begins as another one does.
    pub(crate) fn has_any(&self, head: [u8; HEAD], text: &str) -> Result<bool> {
        self.view.has_any((head, text.bytes().next()), |start| {
            let span = Span::of(start.to_vec());
            let (source, view) = (self.source(), self.view);
            let mut all = Merged::new(source, view, &view.segments, span, None, Direction::Forward)?;
            Ok(all.advance()?.is_some())
        })
    }
}

/// What a stage looks for: shelves, each with the beginnings of texts in order, none inside another.
pub(crate) type Reach = Vec<(Shelf, Vec<String>)>;

/// Everything that some scopes have for a stage: text, contact.
#[derive(Debug)]
pub(crate) struct Stream<'a> {
    stage: u8,
    direction: Direction,
    sift: Sift<'a>,
    lanes: Vec<Lane<'a>>,
}

/// Whom candidates are wanted of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Among<'a> {
    Set(&'a IdSet),
    Word(&'a WordSet<'a>),
}

impl Among<'_> {
    /// Whether a contact may be wanted.
    pub(crate) fn has(self, contact: i64) -> Result<bool> {
        match self {
            Self::Set(set) => Ok(set.contains(contact)),
            Self::Word(word) => word.may_have(contact),
        }
    }
}

/// What need not be proposed.
#[derive(Debug)]
struct Sift<'a> {
    /// Keys that are hidden from this text.
    plain: String,
    /// Whoever is not among all of these.
    among: &'a [Among<'a>],
    /// Contacts that were left out since that was last asked.
    passed: usize,
}

impl Sift<'_> {
    fn wants(&self, contact: i64) -> Result<bool> {
        for among in self.among {
            if !among.has(contact)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Contacts that one step may leave out. Whoever comes then is proposed all the same: how much is gone through has a bound, and a place.
const IN_VAIN: usize = if cfg!(test) { 3 } else { 4_096 };

/// One shelf of one scope, and the next live key of it.
#[derive(Debug)]
struct Lane<'a> {
    index: Index<'a>,
    head: [u8; HEAD],
    /// The beginnings still to come, in order; taken from the end that the direction says.
    prefixes: &'a [String],
    direction: Direction,
    merged: Option<Merged<'a>>,
    here: Option<(Vec<u8>, i64)>,
}

/// Beginnings from which on it pays to look which of them the index has at all.
const MANY: usize = 4;

impl<'a> Lane<'a> {
    /// The next beginning.
    fn peek(&self) -> Option<&'a String> {
        match self.direction {
            Direction::Forward => self.prefixes.first(),
            Direction::Backward => self.prefixes.last(),
        }
    }

    fn pop(&mut self) -> Option<&'a String> {
        let taken = match self.direction {
            Direction::Forward => self.prefixes.split_first(),
            Direction::Backward => self.prefixes.split_last(),
        };
        let (next, rest) = taken?;
        self.prefixes = rest;
        Some(next)
    }

    fn advance(&mut self, sift: &mut Sift<'_>) -> Result<()> {
        self.here = None;
        let mut room = IN_VAIN;
        loop {
            while let Some(merged) = &mut self.merged {
                let Some(posting) = merged.advance()? else {
                    self.merged = None;
                    break;
                };
                if room > 0 && !sift.wants(posting.contact)? {
                    room = room.saturating_sub(1);
                    sift.passed = sift.passed.saturating_add(1);
                    continue;
                }
                let text = merged.text().get(HEAD..).unwrap_or_default();
                let plain = sift.plain.as_bytes();
                let hidden = usize::from(posting.hidden) > plain.len() && text.starts_with(plain);
                if posting.live && !hidden {
                    self.here = Some((text.to_vec(), posting.contact));
                    return Ok(());
                }
            }
            if self.prefixes.len() >= MANY {
                self.skip()?;
            }
            let Some(prefix) = self.pop() else { return Ok(()) };
            self.open(prefix, None)?;
        }
    }

    fn open(&mut self, prefix: &str, from: Option<&(Vec<u8>, i64)>) -> Result<()> {
        let Index { view, .. } = self.index;
        let span = Span::of([&self.head[..], prefix.as_bytes()].concat());
        let source = self.index.source();
        self.merged = Some(Merged::new(source, view, &view.segments, span, from, self.direction)?);
        Ok(())
    }

    /// Drops the beginnings for which the index has nothing before the next key it has for any of them.
    fn skip(&mut self) -> Result<()> {
        let (Some(least), Some(greatest)) = (self.prefixes.first(), self.prefixes.last()) else {
            return Ok(());
        };
        let key = |text: &str| [&self.head[..], text.as_bytes()].concat();
        let span = Span { low: key(least), high: Span::of(key(greatest)).high };
        let Index { view, .. } = self.index;
        let mut merged = Merged::new(self.index.source(), view, &view.segments, span, None, self.direction)?;
        if merged.advance()?.is_none() {
            self.prefixes = &[];
            return Ok(());
        }
        let reached = merged.text().get(HEAD..).unwrap_or_default();
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

impl<'a> Stream<'a> {
    /// Candidates of a stage in `scopes`, beyond `from`, which must be of the same stage. `plain` is the query as it is
    /// looked for in the better stages; who is not among all of `among` is proposed now and then only.
    pub(crate) fn new(
        index: Index<'a>,
        scopes: &[Scope],
        (stage, reach): (u8, &'a Reach),
        (plain, among): (&str, &'a [Among<'a>]),
        from: Option<&Candidate>,
        direction: Direction,
    ) -> Result<Self> {
        let sift = Sift { plain: plain.to_owned(), among, passed: 0 };
        let mut stream = Self { stage, direction, sift, lanes: Vec::new() };
        for scope in scopes {
            for (shelf, prefixes) in reach {
                let head = Key::head(*scope, *shelf);
                let mut any = false;
                if index.has_any(head, "")? {
                    for prefix in prefixes {
                        any = any || index.has_any(head, prefix)?;
                    }
                }
                if !any {
                    continue;
                }
                let mut lane = Lane { index, head, prefixes, direction, merged: None, here: None };
                if let Some(from) = from {
                    lane.start_from(from)?;
                }
                lane.advance(&mut stream.sift)?;
                if lane.here.is_some() {
                    stream.lanes.push(lane);
                }
            }
        }
        Ok(stream)
    }

    /// How many contacts were left out since this was asked, because they are not wanted.
    pub(crate) fn passed(&mut self) -> usize {
        std::mem::take(&mut self.sift.passed)
    }

    /// Whether a candidate is one of those who are wanted.
    pub(crate) fn wants(&self, candidate: &Candidate) -> Result<bool> {
        self.sift.wants(candidate.contact)
    }

    /// The next candidate.
    pub(crate) fn next(&mut self) -> Result<Option<Candidate>> {
        let heads = self.lanes.iter().enumerate().filter_map(|(at, lane)| Some((lane.here.as_ref()?, at)));
        let best = match self.direction {
            Direction::Forward => heads.min_by_key(|(head, _)| *head),
            Direction::Backward => heads.max_by_key(|(head, _)| *head),
        };
        let best = best.map(|(_, at)| at);
        let Some(best) = best.and_then(|at| self.lanes.get_mut(at)?.here.take()) else { return Ok(None) };
        // A contact that two of the lanes hold under the same text is proposed once.
        let same = |lane: &&mut Lane<'_>| lane.here.as_ref().is_none_or(|here| *here == best);
        for lane in self.lanes.iter_mut().filter(same) {
            lane.advance(&mut self.sift)?;
        }
        self.lanes.retain(|lane| lane.here.is_some());
        let (text, contact) = best;
        let text = String::from_utf8(text).map_err(|source| Error::Damaged {
            what: "a key of the search index",
            source: Some(Box::new(source)),
        })?;
        Ok(Some(Candidate { stage: self.stage, text, contact }))
    }
}

impl Lane<'_> {
    /// Leaves out what lies before a place, and opens the beginning that holds it.
    fn start_from(&mut self, from: &Candidate) -> Result<()> {
        while let Some(next) = self.peek() {
            let holds = from.text.starts_with(next.as_str());
            let passed = match self.direction {
                Direction::Forward => from.text > *next,
                Direction::Backward => from.text < *next,
            };
            if !holds && !passed {
                break;
            }
            self.pop();
            if holds {
                let key = [&self.head[..], from.text.as_bytes()].concat();
                return self.open(next, Some(&(key, from.contact)));
            }
        }
        Ok(())
    }
}
