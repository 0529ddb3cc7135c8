//! Names of companies, for who fills in a form.

use std::collections::BTreeMap;

use crate::access::session::Session;
use crate::db::contact::{one, slice};
use crate::db::metadata::Gap;
use crate::db::{Read, Scope};
use crate::engine::Snapshot;
use crate::error::{Error, Problem, Result};
use crate::feed::page_limit;
use crate::index::{Candidate, Direction, Index, NEVER, Reach, Shelf, Stream, company_text, unkeyed};
use crate::model::{Field, limits};
use crate::query::is_in;

/// Contacts read at a time where the index has no keys of them, or cannot be read.
const SLICE: i64 = 1_000;

impl Session {
    /// The companies of the contacts the actor sees whose names begin with a text, whatever its case and accents, in
    /// alphabetical order and at most `limit`. Names that differ in case and accents only are given once, as one contact has
    /// it. The cost does not grow with the number of contacts a company has, but while search keys are made anew: those without are
    /// all looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long text, or a limit out of bounds.
    pub fn companies(&self, beginning: &str, limit: usize) -> Result<Vec<String>> {
        page_limit(limit)?;
        if beginning.chars().nth(limits::QUERY).is_some() {
            return Err(Error::invalid(Field::Query, Problem::TooLong { limit: limits::QUERY }));
        }
        let prefix = company_text(beginning);
        if prefix.is_empty() {
            return Err(Error::invalid(Field::Query, Problem::Required { on: None }));
        }
        self.inner.read(&self.watch(), |snapshot| {
            let fresh = snapshot.refresh();
            let scopes = self.rights(&snapshot.db)?.scopes(&snapshot.db, None, None)?;
            let names = match fresh.and_then(|()| self.indexed(snapshot, &scopes, &prefix, limit)) {
                Err(Error::Damaged { .. }) => self.walked(&snapshot.db, Gap::ALL, &scopes, &prefix)?,
                found => {
                    let mut names = self.walked(&snapshot.db, unkeyed(&snapshot.db)?, &scopes, &prefix)?;
                    names.extend(found?.into_iter().map(|name| (company_text(&name), name)));
                    names
                }
            };
            Ok(names.into_values().take(limit).collect())
        })
    }

    fn indexed(
        &self,
        snapshot: &Snapshot<'_>,
        scopes: &[Scope],
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<String>> {
        let db = &snapshot.db;
        let index = Index { db, cache: &self.inner.cache, view: &*snapshot.view };
        let reach: Reach = vec![(Shelf::Company, vec![prefix.to_owned()])];
        let (mut names, mut from) = (Vec::new(), None);
        while names.len() < limit {
            let mut stream =
                Stream::new(index, scopes, (0, &reach), (NEVER, &[]), from.as_ref(), Direction::Forward)?;
            from = None;
            // The first contact of the next name; the rows dispose of what the index proposes.
            while let Some(candidate) = stream.next()? {
                let Some(stored) = one(db, candidate.contact)? else { continue };
                if company_text(&stored.contact.company) == candidate.text && is_in(db, &stored, scopes)? {
                    names.push(stored.contact.company);
                    from = Some(Candidate { contact: i64::MAX, ..candidate });
                    break;
                }
            }
            if from.is_none() {
                break;
            }
        }
        Ok(names)
    }

    /// All such names from the rows of a gap, by folded text.
    fn walked(
        &self,
        db: &Read<'_>,
        mut gap: Gap,
        scopes: &[Scope],
        prefix: &str,
    ) -> Result<BTreeMap<String, String>> {
        let watch = self.watch();
        let mut names = BTreeMap::new();
        while !gap.is_empty() {
            watch.check()?;
            let rows = slice(db, gap.after, SLICE)?;
            let Some(last) = rows.last().map(|last| last.id) else { break };
            for stored in rows.into_iter().filter(|stored| gap.has(stored.id)) {
                let folded = company_text(&stored.contact.company);
                if folded.starts_with(prefix) && is_in(db, &stored, scopes)? {
                    names.entry(folded).or_insert(stored.contact.company);
                }
            }
            gap.after = last;
        }
        Ok(names)
    }
}
