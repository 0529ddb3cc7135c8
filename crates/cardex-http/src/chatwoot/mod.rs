//! Chatwoot (also served as 99digital): contacts, their labels, notes, inboxes and custom attributes, lists, searches, filters.
//!
//! The OpenAPI file is `tests/fixtures/openapi/chatwoot.yaml`. A test validates every answer against it. Ids are JSON
//! numbers, from 1 to 2^53 - 1; the default account is 1. Times are whole seconds since 1970, rounded down. Pages have 15 items. The token is in the header
//! `api_access_token`. An account is a tenant. The account of another tenant is 401.
//!
//! # Roles
//! The session of an [`Administrator`](cardex::Actor::Administrator), or of the system, is an administrator of the account. That of an
//! [`Advisor`](cardex::Actor::Advisor) is an agent: it sees and edits every contact of the account, and merges and blocks contacts, but
//! does not delete, import or export them. So the token of an advisor gives access to own contacts in Federation, and to all contacts of
//! the account here. If an advisor must not see them, do not give the advisor access to this API.
//!
//! # What the OpenAPI file leaves open
//! - Input that breaks the schema is 422 with the field's name, also if no 422 is declared. Nothing is written.
//! - A `name` is one text. Its first word is stored as the first name, the rest as the last name, for the other
//!   products. A contact without any value is rejected.
//! - E-mail addresses are stored and shown in lower case. Of several e-mail addresses or phones, the first is shown and
//!   changed.
//! - The first phone and the first e-mail address of a contact are unique in the account, on all networks.
//! - Numbers, flags and texts are accepted in each other's place, one item for a list, and a page that is no number is the first page.
//! - An import has ended when it is answered, and the answer counts the rows. The file of an export is the answer itself. The product does
//!   both in the background and sends mail. Their columns are the product's own, so that `cardex-exchange` does not read or write them.
//! - Custom filters are stored as they are sent, and belong to the caller. Administrators share theirs.
//! - A search over everything finds contacts. A bulk action has ended when it is answered.
//! - An administrator is no person of the book: the `id` of the profile is `null`.
//! - `identifier` is the contact's identifier in the namespace `chatwoot`.
//! - `blocked` is a block of the contact's first phone by the tenant. For a contact
//!   without a phone it is 422.
//! - A conversation is what the host reports: it has members and times, but no messages and no state. Its activity is its last change.
//! - The public paths need a token too, and `inbox_identifier` is the id of the inbox. Only inboxes of the kind `api` have public paths.
//! - A deleted contact is in the trash of the store.
//! - Bodies are JSON or forms. `avatar_url` is an additional attribute with this name, and the `thumbnail`. A picture in the part `avatar` of a
//!   form (JPEG, PNG or GIF by its bytes, at most 15 MiB and the limit of the body) is the photo of the contact's card, so that a vCard export has
//!   it. Its `thumbnail` is the path of this API that answers with the picture; that path needs a token too.

mod account_labels;
mod attributes;
mod avatar;
mod bulk;
mod contact_inboxes;
mod contact_input;
mod contacts;
mod conversations;
mod csv;
mod custom_filters;
mod definitions;
mod dto;
mod errors;
mod export;
mod filter;
mod import;
mod inboxes;
mod labels;
mod lists;
mod merging;
mod notes;
mod params;
mod payload;
mod product;
mod profile;
mod public;
mod routes;
mod search;
mod upload_marker;
mod users;

pub use self::product::Chatwoot;
