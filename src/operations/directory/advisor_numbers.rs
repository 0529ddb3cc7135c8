//! The numbers that advisors write from, and the tenants' pools of them.

use crate::access::session::Session;
use crate::db::{self, Write};
use crate::error::{Error, Problem, Refusal, Result};
use crate::model::{Field, Network, NetworkPolicy, OwnNumber, OwnPhone, PoolNumber, limits};
use crate::text::phone::PhoneParser;

impl Session {
    /// Puts numbers into the tenant's pool on a network, and tells how many of them were not there. From the first one on
    /// the tenant's advisors get numbers of the pool only. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] if one is no phone number; [`Refusal::NumberNotSupported`] on a network without numbers of
    /// one's own; [`Error::NoNetwork`], [`Error::Forbidden`]. Nothing is written then.
    pub fn add_numbers<T: Into<String>>(
        &self,
        network: &Network,
        numbers: impl IntoIterator<Item = T>,
    ) -> Result<usize> {
        // The caller's code runs before the transaction, not inside.
        let numbers = numbers.into_iter().map(|text| own_number(&self.inner.phones, text.into()));
        let numbers = numbers.collect::<Result<Vec<_>>>()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home(db)?;
            let (network, policy) = db::directory::network(db, network)?;
            if policy.own_number == OwnNumber::Refused {
                return Err(Refusal::NumberNotSupported.into());
            }
            let mut added = 0_usize;
            for number in &numbers {
                let new = db::advisor_numbers::insert(db, home, network, &number.text, &number.normal)?;
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
    pub fn remove_number(&self, network: &Network, number: &str) -> Result<bool> {
        let number = own_number(&self.inner.phones, number.to_owned())?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let network = db::directory::network_id(db, network)?;
            Ok(db::advisor_numbers::delete(db, rights.home(db)?, network, &number.normal)?)
        })
    }

    /// The tenant's pool on a network, in the order of the numbers as compared; empty if it has none. For administrators and
    /// the system.
    ///
    /// # Errors
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn numbers(&self, network: &Network) -> Result<Vec<PoolNumber>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let network = db::directory::network_id(db, network)?;
            Ok(db::advisor_numbers::all(db, rights.home(db)?, network)?)
        })
    }
}

/// Reads a number that was given, with its country; whether it is of a pool is seen later.
pub(crate) fn own_number(phones: &PhoneParser, text: String) -> Result<OwnPhone> {
    if text.chars().nth(limits::PHONE).is_some() {
        return Err(Error::invalid(Field::Phone, Problem::TooLong { limit: limits::PHONE }));
    }
    let parsed = phones.parse_abroad(&text);
    let parsed = parsed.ok_or_else(|| Error::invalid(Field::Phone, Problem::NotAPhone))?;
    Ok(OwnPhone { normal: parsed.normal().to_owned(), text, pooled: false })
}

/// The number an advisor gets with an entitlement: the one given, or one of the tenant's pool, by the rules of the network.
pub(crate) fn choose(
    db: &Write<'_>,
    policy: &NetworkPolicy,
    tenant: i64,
    network: i64,
    given: Option<OwnPhone>,
) -> Result<Option<OwnPhone>> {
    match (policy.own_number, &given) {
        (OwnNumber::Refused, Some(_)) => return Err(Refusal::NumberNotSupported.into()),
        (OwnNumber::Refused, None) => return Ok(None),
        _ => {}
    }
    if !db::advisor_numbers::has_pool(db, tenant, network)? {
        return match given {
            Some(phone) if db::advisor_numbers::is_held(db, network, &phone.normal)? => {
                Err(Refusal::NumberTaken.into())
            }
            None if policy.own_number == OwnNumber::Required => Err(Refusal::NumberRequired.into()),
            given => Ok(given),
        };
    }
    let found = match given {
        Some(phone) => {
            let found = db::advisor_numbers::one(db, tenant, network, &phone.normal)?;
            found.ok_or(Refusal::NumberNotAvailable)?
        }
        None => db::advisor_numbers::first_free(db, tenant, network)?.ok_or(Refusal::NoNumberLeft)?,
    };
    let PoolNumber { text, normal, taken } = found;
    if taken { Err(Refusal::NumberTaken.into()) } else { Ok(Some(OwnPhone { text, normal, pooled: true })) }
}
