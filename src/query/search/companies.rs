//! Names of companies, for forms that complete what a user types.

use std::collections::BTreeMap;

use crate::access::session::Session;
use crate::db::contact::{batch_after, one};
use crate::db::metadata::IdRange;
use crate::db::{Read, Scope};
use crate::engine::Snapshot;
use crate::error::{Error, Result, ValidationError};
use crate::feed::page_limit;
use crate::index::{
    Candidate, CandidateStream, Direction, IndexReader, NO_DEDUP, PrefixRanges, TermField, TermPart,
    company_term, unindexed,
};
use crate::model::{Field, limits};
use crate::query::filter::is_in_scopes;

/// Contacts read at a time where the index has no keys for them or is damaged.
const ROW_BATCH: i64 = 1_000;

impl Session {
    /// The companies of the contacts that the actor sees whose names begin with a text, in alphabetical order, at most `limit`. Case and
    /// accents are ignored. Names that differ in case and accents only are returned once, as one contact has it.
    ///
    /// The cost does not grow with the number of contacts of a company. During reindexing, all contacts without search keys are read.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long text, or a limit out of bounds.
    pub fn companies(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        page_limit(limit)?;
        if prefix.chars().nth(limits::QUERY).is_some() {
            return Err(Error::invalid(Field::Query, ValidationError::TooLong { limit: limits::QUERY }));
        }
        let prefix = company_term(prefix);
        if prefix.is_empty() {
            return Err(Error::invalid(Field::Query, ValidationError::Required { network: None }));
        }
        self.read(|snapshot| {
            let refreshed = snapshot.refresh();
            let scopes = self.rights(&snapshot.db)?.scopes(&snapshot.db, None, None)?;
            let names = match refreshed
                .and_then(|()| self.company_names_from_index(snapshot, &scopes, &prefix, limit))
            {
                Err(Error::Damaged { .. }) => {
                    self.company_names_from_rows(&snapshot.db, IdRange::ALL, &scopes, &prefix)?
                }
                from_index => {
                    let mut names = self.company_names_from_rows(
                        &snapshot.db,
                        unindexed(&snapshot.db)?,
                        &scopes,
                        &prefix,
                    )?;
                    names.extend(from_index?.into_iter().map(|name| (company_term(&name), name)));
                    names
                }
            };
            Ok(names.into_values().take(limit).collect())
        })
    }

    /// The first names by the index.
    fn company_names_from_index(
        &self,
        snapshot: &Snapshot<'_>,
        scopes: &[Scope],
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<String>> {
        let db = &snapshot.db;
        let index = IndexReader { db, cache: &self.engine.block_cache, state: &*snapshot.view };
        let ranges: PrefixRanges = vec![(TermField::Company, vec![prefix.to_owned()])];
        let (mut names, mut from) = (Vec::new(), None);
        while names.len() < limit {
            let mut stream = CandidateStream::new(
                index,
                scopes,
                (0, TermPart::All, &ranges),
                (NO_DEDUP, &[]),
                from.as_ref(),
                Direction::Forward,
            )?;
            from = None;
            // The first contact of the next name. Each candidate is verified against its row.
            while let Some(candidate) = stream.next()? {
                let Some(stored) = one(db, candidate.contact)? else { continue };
                if company_term(&stored.contact.company) == candidate.text
                    && is_in_scopes(db, &stored, scopes)?
                {
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

    /// All names with the prefix from the rows of an id range, by folded text.
    fn company_names_from_rows(
        &self,
        db: &Read<'_>,
        mut range: IdRange,
        scopes: &[Scope],
        prefix: &str,
    ) -> Result<BTreeMap<String, String>> {
        let cancel_token = self.cancel_token();
        let mut names = BTreeMap::new();
        while !range.is_empty() {
            cancel_token.check()?;
            let rows = batch_after(db, range.after, ROW_BATCH)?;
            let Some(last) = rows.last().map(|last| last.id) else { break };
            for stored in rows.into_iter().filter(|stored| range.contains(stored.id)) {
                let folded = company_term(&stored.contact.company);
                if folded.starts_with(prefix) && is_in_scopes(db, &stored, scopes)? {
                    names.entry(folded).or_insert(stored.contact.company);
                }
            }
            range.after = last;
        }
        Ok(names)
    }
}
