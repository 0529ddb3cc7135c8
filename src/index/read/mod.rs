//! Reads the index: ordered candidates of a query, sets of contacts, and the verification of candidates.
//!
//! [`merge_iterator`] merges the memtable and all segments into one sorted sequence. [`candidate_stream`] merges the sequences of
//! several scopes and fields into the candidates of one stage. [`matching`] verifies each candidate against its contact.
//!
//! May import: `segment`, `plan`, `analyzer` and the layers below `index`. Not `write`.
//! Change here: how candidates are read, filtered and verified, and the cost estimates for that.

mod candidate_stream;
mod contact_sets;
mod fingerprints;
mod fuzzy;
mod index_reader;
mod lazy_doc_set;
mod matching;
pub(crate) mod merge_iterator;
mod verify;

pub(crate) use candidate_stream::{Candidate, CandidateFilter, CandidateStream};
pub(crate) use contact_sets::{PostingScan, list_members};
pub(crate) use fingerprints::{fingerprints, for_each_fingerprint};
#[cfg(test)]
pub(super) use fuzzy::FuzzyMatches;
pub(crate) use fuzzy::expand_fuzzy;
pub(crate) use index_reader::IndexReader;
pub(crate) use lazy_doc_set::{ASSUMED_PAGE_LEN, LazyDocSet};
pub(crate) use verify::verify_segments;
