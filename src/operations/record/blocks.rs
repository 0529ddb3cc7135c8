//! Blocked phone numbers.

use std::collections::{HashMap, HashSet};

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::record::blocked_number::{BlockedNumberRow, Blocker};
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, ValidationError};
use crate::error_report::ErrorReport;
use crate::model::{
    AdvisorId, BlockReason, BlockedNumber, ContactId, Field, NewBlockedNumber, Permission, check_phone,
    limits,
};
use crate::operations::context::WriteContext;

/// The result of blocking a number. With the report of an error in the place of the error, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum BlockOutcome<E = Error> {
    /// The number is now blocked.
    Blocked,
    /// The number was already blocked. Reason, comment and time were replaced.
    Updated,
    /// The text is not a phone number, or the comment is too long.
    Rejected(E),
}

impl BlockOutcome {
    /// The outcome with the report of its error.
    #[must_use]
    pub fn to_report(&self) -> BlockOutcome<ErrorReport> {
        match self {
            Self::Blocked => BlockOutcome::Blocked,
            Self::Updated => BlockOutcome::Updated,
            Self::Rejected(error) => BlockOutcome::Rejected(error.into()),
        }
    }
}

/// The result of unblocking a number. With the report of an error in the place of the error, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum UnblockOutcome<E = Error> {
    /// The number is no longer blocked.
    Unblocked,
    /// The number was not blocked.
    NotBlocked,
    /// The text is not a phone number.
    Rejected(E),
}

impl UnblockOutcome {
    /// The outcome with the report of its error.
    #[must_use]
    pub fn to_report(&self) -> UnblockOutcome<ErrorReport> {
        match self {
            Self::Unblocked => UnblockOutcome::Unblocked,
            Self::NotBlocked => UnblockOutcome::NotBlocked,
            Self::Rejected(error) => UnblockOutcome::Rejected(error.into()),
        }
    }
}

/// Numbers that advisors or the tenant have blocked. See [`Session::blocked_numbers`].
#[derive(Debug, Clone, Copy)]
pub struct BlockedNumbers<'s> {
    session: &'s Session,
}

