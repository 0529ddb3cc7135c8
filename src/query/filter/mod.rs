//! Conditions made ready for one call: names looked up, texts folded, moments known.
//!
//! Two things are asked of them. `propose.rs`: which contacts can meet them, if tables say so and they are few. `test.rs`: whether one does,
//! by its row, its tags and its attributes, of which the last two are read for many at a time and often decide alone.

mod bitmap_plan;
pub(crate) mod blocked;
mod candidates;
mod compile;
mod eval;
mod scan;

use std::cell::RefCell;
use std::collections::HashMap;

use crate::access::rights::Rights;
use crate::db::contact::{Stored, many};
use crate::db::list::filter_lookup::{self, Norm};
use crate::db::list::sort_index::{self, Brief};
use crate::db::{self, Owner, Read, Scope};
use crate::engine::Inner;
use crate::error::{Error, Result};
use crate::index;
use crate::model::{Condition, Filter, Node, TextField, TimeField, TimeTest, Timestamp};
pub(in crate::query) use crate::query::filter::bitmap_plan::{Known, SOON, listed};
use crate::query::filter::blocked::Blocked;
use crate::query::filter::eval::Test;
pub(crate) use crate::query::filter::scan::{Pick, pick, refuse_unknown};

/// Contacts that a condition may single out: fewer are read and held against the query, more are not worth it.
pub(super) const FEW: usize = if cfg!(test) { 4 } else { 512 };

/// Contacts that conditions may leave to be kept as a set.
pub(super) const SET: usize = if cfg!(test) { 8 } else { 16_384 };

/// A filter made ready for one call.
#[derive(Debug)]
pub(super) struct Sieve {
    test: Test,
    blocked: Option<Blocked>,
    tags: bool,
    /// The attributes that count, by local id; `None` if none does.
    attributes: Option<Vec<i64>>,
    /// Whether something counts that the shortest look at a row tells.
    brief: bool,
    /// The lists that have everybody who can be among those asked for.
    wide: Vec<Scope>,
    /// Whether the folded texts of all contacts are this library's.
    folded: bool,
    /// What has been seen of each of the conditions that all must hold.
    seen: RefCell<Vec<Seen>>,
}

/// What has been seen of a condition.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Contacts that were held against it, and how many of them met it.
    held: usize,
    met: usize,
    /// The index has more for it than a short range.
    long: bool,
}

/// What is known of some contacts besides their rows.
#[derive(Debug, Default)]
pub(super) struct Facts {
    tags: HashMap<i64, Vec<i64>>,
    attributes: HashMap<i64, Vec<(i64, Norm)>>,
    /// Of contacts whose rows were not read.
    briefs: HashMap<i64, Brief>,
}

impl Sieve {
    /// Makes a filter ready; `None` for one that everybody meets.
    ///
    /// # Errors
    /// What the filter itself has wrong; [`Error::NoNetwork`].
    pub(super) fn of(
        inner: &Inner,
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        filter: &Filter,
    ) -> Result<Option<Self>> {
        Self::as_of(inner, db, rights, scopes, filter, db.now())
    }

    /// The same, with days counted from a moment.
    pub(super) fn as_of(
        inner: &Inner,
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        filter: &Filter,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        filter.check()?;
        if matches!(filter.node(), Node::All(all) if all.is_empty()) {
            return Ok(None);
        }
        let (mut tags, mut attributes, mut blocks, mut brief) = (false, false, false, false);
        filter.each(&mut |condition| {
            brief |= is_brief(condition);
            tags |= matches!(condition, Condition::Tag(_));
            attributes |= matches!(condition, Condition::Attribute(..));
            blocks |= matches!(condition, Condition::Blocked);
        });
        let wide = wide(db, scopes)?;
        let maker = compile::Maker { phones: &inner.phones, db, tenants: tenants(db, rights, scopes)?, now };
        let test = maker.test(filter)?;
        let attributes = attributes.then(|| {
            let mut defs = Vec::new();
            test.attributes(&mut defs);
            defs
        });
        let folded = index::unkeyed(db)?.is_empty();
        Ok(Some(Self {
            test,
            blocked: Blocked::of(db, rights, scopes, blocks.then_some(true))?,
            tags,
            attributes,
            brief: brief && folded,
            wide,
            folded,
            seen: RefCell::default(),
        }))
    }

