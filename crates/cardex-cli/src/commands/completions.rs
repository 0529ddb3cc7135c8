//! `completions`: a completion script for a shell.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::failure::CommandResult;
use crate::output::Output;

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script for `program`, the parser of the whole command line.
    pub(crate) fn run(self, mut program: Command, out: &mut Output) -> CommandResult {
        // Into memory first: the generator panics if the output is closed early.
        let mut script = Vec::new();
        generate(self.shell, &mut program, "cardex", &mut script);
        Ok(out.write_raw(&script)?)
    }
}
