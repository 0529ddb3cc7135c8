//! Notes on contacts.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db;
use crate::db::contact::StoredContact;
use crate::db::note::NotesOf;
use crate::error::{Error, Result, ValidationError};
use crate::model::{ContactId, Field, Note, NoteId, limits};
use crate::operations::record::tags::tenant_or_home;
use crate::query::NoteList;

/// Notes on one contact. A note belongs to a tenant: that of the contact, or that of its author if the contact is shared. Other tenants
/// do not see it. See [`Session::notes`].
#[derive(Debug, Clone, Copy)]
pub struct Notes<'s> {
    session: &'s Session,
    contact: ContactId,
}

impl<'s> Notes<'s> {
    pub(crate) const fn new(session: &'s Session, contact: ContactId) -> Self {
        Self { session, contact }
    }

    /// Adds a note to a contact, 1 to [`limits::NOTE`] characters. The acting advisor is its author. A note is not an
    /// edit of the contact.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Invalid`]; [`Error::Forbidden`] without [`Permission::EditContact`](crate::entitlements::Permission::EditContact).
    pub fn add(&self, content: &str) -> Result<Note> {
        let contact = self.contact;
        let content = check_note(content)?;
        self.session.with_editable_contact(contact, |db, rights, stored| {
            let now = self.session.engine.now();
            let tenant = tenant_or_home(db, &rights, stored)?;
            let id = db::note::insert(db, stored.id, tenant, rights.author(), &content, now)?;
            Ok(db::note::find(db, notes_of(&rights, stored), id)?)
        })
    }

    /// Replaces the text of a note. The actor becomes its author.
    ///
    /// # Errors
    /// [`Error::NotFound`]; the errors of [`Notes::add`].
    pub fn edit(&self, id: NoteId, content: &str) -> Result<Note> {
        let contact = self.contact;
        let content = check_note(content)?;
        self.session.with_editable_contact(contact, |db, rights, stored| {
            db::note::find(db, notes_of(&rights, stored), id)?;
            db::note::update(db, id, &content, rights.author(), self.session.engine.now())?;
            Ok(db::note::find(db, notes_of(&rights, stored), id)?)
        })
    }

    /// Deletes a note permanently.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoContact`]; [`Error::Forbidden`] without [`Permission::EditContact`](crate::entitlements::Permission::EditContact).
    pub fn delete(&self, id: NoteId) -> Result<()> {
        let contact = self.contact;
        self.session.with_editable_contact(contact, |db, rights, stored| {
            db::note::find(db, notes_of(&rights, stored), id)?;
            Ok(db::note::delete(db, stored.id, id)?)
        })
    }

    /// A note of a contact.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoContact`].
    pub fn get(&self, id: NoteId) -> Result<Note> {
        let contact = self.contact;
        self.session.read(|snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            let stored = rights.visible_contact(&snapshot.db, contact)?;
            Ok(db::note::find(&snapshot.db, notes_of(&rights, &stored), id)?)
        })
    }

    /// Lists the notes on a contact, newest first, in pages.
    pub fn list(&self) -> NoteList<'s> {
        NoteList::new(self.session, self.contact)
    }
}

/// The notes on a contact that the actor sees. A shared contact has separate notes in each tenant.
fn notes_of(rights: &Rights, stored: &StoredContact) -> NotesOf {
    NotesOf { local_id: stored.id, contact: stored.contact.id, tenant: rights.tenant() }
}

fn check_note(content: &str) -> Result<String> {
    if content.trim().is_empty() {
        return Err(Error::invalid(Field::Note, ValidationError::Required { network: None }));
    }
    if content.chars().nth(limits::NOTE).is_some() {
        return Err(Error::invalid(Field::Note, ValidationError::TooLong { limit: limits::NOTE }));
    }
    Ok(content.to_owned())
}
