//! Sections, positions and counts of a list.

use std::collections::HashMap;
use std::fmt;

use crate::db::list::{bucket, filter_lookup};
use crate::error::{Error, Result};
use crate::query::list::builder::ContactList;
use crate::query::list::counting::{FilteredContacts, non_negative, too_many_matches};
use crate::query::list::list_executor::{CountMethod, ListExecutor, decode_list_key};
use crate::query::page::Cursor;

/// A section of a list: the contacts under one letter, which follow each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Section {
    /// The letter as the list's language writes it: `A`, `Å`, `Ch`, `あ`, `ㄱ`; `#` for contacts before the first letter.
    pub label: String,
    /// How many contacts the section has; at least 1.
    pub contacts: u64,
}

/// How many contacts a list has, as far as a bounded call can count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Count {
    /// Exactly so many.
    Exact(u64),
    /// So many were counted, and there may be more.
    AtLeast(u64),
}

impl Count {
    /// The number, if it is exact.
    #[must_use]
    pub const fn exact(self) -> Option<u64> {
        if let Self::Exact(count) = self { Some(count) } else { None }
    }

    /// The number of contacts that the list has at least.
    #[must_use]
    pub const fn at_least(self) -> u64 {
        match self {
            Self::Exact(count) | Self::AtLeast(count) => count,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => count.fmt(f),
            Self::AtLeast(count) => write!(f, "at least {count}"),
        }
    }
}

