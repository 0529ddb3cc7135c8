//! As much of the protocol of `PostgreSQL` as a comparison needs: a local socket, prepared statements, texts and numbers.

use std::io::{BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::Result;

/// A connection.
pub(crate) struct Wire {
    stream: BufReader<UnixStream>,
    out: Vec<u8>,
}

impl Wire {
    /// Connects to the socket of a server that trusts who is local.
    pub(crate) fn connect(socket: &Path, user: &str, database: &str) -> Result<Self> {
        let mut wire = Self { stream: BufReader::new(UnixStream::connect(socket)?), out: Vec::new() };
        let mut start = 196_608_i32.to_be_bytes().to_vec(); // version 3.0
        for word in ["user", user, "database", database, ""] {
            start.extend(word.as_bytes());
            start.push(0);
        }
        wire.out.extend((i32::try_from(start.len())? + 4).to_be_bytes());
        wire.out.extend(start);
        wire.finish()?;
        Ok(wire)
    }

    fn message(&mut self, kind: u8, parts: &[&[u8]]) -> Result<()> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>() + 4;
        self.out.push(kind);
        self.out.extend(i32::try_from(length)?.to_be_bytes());
        for part in parts {
            self.out.extend(*part);
        }
        Ok(())
    }

    /// Sends what was said, and reads until the server is ready; gives the fields of the rows, as texts.
    fn finish(&mut self) -> Result<Vec<Vec<String>>> {
        self.stream.get_mut().write_all(&self.out)?;
        self.out.clear();
        let mut rows = Vec::new();
        loop {
            let mut head = [0; 5];
            self.stream.read_exact(&mut head)?;
            let [kind, a, b, c, d] = head;
            let mut body = vec![0; usize::try_from(i32::from_be_bytes([a, b, c, d]) - 4)?];
            self.stream.read_exact(&mut body)?;
            match kind {
                b'D' => rows.push(fields(&body)?),
                b'E' => {
                    let text = String::from_utf8_lossy(&body).replace('\0', " ");
                    return Err(format!("PostgreSQL says: {text}").into());
                }
                b'R' if body != [0; 4] => return Err("PostgreSQL wants a password".into()),
                // Ready for the next statement, or waiting for the lines of COPY.
                b'Z' | b'G' => return Ok(rows),
                _ => {}
            }
        }
    }

    /// Runs statements that take no parameters.
    pub(crate) fn run(&mut self, sql: &str) -> Result<()> {
        self.message(b'Q', &[sql.as_bytes(), &[0]])?;
        self.finish().map(drop)
    }

    /// Fills a table with lines as COPY reads them: fields with tabs between them.
    pub(crate) fn copy(&mut self, sql: &str, lines: impl Iterator<Item = Result<String>>) -> Result<()> {
        self.run(sql)?;
        for line in lines {
            self.message(b'd', &[line?.as_bytes(), b"\n"])?;
            if self.out.len() > 1 << 16 {
                self.stream.get_mut().write_all(&self.out)?;
                self.out.clear();
            }
        }
        self.message(b'c', &[])?;
        self.finish().map(drop)
    }

    pub(crate) fn prepare(&mut self, name: &str, sql: &str) -> Result<()> {
        self.message(b'P', &[name.as_bytes(), &[0], sql.as_bytes(), &[0, 0, 0]])?;
        self.message(b'S', &[])?;
        self.finish().map(drop)
    }

    /// Asks a prepared statement.
    pub(crate) fn ask(&mut self, name: &str, values: &[&str]) -> Result<Vec<Vec<String>>> {
        let mut bound = vec![0]; // the portal without a name
        bound.extend(name.as_bytes());
        bound.extend([0, 0, 0]); // parameters as texts
        bound.extend(i16::try_from(values.len())?.to_be_bytes());
        for value in values {
            bound.extend(i32::try_from(value.len())?.to_be_bytes());
            bound.extend(value.as_bytes());
        }
        bound.extend([0, 0]); // and so the answer
        self.message(b'B', &[&bound])?;
        self.message(b'E', &[&[0, 0, 0, 0, 0]])?;
        self.message(b'S', &[])?;
        self.finish()
    }
}

/// The fields of a row; what is NULL is empty.
fn fields(body: &[u8]) -> Result<Vec<String>> {
    let mut rest = body.get(2..).ok_or("a row is cut short")?;
    let mut fields = Vec::new();
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        let (field, more) = more.split_at_checked(length).ok_or("a field is cut short")?;
        fields.push(String::from_utf8(field.to_vec())?);
        rest = more;
    }
    Ok(fields)
}