    /// Whether sets alone tell who meets the conditions.
    pub(super) fn is_of_sets(&self) -> bool {
        bitmap_plan::is_exact(&self.test)
    }

    /// What is to be known of contacts besides their rows.
    pub(super) fn facts(&self, db: &Read<'_>, ids: &[i64]) -> Result<Facts> {
        let mut facts = Facts::default();
        if self.tags {
            for (contact, tag) in filter_lookup::tags_of(db, ids)? {
                facts.tags.entry(contact).or_default().push(tag);
            }
        }
        if let Some(defs) = &self.attributes {
            for (contact, def, norm) in filter_lookup::attributes_of(db, ids, defs)? {
                facts.attributes.entry(contact).or_default().push((def, norm));
            }
        }
        Ok(facts)
    }

    /// Whether a contact may meet the conditions, by what can be told without looking for blocks.
    pub(super) fn may_admit(&self, stored: &Stored, facts: &Facts) -> bool {
        self.test.holds(stored.id, Some(stored), facts, None) != Some(false)
    }

    /// Whether a contact meets the conditions.
    pub(super) fn admits(&self, db: &Read<'_>, stored: &Stored, facts: &Facts) -> Result<bool> {
        let known = self.test.holds(stored.id, Some(stored), facts, None);
        let Some(blocked) = self.blocked.as_ref().filter(|_| known.is_none()) else {
            return Ok(known == Some(true));
        };
        let is_blocked = blocked.admits(db, stored)?;
        Ok(self.test.holds(stored.id, Some(stored), facts, Some(is_blocked)) == Some(true))
    }

    /// Those of some contacts that meet the conditions, in their order, with their rows where these had to be read, which takes from
    /// `rows`.
    pub(super) fn sift(
        &self,
        db: &Read<'_>,
        ids: &[i64],
        rows: &mut usize,
    ) -> Result<Vec<(i64, Option<Stored>)>> {
        let mut facts = self.facts(db, ids)?;
        let mut judged = Vec::with_capacity(ids.len());
        for id in ids {
            let known = self.test.holds(*id, None, &facts, None);
            if known != Some(false) {
                judged.push((*id, known));
            }
        }
        let open = |judged: &[(i64, Option<bool>)]| -> Vec<i64> {
            judged.iter().filter(|(_, known)| known.is_none()).map(|(id, _)| *id).collect()
        };
        let mut unread = open(&judged);
        *rows = rows.saturating_sub(unread.len());
        if self.brief && !unread.is_empty() {
            facts.briefs = sort_index::briefs(db, &unread)?.into_iter().collect();
            for (id, known) in judged.iter_mut().filter(|(_, known)| known.is_none()) {
                *known = self.test.holds(*id, None, &facts, None);
                if known.is_some() {
                    self.count(*id, None, &facts);
                }
            }
            judged.retain(|(_, known)| *known != Some(false));
            unread = open(&judged);
        }
        let mut read = many(db, &unread)?;
        if read.len() != unread.len() {
            return Err(Error::Damaged { what: "a list names a contact that is not there", source: None });
        }
        read.reverse();
        let mut left = Vec::with_capacity(judged.len());
        for (id, known) in judged {
            if known.is_some() {
                left.push((id, None));
            } else if let Some(row) = read.pop() {
                self.count(id, Some(&row), &facts);
                if self.admits(db, &row, &facts)? {
                    left.push((id, Some(row)));
                }
            }
        }
        Ok(left)
    }

    /// The conditions that all must hold.
    fn conjuncts(&self) -> &[Test] {
        match &self.test {
            Test::All(all) => all,
            test => std::slice::from_ref(test),
        }
    }

