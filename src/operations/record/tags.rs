//! Tags of the tenant and of contacts.

use std::collections::{BTreeMap, HashMap};

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::record::tag::StoredTag;
use crate::db::{self, Write};
use crate::error::{Error, Result, ValidationError};
use crate::model::{ContactId, Field, Permission, Tag, TagId, TagPatch, UnknownTagPolicy, limits};
use crate::operations::context::{WriteContext, log_extra_edit};
use crate::operations::directory::tenants::check_name;
use crate::query::TagList;
use crate::text::caseless_key::caseless_key;

/// Tags of the tenant and of contacts. See [`Session::tags`].
#[derive(Debug, Clone, Copy)]
pub struct Tags<'s> {
    session: &'s Session,
}

impl<'s> Tags<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Adds a tag to the tenant. Names that differ only in case are equal. For administrators and the system.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::tags::TagPatch;
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let vip = session.tags().add(TagPatch::new().name("VIP"))?;
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// assert!(session.tags().attach(john.id, vip.id)?);
    /// assert_eq!(session.tags().of(&[john.id])?[0][0].name, "VIP");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Exists`] if the name exists, [`Error::Invalid`] for an empty or too long name, [`Error::Forbidden`].
    pub fn add(&self, new: TagPatch) -> Result<Tag> {
        let name = check_name(&new.name.unwrap_or_default())?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let made = create_tag(db, rights.home_tenant(db)?, name, new.color.flatten())?;
            Ok(made.tag)
        })
    }

    /// Changes the name or color of a tag. This is not an edit of its contacts. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NotFound`]; the errors of [`Tags::add`].
    pub fn edit(&self, id: TagId, patch: TagPatch) -> Result<Tag> {
        let name = patch.name.map(|name| check_name(&name)).transpose()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let mut stored = db::tag::find(db, rights.home_tenant(db)?, id)?;
            stored.tag.name = name.unwrap_or(stored.tag.name);
            stored.tag.color = patch.color.unwrap_or(stored.tag.color);
            db::tag::update(db, &stored, &caseless_key(&stored.tag.name))?;
            Ok(stored.tag)
        })
    }

    /// Deletes a tag and removes it from every contact. This is not an edit of these contacts. For administrators and
    /// the system.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub fn delete(&self, id: TagId) -> Result<()> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let stored = db::tag::find(db, rights.home_tenant(db)?, id)?;
            Ok(db::tag::delete(db, stored.id)?)
        })
    }

    /// A tag of the tenant.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn get(&self, id: TagId) -> Result<Tag> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let mut tag = db::tag::find(db, rights.home_tenant(db)?, id)?.tag;
            rights.set_visible_counts(db, [&mut tag])?;
            Ok(tag)
        })
    }

    /// The tag of the tenant with this name, case-insensitive; `None` if there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub fn named(&self, name: &str) -> Result<Option<Tag>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let found = db::tag::with_name(db, rights.home_tenant(db)?, &caseless_key(name))?;
            let mut tag = found.map(|stored| stored.tag);
            rights.set_visible_counts(db, &mut tag)?;
            Ok(tag)
        })
    }

    /// The tags of each of some contacts, at most [`limits::PAGE`] contacts. The results are in the order of the
    /// contacts, each by name. Only the system sees tags of other tenants. A missing contact has no tags.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many contacts.
    pub fn of(&self, contacts: &[ContactId]) -> Result<Vec<Vec<Tag>>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let seen: HashMap<i64, ContactId> = rights
                .visible_contacts(db, contacts)?
                .iter()
                .map(|stored| (stored.id, stored.contact.id))
                .collect();
            let mut by_contact: HashMap<ContactId, BTreeMap<String, Tag>> = HashMap::new();
            let mut tags = db::tag::of_many(db, seen.keys().copied(), rights.tenant())?;
            rights.set_visible_counts(db, tags.iter_mut().map(|(_, tag)| tag))?;
            for (contact, tag) in tags {
                let Some(contact) = seen.get(&contact) else { continue };
                by_contact.entry(*contact).or_default().insert(caseless_key(&tag.name), tag);
            }
            let tags =
                |id| by_contact.get(id).map(|tags| tags.values().cloned().collect()).unwrap_or_default();
            Ok(contacts.iter().map(tags).collect())
        })
    }

    /// Adds a tag to a contact; false if the contact had it. Every change of tags is an edit of the contact.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::NotFound`]; [`Error::Forbidden`] without [`Permission::EditContact`].
    pub fn attach(&self, contact: ContactId, tag: TagId) -> Result<bool> {
        self.change_tag(contact, tag, true)
    }

    /// Removes a tag from a contact; false if the contact did not have it.
    ///
    /// # Errors
    /// The errors of [`Tags::attach`].
    pub fn detach(&self, contact: ContactId, tag: TagId) -> Result<bool> {
        self.change_tag(contact, tag, false)
    }

    /// Replaces the tags of a contact by the tags with these names, at most [`limits::TAGS`]. Returns them by name. An
    /// unknown name creates a tag, if the caller requests it and the actor may edit the contact.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many names, an invalid name, and an unknown name without creation; the errors of
    /// [`Tags::attach`]. After an error nothing is written.
    pub fn set<T: AsRef<str>>(
        &self,
        contact: ContactId,
        names: &[T],
        unknown: UnknownTagPolicy,
    ) -> Result<Vec<Tag>> {
        if names.len() > limits::TAGS {
            return Err(Error::invalid(Field::Tags, ValidationError::TooMany { limit: limits::TAGS }));
        }
        let names = names.iter().map(|name| check_name(name.as_ref())).collect::<Result<Vec<_>>>()?;
        let origin = self.session.origin_name()?;
        self.session.write(|db| {
            let context = WriteContext { now: self.session.engine.now(), origin };
            let rights = self.session.rights(db)?;
            let stored = rights.editable_contact(db, contact, Permission::EditContact)?;
            let tenant = tenant_or_home(db, &rights, &stored)?;
            let mut new_tags: BTreeMap<String, StoredTag> = BTreeMap::new();
            for name in names {
                let key = caseless_key(&name);
                let tag = match db::tag::with_name(db, tenant, &key)? {
                    Some(known) => known,
                    None if unknown == UnknownTagPolicy::Create => create_tag(db, tenant, name, None)?,
                    None => return Err(Error::invalid(Field::Tags, ValidationError::Unknown)),
                };
                new_tags.insert(key, tag);
            }
            replace_tags(db, context, &stored, tenant, &new_tags)?;
            // The counts of the tags have changed.
            let current = new_tags.values().map(|tag| Ok(db::tag::find(db, tenant, tag.tag.id)?.tag));
            let mut tags = current.collect::<Result<Vec<_>>>()?;
            rights.set_visible_counts(db, &mut tags)?;
            Ok(tags)
        })
    }

    fn change_tag(self, contact: ContactId, tag: TagId, on: bool) -> Result<bool> {
        let origin = self.session.origin_name()?;
        self.session.write(|db| {
            let context = WriteContext { now: self.session.engine.now(), origin };
            let rights = self.session.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            set_tag(db, context, &rights, &stored, tag, on)
        })
    }

    /// Lists the tags of the tenant by name, case-insensitive, in pages.
    pub fn list(&self) -> TagList<'s> {
        TagList::new(self.session)
    }
}

