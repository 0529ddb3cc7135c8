//! `completions`: a script that teaches a shell the commands.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::args::Cli;
use crate::commands::CommandResult;
use crate::output::Output;

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, out: &mut Output) -> CommandResult {
        // Into memory first: the generator does not survive an output that closes early.
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "cardex", &mut script);
        Ok(out.write_raw(&script)?)
    }
}