impl ContactList<'_> {
    /// The sections that have contacts, in the order of the list, with their counts. With a filter: the sections of the contacts that
    /// match.
    ///
    /// Letters are those of the book's language: Å, Ä and Ö follow Z in Swedish and are part of A and O in German. Kana are grouped by
    /// rows (ざ under さ), Hangul by initial consonant (까 under ㄱ). Under `zh`, Chinese names are grouped by the first letter of their
    /// pinyin, and names in Latin letters have lowercase sections; in other languages Han characters are one section, `漢`. The section
    /// `#` has digits, signs and empty names.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().locale("sv").open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// for last in ["Öberg", "Ek", "Édouard", "Åberg"] {
    ///     session.add(NewContact::new(Network::SMS_DIRECT, "Anna", last))?;
    /// }
    /// let sections = session.contacts().network(Network::SMS_DIRECT).sections()?;
    /// let sections: Vec<_> = sections.iter().map(|section| (section.label.as_str(), section.contacts)).collect();
    /// assert_eq!(sections, [("E", 2), ("Å", 1), ("Ö", 1)]);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`ContactList::page`], but for cursors and the limit; [`Error::Invalid`] if the filter matches too many contacts: see
    /// [`ContactList::count`].
    pub fn sections(&self) -> Result<Vec<Section>> {
        self.execute(|executor| {
            executor.require_name_order()?;
            // The key of one position in each section, which gives the order of sections, and the section's count in all lists.
            let mut by_label: HashMap<String, (Vec<u8>, i64)> = HashMap::new();
            let mut add = |label: String, key: Vec<u8>, contacts: i64| {
                let (_, sum) = by_label.entry(label).or_insert((key, 0));
                *sum = sum.saturating_add(contacts);
            };
            let counted = executor.counted_entries()?;
            if counted.includes_stored_counts() {
                for list in executor.list_keys() {
                    for (start, label, contacts) in bucket::sections(executor.db, list)? {
                        add(label, start, contacts);
                    }
                }
            }
            for (list, entry) in counted.entries() {
                if let Some(bucket) = bucket::find(executor.db, *list, entry)? {
                    add(bucket.section, entry.0.clone(), counted.sign());
                }
            }
            let mut sections: Vec<_> = by_label.into_iter().filter(|(_, (_, count))| *count > 0).collect();
            sections.sort_unstable_by(|(_, (a, _)), (_, (b, _))| a.cmp(b));
            let section = |(label, (_, contacts))| Section { label, contacts: non_negative(contacts) };
            Ok(sections.into_iter().map(section).collect())
        })
    }

    /// The page that starts at the first contact of a section, with the label as [`ContactList::sections`] returns it. The page has a
    /// cursor to the page before it. For a section without contacts: the page that starts where they would be.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// for last in ["Ash", "Birch", "Cedar"] {
    ///     session.add(NewContact::new(Network::SMS_DIRECT, "Eve", last))?;
    /// }
    /// let page = session.contacts().from_section("B").limit(1).page()?;
    /// assert_eq!(page.items[0].last_name, "Birch");
    /// assert_eq!(session.contacts().position(page.before.as_ref().unwrap())?, 1);
    /// let back = session.contacts().before(page.before).page()?;
    /// assert_eq!(back.items[0].last_name, "Ash");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn from_section(mut self, label: impl Into<String>) -> Self {
        self.section = Some(label.into());
        self.after(None)
    }

    /// How many contacts precede the position of a cursor. The cursor `after` of a page is the position behind its last contact, `before`
    /// the position in front of its first. So the position of `before` is the index of the first contact of the page, from 0; the position
    /// of `after` is the index of the first contact of the next page.
    ///
    /// The answer is about the list as it is now, whatever was written after the cursor was made. The cost does not grow with the
    /// position.
    ///
    /// # Errors
    /// Those of [`ContactList::page`]; [`Error::Invalid`] if the filter matches too many contacts: see [`ContactList::count`].
    pub fn position(&self, cursor: &Cursor) -> Result<u64> {
        self.execute(|executor| {
            executor.require_name_order()?;
            let at = match cursor.decode(executor.query, true) {
                Err(Error::CursorMismatch) => {
                    let (key, contact) = decode_list_key(&cursor.decode(executor.query, false)?)?;
                    (key, contact.saturating_add(1)) // the contact of the cursor precedes the position
                }
                key => decode_list_key(&key?)?,
            };
            executor.count_before(&at)
        })
    }

    /// How many contacts the list has.
    ///
    /// # Errors
    /// Those of [`ContactList::page`], but for cursors and the limit; [`Error::Invalid`] if the contacts that match the filter cannot be
    /// counted exactly: see [`ContactList::count`].
    pub fn total(&self) -> Result<u64> {
        self.count()?.exact().ok_or_else(too_many_matches)
    }

    /// How many contacts the list has, as far as a bounded call can count them.
    ///
    /// - Without a filter, or with one on a single tag or on blocks only: by stored counts, exact.
    /// - With conditions on tags, networks, the presence of attributes, and `not` of these: by stored bitmaps, exact.
    /// - With other conditions that have an index: by reading up to a million of its entries.
    /// - Otherwise by testing up to [`limits::COUNT_SCAN_ROWS`](crate::limits::COUNT_SCAN_ROWS) contacts. If there are more, the count is a
    ///   lower bound.
    ///
    /// # Errors
    /// Those of [`ContactList::page`], but for cursors and the limit.
    pub fn count(&self) -> Result<Count> {
        self.execute(|executor| {
            if let Some(count) = count_of_one_tag(executor)? {
                return Ok(Count::Exact(count));
            }
            if matches!(executor.count_method, CountMethod::All | CountMethod::Blocked(_)) {
                return executor.count_all().map(Count::Exact);
            }
            let (count, exact) = match executor.filtered_contacts()? {
                FilteredContacts::Bitmap(ids) => (ids.len(), true),
                FilteredContacts::Ids(ids, exact) => (ids.len(), exact),
            };
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            Ok(if exact { Count::Exact(count) } else { Count::AtLeast(count) })
        })
    }
}

/// The stored count of a tag, if the filter is that tag and no advisor's lists are read.
fn count_of_one_tag(executor: &ListExecutor<'_>) -> Result<Option<u64>> {
    let CountMethod::Tags(names, tenants) = &executor.count_method else { return Ok(None) };
    let ([name], false) = (names.as_slice(), executor.has_advisor_scope()) else { return Ok(None) };
    let mut sum = 0_i64;
    for tenant in tenants {
        let tag = filter_lookup::tag_by_name(executor.db, *tenant, &name.trim().to_lowercase())?;
        sum = sum.saturating_add(tag.map_or(0, |(_, contacts)| contacts));
    }
    Ok(Some(non_negative(sum)))
}
