//! Converts canonical lines to vCard 3.0 (RFC 2426) and 2.1.

use crate::vcard::canonical::{OMITTED_YEAR, ValueType, media_word, value_type_of};
use crate::vcard::escape::{escape, join, split_list, unescape};
use crate::vcard::line::{ContentLine, sort_by_name};

/// Parameters that exist in 4.0 only. A program that reads 3.0 may show them as text.
const ONLY_4_0: [&str; 23] = [
    "ALTID",
    "AUTHOR",
    "AUTHOR-NAME",
    "CALSCALE",
    "CC",
    "CREATED",
    "DERIVED",
    "GEO",
    "INDEX",
    "JSCOMPS",
    "JSPTR",
    "LABEL",
    "LEVEL",
    "MEDIATYPE",
    "PHONETIC",
    "PID",
    "PREF",
    "PROP-ID",
    "SCRIPT",
    "SERVICE-TYPE",
    "SORT-AS",
    "TZ",
    "USERNAME",
];

/// The year of dates without a year. It is a leap year, and before any birthday.
const APPLE_YEAR: &str = "1604";

/// The card as 3.0. Parameters of 4.0 are left out.
pub(crate) fn to_3_0(lines: &[ContentLine]) -> Vec<ContentLine> {
    let mut out: Vec<ContentLine> = lines.iter().cloned().map(line_of_3_0).collect();
    for (name, value) in [("N", ";;;;"), ("FN", "")] {
        // Both are required (RFC 2426, section 4).
        if !out.iter().any(|line| line.name == name) {
            out.push(ContentLine::new(name, value));
        }
    }
    sort_by_name(&mut out);
    out
}

/// A line as 3.0.
pub(super) fn line_of_3_0(mut line: ContentLine) -> ContentLine {
    let preferred = line.first_param("PREF") == Some("1");
    line.params.retain(|(name, _)| !ONLY_4_0.contains(&name.as_str()));
    if preferred {
        let mut types = line.param("TYPE").to_vec();
        types.push("pref".to_owned());
        line.set_param("TYPE", types);
    }
    match line.name.as_str() {
        "PHOTO" | "LOGO" | "SOUND" | "KEY" if line.param("VALUE").is_empty() => media(&mut line),
        "BDAY" | "ANNIVERSARY" => {
            match line.value.strip_prefix("--").map(|day| (day.get(..2), day.get(2..4))) {
                // 3.0 has no date without a year. The programs of Apple write this one.
                Some((Some(month), Some(day))) if line.value.len() == 6 => {
                    line.value = format!("{APPLE_YEAR}-{month}-{day}");
                    line.set_param(OMITTED_YEAR, vec![APPLE_YEAR.to_owned()]);
                }
                _ => line.value = date(&line.value),
            }
        }
        "GEO" => {
            if let Some((a, b)) = line.value.strip_prefix("geo:").and_then(|value| value.split_once(',')) {
                line.value = format!("{a};{b}");
            }
        }
        "TEL" if line.has_param_value("VALUE", "uri") => {
            if let Some(number) = line.value.strip_prefix("tel:") {
                line.value = escape(number);
                line.remove_param("VALUE");
            }
        }
        _ => {}
    }
    line
}

/// A whole card as 2.1, which old phones and cars read.
pub(crate) fn write_2_1(lines: &[ContentLine]) -> String {
    let mut text = String::from("BEGIN:VCARD\r\nVERSION:2.1\r\n");
    if !lines.iter().any(|line| line.name == "N") {
        text.push_str("N:;;;;\r\n");
    }
    for line in lines {
        let (head, value) = text_of_2_1(line);
        text.push_str(&head);
        let is_base64 = head.contains(";ENCODING=BASE64");
        let mut width = head.len();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            if width >= 70 && is_base64 {
                text.push_str("\r\n ");
                width = 1;
            } else if width >= 70 && head.contains(QUOTED_PRINTABLE) {
                text.push_str("=\r\n");
                width = 0;
            }
            text.push(c);
            if c == '=' && head.contains(QUOTED_PRINTABLE) {
                text.extend(chars.by_ref().take(2));
            }
            width = width.saturating_add(1);
        }
        // A blank line ends base64.
        text.push_str(if is_base64 { "\r\n\r\n" } else { "\r\n" });
    }
    text.push_str("END:VCARD\r\n");
    text
}

const QUOTED_PRINTABLE: &str = ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:";

