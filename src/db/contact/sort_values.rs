//! The values that a contact is sorted by.
//!
//! The contact's row contains all of them, also the folded texts: a library with another fold could not compute the old ones.

use std::borrow::Cow;

use rusqlite::{Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{id_array, statements};
use crate::db::contact::row::StoredContact;
use crate::db::list::sort_index::{
    INDEXED_SORTS, MAX_KEY_BYTES, SortedList, UNCOMPARABLE_KEY, text_key, time_key, truncate_key,
};
use crate::db::scope::{Generation, Owner, Scope};
use crate::model::{Contact, SortField, fold_email};

/// Separates the folded texts of a row.
const TEXT_SEPARATOR: char = '\0';

statements! {
    VALUES = "SELECT tenant, network, trashed_at, created_at, active_at, folded_texts, contact_methods ->> '$[1][0][0]',
        contact_methods ->> '$[0][0][1]', merged_into FROM contact WHERE id = :id";
    /// The columns of one order, and NULL for the others: most of the time is spent on the e-mail address and the phone.
    BY_NAME = "SELECT c.id, c.tenant, c.network, c.trashed_at, c.created_at, NULL, '', NULL, NULL, c.merged_into,
        iif(:generation = 0, c.sort_key0, c.sort_key1) FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    BY_CONTACT_METHOD = "SELECT c.id, c.tenant, c.network, c.trashed_at, c.created_at, NULL, '', c.contact_methods ->> '$[1][0][0]',
        c.contact_methods ->> '$[0][0][1]', c.merged_into, NULL FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    BY_OTHER = "SELECT c.id, c.tenant, c.network, c.trashed_at, c.created_at, c.active_at, c.folded_texts, NULL, NULL, c.merged_into, NULL
        FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    /// The columns that most filter conditions need.
    FILTER_ROWS = "SELECT c.id, c.created_at, c.active_at, c.folded_texts FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    SET_FOLDED_TEXTS = "UPDATE contact SET folded_texts = :folded_texts WHERE id = :id";
}

/// The source of a contact's sort entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db) struct SortValues {
    scope: Scope,
    /// The contact was merged into another one: it has no entries.
    merged: bool,
    created: i64,
    active: Option<i64>,
    /// Company, city and country, folded; see [`folded_texts`].
    folded_texts: String,
    email: Option<String>,
    phone: Option<String>,
}

impl SortValues {
    pub(super) fn from_contact(stored: &StoredContact) -> Self {
        let contact = &stored.contact;
        let owner = match contact.trashed_at {
            Some(_) => Owner::Trash(stored.tenant),
            None => Owner::for_tenant(stored.tenant),
        };
        Self {
            scope: owner.on_network(stored.network),
            merged: stored.merged_into.is_some(),
            created: contact.created_at.0,
            active: contact.active_at.map(|at| at.0),
            folded_texts: folded_texts(contact),
            email: contact.emails.first().map(|email| fold_email(&email.text)),
            phone: contact.phones.first().map(|phone| phone.normalized.clone()),
        }
    }

    /// The values of a new contact, which has no known activity.
    pub(super) fn from_new_contact(stored: &StoredContact) -> Self {
        Self { active: None, ..Self::from_contact(stored) }
    }

    /// The values after an update of the contact's row, which leaves the times of creation and activity unchanged.
    pub(super) fn updated(&self, changed: &StoredContact) -> Self {
        Self { created: self.created, active: self.active, ..Self::from_contact(changed) }
    }

    /// The values with texts folded by the fold of this library.
    pub(super) fn refolded(&self, contact: &Contact) -> Self {
        Self { folded_texts: folded_texts(contact), ..self.clone() }
    }

    pub(super) fn folded_texts(&self) -> &str {
        &self.folded_texts
    }

    pub(super) fn is_merged(&self) -> bool {
        self.merged
    }

    /// Reads the values from the columns of [`VALUES`], from column `first` on.
    fn from_row(row: &Row<'_>, first: usize) -> DbResult<Self> {
        let at = |column: usize| first.saturating_add(column);
        let tenant: Option<i64> = row.get(at(0))?;
        let trashed: Option<i64> = row.get(at(2))?;
        let owner = if trashed.is_some() { Owner::Trash(tenant) } else { Owner::for_tenant(tenant) };
        let email: Option<String> = row.get(at(6))?;
        Ok(Self {
            scope: owner.on_network(row.get(at(1))?),
            merged: row.get::<_, Option<i64>>(at(8))?.is_some(),
            created: row.get(at(3))?,
            active: row.get(at(4))?,
            folded_texts: row.get(at(5))?,
            email: email.map(|email| fold_email(&email)),
            phone: row.get(at(7))?,
        })
    }

