//! The verbs: one file a use case. The rules of the book live here and nowhere else.

mod add;
mod bulk;
mod care;
mod check;
mod directory;
mod draft;
mod edit;
mod identity;
mod links;
mod read;
mod removal;
mod substring;

use std::collections::HashMap;

use crate::db::contact::{Place, Stored};
use crate::db::{self, Owner, Scope, Write};
use crate::error::Result;
use crate::feed::{self, ChangeKind};
use crate::model::Timestamp;

pub use bulk::{BulkOptions, Outcome};
pub use care::Stats;
pub(crate) use care::{found, refit};
pub use check::Health;
pub use substring::SubstringIndex;

/// Changes to the counts of sections, gathered and written at once.
#[derive(Debug, Default)]
struct Tally(HashMap<(Scope, String), i64>);

impl Tally {
    fn add(&mut self, scope: Scope, section: &str, by: i64) {
        // Most letters are known already: look before making a key.
        let count = self.0.entry((scope, section.to_owned())).or_default();
        *count = count.saturating_add(by);
    }

    fn write(&mut self, db: &Write<'_>) -> Result<()> {
        for ((scope, section), by) in self.0.drain().filter(|(_, by)| *by != 0) {
            db::lists::count_section(db, scope, &section, by)?;
        }
        Ok(())
    }
}

/// Puts a contact into lists.
fn enter(db: &Write<'_>, tally: &mut Tally, scopes: &[Scope], place: &Place, id: i64) -> Result<()> {
    for scope in scopes {
        db::lists::insert_entry(db, *scope, &place.sort_key, id)?;
        tally.add(*scope, &place.section, 1);
    }
    Ok(())
}

/// Takes a contact out of lists.
fn leave(db: &Write<'_>, tally: &mut Tally, scopes: &[Scope], place: &Place, id: i64) -> Result<()> {
    for scope in scopes {
        db::lists::delete_entry(db, *scope, &place.sort_key, id)?;
        tally.add(*scope, &place.section, -1);
    }
    Ok(())
}

/// The lists a contact is in, given its advisors: those that are searched, or the trash.
fn scopes_of(stored: &Stored, advisors: &[i64]) -> Vec<Scope> {
    if stored.contact.trashed_at.is_some() {
        return vec![Owner::Trash(stored.tenant).on(stored.network)];
    }
    let advisors = advisors.iter().map(|advisor| Owner::Advisor(*advisor));
    std::iter::once(Owner::of(stored.tenant)).chain(advisors).map(|owner| owner.on(stored.network)).collect()
}

/// What a verb needs besides its arguments.
#[derive(Debug, Clone, Copy)]
struct Context<'a> {
    now: Timestamp,
    origin: &'a str,
}

impl Context<'_> {
    fn log(&self, db: &Write<'_>, stored: &Stored, kind: ChangeKind, fields: i64) -> Result<()> {
        feed::log(db, stored.contact.id, kind, fields, self.origin, self.now)
    }
}
