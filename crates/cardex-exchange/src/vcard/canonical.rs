//! One form for the lines of all versions, so that a card does not depend on the version of its file.
//!
//! The form is that of 4.0 (RFC 6350): embedded media are `data:` URIs, a preference is `PREF=1`, dates have no hyphens,
//! known types are in lower case, and values are escaped in one way.

use crate::vcard::escape::{escape, join, split_list, unescape};
use crate::vcard::line::ContentLine;
use crate::vcard::media::media_type_of_base64;

/// The structure of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueType {
    Text,
    /// Texts separated by commas.
    List,
    /// Lists separated by semicolons, at least this many.
    Lists(usize),
    /// Texts separated by semicolons.
    Parts,
    Uri,
    Date,
    /// Unknown: unchanged.
    Raw,
}

const MEDIA: [&str; 4] = ["PHOTO", "LOGO", "SOUND", "KEY"];
const IMAGES: [&str; 2] = ["PHOTO", "LOGO"];

/// Media types by the type words of 2.1 and 3.0.
const MEDIA_TYPES: [(&str, &str); 14] = [
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("bmp", "image/bmp"),
    ("tiff", "image/tiff"),
    ("webp", "image/webp"),
    ("heic", "image/heic"),
    ("wave", "audio/wav"),
    ("basic", "audio/basic"),
    ("ogg", "audio/ogg"),
    ("mp3", "audio/mpeg"),
    ("x509", "application/pkix-cert"),
    ("pgp", "application/pgp-keys"),
];

/// Type words that are always written in lower case.
const TYPES: [&str; 28] = [
    "home",
    "work",
    "cell",
    "fax",
    "pager",
    "voice",
    "video",
    "text",
    "textphone",
    "msg",
    "car",
    "isdn",
    "bbs",
    "modem",
    "pcs",
    "main",
    "other",
    "internet",
    "x400",
    "aol",
    "dom",
    "intl",
    "postal",
    "parcel",
    "iphone",
    "mobile",
    "pref",
    "main-number",
];

/// The structure of the value of a line.
pub(crate) fn value_type_of(line: &ContentLine) -> ValueType {
    let default = match line.name.as_str() {
        "FN" | "NOTE" | "TITLE" | "ROLE" | "EMAIL" | "TEL" | "LABEL" | "MAILER" | "SORT-STRING" | "LANG"
        | "UID" | "BIRTHPLACE" | "DEATHPLACE" | "EXPERTISE" | "HOBBY" | "INTEREST" | "PRODID" | "KIND"
        | "AGENT" | "X-ABLABEL" => ValueType::Text,
        name if name.starts_with("X-CARDEX-") => ValueType::Text,
        "NICKNAME" | "CATEGORIES" => ValueType::List,
        "N" => ValueType::Lists(5),
        "ADR" => ValueType::Lists(7),
        "ORG" | "GENDER" | "CLIENTPIDMAP" => ValueType::Parts,
        "URL" | "PHOTO" | "LOGO" | "SOUND" | "KEY" | "IMPP" | "SOURCE" | "MEMBER" | "RELATED" | "FBURL"
        | "CALURI" | "CALADRURI" | "GEO" | "ORG-DIRECTORY" | "CONTACT-URI" | "SOCIALPROFILE" => {
            ValueType::Uri
        }
        "BDAY" | "ANNIVERSARY" | "DEATHDATE" | "REV" | "CREATED" => ValueType::Date,
        _ => ValueType::Raw,
    };
    match (default, line.first_param("VALUE")) {
        (ValueType::Text, Some("uri")) => ValueType::Uri,
        (ValueType::Uri | ValueType::Date, Some("text")) => ValueType::Text,
        _ => default,
    }
}

