//! Runs the program as a user does: output, errors, exit codes.

mod administration;
mod bulk;
mod call;
mod contact_data;
mod contact_edit;
mod conversations;
mod demo;
mod duplicates;
mod errors;
mod exchange;
mod files;
mod import_plan;
#[cfg(unix)]
mod killed_copy;
mod maintenance;
#[cfg(feature = "mcp")]
mod mcp;
mod merge;
mod onboard;
mod output;
mod search;
#[cfg(all(feature = "serve", unix))]
mod serve;
#[cfg(all(feature = "serve", unix))]
mod serve_http;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A temporary folder with a book, and the program run on it.
struct TestCli {
    folder: tempfile::TempDir,
}

/// The result of a command.
struct Finished {
    code: Option<i32>,
    out: String,
    err: String,
}

impl TestCli {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a small demo book.
    fn demo() -> Self {
        let cli = Self::new();
        cli.ok(&["demo", "--contacts", "300", "--advisors", "5"]);
        cli
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn book(&self) -> PathBuf {
        self.path("book.cardex")
    }

    /// Writes a file, and returns its path as an argument.
    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.env("CARDEX_BOOK", self.book()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        finish(&mut self.command(arguments))
    }

    /// Runs a command that must succeed, and returns its output.
    fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
        ran.out
    }

    /// As [`TestCli::ok`] with `--json`: one value per line.
    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        lines(&self.ok(&[arguments, &["--json"]].concat()))
    }

    /// Runs a command that must fail, and returns its JSON report. The message is the same with and without `--json`.
    fn fails(&self, arguments: &[&str]) -> Value {
        let plain = self.run(arguments);
        assert_eq!((plain.code, plain.out.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(plain.err.starts_with("cardex: "), "{arguments:?}: {}", plain.err);
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        let report: Value = serde_json::from_str(&ran.err).unwrap();
        let message = report["message"].as_str().unwrap();
        assert!(plain.err.contains(message), "{arguments:?}: {} and {message}", plain.err);
        report
    }

    /// Adds a contact and returns its id.
    fn add(&self, arguments: &[&str]) -> String {
        let added = self.json(&[&["add"], arguments].concat());
        added[0]["contact"]["id"].as_str().unwrap().to_owned()
    }
}

/// The program without the environment variables that change its behaviour.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cardex"));
    for variable in ["CARDEX_BOOK", "CARDEX_KEY", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "XDG_DATA_HOME"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

fn finish(command: &mut Command) -> Finished {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Finished { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn lines(json: &str) -> Vec<Value> {
    json.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn exists(path: &Path) -> bool {
    path.try_exists().unwrap()
}
