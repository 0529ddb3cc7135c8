//! Numbers that are not to be talked to.

use std::collections::{HashMap, HashSet};

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::record::block::{BlockRow, Blocker};
use crate::db::{self, Read, Write};
use crate::error::{Error, Problem, Result};
use crate::model::{
    AdvisorId, Block, BlockReason, ContactId, Field, NewBlock, Permission, check_phone, limits,
};
use crate::operations::Context;

/// What became of a number to block.
#[derive(Debug)]
#[non_exhaustive]
pub enum BlockOutcome {
    /// It is blocked now.
    Blocked,
    /// It was blocked already: reason, comment and time are the new ones.
    Updated,
    /// It is no phone number, or the comment is too long.
    Refused(Error),
}

/// What became of a number to unblock.
#[derive(Debug)]
#[non_exhaustive]
pub enum UnblockOutcome {
    /// It is not blocked any more.
    Unblocked,
    /// It was not blocked.
    NotBlocked,
    /// It is no phone number.
    Refused(Error),
}

impl Session {
    /// Blocks 1 to [`limits::BLOCKS`] numbers for an advisor: outcomes come in the order of the numbers, and one that is
    /// refused stops no other. A number without a plus is read as if one stood before it, unless it is one of the book's
    /// region. A block is of the number, whatever contact has it now or later. An advisor blocks for
    /// themselves; administrators and the system for every advisor who is entitled on a direct network. In a tenant that
    /// asks for no entitlement, who has none at all counts as entitled.
    ///
    /// ```
    /// use cardex::{Actor, BlockReason, Network, NewAdvisor, NewBlock, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let ada = desk.add_advisor(NewAdvisor::new("Ada", "Byron"))?.id;
    /// desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33 6 12 34 56 78").advisor(ada))?;
    /// desk.block(ada, [NewBlock::new("+33612345678", BlockReason::Spam)])?;
    /// assert_eq!(desk.contacts().advisor(ada).blocked(true).page()?.items.len(), 1);
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoAdvisor`], [`Error::Forbidden`]; [`Refusal::NotDirect`](crate::Refusal::NotDirect);
    /// [`Error::Invalid`] for no numbers or too many.
    pub fn block(
        &self,
        advisor: AdvisorId,
        numbers: impl IntoIterator<Item = NewBlock>,
    ) -> Result<Vec<BlockOutcome>> {
        let numbers = checked(numbers)?;
        self.inner.write(&self.watch(), |db| {
            let by = self.rights(db)?.blocker(db, advisor)?;
            numbers.iter().map(|new| self.put(db, by, Some(advisor), new)).collect()
        })
    }

    /// Unblocks 1 to [`limits::BLOCKS`] numbers for an advisor, in whatever form they are written.
    ///
    /// # Errors
    /// See [`Session::block`].
    pub fn unblock(
        &self,
        advisor: AdvisorId,
        numbers: impl IntoIterator<Item = String>,
    ) -> Result<Vec<UnblockOutcome>> {
        let numbers = checked(numbers)?;
        self.inner.write(&self.watch(), |db| {
            let by = self.rights(db)?.blocker(db, advisor)?;
            let unblock = |number: &String| match self.normal(number) {
                Err(error) => Ok(UnblockOutcome::Refused(error)),
                Ok(normal) if db::block::delete(db, by, &normal)? => Ok(UnblockOutcome::Unblocked),
                Ok(_) => Ok(UnblockOutcome::NotBlocked),
            };
            numbers.iter().map(unblock).collect()
        })
    }

    /// The numbers that an advisor has blocked, in the order of the numbers.
    ///
    /// # Errors
    /// See [`Session::block`].
    pub fn blocked(&self, advisor: AdvisorId) -> Result<Vec<Block>> {
        self.inner.read(&self.watch(), |snapshot| {
            let by = self.rights(&snapshot.db)?.blocker(&snapshot.db, advisor)?;
            Ok(db::block::of(&snapshot.db, by)?)
        })
    }

    /// The numbers that the tenant as a whole has blocked, in the order of the numbers. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn blocked_by_tenant(&self) -> Result<Vec<Block>> {
        self.inner.read(&self.watch(), |snapshot| {
            let rights = self.rights(&snapshot.db)?;
            rights.require_administrator()?;
            let by = Blocker { tenant: rights.home(&snapshot.db)?, advisor: 0 };
            Ok(db::block::of(&snapshot.db, by)?)
        })
    }

    /// Blocks a number for the tenant as a whole, on every network, or unblocks it; false if it was so already. What advisors
    /// have blocked stays blocked for them. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the text is no phone number; [`Error::Forbidden`].
    pub fn block_for_tenant(&self, phone: &str, on: bool) -> Result<bool> {
        let normal = self.normal(phone)?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let by = Blocker { tenant: rights.home(db)?, advisor: 0 };
            if !on {
                return Ok(db::block::delete(db, by, &normal)?);
            }
            let outcome = self.put(db, by, None, &NewBlock::new(phone, BlockReason::Other))?;
            Ok(matches!(outcome, BlockOutcome::Blocked))
        })
    }

    /// Who has blocked the first phone of each of some contacts, at most [`limits::PAGE`] of them, in their order: advisors
    /// whose contacts the actor may see, and the tenant. Nobody for a contact that is not there or has no phone.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many contacts.
    pub fn blocks_of(&self, contacts: &[ContactId]) -> Result<Vec<Vec<Block>>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let seen = rights.among(db, contacts)?;
            let number = |stored: &Stored| stored.contact.phones.first().map(|phone| phone.normal.clone());
            let numbers: HashSet<String> = seen.iter().filter_map(number).collect();
            let mut by_number: HashMap<String, Vec<BlockRow>> = HashMap::new();
            for row in db::block::on_numbers(db, rights.tenant(), numbers)? {
                by_number.entry(row.normal.clone()).or_default().push(row);
            }
            let mut told: HashMap<ContactId, Vec<Block>> = HashMap::new();
            for stored in &seen {
                let Some(rows) = number(stored).and_then(|number| by_number.get(&number)) else { continue };
                told.insert(stored.contact.id, shown(db, &rights, stored, rows)?);
            }
            Ok(contacts.iter().map(|id| told.get(id).cloned().unwrap_or_default()).collect())
        })
    }

    fn put(
        &self,
        db: &Write<'_>,
        by: Blocker,
        advisor: Option<AdvisorId>,
        new: &NewBlock,
    ) -> Result<BlockOutcome> {
        let normal = match new.check().and_then(|()| self.normal(&new.phone)) {
            Ok(normal) => normal,
            Err(error) => return Ok(BlockOutcome::Refused(error)),
        };
        let block = Block {
            advisor,
            phone: new.phone.trim().to_owned(),
            reason: new.reason,
            comment: new.comment.trim().to_owned(),
            created_at: self.inner.now(),
        };
        let fresh = db::block::put(db, by, &normal, &block)?;
        Ok(if fresh { BlockOutcome::Blocked } else { BlockOutcome::Updated })
    }

    /// The number in the form numbers are compared in.
    fn normal(&self, phone: &str) -> Result<String> {
        check_phone(phone)?;
        let parsed = self.inner.phones.parse_abroad(phone);
        let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, Problem::NotAPhone))?;
        Ok(parsed.normal().to_owned())
    }
}

/// Whether the tenant as a whole has blocked a contact's first phone.
fn is_flagged(db: &Read<'_>, tenant: i64, stored: &Stored) -> Result<bool> {
    let Some(phone) = stored.contact.phones.first() else { return Ok(false) };
    Ok(db::block::is_for_advisor(db, Blocker { tenant, advisor: 0 }, &phone.normal)?)
}

/// Makes a contact's first phone blocked for the tenant as a whole or not, if that is asked and not so already.
pub(crate) fn reflag(
    db: &Write<'_>,
    context: Context<'_>,
    rights: &Rights,
    stored: &Stored,
    on: Option<bool>,
) -> Result<()> {
    let Some(on) = on else { return Ok(()) };
    let home = rights.home(db)?;
    if is_flagged(db, home, stored)? == on {
        return Ok(());
    }
    rights.require_administrator()?;
    flag(db, context, home, stored, on)
}

/// Blocks a contact's first phone for the tenant as a whole, or unblocks it.
pub(crate) fn flag(
    db: &Write<'_>,
    context: Context<'_>,
    tenant: i64,
    stored: &Stored,
    on: bool,
) -> Result<()> {
    let by = Blocker { tenant, advisor: 0 };
    match stored.contact.phones.first() {
        // Without one it is not blocked, so that nobody comes here to unblock it.
        None => Err(Error::invalid(Field::Phone, Problem::Required { on: None })),
        // Why it was blocked stays as it was said.
        Some(_) if on && is_flagged(db, tenant, stored)? => Ok(()),
        Some(phone) if on => {
            let block = Block {
                advisor: None,
                phone: phone.text.trim().to_owned(),
                reason: BlockReason::Other,
                comment: String::new(),
                created_at: context.now,
            };
            db::block::put(db, by, &phone.normal, &block)?;
            Ok(())
        }
        Some(phone) => {
            db::block::delete(db, by, &phone.normal)?;
            Ok(())
        }
    }
}

/// The blocks of a contact's number that the actor may know of.
fn shown(db: &Read<'_>, rights: &Rights, stored: &Stored, rows: &[BlockRow]) -> Result<Vec<Block>> {
    let all = rights.allows(db, Permission::ListCustomers, stored.network)?;
    let is_shown = |row: &&BlockRow| {
        let of_its_tenant = stored.tenant.is_none_or(|tenant| tenant == row.by.tenant);
        of_its_tenant && (all || row.by.advisor == 0 || rights.advisor() == Some(row.by.advisor))
    };
    Ok(rows.iter().filter(is_shown).map(|row| row.block.clone()).collect())
}

fn checked<T>(numbers: impl IntoIterator<Item = T>) -> Result<Vec<T>> {
    // One more than allowed is enough to see that there are too many.
    let numbers: Vec<T> = numbers.into_iter().take(limits::BLOCKS.saturating_add(1)).collect();
    match numbers.len() {
        0 => Err(Error::invalid(Field::Phone, Problem::Required { on: None })),
        count if count > limits::BLOCKS => {
            Err(Error::invalid(Field::Phone, Problem::TooMany { limit: limits::BLOCKS }))
        }
        _ => Ok(numbers),
    }
}
