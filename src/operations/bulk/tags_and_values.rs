//! Tags and attribute values of imported records.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::db::contact::StoredContact;
use crate::db::record::attribute::StoredDef;
use crate::db::{self, Read, Write};
use crate::engine::Engine;
use crate::error::{Error, Result, ValidationError};
use crate::model::{AttributeDef, AttributeKind, AttributeNamespace, Field, limits};
use crate::operations::context::{WriteContext, log_extra_edit};
use crate::operations::directory::tenants::check_name;
use crate::operations::record::attribute_values::{CheckedValue, check_value};
use crate::operations::record::tags::{add_tags, create_tag};
use crate::text::caseless_key::caseless_key;

/// Look-ups of a tenant's tags and attributes in one transaction. The records of an import use the same few.
#[derive(Debug, Default)]
pub(crate) struct TagAndAttributeCache {
    /// By normalized name.
    tags: BTreeMap<String, i64>,
    definitions: BTreeMap<(AttributeNamespace, String), StoredDef>,
}

/// The valid tags and values of a new contact.
#[derive(Debug)]
pub(crate) struct TagsAndValues {
    /// Names by their normalized form.
    tags: BTreeMap<String, String>,
    values: BTreeMap<(AttributeNamespace, String), CheckedValue>,
}

impl Engine {
    /// Checks tags and values of a new contact against the tenant's definitions, before anything is written.
    pub(crate) fn check_tags_and_values(
        &self,
        db: &Read<'_>,
        known: &mut TagAndAttributeCache,
        tenant: i64,
        tags: &[String],
        values: Vec<(AttributeNamespace, String, Value)>,
    ) -> Result<TagsAndValues> {
        let mut labels = TagsAndValues { tags: BTreeMap::new(), values: BTreeMap::new() };
        for name in tags {
            let name = check_name(name)?;
            labels.tags.entry(caseless_key(&name)).or_insert(name);
        }
        for (space, key, value) in values {
            let at = (space, key);
            if !known.definitions.contains_key(&at)
                && let Some(found) = db::attribute::with_key(db, tenant, space, &at.1)?
            {
                known.definitions.insert(at.clone(), found);
            }
            AttributeDef::check_key(space, &at.1, false)?;
            let sound = match known.definitions.get(&at) {
                Some(found) => check_value(&found.def, &value, true, &self.phones)?,
                None => check_value(&self.undeclared_definition(space, &at.1), &value, true, &self.phones)?,
            };
            match sound {
                Some(sound) => labels.values.insert(at, sound),
                None => labels.values.remove(&at),
            };
        }
        let too_many = |field, limit| Err(Error::invalid(field, ValidationError::TooMany { limit }));
        if labels.tags.len() > limits::TAGS {
            return too_many(Field::Tags, limits::TAGS);
        }
        if labels.values.len() > limits::ATTRIBUTES {
            return too_many(Field::Attributes, limits::ATTRIBUTES);
        }
        Ok(labels)
    }

    /// Writes tags and values of a new contact. Missing tags and attributes are created.
    pub(crate) fn write_tags_and_values(
        &self,
        db: &Write<'_>,
        known: &mut TagAndAttributeCache,
        tenant: i64,
        added: &StoredContact,
        labels: TagsAndValues,
    ) -> Result<()> {
        for (at, sound) in labels.values {
            let def = if let Some(found) = known.definitions.get(&at) {
                found.id
            } else {
                let made = db::attribute::insert(db, tenant, self.undeclared_definition(at.0, &at.1))?;
                known.definitions.entry(at).or_insert(made).id
            };
            db::attribute::set(db, added.id, def, &sound.json, sound.norm)?;
        }
        for (key, name) in labels.tags {
            let tag = if let Some(found) = known.tags.get(&key) {
                *found
            } else {
                let found = db::tag::with_name(db, tenant, &key)?;
                let tag = found.map_or_else(|| create_tag(db, tenant, name, None), Ok)?;
                *known.tags.entry(key).or_insert(tag.id)
            };
            db::tag::set(db, added.id, tag, true, true)?;
        }
        Ok(())
    }

    /// The definition of an attribute that exists only because a contact has a value of it.
    pub(crate) fn undeclared_definition(&self, space: AttributeNamespace, key: &str) -> AttributeDef {
        AttributeDef { declared: false, ..self.new_definition(space, key.to_owned(), AttributeKind::Any) }
    }

    /// Adds tags and values of a tenant to an existing contact. Returns the fields that changed. This is an edit of the
    /// contact. Its other tags and values stay.
    pub(crate) fn add_tags_and_values(
        &self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        (tenant, stored): (i64, &StoredContact),
        tags: &[String],
        values: &[(AttributeNamespace, String, Value)],
    ) -> Result<Vec<Field>> {
        let mut fields = Vec::new();
        if add_tags(db, tenant, stored, tags)? {
            fields.push(Field::Tags);
        }
        if self.set_values(db, (tenant, stored.id), values)? {
            fields.push(Field::Attributes);
        }
        if !fields.is_empty() {
            log_extra_edit(db, context, stored, &fields)?;
        }
        Ok(fields)
    }
}
