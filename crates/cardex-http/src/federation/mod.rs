//! Symphony Federation: contacts, advisors, blocks, entitlements, permissions, federation groups.
//!
//! The contract is `tests/fixtures/openapi/federation.yaml`; a test holds every answer against it. Ids are strings of digits,
//! times whole milliseconds since 1970. Pages have 50 items.
//!
//! # Where the contract is silent
//! - An error that an operation does not declare is told by the nearest one it does. What breaks the schema is 400, with the
//!   nearest type declared; `title` names the field. A permission that lacks is 401 where no 403 is declared, and 404 where
//!   neither is.
//! - A path with an id that is none is the path of nobody: 404.
//! - Phone numbers carry their calling code, with a plus or without, so digits alone are taken for a number with a plus unless
//!   they start with a zero. A plus that a query lost, because it is a space there, is put back.
//! - A bulk call whose items are all refused with one and the same code is refused with it, if the contract has that code for
//!   the call; otherwise each item has its line.
//! - A contact on no messaging network (`BOOK`) is not there, nor is that network.
//! - A list with filters that finds nobody is 404; one without filters is an empty page.
//! - `searchContacts` takes `before` and `after` too, so that the pages it speaks of can be asked for.

mod blocks;
mod codes;
mod contacts;
mod directory;
mod dto;
mod entitlements;
mod errors;
mod groups;
mod offboarding;
mod onboarding;
mod paging;
mod params;
mod permissions;
mod product;
mod routes;
mod search;
#[cfg(test)]
mod tests;

pub use self::product::Federation;
