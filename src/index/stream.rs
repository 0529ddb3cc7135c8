//! What the index proposes for a prefix: the keys of some scopes in the order of hits.

use super::cache::PartCache;
use super::key::{Candidate, Class, HEAD, Key};
use super::merged::{Direction, Merged, Source};
use super::view::View;
use crate::db::{Read, Scope};
use crate::error::{Error, Result};

/// Everything that some scopes have for a prefix, in the order of hits: class, text, contact.
#[derive(Debug)]
pub(crate) struct Stream<'a> {
    source: Source<'a>,
    view: &'a View,
    scopes: Vec<Scope>,
    prefix: String,
    direction: Direction,
    /// The classes still to come, the next one last.
    classes: Vec<Class>,
    class: Option<Class>,
    lanes: Vec<Lane<'a>>,
}

/// One scope's keys of the class at hand, and the next live one of them.
#[derive(Debug)]
struct Lane<'a> {
    merged: Merged<'a>,
    here: Option<(Vec<u8>, i64)>,
}

impl Lane<'_> {
    fn advance(&mut self) -> Result<()> {
        self.here = loop {
            match self.merged.advance()? {
                None => break None,
                Some(posting) if !posting.live => {}
                Some(posting) => {
                    let text = self.merged.text().get(HEAD..).unwrap_or_default().to_vec();
                    break Some((text, posting.contact));
                }
            }
        };
        Ok(())
    }
}

impl<'a> Stream<'a> {
    /// Candidates in `scopes` and `classes` (best first) whose text starts with `prefix`, after or before `from`.
    pub(crate) fn new(
        (db, cache, view): (&'a Read<'a>, &'a PartCache, &'a View),
        scopes: Vec<Scope>,
        classes: &[Class],
        prefix: &str,
        from: Option<&Candidate>,
        direction: Direction,
    ) -> Result<Self> {
        let source = Source { db, cache: Some(cache) };
        let beyond = |class: &Class| match (from, direction) {
            (None, _) => true,
            (Some(from), Direction::Forward) => *class >= from.class,
            (Some(from), Direction::Backward) => *class <= from.class,
        };
        let mut classes: Vec<Class> = classes.iter().copied().filter(beyond).collect();
        if direction == Direction::Forward {
            classes.reverse();
        }
        let prefix = prefix.to_owned();
        let mut stream =
            Self { source, view, scopes, prefix, direction, classes, class: None, lanes: Vec::new() };
        stream.open(from)?;
        Ok(stream)
    }

    /// Opens the next class.
    fn open(&mut self, from: Option<&Candidate>) -> Result<()> {
        self.lanes.clear();
        self.class = self.classes.pop();
        let Some(class) = self.class else { return Ok(()) };
        for scope in &self.scopes {
            let key = |text: &str| [&Key::head(*scope, class)[..], text.as_bytes()].concat();
            let from = from.filter(|from| from.class == class).map(|from| (key(&from.text), from.contact));
            let segments = &self.view.segments;
            let merged = Merged::new(
                self.source,
                self.view,
                segments,
                key(&self.prefix),
                from.as_ref(),
                self.direction,
            )?;
            let mut lane = Lane { merged, here: None };
            lane.advance()?;
            if lane.here.is_some() {
                self.lanes.push(lane);
            }
        }
        Ok(())
    }

    /// The next candidate.
    pub(crate) fn next(&mut self) -> Result<Option<Candidate>> {
        loop {
            let Some(class) = self.class else { return Ok(None) };
            let heads =
                self.lanes.iter().enumerate().filter_map(|(at, lane)| Some((lane.here.as_ref()?, at)));
            let best = match self.direction {
                Direction::Forward => heads.min_by_key(|(head, _)| *head),
                Direction::Backward => heads.max_by_key(|(head, _)| *head),
            };
            let best = best.map(|(_, at)| at);
            let Some(best) = best.and_then(|at| self.lanes.get_mut(at)?.here.take()) else {
                self.open(None)?;
                continue;
            };
            // A contact that two of the scopes hold is proposed once.
            for lane in
                self.lanes.iter_mut().filter(|lane| lane.here.as_ref().is_none_or(|here| *here == best))
            {
                lane.advance()?;
            }
            self.lanes.retain(|lane| lane.here.is_some());
            let (text, contact) = best;
            let text = String::from_utf8(text).map_err(|source| Error::Damaged {
                what: "a key of the search index",
                source: Some(Box::new(source)),
            })?;
            return Ok(Some(Candidate { class, text, contact }));
        }
    }
}
