//! TODO-DOC

pub(crate) mod advisor_filter;
pub(crate) mod builder;
pub(crate) mod companies;
pub(crate) mod hits;
pub(crate) mod ranked_candidates;
pub(crate) mod search_executor;
pub(crate) mod substring;
pub(crate) mod typeahead;
pub(crate) mod unindexed;
