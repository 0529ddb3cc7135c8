//! The numbers that advisors write from, and the tenants' pools of them.

use crate::db::{self, Write};
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::model::{AdvisorNumberPolicy, AdvisorPhone, Field, Network, NetworkPolicy, PooledNumber, limits};
use crate::operations::directory::handles::Directory;
use crate::text::phone::PhoneParser;

impl Directory<'_> {
    /// Puts numbers into the tenant's pool on a network, and tells how many of them were not there. From the first one on
    /// the tenant's advisors get numbers of the pool only. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if one is no phone number; [`RuleViolation::NumberNotSupported`] on a network without numbers of
    /// one's own; [`Error::NoNetwork`], [`Error::Forbidden`]. Nothing is written then.
    pub fn add_pooled_numbers<T: Into<String>>(
        &self,
        network: &Network,
        numbers: impl IntoIterator<Item = T>,
    ) -> Result<usize> {
        // The caller's code runs before the transaction, not inside.
        let numbers =
            numbers.into_iter().map(|text| parse_advisor_number(&self.session.engine.phones, text.into()));
        let numbers = numbers.collect::<Result<Vec<_>>>()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home_tenant(db)?;
            let (network, policy) = db::directory::network(db, network)?;
            if policy.advisor_number == AdvisorNumberPolicy::Forbidden {
                return Err(RuleViolation::NumberNotSupported.into());
            }
            let mut added = 0_usize;
            for number in &numbers {
                let new = db::advisor_numbers::insert(db, home, network, &number.text, &number.normalized)?;
                added = added.saturating_add(usize::from(new));
            }
            Ok(added)
        })
    }

    /// Takes a number out of the tenant's pool on a network; false if it was not there. An advisor who has it keeps it. For
    /// administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is no phone number; [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn remove_pooled_number(&self, network: &Network, number: &str) -> Result<bool> {
        let number = parse_advisor_number(&self.session.engine.phones, number.to_owned())?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let network = db::directory::network_local_id(db, network)?;
            Ok(db::advisor_numbers::delete(db, rights.home_tenant(db)?, network, &number.normalized)?)
        })
    }

    /// The tenant's pool on a network, in the order of the numbers as compared; empty if it has none. For administrators and
    /// the system.
    ///
    /// # Errors
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn pooled_numbers(&self, network: &Network) -> Result<Vec<PooledNumber>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let network = db::directory::network_local_id(db, network)?;
            Ok(db::advisor_numbers::all(db, rights.home_tenant(db)?, network)?)
        })
    }
}

/// Reads a number that was given, with its country; whether it is of a pool is seen later.
pub(crate) fn parse_advisor_number(phones: &PhoneParser, text: String) -> Result<AdvisorPhone> {
    if text.chars().nth(limits::PHONE).is_some() {
        return Err(Error::invalid(Field::Phone, ValidationError::TooLong { limit: limits::PHONE }));
    }
    let parsed = phones.parse_international(&text);
    let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
    Ok(AdvisorPhone { normalized: parsed.normalized().to_owned(), text, pooled: false })
}

/// The number an advisor gets with an entitlement: the one given, or one of the tenant's pool, by the rules of the network.
pub(crate) fn assign_number(
    db: &Write<'_>,
    policy: &NetworkPolicy,
    tenant: i64,
    network: i64,
    given: Option<AdvisorPhone>,
) -> Result<Option<AdvisorPhone>> {
    match (policy.advisor_number, &given) {
        (AdvisorNumberPolicy::Forbidden, Some(_)) => return Err(RuleViolation::NumberNotSupported.into()),
        (AdvisorNumberPolicy::Forbidden, None) => return Ok(None),
        _ => {}
    }
    if !db::advisor_numbers::has_pool(db, tenant, network)? {
        return match given {
            Some(phone) if db::advisor_numbers::is_assigned(db, network, &phone.normalized)? => {
                Err(RuleViolation::NumberTaken.into())
            }
            None if policy.advisor_number == AdvisorNumberPolicy::Required => {
                Err(RuleViolation::NumberRequired.into())
            }
            given => Ok(given),
        };
    }
    let found = match given {
        Some(phone) => {
            let found = db::advisor_numbers::one(db, tenant, network, &phone.normalized)?;
            found.ok_or(RuleViolation::NumberNotAvailable)?
        }
        None => {
            db::advisor_numbers::first_free(db, tenant, network)?.ok_or(RuleViolation::NumberPoolEmpty)?
        }
    };
    let PooledNumber { text, normalized: normal, assigned: taken } = found;
    if taken {
        Err(RuleViolation::NumberTaken.into())
    } else {
        Ok(Some(AdvisorPhone { text, normalized: normal, pooled: true }))
    }
}
