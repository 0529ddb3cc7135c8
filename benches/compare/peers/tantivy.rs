//! tantivy in a separate program (`benches/peers/`), so that no other build compiles it. It reads names and queries
//! line by line. It measures the time of an answer itself, so that the pipe does not count.

use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;

use super::{Peer, Question, once};
use crate::Result;
use crate::names::FORMS;

pub(crate) struct Tantivy {
    program: Child,
    input: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
    took: Duration,
}

impl Drop for Tantivy {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/target/release/cardex-peers");

impl Tantivy {
    /// Starts it with the names of a plain database, if it is built.
    pub(crate) fn start(folder: &Path, plain: &Connection) -> Result<std::result::Result<Self, String>> {
        if !Path::new(PROGRAM).exists() {
            let how = "cargo build --release --manifest-path benches/peers/Cargo.toml";
            return Ok(Err(format!("tantivy is not built: {how}")));
        }
        let mut program =
            Command::new(PROGRAM).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = BufWriter::new(program.stdin.take().ok_or("no stdin")?);
        let answers = BufReader::new(program.stdout.take().ok_or("no stdout")?);
        let mut started = Self { program, input, answers, took: Duration::ZERO };
        if started.line()? != "ready" {
            started.fill(plain)?;
        }
        Ok(Ok(started))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.input.flush()?;
        if self.answers.read_line(&mut line)? == 0 {
            return Err("the program beside has stopped".into());
        }
        Ok(line.trim_end_matches('\n').to_owned())
    }

    /// Sends all names in the order of answers. The number of a line is its rank.
    fn fill(&mut self, plain: &Connection) -> Result<()> {
        let mut advisors = plain.prepare("SELECT advisor FROM link WHERE contact = ?")?;
        let mut select =
            plain.prepare("SELECT network, contact, text FROM name_text ORDER BY rank, text, contact")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (network, contact): (i64, i64) = (row.get(0)?, row.get(1)?);
            let advisors = advisors.query_map([contact], |row| Ok(row.get::<_, i64>(0)?.to_string()))?;
            let advisors = advisors.collect::<rusqlite::Result<Vec<_>>>()?.join(",");
            writeln!(self.input, "{network}\t{contact}\t{advisors}\t{}", row.get_ref(2)?.as_str()?)?;
        }
        writeln!(self.input)?;
        let answer = self.line()?;
        if answer == "ready" { Ok(()) } else { Err(answer.into()) }
    }
}

impl Peer for Tantivy {
    fn name(&self) -> &'static str {
        "tantivy, ids"
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let advisor = question.advisor.map(|id| id.to_string()).unwrap_or_default();
        let most = question.limit * FORMS;
        writeln!(self.input, "{}\t{advisor}\t{most}\t{}", question.network, question.text)?;
        let answer = self.line()?;
        let (nanos, found) = answer.split_once('\t').ok_or("an answer without its time")?;
        self.took = Duration::from_nanos(nanos.parse()?);
        once(found.split_whitespace().map(|id| Ok(id.parse()?)), question.limit)
    }

    fn took(&self) -> Option<Duration> {
        Some(self.took)
    }

    fn patience(&self, contacts: u64, queries: usize) -> usize {
        queries.min(if contacts > 2_000_000 { 20 } else { 100 })
    }
}
