//! Keeps what a version of vCard cannot say: an extension line beside the line that other programs read.
//!
//! A line that reads back differently has a copy of its original in [`KEPT_LINE`]. A reader that finds the line unchanged puts the original
//! in its place. After a change by another program, the copy is dropped.

use crate::vcard::canonical::canonical;
use crate::vcard::decode::decode_line;
use crate::vcard::escape::{escape, unescape};
use crate::vcard::legacy::{line_of_3_0, text_of_2_1};
use crate::vcard::line::{ContentLine, sort_by_name};

/// The property with the original of another line.
const KEPT_LINE: &str = "X-CARDEX-LINE";
/// The parameter with the version that the line was converted to.
const VERSION_PARAM: &str = "V";
/// The most bytes of a line that is kept. A longer one is a photo, whose value every version has.
const MAX_KEPT: usize = 8 * 1024;

/// The line as it reads back from a file of this version.
fn read_back(line: &ContentLine, is_2_1: bool) -> Option<ContentLine> {
    let text = if is_2_1 {
        let (head, value) = text_of_2_1(line);
        head + &value
    } else {
        line_of_3_0(line.clone()).to_text()
    };
    canonical(decode_line(text.as_bytes(), is_2_1)?, is_2_1)
}

/// The lines with the originals of those that this version changes.
pub(crate) fn kept_lines(lines: &[ContentLine], is_2_1: bool) -> Vec<ContentLine> {
    let is_changed =
        |line: &&ContentLine| line.value.len() <= MAX_KEPT && read_back(line, is_2_1).as_ref() != Some(line);
    let keep = |line: &ContentLine| {
        let mut kept = ContentLine::new(KEPT_LINE, escape(&line.to_text()));
        kept.set_param(VERSION_PARAM, vec![if is_2_1 { "2.1" } else { "3.0" }.to_owned()]);
        kept
    };
    lines.iter().filter(is_changed).map(keep).collect()
}

/// Puts the originals in the places of their lines.
pub(crate) fn restore_kept_lines(lines: &mut Vec<ContentLine>) {
    if !lines.iter().any(|line| line.name == KEPT_LINE) {
        return;
    }
    let (kept, others): (Vec<_>, Vec<_>) =
        std::mem::take(lines).into_iter().partition(|line| line.name == KEPT_LINE);
    *lines = others;
    for copy in kept {
        let is_2_1 = copy.first_param(VERSION_PARAM) == Some("2.1");
        let text = unescape(&copy.value);
        let original = decode_line(text.as_bytes(), false).and_then(|line| canonical(line, false));
        let Some(original) = original else { continue };
        let converted = read_back(&original, is_2_1);
        let place = lines.iter_mut().find(|line| converted.as_ref() == Some(line));
        match (place, &converted) {
            (Some(line), _) => *line = ContentLine { at: line.at, ..original },
            // This version has no such line.
            (None, None) => lines.push(original),
            (None, Some(_)) => {}
        }
    }
    sort_by_name(lines);
}
