//! Attribute definitions of a tenant, and the values of contacts.

use std::collections::HashMap;

use serde_json::Value;

use crate::access::session::Session;
use crate::db::record::attribute::StoredDef;
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{EntityKind, Error, Result, ValidationError};
use crate::model::{
    AttributeDef, AttributeId, AttributeKind, AttributeNamespace, AttributePatch, AttributeValue, ContactId,
    Field, NewAttribute, limits,
};
use crate::operations::record::attribute_values::check_value;
use crate::query::AttributeList;

/// Attributes of the tenant and their values on contacts. See [`Session::attributes`].
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'s> {
    session: &'s Session,
}

impl<'s> Attributes<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Declares an attribute of the tenant's contacts. Existing values under the key stay, also those of another type.
    /// For administrators and the system.
    ///
    /// ```
    /// use cardex::{Actor, ContactPatch, ContactUpdate, Network, NewContact, Options};
    /// use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, "score", AttributeKind::Number))?;
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// session.update(john.id, ContactUpdate::new(ContactPatch::new()).set_attribute(AttributeNamespace::Custom, "score", 7))?;
    /// assert_eq!(session.attributes().of(&[john.id])?[0][0].value, 7);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Exists`] if it is declared; [`Error::Invalid`] for an invalid key, the key of a field, an invalid
    /// pattern, a list without choices, or an exceeded limit; [`Error::Forbidden`].
    pub fn add(&self, new: NewAttribute) -> Result<AttributeDef> {
        let NewAttribute { namespace: space, key, kind, patch } = new;
        AttributeDef::check_key(space, &key, true)?;
        let mut def = self.session.engine.new_definition(space, key, kind);
        def.apply(patch)?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home_tenant(db)?;
            let Some(known) = db::attribute::with_key(db, home, space, &def.key)? else {
                return Ok(db::attribute::insert(db, home, def)?.def);
            };
            if known.def.declared {
                return Err(Error::Exists(EntityKind::Attribute));
            }
            (def.id, def.created_at) = (known.def.id, known.def.created_at);
            let stored = StoredDef { id: known.id, def };
            db::attribute::update(db, &stored)?;
            self.session.engine.renormalize_values(db, &stored)?;
            Ok(stored.def)
        })
    }

    /// Changes the description, the pattern or the choices of an attribute. Values of contacts stay. For administrators
    /// and the system.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`], [`Error::Forbidden`].
    pub fn edit(&self, id: AttributeId, patch: AttributePatch) -> Result<AttributeDef> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let mut stored = db::attribute::find(db, rights.home_tenant(db)?, id)?;
            stored.def.apply(patch)?;
            stored.def.updated_at = self.session.engine.now();
            db::attribute::update(db, &stored)?;
            Ok(stored.def)
        })
    }

    /// Deletes an attribute with its values on all contacts. This is not an edit of these contacts. For administrators
    /// and the system.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub fn delete(&self, id: AttributeId) -> Result<()> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let stored = db::attribute::find(db, rights.home_tenant(db)?, id)?;
            Ok(db::attribute::delete(db, stored.id)?)
        })
    }

    /// The attribute of the tenant with a key, declared or not; `None` if there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub fn get(&self, space: AttributeNamespace, key: &str) -> Result<Option<AttributeDef>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let found = db::attribute::with_key(db, self.session.rights(db)?.home_tenant(db)?, space, key)?;
            Ok(found.map(|stored| stored.def))
        })
    }

    /// The values of each of some contacts, at most [`limits::PAGE`] contacts. The results are in the order of the
    /// contacts, each by namespace and key. Only the system sees values of other tenants' attributes. A missing contact
    /// has no values.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many contacts.
    pub fn of(&self, contacts: &[ContactId]) -> Result<Vec<Vec<AttributeValue>>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let seen: HashMap<i64, ContactId> = rights
                .visible_contacts(db, contacts)?
                .iter()
                .map(|stored| (stored.id, stored.contact.id))
                .collect();
            let mut by_contact: HashMap<ContactId, Vec<AttributeValue>> = HashMap::new();
            for (contact, value) in db::attribute::of_many(db, seen.keys().copied(), rights.tenant())? {
                let Some(contact) = seen.get(&contact) else { continue };
                by_contact.entry(*contact).or_default().push(value);
            }
            for values in by_contact.values_mut() {
                values.sort_by(|a, b| (a.namespace, &a.key).cmp(&(b.namespace, &b.key)));
            }
            Ok(contacts.iter().map(|id| by_contact.get(id).cloned().unwrap_or_default()).collect())
        })
    }

    /// Lists the attributes of the tenant by key, declared or not, in pages.
    pub fn list(&self, namespace: AttributeNamespace) -> AttributeList<'s> {
        AttributeList::new(self.session, namespace)
    }
}

