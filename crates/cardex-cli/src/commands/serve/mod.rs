//! `serve`: the HTTP APIs on a port.

mod compression;
mod cors;
mod exchange;
mod jwt_keys;
mod request_log;
mod server;
mod service_manager;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cardex::{Actor, Store};
use cardex_http::{AuthError, Authenticator as _, SignedTokens, StaticTokens};
use clap::Args;
use http::request::Parts;
use serde_json::json;

use crate::args::Global;
use crate::commands::products::{Product, Products};
use crate::commands::serve::cors::{Origin, Origins};
use crate::commands::serve::exchange::Server;
use crate::commands::serve::request_log::{LogFormat, LogWriter, RequestLog};
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
    #[arg(long, value_name = "FILE", required_unless_present = "jwt_keys")]
    token_file: Option<PathBuf>,
    /// The file with the public keys of callers that sign their tokens (JWT with RS512): a line "SUBJECT ACTOR", then the key in PEM.
    /// Several such lines before a key share it. Tokens end after at most 30 minutes
    #[arg(long, value_name = "FILE")]
    jwt_keys: Option<PathBuf>,
    /// The audience that a signed token must name. By default, it must name none
    #[arg(long, value_name = "TEXT", requires = "jwt_keys")]
    jwt_audience: Option<String>,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// Serve the API of one product only; the default is all of them
    #[arg(long, alias = "dialect", value_name = "NAME")]
    product: Option<Product>,
    /// Let web pages of this origin, the scheme and the host, read answers (CORS); may be given several times. By default, no page of
    /// another origin may
    #[arg(long, value_name = "ORIGIN")]
    cors_origin: Vec<Origin>,
    /// Write a line for each request to standard output: time, method, path of the API, status, duration, bytes. It contains no value
    /// of a path, no query and no body
    #[arg(long, value_name = "FORMAT")]
    log: Option<LogFormat>,
}

impl Serve {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        if !self.listen.ip().is_loopback() && !self.allow_remote {
            let message = "other machines can reach this address; add --allow-remote to allow that";
            return Err(Failure::new("remote", message));
        }
        let OpenStore { store, .. } = OpenStore::open(global)?;
        let tokens = match &self.token_file {
            Some(file) => tokens::read(file, &store)?,
            None => StaticTokens::new(),
        };
        let signed = match &self.jwt_keys {
            Some(file) => jwt_keys::read(file, self.jwt_audience, &store)?,
            None => SignedTokens::new(),
        };
        let session = move |store: &Store, request: &Parts| {
            let session = match tokens.session(store, request) {
                Err(AuthError::Rejected) => signed.session(store, request)?,
                known => known?,
            };
            Ok(session.origin(ORIGIN).deadline(CALL_TIMEOUT))
        };
        if !global.read_only {
            build_substring_index(&store);
        }
        let (log, writer) = self.log.map(RequestLog::start).transpose()?.unzip();
        let server = Server {
            api: Products::new(&store, self.product, session),
            local_only: !self.allow_remote,
            origins: Origins(self.cors_origin),
            log,
        };
        let ended = server::run(server, self.listen, |at| {
            out.write_result(&json!({ "listening": at }), &format!("listening on http://{at}"))?;
            out.flush()
        });
        if let Some(dropped @ 1..) = writer.map(LogWriter::finish) {
            out.write_message(&format!("{dropped} lines of the log were dropped: their reader was slow"))?;
        }
        ended
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
