//! Output: tables on a terminal, tab-separated lines in a pipe, JSON with `--json`. Messages go to standard error.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use anstream::AutoStream;
use cardex::Page;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::sanitize::{HIGHLIGHT_END, HIGHLIGHT_START, escape_json, sanitize_text};

/// A narrower terminal breaks long lines itself: a table with wrapped cells would be unreadable.
const MIN_TABLE_WIDTH: u16 = 72;
/// Cells of columns up to this width (ids, dates, most phones) are not wrapped.
const MAX_UNWRAPPED_COLUMN: u16 = 24;

/// The output of a command.
pub(crate) struct Output {
    // Without the lock: `mcp` writes from another thread.
    sink: BufWriter<AutoStream<Stdout>>,
    json: bool,
    terminal: bool,
}

/// The position of a page in the whole list.
pub(crate) struct PagePosition {
    /// The number of contacts before the page.
    pub(crate) first: u64,
    pub(crate) shown: usize,
    pub(crate) total: u64,
}

/// A cell of a table: pieces of text, each with a flag whether it is highlighted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell(pub(crate) Vec<(String, bool)>);

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self(vec![(text.into(), false)])
    }
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        Self { sink: BufWriter::with_capacity(1 << 16, AutoStream::auto(stdout)), json, terminal }
    }

    /// Whether the output is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Writes one line of JSON.
    pub(crate) fn write_json_line(&mut self, item: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_string(item).map_err(io::Error::from)?;
        writeln!(self.sink, "{}", escape_json(json))
    }

    /// Writes rows: aligned below a header on a terminal, otherwise one tab-separated line per row.
    pub(crate) fn write_table(&mut self, header: &[&str], rows: Vec<Vec<Cell>>) -> io::Result<()> {
        let text = if self.terminal { aligned_columns(header, rows) } else { tab_separated(rows) };
        self.sink.write_all(text.as_bytes())
    }

    /// Writes tab-separated lines, also on a terminal.
    pub(crate) fn write_lines(&mut self, rows: Vec<Vec<Cell>>) -> io::Result<()> {
        self.sink.write_all(tab_separated(rows).as_bytes())
    }

    /// Writes names and values, one pair per line.
    pub(crate) fn write_pairs(&mut self, pairs: Vec<(&str, Cell)>) -> io::Result<()> {
        self.write_table(&[], pairs.into_iter().map(|(name, value)| vec![name.into(), value]).collect())
    }

    /// Ends a page: writes the cursors of the pages before and after it.
    pub(crate) fn end_page<T>(&mut self, page: &Page<T>, position: Option<PagePosition>) -> io::Result<()> {
        let Page { before, after, incomplete, .. } = page;
        if self.json {
            let mut item = serde_json::Map::new();
            item.insert("before".to_owned(), serde_json::json!(before));
            item.insert("after".to_owned(), serde_json::json!(after));
            if *incomplete {
                item.insert("refine".to_owned(), true.into());
            }
            if let Some(position) = position {
                item.insert("position".to_owned(), position.first.into());
                item.insert("total".to_owned(), position.total.into());
            }
            return self.write_json_line(&serde_json::json!({ "page": item }));
        }
        if *incomplete {
            self.write_message(
                "too many contacts to scan: narrow the search, or continue with the next page",
            )?;
        }
        if let Some(PagePosition { first, shown, total }) = position {
            let end = first.saturating_add(shown as u64);
            self.write_message(&format!("{} to {end} of {total}", first.saturating_add(1).min(end)))?;
        }
        if let Some(after) = after {
            self.write_message(&format!("more with --after {after}"))?;
        }
        Ok(())
    }

    /// Writes a result: a document with `--json`, otherwise a message.
    pub(crate) fn write_result(&mut self, item: &impl Serialize, message: &str) -> io::Result<()> {
        if self.json { self.write_json_line(item) } else { self.write_message(message) }
    }

    /// Writes bytes as they are.
    pub(crate) fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)
    }

    /// A writer for the content of a file: unchanged, except that control characters are replaced on a terminal.
    pub(crate) fn file_writer(&mut self) -> io::Result<Box<dyn Write>> {
        self.sink.flush()?;
        let stdout = io::stdout().lock();
        Ok(if self.terminal { Box::new(SanitizedWriter(stdout)) } else { Box::new(BufWriter::new(stdout)) })
    }

    /// Writes a message to standard error, after the output so far. A closed standard error is ignored.
    pub(crate) fn write_message(&mut self, message: &str) -> io::Result<()> {
        self.sink.flush()?;
        let _ = writeln!(anstream::stderr().lock(), "{}", sanitize_text(message, true));
        Ok(())
    }

    /// Writes out the buffer.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Sanitizes a file on a terminal. Each write has whole characters, because the writers write whole strings.
