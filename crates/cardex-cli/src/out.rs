//! Output: tables on a terminal, tab-separated lines in a pipe, JSON when asked for. Messages go to stderr.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstream::AutoStream;
use cardex::Page;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::clean::{MARK, UNMARK, clean, escape_json};

/// A terminal with fewer columns breaks long lines itself: a table in so little space cannot be read.
const NARROW: u16 = 72;
/// Columns this narrow (ids, dates, most phones) are not broken to make room for others.
const WHOLE: u16 = 24;

/// Where a command writes.
pub(crate) struct Out {
    sink: BufWriter<AutoStream<StdoutLock<'static>>>,
    json: bool,
    terminal: bool,
}

/// Where a page stands in the whole list.
pub(crate) struct Place {
    /// Contacts before its first one.
    pub(crate) first: u64,
    pub(crate) shown: usize,
    pub(crate) total: u64,
}

/// A cell of a table: pieces of text, each highlighted or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell(pub(crate) Vec<(String, bool)>);

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self(vec![(text.into(), false)])
    }
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        Self { sink: BufWriter::with_capacity(1 << 16, AutoStream::auto(stdout.lock())), json, terminal }
    }

    /// Whether JSON was asked for.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// Writes one line of JSON.
    pub(crate) fn item(&mut self, item: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_string(item).map_err(io::Error::from)?;
        writeln!(self.sink, "{}", escape_json(json))
    }

    /// Writes rows: with a header and in columns on a terminal, one line a row elsewhere.
    pub(crate) fn table(&mut self, header: &[&str], rows: Vec<Vec<Cell>>) -> io::Result<()> {
        let text = if self.terminal { columns(header, rows) } else { lines(rows) };
        self.sink.write_all(text.as_bytes())
    }

    /// Writes names and values, one pair a line.
    pub(crate) fn pairs(&mut self, pairs: Vec<(&str, Cell)>) -> io::Result<()> {
        self.table(&[], pairs.into_iter().map(|(name, value)| vec![name.into(), value]).collect())
    }

    /// Ends a page: tells how to get its neighbours.
    pub(crate) fn page<T>(&mut self, page: &Page<T>, place: Option<Place>) -> io::Result<()> {
        let Page { before, after, refine, .. } = page;
        if self.json {
            let mut ends = serde_json::Map::new();
            ends.insert("before".to_owned(), serde_json::json!(before));
            ends.insert("after".to_owned(), serde_json::json!(after));
            if *refine {
                ends.insert("refine".to_owned(), true.into());
            }
            if let Some(place) = place {
                ends.insert("position".to_owned(), place.first.into());
                ends.insert("total".to_owned(), place.total.into());
            }
            return self.item(&serde_json::json!({ "page": ends }));
        }
        if *refine {
            self.note("too many contacts to look at: ask for less, or go on")?;
        }
        if let Some(Place { first, shown, total }) = place {
            let end = first.saturating_add(shown as u64);
            self.note(&format!("{} to {end} of {total}", first.saturating_add(1).min(end)))?;
        }
        if let Some(after) = after {
            self.note(&format!("more with --after {after}"))?;
        }
        Ok(())
    }

    /// Writes what was done: a document with `--json`, a message without.
    pub(crate) fn done(&mut self, item: &impl Serialize, message: &str) -> io::Result<()> {
        if self.json { self.item(item) } else { self.note(message) }
    }

    /// Writes bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)
    }

    /// A way to write a file's bytes: as they are, but harmless on a terminal.
    pub(crate) fn file(&mut self) -> io::Result<Box<dyn Write>> {
        self.sink.flush()?;
        let stdout = io::stdout().lock();
        Ok(if self.terminal { Box::new(Shown(stdout)) } else { Box::new(BufWriter::new(stdout)) })
    }

    /// A message for people, after what was written so far. Nobody may be there to read it.
    pub(crate) fn note(&mut self, message: &str) -> io::Result<()> {
        self.sink.flush()?;
        let _ = writeln!(anstream::stderr().lock(), "{}", clean(message, true));
        Ok(())
    }

    /// Writes out what is still held back.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// A file shown on a terminal. Texts come whole, one a write.
