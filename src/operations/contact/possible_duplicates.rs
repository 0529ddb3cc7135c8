//! The contacts of the book that may be the same person as a new one.

use crate::access::session::Session;
use crate::db::{self, Owner};
use crate::error::Result;
use crate::model::{NewContact, PossibleDuplicate, limits};
use crate::operations::contact::draft::Normalizer;
use crate::operations::list::list_orders::sort_key;
use crate::query::possible_duplicates;

impl Session {
    /// The contacts of the actor's list that may be the same person as a contact that is not in the book, the best first: those that
    /// share a phone, an e-mail address or the whole name, with a score of at least 0.8 by the rules of [`Session::duplicates`]. At most
    /// [`limits::PAGE`]. Values that many contacts share are passed over.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let jon = session.add(NewContact::new(Network::BOOK, "Jon", "Doe").email("doe@example.com"))?;
    /// let found = session.possible_duplicates(NewContact::new(Network::BOOK, "John", "Doe").email("doe@example.com"))?;
    /// assert_eq!(found[0].contact.id, jon.id);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a contact that cannot be added; [`Error::NoNetwork`](crate::Error::NoNetwork).
    pub fn possible_duplicates(&self, new: NewContact) -> Result<Vec<PossibleDuplicate>> {
        self.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            let book = db::metadata::read(db)?;
            let collator = self.engine.collators.get(&book.locale)?;
            let tenant = if new.shared { None } else { Some(rights.home_tenant(db)?) };
            let scopes = rights.scopes(db, Some(&new.network), None)?;
            let normalizer = Normalizer { accept_any_phone: true, ..self.engine.normalizer(&collator) };
            let draft = normalizer.normalize(new, &policy, &[])?;
            let list = Owner::for_tenant(tenant).on_network(network).in_generation(book.generation);
            let name = sort_key(&collator, &draft.stored.contact);
            let found = possible_duplicates(db, &scopes, &draft.stored, (list, &name), MIN_SCORE)?;
            let found = found.into_iter().take(limits::PAGE);
            let public = |(stored, score, evidence): (db::contact::StoredContact, f64, _)| {
                PossibleDuplicate { contact: stored.contact, score, evidence }
            };
            Ok(found.map(public).collect())
        })
    }
}

/// The least score of a proposal.
const MIN_SCORE: f64 = 0.8;
