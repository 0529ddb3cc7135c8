//! Phone numbers of advisors, and the number pools of tenants.

use crate::db::{self, Write};
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::model::{AdvisorNumberPolicy, AdvisorPhone, Field, Network, NetworkPolicy, PooledNumber, limits};
use crate::operations::directory::handles::Directory;
use crate::text::phone::PhoneParser;

impl Directory<'_> {
    /// Adds numbers to the tenant's pool on a network. Returns how many of them are new. With a pool, the tenant's
    /// advisors get pooled numbers only. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a text is not a phone number; [`RuleViolation::NumberNotSupported`] on a network without
    /// advisor numbers; [`Error::NoNetwork`], [`Error::Forbidden`]. After an error nothing is written.
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

    /// Removes a number from the tenant's pool on a network; false if it was not in the pool. An advisor who uses the
    /// number keeps it. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the text is not a phone number; [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn remove_pooled_number(&self, network: &Network, number: &str) -> Result<bool> {
        let number = parse_advisor_number(&self.session.engine.phones, number.to_owned())?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let network = db::directory::network_local_id(db, network)?;
            Ok(db::advisor_numbers::delete(db, rights.home_tenant(db)?, network, &number.normalized)?)
        })
    }

    /// The tenant's pool on a network, in the order of the normalized numbers. Without a pool the list is empty. For
    /// administrators and the system.
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

/// Parses a given number with its country. Whether it is in a pool is checked later.
pub(crate) fn parse_advisor_number(phones: &PhoneParser, text: String) -> Result<AdvisorPhone> {
    if text.chars().nth(limits::PHONE).is_some() {
        return Err(Error::invalid(Field::Phone, ValidationError::TooLong { limit: limits::PHONE }));
    }
    let parsed = phones.parse_international(&text);
    let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, ValidationError::NotAPhone))?;
    Ok(AdvisorPhone { normalized: parsed.normalized().to_owned(), text, pooled: false })
}

/// The number that an advisor gets with an entitlement: the given one, or one from the tenant's pool, by the rules of
/// the network.
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
