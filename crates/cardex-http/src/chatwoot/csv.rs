//! CSV (RFC 4180) of the product's import and export. A line ends with a line feed, with or without a carriage return.

use std::iter::Peekable;
use std::str::Chars;

/// The text has a quote where none may be, or ends inside quotes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The rows of a text. Empty lines are left out.
pub(super) fn parse(text: &str) -> Result<Vec<Vec<String>>, Malformed> {
    let mut letters = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    let mut rows = Vec::new();
    while letters.peek().is_some() {
        let row = parse_row(&mut letters)?;
        if row.iter().any(|cell| !cell.is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn parse_row(letters: &mut Peekable<Chars<'_>>) -> Result<Vec<String>, Malformed> {
    let mut row = Vec::new();
    loop {
        let cell = if letters.next_if_eq(&'"').is_some() { quoted(letters)? } else { plain(letters)? };
        row.push(cell);
        match letters.next() {
            Some(',') => {}
            None | Some('\n') => return Ok(row),
            Some('\r') if letters.next_if_eq(&'\n').is_some() || letters.peek().is_none() => return Ok(row),
            Some(_) => return Err(Malformed),
        }
    }
}

/// A cell after its first quote.
fn quoted(letters: &mut Peekable<Chars<'_>>) -> Result<String, Malformed> {
    let mut cell = String::new();
    loop {
        match letters.next().ok_or(Malformed)? {
            '"' if letters.next_if_eq(&'"').is_none() => return Ok(cell),
            letter => cell.push(letter),
        }
    }
}

fn plain(letters: &mut Peekable<Chars<'_>>) -> Result<String, Malformed> {
    let mut cell = String::new();
    while let Some(letter) = letters.next_if(|letter| !matches!(letter, ',' | '\r' | '\n')) {
        if letter == '"' {
            return Err(Malformed);
        }
        cell.push(letter);
    }
    Ok(cell)
}

/// Appends a row.
pub(super) fn write_row<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (at, cell) in cells.into_iter().enumerate() {
        let cell = cell.as_ref();
        if at > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_and_cells() {
        let rows = parse("\u{feff}a,b\r\n\"x, \"\"y\"\"\",\n\n,\r\nlast").unwrap();
        assert_eq!(rows, [vec!["a", "b"], vec!["x, \"y\"", ""], vec!["last"]]);
        assert_eq!(parse("a\r").unwrap(), [["a"]]);
        for bad in ["\"a", "a\"b", "\"a\"b", "a\rb"] {
            assert_eq!(parse(bad), Err(Malformed), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn written_rows_come_back(rows in proptest::collection::vec(proptest::collection::vec("(?s)[a,\"\r\n é]{0,6}", 1..4), 0..6)) {
            let mut text = String::new();
            for row in &rows {
                write_row(&mut text, row);
            }
            let filled: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            prop_assert_eq!(parse(&text).unwrap(), filled);
        }
    }
}
