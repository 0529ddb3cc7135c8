//! Contacts that have no search keys during reindexing. They are read row by row, behind all hits of the index, in the order in which
//! they were added. A better order would need the rows of all of them before the first page.
//!
//! A walk keeps to the contacts that had no keys when it began. Those that have got keys since are skipped where the index proposes them,
//! so that each contact is returned once. The cursors of the walk contain the id range of these contacts.

use crate::db;
use crate::db::metadata::IdRange;
use crate::error::Result;
use crate::index::{Candidate, Direction};
use crate::query::filter::contacts_of_scopes;
use crate::query::search::candidate_key::UNINDEXED_STAGE;
use crate::query::search::executor::SearchExecutor;
use crate::query::search::hits::HitCollector;

impl SearchExecutor<'_, '_> {
    /// Reads the hits among the unindexed contacts. Returns true if the work limit was reached.
    pub(super) fn read_unindexed(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        hits: &mut HitCollector,
    ) -> Result<bool> {
        let db = &self.snapshot.db;
        let batch = self.tuning.search_unindexed_batch;
        let back = direction == Direction::Backward;
        let mut rest = self.unindexed;
        match from {
            Some(from) if back => rest.last = rest.last.min(from.contact.saturating_sub(1)),
            Some(from) => rest.after = rest.after.max(from.contact),
            None => {}
        }
        let listed = contacts_of_scopes(db, &self.scopes)?;
        let mut ids = Vec::new().into_iter();
        let next = || {
            if ids.len() == 0 && !rest.is_empty() {
                let most = usize::try_from(batch).unwrap_or(usize::MAX);
                let read = match &listed {
                    Some(listed) => listed.ids_between(rest.after, rest.last, back, most),
                    None => db::contact::ids_in_range(db, rest, back, batch)?,
                };
                match read.last() {
                    Some(last) if back => rest.last = last.saturating_sub(1),
                    Some(last) => rest.after = *last,
                    None => rest = IdRange::default(),
                }
                ids = read.into_iter();
            }
            let candidate = |contact| Candidate { stage: UNINDEXED_STAGE, text: String::new(), contact };
            Ok(ids.next().map(candidate))
        };
        self.collect_hits(hits, next)
    }
}

#[cfg(test)]
mod tests {
    use crate::host::interrupt::CancelToken;
    use crate::host::tuning::Tuning;
    use crate::model::{Network, NewContact};
    use crate::{Actor, Options};

    /// Unindexed contacts are read from their rows: in the trash, only those that are in it and belong to the tenant.
    #[test]
    fn the_trash_of_each_tenant_is_its_own() {
        let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
        let system = store.session(Actor::System);
        let away = system.directory().add_tenant("away").unwrap().id;
        let home = system.directory().tenants().unwrap().remove(0).id;
        let tenants = [(home, "Here"), (away, "There")];
        // More contacts than are read list by list.
        for n in 0..10 {
            for (tenant, last) in tenants {
                let session = system.clone().in_tenant(tenant);
                let zora = |last: String| NewContact::new(Network::SMS_DIRECT, format!("Zora{n}"), last);
                session.add(zora(last.to_owned())).unwrap();
                let trashed = session.add(zora(format!("{last}Gone"))).unwrap();
                session.remove(trashed.id).unwrap();
            }
        }
        let reset = store.engine.write(&CancelToken::default(), crate::index::reset_index);
        assert!(reset.is_ok());
        for (tenant, last) in tenants {
            let session = store.session(Actor::Administrator(tenant));
            for (search, last) in [
                (session.search("zora"), last.to_owned()),
                (session.search("zora").trash(), format!("{last}Gone")),
            ] {
                let found: Vec<_> =
                    search.limit(3).iter().map(|hit| hit.unwrap().contact.last_name).collect();
                assert_eq!(found, vec![last; 10]);
            }
        }
    }
}
