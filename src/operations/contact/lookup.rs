//! Reads single records.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result, ValidationError};
use crate::model::{Contact, ContactId, Field, GroupId, Network, Photo, photo_of_card};

impl Session {
    /// The contact with this id, also in the trash; `None` if the actor sees none.
    ///
    /// # Errors
    /// [`Error::Merged`] with the survivor, if the contact was merged. Every operation on one contact has this error;
    /// operations on many contacts skip merged ones.
    pub fn get(&self, id: ContactId) -> Result<Option<Contact>> {
        self.read(|snapshot| match self.rights(&snapshot.db)?.visible_contact(&snapshot.db, id) {
            Ok(stored) => Ok(Some(stored.contact)),
            Err(Error::NoContact(_)) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// The contact with this phone on a network, in one federation group or in any. The phone can have any form, also
    /// without its plus. Contacts in the trash are not found.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the text is not a phone number; [`Error::NoNetwork`].
    pub fn find_by_phone(
        &self,
        network: &Network,
        phone: &str,
        group: Option<GroupId>,
    ) -> Result<Option<Contact>> {
        let forms = self.engine.phones.stored_forms(phone);
        let forms = forms.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
        self.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            db::directory::network(db, network)?;
            let has_address = |contact: &Contact| {
                contact.network == *network
                    && contact.trashed_at.is_none()
                    && group.is_none_or(|group| contact.group == Some(group))
                    && contact.phones.first().is_some_and(|phone| forms.contains(&phone.normalized))
            };
            let ids = forms
                .iter()
                .map(|form| db::contact_methods::with_phone(db, form))
                .collect::<Result<Vec<_>, _>>()?;
            let mut found = db::contact::many(db, &ids.concat())?;
            found.retain(|stored| has_address(&stored.contact));
            found.sort_by_key(|stored| (stored.tenant.is_none(), stored.id)); // contacts of the tenant before shared ones
            for stored in found {
                if rights.can_see(db, &stored)? {
                    return Ok(Some(stored.contact));
                }
            }
            Ok(None)
        })
    }

    /// The card document of a contact (`JSContact`, RFC 9553) from an import; `None` if it has none.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn card(&self, id: ContactId) -> Result<Option<String>> {
        self.read(|snapshot| {
            let stored = self.rights(&snapshot.db)?.visible_contact(&snapshot.db, id)?;
            Ok(db::contact::card(&snapshot.db, stored.id)?)
        })
    }
    /// The photo of a contact: that of its card document. `None` if it has none, or only the address of one.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn photo(&self, id: ContactId) -> Result<Option<Photo>> {
        Ok(self.card(id)?.as_deref().and_then(photo_of_card))
    }
}