impl<'s> BlockedNumbers<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Blocks 1 to [`limits::BLOCKED_NUMBERS`] numbers for an advisor. The outcomes are in the order of the numbers. A
    /// rejected number does not stop the others. A number without a plus is read as if it had one, unless it is a
    /// number of the store's region. A block applies to the number, and so to every present and future contact with it.
    /// Advisors block for themselves. Administrators and the system block for every advisor that is entitled on a direct
    /// network. If the tenant requires no entitlement, an advisor without any entitlement counts as entitled.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewAdvisor, NewContact, Options};
    /// use cardex::blocking::{BlockReason, NewBlockedNumber};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "Byron"))?.id;
    /// session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33 6 12 34 56 78").advisor(ada))?;
    /// session.blocked_numbers().block(ada, [NewBlockedNumber::new("+33612345678", BlockReason::Spam)])?;
    /// assert_eq!(session.contacts().advisor(ada).blocked(true).page()?.items.len(), 1);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoAdvisor`], [`Error::Forbidden`]; [`RuleViolation::NoDirectNetwork`](crate::RuleViolation::NoDirectNetwork);
    /// [`Error::Invalid`] for no numbers or too many.
    pub fn block(
        &self,
        advisor: AdvisorId,
        numbers: impl IntoIterator<Item = NewBlockedNumber>,
    ) -> Result<Vec<BlockOutcome>> {
        let numbers = collect_numbers(numbers)?;
        self.session.write(|db| {
            let by = self.session.rights(db)?.blocking_advisor(db, advisor)?;
            numbers.iter().map(|new| self.put_block(db, by, Some(advisor), new)).collect()
        })
    }

    /// Unblocks 1 to [`limits::BLOCKED_NUMBERS`] numbers for an advisor. Each number can be written in any form.
    ///
    /// # Errors
    /// See [`BlockedNumbers::block`].
    pub fn unblock(
        &self,
        advisor: AdvisorId,
        numbers: impl IntoIterator<Item = String>,
    ) -> Result<Vec<UnblockOutcome>> {
        let numbers = collect_numbers(numbers)?;
        self.session.write(|db| {
            let by = self.session.rights(db)?.blocking_advisor(db, advisor)?;
            let unblock = |number: &String| match self.normalize_blocked_phone(number) {
                Err(error) => Ok(UnblockOutcome::Rejected(error)),
                Ok(normal) if db::blocked_number::delete(db, by, &normal)? => Ok(UnblockOutcome::Unblocked),
                Ok(_) => Ok(UnblockOutcome::NotBlocked),
            };
            numbers.iter().map(unblock).collect()
        })
    }

    /// The numbers that an advisor has blocked, in the order of the numbers.
    ///
    /// # Errors
    /// See [`BlockedNumbers::block`].
    pub fn of_advisor(&self, advisor: AdvisorId) -> Result<Vec<BlockedNumber>> {
        self.session.read(|snapshot| {
            let by = self.session.rights(&snapshot.db)?.blocking_advisor(&snapshot.db, advisor)?;
            Ok(db::blocked_number::of_blocker(&snapshot.db, by)?)
        })
    }

    /// The numbers that are blocked for the whole tenant, in the order of the numbers. For administrators and the
    /// system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn of_tenant(&self) -> Result<Vec<BlockedNumber>> {
        self.session.read(|snapshot| {
            let rights = self.session.rights(&snapshot.db)?;
            rights.require_administrator()?;
            let by = Blocker { tenant: rights.home_tenant(&snapshot.db)?, advisor: 0 };
            Ok(db::blocked_number::of_blocker(&snapshot.db, by)?)
        })
    }

    /// Blocks or unblocks a number for the whole tenant, on every network. Returns false if nothing changed. Blocks of
    /// advisors stay. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the text is not a phone number; [`Error::Forbidden`].
    pub fn set_for_tenant(&self, phone: &str, on: bool) -> Result<bool> {
        let normal = self.normalize_blocked_phone(phone)?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let by = Blocker { tenant: rights.home_tenant(db)?, advisor: 0 };
            if !on {
                return Ok(db::blocked_number::delete(db, by, &normal)?);
            }
            let outcome = self.put_block(db, by, None, &NewBlockedNumber::new(phone, BlockReason::Other))?;
            Ok(matches!(outcome, BlockOutcome::Blocked))
        })
    }

    /// The blocks of the first phone of each of some contacts, at most [`limits::PAGE`] contacts, in their order. It
    /// includes blocks of the tenant, and of advisors whose contacts the actor may see. A missing contact, or one
    /// without a phone, has no blocks.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many contacts.
    pub fn of(&self, contacts: &[ContactId]) -> Result<Vec<Vec<BlockedNumber>>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let seen = rights.visible_contacts(db, contacts)?;
            let number =
                |stored: &StoredContact| stored.contact.phones.first().map(|phone| phone.normalized.clone());
            let numbers: HashSet<String> = seen.iter().filter_map(number).collect();
            let mut by_number: HashMap<String, Vec<BlockedNumberRow>> = HashMap::new();
            for row in db::blocked_number::on_numbers(db, rights.tenant(), numbers)? {
                by_number.entry(row.normalized.clone()).or_default().push(row);
            }
            let mut by_contact: HashMap<ContactId, Vec<BlockedNumber>> = HashMap::new();
            for stored in &seen {
                let Some(rows) = number(stored).and_then(|number| by_number.get(&number)) else { continue };
                by_contact.insert(stored.contact.id, visible_blocks(db, &rights, stored, rows)?);
            }
            Ok(contacts.iter().map(|id| by_contact.get(id).cloned().unwrap_or_default()).collect())
        })
    }

    fn put_block(
        self,
        db: &Write<'_>,
        by: Blocker,
        advisor: Option<AdvisorId>,
        new: &NewBlockedNumber,
    ) -> Result<BlockOutcome> {
        let normal = match new.check().and_then(|()| self.normalize_blocked_phone(&new.phone)) {
            Ok(normal) => normal,
            Err(error) => return Ok(BlockOutcome::Rejected(error)),
        };
        let block = BlockedNumber {
            advisor,
            phone: new.phone.trim().to_owned(),
            reason: new.reason,
            comment: new.comment.trim().to_owned(),
            created_at: self.session.engine.now(),
        };
        let fresh = db::blocked_number::upsert(db, by, &normal, &block)?;
        Ok(if fresh { BlockOutcome::Blocked } else { BlockOutcome::Updated })
    }

    /// The normalized form of a number.
    fn normalize_blocked_phone(self, phone: &str) -> Result<String> {
        check_phone(phone)?;
        let parsed = self.session.engine.phones.parse_international(phone);
        let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
        Ok(parsed.normalized().to_owned())
    }
}

