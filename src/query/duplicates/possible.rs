//! The contacts that may be the same person as one that is not in the book.

use std::collections::BTreeMap;

use crate::db::contact::StoredContact;
use crate::db::duplicates::{self, ValueKind};
use crate::db::{self, ListKey, Read, Scope};
use crate::error::Result;
use crate::model::DuplicateEvidence;
use crate::query::duplicates::profile::Profile;
use crate::query::duplicates::score::compare;
use crate::query::filter::is_in_scopes;

/// A contact of the book that may be the same person, with its score and the evidence.
pub(crate) type PossibleMatch = (StoredContact, f64, Vec<DuplicateEvidence>);

/// The contacts of some lists that share a phone, an e-mail address or the name with a contact, and have at least this score, the best
/// first. A value that very many contacts share is passed over, as for duplicates of the book.
pub(crate) fn possible_duplicates(
    db: &Read<'_>,
    scopes: &[Scope],
    new: &StoredContact,
    (list, name): (ListKey, &[u8]),
    min_score: f64,
) -> Result<Vec<PossibleMatch>> {
    let profile = Profile::new(new);
    let phones = profile.phones.iter().map(|value| (ValueKind::Phones, value.as_bytes()));
    let emails = profile.emails.iter().map(|value| (ValueKind::Emails, value.as_bytes()));
    let mut sharing: BTreeMap<i64, StoredContact> = BTreeMap::new();
    for (kind, value) in phones.chain(emails).chain([(ValueKind::Names(list), name)]) {
        sharing.extend(visible_with(db, scopes, kind, value)?.into_iter().map(|stored| (stored.id, stored)));
    }
    let mut found: Vec<PossibleMatch> = Vec::new();
    for stored in sharing.into_values() {
        let comparison = compare(&profile, &Profile::new(&stored));
        let score = f64::from(comparison.score) / 100.0;
        if comparison.score > 0 && score >= min_score {
            found.push((stored, score, comparison.evidence));
        }
    }
    found.sort_by(|(a, first, _), (b, second, _)| second.total_cmp(first).then(a.id.cmp(&b.id)));
    Ok(found)
}

/// The contacts of some lists that have a value; none if too many have it. Contacts outside of the lists do not count.
fn visible_with(
    db: &Read<'_>,
    scopes: &[Scope],
    kind: ValueKind,
    value: &[u8],
) -> Result<Vec<StoredContact>> {
    let (max, tuning) = (db.tuning().query.duplicates_all_pairs, db.tuning().query);
    let ids = duplicates::contacts_with(db, kind, value)?;
    let mut found = Vec::new();
    if ids.len() > tuning.duplicates_max_sharing {
        return Ok(found);
    }
    for ids in ids.chunks(max.max(1)) {
        for stored in db::contact::many(db, ids)? {
            if is_in_scopes(db, &stored, scopes)? {
                found.push(stored);
            }
        }
        if found.len() > max {
            return Ok(Vec::new());
        }
    }
    Ok(found)
}
