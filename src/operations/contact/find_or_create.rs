//! Finds a contact by its exact identifiers, or adds it.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Read};
use crate::engine::Engine;
use crate::error::{Error, Result, ValidationError};
use crate::model::{Contact, Field, NewContact};
use crate::operations::contact::draft::identifier_key;

/// The found or added contact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FindOrCreateResult {
    /// The contact. An existing contact is not changed.
    pub contact: Contact,
    /// The field that matched first: channel identity, identifier, e-mail address or phone; `None` if the contact was
    /// added.
    pub found_by: Option<Field>,
}

impl Session {
    /// Returns the contact with the channel identities, identifiers, e-mail addresses and phones of `new`, or adds
    /// `new` if no contact has any of them. Repeated calls return the same contact. Channel identities match on their
    /// channel, identifiers in the whole tenant; both are case-sensitive. E-mail addresses (case-insensitive) and
    /// phones (in E.164 form) match on the network. If several contacts match, the oldest wins. Contacts in the trash,
    /// and contacts that the actor does not see, do not match. A found contact gets no new channel identities.
    ///
    /// ```
    /// use cardex::{Actor, Field, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let new = || NewContact::new(Network::SMS_DIRECT, "Ada", "").identifier("shop", "a-17");
    /// let added = session.find_or_create(new())?;
    /// let found = session.find_or_create(new().phone("+33 6 12 34 56 78"))?;
    /// assert_eq!((added.found_by, found.found_by), (None, Some(Field::Identifier)));
    /// assert_eq!(found.contact, added.contact);
    /// let chat = session.channels().add("telegram", "Shop")?.id;
    /// let new = || NewContact::new(Network::SMS_DIRECT, "Bea", "").channel_identity(chat, "@bea");
    /// assert_eq!(session.find_or_create(new())?.contact, session.find_or_create(new())?.contact);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] for a channel; [`Error::Exists`] if a channel identity belongs to a contact in the trash or
    /// to one that the actor does not see; [`Error::Duplicate`] with field and holder, if the values belong to two
    /// different contacts, or a unique value to a contact that the actor does not see; [`Error::Invalid`] if no value
    /// can be searched (a phone must have a country), and the errors of [`Session::add`]. After an error nothing is
    /// written.
    pub fn find_or_create(&self, new: NewContact) -> Result<FindOrCreateResult> {
        let has_no_methods = new.identifiers.is_empty() && new.emails.is_empty() && new.phones.is_empty();
        if has_no_methods && new.channel_identities.is_empty() {
            return Err(Error::invalid(Field::Identifier, ValidationError::Required { network: None }));
        }
        let origin = self.origin_name()?;
        let found =
            self.read(|snapshot| find_match(&self.engine, &snapshot.db, &self.rights(&snapshot.db)?, &new))?;
        if let Some(found) = found {
            return Ok(found);
        }
        // Another writer can have added the contact, so it is searched again with the write lock.
        self.write(|db| {
            let rights = self.rights(db)?;
            if let Some(found) = find_match(&self.engine, db, &rights, &new)? {
                return Ok(found);
            }
            Ok(FindOrCreateResult { contact: self.add_in_transaction(db, new, origin)?, found_by: None })
        })
    }
}

/// The contact that matches `new`.
fn find_match(
    engine: &Engine,
    db: &Read<'_>,
    rights: &Rights,
    new: &NewContact,
) -> Result<Option<FindOrCreateResult>> {
    db::directory::network(db, &new.network)?;
    let tenant = if new.shared { None } else { Some(rights.home_tenant(db)?) };
    // The contacts that match all values so far, and the first matching field.
    let mut known: Option<(Field, Vec<StoredContact>)> = None;
    for (field, ids) in holders_of_values(engine, db, rights, tenant, new)? {
        let mut held = Vec::new();
        for stored in db::contact::many(db, &ids)? {
            let everywhere = matches!(field, Field::ChannelIdentity | Field::Identifier);
            let apart = !everywhere && stored.contact.network != new.network;
            let same = known.as_ref().is_some_and(|(_, known)| known.iter().any(|one| one.id == stored.id));
            // A shared contact can have a channel identity on a tenant's channel.
            let ours =
                stored.tenant == tenant || (field == Field::ChannelIdentity && stored.tenant.is_none());
            let meant = ours && stored.contact.trashed_at.is_none() && (same || !apart);
            if meant && rights.can_see(db, &stored)? {
                held.push(stored);
            }
        }
        let Some(first) = held.first() else { continue };
        let holder = first.contact.id;
        match &mut known {
            None => known = Some((field, held)),
            Some((_, known)) => {
                known.retain(|one| held.iter().any(|other| other.id == one.id));
                if known.is_empty() {
                    return Err(Error::Duplicate { field, holder: Some(holder) });
                }
            }
        }
    }
    let Some((field, known)) = known else { return Ok(None) };
    let oldest = known.into_iter().min_by_key(|stored| stored.id);
    Ok(oldest.map(|stored| FindOrCreateResult { contact: stored.contact, found_by: Some(field) }))
}

/// The contacts with each of the values, by local id.
fn holders_of_values(
    engine: &Engine,
    db: &Read<'_>,
    rights: &Rights,
    tenant: Option<i64>,
    new: &NewContact,
) -> Result<Vec<(Field, Vec<i64>)>> {
    let mut held = Vec::new();
    for (channel, identifier) in &new.channel_identities {
        let (local, _) = db::channel::find(db, rights.home_tenant(db)?, *channel)?;
        let holder = match db::channel::identity_with_identifier(db, local, identifier)? {
            Some(identity) => Some(identity.contact.0),
            None => None,
        };
        held.push((Field::ChannelIdentity, holder.into_iter().collect()));
    }
    for identifier in &new.identifiers {
        let holder = db::unique_values::holder(db, tenant.unwrap_or(0), &identifier_key(identifier))?;
        held.push((Field::Identifier, holder.into_iter().collect()));
    }
    for email in &new.emails {
        held.push((Field::Email, db::contact_methods::with_email(db, email.text.trim())?));
    }
    for phone in &new.phones {
        let parsed = engine.phones.parse(&phone.text);
        let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
        // Only E.164 numbers are searched.
        if parsed.normalized().starts_with('+') {
            held.push((Field::Phone, db::contact_methods::with_phone(db, parsed.normalized())?));
        }
    }
    if held.is_empty() {
        // A repeated call would add another contact.
        let allowed = "a number with its country";
        return Err(Error::invalid(Field::Phone, ValidationError::InvalidCharacters { allowed }));
    }
    Ok(held)
}
