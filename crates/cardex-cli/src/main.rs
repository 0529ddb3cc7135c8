//! The command line: a user of the library's public face like any other.

mod args;
mod clean;
mod commands;
mod desk;
mod failure;
#[cfg(feature = "encryption")]
mod key;
mod out;
mod place;
#[cfg(any(feature = "encryption", feature = "serve"))]
mod private;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::failure::Failure;
use crate::out::Out;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    global.color.settle();
    let mut out = Out::new(global.json);
    let done = command.run(&global, &mut out);
    // What was printed before a failure comes before its report.
    let done = out.finish().map_err(Failure::from).and(done);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(global.json);
            ExitCode::FAILURE
        }
    }
}
