//! Symphony Federation: contacts, advisors, blocks, entitlements, permissions, federation groups.
//!
//! The OpenAPI file is `tests/fixtures/openapi/federation.yaml`. A test validates every answer against it. Ids are
//! strings of digits. Times are whole milliseconds since 1970. Pages have 50 items.
//!
//! # What the OpenAPI file leaves open
//! - If an operation does not declare an error, its nearest declared error is returned. Input that breaks the schema is
//!   400 with the nearest declared type; `title` names the field. A missing permission is 401 if no 403 is declared,
//!   and 404 if neither is declared.
//! - An invalid id in a path is 404.
//! - Phone numbers contain their calling code, with or without a plus. Digits alone are read as a number with a plus,
//!   unless they start with a zero. In a query, a plus is decoded as a space; it is restored.
//! - A bulk call fails with one code if all items fail with that code and the operation declares it. Otherwise each
//!   item has its own line.
//! - A contact on no messaging network (`BOOK`) is not visible, and neither is that network.
//! - An empty result with filters is 404. An empty result without filters is an empty page.
//! - Of the deprecated operations, those are here that translate e-mail addresses to ids and change nothing else. Absent are the bulk
//!   removals by e-mail address, the update by e-mail address and the permission for many advisors by e-mail address.
//! - `searchContacts` also accepts `before` and `after`, so that its page links work.

mod blocks;
mod by_email;
mod codes;
mod contacts;
mod deprecated_routes;
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
