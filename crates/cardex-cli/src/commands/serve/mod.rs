//! `serve`: the HTTP APIs on a port.

mod server;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cardex::{Actor, Store};
use cardex_http::Authenticator;
use clap::Args;
use http::request::Parts;
use serde_json::json;

use crate::args::Global;
use crate::commands::products::{Product, Products};
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// The origin of the changes in the change log.
const ORIGIN: &str = "serve";

/// The longest time of one call.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Answer HTTP requests until interrupted
///
/// By default, only this machine can connect. The connection is not encrypted: use a proxy with TLS for other machines.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address and port to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8640")]
    listen: SocketAddr,
    /// The file with one "TOKEN ACTOR" on each line: TOKEN has at least 16 characters, ACTOR is system, admin,
    /// admin:TENANT or advisor:ID. Empty lines and lines that start with # are ignored. Only its owner may have
    /// permission to read the file
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// Serve the API of one product only; the default is all of them
    #[arg(long, alias = "dialect", value_name = "NAME")]
    product: Option<Product>,
}

impl Serve {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        if !self.listen.ip().is_loopback() && !self.allow_remote {
            let message = "other machines can reach this address; add --allow-remote to allow that";
            return Err(Failure::new("remote", message));
        }
        let OpenStore { store, .. } = OpenStore::open(global)?;
        let tokens = tokens::read(&self.token_file, &store)?;
        let session = move |store: &Store, request: &Parts| {
            Ok(tokens.session(store, request)?.origin(ORIGIN).deadline(CALL_TIMEOUT))
        };
        if !global.read_only {
            build_substring_index(&store);
        }
        let api = Products::new(&store, self.product, session);
        server::run(api, self.listen, !self.allow_remote, |at| {
            out.write_result(&json!({ "listening": at }), &format!("listening on http://{at}"))?;
            out.flush()
        })
    }
}

/// Contacts that one batch indexes. Between batches, other writers can write.
const INDEX_BATCH: usize = 2_000;

/// Keeps a substring index, which keyword searches use. An existing book is indexed beside the first calls; without the index, they
/// read each contact.
fn build_substring_index(store: &Store) {
    let session = store.session(Actor::System);
    std::thread::spawn(move || while session.substring_index().build(INDEX_BATCH).is_ok_and(|done| !done) {});
}