struct SanitizedWriter<W>(W);

impl<W: Write> Write for SanitizedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            let text = line.trim_end_matches(['\r', '\n']);
            self.0.write_all(sanitize_text(text, true).as_bytes())?;
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

/// Rows as tab-separated lines. Tabs and line ends inside of values are replaced, so that a row is one line.
fn tab_separated(rows: Vec<Vec<Cell>>) -> String {
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|cell| cell_text(cell, false)).collect();
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    apply_highlight(&text)
}

/// Rows in aligned columns.
fn aligned_columns(header: &[&str], rows: Vec<Vec<Cell>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if table.width().is_some_and(|width| width >= MIN_TABLE_WIDTH) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    if !header.is_empty() {
        table.set_header(header.iter().map(|name| name.to_uppercase()));
    }
    for row in rows {
        table.add_row(row.into_iter().map(|cell| cell_text(cell, true)));
    }
    let widths = table.column_max_content_widths();
    for (column, width) in table.column_iter_mut().zip(widths) {
        if width <= MAX_UNWRAPPED_COLUMN {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    apply_highlight(&format!("{}\n", table.trim_fmt()))
}

/// The sanitized text of a cell with markers around highlighted text. Each word has its own markers, because a table
/// breaks lines between words.
fn cell_text(cell: Cell, terminal: bool) -> String {
    let mut text = String::new();
    for (piece, highlight) in cell.0 {
        let piece = sanitize_text(&piece, terminal);
        if !highlight || piece.is_empty() {
            text.push_str(&piece);
            continue;
        }
        for (at, word) in piece.split(' ').enumerate() {
            if at > 0 {
                text.push(' ');
            }
            if !word.is_empty() {
                text.extend([HIGHLIGHT_START].into_iter().chain(word.chars()).chain([HIGHLIGHT_END]));
            }
        }
    }
    text
}

/// Replaces the markers by escape sequences. A highlight ends at the end of its line.
fn apply_highlight(text: &str) -> String {
    let style = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Green.into()));
    let mut colored = String::with_capacity(text.len());
    let mut open = false;
    for c in text.chars() {
        match c {
            HIGHLIGHT_START => {
                open = true;
                colored.push_str(&style.render().to_string());
            }
            HIGHLIGHT_END | '\n' => {
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
    fn a_row_is_one_line() {
        let text = anstream::adapter::strip_str(&tab_separated(rows())).to_string();
        assert_eq!(text, "John␉Doe␛[2J\tAcme\n王小明\ta\u{202E}b\n");
    }

    #[test]
    fn highlights_do_not_shift_columns() {
        let text = aligned_columns(&["name", "company"], rows());
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
    fn a_file_is_sanitized_on_a_terminal() {
        let mut writer = SanitizedWriter(Vec::new());
        writer.write_all("FN:a\x1b[2J\u{202E}\r\nEND:VCARD\r\n".as_bytes()).unwrap();
        assert_eq!(String::from_utf8(writer.0).unwrap(), "FN:a␛[2J\nEND:VCARD\n");
    }

    #[test]
    fn an_empty_table_prints_nothing() {
        assert_eq!(aligned_columns(&["name"], Vec::new()), "");
    }
}
