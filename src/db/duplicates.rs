//! Values that several contacts share, in order, and pairs of contacts that are not duplicates.
//!
//! The shared values come from tables that exist for other purposes: contact methods, and the lists by company and by name. So they are
//! always current and take no space.

use rusqlite::{named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_ordered;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::list::sort_index::{SortedList, UNCOMPARABLE_KEY, text_key};
use crate::db::scope::{ListKey, Scope};
use crate::model::SortField;

statements! {
    SHARED_METHODS = "SELECT normalized FROM contact_method_lookup WHERE kind = :kind AND normalized > :at
        GROUP BY normalized HAVING count(*) > 1 ORDER BY normalized LIMIT :most";
    SHARED_METHODS_BACK = "SELECT normalized FROM contact_method_lookup WHERE kind = :kind AND normalized < :at AND normalized > ''
        GROUP BY normalized HAVING count(*) > 1 ORDER BY normalized DESC LIMIT :most";
    CONTACTS_WITH_METHOD = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized ORDER BY contact";
    SHARED_COMPANIES = "SELECT key FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :at
        GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT :most";
    SHARED_COMPANIES_BACK = "SELECT key FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key < :at AND key > x''
        GROUP BY key HAVING count(*) > 1 ORDER BY key DESC LIMIT :most";
    CONTACTS_OF_COMPANY = "SELECT contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key = :key ORDER BY contact";
    SHARED_NAMES = "SELECT sort_key FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND sort_key > :at
        GROUP BY sort_key HAVING count(*) > 1 ORDER BY sort_key LIMIT :most";
    SHARED_NAMES_BACK = "SELECT sort_key FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND sort_key < :at
        AND sort_key > x'' GROUP BY sort_key HAVING count(*) > 1 ORDER BY sort_key DESC LIMIT :most";
    CONTACTS_WITH_NAME = "SELECT contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND sort_key = :key
        ORDER BY contact";
    INSERT_NOT_DUPLICATE = "INSERT INTO not_duplicate (contact, other) VALUES (:contact, :other) ON CONFLICT (contact, other) DO NOTHING";
    DELETE_NOT_DUPLICATE = "DELETE FROM not_duplicate WHERE contact = :contact AND other = :other";
    IS_NOT_DUPLICATE = "SELECT 1 FROM not_duplicate WHERE contact = :contact AND other = :other";
    LATER_NOT_DUPLICATES = "SELECT other FROM not_duplicate WHERE contact = :contact ORDER BY other LIMIT :most";
    EARLIER_NOT_DUPLICATES = "SELECT contact FROM not_duplicate WHERE other = :contact ORDER BY contact LIMIT :most";
    DELETE_LATER = "DELETE FROM not_duplicate WHERE contact = :contact";
    DELETE_EARLIER = "DELETE FROM not_duplicate WHERE other = :contact";
}

/// Greater than every key: the longest ones are those of names, with at most 256 bytes.
const KEY_UPPER_BOUND: [u8; 257] = [0xFF; 257];

/// Greater than every normalised value.
const TEXT_UPPER_BOUND: &str = "\u{10FFFF}\u{10FFFF}";

/// A kind of value that contacts can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Phones,
    Emails,
    /// The companies of a list, by their sort keys.
    Companies(Scope),
    /// The names of a list, by their collation keys.
    Names(ListKey),
}

/// The columns of a list.
type ListColumns = (i64, i64, i64, i64);

fn company_columns(scope: Scope) -> ListColumns {
    SortedList { sort: SortField::Company, scope }.columns()
}

/// The key of a company in [`ValueKind::Companies`]; `None` if it has none.
pub(crate) fn company_key(company: &str) -> Option<Vec<u8>> {
    let key = text_key(company);
    (!key.is_empty() && key != UNCOMPARABLE_KEY).then(|| key.into_bytes())
}

/// Up to `most` values that at least two contacts have, after `at` (exclusive), or before it in descending order if `back` is true.
/// `None` means an end. The contacts may be in the trash.
pub(crate) fn shared_values(
    db: &Read<'_>,
    of: ValueKind,
    at: Option<&[u8]>,
    back: bool,
    most: i64,
) -> DbResult<Vec<Vec<u8>>> {
    let rows = match of {
        ValueKind::Phones => shared_methods(db, 1, at, back, most)?,
        ValueKind::Emails => shared_methods(db, 2, at, back, most)?,
        ValueKind::Companies(scope) => {
            let statement = if back { &SHARED_COMPANIES_BACK } else { &SHARED_COMPANIES };
            let (sort, kind, owner, network) = company_columns(scope);
            let bound = if back { &KEY_UPPER_BOUND[..] } else { UNCOMPARABLE_KEY.as_bytes() };
            let params = params![sort, kind, owner, network, at.unwrap_or(bound), most];
            let mut statement = db.prepare(statement)?;
            let rows = statement.query_map(params, |row| row.get(0))?;
            rows.collect::<Result<Vec<Vec<u8>>, _>>()?
        }
        ValueKind::Names(list) => {
            let statement = if back { &SHARED_NAMES_BACK } else { &SHARED_NAMES };
            let (generation, kind, owner, network) = list.columns();
            let bound = if back { &KEY_UPPER_BOUND[..] } else { &[][..] };
            let params = params![generation, kind, owner, network, at.unwrap_or(bound), most];
            let mut statement = db.prepare(statement)?;
            let rows = statement.query_map(params, |row| row.get(0))?;
            rows.collect::<Result<Vec<Vec<u8>>, _>>()?
        }
    };
    ensure_ordered(back, at, rows.iter().map(Vec::as_slice))?;
    Ok(rows)
}

