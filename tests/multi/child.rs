//! This program as a child process. The environment contains its role; its output reports what it has done.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use crate::roles;

const ROLE: &str = "CARDEX_TEST_ROLE";
const BOOK: &str = "CARDEX_TEST_BOOK";
const NUMBER: &str = "CARDEX_TEST_NUMBER";

/// The prefix of a line of the child. The test harness writes other lines.
const MARK: &str = "» ";

/// Writes a line for the parent. The line is in the pipe when this returns.
pub(crate) fn report_line(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{MARK}{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Does nothing, unless a test of this program started it.
#[test]
fn as_another_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let book = PathBuf::from(std::env::var_os(BOOK).unwrap());
    roles::run_role(&role, &book, std::env::var(NUMBER).unwrap().parse().unwrap());
}

/// The command of a child process, with an optional wrapper program.
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

/// A running child process.
pub(crate) struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    /// Open while the child must run, if its role checks this.
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

    /// The next line; `None` at the end.
    pub(crate) fn read_line(&mut self) -> Option<String> {
        loop {
            let line = self.lines.next()?.ok()?;
            if let Some(reported) = line.strip_prefix(MARK) {
                return Some(reported.to_owned());
            }
        }
    }

    /// Sends `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Asks the child to stop.
    pub(crate) fn stop(&mut self) {
        self.stdin = None;
    }

    /// The remaining lines, the exit status and the error output.
    pub(crate) fn end(mut self) -> (Vec<String>, ExitStatus, String) {
        self.stop();
        let reported = std::iter::from_fn(|| self.read_line()).collect();
        let mut complaint = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            let _ = std::io::Read::read_to_string(&mut errors, &mut complaint);
        }
        (reported, self.child.wait().unwrap(), complaint)
    }

    /// The remaining lines of a child that must succeed.
    pub(crate) fn finish(self) -> Vec<String> {
        let (reported, status, complaint) = self.end();
        assert!(status.success(), "{status}: {complaint}");
        reported
    }
}
