//! Offboarding: removes many links in one call, and reports each.

use crate::access::rights::Rights;

use crate::db::contact::StoredContact;
use crate::db::{self, Owner, Write};
use crate::error::Result;
use crate::model::{AdvisorId, ContactId, Network, Phone};
use crate::operations::contact::links::set_link;
use crate::operations::context::WriteContext;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::ListOrders;
use crate::operations::onboarding::handle::Onboarding;

/// The status of one link after offboarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum OffboardStatus {
    /// The link was removed.
    Success,
    /// There was no such link.
    NotFound,
    /// The actor may not remove it.
    Failure,
}

/// The result of offboarding one link.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct OffboardResult {
    /// The contact.
    pub contact: ContactId,
    /// The advisor.
    pub advisor: AdvisorId,
    /// The contact's network; `None` if there was no such link.
    pub network: Option<Network>,
    /// The contact's phone, if it has one.
    pub phone: Option<Phone>,
    /// The status of the link.
    pub status: OffboardStatus,
}

impl Onboarding<'_> {
    /// Removes the links of a contact to all advisors of the tenant. Links to advisors of other tenants stay.
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact); [`Error::Forbidden`](crate::Error::Forbidden) for an advisor who
    /// shares the contact with others, without both
    /// [`Permission::OnBehalfOffboard`](crate::entitlements::Permission::OnBehalfOffboard) and
    /// [`Permission::ListCustomers`](crate::entitlements::Permission::ListCustomers).
    pub fn offboard_contact(&self, contact: ContactId) -> Result<Vec<OffboardResult>> {
        let pairs = self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            let mut pairs = Vec::new();
            for advisor in db::entries::advisors_of(db, stored.id)? {
                let tenant = db::directory::advisor_tenant(db, advisor)?;
                if rights.tenant().is_none_or(|own| own == tenant) {
                    rights.require_offboard(db, advisor, stored.network)?;
                    pairs.push((contact, db::directory::advisor_public_id(db, advisor)?));
                }
            }
            Ok(pairs)
        })?;
        self.offboard(&pairs)
    }

    /// Removes all links of an advisor.
    ///
    /// # Errors
    /// [`Error::NoAdvisor`](crate::Error::NoAdvisor); [`Error::Forbidden`](crate::Error::Forbidden) for another advisor
    /// without [`Permission::ListCustomers`](crate::entitlements::Permission::ListCustomers).
    pub fn offboard_advisor(&self, advisor: AdvisorId) -> Result<Vec<OffboardResult>> {
        let pairs: Vec<_> = self.session.read(|snapshot| {
            let db = &snapshot.db;
            let scopes = self.session.rights(db)?.scopes(db, None, Some(advisor))?;
            let generation = db::metadata::read(db)?.generation;
            let mut pairs = Vec::new();
            for scope in scopes.into_iter().filter(|scope| matches!(scope.owner, Owner::Advisor(_))) {
                for (_, id) in
                    db::entries::entries(db, scope.in_generation(generation), None, false, i64::MAX)?
                {
                    pairs.push((ContactId(id), advisor));
                }
            }
            Ok(pairs)
        })?;
        self.offboard(&pairs)
    }

    /// Removes links between contacts and advisors, some hundreds in a transaction. An error of one link is in its
    /// result and does not stop the others.
    ///
    /// # Errors
    /// Errors of the store. Links of earlier transactions are then removed.
    pub fn offboard(&self, pairs: &[(ContactId, AdvisorId)]) -> Result<Vec<OffboardResult>> {
        let origin = self.session.origin_name()?;
        let mut report = Vec::with_capacity(pairs.len());
        for slice in pairs.chunks(self.session.engine.tuning().operations.offboard_batch) {
            report.extend(self.session.write(|db| {
                let rights = self.session.rights(db)?;
                let context = WriteContext { now: self.session.engine.now(), origin };
                let list_orders = ListOrders::for_writing(&self.session.engine, db)?;
                let mut counts = ListCounts::default();
                let cut = |(contact, advisor): &(ContactId, AdvisorId)| {
                    offboard_link(db, context, rights, &list_orders, *contact, *advisor, &mut counts)
                };
                let report = slice.iter().map(cut).collect::<Result<Vec<_>>>()?;
                counts.flush(db, &list_orders)?;
                Ok(report)
            })?);
        }
        Ok(report)
    }
}

/// Removes one link. All checks run before anything is written.
fn offboard_link(
    db: &Write<'_>,
    context: WriteContext<'_>,
    rights: Rights,
    list_orders: &ListOrders,
    contact: ContactId,
    advisor: AdvisorId,
    counts: &mut ListCounts,
) -> Result<OffboardResult> {
    let (stored, status) = match find_link(db, rights, contact, advisor)? {
        None => (None, OffboardStatus::NotFound),
        Some((stored, local)) => match rights.require_offboard(db, local, stored.network) {
            Ok(()) => {
                set_link(db, context, list_orders, &stored, local, false, counts)?;
                (Some(stored), OffboardStatus::Success)
            }
            Err(error) if error.is_client_error() => (Some(stored), OffboardStatus::Failure),
            Err(error) => return Err(error),
        },
    };
    let contact_row = stored.map(|stored| stored.contact);
    let network = contact_row.as_ref().map(|contact| contact.network.clone());
    let phone = contact_row.and_then(|contact| contact.phones.into_iter().next());
    Ok(OffboardResult { contact, advisor, network, phone, status })
}

/// A contact that the actor sees, with one of its advisors, if they are linked.
fn find_link(
    db: &Write<'_>,
    rights: Rights,
    contact: ContactId,
    advisor: AdvisorId,
) -> Result<Option<(StoredContact, i64)>> {
    let found = rights
        .visible_contact(db, contact)
        .and_then(|stored| Ok((stored, rights.visible_advisor(db, advisor)?)));
    match found {
        Ok((stored, local)) if db::entries::is_linked(db, stored.id, local)? => Ok(Some((stored, local))),
        Ok(_) => Ok(None),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