    /// Counts which conditions a contact meets, for some contacts. Those that tags and attributes tell are left out: rows are read
    /// of contacts that may meet these.
    fn count(&self, id: i64, row: Option<&Stored>, facts: &Facts) {
        let tests = self.conjuncts();
        let mut all = self.seen.borrow_mut();
        all.resize(tests.len(), Seen::default());
        for (test, seen) in tests.iter().zip(all.iter_mut()) {
            if seen.held < bitmap_plan::COUNTED
                && !test.is_of_labels()
                && let Some(yes) = test.holds(id, row, facts, None)
            {
                seen.held = seen.held.saturating_add(1);
                seen.met = seen.met.saturating_add(usize::from(yes));
            }
        }
    }

    /// What has been seen of one of the conditions that all must hold.
    fn seen(&self, test: &Test) -> Seen {
        let at = self.conjuncts().iter().position(|own| std::ptr::eq(own, test));
        at.and_then(|at| self.seen.borrow().get(at).copied()).unwrap_or_default()
    }

    /// Notes that the index has more for a condition than a short range.
    fn note_long(&self, test: &Test) {
        let tests = self.conjuncts();
        let mut all = self.seen.borrow_mut();
        all.resize(tests.len(), Seen::default());
        if let Some((_, seen)) = tests.iter().zip(all.iter_mut()).find(|(own, _)| std::ptr::eq(*own, test)) {
            seen.long = true;
        }
    }

    /// Whether rows are read of most contacts, and not of enough yet to tell by them how long ranges are.
    pub(super) fn is_unsure(&self) -> bool {
        let seen = self.seen.borrow();
        seen.iter().any(|seen| (bitmap_plan::COUNTED / 4..bitmap_plan::COUNTED).contains(&seen.held))
    }
}

/// Whether the shortest look at a row tells a condition, unless a text is very long.
fn is_brief(condition: &Condition) -> bool {
    match condition {
        Condition::Text(field, _) => {
            matches!(field, TextField::Company | TextField::City | TextField::Country)
        }
        Condition::Time(field, _) => *field != TimeField::Updated,
        Condition::Online => true,
        _ => false,
    }
}

/// Whether something counts that is not in the log of changes.
pub(super) fn looks_beyond_changes(filter: &Filter) -> bool {
    let mut beyond = false;
    filter.each(&mut |condition| {
        beyond |= match condition {
            Condition::Time(field, test) => {
                *field == crate::model::TimeField::Active
                    || matches!(test, TimeTest::Is(_, crate::model::Moment::DaysAgo(_)))
            }
            Condition::Tag(_)
            | Condition::Attribute(..)
            | Condition::Status(_)
            | Condition::Blocked
            | Condition::Online => true,
            Condition::Text(..) | Condition::Network(_) | Condition::Id(_) => false,
        };
    });
    beyond
}

/// The lists of everybody that have the contacts of some lists: those of the tenant for an advisor's.
pub(super) fn wide(db: &Read<'_>, scopes: &[Scope]) -> Result<Vec<Scope>> {
    let mut wide = Vec::new();
    for scope in scopes {
        if let Owner::Advisor(advisor) = scope.owner {
            // Whom an advisor is linked to belongs to the same tenant, or to all.
            let tenant = Owner::Tenant(db::directory::advisor_tenant(db, advisor)?);
            wide.extend([Owner::Shared, tenant].map(|owner| owner.on(scope.network)));
        } else {
            wide.push(*scope);
        }
    }
    Ok(wide)
}

/// The tenants whose tags and attributes count.
fn tenants(db: &Read<'_>, rights: &Rights, scopes: &[Scope]) -> Result<Vec<i64>> {
    for scope in scopes {
        if let Owner::Advisor(advisor) = scope.owner {
            return Ok(vec![db::directory::advisor_tenant(db, advisor)?]);
        }
    }
    rights.tenants(db)
}
