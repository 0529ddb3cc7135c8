//! Finds the contact of the book that a record of an import describes.

use crate::db::contact::StoredContact;
use crate::db::{self, Owner};
use crate::error::{Result, RuleViolation};
use crate::model::{ContactId, NetworkPolicy};
use crate::operations::bulk::add_many::ImportBatch;
use crate::operations::bulk::import_matching::{same_full_name, same_person};
use crate::operations::contact::add::Target;
use crate::operations::contact::draft::{Draft, phone_key, uid_form, uid_key};

/// The largest number of contacts with one phone or e-mail address that are compared with a record.
const MAX_SHARERS: i64 = 100;

/// The largest number of contacts with equal names that are compared with a record without UID and address.
const MAX_NAMESAKES: i64 = 1_000;

impl ImportBatch<'_, '_> {
    /// The existing contact that a record describes, if the actor may see it.
    pub(super) fn find_existing(
        &mut self,
        draft: &Draft,
        target: &Target,
        network: i64,
        policy: &NetworkPolicy,
    ) -> Result<Option<StoredContact>> {
        let contact = &draft.stored.contact;
        let tenant = target.tenant().unwrap_or(0);
        if !contact.uid.is_empty() {
            let holder = db::unique_values::holder(self.db, tenant, &uid_key(&contact.uid, network))?;
            if let Some(found) = self.load_visible(holder)? {
                return Ok(Some(found));
            }
        }
        let other_uid = |found: &StoredContact| {
            let uid = &found.given_uid;
            !uid.is_empty() && !contact.uid.is_empty() && uid_form(uid) != uid_form(&contact.uid)
        };
        let address = contact.phones.first().filter(|phone| policy.unique_phone && phone.e164().is_some());
        if let Some(phone) = address {
            let key = phone_key(&phone.normalized, network, target.group());
            let found = self.load_visible(db::unique_values::holder(self.db, tenant, &key)?)?;
            return Ok(found.filter(|found| !other_uid(found)));
        }
        let list =
            Owner::for_tenant(target.tenant()).on_network(network).in_generation(self.list_orders.generation);
        let start = (draft.current_sort_key(&self.list_orders), 0);
        let stored = db::entries::entries(self.db, list, Some(&start), false, MAX_NAMESAKES)?;
        let stored = stored.into_iter().take_while(|(sort_key, _)| *sort_key == start.0);
        let mut ids: Vec<i64> = stored.map(|(_, id)| id).collect();
        // The entries of contacts of this transaction are not written yet.
        if let Some(pending) = self.pending_names.get(&(tenant, network, start.0)) {
            ids.extend(pending);
            ids.sort_unstable();
        }
        for id in ids.into_iter().take(usize::try_from(MAX_NAMESAKES).unwrap_or_default()) {
            let found = self.load_visible(Some(id))?;
            let same = |found: &StoredContact| !other_uid(found) && same_person(&found.contact, contact);
            if let Some(found) = found.filter(same) {
                return Ok(Some(found));
            }
        }
        let is_here = |found: &StoredContact| {
            found.network == network && found.tenant == target.tenant() && found.contact.trashed_at.is_none()
        };
        for id in db::contact_methods::with_first_methods(self.db, contact, MAX_SHARERS)? {
            let found = self.load_visible(Some(id))?;
            let same = |found: &StoredContact| {
                is_here(found) && !other_uid(found) && same_full_name(&found.contact, contact)
            };
            if let Some(found) = found.filter(same) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The contact that a record is expected to change.
    pub(super) fn find_expected(&self, id: ContactId, network: i64) -> Result<StoredContact> {
        let found = self.creation.rights.visible_contact(self.db, id)?;
        if found.network != network {
            return Err(RuleViolation::DifferentNetworks.into());
        }
        Ok(found)
    }

    fn load_visible(&self, id: Option<i64>) -> Result<Option<StoredContact>> {
        let found = id.map(|id| db::contact::one(self.db, id)).transpose()?.flatten();
        found.map_or(Ok(None), |found| Ok(self.creation.rights.can_see(self.db, &found)?.then_some(found)))
    }
}
