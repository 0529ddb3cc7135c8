//! What an import records so that it can be undone: ranges of added contacts, and the earlier state of changed ones.
//!
//! The contacts that one transaction adds have consecutive ids, except for ids that it does not use. So a range of ids is all that
//! an added contact needs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::rights::Rights;
use crate::db::contact::StoredContact;
use crate::db::record::import_run::{ImportItemRow, ImportRow};
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, RuleViolation};
use crate::model::{AttributeNamespace, AttributeValue, ImportId, ImportState, NewContact, Timestamp};
use crate::operations::bulk::add_many_options::AddManyOptions;
use crate::operations::contact::draft::to_new_contact;
use crate::query::visible_import;

/// The records of one transaction of an import.
#[derive(Debug)]
pub(super) struct Journal {
    run: ImportRow,
    range: Option<(i64, i64)>,
}

/// A contact before an import changed it, and what the import gave it. Stored as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EarlierContact {
    pub(super) fields: NewContact,
    /// The card, if the import changed it; empty: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) card: Option<String>,
    /// Local ids of the tags that the import gave. Those it had, until [`EarlierContact::keep_differences`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<i64>,
    /// The attribute values that the import changed, as they were; `None`: there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<(AttributeNamespace, String, Option<Value>)>,
    /// Local ids of the advisors that the import linked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) advisors: Vec<i64>,
    /// Whether tags and values can change.
    #[serde(skip)]
    has_extras: bool,
}

impl Journal {
    /// The import to record in.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`RuleViolation::ImportUndone`].
    pub(super) fn open(db: &Read<'_>, rights: &Rights, id: ImportId) -> Result<Self> {
        let run = visible_import(db, rights, id)?;
        if run.state != ImportState::Recorded {
            return Err(RuleViolation::ImportUndone.into());
        }
        Ok(Self { run, range: None })
    }

    /// The journal of a transaction, if the options have one.
    pub(super) fn begin(db: &Read<'_>, rights: &Rights, options: AddManyOptions) -> Result<Option<Self>> {
        let import = options.journal.filter(|_| !options.dry_run);
        import.map(|id| Self::open(db, rights, id)).transpose()
    }

    pub(super) fn note_added(&mut self, contact: i64) {
        let first = self.range.map_or(contact, |(first, _)| first);
        self.range = Some((first, contact));
        self.run.added = self.run.added.saturating_add(1);
    }

    /// Records a change of a contact. An earlier change by the same import keeps its earlier state.
    pub(super) fn note_updated(
        &mut self,
        db: &Write<'_>,
        contact: i64,
        mut before: EarlierContact,
        linked: Vec<i64>,
    ) -> Result<()> {
        before.keep_differences(db, contact)?;
        before.advisors = linked;
        let known = db::import_run::item(db, self.run.id, contact)?;
        let earlier = match known.map(|item| EarlierContact::parse(&item.earlier)).transpose()? {
            Some(first) => first.and_later(before),
            None => before,
        };
        let now = db::contact::one(db, contact)?.ok_or(Error::Damaged { what: "a contact", source: None })?;
        let earlier = serde_json::to_string(&earlier).map_err(|source| Error::Storage(Box::new(source)))?;
        let item = ImportItemRow { contact, version: now.contact.version, earlier };
        db::import_run::put_item(db, self.run.id, &item)?;
        self.run.updated = self.run.updated.saturating_add(1);
        Ok(())
    }

    /// Writes the range and the counts at the end of the transaction.
    pub(super) fn write(mut self, db: &Write<'_>, now: Timestamp) -> Result<()> {
        if let Some((first, last)) = self.range {
            db::import_run::insert_range(db, self.run.id, first, last)?;
        }
        self.run.updated_at = now;
        Ok(db::import_run::update(db, &self.run)?)
    }
}

impl EarlierContact {
    /// The state of a contact before a record changes it. The card is read only if the record has one, tags and values only if the
    /// record has some.
    pub(super) fn read(
        db: &Read<'_>,
        stored: &StoredContact,
        has_card: bool,
        has_extras: bool,
    ) -> Result<Self> {
        let card = if has_card { Some(db::contact::card(db, stored.id)?.unwrap_or_default()) } else { None };
        let (mut tags, mut values) = (Vec::new(), Vec::new());
        if has_extras {
            tags = tags_of(db, stored.id)?;
            let with_keys = |value: AttributeValue| (value.namespace, value.key, Some(value.value));
            values = values_of(db, stored.id)?.into_iter().map(with_keys).collect();
        }
        let fields = to_new_contact(stored, stored.contact.network.clone());
        Ok(Self { fields, card, tags, values, advisors: Vec::new(), has_extras })
    }

    pub(super) fn parse(json: &str) -> Result<Self> {
        let damaged = |source| Error::Damaged { what: "an import", source: Some(Box::new(source)) };
        serde_json::from_str(json).map_err(damaged)
    }

    /// Leaves of tags and values only what differs now.
    fn keep_differences(&mut self, db: &Read<'_>, contact: i64) -> Result<()> {
        if let Some(card) = &self.card
            && *card == db::contact::card(db, contact)?.unwrap_or_default()
        {
            self.card = None;
        }
        if !self.has_extras {
            return Ok(());
        }
        let had = std::mem::take(&mut self.tags);
        self.tags = tags_of(db, contact)?.into_iter().filter(|tag| !had.contains(tag)).collect();
        let had = std::mem::take(&mut self.values);
        let now = values_of(db, contact)?;
        let now_has = |space, key: &str| now.iter().find(|now| now.namespace == space && now.key == key);
        for value in &now {
            let old = had.iter().find(|(space, key, _)| *space == value.namespace && *key == value.key);
            let old = old.and_then(|(_, _, value)| value.clone());
            if old.as_ref() != Some(&value.value) {
                self.values.push((value.namespace, value.key.clone(), old));
            }
        }
        // A blank value of a record removes the value of the contact.
        self.values.extend(had.into_iter().filter(|(space, key, _)| now_has(*space, key).is_none()));
        Ok(())
    }

    /// The state before two changes by one import.
    fn and_later(mut self, later: Self) -> Self {
        self.card = self.card.or(later.card);
        self.tags.extend(later.tags);
        for (space, key, value) in later.values {
            if !self.values.iter().any(|(known_space, known, _)| *known_space == space && *known == key) {
                self.values.push((space, key, value));
            }
        }
        self.advisors.extend(later.advisors);
        self
    }
}

fn tags_of(db: &Read<'_>, contact: i64) -> Result<Vec<i64>> {
    Ok(db::tag::of_contact(db, contact)?.into_iter().map(|tag| tag.id).collect())
}

fn values_of(db: &Read<'_>, contact: i64) -> Result<Vec<AttributeValue>> {
    Ok(db::attribute::of_many(db, [contact], None)?.into_iter().map(|(_, value)| value).collect())
}
