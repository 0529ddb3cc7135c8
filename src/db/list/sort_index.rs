//! Lists in other orders than that of names: where each contact stands in them.
//!
//! Whoever writes a contact's row through `contact.rs` keeps its entries as well; only new contacts are entered by the caller,
//! because many of them go in together. The row has what its entries were made of: also the folded texts, since a library
//! with another fold could not tell what they had been.

use std::borrow::Cow;

use rusqlite::{Row, named_params, params};

use crate::db::contact::StoredContact;
use crate::db::list::bitmap_index;
use crate::db::scope::EntryKey;
use crate::db::{DbResult, Generation, Owner, Read, Scope, Statement, Write, ensure_ordered, statements};
use crate::model::{Contact, SortField, fold_email};
use crate::text::fold::fold;

/// Bytes of a key; what is longer is cut there, at a character.
const MAX_KEY_BYTES: usize = 120;

/// The key of a text that is there but has nothing that can be compared. No folded text has this character.
const UNCOMPARABLE_KEY: &str = "\u{1}";

/// Between the folded texts of a row.
const TEXT_SEPARATOR: char = '\0';

statements! {
    INSERT = "INSERT INTO sort_entry (sort, owner_kind, owner, network, key, contact)
        VALUES (:sort, :owner_kind, :owner, :network, :key, :contact)";
    DELETE = "DELETE FROM sort_entry WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact = :contact";
    HAS = "SELECT 1 FROM sort_entry WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact = :contact";
    COUNT = "SELECT count(*) FROM sort_entry";
    /// Upwards; contacts without a value have the empty key, and come first.
    ASCENDING = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND (key, contact) > (:key, :contact)
        ORDER BY key, contact LIMIT :most";
    DESCENDING = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND (key, contact) < (:key, :contact)
        ORDER BY key DESC, contact DESC LIMIT :most";
    KEY_RANGE = "SELECT contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key >= :least AND key < :end
        LIMIT :most";
    VALUES = "SELECT tenant, network, trashed_at, created_at, active_at, folded_texts, contact_methods ->> '$[1][0][0]', contact_methods ->> '$[0][0][1]',
        merged_into FROM contact WHERE id = :id";
    /// What each order goes by, and nothing else: most of the time is spent on the e-mail address and the phone.
    BY_NAME = "SELECT c.id, c.tenant, c.network, c.trashed_at, c.created_at, NULL, '', NULL, NULL, c.merged_into,
        iif(:generation = 0, c.sort_key0, c.sort_key1) FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    BY_CONTACT_METHOD = "SELECT c.id, c.tenant, c.network, c.trashed_at, c.created_at, NULL, '', c.contact_methods ->> '$[1][0][0]',
        c.contact_methods ->> '$[0][0][1]', c.merged_into, NULL FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    BY_OTHER = "SELECT c.id, c.tenant, c.network, c.trashed_at, c.created_at, c.active_at, c.folded_texts, NULL, NULL, c.merged_into, NULL
        FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    /// What of a contact's row tells most conditions, without its names and points.
    FILTER_ROWS = "SELECT c.id, c.created_at, c.active_at, c.folded_texts FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value";
    SET_FOLDED_TEXTS = "UPDATE contact SET folded_texts = :folded_texts WHERE id = :id";
}

/// A list in an order that is not that of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortedList {
    pub(crate) sort: SortField,
    pub(crate) scope: Scope,
}

impl SortedList {
    pub(crate) fn columns(self) -> (i64, i64, i64, i64) {
        let (kind, owner) = self.scope.owner.columns();
        (sort_column(self.sort), kind, owner, self.scope.network)
    }
}

/// The orders there are entries of.
const INDEXED_SORTS: [SortField; 7] = [
    SortField::Email,
    SortField::Phone,
    SortField::Activity,
    SortField::Created,
    SortField::Company,
    SortField::City,
    SortField::Country,
];

