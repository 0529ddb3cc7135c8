//! What happened to contacts, in order: a log written in the transaction that does it.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::log::changes::ChangeRow;
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, ValidationError};
use crate::model::{ContactId, Field, PlainField, TenantId, Timestamp, limits};

/// What happened to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
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
    /// The contact was moved to the trash.
    Trash,
    /// It was taken out of the trash.
    Restore,
    /// It was deleted for good: nothing but its id is left.
    Purge,
    /// Another contact was merged into it; the fields are those that it was given.
    Merge,
    /// It was merged into another contact, and is gone from lists and search.
    Absorbed,
    /// A merge into it was undone; the fields are those that were taken back.
    Unmerge,
    /// A merge was undone, and the contact exists again.
    Separated,
    /// It was decided that it and another contact are not duplicates.
    Dismiss,
    /// That decision was taken back.
    Undismiss,
}

const CHANGE_KINDS: [ChangeKind; 13] = [
    ChangeKind::Add,
    ChangeKind::Edit,
    ChangeKind::Link,
    ChangeKind::Unlink,
    ChangeKind::Trash,
    ChangeKind::Restore,
    ChangeKind::Purge,
    ChangeKind::Merge,
    ChangeKind::Absorbed,
    ChangeKind::Unmerge,
    ChangeKind::Separated,
    ChangeKind::Dismiss,
    ChangeKind::Undismiss,
];

/// The fields beside the plain ones that an edit can name, with their bits in the log. A bit is never used again.
const OTHER_FIELDS: [(Field, u32); 9] = [
    (Field::Status, 6),
    (Field::Phone, 7),
    (Field::Email, 8),
    (Field::Identifier, 9),
    (Field::Card, 11),
    (Field::Consent, 12),
    (Field::OwnAdvisor, 13),
    (Field::Tags, 16),
    (Field::Attributes, 17),
];

/// The fields an edit can name, with their bits in the log.
fn change_fields() -> impl Iterator<Item = (Field, u32)> {
    PlainField::ALL.into_iter().map(|field| (field.field(), field.change_bit())).chain(OTHER_FIELDS)
}

/// One change of one contact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Change {
    /// The sequence number in the log. Later changes have greater numbers.
    pub seq: i64,
    /// The tenant of the contact; `None` if it is shared between tenants. For a link of a shared contact, the advisor's tenant.
    pub tenant: Option<TenantId>,
    /// The contact.
    pub contact: ContactId,
    /// What happened.
    pub kind: ChangeKind,
    /// For an edit, a merge, or a merge undone: the fields that changed.
    pub fields: Vec<Field>,
    /// For what has to do with a merge or with duplicates: the other contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<ContactId>,
    /// The origin the session named; empty if none.
    pub origin: String,
    /// When.
    pub at: Timestamp,
}

/// The fields as bits.
pub(crate) fn field_mask(fields: impl IntoIterator<Item = Field>) -> i64 {
    let bit = |field| change_fields().find(|(known, _)| *known == field).map_or(0, |(_, bit)| 1_i64 << bit);
    fields.into_iter().map(bit).fold(0, |bits, bit| bits | bit)
}

/// The fields of a mask, in the order of their bits.
pub(crate) fn fields_of_mask(mask: i64) -> Vec<Field> {
    let mut fields: Vec<_> = change_fields().filter(|(_, bit)| mask >> bit & 1 == 1).collect();
    fields.sort_unstable_by_key(|(_, bit)| *bit);
    fields.into_iter().map(|(field, _)| field).collect()
}

/// The content of a log entry, without time and actor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewChange {
    /// Local id of the tenant that sees the change; `None`: every tenant.
    pub(crate) tenant: Option<i64>,
    pub(crate) contact: ContactId,
    pub(crate) kind: ChangeKind,
    /// See [`field_mask`].
    pub(crate) fields: i64,
    pub(crate) other: Option<ContactId>,
}

/// Writes a change into the log.
pub(crate) fn append_change(db: &Write<'_>, entry: NewChange, origin: &str, now: Timestamp) -> Result<()> {
    let number = CHANGE_KINDS.iter().position(|known| *known == entry.kind).unwrap_or_default();
    let row = ChangeRow {
        seq: 0,
        tenant: entry.tenant.unwrap_or(0),
        contact: entry.contact.0,
        kind: i64::try_from(number).unwrap_or_default().saturating_add(1),
        fields: entry.fields,
        other: entry.other.map(|other| other.0),
        origin: origin.to_owned(),
        at: now.0,
    };
    Ok(db::changes::insert(db, &row)?)
}

/// A page of the log, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChangePage {
    /// The changes, at most the limit.
    pub items: Vec<Change>,
    /// The number to continue after. It also advances over changes that the actor may not see.
    pub next: i64,
    /// Whether there are changes after `next`. A page can be short or empty and still have this flag: a call reads at
    /// most about two thousand changes.
    pub more: bool,
}