/// Whether a contact's first phone is blocked for the whole tenant.
fn is_blocked_for_tenant(db: &Read<'_>, tenant: i64, stored: &StoredContact) -> Result<bool> {
    let Some(phone) = stored.contact.phones.first() else { return Ok(false) };
    Ok(db::blocked_number::is_blocked_for_advisor(db, Blocker { tenant, advisor: 0 }, &phone.normalized)?)
}

/// Sets the tenant-wide block of a contact's first phone, if the patch contains it and it changes.
pub(crate) fn update_contact_block(
    db: &Write<'_>,
    context: WriteContext<'_>,
    rights: &Rights,
    stored: &StoredContact,
    on: Option<bool>,
) -> Result<()> {
    let Some(on) = on else { return Ok(()) };
    let home = rights.home_tenant(db)?;
    if is_blocked_for_tenant(db, home, stored)? == on {
        return Ok(());
    }
    rights.require_contact_block()?;
    set_contact_block(db, context, home, stored, on)
}

/// Blocks or unblocks a contact's first phone for the whole tenant.
pub(crate) fn set_contact_block(
    db: &Write<'_>,
    context: WriteContext<'_>,
    tenant: i64,
    stored: &StoredContact,
    on: bool,
) -> Result<()> {
    let by = Blocker { tenant, advisor: 0 };
    match stored.contact.phones.first() {
        // A contact without a phone is not blocked, so this is never a call to unblock.
        None => Err(Error::invalid(Field::Phone, ValidationError::Required { network: None })),
        // An existing block keeps its reason.
        Some(_) if on && is_blocked_for_tenant(db, tenant, stored)? => Ok(()),
        Some(phone) if on => {
            let block = BlockedNumber {
                advisor: None,
                phone: phone.text.trim().to_owned(),
                reason: BlockReason::Other,
                comment: String::new(),
                created_at: context.now,
            };
            db::blocked_number::upsert(db, by, &phone.normalized, &block)?;
            Ok(())
        }
        Some(phone) => {
            db::blocked_number::delete(db, by, &phone.normalized)?;
            Ok(())
        }
    }
}

/// The blocks of a contact's number that the actor may see.
fn visible_blocks(
    db: &Read<'_>,
    rights: &Rights,
    stored: &StoredContact,
    rows: &[BlockedNumberRow],
) -> Result<Vec<BlockedNumber>> {
    let all = rights.has_permission(db, Permission::ListCustomers, stored.network)?;
    let is_shown = |row: &&BlockedNumberRow| {
        let of_its_tenant = stored.tenant.is_none_or(|tenant| tenant == row.by.tenant);
        of_its_tenant && (all || row.by.advisor == 0 || rights.advisor() == Some(row.by.advisor))
    };
    Ok(rows.iter().filter(is_shown).map(|row| row.block.clone()).collect())
}

fn collect_numbers<T>(numbers: impl IntoIterator<Item = T>) -> Result<Vec<T>> {
    // One number more than the limit is enough to detect the error.
    let numbers: Vec<T> = numbers.into_iter().take(limits::BLOCKED_NUMBERS.saturating_add(1)).collect();
    match numbers.len() {
        0 => Err(Error::invalid(Field::Phone, ValidationError::Required { network: None })),
        count if count > limits::BLOCKED_NUMBERS => {
            Err(Error::invalid(Field::Phone, ValidationError::TooMany { limit: limits::BLOCKED_NUMBERS }))
        }
        _ => Ok(numbers),
    }
}
