//! `serve`: the HTTP APIs on a port.

mod server;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cardex::Store;
use cardex_http::Authenticator;
use clap::Args;
use http::request::Parts;
use serde_json::json;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::commands::products::{Product, Products};
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// The name under which changes made here are in the log.
const ORIGIN: &str = "serve";

/// How long one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Answer HTTP requests until interrupted
///
/// Only from this machine, unless told otherwise: there is no encryption. Others get in through a proxy that has it.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8640")]
    listen: SocketAddr,
    /// The tokens that let callers in, one "TOKEN WHO" a line: at least 16 characters, a blank, and system,
    /// admin, admin:TENANT or advisor:ID. Empty lines and those that start with # are left out. Other users of
    /// this machine must not be able to read it
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Listen on an address that other machines reach
    #[arg(long)]
    allow_remote: bool,
    /// Serve the API of one product only; the default is all of them
    #[arg(long, alias = "dialect", value_name = "NAME")]
    product: Option<Product>,
}

impl Serve {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        if !self.listen.ip().is_loopback() && !self.allow_remote {
            let message = "other machines reach this address; if that is meant, say --allow-remote";
            return Err(Failure::new("remote", message));
        }
        let OpenStore { store, .. } = OpenStore::open(global)?;
        let tokens = tokens::read(&self.token_file, &store)?;
        let session = move |store: &Store, request: &Parts| {
            Ok(tokens.session(store, request)?.origin(ORIGIN).deadline(CALL_TIMEOUT))
        };
        let api = Products::new(&store, self.product, session);
        server::run(api, self.listen, |at| {
            out.write_result(&json!({ "listening": at }), &format!("listening on http://{at}"))?;
            out.flush()
        })
    }
}
