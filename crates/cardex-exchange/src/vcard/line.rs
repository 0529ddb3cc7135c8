//! One content line: `group.NAME;PARAM=value:value`.

use std::cmp::Ordering;

/// The line of a file that a property begins on; 0 if it is from no file. All are equal: a property on another line is the same property.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LineNumber(pub(crate) u64);

impl PartialEq for LineNumber {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LineNumber {}

impl PartialOrd for LineNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LineNumber {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

/// A content line in canonical form. The value is still escaped and has no line ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContentLine {
    /// The name of the property, in upper case.
    pub(crate) name: String,
    /// The group; empty for none.
    pub(crate) group: String,
    /// The parameters, with names in upper case, ordered by name.
    pub(crate) params: Vec<(String, Vec<String>)>,
    pub(crate) value: String,
    pub(crate) at: LineNumber,
}

impl std::fmt::Debug for ContentLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentLine").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The maximum bytes of a physical line (RFC 6350, section 3.2).
const MAX_LINE_BYTES: usize = 75;

impl ContentLine {
    /// A line without parameters; the value is escaped already.
    pub(crate) fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            group: String::new(),
            params: Vec::new(),
            value: value.into(),
            at: LineNumber::default(),
        }
    }

    /// The values of a parameter.
    pub(crate) fn param(&self, name: &str) -> &[String] {
        self.params.iter().find(|(n, _)| n == name).map_or(&[], |(_, values)| values)
    }

    pub(crate) fn first_param(&self, name: &str) -> Option<&str> {
        self.param(name).first().map(String::as_str)
    }

    pub(crate) fn has_param_value(&self, name: &str, value: &str) -> bool {
        self.param(name).iter().any(|v| v.eq_ignore_ascii_case(value))
    }

    pub(crate) fn remove_param(&mut self, name: &str) {
        self.params.retain(|(n, _)| n != name);
    }

    /// Sets a parameter; without values it is removed.
    pub(crate) fn set_param(&mut self, name: &str, values: Vec<String>) {
        self.remove_param(name);
        if !values.is_empty() {
            let at = self.params.partition_point(|(n, _)| n.as_str() < name);
            self.params.insert(at, (name.to_owned(), values));
        }
    }

    /// Removes a value of a parameter; returns whether it was there.
    pub(crate) fn take_param_value(&mut self, name: &str, value: &str) -> bool {
        let mut values = self.param(name).to_vec();
        let before = values.len();
        values.retain(|v| !v.eq_ignore_ascii_case(value));
        let found = values.len() != before;
        if found {
            self.set_param(name, values);
        }
        found
    }

    /// The line as text, without folding and line end.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.value.len().saturating_add(64));
        if !self.group.is_empty() {
            out.push_str(&self.group);
            out.push('.');
        }
        // Names are case-insensitive; Apple's programs write this one in mixed case.
        out.push_str(if self.name == "X-ABLABEL" { "X-ABLabel" } else { &self.name });
        for (name, values) in &self.params {
            out.push(';');
            out.push_str(name);
            for (at, value) in values.iter().enumerate() {
                out.push(if at == 0 { '=' } else { ',' });
                write_param(value, &mut out);
            }
        }
        out.push(':');
        out.push_str(&self.value);
        out
    }

    /// Appends the line, folded at 75 bytes, with its line end.
    pub(crate) fn append_to(&self, out: &mut String) {
        let text = self.to_text();
        let mut width = 0_usize;
        for c in text.chars() {
            if width.saturating_add(c.len_utf8()) > MAX_LINE_BYTES {
                out.push_str("\r\n ");
                width = 1;
            }
            out.push(c);
            width = width.saturating_add(c.len_utf8());
        }
        out.push_str("\r\n");
    }
}

/// Writes a parameter value, in quotes if necessary. Quotes and line ends are escaped as in RFC 6868.
fn write_param(value: &str, out: &mut String) {
    let quoted = value.contains([',', ';', ':']) || value.trim() != value;
    if quoted {
        out.push('"');
    }
    for c in value.chars() {
        match c {
            '^' => out.push_str("^^"),
            '"' => out.push_str("^'"),
            '\n' => out.push_str("^n"),
            '\r' => {}
            _ => out.push(c),
        }
    }
    if quoted {
        out.push('"');
    }
}

/// Sorts into the canonical order: by property name; equal names keep their order.
pub(crate) fn sort_by_name(lines: &mut [ContentLine]) {
    lines.sort_by(|a, b| a.name.cmp(&b.name));
}

/// A whole card. `version` is `4.0`, or `3.0` for lines that were converted to 3.0.
pub(crate) fn write_card(lines: &[ContentLine], version: &str) -> String {
    let mut text = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n");
    for line in lines {
        line.append_to(&mut text);
    }
    text.push_str("END:VCARD\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_characters_whole() {
        let mut out = String::new();
        ContentLine::new("NOTE", "é".repeat(100)).append_to(&mut out);
        assert!(out.split("\r\n").all(|line| line.len() <= MAX_LINE_BYTES));
        assert_eq!(out.replace("\r\n ", "").trim_end(), format!("NOTE:{}", "é".repeat(100)));
    }

    #[test]
    fn params() {
        let mut line = ContentLine::new("TEL", "1");
        line.set_param("TYPE", vec!["work".into(), "fax".into()]);
        line.set_param("LABEL", vec!["a:b \"c\"^\n".into()]);
        assert_eq!(line.to_text(), "TEL;LABEL=\"a:b ^'c^'^^^n\";TYPE=work,fax:1");
        assert!(line.take_param_value("TYPE", "FAX") && !line.take_param_value("TYPE", "fax"));
        assert!(line.take_param_value("TYPE", "work") && line.param("TYPE").is_empty());
    }
}
