//! Contacts that have no search keys while these are made anew: read row by row, behind all hits of the index, in the order they
//! were added. Nothing else could be told of a page before every one of them has been read.
//!
//! A walk stays with the contacts that had none when it began: those that have been given keys since are passed over where the index
//! proposes them, so that each comes once. Its cursors say which they are.

use crate::db;
use crate::db::contact::StoredContact;
use crate::db::metadata::IdRange;
use crate::error::{Error, Result};
use crate::index::{Candidate, Direction, Match, MatchKind, Query, Stage};
use crate::query::search::hits::HitCollector;
use crate::query::search::search_executor::SearchExecutor;
use crate::query::search::substring::{ScopeContacts, scope_contacts};
use crate::query::{decode_number_key, encode_number_key, is_in_scopes};

/// The stage of these contacts, behind those of every query.
pub(crate) const UNINDEXED_STAGE: u8 = 0x7F;

/// In front of a place in a cursor: a walk with such contacts.
const UNINDEXED_RANGE_FLAG: u8 = 0x80;

/// Local ids read at a time.
const ID_BATCH: i64 = if cfg!(test) { 4 } else { 512 };

impl<'a> SearchExecutor<'a, '_> {
    /// The stages with their numbers, and the one behind them where it is needed.
    pub(crate) fn stages(&self) -> impl DoubleEndedIterator<Item = (u8, Option<&'a Stage>)> + use<'a> {
        let last = (!self.unindexed.is_empty()).then_some((UNINDEXED_STAGE, None));
        let stages: Vec<_> = (0_u8..).zip(self.query.stages.iter().map(Some)).chain(last).collect();
        stages.into_iter()
    }

    /// Reads the hits among these contacts; true if there was too much to read.
    pub(crate) fn read_unindexed(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        hits: &mut HitCollector,
    ) -> Result<bool> {
        let db = &self.snapshot.db;
        let back = direction == Direction::Backward;
        let mut rest = self.unindexed;
        match from {
            Some(from) if back => rest.last = rest.last.min(from.contact.saturating_sub(1)),
            Some(from) => rest.after = rest.after.max(from.contact),
            None => {}
        }
        let mut ids = Vec::new();
        if let ScopeContacts::Ids(listed) = scope_contacts(db, &self.scopes)? {
            ids.extend(listed.into_iter().filter(|id| rest.contains(*id)));
            if back {
                ids.reverse();
            }
            rest = IdRange::default();
        }
        let mut ids = ids.into_iter();
        let next = || {
            if ids.len() == 0 && !rest.is_empty() {
                let read = db::contact::ids_in_range(db, rest, back, ID_BATCH)?;
                match read.last() {
                    Some(last) if back => rest.last = last.saturating_sub(1),
                    Some(last) => rest.after = *last,
                    None => rest = IdRange::default(),
                }
                ids = read.into_iter();
            }
            let place = |contact| Candidate { stage: UNINDEXED_STAGE, text: String::new(), contact };
            Ok(ids.next().map(place))
        };
        self.collect_hits(hits, next)
    }

    /// Where a contact stands among the hits.
    pub(crate) fn rank(&self, stored: &StoredContact) -> Option<(u8, String)> {
        let place = self.query.sort_position(&stored.contact)?;
        Some(if self.unindexed.contains(stored.id) { (UNINDEXED_STAGE, String::new()) } else { place })
    }

    /// Why a contact is a hit at a place; `None` if it is not to be shown there.
    pub(crate) fn match_at(&self, stored: &StoredContact, at: &Candidate) -> Result<Option<Match>> {
        if at.stage != UNINDEXED_STAGE {
            let matched = self.query.verify(&stored.contact, at);
            // What is found in the tenant's lists was held against those whom the index has among the advisor's, or still has.
            let of_names = self.query.stages.get(usize::from(at.stage)).is_some_and(Stage::is_name_stage);
            let is_sure = matched.is_none() || !self.advisor_filter.is_active() || of_names;
            let stays = is_sure || is_in_scopes(&self.snapshot.db, stored, &self.scopes)?;
            return Ok(matched.filter(|_| stays));
        }
        let Some((stage, text)) = self.query.sort_position(&stored.contact) else { return Ok(None) };
        if !is_in_scopes(&self.snapshot.db, stored, &self.scopes)? {
            return Ok(None);
        }
        Ok(self.query.verify(&stored.contact, &Candidate { stage, text, contact: stored.id }))
    }
}

