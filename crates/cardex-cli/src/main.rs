//! The command line: a user of the library's public face like any other.

mod args;
mod commands;
mod default_path;
mod failure;
#[cfg(feature = "encryption")]
mod key;
mod open_store;
mod output;
mod sanitize;
#[cfg(any(feature = "encryption", feature = "serve"))]
mod secret_file;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    global.color.apply_globally();
    let mut out = Output::new(global.json);
    let done = command.run(&global, &mut out);
    // What was printed before a failure comes before its report.
    let done = out.flush().map_err(Failure::from).and(done);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(global.json);
            ExitCode::FAILURE
        }
    }
}