fn sort_column(sort: SortField) -> i64 {
    match sort {
        SortField::Name => 0,
        SortField::Email => 1,
        SortField::Phone => 2,
        SortField::Activity => 3,
        SortField::Created => 4,
        SortField::Company => 5,
        SortField::City => 6,
        SortField::Country => 7,
    }
}

/// What the entries of a contact are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortValues {
    scope: Scope,
    /// It was merged into another contact: it has no entries.
    merged: bool,
    created: i64,
    active: Option<i64>,
    /// Company, city and country, folded; see [`texts`].
    folded_texts: String,
    email: Option<String>,
    phone: Option<String>,
}

impl SortValues {
    pub(crate) fn from_contact(stored: &StoredContact) -> Self {
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

    /// What they are once a contact's row has been updated, which leaves when it was added and active as it was.
    pub(crate) fn updated(&self, changed: &StoredContact) -> Self {
        Self { created: self.created, active: self.active, ..Self::from_contact(changed) }
    }

    pub(crate) fn is_merged(&self) -> bool {
        self.merged
    }

    /// From tenant, network, the moments of trashing, adding and activity, the folded texts, e-mail address and phone, and the survivor.
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

    /// Where it stands; empty if it lacks what the order goes by.
    pub(crate) fn key(&self, sort: SortField) -> Cow<'_, [u8]> {
        let text = |at: usize| {
            Cow::from(self.folded_texts.split(TEXT_SEPARATOR).nth(at).unwrap_or_default().as_bytes())
        };
        let cut = |text: &'_ Option<String>| {
            Cow::from(truncate_key(text.as_deref().unwrap_or_default()).as_bytes().to_vec())
        };
        match sort {
            SortField::Name => Cow::default(),
            SortField::Email => cut(&self.email),
            SortField::Phone => cut(&self.phone),
            SortField::Activity => Cow::from(self.active.map(time_key).map_or_else(Vec::new, Vec::from)),
            SortField::Created => Cow::from(time_key(self.created).to_vec()),
            SortField::Company => text(0),
            SortField::City => text(1),
            SortField::Country => text(2),
        }
    }

    fn entries(&self) -> impl Iterator<Item = (SortedList, Vec<u8>)> {
        INDEXED_SORTS
            .into_iter()
            .filter(|_| !self.merged)
            .map(|sort| (SortedList { sort, scope: self.scope }, self.key(sort).into_owned()))
    }
}

/// The key of a moment, in the order of time.
pub(crate) fn time_key(at: i64) -> [u8; 8] {
    (at ^ i64::MIN).to_be_bytes()
}

/// The key of a text; empty if there is none.
pub(crate) fn text_key(text: &str) -> String {
    let folded = fold(text);
    if folded.is_empty() && !text.trim().is_empty() {
        UNCOMPARABLE_KEY.to_owned()
    } else {
        truncate_key(&folded).to_owned()
    }
}

