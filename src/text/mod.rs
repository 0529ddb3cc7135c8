//! Text as people write it: folding, readings, sort order, phone numbers. Pure functions, no I/O.
//!
//! May import `model`, `error` and `host`, but no database and no index. The benches compile `fold`, `phone`, `readings` and
//! `tokenizer` on their own, so these four use only each other and `error`. A newcomer changes here how names match: the fold of a
//! script, its readings, the order of lists.

pub(crate) mod caseless_key;
pub(crate) mod collate;
pub(crate) mod fold;
pub(crate) mod phone;
pub(crate) mod readings;
pub(crate) mod sound_code;
pub(crate) mod spelling;
pub(crate) mod substring;
pub(crate) mod tokenizer;