/// The canonical form of a line; `None` if it is empty (such as a name without parts).
pub(crate) fn canonical(mut line: ContentLine, is_2_1: bool) -> Option<ContentLine> {
    normalize_types(&mut line);
    drop_default_value_type(&mut line);
    embed_media(&mut line);
    name_media(&mut line);
    let kind = value_type_of(&line);
    line.value = match kind {
        ValueType::Text => escape(&unescape(&line.value)),
        ValueType::List => list(&line.value, ','),
        ValueType::Parts => trimmed(&list(&line.value, ';')),
        ValueType::Lists(min) => lists(&line.value, min, is_2_1),
        ValueType::Uri => uri(&line.name, &line.value),
        ValueType::Date => date_of(&mut line),
        ValueType::Raw => line.value,
    };
    if line.name == "UID" {
        let trimmed = line.value.trim().to_owned();
        line.value = trimmed;
    }
    let empty = line.value.bytes().all(|byte| matches!(byte, b';' | b',' | b' '));
    let is_droppable = empty && matches!(line.name.as_str(), "N" | "FN" | "TEL" | "EMAIL" | "ORG" | "UID");
    (!is_droppable).then_some(line)
}

fn normalize_types(line: &mut ContentLine) {
    let mut types = line.param("TYPE").to_vec();
    for value in &mut types {
        if TYPES.iter().any(|known| known.eq_ignore_ascii_case(value)) {
            value.make_ascii_lowercase();
        }
    }
    if line.name == "EMAIL" {
        // The default type of 2.1 and 3.0; 4.0 does not have it.
        types.retain(|value| value != "internet");
    }
    types.sort_unstable();
    types.dedup();
    line.set_param("TYPE", types);
    if line.take_param_value("TYPE", "pref") && line.param("PREF").is_empty() {
        line.set_param("PREF", vec!["1".to_owned()]);
    }
}

/// Drops a value type that is the default.
fn drop_default_value_type(line: &mut ContentLine) {
    if let Some(value) = line.first_param("VALUE").map(str::to_ascii_lowercase) {
        let value = if value == "url" { "uri".to_owned() } else { value };
        line.set_param("VALUE", Vec::new());
        let is_default = match value_type_of(line) {
            ValueType::Text => value == "text" || (line.name == "TEL" && value == "phone-number"),
            ValueType::List | ValueType::Lists(_) | ValueType::Parts => value == "text",
            ValueType::Uri => value == "uri" || value == "binary",
            ValueType::Date => {
                matches!(value.as_str(), "date" | "date-time" | "date-and-or-time" | "timestamp")
            }
            ValueType::Raw => false,
        };
        if !is_default {
            line.set_param("VALUE", vec![value]);
        }
    }
}

/// Converts base64 media of 2.1 and 3.0 to a `data:` URI (RFC 2397).
fn embed_media(line: &mut ContentLine) {
    if !line.has_param_value("ENCODING", "b") && !line.has_param_value("ENCODING", "base64") {
        return;
    }
    line.value.retain(|c| !c.is_whitespace());
    line.set_param("ENCODING", vec!["b".to_owned()]);
    if !MEDIA.contains(&line.name.as_str()) || line.value.starts_with("data:") {
        return;
    }
    let seen = media_type_of_base64(&line.value).filter(|_| IMAGES.contains(&line.name.as_str()));
    let types = line.param("TYPE").to_vec();
    let known = MEDIA_TYPES.iter().find(|(word, _)| types.iter().any(|t| t.eq_ignore_ascii_case(word)));
    let named = types.iter().find(|t| t.contains('/')).cloned();
    let by_word = known.map(|(_, media)| *media);
    let media = seen.or(by_word).or(named.as_deref()).unwrap_or(UNKNOWN_MEDIA).to_owned();
    line.set_param(
        "TYPE",
        types
            .into_iter()
            .filter(|t| {
                let is_known = known.is_some_and(|(word, _)| t.eq_ignore_ascii_case(word));
                !(is_known || Some(t) == named.as_ref())
            })
            .collect(),
    );
    line.remove_param("ENCODING");
    line.value = format!("data:{media};base64,{}", line.value);
}

/// Names the media type of an image without one.
fn name_media(line: &mut ContentLine) {
    if !IMAGES.contains(&line.name.as_str()) {
        return;
    }
    let data = line.value.strip_prefix("data:").and_then(|data| data.split_once(";base64,"));
    let Some((media, data)) = data.filter(|(media, _)| media.is_empty() || *media == UNKNOWN_MEDIA) else {
        return;
    };
    if let Some(seen) = media_type_of_base64(data).filter(|seen| *seen != media) {
        line.value = format!("data:{seen};base64,{data}");
    }
}

