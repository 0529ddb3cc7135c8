//! Reading on in a list until enough contacts meet the conditions: what is looked up, what is passed over, who is held against them.

use crate::db;
use crate::db::contact::Stored;
use crate::db::scope::Entry;
use crate::error::Result;
use crate::model::limits;
use crate::query::filter::{Known, SET, SOON, Sieve};
use crate::query::list::executor::Run;
use crate::query::list::merge_walk::{Next, Walk, compare};

/// Contacts that one page reads at most, beyond those it shows.
const ROWS: usize = if cfg!(test) { 6 } else { 2_000 };

/// Entries that one page passes over at most without reading their contacts.
const ENTRIES: usize = if cfg!(test) { 24 } else { 32_768 };

/// Contacts that one page holds against conditions at most, of which most may be told by tags and attributes.
const FACTS: usize = if cfg!(test) { 12 } else { 4_096 };

/// Contacts that are held against the conditions before it is asked whom these leave, and after that before longer ranges are read;
/// then it is asked if more than `DEAR` would have to be held to fill the page, or more than `CHEAP` where sets alone tell.
const FIRST: usize = if cfg!(test) { 4 } else { 32 };
const DEAR: usize = if cfg!(test) { 6 } else { 256 };
const CHEAP: usize = if cfg!(test) { 3 } else { 64 };

/// Contacts looked at together where some are left out, at first and later.
const BATCH: usize = if cfg!(test) { 2 } else { 32 };
const MOST: usize = if cfg!(test) { 4 } else { 512 };

/// What a call may still look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) rows: usize,
    pub(crate) entries: usize,
    /// Entries whose tags or attributes are looked up.
    pub(crate) facts: usize,
}

impl Work {
    /// Of one page.
    pub(crate) fn page(most: usize) -> Self {
        Self { rows: ROWS.max(most), entries: ENTRIES.max(most), facts: FACTS.max(most) }
    }

    fn is_done(self) -> bool {
        self.rows == 0 || self.entries == 0 || self.facts == 0
    }
}

/// What was found in the direction it was read, each with its contact if that had to be read, and where the reading stopped before
/// there was enough, if it did.
pub(crate) struct Stretch {
    pub(crate) found: Vec<(Entry, Option<Stored>)>,
    pub(crate) stopped: Option<Entry>,
}

/// What conditions leave of a list.
pub(crate) enum Narrowed {
    /// These, in the order of the list.
    Few(Vec<Entry>),
    /// Some of these, or all of them.
    Among(Known),
    /// Nothing tells.
    Open,
}

/// How much has been looked up of whom the conditions leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    /// What sets and short ranges tell.
    Soon,
    All,
}

/// One reading.
struct Reading<'r> {
    run: &'r Run<'r>,
    from: Option<&'r Entry>,
    back: bool,
    most: usize,
    work: Work,
    few: Option<std::vec::IntoIter<Entry>>,
    walk: Walk<'r>,
    among: Option<&'r Known>,
    asked: Asked,
    found: Vec<(Entry, Option<Stored>)>,
    /// Up to here all has been looked at.
    last: Option<Entry>,
    over: bool,
    stopped: bool,
    batch: usize,
    /// Contacts held against the conditions since something was last looked up, and how many met them.
    held: usize,
    met: usize,
}

impl Run<'_> {
    /// Up to `most` contacts from a place on that meet the conditions.
    pub(crate) fn read(&self, from: Option<&Entry>, back: bool, most: usize, work: Work) -> Result<Stretch> {
        let few = self.few.as_ref().map(|few| self.rest(few, from, back));
        let asked = if few.is_some() || self.sieve.is_none() { Asked::All } else { Asked::Nothing };
        let mut reading = Reading {
            run: self,
            from,
            back,
            most,
            work,
            few,
            walk: Walk::new(self.db, &self.walked, (self.order, back), from, most),
            among: None,
            asked,
            found: Vec::new(),
            last: None,
            over: false,
            stopped: false,
            batch: BATCH,
            held: 0,
            met: 0,
        };
        while reading.found.len() < most && !reading.over {
            if reading.stopped || reading.work.is_done() {
                return Ok(Stretch { found: reading.found, stopped: reading.last });
            }
            reading.ask()?;
            let entries = reading.next()?;
            reading.hold(entries)?;
        }
        reading.found.truncate(most);
        Ok(Stretch { found: reading.found, stopped: None })
    }

    /// What of some entries comes from a place on.
    fn rest(&self, few: &[Entry], from: Option<&Entry>, back: bool) -> std::vec::IntoIter<Entry> {
        let beyond = |entry: &&Entry| from.is_none_or(|from| compare(self.order, back, entry, from).is_gt());
        let mut rest: Vec<Entry> = few.iter().filter(beyond).cloned().collect();
        if back {
            rest.reverse();
        }
        rest.into_iter()
    }

    /// What is known of the contacts that the conditions leave, by sets and short ranges or by all; looked up when first asked for.
    fn known(&self, asked: Asked) -> Result<&Narrowed> {
        let (cell, most) = if asked == Asked::Soon { (&self.soon, SOON) } else { (&self.known, SET) };
        if let Some(known) = cell.get() {
            return Ok(known);
        }
        let known = self.sieve.as_ref().map_or(Ok(None), |sieve| sieve.known(self.db, most))?;
        let narrowed = match known {
            None => Narrowed::Open,
            Some(known) => {
                // To read where n contacts stand costs about as much as to pass over sixteen entries each; a walk passes over
                // sixteen entries a hit for each n-th contact of the book.
                let even = db::contact::last_id(self.db)?.checked_isqrt();
                if known.ids.len() <= usize::try_from(even.unwrap_or_default()).unwrap_or_default() {
                    let ids: Vec<i64> = known.ids.iter().collect();
                    Narrowed::Few(self.placed(&ids)?.into_iter().map(|(_, entry)| entry).collect())
                } else {
                    Narrowed::Among(known)
                }
            }
        };
        Ok(cell.get_or_init(|| narrowed))
    }
}

