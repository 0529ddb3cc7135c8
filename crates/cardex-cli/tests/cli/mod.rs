//! The command line, driven as a program: output, errors, exit codes.

mod bulk;
mod call;
mod care;
mod demo;
mod errors;
mod exchange;
mod find;
#[cfg(unix)]
mod killed_copy;
mod labels;
mod merge;
mod onboard;
mod output;
mod rights;
mod rooms;
#[cfg(all(feature = "serve", unix))]
mod serve;
mod write;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A folder with a book of its own.
struct Desk {
    folder: tempfile::TempDir,
}

/// What a command left.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk with a small demo book.
    fn demo() -> Self {
        let desk = Self::new();
        desk.ok(&["demo", "--contacts", "300", "--advisors", "5"]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn book(&self) -> PathBuf {
        self.path("book.cardex")
    }

    /// A file with this text, and its path as an argument.
    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.env("CARDEX_BOOK", self.book()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    /// Runs what must be done, and gives its output.
    fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
        ran.out
    }

    /// The same with `--json`: a value a line.
    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        lines(&self.ok(&[arguments, &["--json"]].concat()))
    }

    /// Runs what must be refused, and gives the code in its report, which is the same with and without `--json`.
    fn refused(&self, arguments: &[&str]) -> Value {
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

    /// Adds a contact and gives its id.
    fn add(&self, arguments: &[&str]) -> String {
        let added = self.json(&[&["add"], arguments].concat());
        added[0]["contact"]["id"].as_str().unwrap().to_owned()
    }
}

/// The program without anything of the environment that changes what it does.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cardex"));
    for variable in ["CARDEX_BOOK", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "XDG_DATA_HOME"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn lines(json: &str) -> Vec<Value> {
    json.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn exists(path: &Path) -> bool {
    path.try_exists().unwrap()
}
