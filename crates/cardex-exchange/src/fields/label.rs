//! Labels of phones and e-mail addresses: from the type words of a line to one label, and back.

use crate::vcard::{ContentLine, escape, unescape};

/// The type words of labels, in the order of the label.
const TYPE_WORDS: [&str; 9] = ["cell", "work", "home", "main", "other", "car", "pager", "video", "fax"];

/// The marks of Apple around labels that its programs translate.
const APPLE_LABEL_MARKS: (&str, &str) = ("_$!<", ">!$_");

/// The label of a line: that of its group (`X-ABLabel`), otherwise its types.
pub(super) fn read_label(line: &ContentLine, lines: &[ContentLine]) -> String {
    if let Some(label) = group_label(line, lines) {
        let text = unescape(&label.value);
        let bare =
            text.strip_prefix(APPLE_LABEL_MARKS.0).and_then(|text| text.strip_suffix(APPLE_LABEL_MARKS.1));
        return bare.unwrap_or(&text).to_owned();
    }
    by_types(line)
}

fn by_types(line: &ContentLine) -> String {
    let mut words: Vec<&str> =
        TYPE_WORDS.into_iter().filter(|word| line.has_param_value("TYPE", word)).collect();
    if line.has_param_value("TYPE", "mobile") && !words.contains(&"cell") {
        words.insert(0, "cell");
    }
    words.join(" ")
}

fn group_label<'a>(line: &ContentLine, lines: &'a [ContentLine]) -> Option<&'a ContentLine> {
    let same =
        |other: &&ContentLine| other.name == "X-ABLABEL" && other.group.eq_ignore_ascii_case(&line.group);
    if line.group.is_empty() { None } else { lines.iter().find(same) }
}

/// Sets the label of a new line. Returns a second line with the label if type words cannot express it.
pub(super) fn write_label(
    mut line: ContentLine,
    label: &str,
    lines: &[ContentLine],
) -> (ContentLine, Option<ContentLine>) {
    let mut types: Vec<String> =
        label.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    types.sort_unstable();
    line.set_param("TYPE", types);
    if by_types(&line) == label && line.param("TYPE").iter().all(|word| TYPE_WORDS.contains(&word.as_str())) {
        return (line, None);
    }
    line.remove_param("TYPE");
    let is_used = |group: &str| lines.iter().any(|line| line.group.eq_ignore_ascii_case(group));
    // There are more names than lines, so one is free.
    let free =
        (0..=lines.len()).map(|n| format!("item{}", n.saturating_add(1))).find(|group| !is_used(group));
    line.group = free.unwrap_or_default();
    let mut extra = ContentLine::new("X-ABLABEL", escape(label));
    extra.group.clone_from(&line.group);
    (line, Some(extra))
}