fn shared_methods(
    db: &Read<'_>,
    kind: i64,
    at: Option<&[u8]>,
    back: bool,
    most: i64,
) -> DbResult<Vec<Vec<u8>>> {
    let bound = if back { TEXT_UPPER_BOUND } else { "" };
    let at = at.and_then(|at| std::str::from_utf8(at).ok()).unwrap_or(bound);
    let mut statement = db.prepare(if back { &SHARED_METHODS_BACK } else { &SHARED_METHODS })?;
    let rows = statement
        .query_map(named_params! {":kind": kind, ":at": at, ":most": most}, |row| row.get::<_, String>(0))?;
    rows.map(|text| Ok(text?.into_bytes())).collect()
}

/// The contacts that have a value, by local id.
pub(crate) fn contacts_with(db: &Read<'_>, of: ValueKind, value: &[u8]) -> DbResult<Vec<i64>> {
    let (statement, columns) = match of {
        ValueKind::Phones | ValueKind::Emails => {
            let kind = if of == ValueKind::Phones { 1 } else { 2 };
            let mut statement = db.prepare(&CONTACTS_WITH_METHOD)?;
            let value = std::str::from_utf8(value).unwrap_or_default();
            let rows = statement.query_map(params![kind, value], |row| row.get(0))?;
            return Ok(rows.collect::<Result<_, _>>()?);
        }
        ValueKind::Companies(scope) => (&CONTACTS_OF_COMPANY, company_columns(scope)),
        ValueKind::Names(list) => (&CONTACTS_WITH_NAME, list.columns()),
    };
    let (first, kind, owner, network) = columns;
    let mut statement = db.prepare(statement)?;
    let rows = statement.query_map(params![first, kind, owner, network, value], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Two contacts, the smaller local id first.
fn ordered(a: i64, b: i64) -> (i64, i64) {
    (a.min(b), a.max(b))
}

/// Records that two contacts are not duplicates. Returns false if it was recorded already.
pub(crate) fn insert_not_duplicate(db: &Write<'_>, a: i64, b: i64) -> DbResult<bool> {
    let (contact, other) = ordered(a, b);
    let params = named_params! {":contact": contact, ":other": other};
    Ok(db.prepare(&INSERT_NOT_DUPLICATE)?.execute(params)? > 0)
}

/// Deletes that record. Returns false if there was none.
pub(crate) fn delete_not_duplicate(db: &Write<'_>, a: i64, b: i64) -> DbResult<bool> {
    let (contact, other) = ordered(a, b);
    let params = named_params! {":contact": contact, ":other": other};
    Ok(db.prepare(&DELETE_NOT_DUPLICATE)?.execute(params)? > 0)
}

/// Whether two contacts are recorded as not duplicates.
pub(crate) fn is_not_duplicate(db: &Read<'_>, a: i64, b: i64) -> DbResult<bool> {
    let (contact, other) = ordered(a, b);
    let params = named_params! {":contact": contact, ":other": other};
    Ok(db.prepare(&IS_NOT_DUPLICATE)?.exists(params)?)
}

/// Up to `most` contacts that are recorded as not duplicates of a contact, by local id.
pub(crate) fn not_duplicates_of(db: &Read<'_>, contact: i64, most: i64) -> DbResult<Vec<i64>> {
    let mut found: Vec<i64> = Vec::new();
    for statement in [&EARLIER_NOT_DUPLICATES, &LATER_NOT_DUPLICATES] {
        let mut statement = db.prepare(statement)?;
        let params = named_params! {":contact": contact, ":most": most};
        let rows = statement.query_map(params, |row| row.get(0))?;
        for row in rows {
            found.push(row?);
        }
    }
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found)
}

/// Deletes all such records of a contact.
pub(crate) fn delete_of_contact(db: &Write<'_>, contact: i64) -> DbResult<()> {
    for statement in [&DELETE_LATER, &DELETE_EARLIER] {
        db.prepare(statement)?.execute(named_params! {":contact": contact})?;
    }
    Ok(())
}
