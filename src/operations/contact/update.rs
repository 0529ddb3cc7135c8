//! Updates fields and attributes together.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::feed::{ChangeKind, field_mask};
use crate::model::{
    ContactId, ContactPatch, ContactUpdate, Field, NetworkPolicy, NewContact, Permission, UpdateResult,
    UpdateTarget,
};
use crate::operations::contact::draft::to_new_contact;
use crate::operations::contact::edit::{apply_patch, changed_unique_keys};
use crate::operations::context::{WriteContext, log_extra_edit};
use crate::operations::list::list_orders::ListOrders;
use crate::operations::record::attributes::ValueRules;
use crate::operations::record::blocks::update_contact_block;
use crate::operations::record::tags::tenant_or_home;

impl Session {
    /// Changes fields and attribute values of a contact in one edit, and reports each. A part that breaks a rule is
    /// skipped with its reason, or rejects the whole update, as the update requests. Values alone are an edit too; an
    /// update without changes is not.
    ///
    /// ```
    /// use cardex::{Actor, ContactPatch, ContactUpdate, Field, Network, NewContact, Options};
    /// use cardex::attributes::AttributeNamespace;
    /// use cardex::contacts::UpdateTarget;
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// let update = ContactUpdate::new(ContactPatch::new().company("Acme").emails(["nonsense"]))
    ///     .set_attribute(AttributeNamespace::Custom, "plan", "gold").skip_invalid();
    /// let done = session.update(john.id, update)?;
    /// assert_eq!((done.applied.len(), done.contact.company.as_str()), (2, "Acme"));
    /// assert_eq!(done.skipped[0].0, UpdateTarget::Field(Field::Email));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`Session::edit`]; [`Error::Invalid`] for a value of the wrong type, an exceeded limit, or an
    /// undeclared attribute if it is not permitted. An update that skips parts returns only errors of the whole.
    pub fn update(&self, id: ContactId, update: ContactUpdate) -> Result<UpdateResult> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let context = WriteContext { now: self.engine.now(), origin };
            let rights = self.rights(db)?;
            let stored = rights.editable_contact(db, id, Permission::EditContact)?;
            let found = stored.contact.version;
            if let Some(expected) = update.patch.expected_version.filter(|expected| *expected != found) {
                return Err(Error::VersionConflict { expected, found });
            }
            let blocked = update.patch.blocked;
            let ContactUpdate {
                patch,
                attribute_values: values,
                skip_invalid: skips,
                skip_type_checks: unchecked,
                declared_only,
            } = update;
            let tenant = tenant_or_home(db, &rights, &stored)?;
            let (_, policy) = db::directory::network(db, &stored.contact.network)?;
            let list_orders = ListOrders::for_writing(&self.engine, db)?;
            let mut report = UpdateReport { skips, set: Vec::new(), skipped: Vec::new() };
            let attempt =
                FieldTrial { session: self, db, rights, list_orders: &list_orders, policy: &policy };
            let new = attempt.applicable_fields(&stored, patch, &mut report)?;
            let (stored, changed) = self.replace_fields(db, context, &list_orders, stored, new, &policy)?;
            update_contact_block(db, context, &rights, &stored, blocked)?;
            let mut assigned = false;
            let rules = ValueRules { checked: !unchecked, declared_only };
            for (space, key, value) in values {
                let done =
                    self.engine.set_value(db, (tenant, stored.id), (space, &key, value.as_ref()), rules);
                assigned |= report.record(UpdateTarget::Attribute(space, key), done)?.unwrap_or(false);
            }
            if assigned && changed {
                context.log(db, &stored, ChangeKind::Edit, field_mask([Field::Attributes]))?;
            } else if assigned {
                log_extra_edit(db, context, &stored, &[Field::Attributes])?;
            }
            let stored = db::contact::one(db, stored.id)?.ok_or(Error::NoContact(id))?;
            Ok(UpdateResult { contact: stored.contact, applied: report.set, skipped: report.skipped })
        })
    }
}

/// The results of the parts of an update.
struct UpdateReport {
    skips: bool,
    set: Vec<UpdateTarget>,
    skipped: Vec<(UpdateTarget, Error)>,
}

impl UpdateReport {
    /// Records a part. Returns its result, `None` if it was skipped.
    fn record<T>(&mut self, part: UpdateTarget, done: Result<T>) -> Result<Option<T>> {
        match done {
            Ok(done) => {
                self.set.push(part);
                Ok(Some(done))
            }
            Err(error) if self.skips && error.is_client_error() => {
                self.skipped.push((part, error));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Checks fields before they are written.
struct FieldTrial<'a> {
    session: &'a Session,
    db: &'a Write<'a>,
    rights: Rights,
    list_orders: &'a ListOrders,
    policy: &'a NetworkPolicy,
}

impl FieldTrial<'_> {
    /// The contact with the valid fields of a patch. Fields are checked one by one if invalid ones are skipped, else
    /// together.
    fn applicable_fields(
        &self,
        stored: &StoredContact,
        patch: ContactPatch,
        report: &mut UpdateReport,
    ) -> Result<NewContact> {
        let mut new = to_new_contact(stored, stored.contact.network.clone());
        let parts = patch.clone().split_by_field();
        if !report.skips {
            if patch.emails.is_some() {
                self.rights.require(self.db, Permission::EditContactEmail, stored.network)?;
            }
            report.set.extend(parts.into_iter().map(|(field, _)| UpdateTarget::Field(field)));
            return Ok(apply_patch(new, patch));
        }
        for (field, part) in parts {
            let tried = apply_patch(new.clone(), part);
            let done = self.check_field(stored, &tried, field);
            if report.record(UpdateTarget::Field(field), done)?.is_some() {
                new = tried;
            }
        }
        Ok(new)
    }

    fn check_field(&self, stored: &StoredContact, tried: &NewContact, field: Field) -> Result<()> {
        if field == Field::Email {
            self.rights.require(self.db, Permission::EditContactEmail, stored.network)?;
        }
        let normalizer = self.session.engine.normalizer(&self.list_orders.collator);
        let mut draft = normalizer.normalize(tried.clone(), self.policy, &stored.contact.phones)?;
        if stored.contact.trashed_at.is_some() {
            return Ok(());
        }
        draft.stored.network = stored.network;
        let (_, won) = changed_unique_keys(stored, &draft.stored, self.policy);
        Ok(db::unique_values::ensure_available(self.db, stored.tenant, &won)?)
    }
}
