//! Contacts that can be merged without a decision.

use std::collections::BTreeMap;

use crate::db::contact::StoredContact;
use crate::db::duplicates::{self, ValueKind};
use crate::db::{self, Read, Scope};
use crate::error::Result;
use crate::query::duplicates::profile::Profile;
use crate::query::duplicates::score::compare;
use crate::query::filter::is_in_scopes;

/// The exact duplicates of a contact in some lists, by ascending id, if it is the oldest of them.
///
/// Two contacts are exact duplicates if they share a phone, an e-mail address or an identifier, their names are compatible, and no field
/// disagrees. The result is empty if any two of all of them disagree, or are recorded as not duplicates: then somebody must decide.
/// So which contacts are merged does not depend on the order of the merges.
pub(crate) fn exact_duplicates(db: &Read<'_>, scopes: &[Scope], stored: &StoredContact) -> Result<Vec<i64>> {
    let max = db.tuning().query.duplicates_max_exact;
    let mut found: BTreeMap<i64, Profile> = BTreeMap::from([(stored.id, Profile::new(stored))]);
    let mut open = vec![stored.id];
    while let Some(next) = open.pop() {
        let Some(profile) = found.get(&next).cloned() else { continue };
        let phones = profile.phones.iter().map(|value| (ValueKind::Phones, value));
        let emails = profile.emails.iter().map(|value| (ValueKind::Emails, value));
        for (kind, value) in phones.chain(emails) {
            let ids = duplicates::contacts_with(db, kind, value.as_bytes())?;
            if ids.len() > max {
                continue; // a switchboard
            }
            let ids: Vec<i64> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
            for other in db::contact::many(db, &ids)? {
                if (other.tenant, other.network) != (profile.tenant, profile.network)
                    || !is_in_scopes(db, &other, scopes)?
                {
                    continue;
                }
                let other = Profile::new(&other);
                if !compare(&profile, &other).is_exact() {
                    continue;
                }
                if other.id < stored.id || found.len() >= max {
                    return Ok(Vec::new());
                }
                open.push(other.id);
                found.insert(other.id, other);
            }
        }
    }
    for (id, profile) in &found {
        for (other_id, other) in found.range(id.saturating_add(1)..) {
            if !compare(profile, other).is_mergeable_with_others()
                || duplicates::is_not_duplicate(db, *id, *other_id)?
            {
                return Ok(Vec::new());
            }
        }
    }
    Ok(found.into_keys().filter(|id| *id != stored.id).collect())
}
