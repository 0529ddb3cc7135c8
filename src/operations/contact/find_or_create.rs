//! Finding a contact by what is exactly its own, or adding it.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Read};
use crate::engine::Engine;
use crate::error::{Error, Result, ValidationError};
use crate::model::{Contact, Field, NewContact};
use crate::operations::contact::draft::identifier_key;

/// A contact that is there now, whether it was before or not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FindOrCreateResult {
    /// The contact, as it is: one that was there is not changed.
    pub contact: Contact,
    /// By what it was found: gate, identifier, e-mail or phone, the first of these that it has; `None` if it was added.
    pub found_by: Option<Field>,
}

impl Session {
    /// Gives the contact that has the gates, identifiers, e-mail addresses and phones of `new`, or adds `new` if nobody has any of
    /// them; asked again, it gives the same one. Gates are looked for on their channels and identifiers in the whole tenant, both in
    /// their case, e-mail addresses without case and phones in E.164 form on the network. Of several who share what is asked for, the oldest is meant. The
    /// trash is not looked at, nor what the actor may not see. One that is found is given no gates that it lacks.
    ///
    /// ```
    /// use cardex::{Actor, Field, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let new = || NewContact::new(Network::SMS_DIRECT, "Ada", "").identifier("shop", "a-17");
    /// let added = desk.find_or_create(new())?;
    /// let found = desk.find_or_create(new().phone("+33 6 12 34 56 78"))?;
    /// assert_eq!((added.found_by, found.found_by), (None, Some(Field::Identifier)));
    /// assert_eq!(found.contact, added.contact);
    /// let chat = desk.channels().add("telegram", "Shop")?.id;
    /// let new = || NewContact::new(Network::SMS_DIRECT, "Bea", "").channel_identity(chat, "@bea");
    /// assert_eq!(desk.find_or_create(new())?.contact, desk.find_or_create(new())?.contact);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] for a channel; [`Error::Exists`] if a gate is that of a contact in the trash or one that the actor does not see;
    /// [`Error::Duplicate`] if what is asked for belongs to two different contacts, or a value that must be unique to one that the
    /// actor does not see: it names the field and the holder. [`Error::Invalid`] if there is nothing to look for, a number without a country being
    /// nobody's address, and those of
    /// [`Session::add`]. Nothing is written then.
    pub fn find_or_create(&self, new: NewContact) -> Result<FindOrCreateResult> {
        let points = new.identifiers.is_empty() && new.emails.is_empty() && new.phones.is_empty();
        if points && new.channel_identities.is_empty() {
            return Err(Error::invalid(Field::Identifier, ValidationError::Required { network: None }));
        }
        let origin = self.origin_name()?;
        let found =
            self.read(|snapshot| find_match(&self.engine, &snapshot.db, &self.rights(&snapshot.db)?, &new))?;
        if let Some(found) = found {
            return Ok(found);
        }
        // Somebody may have come before us: looked at again where nobody can any more.
        self.write(|db| {
            let rights = self.rights(db)?;
            if let Some(found) = find_match(&self.engine, db, &rights, &new)? {
                return Ok(found);
            }
            Ok(FindOrCreateResult { contact: self.add_in_transaction(db, new, origin)?, found_by: None })
        })
    }
}

/// The contact that has what `new` asks for.
fn find_match(
    inner: &Engine,
    db: &Read<'_>,
    rights: &Rights,
    new: &NewContact,
) -> Result<Option<FindOrCreateResult>> {
    db::directory::network(db, &new.network)?;
    let tenant = if new.shared { None } else { Some(rights.home_tenant(db)?) };
    // All who have all that was looked for so far, and by what they were found first.
    let mut known: Option<(Field, Vec<StoredContact>)> = None;
    for (field, ids) in holders_of_values(inner, db, rights, tenant, new)? {
        let mut held = Vec::new();
        for stored in db::contact::many(db, &ids)? {
            let everywhere = matches!(field, Field::ChannelIdentity | Field::Identifier);
            let apart = !everywhere && stored.contact.network != new.network;
            let same = known.as_ref().is_some_and(|(_, known)| known.iter().any(|one| one.id == stored.id));
            // A shared contact may have a gate on a tenant's channel.
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
                    return Err(Error::Duplicate { field, holder });
                }
            }
        }
    }
    let Some((field, known)) = known else { return Ok(None) };
    let oldest = known.into_iter().min_by_key(|stored| stored.id);
    Ok(oldest.map(|stored| FindOrCreateResult { contact: stored.contact, found_by: Some(field) }))
}

/// Who has each of the values of a contact, by local id.
fn holders_of_values(
    inner: &Engine,
    db: &Read<'_>,
    rights: &Rights,
    tenant: Option<i64>,
    new: &NewContact,
) -> Result<Vec<(Field, Vec<i64>)>> {
    let mut held = Vec::new();
    for (channel, identifier) in &new.channel_identities {
        let (local, _) = db::channel::find(db, rights.home_tenant(db)?, *channel)?;
        let holder = match db::channel::identity_with_identifier(db, local, identifier)? {
            Some(gate) => db::contact::local_id(db, gate.contact)?,
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
        let parsed = inner.phones.parse(&phone.text);
        let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
        // A number without a country is nobody's address.
        if parsed.normalized().starts_with('+') {
            held.push((Field::Phone, db::contact_methods::with_phone(db, parsed.normalized())?));
        }
    }
    if held.is_empty() {
        // Asked for again, it would be added again.
        let allowed = "a number with its country";
        return Err(Error::invalid(Field::Phone, ValidationError::InvalidCharacters { allowed }));
    }
    Ok(held)
}
