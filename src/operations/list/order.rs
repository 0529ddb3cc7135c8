//! Which order the lists are in, and which one is on its way: what every write must know to put a contact into its place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::db::contact::Place;
use crate::db::metadata::Book;
use crate::db::{self, Generation, Read};
use crate::engine::Inner;
use crate::error::{Error, Result};
use crate::model::Contact;
use crate::text::collate::Collator;

/// The orders of the lists as of a transaction.
#[derive(Debug)]
pub(crate) struct Orders {
    /// Whose lists answer.
    pub(crate) generation: Generation,
    /// Their order, or this library's nearest.
    pub(crate) collator: Arc<Collator>,
    /// Whether it is their order.
    exact: bool,
    /// Whether the other generation is being made.
    making: bool,
    /// Its order; `None` if this library cannot make such keys.
    next: Option<Arc<Collator>>,
    /// Contacts up to this local id are in both.
    done: i64,
}

impl Orders {
    /// The orders, for looking.
    pub(crate) fn of(inner: &Inner, book: &Book) -> Result<Self> {
        let making = book.next.is_some() && !book.remains;
        let next = book.next.as_ref().filter(|_| making);
        let collator = inner.collators.get(&book.locale)?;
        Ok(Self {
            generation: book.generation,
            exact: collator.stamp() == book.collation,
            collator,
            making,
            next: next.and_then(|next| inner.collators.exact(&next.locale, &next.collation)),
            done: book.next_done,
        })
    }

    /// The orders, for putting contacts into their places. Keys of other tables than the lists were made with are only good
    /// enough where all of them are about to be made anew; else it is [`Error::Changed`].
    pub(crate) fn read(inner: &Inner, db: &Read<'_>) -> Result<Self> {
        let book = db::metadata::read(db)?;
        let orders = Self::of(inner, &book)?;
        let known = |locale: &str, stamp: &str| inner.collators.exact(locale, stamp).is_some();
        let passing = book.next.as_ref().is_some_and(|next| known(&next.locale, &next.collation));
        if orders.exact || passing { Ok(orders) } else { Err(Error::Changed) }
    }

    /// The order of a generation, if it is known to the byte.
    pub(crate) fn order(&self, generation: Generation) -> Option<&Collator> {
        if generation == self.generation {
            return Some(&*self.collator).filter(|_| self.exact);
        }
        self.next.as_deref()
    }

    /// Whether another order is being made.
    pub(crate) fn is_making(&self) -> bool {
        self.making
    }

    /// Whether the other generation should have this contact.
    pub(crate) fn is_in_both(&self, id: i64) -> bool {
        self.making && id <= self.done
    }

    /// Where a contact stands now. What is left of an order that has gone is no place.
    pub(crate) fn place(&self, db: &Read<'_>, id: i64) -> Result<Place> {
        let mut place = db::contact::place(db, id)?;
        if !self.making {
            place.set(self.generation.other(), None);
        }
        Ok(place)
    }

    /// Where a contact should stand; `key` is its key in the lists that answer. A contact that has not been reached, as a
    /// new one, stands in those alone.
    pub(crate) fn wanted(&self, key: Vec<u8>, contact: &Contact, id: i64) -> Place {
        let mut place = Place::default();
        place.set(self.generation, Some(key));
        if let Some(next) = self.next.as_deref().filter(|_| self.is_in_both(id)) {
            place.set(self.generation.other(), Some(sort_key(next, contact)));
        }
        place
    }

    /// Whether the other generation is another library's to make.
    pub(crate) fn is_next_unknown(&self) -> bool {
        self.making && self.next.is_none()
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
