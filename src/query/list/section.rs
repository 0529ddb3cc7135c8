//! Letters of a list, and where in it something stands: sums over the counts that writes keep, never a walk of the list.

use std::collections::HashMap;

use crate::db::list::{bucket, filter_lookup};
use crate::db::scope::EntryKey;
use crate::db::{Bitmap, ListKey};
use crate::error::{Error, Result, ValidationError};
use crate::model::{Field, SortOrder, limits};
use crate::query::filter::block_filter::BlockFilter;
use crate::query::filter::{self, CandidateBitmap};
use crate::query::list::list_executor::{ListExecutor, decode_list_key};
use crate::query::list::list_scan::{ListScanResult, ScanBudget};
use crate::query::{ContactList, Cursor};

/// A letter of a list. The contacts under it follow each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Section {
    /// The letter as the list's language writes it: `A`, `Å`, `Ch`, `あ`, `ㄱ`; `#` for what comes before every letter.
    pub label: String,
    /// How many contacts stand under it; at least 1.
    pub contacts: u64,
}

impl ContactList<'_> {
    /// The letters that have contacts, in the order of the list, with their counts. Letters are those of the book's language:
    /// Å, Ä and Ö stand behind Z in Swedish and under A and O in German. Kana go by
    /// rows (ざ under さ), Hangul by initial consonant (까 under ㄱ), Chinese under `zh` by the first letter of its pinyin,
    /// where names in Latin letters have small ones; elsewhere Han characters are one group, `漢`. `#` stands for digits,
    /// signs and names of nothing.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().locale("sv").open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// for last in ["Öberg", "Ek", "Édouard", "Åberg"] {
    ///     desk.add(NewContact::new(Network::SMS_DIRECT, "Anna", last))?;
    /// }
    /// let letters = desk.contacts().network(Network::SMS_DIRECT).sections()?;
    /// let letters: Vec<_> = letters.iter().map(|section| (section.label.as_str(), section.contacts)).collect();
    /// assert_eq!(letters, [("E", 2), ("Å", 1), ("Ö", 1)]);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// With conditions: the letters of what they leave.
    ///
    /// # Errors
    /// Those of [`List::page`], but for cursors and the limit.
    pub fn sections(&self) -> Result<Vec<Section>> {
        self.execute(|run| {
            run.require_name_order()?;
            // A place under the letter in any of the lists, which tells its place among letters, and its count in all.
            let mut found: HashMap<String, (Vec<u8>, i64)> = HashMap::new();
            let mut add = |label: String, start: Vec<u8>, contacts: i64| {
                let (_, sum) = found.entry(label).or_insert((start, 0));
                *sum = sum.saturating_add(contacts);
            };
            let counted = run.counted_entries()?;
            if !matches!(counted, CountedEntries::Only(_)) {
                for list in run.listings() {
                    for (start, label, contacts) in bucket::sections(run.db, list)? {
                        add(label, start, contacts);
                    }
                }
            }
            for (list, entry) in counted.entries() {
                if let Some(found) = bucket::find(run.db, *list, entry)? {
                    add(found.section, entry.0.clone(), counted.sign());
                }
            }
            let mut sections: Vec<_> = found.into_iter().filter(|(_, (_, count))| *count > 0).collect();
            sections.sort_unstable_by(|(_, (a, _)), (_, (b, _))| a.cmp(b));
            let section = |(label, (_, contacts))| Section { label, contacts: non_negative(contacts) };
            Ok(sections.into_iter().map(section).collect())
        })
    }

    /// The page that starts at the first contact under this letter, as [`List::sections`] writes it; [`List::page`] then
    /// has a cursor to the page before it. For a letter without contacts: the page that starts where they would be.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// for last in ["Ash", "Birch", "Cedar"] {
    ///     desk.add(NewContact::new(Network::SMS_DIRECT, "Eve", last))?;
    /// }
    /// let page = desk.contacts().from_section("B").limit(1).page()?;
    /// assert_eq!(page.items[0].last_name, "Birch");
    /// assert_eq!(desk.contacts().position(page.before.as_ref().unwrap())?, 1);
    /// let back = desk.contacts().before(page.before).page()?;
    /// assert_eq!(back.items[0].last_name, "Ash");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn from_section(mut self, label: impl Into<String>) -> Self {
        self.section = Some(label.into());
        self.after(None)
    }

    /// How many contacts stand in front of the place a cursor marks: `after` of a page marks the place behind its last
    /// contact, `before` the one in front of its first. So `position` of `before` is the index of the first contact of
    /// the page, from 0, and `position` of `after` the index of the first contact of the next page. Whatever was written
    /// since the cursor was made, the answer is about the list as it is now. The cost does not grow with the position.
    ///
    /// # Errors
    /// Those of [`List::page`].
    pub fn position(&self, cursor: &Cursor) -> Result<u64> {
        self.execute(|run| {
            run.require_name_order()?;
            let at = match cursor.decode(run.fingerprint, true) {
                Err(Error::CursorMismatch) => {
                    let (key, contact) = decode_list_key(&cursor.decode(run.fingerprint, false)?)?;
                    (key, contact.saturating_add(1)) // the last one seen is in front of it
                }
                key => decode_list_key(&key?)?,
            };
            run.count_before(&at)
        })
    }

    /// How many contacts the list has.
    ///
    /// # Errors
    /// Those of [`List::page`], but for cursors and the limit; [`Error::Invalid`] if the conditions cannot be counted exactly: see
    /// [`List::count`].
    pub fn total(&self) -> Result<u64> {
        let total = self.count()?;
        if total.exact { Ok(total.count) } else { Err(too_many_matches()) }
    }

    /// How many contacts the list has, as far as can be told within bounds. Without conditions, and with nothing but a tag or blocks, from
    /// counts that are kept; under conditions on tags, networks, attributes that are there, and `not` of these, from the sets that are
    /// kept; under others that an index tells, by reading up to a million entries of it; else by holding
    /// [`limits::COUNTED`] contacts against the conditions. Beyond that the count is one of which there are at least so many.
    ///
    /// # Errors
    /// Those of [`List::page`], but for cursors and the limit.
    pub fn count(&self) -> Result<Total> {
        self.execute(|run| {
            if let CountMethod::Tags(names, tenants) = &run.count_method
                && let ([name], false) = (names.as_slice(), run.has_advisor_scope())
            {
                let mut sum = 0_i64;
                for tenant in tenants {
                    let found = filter_lookup::tag_by_name(run.db, *tenant, &name.trim().to_lowercase())?;
                    sum = sum.saturating_add(found.map_or(0, |(_, contacts)| contacts));
                }
                return Ok(Total { count: non_negative(sum), exact: true });
            }
            if matches!(run.count_method, CountMethod::All | CountMethod::Blocked(_)) {
                let counted = run.counted_entries()?;
                let mut sum = counted.sum(|_| true);
                if !matches!(counted, CountedEntries::Only(_)) {
                    for list in run.listings() {
                        sum = sum.saturating_add(bucket::total(run.db, list)?);
                    }
                }
                return Ok(Total { count: non_negative(sum), exact: true });
            }
            let (count, exact) = match run.filtered_contacts()? {
                FilteredContacts::Bitmap(ids) => (ids.len(), true),
                FilteredContacts::Ids(ids, exact) => (ids.len(), exact),
            };
            Ok(Total { count: u64::try_from(count).unwrap_or(u64::MAX), exact })
        })
    }
}