impl<'r> Reading<'r> {
    fn missing(&self) -> usize {
        self.most.saturating_sub(self.found.len())
    }

    /// Looks up whom the conditions leave, once holding contacts against them has turned out to be dear.
    fn ask(&mut self) -> Result<()> {
        let Some(sieve) = self.run.sieve.as_ref().filter(|_| self.asked != Asked::All) else { return Ok(()) };
        let dear = if sieve.is_of_sets() { CHEAP } else { DEAR };
        let is_dear = self.held >= FIRST
            && self.missing().saturating_mul(self.held) > dear.saturating_mul(self.met.max(1));
        let is_known = |asked| match asked {
            Asked::Nothing => self.run.soon.get().is_some() || self.run.known.get().is_some(),
            _ => self.run.known.get().is_some(),
        };
        let is_long = self.most > limits::PAGE * 2;
        if !is_dear && !is_long && !is_known(self.asked) {
            return Ok(());
        }
        let at_once = is_long || self.asked == Asked::Soon || self.run.known.get().is_some();
        self.asked = if at_once { Asked::All } else { Asked::Soon };
        let mut known = self.run.known(self.asked)?;
        // Most of the book is as good as nothing.
        let tells = match known {
            Narrowed::Open => false,
            Narrowed::Few(_) => true,
            Narrowed::Among(known) => known.exact || known.ids.len() < known.ids.room() / 4,
        };
        if self.asked == Asked::Soon && !tells {
            if sieve.is_unsure() {
                return Ok(());
            }
            self.asked = Asked::All;
            known = self.run.known(self.asked)?;
        }
        match known {
            Narrowed::Few(all) => {
                self.few = Some(self.run.rest(all, self.last.as_ref().or(self.from), self.back));
                self.asked = Asked::All;
            }
            Narrowed::Among(known) => {
                self.walk.only(&known.ids);
                self.among = Some(known);
                if known.exact {
                    self.asked = Asked::All;
                }
            }
            Narrowed::Open => {}
        }
        (self.held, self.met) = (0, 0);
        Ok(())
    }

    /// The conditions, unless nobody has to be held against them.
    fn sieve(&self) -> Option<&'r Sieve> {
        self.run.sieve.as_ref().filter(|_| !self.among.is_some_and(|known| known.exact))
    }

    /// The next entries that may meet the conditions.
    fn next(&mut self) -> Result<Vec<Entry>> {
        let missing = self.missing();
        let room = match (self.sieve(), self.among) {
            (None, _) => missing,
            // As many as are missing, by the share that has met the conditions so far.
            (Some(_), Some(_)) => {
                let all = missing.saturating_mul(self.held.max(1));
                all.checked_div(self.met.max(1)).unwrap_or(missing).clamp(missing, MOST.max(missing))
            }
            (Some(_), None) => self.batch.max(missing),
        };
        let room = if self.sieve().is_some() { room.min(self.work.rows).min(self.work.facts) } else { room };
        self.batch = self.batch.saturating_mul(2).min(MOST);
        let mut entries = Vec::with_capacity(room.min(MOST));
        while entries.len() < room && self.work.entries > 0 {
            let next = match &mut self.few {
                Some(few) => {
                    self.work.entries = self.work.entries.saturating_sub(1);
                    few.next().map_or(Next::Over, Next::Entry)
                }
                None => self.walk.next(self.run.book.generation, &mut self.work.entries)?,
            };
            match next {
                Next::Entry(entry) => {
                    self.last = Some(entry.clone());
                    if self.run.is_member(entry.1, self.few.is_some())? {
                        entries.push(entry);
                    }
                }
                Next::Stopped(place) => {
                    self.last = Some(place);
                    self.stopped = true;
                    break;
                }
                Next::Over => {
                    self.over = true;
                    break;
                }
            }
        }
        Ok(entries)
    }

    /// Holds contacts against the conditions.
    fn hold(&mut self, entries: Vec<Entry>) -> Result<()> {
        let Some(sieve) = self.sieve() else {
            self.found.extend(entries.into_iter().map(|entry| (entry, None)));
            return Ok(());
        };
        self.work.facts = self.work.facts.saturating_sub(entries.len());
        let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
        let left = sieve.sift(self.run.db, &ids, &mut self.work.rows)?;
        (self.held, self.met) = (self.held.saturating_add(ids.len()), self.met.saturating_add(left.len()));
        let mut left = left.into_iter().peekable();
        for entry in entries {
            if let Some((_, row)) = left.next_if(|(id, _)| *id == entry.1) {
                self.found.push((entry, row));
            }
        }
        Ok(())
    }
}
