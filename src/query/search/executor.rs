//! One search in one snapshot: the index proposes, the row disposes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::metadata::Gap;
use crate::db::{IdSet, Scope};
use crate::engine::Snapshot;
use crate::error::{Error, Result};
use crate::index::{
    Among, Candidate, Class, Direction, Fit, Index, NEVER, Query, Reach, Shelf, Stage, Stream, WORDS,
    WordSet, collect, near,
};
use crate::query::filter::Sieve;
use crate::query::search::hits::{Found, Hits, Work};
use crate::query::search::own_contacts::{Members, Own};
use crate::query::search::ranked_candidates::{COMMON, beyond, common};
use crate::query::{Cursor, Read as PageRead, cut};

/// Rows that one call may read in vain before it asks for a narrower query.
const ROWS: usize = if cfg!(test) { 64 } else { 2_000 };

/// Candidates that one call may look at without reading their rows.
const CANDIDATES: usize = if cfg!(test) { 256 } else { 200_000 };

/// One search in one snapshot.
pub(crate) struct Run<'a, 'c> {
    pub(crate) session: &'a Session,
    pub(crate) snapshot: &'a Snapshot<'c>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) query: &'a Query,
    pub(crate) sieve: Option<Sieve>,
    /// All candidates, in order, where a condition leaves few, or the index has turned out to be damaged.
    pub(crate) listed: Option<Vec<Candidate>>,
    /// Contacts outside of this set meet some condition not.
    pub(crate) only: Option<IdSet>,
    /// The contacts without search keys of the walk.
    pub(crate) unkeyed: Gap,
    /// Whose lists are searched, if they are an advisor's.
    pub(crate) members: Members,
    /// Rows that were read to find out where their contacts stand, by local id.
    pub(crate) known: RefCell<HashMap<i64, Stored>>,
    /// The beginnings that the index has near a word, by word and letters mistyped.
    near: RefCell<HashMap<(String, u8), Vec<String>>>,
    pub(crate) work: Work,
}

impl<'a, 'c> Run<'a, 'c> {
    pub(crate) fn new(
        session: &'a Session,
        snapshot: &'a Snapshot<'c>,
        scopes: Vec<Scope>,
        query: &'a Query,
        sieve: Option<Sieve>,
    ) -> Result<Self> {
        Ok(Self {
            members: Members::of(&snapshot.db, &scopes)?,
            session,
            snapshot,
            scopes,
            query,
            sieve,
            listed: None,
            only: None,
            unkeyed: Gap::default(),
            known: RefCell::default(),
            near: RefCell::default(),
            work: Work::new(ROWS, CANDIDATES),
        })
    }