/// Adds or removes a tag of a visible contact; false if nothing changed.
pub(crate) fn set_tag(
    db: &Write<'_>,
    context: WriteContext<'_>,
    rights: &Rights,
    stored: &StoredContact,
    tag: TagId,
    on: bool,
) -> Result<bool> {
    rights.require_edit(db, stored, Permission::EditContact)?;
    let tag = db::tag::find(db, tenant_or_home(db, rights, stored)?, tag)?;
    let done = db::tag::set(db, stored.id, tag.id, on, counts_in_tags(stored))?;
    if done && on && db::tag::of_contact(db, stored.id)?.len() > limits::TAGS {
        return Err(Error::invalid(Field::Tags, ValidationError::TooMany { limit: limits::TAGS }));
    }
    if done {
        log_extra_edit(db, context, stored, &[Field::Tags])?;
    }
    Ok(done)
}

/// Adds tags of a tenant to a contact by name, and creates missing tags. False if nothing changed.
pub(crate) fn add_tags(
    db: &Write<'_>,
    tenant: i64,
    stored: &StoredContact,
    names: &[String],
) -> Result<bool> {
    let mut changed = false;
    for name in names {
        let name = check_name(name)?;
        let tag = match db::tag::with_name(db, tenant, &caseless_key(&name))? {
            Some(known) => known,
            None => create_tag(db, tenant, name, None)?,
        };
        changed |= db::tag::set(db, stored.id, tag.id, true, counts_in_tags(stored))?;
    }
    if changed && db::tag::of_contact(db, stored.id)?.len() > limits::TAGS {
        return Err(Error::invalid(Field::Tags, ValidationError::TooMany { limit: limits::TAGS }));
    }
    Ok(changed)
}

/// Whether the counts of tags include a contact.
fn counts_in_tags(stored: &StoredContact) -> bool {
    stored.contact.trashed_at.is_none()
}

/// The tenant whose tags and attributes apply to a contact: its own tenant, or for a shared contact the actor's.
pub(crate) fn tenant_or_home(db: &db::Read<'_>, rights: &Rights, stored: &StoredContact) -> Result<i64> {
    stored.tenant.map_or_else(|| rights.home_tenant(db), Ok)
}

/// Creates a tag with a valid name.
pub(crate) fn create_tag(
    db: &Write<'_>,
    tenant: i64,
    name: String,
    color: Option<crate::model::Color>,
) -> Result<StoredTag> {
    let key = caseless_key(&name);
    let tag = Tag { id: TagId(0), name, color, contacts: 0 };
    Ok(db::tag::insert(db, tenant, tag, &key)?)
}

/// Replaces the tags of a contact that belong to a tenant.
fn replace_tags(
    db: &Write<'_>,
    context: WriteContext<'_>,
    stored: &StoredContact,
    tenant: i64,
    new_tags: &BTreeMap<String, StoredTag>,
) -> Result<()> {
    let counted = counts_in_tags(stored);
    let mut changed = false;
    for old in db::tag::of_contact(db, stored.id)? {
        if old.tenant == tenant && !new_tags.values().any(|tag| tag.id == old.id) {
            changed |= db::tag::set(db, stored.id, old.id, false, counted)?;
        }
    }
    for tag in new_tags.values() {
        changed |= db::tag::set(db, stored.id, tag.id, true, counted)?;
    }
    if changed {
        log_extra_edit(db, context, stored, &[Field::Tags])?;
    }
    Ok(())
}
