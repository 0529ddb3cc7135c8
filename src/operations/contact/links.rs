//! Links between contacts and advisors.

use std::collections::HashMap;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::{self, Owner, Write};
use crate::error::Result;
use crate::feed::ChangeKind;
use crate::index::{self, ContactKeys};
use crate::model::{AdvisorId, ContactId, Permission};
use crate::operations::context::{WriteContext, list_scopes_of};
use crate::operations::list::list_counts::{ListCounts, current_position, insert_entries, remove_entries};
use crate::operations::list::list_orders::ListOrders;
use crate::operations::maintenance::substring_index::SubstringWriter;

impl Session {
    /// Links a contact to an advisor of its tenant, or a shared contact to any advisor; false if they were linked. For
    /// other advisors an advisor needs [`Permission::OnBehalfOnboard`].
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact), [`Error::NoAdvisor`](crate::Error::NoAdvisor), [`Error::Forbidden`](crate::Error::Forbidden).
    pub fn link(&self, contact: ContactId, advisor: AdvisorId) -> Result<bool> {
        self.change_link(contact, advisor, true)
    }

    /// Unlinks a contact from an advisor; false if they were not linked. The contact stays, even without links. For
    /// other advisors an advisor needs [`Permission::OnBehalfOffboard`] and [`Permission::ListCustomers`].
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact), [`Error::NoAdvisor`](crate::Error::NoAdvisor), [`Error::Forbidden`](crate::Error::Forbidden).
    pub fn unlink(&self, contact: ContactId, advisor: AdvisorId) -> Result<bool> {
        self.change_link(contact, advisor, false)
    }

    /// The advisors that each of some contacts is linked to, at most [`limits::PAGE`](crate::limits::PAGE) contacts, in
    /// their order. Only the system sees advisors of other tenants. A missing contact has no links.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for too many contacts.
    pub fn links_of(&self, contacts: &[ContactId]) -> Result<Vec<Vec<AdvisorId>>> {
        self.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let seen: HashMap<i64, ContactId> = rights
                .visible_contacts(db, contacts)?
                .iter()
                .map(|stored| (stored.id, stored.contact.id))
                .collect();
            let mut by_contact: HashMap<ContactId, Vec<AdvisorId>> = HashMap::new();
            for (contact, advisor) in
                db::entries::advisors_of_many(db, seen.keys().copied(), rights.tenant())?
            {
                let Some(contact) = seen.get(&contact) else { continue };
                by_contact.entry(*contact).or_default().push(advisor);
            }
            Ok(contacts.iter().map(|id| by_contact.get(id).cloned().unwrap_or_default()).collect())
        })
    }

    fn change_link(&self, contact: ContactId, advisor: AdvisorId, on: bool) -> Result<bool> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            let context = WriteContext { now: self.engine.now(), origin };
            set_link_as_actor(
                db,
                context,
                rights,
                &ListOrders::for_writing(&self.engine, db)?,
                &stored,
                advisor,
                on,
            )
        })
    }
}

/// Links or unlinks a visible contact, if the actor may; false if nothing changed.
pub(crate) fn set_link_as_actor(
    db: &Write<'_>,
    context: WriteContext<'_>,
    rights: Rights,
    list_orders: &ListOrders,
    stored: &db::contact::StoredContact,
    advisor: AdvisorId,
    on: bool,
) -> Result<bool> {
    let advisor = if on {
        rights.linkable_advisor(db, stored.tenant, advisor)?
    } else {
        rights.visible_advisor(db, advisor)?
    };
    if on {
        let own = rights.advisor().is_none_or(|own| own == advisor);
        let needed = if own { Permission::CreateContact } else { Permission::OnBehalfOnboard };
        rights.require(db, needed, stored.network)?;
    } else {
        rights.require_offboard(db, advisor, stored.network)?;
    }
    let mut counts = ListCounts::default();
    let done = set_link(db, context, list_orders, stored, advisor, on, &mut counts)?;
    counts.flush(db, list_orders)?;
    Ok(done)
}

/// Links or unlinks; false if nothing changed.
pub(crate) fn set_link(
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    stored: &db::contact::StoredContact,
    advisor: i64,
    on: bool,
    counts: &mut ListCounts,
) -> Result<bool> {
    let done = if on {
        db::entries::link(db, stored.id, advisor, context.now)?
    } else {
        db::entries::unlink(db, stored.id, advisor)?
    };
    if !done {
        return Ok(false);
    }
    // A contact in the trash is in no advisor's list.
    if stored.contact.trashed_at.is_none() {
        let scope = [Owner::Advisor(advisor).on_network(stored.network)];
        // Reads the other links only if necessary, because a contact can have a million of them.
        let scopes = || {
            let mut advisors = db::entries::advisors_of(db, stored.id)?;
            if on {
                advisors.retain(|other| *other != advisor);
            } else {
                advisors.push(advisor);
            }
            Ok(list_scopes_of(stored, &advisors))
        };
        let place = current_position(db, list_orders, counts, scopes, stored.id)?;
        let keys = ContactKeys::of(&stored.contact, &scope);
        if on {
            insert_entries(db, counts, &scope, &place, stored.id)?;
            index::log_key_changes(db, stored.id, &ContactKeys::default(), &keys)?;
        } else {
            remove_entries(db, counts, &scope, &place, stored.id)?;
            index::log_key_changes(db, stored.id, &keys, &ContactKeys::default())?;
        }
        SubstringWriter::load(db)?.reinsert(db, stored)?;
    }
    let kind = if on { ChangeKind::Link } else { ChangeKind::Unlink };
    // Each tenant sees only its own links of a shared contact in the log.
    let tenant = db::directory::advisor_tenant(db, advisor)?;
    context.log_for_tenant(db, Some(tenant), stored, kind, 0)?;
    Ok(true)
}
