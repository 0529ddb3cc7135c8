//! The HTTP contracts of other products, answered in this process: an [`http::Request`] goes in, an [`http::Response`] comes
//! out, and nothing listens anywhere. A desktop shell's own protocol, a server of the host or a test hands requests over.
//!
//! ```
//! use cardex_http::{StaticTokens, federation::Federation};
//! use cardex::{Actor, Options};
//! let store = Options::new().open_in_memory()?;
//! let api = Federation::new(store, StaticTokens::new().token("a long secret", Actor::System));
//!
//! let request = http::Request::get("/api/v1/customer/permissions").header("Authorization", "Bearer a long secret");
//! let response = api.call(request.body(Vec::new())?);
//! assert_eq!(response.status(), 200);
//! assert!(response.body().starts_with(br#"{"permissions":["create:room","#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What every dialect does
//! - Who calls is said by an [`Authenticator`], which makes a [`Session`](cardex::Session) of a request: what the session may
//!   see and do is all that the call can. Nothing of the store is asked before that.
//! - A body of more than [`BODY_LIMIT`] bytes is 413, unless the host sets another limit. An unknown path is 404, also one
//!   with a slash too many; a path that is known, asked with another method, is 405 with `Allow`. `HEAD` is answered like
//!   `GET`, without the body; `OPTIONS` with `Allow`.
//! - Parts of the path and of the query are percent-decoded; what does not decode to UTF-8 is 400, in Chatwoot 422. Parameters that the
//!   contract does not know are ignored.
//! - A body that is no JSON (nor a form, where the contract has forms), or has a value of another type than the contract's, is 400 or
//!   422, as the product has it, and the answer names the field. Nothing of it is written.
//! - The token of an advisor who is not there is told as one that is not known.
//! - Each says by `has_path` which paths are its own, and no path is two contracts': a host can answer all side by side.
//! - No answer has a name, a number or an address in its error, and no token is ever in one, nor in `Debug`.

mod api_error;
mod auth;
mod avatar;
pub mod chatwoot;
pub mod federation;
mod form;
mod input;
mod operation;
mod route;
mod service;
pub mod smartsender;
mod substring_hits;
#[cfg(test)]
mod tests;

pub use crate::auth::{AuthError, Authenticator, StaticTokens, bearer, token};

/// The bytes a request's body may have unless the host says otherwise: 1 MiB.
pub const BODY_LIMIT: usize = 1024 * 1024;