/// How many contacts a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Total {
    /// So many, or at least so many.
    pub count: u64,
    /// Whether it is just so many.
    pub exact: bool,
}

/// What counting may look at.
const COUNT_BUDGET: ScanBudget = ScanBudget {
    rows: limits::COUNT_SCAN_ROWS,
    entries: limits::COUNT_SCAN_ROWS * 10,
    lookups: limits::COUNT_SCAN_ROWS,
};

/// Entries of an index that a count reads of one range.
const MAX_RANGE_ENTRIES: usize = if cfg!(test) { 16 } else { 1 << 20 };

/// Contacts held against conditions at a time.
const ID_BATCH: usize = 512;

/// Whom conditions leave.
enum FilteredContacts {
    Bitmap(Bitmap),
    /// These, or some of them; whether they are all.
    Ids(Vec<i64>, bool),
}

/// What a count is about.
#[derive(Debug)]
pub(crate) enum CountMethod {
    All,
    /// By block and nothing else.
    Blocked(Option<BlockFilter>),
    /// By tags of these names and nothing else, in these tenants.
    Tags(Vec<String>, Vec<i64>),
    Filter,
}

fn too_many_matches() -> Error {
    Error::invalid(Field::Filter, ValidationError::TooMany { limit: limits::COUNT_SCAN_ROWS })
}

/// What of some lists is counted.
enum CountedEntries {
    All,
    /// These, one by one.
    Only(Vec<(ListKey, EntryKey)>),
    /// All without these.
    AllExcept(Vec<(ListKey, EntryKey)>),
}

impl CountedEntries {
    fn entries(&self) -> &[(ListKey, EntryKey)] {
        match self {
            Self::All => &[],
            Self::Only(entries) | Self::AllExcept(entries) => entries,
        }
    }

    /// What one of the entries adds to a count.
    fn sign(&self) -> i64 {
        if matches!(self, Self::AllExcept(_)) { -1 } else { 1 }
    }

    /// What the entries add to a count, of those it is about.
    fn sum(&self, is_counted: impl Fn(&EntryKey) -> bool) -> i64 {
        let count = self.entries().iter().filter(|(_, entry)| is_counted(entry)).count();
        i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(self.sign())
    }
}

