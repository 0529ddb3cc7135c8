//! Labels of phones and e-mail addresses: from the type words of a line to one label, and back.

use crate::vcard::{ContentLine, escape, is_noise, known_label, spoken_type, unescape};

/// The type words of labels, in the order of the label.
const TYPE_WORDS: [&str; 9] = ["cell", "work", "home", "main", "other", "car", "pager", "video", "fax"];

/// The parameter of a label that is not to be read as type words, although it consists of them.
const EXACT_PARAM: &str = "X-CARDEX-EXACT";

/// The marks of Apple around labels that its programs translate.
const APPLE_LABEL_MARKS: (&str, &str) = ("_$!<", ">!$_");

/// The label of a line: that of its group (`X-ABLabel`), otherwise its types.
pub(super) fn read_label(line: &ContentLine, lines: &[ContentLine]) -> String {
    let Some(label) = group_label(line, lines) else { return by_types(line) };
    let text = unescape(&label.value);
    if !label.param(EXACT_PARAM).is_empty() {
        return text;
    }
    let text = text.trim();
    let bare = text.strip_prefix(APPLE_LABEL_MARKS.0).and_then(|text| text.strip_suffix(APPLE_LABEL_MARKS.1));
    let bare = bare.unwrap_or(text);
    match known_label(bare) {
        Some(label) if label.is_empty() => by_types(line),
        Some(label) => label,
        None => bare.to_owned(),
    }
}

fn by_types(line: &ContentLine) -> String {
    let mut words: Vec<&str> =
        TYPE_WORDS.into_iter().filter(|word| line.has_param_value("TYPE", word)).collect();
    if line.has_param_value("TYPE", "mobile") && !words.contains(&"cell") {
        words.insert(0, "cell");
    }
    if words.is_empty() {
        let types = line.param("TYPE").iter().filter(|word| !is_noise(word));
        words = types.map(|word| spoken_type(word)).collect();
    }
    words.join(" ")
}

fn group_label<'a>(line: &ContentLine, lines: &'a [ContentLine]) -> Option<&'a ContentLine> {
    let same =
        |other: &&ContentLine| other.name == "X-ABLABEL" && other.group.eq_ignore_ascii_case(&line.group);
    if line.group.is_empty() { None } else { lines.iter().find(same) }
}

/// Adds a new line with a label to lines.
pub(crate) fn add_labelled_line(lines: &mut Vec<ContentLine>, line: ContentLine, label: &str) {
    if label.is_empty() {
        lines.push(line);
        return;
    }
    let (line, extra) = write_label(line, label, lines);
    lines.push(line);
    lines.extend(extra);
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
    if known_label(label).is_some_and(|known| known != label) {
        extra.set_param(EXACT_PARAM, vec!["1".to_owned()]);
    }
    (line, Some(extra))
}
