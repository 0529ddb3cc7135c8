//! Values that several contacts share, in the order of their kinds and of the values.
//!
//! The contacts of a tenant are walked by the tables that have them in this order. An advisor with few contacts has them read and grouped
//! in memory, because a walk would pass over everybody else's. Both have the same order, so cursors are valid for both.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use crate::db::duplicates::{self as shared, ValueKind};
use crate::db::{self, Bitmap, Generation, Owner, Read, Scope};
use crate::error::{Error, Result};
use crate::query::duplicates::profile::Profile;
use crate::query::duplicates::score::MAX_SCORE_WITHOUT_METHOD;
use crate::query::filter::{contacts_of_scopes, covering_scopes, is_in_scopes};

/// The kind of a shared value, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Source {
    Phone,
    Email,
    /// A company in a list of a tenant.
    Company(Scope),
    /// A name in a list of a tenant.
    Name(Scope),
}

/// A shared value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SharedValue {
    pub(super) source: Source,
    pub(super) value: Vec<u8>,
}

impl SharedValue {
    /// The key with a contact, for cursors: tag, list if there is one, value, contact.
    pub(super) fn encode(&self, contact: i64) -> Vec<u8> {
        let (tag, scope) = match self.source {
            Source::Phone => (1_u8, None),
            Source::Email => (2, None),
            Source::Company(scope) => (3, Some(scope)),
            Source::Name(scope) => (4, Some(scope)),
        };
        let mut bytes = vec![tag];
        if let Some(scope) = scope {
            let (kind, owner) = scope.owner.columns();
            for number in [kind, owner, scope.network] {
                bytes.extend(number.to_be_bytes());
            }
        }
        bytes.extend(&self.value);
        bytes.extend(contact.to_be_bytes());
        bytes
    }

    /// Decodes a key of [`SharedValue::encode`].
    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, i64)> {
        fn number(bytes: &mut &[u8]) -> Result<i64> {
            let (number, rest) = bytes.split_first_chunk::<8>().ok_or(Error::BadCursor)?;
            *bytes = rest;
            Ok(i64::from_be_bytes(*number))
        }
        let (tag, mut rest) = bytes.split_first().ok_or(Error::BadCursor)?;
        let mut scope = || -> Result<Scope> {
            let (kind, owner, network) = (number(&mut rest)?, number(&mut rest)?, number(&mut rest)?);
            Ok(Owner::from_columns(kind, owner).map_err(|_| Error::BadCursor)?.on_network(network))
        };
        let source = match tag {
            1 => Source::Phone,
            2 => Source::Email,
            3 => Source::Company(scope()?),
            4 => Source::Name(scope()?),
            _ => return Err(Error::BadCursor),
        };
        let (value, contact) = rest.split_last_chunk::<8>().ok_or(Error::BadCursor)?;
        Ok((Self { source, value: value.to_vec() }, i64::from_be_bytes(*contact)))
    }
}

/// The contacts of an advisor, in memory.
struct Loaded {
    profiles: BTreeMap<i64, Rc<Profile>>,
    values: BTreeMap<SharedValue, Vec<i64>>,
}

/// A walk over the shared values of some lists.
pub(super) struct ValueWalk<'a> {
    db: &'a Read<'a>,
    generation: Generation,
    /// The lists that the caller reads.
    scopes: &'a [Scope],
    sources: Vec<Source>,
    /// The contacts of these lists; `None` if the index of lists is damaged.
    visible: Option<Bitmap>,
    loaded: Option<Loaded>,
    /// Values that were read and are not used yet, with the direction in which they were read.
    buffer: VecDeque<SharedValue>,
    members: HashMap<SharedValue, Rc<Vec<i64>>>,
}

/// Contacts of a company in which namesakes are rare.
const MAX_SMALL_COMPANY: usize = 40;

/// Values whose contacts are remembered within a call.
const MAX_REMEMBERED: usize = 4_096;