impl ListExecutor<'_> {
    /// Refuses what only the order of names has.
    fn require_name_order(&self) -> Result<()> {
        if self.order == SortOrder::default() {
            return Ok(());
        }
        Err(Error::invalid(
            Field::Order,
            ValidationError::NotOneOf { allowed: "name, for letters and positions" },
        ))
    }

    pub(crate) fn listings(&self) -> impl Iterator<Item = ListKey> {
        self.scopes.iter().map(|scope| scope.in_generation(self.metadata.generation))
    }

    pub(crate) fn count_before(&self, at: &EntryKey) -> Result<u64> {
        let counted = self.counted_entries()?;
        let mut sum = counted.sum(|entry| entry < at);
        if !matches!(counted, CountedEntries::Only(_)) {
            for list in self.listings() {
                sum = sum.saturating_add(bucket::total_before(self.db, list, at)?);
            }
        }
        Ok(non_negative(sum))
    }

    /// Whom conditions leave of the lists.
    fn filtered_contacts(&self) -> Result<FilteredContacts> {
        if let (Some(sieve), None) = (&self.filter, &self.sorted_candidates)
            && let Some(CandidateBitmap { mut ids, exact }) =
                sieve.candidate_bitmap(self.db, MAX_RANGE_ENTRIES)?
        {
            ids = ids.intersection(&filter::scopes_bitmap(
                self.db,
                &filter::covering_scopes(self.db, &self.scopes)?,
            )?);
            if exact && !self.has_advisor_scope() {
                return Ok(FilteredContacts::Bitmap(ids));
            }
            if ids.len() <= limits::COUNT_SCAN_ROWS {
                let ids: Vec<i64> = ids.iter().collect();
                let (mut left, mut rows) = (Vec::new(), limits::COUNT_SCAN_ROWS);
                for ids in ids.chunks(ID_BATCH) {
                    let met = sieve.filter_ids(self.db, ids, &mut rows)?;
                    left.extend(met.into_iter().map(|(id, _)| id));
                }
                if self.has_advisor_scope() {
                    left = self.locate_entries(&left)?.into_iter().map(|(_, (_, id))| id).collect();
                }
                return Ok(FilteredContacts::Ids(left, true));
            }
        }
        let ListScanResult { found, stopped_at: stopped } =
            self.scan(None, false, usize::MAX, COUNT_BUDGET)?;
        Ok(FilteredContacts::Ids(found.into_iter().map(|((_, id), _)| id).collect(), stopped.is_none()))
    }

    /// What of the lists conditions leave.
    fn counted_entries(&self) -> Result<CountedEntries> {
        let listed = |ids: &[i64]| -> Result<Vec<(ListKey, EntryKey)>> {
            let placed = self.locate_entries(ids)?.into_iter();
            Ok(placed.map(|(scope, entry)| (scope.in_generation(self.metadata.generation), entry)).collect())
        };
        match &self.count_method {
            CountMethod::All => Ok(CountedEntries::All),
            CountMethod::Blocked(Some(blocked)) => {
                let ids = blocked.candidate_ids(self.db, usize::MAX)?.unwrap_or_default();
                let entries = listed(&ids)?;
                Ok(if blocked.expected {
                    CountedEntries::Only(entries)
                } else {
                    CountedEntries::AllExcept(entries)
                })
            }
            _ => {
                let ids = match self.filtered_contacts()? {
                    FilteredContacts::Bitmap(ids) if ids.len() <= limits::COUNT_SCAN_ROWS => {
                        ids.iter().collect()
                    }
                    FilteredContacts::Ids(ids, true) => ids,
                    _ => return Err(too_many_matches()),
                };
                Ok(CountedEntries::Only(listed(&ids)?))
            }
        }
    }

    /// The place in front of the first contact of a letter.
    pub(crate) fn section_start(&self, label: &str) -> Result<EntryKey> {
        self.require_name_order()?;
        // No contact has the id 0.
        if let Some(order) = self.engine.collators.get_exact(&self.metadata.locale, &self.metadata.collation)
        {
            if let Some(start) = order.section_start(label) {
                return Ok((start.to_vec(), 0));
            }
        } else {
            // Made by another library: what it has counted says where its letters are.
            let mut least: Option<Vec<u8>> = None;
            for list in self.listings() {
                let starts = bucket::sections(self.db, list)?.into_iter();
                let start = starts.filter(|(_, known, _)| known == label).map(|(start, ..)| start).next();
                least = least.into_iter().chain(start).min();
            }
            if let Some(start) = least {
                return Ok((start, 0));
            }
        }
        Err(Error::invalid(Field::Section, ValidationError::UnknownSection))
    }
}

fn non_negative(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
