//! SmartSender v1: contacts with their variables, tags, funnels, gates (channel identities) and chat.
//!
//! The OpenAPI file is `tests/fixtures/openapi/smartsender.yaml`. A test validates every answer against it. Ids are
//! JSON numbers. Times are `YYYY-MM-DD HH:MM:SS` in UTC, rounded down to the second. Pages have at most 20 items and
//! are selected by number. The token determines the project. A project is a tenant. A contact of another tenant is 404.
//!
//! # What the OpenAPI file leaves open
//! - An unknown contact, tag, funnel or channel is 404. Input that breaks a rule is 422 with the name of the field. An
//!   unreadable body or query is 400. There is no rate limit, so 429 does not occur.
//! - Lists have the order in which contacts were added.
//! - A deleted contact is in the trash of the store.
//! - The chat of a contact has the id of the contact. Its messages are events: `message.sent` by `send`, which the host delivers from
//!   the outbox, and `message.received`, which the host fires with the payload `{"type": "text", "content": …}`.

mod contacts;
mod dto;
mod errors;
mod events;
mod funnels;
mod identities;
mod lists;
mod messages;
mod params;
mod product;
mod project;
mod routes;
mod tags;
mod unify;
mod update;

pub use self::product::SmartSender;