impl<'a> ValueWalk<'a> {
    /// The values whose contacts can have pairs with at least this score.
    pub(super) fn new(db: &'a Read<'a>, scopes: &'a [Scope], min_score: f64) -> Result<Self> {
        let generation = db::metadata::read(db)?.generation;
        let mut lists = covering_scopes(db, scopes)?;
        lists.sort_unstable();
        lists.dedup();
        let mut sources = vec![Source::Phone, Source::Email];
        if f64::from(MAX_SCORE_WITHOUT_METHOD) / 100.0 >= min_score {
            sources.extend(lists.iter().map(|list| Source::Company(*list)));
            sources.extend(lists.iter().map(|list| Source::Name(*list)));
        }
        let visible = contacts_of_scopes(db, scopes)?;
        let mut walk = Self {
            db,
            generation,
            scopes,
            sources,
            visible,
            loaded: None,
            buffer: VecDeque::new(),
            members: HashMap::new(),
        };
        let is_advisor = scopes.iter().all(|scope| matches!(scope.owner, Owner::Advisor(_)));
        let most = usize::try_from(db.tuning().query.advisor_max_rows).unwrap_or(usize::MAX);
        if is_advisor && walk.visible.as_ref().is_some_and(|visible| visible.len() <= most) {
            walk.loaded = Some(walk.load()?);
        }
        Ok(walk)
    }

    /// Reads all contacts of the lists, and groups them by their values.
    fn load(&self) -> Result<Loaded> {
        let ids: Vec<i64> = self.visible.iter().flat_map(Bitmap::iter).collect();
        let profiles: BTreeMap<i64, Rc<Profile>> =
            self.read_profiles(&ids)?.into_iter().map(|profile| (profile.id, profile)).collect();
        let mut values: BTreeMap<SharedValue, Vec<i64>> = BTreeMap::new();
        let mut add = |source, value: &[u8], id| {
            values.entry(SharedValue { source, value: value.to_vec() }).or_default().push(id);
        };
        for profile in profiles.values() {
            for phone in &profile.phones {
                add(Source::Phone, phone.as_bytes(), profile.id);
            }
            for email in &profile.emails {
                add(Source::Email, email.as_bytes(), profile.id);
            }
            if let Some(company) = &profile.company_key {
                add(Source::Company(home_list(profile)), company, profile.id);
            }
        }
        for scope in self.scopes {
            let list = scope.in_generation(self.generation);
            for (name, id) in db::entries::entries(self.db, list, None, false, i64::MAX)? {
                if let Some(profile) = profiles.get(&id).filter(|_| !name.is_empty()) {
                    add(Source::Name(home_list(profile)), &name, id);
                }
            }
        }
        values.retain(|key, ids| {
            ids.sort_unstable();
            ids.len() > 1 && self.sources.contains(&key.source)
        });
        Ok(Loaded { profiles, values })
    }

