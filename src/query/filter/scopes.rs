//! The lists that a query reads: which contacts are in them, and which lists cover them.

use crate::access::rights::Rights;
use crate::db::contact::StoredContact;
use crate::db::list::bitmap_index::{self, BitmapKey};
use crate::db::{self, Bitmap, Owner, Read, Scope};
use crate::error::{Error, Result};

/// Whether a contact is in one of the lists.
pub(in crate::query) fn is_in_scopes(
    db: &Read<'_>,
    stored: &StoredContact,
    scopes: &[Scope],
) -> Result<bool> {
    if stored.merged_into.is_some() {
        return Ok(false);
    }
    let trashed = stored.contact.trashed_at.is_some();
    for scope in scopes.iter().filter(|scope| scope.network == stored.network) {
        let is_in_list = match scope.owner {
            Owner::Shared | Owner::Tenant(_) => !trashed && scope.owner == Owner::for_tenant(stored.tenant),
            Owner::Advisor(advisor) => !trashed && db::entries::is_linked(db, stored.id, advisor)?,
            Owner::Trash(tenant) => trashed && stored.tenant == tenant,
        };
        if is_in_list {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lists that contain all contacts of the given lists and for which every index exists: an advisor's list is replaced by the shared list
/// and the list of the advisor's tenant.
pub(in crate::query) fn covering_scopes(db: &Read<'_>, scopes: &[Scope]) -> Result<Vec<Scope>> {
    let mut covering = Vec::new();
    for scope in scopes {
        if let Owner::Advisor(advisor) = scope.owner {
            // An advisor is linked to contacts of the same tenant and to shared contacts only.
            let tenant = Owner::Tenant(db::directory::advisor_tenant(db, advisor)?);
            covering.extend([Owner::Shared, tenant].map(|owner| owner.on_network(scope.network)));
        } else {
            covering.push(*scope);
        }
    }
    Ok(covering)
}

/// All contacts of some lists, none of which is an advisor's.
pub(in crate::query) fn scopes_bitmap(db: &Read<'_>, scopes: &[Scope]) -> Result<Bitmap> {
    let mut ids = Bitmap::with_max_id(db::contact::last_id(db)?);
    let networks = db::directory::network_ids(db)?.len();
    for owner in distinct_owners(scopes) {
        let own = scopes.iter().filter(|scope| scope.owner == owner);
        if own.clone().count() == networks {
            bitmap_index::union_into(db, BitmapKey::List(owner, None), &mut ids)?;
        } else {
            for scope in own {
                bitmap_index::union_into(db, BitmapKey::List(owner, Some(scope.network)), &mut ids)?;
            }
        }
    }
    Ok(ids)
}

/// All contacts of some lists; `None` if the index of lists is damaged.
///
/// A call that has a work limit and reads contacts by id must read these only. Where it stops would otherwise depend on contacts that the
/// actor does not see.
pub(in crate::query) fn contacts_of_scopes(db: &Read<'_>, scopes: &[Scope]) -> Result<Option<Bitmap>> {
    let (of_advisors, others): (Vec<Scope>, Vec<Scope>) =
        scopes.iter().partition(|scope| matches!(scope.owner, Owner::Advisor(_)));
    let mut contacts = match scopes_bitmap(db, &others) {
        Err(Error::Damaged { .. }) => return Ok(None),
        contacts => contacts?,
    };
    let generation = db::metadata::read(db)?.generation;
    for scope in of_advisors {
        for (_, id) in db::entries::entries(db, scope.in_generation(generation), None, false, i64::MAX)? {
            contacts.insert(id);
        }
    }
    Ok(Some(contacts))
}

/// The owners of some lists, each once.
pub(super) fn distinct_owners(scopes: &[Scope]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// The tenants whose tags and attributes a filter refers to: an advisor's tenant, otherwise all tenants that the actor sees.
pub(super) fn filter_tenants(db: &Read<'_>, rights: &Rights, scopes: &[Scope]) -> Result<Vec<i64>> {
    for scope in scopes {
        if let Owner::Advisor(advisor) = scope.owner {
            return Ok(vec![db::directory::advisor_tenant(db, advisor)?]);
        }
    }
    rights.visible_tenants(db)
}