    /// The key in an order; empty if the contact has no value for it.
    fn key(&self, sort: SortField) -> Cow<'_, [u8]> {
        let text = |at: usize| {
            Cow::from(self.folded_texts.split(TEXT_SEPARATOR).nth(at).unwrap_or_default().as_bytes())
        };
        let truncated = |text: &'_ Option<String>| {
            Cow::from(truncate_key(text.as_deref().unwrap_or_default()).as_bytes().to_vec())
        };
        match sort {
            SortField::Name => Cow::default(),
            SortField::Email => truncated(&self.email),
            SortField::Phone => truncated(&self.phone),
            SortField::Activity => Cow::from(self.active.map(time_key).map_or_else(Vec::new, Vec::from)),
            SortField::Created => Cow::from(time_key(self.created).to_vec()),
            SortField::Company => text(0),
            SortField::City => text(1),
            SortField::Country => text(2),
        }
    }

    /// The entries in all lists: list and key.
    pub(super) fn entries(&self) -> impl Iterator<Item = (SortedList, Vec<u8>)> {
        INDEXED_SORTS
            .into_iter()
            .filter(|_| !self.merged)
            .map(|sort| (SortedList { sort, scope: self.scope }, self.key(sort).into_owned()))
    }
}

/// The column `folded_texts`: company, city and country as keys; empty if all three are empty.
pub(super) fn folded_texts(contact: &Contact) -> String {
    let all = [&contact.company, &contact.city, &contact.country];
    if all.iter().all(|text| text.is_empty()) {
        return String::new();
    }
    let keys: Vec<String> = all.into_iter().map(|text| text_key(text)).collect();
    keys.join(&String::from(TEXT_SEPARATOR)).trim_end_matches(TEXT_SEPARATOR).to_owned()
}

/// Writes the column `folded_texts`.
pub(super) fn set_folded_texts(db: &Write<'_>, id: i64, texts: &str) -> DbResult<()> {
    db.prepare(&SET_FOLDED_TEXTS)?.execute(named_params! {":folded_texts": texts, ":id": id})?;
    Ok(())
}

/// The values in a contact's row.
pub(super) fn sort_values(db: &Read<'_>, id: i64) -> DbResult<SortValues> {
    let mut statement = db.prepare(&VALUES)?;
    let mut rows = statement.query_and_then(named_params! {":id": id}, |row| SortValues::from_row(row, 0))?;
    rows.next().unwrap_or(Err(rusqlite::Error::QueryReturnedNoRows.into()))
}

/// The position of a contact in a list.
#[derive(Debug)]
pub(crate) struct SortPosition {
    pub(crate) id: i64,
    /// The list of all contacts of its tenant, of the shared contacts, or the trash.
    pub(crate) scope: Scope,
    pub(crate) key: Vec<u8>,
}

/// The positions of contacts in an order, in the order of `ids`. Contacts that do not exist, are in no list or not in this generation
/// are left out.
pub(crate) fn positions(
    db: &Read<'_>,
    sort: SortField,
    generation: Generation,
    ids: &[i64],
) -> DbResult<Vec<SortPosition>> {
    let mut statement = db.prepare(match sort {
        SortField::Name => &BY_NAME,
        SortField::Email | SortField::Phone => &BY_CONTACT_METHOD,
        _ => &BY_OTHER,
    })?;
    let ids = id_array(ids);
    let rows = if sort == SortField::Name {
        statement.query(named_params! {":ids": ids, ":generation": generation.column()})?
    } else {
        statement.query(named_params! {":ids": ids})?
    };
    let positions = rows.and_then(|row| -> DbResult<Option<SortPosition>> {
        let (id, values) = (row.get(0)?, SortValues::from_row(row, 1)?);
        let key = if sort == SortField::Name { row.get(10)? } else { Some(values.key(sort).into_owned()) };
        Ok(key.filter(|_| !values.merged).map(|key| SortPosition { id, scope: values.scope, key }))
    });
    positions.filter_map(Result::transpose).collect()
}

/// The part of a contact's row that most filter conditions need.
#[derive(Debug)]
pub(crate) struct FilterRow {
    pub(crate) created: i64,
    pub(crate) active: Option<i64>,
    folded_texts: String,
}

impl FilterRow {
    /// Whether the contact has a text, and the folded text; `None` if the stored text may have been cut.
    pub(crate) fn text(&self, sort: SortField) -> Option<(bool, &str)> {
        let at = match sort {
            SortField::Company => 0,
            SortField::City => 1,
            SortField::Country => 2,
            _ => return None,
        };
        let key = self.folded_texts.split(TEXT_SEPARATOR).nth(at).unwrap_or_default();
        // A character has at most four bytes.
        let is_complete = key.len() <= MAX_KEY_BYTES.saturating_sub(4);
        is_complete.then(|| (!key.is_empty(), if key == UNCOMPARABLE_KEY { "" } else { key }))
    }
}

/// Reads the [`FilterRow`]s of contacts, with their local ids.
pub(crate) fn filter_rows(db: &Read<'_>, ids: &[i64]) -> DbResult<Vec<(i64, FilterRow)>> {
    let mut statement = db.prepare(&FILTER_ROWS)?;
    let rows = statement.query_map([&id_array(ids)], |row| {
        Ok((row.get(0)?, FilterRow { created: row.get(1)?, active: row.get(2)?, folded_texts: row.get(3)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
