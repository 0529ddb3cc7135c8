//! `mcp`: tools for language models over standard input and output.

use std::time::Duration;

use clap::Args;

use crate::args::{ActorArg, Global};
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use cardex::Actor;

/// The origin of the changes in the change log.
const ORIGIN: &str = "mcp";

/// Answer a client of the Model Context Protocol on standard input and output
///
/// The client starts this command. With --read-only, there is no tool that writes.
#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// The longest time of one call, 1 to 3600 seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl Mcp {
    pub(crate) fn run(self, global: &Global) -> CommandResult {
        if global.actor == ActorArg::Given(Actor::System) {
            let message =
                "the tools have the permissions of one user: give it with --as advisor:ID or --as admin";
            return Err(Failure::new("actor", message));
        }
        let OpenStore { session, .. } = OpenStore::open(global)?;
        cardex_mcp::Server::new(session.origin(ORIGIN))
            .read_only(global.read_only)
            .timeout(Duration::from_secs(self.timeout))
            .serve_stdio()
            .map_err(|error| Failure::new("mcp", format!("the client did not speak the protocol: {error}")))
    }
}
