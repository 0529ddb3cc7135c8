//! What happened to contacts, in order: a log written in the transaction that does it.

use crate::db::{self, Write};
use crate::error::{Error, Problem, Result};
use crate::model::{ContactId, Field, Timestamp, limits};
use crate::session::Session;

/// What happened to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It was added.
    Add,
    /// Fields of it were changed.
    Edit,
    /// An advisor was linked to it.
    Link,
    /// An advisor was unlinked from it.
    Unlink,
    /// It was put into the trash.
    Trash,
    /// It was taken out of the trash.
    Restore,
    /// It was deleted for good.
    Purge,
}

const KINDS: [ChangeKind; 7] = [
    ChangeKind::Add,
    ChangeKind::Edit,
    ChangeKind::Link,
    ChangeKind::Unlink,
    ChangeKind::Trash,
    ChangeKind::Restore,
    ChangeKind::Purge,
];

/// The fields an edit can name, in the order of their bits in the log. Append only.
const FIELDS: [Field; 18] = [
    Field::FirstName,
    Field::LastName,
    Field::DisplayName,
    Field::Nickname,
    Field::Company,
    Field::Language,
    Field::Status,
    Field::Phone,
    Field::Email,
    Field::Identifier,
    Field::Uid,
    Field::Card,
    Field::Consent,
    Field::OwnAdvisor,
    Field::City,
    Field::Country,
    Field::Tags,
    Field::Attributes,
];

/// One change of one contact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Change {
    /// The place in the log: later changes have greater numbers.
    pub seq: i64,
    /// The contact.
    pub contact: ContactId,
    /// What happened.
    pub kind: ChangeKind,
    /// For an edit: the fields that changed.
    pub fields: Vec<Field>,
    /// The origin the session named; empty if none.
    pub origin: String,
    /// When.
    pub at: Timestamp,
}

/// The fields as bits.
pub(crate) fn field_bits(fields: impl IntoIterator<Item = Field>) -> i64 {
    let bit = |field| FIELDS.iter().position(|known| *known == field).map_or(0, |at| 1_i64 << at);
    fields.into_iter().map(bit).fold(0, |bits, bit| bits | bit)
}

pub(crate) fn log(
    db: &Write<'_>,
    contact: ContactId,
    kind: ChangeKind,
    fields: i64,
    origin: &str,
    now: Timestamp,
) -> Result<()> {
    let number = KINDS.iter().position(|known| *known == kind).unwrap_or_default();
    let number = i64::try_from(number).unwrap_or_default().saturating_add(1);
    Ok(db::feed::insert(db, contact.0, number, fields, origin, now.0)?)
}

impl Session {
    /// Up to `limit` changes (at most [`limits::PAGE`]) after number `seq`; 0 starts at the beginning. For the system: the
    /// log names contacts of every tenant.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone but the system; [`Error::Invalid`] for a limit of 0 or one too large.
    pub fn changes_since(&self, seq: i64, limit: usize) -> Result<Vec<Change>> {
        let most = page_limit(limit)?;
        self.inner.read(&self.watch(), |snapshot| {
            self.rights(&snapshot.db)?.require_system()?;
            let rows = db::feed::since(&snapshot.db, seq, most)?;
            rows.into_iter().map(change).collect()
        })
    }
}

/// Checks the number of items asked for.
pub(crate) fn page_limit(limit: usize) -> Result<i64> {
    let most = i64::try_from(limits::PAGE).unwrap_or(i64::MAX);
    match i64::try_from(limit) {
        Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(Error::invalid(Field::Limit, Problem::OutOfRange { least: 1, most })),
    }
}

fn change(row: db::feed::ChangeRow) -> Result<Change> {
    let kind = row.kind.checked_sub(1).and_then(|at| KINDS.get(usize::try_from(at).ok()?));
    let kind = *kind.ok_or(Error::Damaged { what: "the change log", source: None })?;
    let fields =
        FIELDS.iter().enumerate().filter(|(at, _)| row.fields >> at & 1 == 1).map(|(_, field)| *field);
    Ok(Change {
        seq: row.seq,
        contact: ContactId(row.contact),
        kind,
        fields: fields.collect(),
        origin: row.origin,
        at: Timestamp(row.at),
    })
}
