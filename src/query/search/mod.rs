//! TODO-DOC

pub(crate) mod builder;
pub(crate) mod companies;
pub(crate) mod executor;
pub(crate) mod hits;
pub(crate) mod own_contacts;
pub(crate) mod ranked_candidates;
pub(crate) mod substring;
pub(crate) mod typeahead;
pub(crate) mod unindexed;