/// The media type of unknown data.
const UNKNOWN_MEDIA: &str = "application/octet-stream";

/// The type word of 2.1 and 3.0 for a media type.
pub(super) fn media_word(media: &str) -> Option<&'static str> {
    MEDIA_TYPES.iter().find(|(_, known)| *known == media).map(|(word, _)| *word)
}

fn list(value: &str, separator: char) -> String {
    let parts: Vec<_> =
        split_list(value, separator).into_iter().map(|part| escape(&unescape(part))).collect();
    join(&parts, if separator == ',' { "," } else { ";" })
}

fn lists(value: &str, min: usize, is_2_1: bool) -> String {
    let part = |part| if is_2_1 { escape(&unescape(part)) } else { list(part, ',') };
    let mut parts: Vec<_> = split_list(value, ';').into_iter().map(part).collect();
    while parts.len() > min && parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts.resize(parts.len().max(min), String::new());
    join(&parts, ";")
}

fn trimmed(value: &str) -> String {
    let mut parts = split_list(value, ';');
    while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    join(&parts, ";")
}

/// A URI has no escapes; those that some programs write are dropped.
fn uri(name: &str, value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.trim().chars() {
        if matches!(c, ':' | ',' | ';') {
            while out.ends_with('\\') {
                out.pop();
            }
        }
        out.push(c);
    }
    match out.split_once(';') {
        // 2.1 and 3.0: two numbers (RFC 2426, section 3.4.2).
        Some((a, b)) if name == "GEO" && a.parse::<f64>().is_ok() && b.parse::<f64>().is_ok() => {
            format!("geo:{},{}", a.trim(), b.trim())
        }
        _ => out,
    }
}