/// A query of the change log; see [`Session::changes`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ChangeList<'s> {
    session: &'s Session,
    after: i64,
    limit: usize,
    excluded_origin: Option<String>,
}

impl Session {
    /// Returns the log of changes, for the synchronization of another system. It starts at the beginning, after number
    /// 0. Administrators see changes of their tenant's contacts and of shared contacts; the system sees all changes.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::changes::ChangeKind;
    /// let store = Options::new().open_in_memory()?;
    /// let host = store.session(Actor::System);
    /// let sync = store.session(Actor::System).origin("crm");
    /// host.add(NewContact::new(Network::SMS_DIRECT, "Ada", "Ash"))?;
    /// sync.add(NewContact::new(Network::SMS_DIRECT, "Bea", "Birch"))?;
    /// let page = sync.changes().exclude_origin("crm").page()?;
    /// assert_eq!((page.items.len(), page.items[0].kind, page.more), (1, ChangeKind::Add, false));
    /// assert!(sync.changes().after(page.next).page()?.items.is_empty());
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn changes(&self) -> ChangeList<'_> {
        ChangeList { session: self, after: 0, limit: 100, excluded_origin: None }
    }
}

impl ChangeList<'_> {
    /// Returns only changes after this number.
    pub const fn after(mut self, seq: i64) -> Self {
        self.after = seq;
        self
    }

    /// Sets the largest number of changes in a page, 1 to [`limits::PAGE`]. The default is 100.
    pub const fn limit(mut self, changes: usize) -> Self {
        self.limit = changes;
        self
    }

    /// Excludes changes with this origin, such as the caller's own.
    pub fn exclude_origin(mut self, origin: impl Into<String>) -> Self {
        self.excluded_origin = Some(origin.into());
        self
    }

    /// Reads the log.
    ///
    /// # Errors
    /// [`Error::Pruned`] if changes after the number are no longer in the log; [`Error::Forbidden`] for advisors;
    /// [`Error::Invalid`] for a limit of 0 or one too large.
    pub fn page(&self) -> Result<ChangePage> {
        page_limit(self.limit)?;
        self.session.read(|snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            read_changes(&snapshot.db, &rights, self.after, self.limit, self.excluded_origin.as_deref())
        })
    }
}

/// Reads a page of the log for an actor.
pub(super) fn read_changes(
    db: &Read<'_>,
    rights: &Rights,
    after: i64,
    limit: usize,
    not: Option<&str>,
) -> Result<ChangePage> {
    rights.require_administrator()?;
    if after < db::changes::pruned_through(db)? {
        return Err(Error::Pruned { resume_after: db::changes::last(db)? });
    }
    let tenant = rights.tenant();
    // One row more than the limit shows whether there are more.
    let all = tenant.is_none() && not.is_none();
    let max_scanned = db.tuning().operations.max_scanned_changes;
    let most = if all { i64::try_from(limit).unwrap_or(max_scanned) } else { max_scanned };
    let rows = db::changes::since(db, after, most.saturating_add(1))?;
    let seen = usize::try_from(most).unwrap_or_default();
    let mut page = ChangePage { items: Vec::new(), next: after, more: false };
    for (at, row) in rows.into_iter().enumerate() {
        if at >= seen || page.items.len() >= limit {
            page.more = true;
            break;
        }
        page.next = row.seq;
        let visible = tenant.is_none_or(|tenant| row.tenant == 0 || row.tenant == tenant);
        if visible && not.is_none_or(|not| row.origin != not) {
            page.items.push(change_from_row(row)?);
        }
    }
    Ok(page)
}

/// Checks the limit of a page.
pub(crate) fn page_limit(limit: usize) -> Result<i64> {
    let most = i64::try_from(limits::PAGE).unwrap_or(i64::MAX);
    match i64::try_from(limit) {
        Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(Error::invalid(Field::Limit, ValidationError::OutOfRange { min: 1, max: most })),
    }
}

fn change_from_row(row: ChangeRow) -> Result<Change> {
    let kind = row.kind.checked_sub(1).and_then(|at| CHANGE_KINDS.get(usize::try_from(at).ok()?));
    let kind = *kind.ok_or(Error::Damaged { what: "the change log", source: None })?;
    Ok(Change {
        seq: row.seq,
        tenant: (row.tenant != 0).then_some(TenantId(row.tenant)),
        contact: ContactId(row.contact),
        kind,
        fields: fields_of_mask(row.fields),
        other: row.other.map(ContactId),
        origin: row.origin,
        at: Timestamp(row.at),
    })
}

#[cfg(test)]
mod tests {
    use super::change_fields;

    #[test]
    fn each_field_has_its_own_bit() {
        let mut bits: Vec<u32> = change_fields().map(|(_, bit)| bit).collect();
        bits.sort_unstable();
        assert!(
            bits.windows(2).all(|pair| pair[0] < pair[1]) && bits.iter().all(|bit| *bit < 63),
            "{bits:?}"
        );
    }
}
