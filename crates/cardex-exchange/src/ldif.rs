//! LDIF (RFC 2849), as Thunderbird and directories write it.

use std::io::BufRead;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::csv::LabelledValues;
use crate::document::card_document;
use crate::fields::{ContactFields, FieldValidator, ParsedRecord, read_fields};
use crate::format::Format;
use crate::source::LineSource;
use crate::vcard::{ContentLine, escape, media_type, sort_by_name, split_list, unescape};
use cardex::contacts::PlainField;
use cardex::{Result, limits};

/// Attributes of people, by the content that a column of CSV would have.
const ATTRIBUTES: [(&str, &str); 58] = [
    ("cn", "display"),
    ("commonname", "display"),
    ("displayname", "display"),
    ("givenname", "first"),
    ("gn", "first"),
    ("sn", "last"),
    ("surname", "last"),
    ("personaltitle", "prefix"),
    ("generationqualifier", "suffix"),
    ("mozillanickname", "nickname"),
    ("xmozillanickname", "nickname"),
    ("mail", "email"),
    ("rfc822mailbox", "email"),
    ("mozillasecondemail", "email"),
    ("xmozillasecondemail", "email"),
    ("telephonenumber", "phone:work"),
    ("homephone", "phone:home"),
    ("mobile", "phone:cell"),
    ("cellphone", "phone:cell"),
    ("facsimiletelephonenumber", "phone:fax"),
    ("fax", "phone:fax"),
    ("pager", "phone:pager"),
    ("pagerphone", "phone:pager"),
    ("o", "company"),
    ("company", "company"),
    ("organizationname", "company"),
    ("ou", "department"),
    ("department", "department"),
    ("departmentnumber", "department"),
    ("orgunit", "department"),
    ("title", "title"),
    ("description", "note"),
    ("notes", "note"),
    ("street", "street:work"),
    ("streetaddress", "street:work"),
    ("mozillaworkstreet2", "street2:work"),
    ("postofficebox", "pobox:work"),
    ("l", "city:work"),
    ("locality", "city:work"),
    ("st", "region:work"),
    ("region", "region:work"),
    ("postalcode", "code:work"),
    ("zip", "code:work"),
    ("c", "country:work"),
    ("co", "country:work"),
    ("countryname", "country:work"),
    ("mozillahomestreet", "street:home"),
    ("mozillahomestreet2", "street2:home"),
    ("mozillahomelocalityname", "city:home"),
    ("mozillahomestate", "region:home"),
    ("mozillahomepostalcode", "code:home"),
    ("mozillahomecountryname", "country:home"),
    ("homeurl", "url:home"),
    ("mozillahomeurl", "url:home"),
    ("workurl", "url:work"),
    ("mozillaworkurl", "url:work"),
    ("labeleduri", "url"),
    ("entryuuid", "uid"),
];

/// Attributes of a date of birth: year, month, day.
const BIRTH: [(&str, &str); 3] =
    [("birthyear", "birthyear"), ("birthmonth", "birthmonth"), ("birthday", "birthday-day")];

/// The start of the name of a property with an attribute that has no property of its own.
const OTHER: &str = "X-LDAP-";

/// The most bytes of one entry.
const MAX_ENTRY: usize = limits::CARD.saturating_add(1024 * 1024);