/// A line as 2.1: name and parameters with the colon, and the value.
pub(super) fn text_of_2_1(line: &ContentLine) -> (String, String) {
    let kind = value_type_of(line);
    let mut line = line_of_3_0(line.clone());
    let mut head =
        if line.group.is_empty() { line.name.clone() } else { format!("{}.{}", line.group, line.name) };
    for (name, values) in std::mem::take(&mut line.params) {
        for value in values {
            // 2.1 has no quotes: a parameter that needs them is left out.
            let is_plain = !value.is_empty() && !value.contains([';', ':', ',', '"', '\n', '=']);
            match name.as_str() {
                "ENCODING" => head.push_str(";ENCODING=BASE64"),
                "TYPE" if is_plain => head.extend([";TYPE=", &value]),
                _ if is_plain => head.extend([";", &name, "=", &value]),
                _ => {}
            }
        }
    }
    let plain = |text: &str| unescape(text).replace('\\', "\\\\");
    let value = match kind {
        ValueType::Text => plain(&line.value),
        ValueType::Lists(_) | ValueType::Parts => {
            let parts = split_list(&line.value, ';').into_iter().map(|part| plain(part).replace(';', "\\;"));
            join(&parts.collect::<Vec<_>>(), ";")
        }
        _ => line.value,
    };
    // Base64 may end with the sign, at which a line of quoted-printable would continue.
    let may_end_so = !value.ends_with('=') || head.contains(";ENCODING=BASE64");
    if value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && may_end_so {
        head.push(':');
        return (head, value);
    }
    head.push_str(QUOTED_PRINTABLE);
    let mut quoted = String::with_capacity(value.len().saturating_mul(2));
    for byte in value.replace("\r\n", "\n").replace('\n', "\r\n").bytes() {
        match byte {
            b'=' | 0..=31 | 127..=255 => quoted.extend(["=".to_owned(), format!("{byte:02X}")]),
            other => quoted.push(char::from(other)),
        }
    }
    (head, quoted)
}

fn media(line: &mut ContentLine) {
    let data = line.value.strip_prefix("data:").and_then(|value| value.split_once(";base64,"));
    if let Some((media, data)) = data.map(|(media, data)| (media.to_owned(), data.to_owned())) {
        let mut types = line.param("TYPE").to_vec();
        types.push(media_word(&media).map_or(media, str::to_ascii_uppercase));
        line.set_param("TYPE", types);
        line.set_param("ENCODING", vec!["b".to_owned()]);
        line.value = data;
    } else {
        line.set_param("VALUE", vec!["uri".to_owned()]);
    }
}

/// Dates with hyphens: all programs for 3.0 read them.
fn date(value: &str) -> String {
    match (value.get(..4), value.get(4..6), value.get(6..8), value.len()) {
        (Some(year), Some(month), Some(day), 8) if value.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{year}-{month}-{day}")
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vcard::{parse, write_card};

    #[test]
    fn no_4_0_syntax_is_left() {
        let card = "VERSION:4.0\nFN:a\nTEL;PREF=1;PID=1.1;VALUE=uri;TYPE=cell:tel:+33-6\nGEO:geo:1,2\n\
            EMAIL;ALTID=1;PREF=2:a@b\nANNIVERSARY:--0512\nPHOTO:data:image/jpeg;base64,AAAA\nLOGO:http://x/y\nBDAY:19800322\n\
            ADR;LABEL=\"x\":;;s;c;;;\n";
        let lines = to_3_0(&parse(card.as_bytes()).lines);
        let text: Vec<_> = lines.iter().map(ContentLine::to_text).collect();
        assert_eq!(
            text,
            [
                "ADR:;;s;c;;;",
                "ANNIVERSARY;X-APPLE-OMIT-YEAR=1604:1604-05-12",
                "BDAY:1980-03-22",
                "EMAIL:a@b",
                "FN:a",
                "GEO:1;2",
                "LOGO;VALUE=uri:http://x/y",
                "N:;;;;",
                "PHOTO;ENCODING=b;TYPE=JPEG:AAAA",
                "TEL;TYPE=cell,pref:+33-6",
            ]
        );
        let again = parse(write_card(&lines, "3.0").replace('\r', "").as_bytes()).lines;
        assert!(again.iter().any(|line| line.to_text() == "PHOTO:data:image/jpeg;base64,AAAA"));
        assert!(again.iter().any(|line| line.to_text() == "TEL;PREF=1;TYPE=cell:+33-6"));
        assert!(!again.iter().any(|line| line.name == "N"));
    }

    /// Regression test: base64 with a sign of padding was quoted-printable too, and py-vobject failed.
    #[test]
    fn a_value_of_2_1_has_one_encoding() {
        let card = "VERSION:4.0\nFN:a\nPHOTO:data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==\nNOTE:one=\n";
        let text = write_2_1(&parse(card.as_bytes()).lines);
        let photo = "PHOTO;ENCODING=BASE64;TYPE=PNG:iVBORw0KGgoAAAANSUhEUg==\r\n\r\n";
        assert!(text.replace("\r\n ", "").contains(photo), "{text}");
        assert!(text.contains("NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:one=3D\r\n"), "{text}");
    }
}
