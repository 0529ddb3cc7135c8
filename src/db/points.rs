//! Phones, e-mail addresses and identifiers of contacts.

use rusqlite::vtab::array::Array;
use rusqlite::{named_params, params};

use super::contact::Stored;
use super::{DbResult, Read, Write, statements};
use crate::error::Error;
use crate::model::{Contact, Email, Identifier, Phone, fold_email};

const PHONE: i64 = 1;
const EMAIL: i64 = 2;
const IDENTIFIER: i64 = 3;

statements! {
    INSERT = "INSERT INTO contact_point (contact, kind, position, text, normal, label)
        VALUES (:contact, :kind, :position, :text, :normal, :label)";
    DELETE = "DELETE FROM contact_point WHERE contact = :contact";
    /// In no stated order: sorting here would cost a temporary B-tree a page.
    MANY = "SELECT p.contact, p.kind, p.position, p.text, p.normal, p.label
        FROM rarray(:ids) r CROSS JOIN contact_point p ON p.contact = r.value";
    CONTACTS_BY_NORMAL = "SELECT contact FROM contact_point WHERE kind = :kind AND normal = :normal ORDER BY contact";
}

/// Writes the points of a new contact, or of one whose points were deleted.
pub(crate) fn insert(db: &Write<'_>, id: i64, contact: &Contact) -> DbResult<()> {
    let mut statement = db.prepare(&INSERT)?;
    for (position, phone) in (0_i64..).zip(&contact.phones) {
        statement.execute(params![id, PHONE, position, phone.text, phone.normal, phone.label])?;
    }
    for (position, email) in (0_i64..).zip(&contact.emails) {
        statement.execute(params![id, EMAIL, position, email.text, fold_email(&email.text), email.label])?;
    }
    for (position, identifier) in (0_i64..).zip(&contact.identifiers) {
        statement.execute(params![
            id,
            IDENTIFIER,
            position,
            identifier.value,
            identifier.value,
            identifier.space
        ])?;
    }
    Ok(())
}

/// Deletes all points of a contact.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE)?.execute(named_params! {":contact": id})?;
    Ok(())
}

/// A point on its way from the row to its contact.
struct PointRow {
    contact: i64,
    kind: i64,
    position: i64,
    text: String,
    normal: String,
    label: String,
}

/// Adds their points to contacts, and names those whose name is made of them. `ids` are the contacts' local ids.
pub(super) fn fill(db: &Read<'_>, ids: &Array, contacts: &mut [Stored]) -> DbResult<()> {
    let mut statement = db.prepare(&MANY)?;
    let rows = statement.query_map([ids], |row| {
        Ok(PointRow {
            contact: row.get(0)?,
            kind: row.get(1)?,
            position: row.get(2)?,
            text: row.get(3)?,
            normal: row.get(4)?,
            label: row.get(5)?,
        })
    })?;
    let mut points = rows.collect::<Result<Vec<_>, _>>()?;
    points.sort_unstable_by_key(|point| (point.contact, point.kind, point.position));
    let mut place: Vec<_> = contacts.iter_mut().collect();
    place.sort_unstable_by_key(|stored| stored.id);
    let mut place = place.into_iter().peekable();
    for point in points {
        while place.next_if(|stored| stored.id < point.contact).is_some() {}
        if let Some(stored) = place.peek_mut().filter(|stored| stored.id == point.contact) {
            add(&mut stored.contact, point)?;
        }
    }
    contacts.iter_mut().for_each(Stored::name);
    Ok(())
}

fn add(contact: &mut Contact, point: PointRow) -> DbResult<()> {
    let PointRow { text, normal, label, .. } = point;
    match point.kind {
        PHONE => contact.phones.push(Phone { text, normal, label }),
        EMAIL => contact.emails.push(Email { text, label }),
        IDENTIFIER => contact.identifiers.push(Identifier { value: text, space: label }),
        _ => return Err(Error::Damaged { what: "the kind of a contact point", source: None }.into()),
    }
    Ok(())
}

/// The contacts that have this phone, in the form numbers are compared in; in all tenants, the trash included.
pub(crate) fn with_phone(db: &Read<'_>, normal: &str) -> DbResult<Vec<i64>> {
    with(db, PHONE, normal)
}

/// The contacts that have this e-mail address; in all tenants, the trash included.
pub(crate) fn with_email(db: &Read<'_>, text: &str) -> DbResult<Vec<i64>> {
    with(db, EMAIL, &fold_email(text))
}

fn with(db: &Read<'_>, kind: i64, normal: &str) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&CONTACTS_BY_NORMAL)?;
    let rows = statement.query_map(named_params! {":kind": kind, ":normal": normal}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