struct Shown<W>(W);

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            let text = line.trim_end_matches(['\r', '\n']);
            self.0.write_all(clean(text, true).as_bytes())?;
            if text.len() < line.len() {
                self.0.write_all(b"\n")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Rows as tab-separated lines. Tabs and line ends within a value are replaced: a row is a line.
fn lines(rows: Vec<Vec<Cell>>) -> String {
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|cell| marked(cell, false)).collect();
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    colored(&text)
}

/// Rows in columns.
fn columns(header: &[&str], rows: Vec<Vec<Cell>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if table.width().is_some_and(|width| width >= NARROW) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    if !header.is_empty() {
        table.set_header(header.iter().map(|name| name.to_uppercase()));
    }
    for row in rows {
        table.add_row(row.into_iter().map(|cell| marked(cell, true)));
    }
    let widths = table.column_max_content_widths();
    for (column, width) in table.column_iter_mut().zip(widths) {
        if width <= WHOLE {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    colored(&format!("{}\n", table.trim_fmt()))
}

/// The text of a cell, harmless, with marks around what is highlighted: around each word, because a table breaks its
/// lines between words.
fn marked(cell: Cell, terminal: bool) -> String {
    let mut text = String::new();
    for (piece, highlight) in cell.0 {
        let piece = clean(&piece, terminal);
        if !highlight || piece.is_empty() {
            text.push_str(&piece);
            continue;
        }
        for (at, word) in piece.split(' ').enumerate() {
            if at > 0 {
                text.push(' ');
            }
            if !word.is_empty() {
                text.extend([MARK].into_iter().chain(word.chars()).chain([UNMARK]));
            }
        }
    }
    text
}

/// The text with escape sequences for the marks. A mark is never open past the end of its line.
fn colored(text: &str) -> String {
    let style = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Green.into()));
    let mut colored = String::with_capacity(text.len());
    let mut open = false;
    for c in text.chars() {
        match c {
            MARK => {
                open = true;
                colored.push_str(&style.render().to_string());
            }
            UNMARK | '\n' => {
                if open {
                    colored.push_str(&style.render_reset().to_string());
                }
                open = false;
                colored.extend((c == '\n').then_some('\n'));
            }
            c => colored.push(c),
        }
    }
    colored
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Cell>> {
        let name = Cell(vec![("Jo".to_owned(), true), ("hn\tDoe\x1b[2J".to_owned(), false)]);
        vec![vec![name, "Acme".into()], vec!["王小明".into(), "a\u{202E}b".into()]]
    }

    #[test]
    fn a_row_is_a_line() {
        let text = anstream::adapter::strip_str(&lines(rows())).to_string();
        assert_eq!(text, "John␉Doe␛[2J\tAcme\n王小明\ta\u{202E}b\n");
    }

    #[test]
    fn columns_line_up_whatever_is_highlighted() {
        let text = columns(&["name", "company"], rows());
        assert!(text.contains("\x1b[1m\x1b[32mJo\x1b[0mhn"), "{text:?}");
        assert!(!text.contains("\x1b[2J") && !text.contains('\u{202E}'), "{text:?}");
        let text = anstream::adapter::strip_str(&text).to_string();
        let at = |line: usize, word: &str| {
            let line = text.lines().nth(line).unwrap();
            let before = &line[..line.find(word).unwrap()];
            // Han characters are two columns wide.
            before.chars().map(|c| if c > '\u{3000}' { 2 } else { 1 }).sum::<usize>()
        };
        assert_eq!(at(0, "COMPANY"), at(1, "Acme"), "{text}");
        assert_eq!(at(0, "COMPANY"), at(2, "ab"), "{text}");
    }

    #[test]
    fn a_file_shown_is_harmless() {
        let mut shown = Shown(Vec::new());
        shown.write_all("FN:a\x1b[2J\u{202E}\r\nEND:VCARD\r\n".as_bytes()).unwrap();
        assert_eq!(String::from_utf8(shown.0).unwrap(), "FN:a␛[2J\nEND:VCARD\n");
    }

    #[test]
    fn an_empty_table_is_nothing() {
        assert_eq!(columns(&["name"], Vec::new()), "");
    }
}