    /// The next value after `at` (exclusive), or before it if `back` is true. The calls of one walk use the results of each other.
    pub(super) fn next(&mut self, at: Option<&SharedValue>, back: bool) -> Result<Option<SharedValue>> {
        if let Some(loaded) = &self.loaded {
            use std::ops::Bound::{Excluded, Unbounded};
            let at = at.map_or(Unbounded, Excluded);
            let next = if back {
                loaded.values.range((Unbounded, at)).next_back()
            } else {
                loaded.values.range((at, Unbounded)).next()
            };
            return Ok(next.map(|(key, _)| key.clone()));
        }
        if let Some(key) = self.buffer.pop_front() {
            return Ok(Some(key));
        }
        let is_left = |source: &Source| {
            at.is_none_or(|at| if back { *source <= at.source } else { *source >= at.source })
        };
        let mut left: Vec<Source> = self.sources.iter().copied().filter(is_left).collect();
        if back {
            left.reverse();
        }
        let most = self.db.tuning().query.duplicates_fetch;
        for source in left {
            let from = at.filter(|at| at.source == source).map(|at| at.value.as_slice());
            let values = shared::shared_values(self.db, self.values_of(source), from, back, most)?;
            self.buffer = values.into_iter().map(|value| SharedValue { source, value }).collect();
            if let Some(key) = self.buffer.pop_front() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn values_of(&self, source: Source) -> ValueKind {
        match source {
            Source::Phone => ValueKind::Phones,
            Source::Email => ValueKind::Emails,
            Source::Company(scope) => ValueKind::Companies(scope),
            Source::Name(scope) => ValueKind::Names(scope.in_generation(self.generation)),
        }
    }

    /// The contacts with a value that the caller sees, by local id.
    pub(super) fn members(&mut self, key: &SharedValue) -> Result<Rc<Vec<i64>>> {
        if let Some(loaded) = &self.loaded {
            return Ok(Rc::new(loaded.values.get(key).cloned().unwrap_or_default()));
        }
        if let Some(known) = self.members.get(key) {
            return Ok(Rc::clone(known));
        }
        let mut ids = shared::contacts_with(self.db, self.values_of(key.source), &key.value)?;
        ids.retain(|id| self.visible.as_ref().is_none_or(|visible| visible.contains(*id)));
        if self.members.len() >= MAX_REMEMBERED {
            self.members.clear();
        }
        let ids = Rc::new(ids);
        self.members.insert(key.clone(), Rc::clone(&ids));
        Ok(ids)
    }

    /// The profiles of contacts that are in the lists of the caller.
    pub(super) fn profiles(&self, ids: &[i64]) -> Result<Vec<Rc<Profile>>> {
        match &self.loaded {
            Some(loaded) => Ok(ids.iter().filter_map(|id| loaded.profiles.get(id).cloned()).collect()),
            None => self.read_profiles(ids),
        }
    }

    fn read_profiles(&self, ids: &[i64]) -> Result<Vec<Rc<Profile>>> {
        let mut profiles = Vec::with_capacity(ids.len());
        for batch in ids.chunks(self.db.tuning().query.scan_batch.max(1)) {
            for stored in db::contact::many(self.db, batch)? {
                if is_in_scopes(self.db, &stored, self.scopes)? {
                    profiles.push(Rc::new(Profile::new(&stored)));
                }
            }
        }
        Ok(profiles)
    }

    /// Whether the company of a contact has few contacts.
    pub(super) fn is_in_small_company(&mut self, contact: &Profile) -> Result<bool> {
        let Some(value) = contact.company_key.clone() else { return Ok(false) };
        let members = self.members(&SharedValue { source: Source::Company(home_list(contact)), value })?;
        Ok(members.len() <= MAX_SMALL_COMPANY)
    }

    /// Whether both contacts have an earlier value than `key`, which at most `max_contacts` contacts have: the pair belongs to that value.
    pub(super) fn is_in_earlier_value(
        &mut self,
        (a, b): (&Profile, &Profile),
        key: &SharedValue,
        max_contacts: usize,
    ) -> Result<bool> {
        let common = |own: &[String], other: &[String]| -> Vec<Vec<u8>> {
            own.iter().filter(|value| other.contains(value)).map(|value| value.clone().into_bytes()).collect()
        };
        let phones = common(&a.phones, &b.phones).into_iter().map(|value| (Source::Phone, value));
        let emails = common(&a.emails, &b.emails).into_iter().map(|value| (Source::Email, value));
        let company = a.company_key.iter().filter(|own| Some(*own) == b.company_key.as_ref());
        let company = company.map(|value| (Source::Company(home_list(a)), value.clone()));
        for (source, value) in phones.chain(emails).chain(company) {
            let earlier = SharedValue { source, value };
            if earlier >= *key || !self.sources.contains(&source) {
                continue;
            }
            let members = self.members(&earlier)?;
            if members.len() <= max_contacts
                && [a.id, b.id].iter().all(|id| members.binary_search(id).is_ok())
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The list of the tenant that has a contact.
fn home_list(profile: &Profile) -> Scope {
    Owner::for_tenant(profile.tenant).on_network(profile.network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip_and_damaged_ones_are_errors() {
        let list = Owner::Tenant(7).on_network(3);
        for source in [Source::Phone, Source::Email, Source::Company(list), Source::Name(list)] {
            for value in [&b""[..], b"acme", &[0xFF; 257]] {
                let key = SharedValue { source, value: value.to_vec() };
                let bytes = key.encode(-5);
                assert_eq!(SharedValue::decode(&bytes).unwrap(), (key, -5));
            }
        }
        for bytes in [&b""[..], &[0; 9], &[9; 40], &[1; 8], &[3; 32]] {
            assert_eq!(SharedValue::decode(bytes).unwrap_err().code(), "bad-cursor", "{bytes:?}");
        }
    }
}
