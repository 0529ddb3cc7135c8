//! This program once more, as another process: what it is to do is in its environment, what it has done comes on its output.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use crate::roles;

const ROLE: &str = "CARDEX_TEST_ROLE";
const BOOK: &str = "CARDEX_TEST_BOOK";
const NUMBER: &str = "CARDEX_TEST_NUMBER";

/// What a line of a child begins with; the test harness writes lines of its own.
const MARK: &str = "» ";

/// Tells the parent something. The line is in the pipe when this returns, whatever becomes of the process.
pub(crate) fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{MARK}{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Does nothing, unless a test of this program has started it.
#[test]
fn as_another_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let book = PathBuf::from(std::env::var_os(BOOK).unwrap());
    roles::play(&role, &book, std::env::var(NUMBER).unwrap().parse().unwrap());
}

/// This program as a child, run by another if words come before it.
pub(crate) fn command(before: &[&str], role: &str, book: &Path, number: usize) -> Command {
    let exe = std::env::current_exe().unwrap();
    let mut command = match before {
        [] => Command::new(exe),
        [program, words @ ..] => {
            let mut command = Command::new(program);
            command.args(words).arg(exe);
            command
        }
    };
    command
        .args(["--exact", "child::as_another_process", "--nocapture", "--test-threads=1"])
        .envs([(ROLE, role), (NUMBER, &number.to_string())])
        .env(BOOK, book)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A child under way.
pub(crate) struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    /// Open as long as the child shall go on, if its role asks for that.
    stdin: Option<ChildStdin>,
}

impl Process {
    pub(crate) fn start(role: &str, book: &Path, number: usize) -> Self {
        Self::of(command(&[], role, book, number))
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let stdin = child.stdin.take();
        Self { child, lines, stdin }
    }

    /// The next thing it tells; `None` at its end.
    pub(crate) fn hear(&mut self) -> Option<String> {
        loop {
            let line = self.lines.next()?.ok()?;
            if let Some(told) = line.strip_prefix(MARK) {
                return Some(told.to_owned());
            }
        }
    }

    /// Sends `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Asks it to come to its end.
    pub(crate) fn stop(&mut self) {
        self.stdin = None;
    }

    /// What it still tells, how it ended, and what it complained of.
    pub(crate) fn end(mut self) -> (Vec<String>, ExitStatus, String) {
        self.stop();
        let told = std::iter::from_fn(|| self.hear()).collect();
        let mut complaint = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            let _ = std::io::Read::read_to_string(&mut errors, &mut complaint);
        }
        (told, self.child.wait().unwrap(), complaint)
    }

    /// The same of one that must end well.
    pub(crate) fn finish(self) -> Vec<String> {
        let (told, status, complaint) = self.end();
        assert!(status.success(), "{status}: {complaint}");
        told
    }
}
