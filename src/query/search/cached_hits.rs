//! The hits of a finished search, which answer a search for a longer text without the index.

use crate::db::Scope;
use crate::index::{Candidate, Query};
use crate::model::{Contact, Filter};
use crate::query::page::Page;
use crate::query::search::hits::Hit;

/// All hits of a query in one snapshot.
#[derive(Debug)]
pub(super) struct CachedHits {
    pub(super) query: Query,
    pub(super) scopes: Vec<Scope>,
    pub(super) filter: Filter,
    /// The sequence number of the last change in that snapshot.
    pub(super) change_seq: i64,
    /// The contacts that were found, with their local ids.
    pub(super) contacts: Vec<(i64, Contact)>,
}

impl CachedHits {
    /// Whether these include all hits of a query at a later change number, and fit on one page. `request`: its lists, filter and limit.
    pub(super) fn can_answer(
        &self,
        query: &Query,
        request: (&[Scope], &Filter, usize),
        change_seq: i64,
    ) -> bool {
        let (scopes, filter, limit) = request;
        let is_same = self.change_seq == change_seq && self.scopes == scopes && self.filter == *filter;
        is_same && self.contacts.len() <= limit && query.narrows(&self.query)
    }

    /// The hits of a narrower query, and what remains in the cache.
    pub(super) fn narrow(self, query: Query) -> (Page<Hit>, Self) {
        let mut ranked: Vec<(Candidate, Contact)> = self
            .contacts
            .into_iter()
            .filter_map(|(id, contact)| {
                let (stage, text) = query.sort_position(&contact)?;
                Some((Candidate { stage, text, contact: id }, contact))
            })
            .collect();
        ranked.sort_by(|a, b| a.0.cmp(&b.0));
        let hit = |(candidate, contact): &(Candidate, Contact)| {
            let matched = query.verify(contact, candidate)?;
            Some(Hit { contact: contact.clone(), matched })
        };
        let page = Page { items: ranked.iter().filter_map(hit).collect(), ..Page::empty() };
        let contacts = ranked.into_iter().map(|(candidate, contact)| (candidate.contact, contact)).collect();
        (page, Self { query, contacts, ..self })
    }
}