/// A text as long as a key may be.
pub(crate) fn truncate_key(text: &str) -> &str {
    let end = (0..=MAX_KEY_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// The folded texts of a contact as its row has them: empty if it has none.
pub(crate) fn folded_texts(contact: &Contact) -> String {
    let all = [&contact.company, &contact.city, &contact.country];
    if all.iter().all(|text| text.is_empty()) {
        return String::new();
    }
    let keys: Vec<String> = all.into_iter().map(|text| text_key(text)).collect();
    keys.join(&String::from(TEXT_SEPARATOR)).trim_end_matches(TEXT_SEPARATOR).to_owned()
}

/// An entry to be written.
pub(crate) type NewEntry = (SortedList, Vec<u8>, i64);

/// The entries of a new contact, of which no sign of life is known.
pub(crate) fn entries_for_new(stored: &StoredContact) -> impl Iterator<Item = NewEntry> {
    let entries: Vec<_> = SortValues { active: None, ..SortValues::from_contact(stored) }.entries().collect();
    let id = stored.id;
    entries.into_iter().map(move |(list, key)| (list, key, id))
}

/// The entries of a contact that has none; makes the folded texts of its row as well.
pub(crate) fn rebuild_entries(db: &Write<'_>, stored: &StoredContact) -> DbResult<Vec<NewEntry>> {
    let values = SortValues::from_contact(stored);
    db.prepare(&SET_FOLDED_TEXTS)?
        .execute(named_params! {":folded_texts": values.folded_texts, ":id": stored.id})?;
    Ok(values.entries().map(|(list, key)| (list, key, stored.id)).collect())
}

/// Puts new contacts into all lists: in their order, because neighbours share pages.
pub(crate) fn insert_entries(db: &Write<'_>, mut entries: Vec<NewEntry>) -> DbResult<()> {
    entries.sort_unstable();
    let mut statement = db.prepare(&INSERT)?;
    for (list, key, id) in entries {
        let (sort, kind, owner, network) = list.columns();
        statement.execute(params![sort, kind, owner, network, key, id])?;
        bitmap_index::update_for_sort_entry(db, list, key.is_empty(), id, true)?;
    }
    Ok(())
}

/// What the entries of a contact were made of.
pub(crate) fn sort_values(db: &Read<'_>, id: i64) -> DbResult<SortValues> {
    let mut statement = db.prepare(&VALUES)?;
    let mut rows = statement.query_and_then(named_params! {":id": id}, |row| SortValues::from_row(row, 0))?;
    rows.next().unwrap_or(Err(rusqlite::Error::QueryReturnedNoRows.into()))
}

/// The place of a contact in a list.
#[derive(Debug)]
pub(crate) struct SortPosition {
    pub(crate) id: i64,
    /// The list of everybody that has it.
    pub(crate) scope: Scope,
    pub(crate) key: Vec<u8>,
}

/// Where some contacts stand in an order, in the order asked for; those that are not there, are in no list or not in this generation
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
    let ids = crate::db::connection::id_array(ids);
    let rows = if sort == SortField::Name {
        statement.query(named_params! {":ids": ids, ":generation": generation.column()})?
    } else {
        statement.query(named_params! {":ids": ids})?
    };
    let placed = rows.and_then(|row| -> DbResult<Option<SortPosition>> {
        let (id, values) = (row.get(0)?, SortValues::from_row(row, 1)?);
        let key = if sort == SortField::Name { row.get(10)? } else { Some(values.key(sort).into_owned()) };
        Ok(key.filter(|_| !values.merged).map(|key| SortPosition { id, scope: values.scope, key }))
    });
    placed.filter_map(Result::transpose).collect()
}

/// Moves a contact from where it stood to where it stands now.
pub(crate) fn replace(db: &Write<'_>, id: i64, old: &SortValues, new: &SortValues) -> DbResult<()> {
    let (old, new): (Vec<_>, Vec<_>) = (old.entries().collect(), new.entries().collect());
    for (list, key) in old.iter().filter(|entry| !new.contains(entry)) {
        remove_entry(db, *list, key, id)?;
    }
    insert_entries(
        db,
        new.into_iter().filter(|entry| !old.contains(entry)).map(|(list, key)| (list, key, id)).collect(),
    )
}

/// Takes a contact out of all lists.
pub(crate) fn remove_entries(db: &Write<'_>, id: i64) -> DbResult<()> {
    for (list, key) in sort_values(db, id)?.entries() {
        remove_entry(db, list, &key, id)?;
    }
    Ok(())
}

fn remove_entry(db: &Write<'_>, list: SortedList, key: &[u8], id: i64) -> DbResult<()> {
    let (sort, kind, owner, network) = list.columns();
    db.prepare(&DELETE)?.execute(params![sort, kind, owner, network, key, id])?;
    bitmap_index::update_for_sort_entry(db, list, key.is_empty(), id, false)
}

/// Makes what a contact's entries say of its texts what this library's fold says.
pub(crate) fn refold(db: &Write<'_>, stored: &StoredContact) -> DbResult<()> {
    let old = sort_values(db, stored.id)?;
    let new = SortValues { folded_texts: folded_texts(&stored.contact), ..old.clone() };
    if old != new {
        db.prepare(&SET_FOLDED_TEXTS)?
            .execute(named_params! {":folded_texts": new.folded_texts, ":id": stored.id})?;
        replace(db, stored.id, &old, &new)?;
    }
    Ok(())
}

/// How many entries a contact should have, and how many of them are there. Where the texts are another fold's, what the row says
/// is believed.
pub(crate) fn audit(db: &Read<'_>, stored: &StoredContact, folded: bool) -> DbResult<(u64, u64)> {
    let mut statement = db.prepare(&HAS)?;
    let (mut wanted, mut found) = (0_u64, 0_u64);
    let values = if folded { SortValues::from_contact(stored) } else { sort_values(db, stored.id)? };
    for (list, key) in values.entries() {
        let (sort, kind, owner, network) = list.columns();
        let has = statement.exists(params![sort, kind, owner, network, key, stored.id])?;
        wanted = wanted.saturating_add(1);
        found = found.saturating_add(u64::from(has));
    }
    Ok((wanted, found))
}

/// The number of all entries; counts them one by one.
pub(crate) fn count(db: &Read<'_>) -> DbResult<u64> {
    let count: i64 = db.prepare(&COUNT)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Up to `most` entries of a list from a place on (not included), by rising or falling key. Contacts without a value have the
/// empty key.
pub(crate) fn entries(
    db: &Read<'_>,
    list: SortedList,
    at: (&[u8], i64),
    down: bool,
    most: i64,
) -> DbResult<Vec<EntryKey>> {
    let (sort, kind, owner, network) = list.columns();
    let statement: &Statement = if down { &DESCENDING } else { &ASCENDING };
    let mut statement = db.prepare(statement)?;
    let rows = statement.query_map(params![sort, kind, owner, network, at.0, at.1, most], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let rows: Vec<EntryKey> = rows.collect::<Result<_, _>>()?;
    ensure_ordered(down, Some(at), rows.iter().map(|(key, id)| (key.as_slice(), *id)))?;
    Ok(rows)
}

/// Up to `most` contacts of a list whose key is at least `least` and below `end`.
pub(crate) fn contacts_in_key_range(
    db: &Read<'_>,
    list: SortedList,
    least: &[u8],
    end: &[u8],
    most: i64,
) -> DbResult<Vec<i64>> {
    let (sort, kind, owner, network) = list.columns();
    let mut statement = db.prepare(&KEY_RANGE)?;
    let rows =
        statement.query_map(params![sort, kind, owner, network, least, end, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What of a contact's row tells most conditions.
#[derive(Debug)]
pub(crate) struct FilterRow {
    pub(crate) created: i64,
    pub(crate) active: Option<i64>,
    folded_texts: String,
}

impl FilterRow {
    /// Whether the contact has a text, and what the fold leaves of it; `None` if the text may have been cut.
    pub(crate) fn text(&self, sort: SortField) -> Option<(bool, &str)> {
        let at = match sort {
            SortField::Company => 0,
            SortField::City => 1,
            SortField::Country => 2,
            _ => return None,
        };
        let key = self.folded_texts.split(TEXT_SEPARATOR).nth(at).unwrap_or_default();
        // A character has four bytes at most.
        let is_whole = key.len() <= MAX_KEY_BYTES.saturating_sub(4);
        is_whole.then(|| (!key.is_empty(), if key == UNCOMPARABLE_KEY { "" } else { key }))
    }
}

/// The same of some contacts, by local id.
pub(crate) fn filter_rows(db: &Read<'_>, ids: &[i64]) -> DbResult<Vec<(i64, FilterRow)>> {
    let mut statement = db.prepare(&FILTER_ROWS)?;
    let rows = statement.query_map([&crate::db::connection::id_array(ids)], |row| {
        Ok((row.get(0)?, FilterRow { created: row.get(1)?, active: row.get(2)?, folded_texts: row.get(3)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
