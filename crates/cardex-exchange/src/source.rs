//! Physical lines of a byte stream: byte order marks, UTF-16, any line end, a length limit for every line.

use std::io::{BufRead, ErrorKind, Result};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};

/// How a physical line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    Lf,
    Cr,
    CrLf,
    /// The input ended.
    Eof,
}

impl LineEnd {
    pub(super) const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::Cr => b"\r",
            Self::CrLf => b"\r\n",
            Self::Eof => b"",
        }
    }
}

/// A physical line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SourceLine {
    /// Its number, from 1.
    pub(super) line: u64,
    pub(super) end: LineEnd,
    /// False if the line is longer than the limit; the rest of it was skipped.
    pub(super) complete: bool,
}

/// Reads lines. UTF-16 with a byte order mark is converted to UTF-8, other input is unchanged; the mark is dropped.
pub(super) struct LineSource<R> {
    input: R,
    decoder: Option<Decoder>,
    buffer: Vec<u8>,
    position: usize,
    line: u64,
    bytes: u64,
    started: bool,
    has_bom: bool,
    ended: bool,
}

impl<R: BufRead> LineSource<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            decoder: None,
            buffer: Vec::new(),
            position: 0,
            line: 0,
            bytes: 0,
            started: false,
            has_bom: false,
            ended: false,
        }
    }

    /// The bytes read from the input so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the input began with a byte order mark: then its text is certainly Unicode.
    pub(super) fn has_bom(&self) -> bool {
        self.has_bom
    }

    /// The next bytes, without consuming them; empty only at the end of the input.
    pub(super) fn peek(&mut self) -> Result<&[u8]> {
        if !self.started {
            self.start()?;
        }
        while self.position >= self.buffer.len() && !self.ended {
            self.buffer.clear();
            self.position = 0;
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let length = chunk.len();
            self.ended = length == 0;
            match &mut self.decoder {
                None => self.buffer.extend_from_slice(chunk),
                Some(decoder) => decode(decoder, chunk, self.ended, &mut self.buffer),
            }
            self.input.consume(length);
            self.bytes = self.bytes.saturating_add(length as u64);
        }
        Ok(self.buffer.get(self.position..).unwrap_or_default())
    }

    /// Reads up to three bytes to detect a byte order mark.
    fn start(&mut self) -> Result<()> {
        let mut head = Vec::with_capacity(3);
        while head.len() < 3 {
            match self.input.fill_buf() {
                Ok(chunk) => match chunk.first() {
                    Some(byte) => head.push(*byte),
                    None => break,
                },
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            self.input.consume(1);
        }
        self.started = true;
        self.bytes = head.len() as u64;
        let (encoding, mark) = match head.as_slice() {
            [0xEF, 0xBB, 0xBF] => (None, 3),
            [0xFF, 0xFE, ..] => (Some(UTF_16LE), 2),
            [0xFE, 0xFF, ..] => (Some(UTF_16BE), 2),
            _ => (None, 0),
        };
        self.has_bom = mark > 0;
        self.decoder = encoding.map(encoding_rs::Encoding::new_decoder_without_bom_handling);
        let rest = head.get(mark..).unwrap_or_default();
        match &mut self.decoder {
            None => self.buffer.extend_from_slice(rest),
            Some(decoder) => decode(decoder, rest, false, &mut self.buffer),
        }
        Ok(())
    }

    /// The next byte, without consuming it.
    pub(super) fn peek_byte(&mut self) -> Result<Option<u8>> {
        Ok(self.peek()?.first().copied())
    }

    /// Consumes the byte that [`LineSource::peek_byte`] has returned.
    pub(super) fn skip_byte(&mut self) {
        if self.buffer.get(self.position) == Some(&b'\n') {
            self.line = self.line.saturating_add(1);
        }
        self.position = self.position.saturating_add(1);
    }

    /// The line of the next byte, from 1, where bytes are consumed one by one.
    pub(super) fn line_at(&self) -> u64 {
        self.line.saturating_add(1)
    }

    /// Reads the next line, without its end, into `into`. `None` at the end of the input. Bytes after `limit` are skipped.
    pub(super) fn next_line(&mut self, into: &mut Vec<u8>, limit: usize) -> Result<Option<SourceLine>> {
        into.clear();
        if self.peek()?.is_empty() {
            return Ok(None);
        }
        self.line = self.line.saturating_add(1);
        let mut found = SourceLine { line: self.line, end: LineEnd::Eof, complete: true };
        loop {
            let ready = self.peek()?;
            if ready.is_empty() {
                return Ok(Some(found));
            }
            let stop = ready.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = ready.get(..stop.unwrap_or(ready.len())).unwrap_or_default();
            let room = limit.saturating_sub(into.len());
            found.complete &= part.len() <= room;
            into.extend_from_slice(part.get(..room).unwrap_or(part));
            let byte = stop.and_then(|stop| ready.get(stop)).copied();
            let taken = part.len().saturating_add(usize::from(byte.is_some()));
            self.position = self.position.saturating_add(taken);
            match byte {
                None => {}
                Some(b'\r') => {
                    found.end = LineEnd::Cr;
                    if self.peek()?.first() == Some(&b'\n') {
                        self.position = self.position.saturating_add(1);
                        found.end = LineEnd::CrLf;
                    }
                    return Ok(Some(found));
                }
                Some(_) => {
                    found.end = LineEnd::Lf;
                    return Ok(Some(found));
                }
            }
        }
    }
}

