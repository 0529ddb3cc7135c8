//! What a record brings to a contact beside its fields.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::db::contact::Stored;
use crate::db::record::attribute::StoredDef;
use crate::db::{self, Read, Write};
use crate::engine::Inner;
use crate::error::{Error, Problem, Result};
use crate::model::{AttributeDef, AttributeKind, AttributeSpace, Field, limits};
use crate::operations::directory::tenants::checked_name;
use crate::operations::record::attribute_values::{Sound, judge};
use crate::operations::record::tags::make;
use crate::operations::{Context, edited};
use crate::text::compared::compared;

/// What was looked up of a tenant's tags and attributes in one transaction: an import asks for the same few with every record.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By their names as compared.
    tags: BTreeMap<String, i64>,
    defs: BTreeMap<(AttributeSpace, String), StoredDef>,
}

/// Tags and values that a new contact may be given.
#[derive(Debug)]
pub(crate) struct Labels {
    /// Names, by their form as compared.
    tags: BTreeMap<String, String>,
    values: BTreeMap<(AttributeSpace, String), Sound>,
}

impl Inner {
    /// Holds tags and values of a new contact against what the tenant has, before anything of it is written.
    pub(crate) fn check_labels(
        &self,
        db: &Read<'_>,
        known: &mut Known,
        tenant: i64,
        tags: &[String],
        values: Vec<(AttributeSpace, String, Value)>,
    ) -> Result<Labels> {
        let mut labels = Labels { tags: BTreeMap::new(), values: BTreeMap::new() };
        for name in tags {
            let name = checked_name(name)?;
            labels.tags.entry(compared(&name)).or_insert(name);
        }
        for (space, key, value) in values {
            let at = (space, key);
            if !known.defs.contains_key(&at)
                && let Some(found) = db::attribute::with_key(db, tenant, space, &at.1)?
            {
                known.defs.insert(at.clone(), found);
            }
            AttributeDef::check_key(space, &at.1, false)?;
            let sound = match known.defs.get(&at) {
                Some(found) => judge(&found.def, &value, true, &self.phones)?,
                None => judge(&self.undeclared(space, &at.1), &value, true, &self.phones)?,
            };
            match sound {
                Some(sound) => labels.values.insert(at, sound),
                None => labels.values.remove(&at),
            };
        }
        let too_many = |field, limit| Err(Error::invalid(field, Problem::TooMany { limit }));
        if labels.tags.len() > limits::TAGS {
            return too_many(Field::Tags, limits::TAGS);
        }
        if labels.values.len() > limits::ATTRIBUTES {
            return too_many(Field::Attributes, limits::ATTRIBUTES);
        }
        Ok(labels)
    }

    /// Gives a contact that has just been added what it may be given. Tags and attributes that are not there are made.
    pub(crate) fn label(
        &self,
        db: &Write<'_>,
        known: &mut Known,
        tenant: i64,
        added: &Stored,
        labels: Labels,
    ) -> Result<()> {
        for (at, sound) in labels.values {
            let def = if let Some(found) = known.defs.get(&at) {
                found.id
            } else {
                let made = db::attribute::insert(db, tenant, self.undeclared(at.0, &at.1))?;
                known.defs.entry(at).or_insert(made).id
            };
            db::attribute::set(db, added.id, def, &sound.json, sound.norm)?;
        }
        for (key, name) in labels.tags {
            let tag = if let Some(found) = known.tags.get(&key) {
                *found
            } else {
                let found = db::tag::named(db, tenant, &key)?;
                let tag = found.map_or_else(|| make(self, db, tenant, name, None), Ok)?;
                *known.tags.entry(key).or_insert(tag.id)
            };
            db::tag::set(db, added.id, tag, true, true)?;
        }
        Ok(())
    }

    /// An attribute that is there because a contact has a value of it.
    pub(crate) fn undeclared(&self, space: AttributeSpace, key: &str) -> AttributeDef {
        AttributeDef { declared: false, ..self.blank_def(space, key.to_owned(), AttributeKind::Any) }
    }

    /// Gives a contact that is there tags and values of a tenant; false if it had them. That is an edit of it. What it has besides
    /// stays.
    pub(crate) fn give_labels(
        &self,
        db: &Write<'_>,
        context: Context<'_>,
        (tenant, stored): (i64, &Stored),
        tags: &[String],
        values: &[(AttributeSpace, String, Value)],
    ) -> Result<bool> {
        let mut fields = Vec::new();
        if self.give_tags(db, tenant, stored, tags)? {
            fields.push(Field::Tags);
        }
        if self.give_values(db, (tenant, stored.id), values)? {
            fields.push(Field::Attributes);
        }
        if !fields.is_empty() {
            edited(db, context, stored, &fields)?;
        }
        Ok(!fields.is_empty())
    }
}