/// The rules for values of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueRules {
    pub(crate) checked: bool,
    pub(crate) declared_only: bool,
}

impl Engine {
    pub(crate) fn new_definition(
        &self,
        space: AttributeNamespace,
        key: String,
        kind: AttributeKind,
    ) -> AttributeDef {
        let now = self.now();
        AttributeDef {
            id: AttributeId(0),
            namespace: space,
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

    /// Normalizes values that were stored before the attribute was declared, if they have its type.
    fn renormalize_values(&self, db: &Write<'_>, stored: &StoredDef) -> Result<()> {
        for (contact, json) in db::attribute::values(db, stored.id)? {
            let value: Value = serde_json::from_str(&json)
                .map_err(|source| Error::Damaged { what: "an attribute", source: Some(source.into()) })?;
            if let Some(sound) = check_value(&stored.def, &value, false, &self.phones)? {
                db::attribute::set_normalized(db, contact, stored.id, sound.norm)?;
            }
        }
        Ok(())
    }

    /// Sets values of the tenant's attributes on a contact. Values must have the types of their attributes. Returns
    /// false if nothing changed.
    pub(crate) fn set_values(
        &self,
        db: &Write<'_>,
        of: (i64, i64),
        values: &[(AttributeNamespace, String, Value)],
    ) -> Result<bool> {
        let rules = ValueRules { checked: true, declared_only: false };
        let mut changed = false;
        for (space, key, value) in values {
            changed |= self.set_value(db, of, (*space, key, Some(value)), rules)?;
        }
        Ok(changed)
    }

    /// Sets or removes (`None`) a value of one of the tenant's attributes on a contact. Returns false if nothing
    /// changed.
    pub(crate) fn set_value(
        &self,
        db: &Write<'_>,
        (tenant, contact): (i64, i64),
        (space, key, value): (AttributeNamespace, &str, Option<&Value>),
        rules: ValueRules,
    ) -> Result<bool> {
        let known = db::attribute::with_key(db, tenant, space, key)?;
        let Some(value) = value else {
            return known.map_or(Ok(false), |known| Ok(db::attribute::remove(db, contact, known.id)?));
        };
        if rules.declared_only && !known.as_ref().is_some_and(|known| known.def.declared) {
            return Err(Error::invalid(Field::AttributeKey, ValidationError::Unknown));
        }
        AttributeDef::check_key(space, key, false)?;
        let known = known.unwrap_or_else(|| StoredDef { id: 0, def: self.undeclared_definition(space, key) });
        let Some(sound) = check_value(&known.def, value, rules.checked, &self.phones)? else {
            return Ok(db::attribute::remove(db, contact, known.id)?);
        };
        if !db::attribute::has(db, contact, known.id)?
            && db::attribute::count(db, contact)? >= limits::ATTRIBUTES
        {
            return Err(Error::invalid(
                Field::Attributes,
                ValidationError::TooMany { limit: limits::ATTRIBUTES },
            ));
        }
        let id = if known.id == 0 { db::attribute::insert(db, tenant, known.def)?.id } else { known.id };
        Ok(db::attribute::set(db, contact, id, &sound.json, sound.norm)?)
    }
}
