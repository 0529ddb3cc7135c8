//! Idempotency keys: a repeated call has the result of the first one.

use cryptoxide::hashing::blake2b::Blake2b;

use crate::access::rights::{ActorKind, Rights};
use crate::db::Write;
use crate::db::record::idempotency::{self, KeyOwner, KeyedResult};
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::model::{Field, Timestamp, limits};

/// The most expired keys that one call deletes.
const DELETED_AT_ONCE: i64 = 100;

/// An operation that takes a key, by its number in the book.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyedOperation {
    FireEvent = 1,
    CreateJob = 2,
}

/// A call with a key. A key belongs to its actor, so that it tells nobody else about the call.
#[derive(Debug)]
pub(crate) struct KeyedCall<'a> {
    owner: KeyOwner<'a>,
    input: [u8; 32],
    now: Timestamp,
}

impl<'a> KeyedCall<'a> {
    /// A call; `input` is everything that decides its effect.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long key.
    pub(crate) fn new(
        rights: &Rights,
        operation: KeyedOperation,
        key: &'a str,
        input: &[&[u8]],
        now: Timestamp,
    ) -> Result<Self> {
        let invalid = |reason| Err(Error::invalid(Field::IdempotencyKey, reason));
        if key.is_empty() {
            return invalid(ValidationError::Required { network: None });
        }
        if key.chars().nth(limits::IDEMPOTENCY_KEY).is_some() {
            return invalid(ValidationError::TooLong { limit: limits::IDEMPOTENCY_KEY });
        }
        let requester = match rights.kind() {
            ActorKind::System => -1,
            ActorKind::Administrator => 0,
            ActorKind::Advisor(advisor) | ActorKind::Agent(advisor) => advisor,
        };
        let tenant = rights.tenant().unwrap_or(0);
        let owner = KeyOwner { tenant, requester, operation: operation as i64, key };
        let length = |part: &&[u8]| u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes();
        let mut hash = Blake2b::<256>::new();
        for part in input {
            hash = hash.update(&length(part)).update(part);
        }
        Ok(Self { owner, input: hash.finalize(), now })
    }

    /// The result of an earlier call with this key.
    ///
    /// # Errors
    /// [`RuleViolation::IdempotencyKeyReused`] if that call had other input.
    pub(crate) fn earlier_result(&self, db: &Write<'_>) -> Result<Option<i64>> {
        let expired = Timestamp(self.now.0.saturating_sub(limits::IDEMPOTENCY_MS));
        idempotency::delete_before(db, expired, DELETED_AT_ONCE)?;
        match idempotency::find(db, self.owner)?.filter(|call| call.at >= expired) {
            Some(call) if call.input != self.input => Err(RuleViolation::IdempotencyKeyReused.into()),
            call => Ok(call.map(|call| call.result)),
        }
    }

    /// Stores the result.
    pub(crate) fn store_result(&self, db: &Write<'_>, result: i64) -> Result<()> {
        let call = KeyedResult { input: self.input.to_vec(), result, at: self.now };
        Ok(idempotency::set(db, self.owner, &call)?)
    }
}
