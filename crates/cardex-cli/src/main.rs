//! The program `cardex`. It uses the public API of the library only.

mod args;
mod cli;
#[cfg(test)]
mod cli_docs;
mod command_groups;
mod commands;
mod default_path;
mod failure;
mod key;
mod open_store;
mod output;
mod sanitize;
#[cfg(any(feature = "encryption", feature = "serve"))]
mod secret_file;

use std::process::ExitCode;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::Output;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::from_args();
    global.color.apply_globally();
    let mut out = Output::new(global.json);
    let result = command.run(&global, &mut out);
    // Output before a failure is printed before its report.
    let result = out.flush().map_err(Failure::from).and(result);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(global.json);
            ExitCode::FAILURE
        }
    }
}
