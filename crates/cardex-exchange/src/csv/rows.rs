//! Rows of a CSV stream. A quote that is never closed costs its own line, not the rest of the file.

use std::collections::VecDeque;
use std::io::{BufRead, Result};

use crate::source::{End, Source};
use cardex::limits;

/// Bytes that a row may have.
const ROW: usize = limits::CARD.saturating_add(1024 * 1024);
/// Bytes that are searched for the end of a quote once a file has shown one that does not end.
const CAREFUL: usize = 64 * 1024;

/// A row, or what is wrong with it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: std::result::Result<Vec<Vec<u8>>, &'static str>,
}

struct Physical {
    line: u64,
    bytes: Vec<u8>,
    end: End,
    whole: bool,
}

pub(super) struct Rows<R> {
    source: Source<R>,
    /// Lines that were read in vain and are read again.
    again: VecDeque<Physical>,
    separator: Option<u8>,
    room: usize,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Self { source, again: VecDeque::new(), separator: None, room: ROW }
    }

    pub(super) fn source(&self) -> &Source<R> {
        &self.source
    }

    /// The next row that is not blank. The first one decides on the separator.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>> {
        while let Some(first) = self.physical()? {
            if first.bytes.trim_ascii().is_empty() {
                continue;
            }
            let separator = if let Some(separator) = self.separator {
                separator
            } else {
                let (separator, is_directive) = separator(&first.bytes);
                self.separator = Some(separator);
                if is_directive {
                    continue;
                }
                separator
            };
            return self.row(&first, separator).map(Some);
        }
        Ok(None)
    }

    fn physical(&mut self) -> Result<Option<Physical>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let found = self.source.next_line(&mut bytes, ROW)?;
        Ok(found.map(|found| Physical { line: found.line, bytes, end: found.end, whole: found.whole }))
    }

    fn row(&mut self, first: &Physical, separator: u8) -> Result<Row> {
        let line = first.line;
        let mut scan = Scan::new(separator);
        let mut whole = first.whole;
        scan.feed(&first.bytes);
        let mut last_end = first.end;
        let mut taken: Vec<Physical> = Vec::new();
        let mut size = first.bytes.len();
        while scan.quoted && whole {
            scan.field.extend_from_slice(last_end.as_bytes());
            let next = if size > self.room { None } else { self.physical()? };
            let Some(next) = next else {
                for line in taken.into_iter().rev() {
                    self.again.push_front(line);
                }
                self.room = CAREFUL;
                return Ok(Row { line, cells: Err("a quote is opened and not closed") });
            };
            size = size.saturating_add(next.bytes.len());
            whole &= next.whole;
            scan.feed(&next.bytes);
            last_end = next.end;
            taken.push(next);
        }
        let cells = if whole { Ok(scan.finish()) } else { Err("the row is too long") };
        Ok(Row { line, cells })
    }
}

impl<R> std::fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("source", &self.source).finish_non_exhaustive()
    }
}

/// The cells of a row as its lines go by.
struct Scan {
    separator: u8,
    cells: Vec<Vec<u8>>,
    field: Vec<u8>,
    /// Inside of quotes.
    quoted: bool,
    /// Nothing of the cell was seen yet.
    fresh: bool,
}

impl Scan {
    fn new(separator: u8) -> Self {
        Self { separator, cells: Vec::new(), field: Vec::new(), quoted: false, fresh: true }
    }

    fn feed(&mut self, line: &[u8]) {
        let mut bytes = line.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if self.quoted {
                match (byte, bytes.peek()) {
                    (b'"', Some(b'"')) => {
                        bytes.next();
                        self.field.push(b'"');
                    }
                    (b'"', _) => self.quoted = false,
                    _ => self.field.push(byte),
                }
            } else if byte == b'"' && self.fresh {
                self.quoted = true;
                self.fresh = false;
            } else if byte == self.separator {
                self.cells.push(std::mem::take(&mut self.field));
                self.fresh = true;
            } else {
                self.fresh = false;
                self.field.push(byte);
            }
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.cells.push(self.field);
        self.cells
    }
}

/// The separator that a header row shows, and whether the line is one that only names it (`sep=;`).
fn separator(line: &[u8]) -> (u8, bool) {
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] = line {
        return (*separator, true);
    }
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in line {
        quoted ^= *byte == b'"';
        for (separator, count) in &mut counts {
            *count = count.saturating_add(usize::from(!quoted && separator == byte));
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    (counts.iter().find(|(_, count)| *count == most).map_or(b',', |(separator, _)| *separator), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        let mut rows = Rows::new(Source::new(text.as_bytes()));
        let mut all = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let texts =
                |cells: Vec<Vec<u8>>| cells.into_iter().map(|c| String::from_utf8(c).unwrap()).collect();
            all.push((row.line, row.cells.map(texts)));
        }
        all
    }

    type Result<T, E> = std::result::Result<T, E>;

    #[test]
    fn quotes_and_lines() {
        let found = rows("a,\"b\"\"c\",\"d\r\ne\nf\"\r\n\r\n5\" x,,\n");
        assert_eq!(found[0], (1, Ok(vec!["a".into(), "b\"c".into(), "d\r\ne\nf".into()])));
        assert_eq!(found[1], (5, Ok(vec!["5\" x".into(), String::new(), String::new()])));
    }

    #[test]
    fn separators() {
        for text in ["a;b,c;d\n", "\"a;;;;b\",\"c,d\"\n", "a\tb\n", "sep=;\na;b\n", "a\n"] {
            let found = rows(text);
            assert_eq!(found.len(), 1, "{text:?}");
            let expected = if text.starts_with("a;b,") {
                3
            } else if text.len() == 2 {
                1
            } else {
                2
            };
            assert_eq!(found[0].1.as_ref().unwrap().len(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_open_quote_costs_one_row() {
        let found = rows("h,i\n\"a,b\nc,d\ne,f");
        assert_eq!(found.len(), 4);
        assert_eq!((found[1].0, found[1].1.is_err()), (2, true));
        assert_eq!(found[3], (4, Ok(vec!["e".into(), "f".into()])));
    }
}
