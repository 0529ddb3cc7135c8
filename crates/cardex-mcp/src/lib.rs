//! A server of the Model Context Protocol (MCP) for one session of a book: tools and resources for language models.
//!
//! [`Server::serve_stdio`] answers a client over standard input and output. The server has the permissions of its [`Session`]. Every call
//! ends within a time limit. A read-only server has no tool that writes.
//!
//! Texts of contacts come from other people. They are in structured content only, without control characters and without characters that
//! do not show, and each result says that they are data.
//!
//! ```no_run
//! use cardex::{Actor, AdvisorId, Store};
//! let session = Store::open("book.cardex")?.session(Actor::Advisor(AdvisorId(7)));
//! cardex_mcp::Server::new(session).read_only(true).serve_stdio()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod arguments;
mod confirmation;
mod contact;
mod deadline;
mod error;
mod handler;
mod resources;
mod server;
mod tool;
mod tools;
mod untrusted;

pub use cardex::Session;

pub use self::server::Server;
