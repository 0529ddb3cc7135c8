//! Which order the lists are in, and which one is on its way: what every write must know to put a contact into its place.

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
    /// Whose lists answer.
    pub(crate) generation: Generation,
    /// Their order, or this library's nearest.
    pub(crate) collator: Arc<Collator>,
    /// Whether it is their order.
    exact: bool,
    /// Whether the other generation is being made.
    is_building: bool,
    /// Its order; `None` if this library cannot make such keys.
    next_collator: Option<Arc<Collator>>,
    /// Contacts up to this local id are in both.
    processed_through: i64,
}

impl ListOrders {
    /// The orders, for looking.
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

    /// The orders, for putting contacts into their places. Keys of other tables than the lists were made with are only good
    /// enough where all of them are about to be made anew; else it is [`Error::StaleStore`].
    pub(crate) fn for_writing(engine: &Engine, db: &Read<'_>) -> Result<Self> {
        let book = db::metadata::read(db)?;
        let list_orders = Self::for_reading(engine, &book)?;
        let known = |locale: &str, stamp: &str| engine.collators.get_exact(locale, stamp).is_some();
        let passing = book.next.as_ref().is_some_and(|next| known(&next.locale, &next.collation));
        if list_orders.exact || passing { Ok(list_orders) } else { Err(Error::StaleStore) }
    }

    /// The order of a generation, if it is known to the byte.
    pub(crate) fn collator_of(&self, generation: Generation) -> Option<&Collator> {
        if generation == self.generation {
            return Some(&*self.collator).filter(|_| self.exact);
        }
        self.next_collator.as_deref()
    }

    /// Whether another order is being made.
    pub(crate) fn is_building(&self) -> bool {
        self.is_building
    }

    /// Whether the other generation should have this contact.
    pub(crate) fn is_in_both(&self, id: i64) -> bool {
        self.is_building && id <= self.processed_through
    }

    /// Where a contact stands now. What is left of an order that has gone is no place.
    pub(crate) fn current_sort_keys(&self, db: &Read<'_>, id: i64) -> Result<SortKeys> {
        let mut place = db::contact::sort_keys(db, id)?;
        if !self.is_building {
            place.set(self.generation.other(), None);
        }
        Ok(place)
    }

    /// Where a contact should stand; `key` is its key in the lists that answer. A contact that has not been reached, as a
    /// new one, stands in those alone.
    pub(crate) fn target_sort_keys(&self, key: Vec<u8>, contact: &Contact, id: i64) -> SortKeys {
        let mut place = SortKeys::default();
        place.set(self.generation, Some(key));
        if let Some(next) = self.next_collator.as_deref().filter(|_| self.is_in_both(id)) {
            place.set(self.generation.other(), Some(sort_key(next, contact)));
        }
        place
    }

    /// Whether the other generation is another library's to make.
    pub(crate) fn is_next_foreign(&self) -> bool {
        self.is_building && self.next_collator.is_none()
    }
}

/// The sort key of a contact: by last name, then first name; one without either by what it shows instead.
pub(crate) fn sort_key(collator: &Collator, contact: &Contact) -> Vec<u8> {
    let parts: Vec<&str> = [contact.last_name.as_str(), contact.first_name.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let parts = if parts.is_empty() { vec![contact.display_name.as_str()] } else { parts };
    collator.sort_key(&parts)
}
