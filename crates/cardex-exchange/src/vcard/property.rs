//! The names of properties, to tell a property from a line of text that a program did not fold.

/// Properties of vCard 2.1, 3.0, 4.0 and their extensions by RFC.
const NAMES: [&str; 52] = [
    "ADR",
    "AGENT",
    "ANNIVERSARY",
    "BDAY",
    "BEGIN",
    "BIRTHPLACE",
    "CALADRURI",
    "CALURI",
    "CATEGORIES",
    "CLASS",
    "CLIENTPIDMAP",
    "CONTACT-URI",
    "CREATED",
    "DEATHDATE",
    "DEATHPLACE",
    "EMAIL",
    "END",
    "EXPERTISE",
    "FBURL",
    "FN",
    "GENDER",
    "GEO",
    "GRAMGENDER",
    "HOBBY",
    "IMPP",
    "INTEREST",
    "JSPROP",
    "KEY",
    "KIND",
    "LABEL",
    "LANG",
    "LANGUAGE",
    "LOGO",
    "MAILER",
    "MEMBER",
    "N",
    "NICKNAME",
    "NOTE",
    "ORG",
    "PHOTO",
    "PRODID",
    "PRONOUNS",
    "RELATED",
    "REV",
    "ROLE",
    "SOCIALPROFILE",
    "SORT-STRING",
    "SOUND",
    "TEL",
    "TITLE",
    "TZ",
    "UID",
];

/// Further ones, whose names are also common words.
const WORDS: [&str; 6] = ["NAME", "ORG-DIRECTORY", "PROFILE", "SOURCE", "URL", "VERSION"];

/// Properties whose value is text of one or more lines, and whether a line break in it is a line end (else a blank).
const TEXTS: [(&str, bool); 9] = [
    ("NOTE", true),
    ("LABEL", true),
    ("ADR", true),
    ("FN", false),
    ("N", false),
    ("ORG", false),
    ("TITLE", false),
    ("ROLE", false),
    ("NICKNAME", false),
];

/// The name of the property that a line has before its colon; `None` if it cannot be one.
fn name(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (head, value) = line.split_at_checked(colon)?;
    let head = head.split(|byte| *byte == b';').next()?;
    let name = head.rsplit(|byte| *byte == b'.').next()?;
    let name = std::str::from_utf8(name).ok()?.trim();
    let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_word.then_some((name, value.get(1..)?))
}

/// Whether a line that follows a text without folding is a property of its own, and not a line of the text.
pub(super) fn is_property(line: &[u8]) -> bool {
    let Some((name, value)) = name(line) else { return false };
    if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-")) {
        return true;
    }
    let is_upper = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_known = NAMES.iter().chain(&WORDS).any(|known| known.eq_ignore_ascii_case(name));
    // People write `Tel: 12` in a note. Programs write names in one case, and no blank before the value.
    if is_known { is_upper || is_lower } else { is_upper && !value.starts_with(b" ") }
}

/// How a line without folding continues this property; `None` if its value is no text.
pub(super) fn text_break(line: &[u8]) -> Option<u8> {
    let (name, _) = name(line)?;
    let found = TEXTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, has_lines)| if *has_lines { b'\n' } else { b' ' })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_and_lines_of_text() {
        for line in ["TEL:1", "tel;cell:1", "item1.X-ABLabel:x", "x-y:z", "NEW-ONE;A=b:c", "EMAIL: a@b"] {
            assert!(is_property(line.as_bytes()), "{line}");
        }
        for line in ["Office: room 12", "third: after", "Tel: 12", "no colon", "two words: x", "NB: call", ""]
        {
            assert!(!is_property(line.as_bytes()), "{line}");
        }
        assert_eq!(text_break(b"NOTE;A=b:x"), Some(b'\n'));
        assert_eq!(text_break(b"FN:x"), Some(b' '));
        assert_eq!(text_break(b"TEL:x"), None);
    }
}