    pub(crate) fn index(&self) -> Index<'a> {
        let snapshot = self.snapshot;
        Index { db: &snapshot.db, cache: &self.session.inner.cache, view: &*snapshot.view }
    }

    /// One page; `seal` makes a cursor of a place.
    pub(crate) fn page(
        &mut self,
        from: Option<&Candidate>,
        back: bool,
        limit: usize,
        seal: impl Fn(&Candidate, bool) -> Cursor,
    ) -> Result<PageRead<Found>> {
        if self.listed.is_none() {
            self.narrow()?;
        }
        let direction = if back { Direction::Backward } else { Direction::Forward };
        let (mut hits, stopped) = self.read(from, direction, limit)?;
        let more = cut(&mut hits.found, limit) || hits.more;
        let items = hits.found;
        let behind = match (from, items.first()) {
            (Some(_), Some(first)) => {
                let (other, stopped) = self.read(Some(&first.candidate), direction.turned(), 0)?;
                // Whoever was on the page before may be gone; without a closer look there is somebody.
                stopped.is_some() || other.is_over()
            }
            (Some(_), None) => stopped.is_some(),
            (None, _) => false,
        };
        let stopped = stopped.map(|candidate| seal(&candidate, back));
        Ok(PageRead { items, more, back, behind, stopped })
    }

    pub(crate) fn list_all(&mut self) -> Result<()> {
        self.listed = Some(self.scan()?);
        Ok(())
    }

    /// A page of hits from a place on, by the index; by the rows if that is damaged. And where the reading stopped, if
    /// there was too much to read.
    fn read(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        limit: usize,
    ) -> Result<(Hits, Option<Candidate>)> {
        self.work = Work::new(ROWS.max(limit.saturating_add(1).saturating_mul(4)), CANDIDATES);
        if self.listed.is_none() {
            match self.read_index(from, direction, limit) {
                Err(Error::Damaged { .. }) => self.list_all()?,
                done => return done,
            }
        }
        let listed = self.listed.take().unwrap_or_default();
        let mut rest = beyond(&listed, from, direction);
        let mut hits = Hits::new(limit);
        self.work = Work::new(usize::MAX, usize::MAX);
        let done = self.hits(&mut hits, || Ok(rest.next()));
        self.listed = Some(listed);
        done.map(|_| (hits, None))
    }

    fn read_index(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        limit: usize,
    ) -> Result<(Hits, Option<Candidate>)> {
        let mut stages: Vec<_> = self
            .stages()
            .filter(|(number, _)| match (from, direction) {
                (None, _) => true,
                (Some(from), Direction::Forward) => *number >= from.stage,
                (Some(from), Direction::Backward) => *number <= from.stage,
            })
            .collect();
        if direction == Direction::Backward {
            stages.reverse();
        }
        let mut hits = Hits::new(limit);
        for (number, stage) in stages {
            if self.work.rows == 0 || self.work.candidates == 0 {
                return Ok((hits, self.work.last.take()));
            }
            let from = from.filter(|from| from.stage == number);
            let stopped = match stage {
                Some(stage) => self.read_stage((number, stage), from, direction, &mut hits)?,
                None => self.read_unkeyed(from, direction, &mut hits)?,
            };
            if stopped || hits.is_over() {
                return Ok((hits, self.work.last.take().filter(|_| stopped)));
            }
        }
        Ok((hits, None))
    }

    /// Reads one stage; true if there was too much to read.
    fn read_stage(
        &mut self,
        (number, stage): (u8, &Stage),
        from: Option<&Candidate>,
        direction: Direction,
        hits: &mut Hits,
    ) -> Result<bool> {
        let typos = self.typos(stage)?;
        let reach = typos.as_ref().unwrap_or(self.query.reach(stage));
        let (few, words) = self.words(stage)?;
        let (mut sets, mut walk) = (Vec::from_iter(few.map(Arc::new)), None);
        let wide = self.members.is_some() && !stage.is_of_names();
        if wide {
            match self.own(stage, reach)? {
                Own::Places(places) => {
                    let places: Vec<_> = places.into_iter().filter(|place| place.stage == number).collect();
                    let mut rest = beyond(&places, from, direction);
                    return self.hits(hits, || Ok(rest.next()));
                }
                Own::Soon(found) if sets.is_empty() => walk = Some(found),
                Own::Soon(found) | Own::Among(found) => sets.push(found),
            }
        }
        if let Some(common) = common(&sets) {
            let mut places = self.places(&common, |place| place == number)?;
            places.sort_unstable();
            let mut rest = beyond(&places, from, direction);
            return self.hits(hits, || Ok(rest.next()));
        }
        let (index, plain) = (self.index(), self.query.plain(stage));
        let scopes = if wide { &self.members.wide } else { &self.scopes };
        let only = self.only.take();
        let known = sets.iter().chain(&walk).map(Arc::as_ref).chain(&only).map(Among::Set);
        let among: Vec<Among<'_>> = known.chain(words.iter().map(Among::Word)).collect();
        let mut stream = Stream::new(index, scopes, (number, reach), (plain, &among), from, direction)?;
        let mut left = self.work.candidates;
        // The last one looked at in vain since one was handed on.
        let (mut passed, mut too_many) = (None, false);
        let (query, unkeyed) = (self.query, self.unkeyed);
        let next = || {
            while let Some(candidate) = stream.next()? {
                too_many = left == 0;
                if too_many {
                    return Ok(None);
                }
                left = left.saturating_sub(stream.passed().saturating_add(1));
                if stream.wants(&candidate)?
                    && !unkeyed.has(candidate.contact)
                    && query.may_be(stage, &candidate.text)
                {
                    passed = None;
                    return Ok(Some(candidate));
                }
                passed = Some(candidate);
            }
            Ok(None)
        };
        let stopped = if number == 0 && self.is_bare() && query.is_hidden_exactly() {
            self.sure_hits(hits, next)
        } else {
            self.hits(hits, next)
        };
        self.only = only;
        self.work.candidates = left;
        self.work.last = passed.or(self.work.last.take());
        Ok(stopped? || too_many)
    }

    /// For a stage of mistyped words: where the index has such words.
    fn typos(&self, stage: &Stage) -> Result<Option<Reach>> {
        if stage.class != Class::Typo {
            return Ok(None);
        }
        let (word, most) = self.query.mistyped(stage);
        let prefixes = self.near(word, most)?;
        Ok(Some(WORDS.map(|shelf| (shelf, prefixes.clone())).to_vec()))
    }

    /// The beginnings that the index has near a word of the query. A page may ask for them several times: for the order of its
    /// hits, for what they have in common, and for what lies on its other side.
    fn near(&self, word: &str, most: u8) -> Result<Vec<String>> {
        let key = (word.to_owned(), most);
        if let Some(known) = self.near.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = near(self.index(), &self.members.wide, word, most)?;
        self.near.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// For a stage in which several words must be met: whom the index has for a word that few have, or else for each word but the one
    /// whose keys are gone through.
    fn words(&self, stage: &Stage) -> Result<(Option<IdSet>, Vec<WordSet<'a>>)> {
        let shelves = match stage.class {
            Class::Words | Class::Typo => &WORDS[..],
            Class::Sound => &[Shelf::Sound],
            _ => return Ok((None, Vec::new())),
        };
        let mut words = Vec::new();
        for word in self.query.word_texts(stage) {
            let mut prefixes = word.texts.to_vec();
            if stage.class == Class::Typo && word.typos > 0 {
                let folded = word.texts.first().map_or("", String::as_str);
                prefixes.extend(self.near(folded, word.typos.min(stage.distance))?);
            }
            let reach: Reach = shelves.iter().map(|shelf| (*shelf, prefixes.clone())).collect();
            let wide = &self.members.wide;
            let (set, whole) = collect(self.index(), wide, &reach, Fit::Start, NEVER, COMMON)?;
            if whole {
                return Ok((Some(set), Vec::new()));
            }
            if !word.is_driver {
                words.push(WordSet::new(self.index(), wide, &reach)?);
            }
        }
        Ok((None, words))
    }

    /// Whether nothing is asked of contacts but what was typed, and all that are found have keys.
    fn is_bare(&self) -> bool {
        self.sieve.is_none() && self.unkeyed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Network, NewAdvisor, NewContact};
    use crate::{Actor, Options};

    /// Work ran out among contacts that were read as a set: the cursor stood at the end of the stage before, and the hits of the
    /// set came again on the next page.
    #[test]
    fn hits_of_a_set_come_once_when_work_runs_out_among_them() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let ada = desk.add_advisor(NewAdvisor::new("Ada", "")).unwrap().id;
        let new = |name: &str| NewContact::new(Network::SMS_DIRECT, name, "").advisor(ada);
        // Names that are looked at in vain, so that two rows are left of the work of a call.
        for n in 0..super::ROWS - 2 {
            desk.add(new(&format!("Axel{n:02}"))).unwrap();
        }
        for n in 0..4 {
            desk.add(new(&format!("Zoe{n}")).nickname("Axe").phone(format!("+3361234567{n}"))).unwrap();
        }
        let search = desk.search("axe").advisor(ada).has_phone(true).limit(7);
        let hits: Vec<_> = search.iter().map(|hit| hit.unwrap().contact.display_name).collect();
        assert_eq!(hits, ["Zoe0", "Zoe1", "Zoe2", "Zoe3"]);
    }
}
