//! Chatwoot (also served as 99digital): contacts, their labels, notes, inboxes and custom attributes, lists, searches, filters.
//!
//! The contract is `tests/fixtures/openapi/chatwoot.yaml`; a test holds every answer against it. Ids are JSON numbers, times whole
//! seconds since 1970, cut. Pages have 15 items. The token is the header `api_access_token`; an account is a tenant, and one
//! that is not the caller's is 401.
//!
//! # Where the contract is silent
//! - What breaks the schema is 422 with the field's name, also where no 422 is declared; nothing of it is written.
//! - A `name` is one text. Its first word is the first name, the rest the last name, so that other products find it so. A
//!   contact of whom nothing at all is known is refused.
//! - E-mail addresses are written and shown in lower case. Of several, and of several phones, the first is shown and changed.
//! - `identifier` is the contact's identifier in the name space `chatwoot`.
//! - `blocked` is a block of the contact's first phone by the tenant, so to set it takes an administrator. A contact without
//!   a phone cannot be blocked: 422.
//! - A contact that is deleted is in the trash of the book.
//! - A contact is made and changed by JSON or by a form. `avatar_url` is an additional attribute of that name, and the `thumbnail`;
//!   files are not kept, so a form with a picture in `avatar` is 422.

mod attributes;
mod contact_input;
mod contacts;
mod dto;
mod errors;
mod filter;
mod inboxes;
mod labels;
mod lists;
mod merging;
mod notes;
mod params;
mod payload;
mod product;
mod routes;

pub use self::product::Chatwoot;
