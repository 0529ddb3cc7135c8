//! Contacts that have no search keys while these are made anew: read row by row, behind all hits of the index, in the order they
//! were added. Nothing else could be told of a page before every one of them has been read.
//!
//! A walk stays with the contacts that had none when it began: those that have been given keys since are passed over where the index
//! proposes them, so that each comes once. Its cursors say which they are.

use crate::db;
use crate::db::contact::Stored;
use crate::db::metadata::Gap;
use crate::error::{Error, Result};
use crate::index::{Candidate, Class, Direction, Match, Query, Stage};
use crate::query::search::executor::Run;
use crate::query::search::hits::Hits;
use crate::query::search::substring::{Listed, listed};
use crate::query::{is_in, number_key, split_number_key};

/// The stage of these contacts, behind those of every query.
pub(crate) const UNKEYED: u8 = 0x7F;

/// In front of a place in a cursor: a walk with such contacts.
const WITH_GAP: u8 = 0x80;

/// Local ids read at a time.
const IDS: i64 = if cfg!(test) { 4 } else { 512 };

impl<'a> Run<'a, '_> {
    /// The stages with their numbers, and the one behind them where it is needed.
    pub(crate) fn stages(&self) -> impl DoubleEndedIterator<Item = (u8, Option<&'a Stage>)> + use<'a> {
        let last = (!self.unkeyed.is_empty()).then_some((UNKEYED, None));
        let stages: Vec<_> = (0_u8..).zip(self.query.stages.iter().map(Some)).chain(last).collect();
        stages.into_iter()
    }

    /// Reads the hits among these contacts; true if there was too much to read.
    pub(crate) fn read_unkeyed(
        &mut self,
        from: Option<&Candidate>,
        direction: Direction,
        hits: &mut Hits,
    ) -> Result<bool> {
        let db = &self.snapshot.db;
        let back = direction == Direction::Backward;
        let mut rest = self.unkeyed;
        match from {
            Some(from) if back => rest.last = rest.last.min(from.contact.saturating_sub(1)),
            Some(from) => rest.after = rest.after.max(from.contact),
            None => {}
        }
        let mut ids = Vec::new();
        if let Listed::Few(listed) = listed(db, &self.scopes)? {
            ids.extend(listed.into_iter().filter(|id| rest.has(*id)));
            if back {
                ids.reverse();
            }
            rest = Gap::default();
        }
        let mut ids = ids.into_iter();
        let next = || {
            if ids.len() == 0 && !rest.is_empty() {
                let read = db::contact::ids_in(db, rest, back, IDS)?;
                match read.last() {
                    Some(last) if back => rest.last = last.saturating_sub(1),
                    Some(last) => rest.after = *last,
                    None => rest = Gap::default(),
                }
                ids = read.into_iter();
            }
            let place = |contact| Candidate { stage: UNKEYED, text: String::new(), contact };
            Ok(ids.next().map(place))
        };
        self.hits(hits, next)
    }

    /// Where a contact stands among the hits.
    pub(crate) fn place(&self, stored: &Stored) -> Option<(u8, String)> {
        let place = self.query.place(&stored.contact)?;
        Some(if self.unkeyed.has(stored.id) { (UNKEYED, String::new()) } else { place })
    }

    /// Why a contact is a hit at a place; `None` if it is not to be shown there.
    pub(crate) fn matched(&self, stored: &Stored, at: &Candidate) -> Result<Option<Match>> {
        if at.stage != UNKEYED {
            let matched = self.query.verify(&stored.contact, at);
            // What is found in the tenant's lists was held against those whom the index has among the advisor's, or still has.
            let of_names = self.query.stages.get(usize::from(at.stage)).is_some_and(Stage::is_of_names);
            let is_sure = matched.is_none() || !self.members.is_some() || of_names;
            let stays = is_sure || is_in(&self.snapshot.db, stored, &self.scopes)?;
            return Ok(matched.filter(|_| stays));
        }
        let Some((stage, text)) = self.query.place(&stored.contact) else { return Ok(None) };
        if !is_in(&self.snapshot.db, stored, &self.scopes)? {
            return Ok(None);
        }
        Ok(self.query.verify(&stored.contact, &Candidate { stage, text, contact: stored.id }))
    }
}

/// A place, and the contacts without keys of its walk, as the key of a cursor.
pub(crate) fn encode(place: &Candidate, unkeyed: Gap) -> Vec<u8> {
    let gap = number_key(unkeyed.after, &unkeyed.last.to_be_bytes());
    let (flag, gap) = if unkeyed.is_empty() { (0, &[][..]) } else { (WITH_GAP, gap.as_slice()) };
    number_key(place.contact, &[&[place.stage | flag], gap, place.text.as_bytes()].concat())
}

/// Takes such a key apart. A cursor can be forged: what no stage of the query has is no place to start from.
pub(crate) fn decode(key: &[u8], query: &Query) -> Result<(Candidate, Gap)> {
    let (contact, rest) = split_number_key(key)?;
    let (stage, mut rest) = rest.split_first().ok_or(Error::BadCursor)?;
    let mut gap = Gap::default();
    if stage & WITH_GAP != 0 {
        (gap.after, rest) = split_number_key(rest)?;
        (gap.last, rest) = split_number_key(rest)?;
    }
    let stage = stage & !WITH_GAP;
    let text = String::from_utf8(rest.to_vec()).map_err(|_| Error::BadCursor)?;
    let fits = match query.stages.get(usize::from(stage)) {
        Some(found) => {
            let starts = |prefix: &String| text.starts_with(prefix.as_str());
            found.class == Class::Typo || query.reach(found).iter().flat_map(|(_, texts)| texts).any(starts)
        }
        None => stage == UNKEYED && gap.has(contact) && text.is_empty(),
    };
    if fits { Ok((Candidate { stage, text, contact }, gap)) } else { Err(Error::BadCursor) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Within;

    /// A cursor's checksum keeps no one from making one: each place is held against the query and its own gap.
    #[test]
    fn a_place_that_no_page_has_is_refused() {
        let query = Query::new("ann", Within::Words, false).unwrap();
        let (none, gap) = (Gap::default(), Gap { after: 3, last: 9 });
        let back = |stage, text: &str, contact, gap| {
            let place = Candidate { stage, text: text.into(), contact };
            let read = decode(&encode(&place, gap), &query);
            read.is_ok_and(|(found, own)| {
                assert_eq!((found, own.after, own.last), (place, gap.after, gap.last));
                true
            })
        };
        assert!(back(0, "anna", 5, none) && back(0, "anna", 5, gap) && back(UNKEYED, "", 5, gap));
        assert!(!back(0, "bob", 5, none) && !back(9, "", 5, gap) && !back(9, "anna", 5, none));
        assert!(!back(UNKEYED, "", 5, none), "nobody lacks keys");
        assert!(!back(UNKEYED, "", 3, gap) && !back(UNKEYED, "", 10, gap), "others lack them");
        assert!(!back(UNKEYED, "anna", 5, gap), "behind all texts there is none");
        assert!(
            decode(&encode(&Candidate { stage: 0, text: "anna".into(), contact: 5 }, none)[..8], &query)
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
        let away = desk.add_tenant("away").unwrap().id;
        let home = desk.tenants().unwrap().remove(0).id;
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
        let retired = store.inner.write(&crate::host::interrupt::Watch::default(), crate::index::retire);
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