/// The date of a line. Apple writes a birthday without a year as one in a year that a parameter names.
fn date_of(line: &mut ContentLine) -> String {
    let date = date(&line.value);
    if line.name == "REV" || line.name == "CREATED" {
        return date;
    }
    let omitted = line.first_param(OMITTED_YEAR).map(str::to_owned);
    let rest = omitted.and_then(|year| Some(date.strip_prefix(year.trim())?.to_owned()));
    if let Some(rest) = rest.filter(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    {
        line.remove_param(OMITTED_YEAR);
        return format!("--{rest}");
    }
    match date.strip_prefix("--").and_then(|day| day.split_once('-')) {
        Some((month, day)) if month.len() == 2 && day.len() == 2 => format!("--{month}{day}"),
        _ => date,
    }
}

/// The parameter of Apple with the year that a date does not have.
pub(super) const OMITTED_YEAR: &str = "X-APPLE-OMIT-YEAR";

/// Converts dates to the basic format of ISO 8601, which 4.0 requires; other values stay.
fn date(value: &str) -> String {
    let value = value.trim();
    let (day, time) = value.split_once(['T', 't']).map_or((value, None), |(d, t)| (d, Some(t)));
    let is_day = matches!(day.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _])
        && day.bytes().filter(u8::is_ascii_digit).count() == 8;
    let day = if is_day { day.replace('-', "") } else { day.to_owned() };
    let is_time = |time: &str| time.bytes().all(|b| b.is_ascii_digit() || b":.,+-Zz".contains(&b));
    match time {
        Some(time) if is_time(time) => format!("{day}T{}", time.replace(':', "")),
        Some(_) => value.to_owned(),
        None => day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vcard::decode;
    use crate::vcard::parse::{ParsedCard, parse};

    fn canon(raw: &str, is_2_1: bool) -> Option<String> {
        canonical(decode::decode_line(raw.as_bytes(), is_2_1).unwrap(), is_2_1).map(|line| line.to_text())
    }

    #[test]
    fn old_forms_become_canonical() {
        for (raw, expected) in [
            ("TEL;WORK;VOICE;PREF:1", "TEL;PREF=1;TYPE=voice,work:1"),
            ("TEL;TYPE=WORK;TYPE=pref:1", "TEL;PREF=1;TYPE=work:1"),
            ("tel;type=\"CELL,Mine\":1", "TEL;TYPE=Mine,cell:1"),
            ("TEL;VALUE=URI:tel:+1;ext=2", "TEL;VALUE=uri:tel:+1;ext=2"),
            ("PHOTO;ENCODING=b;TYPE=JPEG:AA AA", "PHOTO:data:image/jpeg;base64,AAAA"),
            ("PHOTO;JPEG;BASE64:AAAA", "PHOTO:data:image/jpeg;base64,AAAA"),
            ("PHOTO:data:image/png;base64\\,AAAA", "PHOTO:data:image/png;base64,AAAA"),
            ("PHOTO;VALUE=uri:http\\://x/a.jpg", "PHOTO:http://x/a.jpg"),
            // The first bytes win over a missing or a wrong type.
            ("PHOTO;ENCODING=b:iVBORw0KGgoAAAAN", "PHOTO:data:image/png;base64,iVBORw0KGgoAAAAN"),
            ("PHOTO;ENCODING=b;TYPE=JPEG:iVBORw0KGgoAAAAN", "PHOTO:data:image/png;base64,iVBORw0KGgoAAAAN"),
            ("PHOTO:data:;base64,iVBORw0KGgoAAAAN", "PHOTO:data:image/png;base64,iVBORw0KGgoAAAAN"),
            ("PHOTO:data:image/x;base64,iVBORw0KGgoAAAAN", "PHOTO:data:image/x;base64,iVBORw0KGgoAAAAN"),
            ("X-IMG;ENCODING=BASE64:AA AA", "X-IMG;ENCODING=b:AAAA"),
            ("BDAY;value=date:1980-03-22", "BDAY:19800322"),
            ("BDAY;VALUE=text:circa 1800", "BDAY;VALUE=text:circa 1800"),
            ("REV:1995-10-31T22:27:10Z", "REV:19951031T222710Z"),
            ("REV:--10-31", "REV:--10-31"),
            ("BDAY:--10-31", "BDAY:--1031"),
            ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-12", "BDAY:--0512"),
            ("BDAY;X-APPLE-OMIT-YEAR=1604:1970-05-12", "BDAY;X-APPLE-OMIT-YEAR=1604:19700512"),
            ("GEO:37.38;-122.08", "GEO:geo:37.38,-122.08"),
            ("ORG:a\\, b;c;;", "ORG:a\\, b;c"),
            ("N:Doe;J,K", "N:Doe;J,K;;;"),
            ("NOTE:a;b,c\\nd", "NOTE:a\\;b\\,c\\nd"),
            ("X-ANY:a;b\\,c", "X-ANY:a;b\\,c"),
        ] {
            let once = canon(raw, false).unwrap();
            assert_eq!(once, expected, "{raw}");
            assert_eq!(canon(&once, false).as_deref(), Some(expected), "{raw} again");
        }
        assert_eq!(canon("N:Doe, Jr.;J", true).unwrap(), "N:Doe\\, Jr.;J;;;");
        assert_eq!(canon("N:;;;;", false), None);
    }

    proptest::proptest! {
        #[test]
        fn canonical_form_is_idempotent(
            name in "(N|FN|ORG|TEL|ADR|URL|GEO|BDAY|REV|NICKNAME|PHOTO|X-A|UID|RELATED)",
            param in proptest::sample::select(vec![
                "", ";VALUE=text", ";VALUE=uri", ";VALUE=date", ";VALUE=x", ";TYPE=a,Work", ";TYPE=pref,jpeg",
                ";ENCODING=b", ";PREF=2", ";A=\"x:^^n,\"",
            ]),
            value in "[ -~é\t]{0,40}",
            old in proptest::bool::ANY,
        ) {
            let raw = format!("{name}{param}:{value}");
            let first = parse(format!("VERSION:{}\n{raw}\n", if old { "2.1" } else { "3.0" }).as_bytes());
            let text = crate::vcard::write_card(&first.lines, "4.0");
            let second = parse(text.replace("\r\n", "\n").as_bytes());
            let texts = |parsed: ParsedCard| parsed.lines.iter().map(ContentLine::to_text).collect::<Vec<_>>();
            proptest::prop_assert_eq!(texts(first), texts(second));
        }
    }
}
