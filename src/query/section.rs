//! Letters of a list, and where in it something stands: sums over the counts that writes keep, never a walk of the list.

use std::collections::HashMap;

use super::entries::{Run, decode};
use super::{Cursor, List};
use crate::db::lists::Entry;
use crate::db::{Listing, bucket};
use crate::error::{Error, Problem, Result};
use crate::model::Field;

/// A letter of a list. The contacts under it follow each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Section {
    /// The letter as the list's language writes it: `A`, `Å`, `Ch`, `あ`, `ㄱ`; `#` for what comes before every letter.
    pub label: String,
    /// How many contacts stand under it; at least 1.
    pub contacts: u64,
}

impl List<'_> {
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
    /// With a filter by id, e-mail or phone: the letters of what it leaves.
    ///
    /// # Errors
    /// Those of [`List::page`], but for cursors and the limit.
    pub fn sections(&self) -> Result<Vec<Section>> {
        self.run(|run| {
            // Where the letter begins in any of the lists, and its count in all.
            let mut found: HashMap<String, (Vec<u8>, i64)> = HashMap::new();
            let mut add = |label: String, start: Vec<u8>, contacts: i64| {
                let (least, sum) = found.entry(label).or_insert_with(|| (start.clone(), 0));
                *sum = sum.saturating_add(contacts);
                if start < *least {
                    *least = start;
                }
            };
            let counted = run.counted()?;
            if !matches!(counted, Counted::Only(_)) {
                for list in &run.lists {
                    for (start, label, contacts) in bucket::sections(run.db, *list)? {
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
            let section = |(label, (_, contacts))| Section { label, contacts: positive(contacts) };
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
        self.run(|run| {
            let at = match cursor.open(run.sum, true) {
                Err(Error::CursorMismatch) => {
                    let (key, contact) = decode(&cursor.open(run.sum, false)?)?;
                    (key, contact.saturating_add(1)) // the last one seen is in front of it
                }
                key => decode(&key?)?,
            };
            run.count_before(&at)
        })
    }

    /// How many contacts the list has.
    ///
    /// # Errors
    /// Those of [`List::page`], but for cursors and the limit.
    pub fn total(&self) -> Result<u64> {
        self.run(|run| {
            let counted = run.counted()?;
            let mut sum = counted.sum(|_| true);
            if !matches!(counted, Counted::Only(_)) {
                for list in &run.lists {
                    sum = sum.saturating_add(bucket::total(run.db, *list)?);
                }
            }
            Ok(positive(sum))
        })
    }
}

/// What of some lists is counted.
enum Counted {
    All,
    /// These, one by one.
    Only(Vec<(Listing, Entry)>),
    /// All without these.
    AllBut(Vec<(Listing, Entry)>),
}

impl Counted {
    fn entries(&self) -> &[(Listing, Entry)] {
        match self {
            Self::All => &[],
            Self::Only(entries) | Self::AllBut(entries) => entries,
        }
    }

    /// What one of the entries adds to a count.
    fn sign(&self) -> i64 {
        if matches!(self, Self::AllBut(_)) { -1 } else { 1 }
    }

    /// What the entries add to a count, of those it is about.
    fn sum(&self, is_counted: impl Fn(&Entry) -> bool) -> i64 {
        let count = self.entries().iter().filter(|(_, entry)| is_counted(entry)).count();
        i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(self.sign())
    }
}

impl Run<'_> {
    fn count_before(&self, at: &Entry) -> Result<u64> {
        let counted = self.counted()?;
        let mut sum = counted.sum(|entry| entry < at);
        if !matches!(counted, Counted::Only(_)) {
            for list in &self.lists {
                sum = sum.saturating_add(bucket::total_before(self.db, *list, at)?);
            }
        }
        Ok(positive(sum))
    }

    /// What of the lists conditions leave.
    fn counted(&self) -> Result<Counted> {
        if let Some(few) = self.few()? {
            return Ok(Counted::Only(few));
        }
        let Some(blocked) = &self.blocked else { return Ok(Counted::All) };
        let ids = blocked.contacts(self.db, usize::MAX)?.unwrap_or_default();
        let entries = self.entries_of(&ids)?;
        Ok(if blocked.wanted { Counted::Only(entries) } else { Counted::AllBut(entries) })
    }

    /// The place in front of the first contact of a letter.
    pub(super) fn section_start(&self, label: &str) -> Result<Entry> {
        // No contact has the id 0.
        if let Some(order) = self.inner.collators.exact(&self.book.locale, &self.book.collation) {
            if let Some(start) = order.section_start(label) {
                return Ok((start.to_vec(), 0));
            }
        } else {
            // Made by another library: what it has counted says where its letters are.
            let mut least: Option<Vec<u8>> = None;
            for list in &self.lists {
                let starts = bucket::sections(self.db, *list)?.into_iter();
                let start = starts.filter(|(_, known, _)| known == label).map(|(start, ..)| start).next();
                least = least.into_iter().chain(start).min();
            }
            if let Some(start) = least {
                return Ok((start, 0));
            }
        }
        Err(Error::invalid(Field::Section, Problem::NoSection))
    }
}

fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
