//! Pages and cursors: what every list and search returns, and how a page is cut from the items that were read.
//!
//! Imports `model`, `error`, `db`, `engine` and `feed`; nothing else of `query`. Lists, searches and records are built on top of it.
//! A newcomer changes here the text of cursors, the setters that all builders share, and keyset pagination.

mod cursor;
mod keyset;
mod page_read;
mod setters;

pub use cursor::Cursor;
pub(in crate::query) use cursor::{BoundQuery, QueryFingerprint};
pub(in crate::query) use keyset::{
    decode_number_key, encode_number_key, encode_optional_bool, keyset_page, newest_first_page,
    number_keyset_page, query_fingerprint,
};
pub use page_read::Page;
pub(in crate::query) use page_read::{PageRead, Start, truncate_page};
pub(in crate::query) use setters::{all_items, page_setters, scope_setters};
