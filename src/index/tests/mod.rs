//! Tests across the modules of the index. Stores are opened with [`Tuning::small`], so that a dozen contacts pass through all
//! layers.

#![allow(clippy::arithmetic_side_effects)]

mod block_format;
mod contact_sets;
mod fst_damage;
mod fuzzy;
mod match_semantics;
mod matching;
mod paging;
mod plan;

use crate::host::tuning::Tuning;
use crate::{Actor, Options, Session, Store};

/// A new book in memory, with small sizes.
fn small_store() -> (Store, Session) {
    let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    (store, session)
}
