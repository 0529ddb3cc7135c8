//! First phones and e-mail addresses that no other contact has, for sessions that require it.

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Read};
use crate::error::{Error, Result};
use crate::model::{Contact, Field, fold_email};

/// The value that is compared, if the contact has one.
type Value = fn(&Contact) -> Option<String>;

fn first_phone(contact: &Contact) -> Option<String> {
    contact.phones.first().map(|phone| phone.normalized.clone())
}

fn first_email(contact: &Contact) -> Option<String> {
    contact.emails.first().map(|email| fold_email(&email.text))
}

impl Session {
    /// Checks the first phone and e-mail address of a contact to write, if this session requires it. `old` is the contact before an edit.
    pub(crate) fn check_distinct_methods(
        &self,
        db: &Read<'_>,
        tenant: Option<i64>,
        new: &Contact,
        old: Option<&StoredContact>,
    ) -> Result<()> {
        if !self.has_distinct_methods() || new.trashed_at.is_some() {
            return Ok(());
        }
        let fields: [(Field, Value); 2] = [(Field::Phone, first_phone), (Field::Email, first_email)];
        for (field, value) in fields {
            let Some(own) = value(new) else { continue };
            if old.is_some_and(|old| value(&old.contact).as_ref() == Some(&own)) {
                continue;
            }
            let ids = match field {
                Field::Phone => db::contact_methods::with_phone(db, &own)?,
                _ => db::contact_methods::with_email(db, &own)?,
            };
            let holds = |other: &StoredContact| {
                let is_active = other.contact.trashed_at.is_none() && other.merged_into.is_none();
                let is_seen = tenant.is_none() || other.tenant.is_none() || other.tenant == tenant;
                is_active
                    && is_seen
                    && old.is_none_or(|old| old.id != other.id)
                    && value(&other.contact).as_ref() == Some(&own)
            };
            if let Some(holder) = db::contact::many(db, &ids)?.into_iter().find(holds) {
                return Err(Error::Duplicate { field, holder: Some(holder.contact.id) });
            }
        }
        Ok(())
    }
}