impl<R> std::fmt::Debug for LineSource<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineSource")
            .field("line", &self.line)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

fn decode(decoder: &mut Decoder, mut from: &[u8], last: bool, into: &mut Vec<u8>) {
    loop {
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(from.len()).unwrap_or(4_096));
        let (result, read, _) = decoder.decode_to_string(from, &mut text, last);
        into.extend_from_slice(text.as_bytes());
        from = from.get(read..).unwrap_or_default();
        if result == encoding_rs::CoderResult::InputEmpty {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], limit: usize) -> Vec<(u64, String, LineEnd, bool)> {
        // A buffer of one byte tests every boundary between reads.
        let mut source = LineSource::new(std::io::BufReader::with_capacity(1, bytes));
        let (mut line, mut all) = (Vec::new(), Vec::new());
        while let Some(found) = source.next_line(&mut line, limit).unwrap() {
            all.push((found.line, String::from_utf8_lossy(&line).into_owned(), found.end, found.complete));
        }
        assert_eq!(source.bytes(), bytes.len() as u64);
        all
    }

    #[test]
    fn any_line_end() {
        let found = lines(b"a\r\nb\nc\r\rd", 9);
        let expected = [
            (1, "a", LineEnd::CrLf, true),
            (2, "b", LineEnd::Lf, true),
            (3, "c", LineEnd::Cr, true),
            (4, "", LineEnd::Cr, true),
            (5, "d", LineEnd::Eof, true),
        ];
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!((found.0, found.1.as_str(), found.2, found.3), expected);
        }
        assert!(lines(b"", 9).is_empty());
    }

    #[test]
    fn long_lines_are_truncated() {
        let found = lines(b"abcdef\ngh\n", 3);
        assert_eq!(found, [(1, "abc".into(), LineEnd::Lf, false), (2, "gh".into(), LineEnd::Lf, true)]);
    }

    #[test]
    fn marks_and_utf_16() {
        assert_eq!(lines("\u{feff}é\nb".as_bytes(), 9).first().unwrap().1, "é");
        for little in [true, false] {
            let units = "\u{feff}é😀\r\nb".encode_utf16();
            let bytes: Vec<u8> =
                units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect();
            let found = lines(&bytes, 99);
            assert_eq!((found[0].1.as_str(), found[0].2, found[1].1.as_str()), ("é😀", LineEnd::CrLf, "b"));
        }
        for short in [&b"\xFF\xFE"[..], b"\xEF\xBB\xBF"] {
            assert!(lines(short, 9).is_empty());
        }
        assert_eq!(lines(b"\xEF", 9).len(), 1);
    }
}
