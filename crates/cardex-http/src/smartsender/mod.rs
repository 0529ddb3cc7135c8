//! SmartSender v1: contacts with their variables, tags, funnels, gates and chat.
//!
//! The contract is `tests/fixtures/openapi/smartsender.yaml`; a test holds every answer against it. Ids are JSON numbers, times
//! `YYYY-MM-DD HH:MM:SS` in UTC, cut to the second. Pages have up to 20 items and are asked for by their number. The token says
//! whose project it is: a project is a tenant, and contacts of another one are 404.
//!
//! # Where the contract is silent
//! - A contact, tag, funnel or channel that is not there is 404; input that breaks a rule is 422 with the name of the field; a
//!   body or a query that cannot be read is 400. There is no limit of calls, so there is no 429.
//! - Lists are in the order in which contacts were added.
//! - A contact that is deleted is in the trash of the book.

mod contacts;
mod dto;
mod errors;
mod events;
mod funnels;
mod gates;
mod lists;
mod params;
mod product;
mod routes;
mod tags;
mod unify;
mod update;

pub use self::product::SmartSender;