/// An entry: the line that it begins on, and its attributes in lower case.
type Entry = (u64, Result<Vec<(String, Vec<u8>)>, &'static str>);

/// Reads one entry at a time. A group is a record with members.
#[derive(Debug)]
pub(super) struct LdifReader<R> {
    source: LineSource<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> LdifReader<R> {
    pub(super) fn new(source: LineSource<R>) -> Self {
        Self { source, buffer: Vec::new() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    pub(super) fn next_person(
        &mut self,
        validator: &mut FieldValidator<'_>,
    ) -> Option<Result<(u64, ParsedRecord)>> {
        let (line, entry) = match self.next_entry() {
            Ok(entry) => entry?,
            Err(error) => return Some(Err(error.into())),
        };
        Some(match entry {
            Ok(attributes) if is_group(&attributes) => Ok((line, (group(&attributes), None))),
            Ok(attributes) => Ok((line, record(&attributes, validator))),
            Err(reason) => Err(Format::Ldif.error(line, reason)),
        })
    }

    fn next_entry(&mut self) -> std::io::Result<Option<Entry>> {
        let (mut lines, mut first, mut size) = (Vec::<Vec<u8>>::new(), 0, 0_usize);
        let mut in_comment = false;
        while let Some(found) = self.source.next_line(&mut self.buffer, MAX_ENTRY)? {
            if self.buffer.is_empty() {
                if lines.is_empty() {
                    continue;
                }
                break;
            }
            if let (Some(b' '), false) = (self.buffer.first(), lines.is_empty()) {
                if let (Some(last), false) = (lines.last_mut(), in_comment) {
                    last.extend_from_slice(self.buffer.get(1..).unwrap_or_default());
                }
            } else {
                in_comment = self.buffer.starts_with(b"#");
                if !in_comment && !self.buffer.starts_with(b"version:") {
                    if lines.is_empty() {
                        first = found.line;
                    }
                    lines.push(self.buffer.clone());
                }
            }
            size = size.saturating_add(self.buffer.len());
        }
        if lines.is_empty() {
            return Ok(None);
        }
        if size > MAX_ENTRY {
            return Ok(Some((first, Err("the entry is too long"))));
        }
        let attributes: Option<Vec<_>> = lines.iter().map(|line| attribute(line)).collect();
        Ok(Some((first, attributes.ok_or("a line is not an attribute: name: value"))))
    }
}

/// The name and the value of an attribute. Options, such as `;lang-en`, are left out.
fn attribute(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = std::str::from_utf8(name).ok()?.split(';').next()?.trim().to_ascii_lowercase();
    let value = value.get(1..)?;
    let value = match value.split_first() {
        Some((b':', base64)) => STANDARD.decode(base64.trim_ascii()).ok()?,
        _ => value.trim_ascii_start().to_vec(),
    };
    (!name.is_empty()).then_some((name, value))
}

fn is_group(attributes: &[(String, Vec<u8>)]) -> bool {
    attributes.iter().any(|(name, value)| {
        let value = String::from_utf8_lossy(value).to_ascii_lowercase();
        name == "objectclass"
            && matches!(value.as_str(), "groupofnames" | "groupofuniquenames" | "mozillaablist")
    })
}

/// A group: its name and its members.
fn group(attributes: &[(String, Vec<u8>)]) -> ContactFields {
    let mut fields = ContactFields::default();
    let mut members = Vec::new();
    for (name, value) in attributes {
        let text = String::from_utf8_lossy(value);
        match name.as_str() {
            "cn" => fields.set_text(PlainField::DisplayName, text.trim()),
            "member" | "uniquemember" => members.push(distinguished_name(&text)),
            _ => {}
        }
    }
    fields.members = Some(members);
    fields
}

/// A distinguished name for comparisons, which ignore case: without blanks between its parts.
fn distinguished_name(text: &str) -> String {
    let part = |part: &str| part.split('=').map(str::trim).collect::<Vec<_>>().join("=");
    text.split(',').map(part).collect::<Vec<_>>().join(",")
}

fn record(attributes: &[(String, Vec<u8>)], validator: &mut FieldValidator<'_>) -> ParsedRecord {
    let mut values = LabelledValues::new();
    let mut others = Vec::new();
    for (name, value) in attributes {
        let content =
            ATTRIBUTES.iter().chain(&BIRTH).find(|(known, _)| known == name).map(|(_, content)| *content);
        let text = String::from_utf8_lossy(value).replace("\r\n", "\n");
        match (content, name.as_str()) {
            (Some(content), _) => values.add(content, &text),
            (None, "dn" | "objectclass" | "modifytimestamp") => {}
            (None, "jpegphoto") => {
                let media = media_type(value).unwrap_or("image/jpeg");
                let photo = format!("data:{media};base64,{}", STANDARD.encode(value));
                others.push(ContentLine::new("PHOTO", photo));
            }
            (None, name) => {
                others
                    .push(ContentLine::new(&format!("{OTHER}{}", name.to_ascii_uppercase()), escape(&text)));
            }
        }
    }
    let mut lines = values.finish();
    lines.extend(others);
    sort_by_name(&mut lines);
    let mut fields = read_fields(&mut lines, validator);
    let card = card_document(&lines, &fields, validator.is_phone);
    let name = attributes.iter().find(|(name, _)| name == "dn");
    fields.alias =
        name.map(|(_, name)| distinguished_name(&String::from_utf8_lossy(name))).unwrap_or_default();
    (fields, card)
}

/// One entry with these lines of a card.
pub(super) fn write_entry(lines: &[ContentLine]) -> String {
    let first = |name: &str| lines.iter().find(|line| line.name == name);
    let component = |line: Option<&ContentLine>, at: usize| {
        let part = line.and_then(|line| split_list(&line.value, ';').get(at).map(|part| unescape(part)));
        part.unwrap_or_default()
    };
    let text = |name: &str| first(name).map(|line| unescape(&line.value)).unwrap_or_default();
    let (common, mail) = (text("FN"), text("EMAIL"));
    let mut entry = String::new();
    push(
        &mut entry,
        "dn",
        &format!("cn={},mail={mail}", common.replace(['\\', ',', '+', '"', '<', '>', ';'], " ")),
    );
    for class in ["top", "person", "organizationalPerson", "inetOrgPerson", "mozillaAbPersonAlpha"] {
        push(&mut entry, "objectclass", class);
    }
    push(&mut entry, "givenName", &component(first("N"), 1));
    let family = component(first("N"), 0);
    push(&mut entry, "sn", if family.is_empty() { &common } else { &family });
    push(&mut entry, "cn", &common);
    push(&mut entry, "mozillaNickname", &text("NICKNAME"));
    for (at, line) in lines.iter().filter(|line| line.name == "EMAIL").enumerate() {
        push(&mut entry, if at == 1 { "mozillaSecondEmail" } else { "mail" }, &unescape(&line.value));
    }
    for line in lines.iter().filter(|line| line.name == "TEL") {
        let kinds = [
            ("fax", "facsimileTelephoneNumber"),
            ("pager", "pager"),
            ("cell", "mobile"),
            ("home", "homePhone"),
        ];
        let kind = kinds.iter().find(|(word, _)| line.has_param_value("TYPE", word));
        let value = unescape(&line.value);
        push(
            &mut entry,
            kind.map_or("telephoneNumber", |(_, name)| name),
            value.strip_prefix("tel:").unwrap_or(&value),
        );
    }
    push(&mut entry, "o", &component(first("ORG"), 0));
    push(&mut entry, "ou", &component(first("ORG"), 1));
    push(&mut entry, "title", &text("TITLE"));
    push(&mut entry, "description", &text("NOTE"));
    push_address(&mut entry, lines, true);
    push_address(&mut entry, lines, false);
    for line in lines.iter().filter(|line| line.name == "URL") {
        let kind = if line.has_param_value("TYPE", "home") { "mozillaHomeUrl" } else { "mozillaWorkUrl" };
        push(&mut entry, kind, &line.value);
    }
    let birthday = text("BDAY");
    let (year, day) = birthday.split_at_checked(birthday.len().saturating_sub(4)).unwrap_or_default();
    if matches!(year.len(), 2 | 4) && day.bytes().all(|byte| byte.is_ascii_digit()) {
        push(&mut entry, "birthyear", year.trim_matches('-'));
        push(&mut entry, "birthmonth", day.get(..2).unwrap_or_default());
        push(&mut entry, "birthday", day.get(2..).unwrap_or_default());
    }
    push(&mut entry, "entryUUID", &text("UID"));
    for line in lines {
        if let Some(name) = line.name.strip_prefix(OTHER) {
            push(&mut entry, &name.to_ascii_lowercase(), &unescape(&line.value));
        }
    }
    entry.push('\n');
    entry
}

fn push_address(entry: &mut String, lines: &[ContentLine], is_home: bool) {
    const HOME: [(&str, usize); 5] = [
        ("mozillaHomeStreet", 2),
        ("mozillaHomeLocalityName", 3),
        ("mozillaHomeState", 4),
        ("mozillaHomePostalCode", 5),
        ("mozillaHomeCountryName", 6),
    ];
    const WORK: [(&str, usize); 5] = [("street", 2), ("l", 3), ("st", 4), ("postalCode", 5), ("c", 6)];
    let found =
        lines.iter().find(|line| line.name == "ADR" && line.has_param_value("TYPE", "home") == is_home);
    let Some(line) = found else { return };
    let parts = split_list(&line.value, ';');
    for (name, at) in if is_home { HOME } else { WORK } {
        push(entry, name, &unescape(parts.get(at).unwrap_or(&"")));
    }
}

/// Appends an attribute, in base64 if its value has other characters than RFC 2849 allows.
fn push(entry: &mut String, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let is_safe = value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !value.starts_with([' ', ':', '<'])
        && !value.ends_with(' ');
    let line =
        if is_safe { format!("{name}: {value}") } else { format!("{name}:: {}", STANDARD.encode(value)) };
    let mut width = 0_usize;
    for c in line.chars() {
        if width == 76 {
            entry.push_str("\n ");
            width = 1;
        }
        entry.push(c);
        width = width.saturating_add(1);
    }
    entry.push('\n');
}
