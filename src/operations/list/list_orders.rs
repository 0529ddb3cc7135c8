//! The current and the next list order. Every write needs them to compute sort keys.

use std::sync::Arc;

use crate::db::contact::SortKeys;
use crate::db::metadata::Metadata;
use crate::db::{self, Generation, Read};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::Contact;
use crate::text::collate::Collator;

/// The orders of the lists as of a transaction.
#[derive(Debug)]
pub(crate) struct ListOrders {
    /// The generation that answers.
    pub(crate) generation: Generation,
    /// The collator of that generation, or the nearest one of this library.
    pub(crate) collator: Arc<Collator>,
    /// Whether the collator is exact.
    exact: bool,
    /// Whether the other generation is being built.
    is_building: bool,
    /// The collator of the other generation; `None` if this library cannot make its keys.
    next_collator: Option<Arc<Collator>>,
    /// Contacts up to this local id are in both generations.
    processed_through: i64,
}

impl ListOrders {
    /// The orders, for readers.
    pub(crate) fn for_reading(engine: &Engine, book: &Metadata) -> Result<Self> {
        let making = book.next.is_some() && !book.clearing_other_generation;
        let next = book.next.as_ref().filter(|_| making);
        let collator = engine.collators.get(&book.locale)?;
        Ok(Self {
            generation: book.generation,
            exact: collator.stamp() == book.collation,
            collator,
            is_building: making,
            next_collator: next.and_then(|next| engine.collators.get_exact(&next.locale, &next.collation)),
            processed_through: book.next_processed_through,
        })
    }

    /// The orders, for writers. If the stored keys come from other collation tables, new keys are only allowed while
    /// all lists are being rebuilt. Otherwise the result is [`Error::StaleStore`].
    pub(crate) fn for_writing(engine: &Engine, db: &Read<'_>) -> Result<Self> {
        let book = db::metadata::read(db)?;
        let list_orders = Self::for_reading(engine, &book)?;
        let known = |locale: &str, stamp: &str| engine.collators.get_exact(locale, stamp).is_some();
        let passing = book.next.as_ref().is_some_and(|next| known(&next.locale, &next.collation));
        if list_orders.exact || passing { Ok(list_orders) } else { Err(Error::StaleStore) }
    }

    /// The collator of a generation, if it makes exactly the stored keys.
    pub(crate) fn collator_of(&self, generation: Generation) -> Option<&Collator> {
        if generation == self.generation {
            return Some(&*self.collator).filter(|_| self.exact);
        }
        self.next_collator.as_deref()
    }

    /// Whether the other generation is being built.
    pub(crate) fn is_building(&self) -> bool {
        self.is_building
    }

    /// Whether the other generation contains this contact.
    pub(crate) fn is_in_both(&self, id: i64) -> bool {
        self.is_building && id <= self.processed_through
    }

    /// The current sort keys of a contact. Keys that remain from a deleted generation are ignored.
    pub(crate) fn current_sort_keys(&self, db: &Read<'_>, id: i64) -> Result<SortKeys> {
        let mut place = db::contact::sort_keys(db, id)?;
        if !self.is_building {
            place.set(self.generation.other(), None);
        }
        Ok(place)
    }

    /// The sort keys that a contact must have; `key` is the key in the answering generation. A contact that is not yet
    /// processed, or that is new, is in that generation only.
    pub(crate) fn target_sort_keys(&self, key: Vec<u8>, contact: &Contact, id: i64) -> SortKeys {
        let mut place = SortKeys::default();
        place.set(self.generation, Some(key));
        if let Some(next) = self.next_collator.as_deref().filter(|_| self.is_in_both(id)) {
            place.set(self.generation.other(), Some(sort_key(next, contact)));
        }
        place
    }

    /// Whether another version of the library builds the other generation.
    pub(crate) fn is_next_foreign(&self) -> bool {
        self.is_building && self.next_collator.is_none()
    }
}

/// The sort key of a contact: last name, then first name. Without both it is the display name.
pub(crate) fn sort_key(collator: &Collator, contact: &Contact) -> Vec<u8> {
    let parts: Vec<&str> = [contact.last_name.as_str(), contact.first_name.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let parts = if parts.is_empty() { vec![contact.display_name.as_str()] } else { parts };
    collator.sort_key(&parts)
}
