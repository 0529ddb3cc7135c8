//! The HTTP APIs of other products, answered in this process. An [`http::Request`] is the input, an [`http::Response`]
//! is the result. The crate opens no port. A desktop shell's protocol handler, a server of the host or a test passes
//! the requests.
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
//! # Rules of all APIs
//! - An [`Authenticator`] returns the [`Session`](cardex::Session) of a request. A call can see and do what its session
//!   can see and do. The store is not read before authentication.
//! - A body of more than [`BODY_LIMIT`] bytes is 413. The host can set another limit. An unknown path is 404, also with
//!   an additional slash, which only SmartSender accepts. A known path with another method is 405 with `Allow`. `HEAD` is answered like `GET`, without
//!   the body. `OPTIONS` is answered with `Allow`.
//! - A body with a `Content-Encoding`, or with a media type that the API does not read, is 415: Federation reads JSON, the
//!   others read forms too. SmartSender's events accept any media type. A body without a media type is JSON.
//! - Path segments and query parameters are percent-decoded. Invalid UTF-8 is 400, in Chatwoot 422. Unknown parameters
//!   are ignored, but 400 in Federation.
//! - An invalid JSON or form body, or a value of the wrong type, is 400 or 422, as the product defines. The answer
//!   names the field. Nothing is written.
//! - The header `Idempotency-Key` makes a call repeatable where it fires an event: SmartSender's `fireEvent` and `sendMessage`. A repeated
//!   call has the first answer and no other effect, for a day. The same key with other input is 422. Other calls ignore the header.
//! - The token of a removed advisor gives the same error as an unknown token.
//! - `has_path` returns whether an API has a path, and `route_of` the path without its values, for logs. No two APIs share a path, so that a host can serve all of them.
//! - Error answers contain no name, number or address. Answers and `Debug` output contain no token.

mod api_error;
mod auth;
mod avatar;
mod call;
pub mod chatwoot;
pub mod federation;
mod form;
mod input;
mod numbered;
mod operation;
mod route;
mod service;
#[cfg(feature = "jwt")]
mod signed_tokens;
pub mod smartsender;
#[cfg(test)]
mod tests;

pub use crate::auth::{AuthError, Authenticator, StaticTokens, bearer, token};

pub use crate::numbered::READ_TIME_LIMIT;
#[cfg(feature = "jwt")]
pub use crate::signed_tokens::{KeyError, SignedTokens};

/// The default limit of a request body: 1 MiB.
pub const BODY_LIMIT: usize = 1024 * 1024;
