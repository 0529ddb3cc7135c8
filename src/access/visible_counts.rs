//! Counts of contacts as an actor sees them.

use std::collections::BTreeMap;

use crate::access::rights::Rights;
use crate::db::{self, Owner, Read};
use crate::error::Result;
use crate::model::{Tag, TagId};

impl Rights {
    /// Replaces the counts of tags by those that the actor sees: the contacts in the list that [`Rights::scopes`] returns. For an advisor
    /// this reads the whole list.
    pub(crate) fn set_visible_counts<'t>(
        &self,
        db: &Read<'_>,
        tags: impl IntoIterator<Item = &'t mut Tag>,
    ) -> Result<()> {
        if self.advisor().is_none() {
            return Ok(());
        }
        let scopes = self.scopes(db, None, None)?;
        if !scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_))) {
            return Ok(());
        }
        let generation = db::metadata::read(db)?.generation;
        let mut counts: BTreeMap<TagId, u64> = BTreeMap::new();
        for scope in scopes {
            db::tag::count_in_list(db, scope.in_generation(generation), &mut counts)?;
        }
        for tag in tags {
            tag.contacts = counts.get(&tag.id).copied().unwrap_or_default();
        }
        Ok(())
    }
}
