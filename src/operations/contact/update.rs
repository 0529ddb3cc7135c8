//! Changing fields and attributes together.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::feed::{ChangeKind, field_bits};
use crate::model::{
    ContactId, ContactPatch, Field, NetworkPolicy, NewContact, Permission, Update, UpdatePart, Updated,
};
use crate::operations::contact::draft::reopen;
use crate::operations::contact::edit::{change, exchanged, overlay};
use crate::operations::list::order::Orders;
use crate::operations::record::attributes::Rules;
use crate::operations::record::blocks::reflag;
use crate::operations::record::tags::home_of;
use crate::operations::{Context, Tally, edited};

impl Session {
    /// Changes fields of a contact and values of its attributes in one edit, and tells what was set. What breaks a rule is
    /// skipped with its reason, or refuses the whole, as the update says. Values alone are an edit too; an update that changes
    /// nothing is none.
    ///
    /// ```
    /// use cardex::{Actor, AttributeSpace, ContactPatch, Field, Network, NewContact, Options, Update, UpdatePart};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let john = desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// let update = Update::new(ContactPatch::new().company("Acme").emails(["nonsense"]))
    ///     .value(AttributeSpace::Custom, "plan", "gold").skip_faults();
    /// let done = desk.update(john.id, update)?;
    /// assert_eq!((done.set.len(), done.contact.company.as_str()), (2, "Acme"));
    /// assert_eq!(done.skipped[0].0, UpdatePart::Field(Field::Email));
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Session::edit`]; [`Error::Invalid`] for a value that is not of its attribute's kind, of a passed limit, or of
    /// an attribute nobody declared if that is a fault. Of an update that skips, only those that concern the whole.
    pub fn update(&self, id: ContactId, update: Update) -> Result<Updated> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let context = Context { now: self.inner.now(), origin };
            let rights = self.rights(db)?;
            let stored = rights.changeable(db, id, Permission::EditContact)?;
            let found = stored.contact.version;
            if let Some(expected) = update.patch.version.filter(|expected| *expected != found) {
                return Err(Error::VersionConflict { expected, found });
            }
            let blocked = update.patch.blocked;
            let Update { patch, values, skips, unchecked, declared_only } = update;
            let tenant = home_of(db, &rights, &stored)?;
            let (_, policy) = db::directory::network(db, &stored.contact.network)?;
            let orders = Orders::read(&self.inner, db)?;
            let mut report = Report { skips, set: Vec::new(), skipped: Vec::new() };
            let attempt = Attempt { session: self, db, rights, orders: &orders, policy: &policy };
            let new = attempt.fields(&stored, patch, &mut report)?;
            let draft = self.inner.press(&orders.collator).press(new, &policy, &stored.contact.phones)?;
            let mut tally = Tally::default();
            let (stored, changed) = change(db, context, &orders, stored, draft, &policy, &mut tally)?;
            tally.write(db, &orders)?;
            reflag(db, context, &rights, &stored, blocked)?;
            let mut assigned = false;
            let rules = Rules { checked: !unchecked, declared_only };
            for (space, key, value) in values {
                let done = self.inner.assign(db, (tenant, stored.id), (space, &key, value.as_ref()), rules);
                assigned |= report.take(UpdatePart::Attribute(space, key), done)?.unwrap_or(false);
            }
            if assigned && changed {
                context.log(db, &stored, ChangeKind::Edit, field_bits([Field::Attributes]))?;
            } else if assigned {
                edited(db, context, &stored, &[Field::Attributes])?;
            }
            let stored = db::contact::one(db, stored.id)?.ok_or(Error::NoContact(id))?;
            Ok(Updated { contact: stored.contact, set: report.set, skipped: report.skipped })
        })
    }
}

/// What became of the parts of an update.
struct Report {
    skips: bool,
    set: Vec<UpdatePart>,
    skipped: Vec<(UpdatePart, Error)>,
}

impl Report {
    /// Takes down a part; its result, `None` if it was skipped.
    fn take<T>(&mut self, part: UpdatePart, done: Result<T>) -> Result<Option<T>> {
        match done {
            Ok(done) => {
                self.set.push(part);
                Ok(Some(done))
            }
            Err(error) if self.skips && error.is_refusal() => {
                self.skipped.push((part, error));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Fields that are tried before they are written.
struct Attempt<'a> {
    session: &'a Session,
    db: &'a Write<'a>,
    rights: Rights,
    orders: &'a Orders,
    policy: &'a NetworkPolicy,
}

impl Attempt<'_> {
    /// The contact with those fields of a patch that can be written: one after the other if faults are skipped, else all at once.
    fn fields(&self, stored: &Stored, patch: ContactPatch, report: &mut Report) -> Result<NewContact> {
        let mut new = reopen(stored, stored.contact.network.clone());
        let parts = patch.clone().parts();
        if !report.skips {
            if patch.emails.is_some() {
                self.rights.require(self.db, Permission::EditContactEmail, stored.network)?;
            }
            report.set.extend(parts.into_iter().map(|(field, _)| UpdatePart::Field(field)));
            return Ok(overlay(new, patch));
        }
        for (field, part) in parts {
            let tried = overlay(new.clone(), part);
            let done = self.fits(stored, &tried, field);
            if report.take(UpdatePart::Field(field), done)?.is_some() {
                new = tried;
            }
        }
        Ok(new)
    }

    fn fits(&self, stored: &Stored, tried: &NewContact, field: Field) -> Result<()> {
        if field == Field::Email {
            self.rights.require(self.db, Permission::EditContactEmail, stored.network)?;
        }
        let press = self.session.inner.press(&self.orders.collator);
        let mut draft = press.press(tried.clone(), self.policy, &stored.contact.phones)?;
        if stored.contact.trashed_at.is_some() {
            return Ok(());
        }
        draft.stored.network = stored.network;
        let (_, won) = exchanged(stored, &draft.stored, self.policy);
        Ok(db::unique_values::refuse_taken(self.db, stored.tenant, &won)?)
    }
}
