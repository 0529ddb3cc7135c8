//! Attributes: what a tenant has, and the values of contacts.

use std::collections::HashMap;

use serde_json::Value;

use crate::access::session::Session;
use crate::db::record::attribute::StoredDef;
use crate::db::{self, Write};
use crate::engine::Inner;
use crate::error::{Error, Problem, Result, Thing};
use crate::model::{
    AttributeDef, AttributeId, AttributeKind, AttributePatch, AttributeSpace, AttributeValue, ContactId,
    Field, NewAttribute, limits,
};
use crate::operations::record::attribute_values::judge;

impl Session {
    /// Declares an attribute of the tenant's contacts. Values that came under its key before stay, whatever they are. For
    /// administrators and the system.
    ///
    /// ```
    /// use cardex::{Actor, AttributeKind, AttributeSpace, ContactPatch, Network, NewAttribute, NewContact, Options, Update};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// desk.add_attribute(NewAttribute::new(AttributeSpace::Custom, "score", AttributeKind::Number))?;
    /// let john = desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// desk.update(john.id, Update::new(ContactPatch::new()).value(AttributeSpace::Custom, "score", 7))?;
    /// assert_eq!(desk.attributes_of(&[john.id])?[0][0].value, 7);
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Exists`] if it is declared; [`Error::Invalid`] for a key that is none or names a field, a pattern that is none,
    /// a list without choices, a limit passed; [`Error::Forbidden`].
    pub fn add_attribute(&self, new: NewAttribute) -> Result<AttributeDef> {
        let NewAttribute { space, key, kind, patch } = new;
        AttributeDef::check_key(space, &key, true)?;
        let mut def = self.inner.blank_def(space, key, kind);
        def.overlay(patch)?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home(db)?;
            let Some(known) = db::attribute::with_key(db, home, space, &def.key)? else {
                return Ok(db::attribute::insert(db, home, def)?.def);
            };
            if known.def.declared {
                return Err(Error::Exists(Thing::Attribute));
            }
            (def.id, def.created_at) = (known.def.id, known.def.created_at);
            let stored = StoredDef { id: known.id, def };
            db::attribute::update(db, &stored)?;
            self.inner.compare_anew(db, &stored)?;
            Ok(stored.def)
        })
    }

    /// Changes what is told of an attribute, its pattern or its choices; values that contacts have stay. For administrators and
    /// the system.
    ///
    /// # Errors
    /// [`Error::NoSuch`]; [`Error::Invalid`], [`Error::Forbidden`].
    pub fn edit_attribute(&self, id: AttributeId, patch: AttributePatch) -> Result<AttributeDef> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let mut stored = db::attribute::find(db, rights.home(db)?, id)?;
            stored.def.overlay(patch)?;
            stored.def.updated_at = self.inner.now();
            db::attribute::update(db, &stored)?;
            Ok(stored.def)
        })
    }

    /// Deletes an attribute with the values of all contacts, none of which counts as edited. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NoSuch`], [`Error::Forbidden`].
    pub fn delete_attribute(&self, id: AttributeId) -> Result<()> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let stored = db::attribute::find(db, rights.home(db)?, id)?;
            Ok(db::attribute::delete(db, stored.id)?)
        })
    }

    /// The attribute of the tenant under a key, declared or not; `None` if there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub fn attribute(&self, space: AttributeSpace, key: &str) -> Result<Option<AttributeDef>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let found = db::attribute::with_key(db, self.rights(db)?.home(db)?, space, key)?;
            Ok(found.map(|stored| stored.def))
        })
    }

    /// The values of each of some contacts, at most [`limits::PAGE`] of them, in their order, by space and key; those of other
    /// tenants' attributes only for the system. None for a contact that is not there.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many contacts.
    pub fn attributes_of(&self, contacts: &[ContactId]) -> Result<Vec<Vec<AttributeValue>>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let seen: HashMap<i64, ContactId> =
                rights.among(db, contacts)?.iter().map(|stored| (stored.id, stored.contact.id)).collect();
            let mut told: HashMap<ContactId, Vec<AttributeValue>> = HashMap::new();
            for (contact, value) in db::attribute::of_many(db, seen.keys().copied(), rights.tenant())? {
                let Some(contact) = seen.get(&contact) else { continue };
                told.entry(*contact).or_default().push(value);
            }
            for values in told.values_mut() {
                values.sort_by(|a, b| (a.space, &a.key).cmp(&(b.space, &b.key)));
            }
            Ok(contacts.iter().map(|id| told.get(id).cloned().unwrap_or_default()).collect())
        })
    }
}

/// Which values are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) checked: bool,
    pub(crate) declared_only: bool,
}

impl Inner {
    pub(crate) fn blank_def(&self, space: AttributeSpace, key: String, kind: AttributeKind) -> AttributeDef {
        let now = self.now();
        AttributeDef {
            id: AttributeId(self.ids.next(now)),
            space,
            key,
            kind,
            declared: true,
            name: String::new(),
            description: String::new(),
            pattern: String::new(),
            hint: String::new(),
            choices: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// Values that came before an attribute was declared are compared as its kind is, where they are of it.
    fn compare_anew(&self, db: &Write<'_>, stored: &StoredDef) -> Result<()> {
        for (contact, json) in db::attribute::values(db, stored.id)? {
            let value: Value = serde_json::from_str(&json)
                .map_err(|source| Error::Damaged { what: "an attribute", source: Some(source.into()) })?;
            if let Some(sound) = judge(&stored.def, &value, false, &self.phones)? {
                db::attribute::set_norm(db, contact, stored.id, sound.norm)?;
            }
        }
        Ok(())
    }

    /// Gives a contact values of the tenant's attributes, which must be of their kinds; false if it had them.
    pub(crate) fn give_values(
        &self,
        db: &Write<'_>,
        of: (i64, i64),
        values: &[(AttributeSpace, String, Value)],
    ) -> Result<bool> {
        let rules = Rules { checked: true, declared_only: false };
        let mut changed = false;
        for (space, key, value) in values {
            changed |= self.assign(db, of, (*space, key, Some(value)), rules)?;
        }
        Ok(changed)
    }

    /// Gives a contact a value of one of the tenant's attributes, or takes it (`None`); false if there was nothing to do.
    pub(crate) fn assign(
        &self,
        db: &Write<'_>,
        (tenant, contact): (i64, i64),
        (space, key, value): (AttributeSpace, &str, Option<&Value>),
        rules: Rules,
    ) -> Result<bool> {
        let known = db::attribute::with_key(db, tenant, space, key)?;
        let Some(value) = value else {
            return known.map_or(Ok(false), |known| Ok(db::attribute::remove(db, contact, known.id)?));
        };
        if rules.declared_only && !known.as_ref().is_some_and(|known| known.def.declared) {
            return Err(Error::invalid(Field::AttributeKey, Problem::Unknown));
        }
        AttributeDef::check_key(space, key, false)?;
        let known = known.unwrap_or_else(|| StoredDef { id: 0, def: self.undeclared(space, key) });
        let Some(sound) = judge(&known.def, value, rules.checked, &self.phones)? else {
            return Ok(db::attribute::remove(db, contact, known.id)?);
        };
        if !db::attribute::has(db, contact, known.id)?
            && db::attribute::count(db, contact)? >= limits::ATTRIBUTES
        {
            return Err(Error::invalid(Field::Attributes, Problem::TooMany { limit: limits::ATTRIBUTES }));
        }
        let id = if known.id == 0 { db::attribute::insert(db, tenant, known.def)?.id } else { known.id };
        Ok(db::attribute::set(db, contact, id, &sound.json, sound.norm)?)
    }
}