/// A place, and the contacts without keys of its walk, as the key of a cursor.
pub(crate) fn encode_candidate_key(place: &Candidate, unkeyed: IdRange) -> Vec<u8> {
    let gap = encode_number_key(unkeyed.after, &unkeyed.last.to_be_bytes());
    let (flag, gap) = if unkeyed.is_empty() { (0, &[][..]) } else { (UNINDEXED_RANGE_FLAG, gap.as_slice()) };
    encode_number_key(place.contact, &[&[place.stage | flag], gap, place.text.as_bytes()].concat())
}

/// Takes such a key apart. A cursor can be forged: what no stage of the query has is no place to start from.
pub(crate) fn decode_candidate_key(key: &[u8], query: &Query) -> Result<(Candidate, IdRange)> {
    let (contact, rest) = decode_number_key(key)?;
    let (stage, mut rest) = rest.split_first().ok_or(Error::BadCursor)?;
    let mut gap = IdRange::default();
    if stage & UNINDEXED_RANGE_FLAG != 0 {
        (gap.after, rest) = decode_number_key(rest)?;
        (gap.last, rest) = decode_number_key(rest)?;
    }
    let stage = stage & !UNINDEXED_RANGE_FLAG;
    let text = String::from_utf8(rest.to_vec()).map_err(|_| Error::BadCursor)?;
    let fits = match query.stages.get(usize::from(stage)) {
        Some(found) => {
            let starts = |prefix: &String| text.starts_with(prefix.as_str());
            found.kind == MatchKind::Fuzzy
                || query.prefix_ranges(found).iter().flat_map(|(_, texts)| texts).any(starts)
        }
        None => stage == UNINDEXED_STAGE && gap.contains(contact) && text.is_empty(),
    };
    if fits { Ok((Candidate { stage, text, contact }, gap)) } else { Err(Error::BadCursor) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::SearchFields;

    /// A cursor's checksum keeps no one from making one: each place is held against the query and its own gap.
    #[test]
    fn a_forged_cursor_is_rejected() {
        let query = Query::new("ann", SearchFields::Words, false).unwrap();
        let (none, gap) = (IdRange::default(), IdRange { after: 3, last: 9 });
        let back = |stage, text: &str, contact, gap| {
            let place = Candidate { stage, text: text.into(), contact };
            let read = decode_candidate_key(&encode_candidate_key(&place, gap), &query);
            read.is_ok_and(|(found, own)| {
                assert_eq!((found, own.after, own.last), (place, gap.after, gap.last));
                true
            })
        };
        assert!(back(0, "anna", 5, none) && back(0, "anna", 5, gap) && back(UNINDEXED_STAGE, "", 5, gap));
        assert!(!back(0, "bob", 5, none) && !back(9, "", 5, gap) && !back(9, "anna", 5, none));
        assert!(!back(UNINDEXED_STAGE, "", 5, none), "nobody lacks keys");
        assert!(
            !back(UNINDEXED_STAGE, "", 3, gap) && !back(UNINDEXED_STAGE, "", 10, gap),
            "others lack them"
        );
        assert!(!back(UNINDEXED_STAGE, "anna", 5, gap), "behind all texts there is none");
        assert!(
            decode_candidate_key(
                &encode_candidate_key(&Candidate { stage: 0, text: "anna".into(), contact: 5 }, none)[..8],
                &query
            )
            .is_err()
        );
    }

    /// Who has no keys is read from the rows: in the trash those that are in it, and of this tenant.
    #[test]
    fn the_trash_of_each_tenant_is_its_own() {
        use crate::model::{Network, NewContact};
        use crate::{Actor, Options};
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let away = desk.directory().add_tenant("away").unwrap().id;
        let home = desk.directory().tenants().unwrap().remove(0).id;
        let tenants = [(home, "Here"), (away, "There")];
        // More than are read list by list.
        for n in 0..10 {
            for (tenant, last) in tenants {
                let session = desk.clone().in_tenant(tenant);
                let zora = |last: String| NewContact::new(Network::SMS_DIRECT, format!("Zora{n}"), last);
                session.add(zora(last.to_owned())).unwrap();
                let gone = session.add(zora(format!("{last}Gone"))).unwrap();
                session.remove(gone.id).unwrap();
            }
        }
        let retired =
            store.engine.write(&crate::host::interrupt::CancelToken::default(), crate::index::reset_index);
        assert!(retired.is_ok());
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
