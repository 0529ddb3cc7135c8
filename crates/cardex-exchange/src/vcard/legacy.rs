//! Converts canonical lines to vCard 3.0 (RFC 2426).

use crate::vcard::canonical::{OMITTED_YEAR, media_word};
use crate::vcard::escape::escape;
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
    let mut out: Vec<ContentLine> = lines.iter().cloned().map(line).collect();
    for (name, value) in [("N", ";;;;"), ("FN", "")] {
        // Both are required (RFC 2426, section 4).
        if !out.iter().any(|line| line.name == name) {
            out.push(ContentLine::new(name, value));
        }
    }
    sort_by_name(&mut out);
    out
}

fn line(mut line: ContentLine) -> ContentLine {
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
}
