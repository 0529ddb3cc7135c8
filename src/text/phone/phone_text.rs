//! Phone numbers as written: allowed characters, and the start of an extension.

/// The most digits of a number, without an extension.
pub(super) const MAX_DIGITS: usize = 20;

/// The fewest digits before an extension with `#`. With fewer digits, the `#` belongs to the number.
const MIN_DIGITS_BEFORE_HASH: usize = 7;

/// The words and signs that start an extension. `p` and `w` are dialling pauses.
const EXTENSION_WORDS: [&str; 13] =
    ["extension", "extn", "ext", "xtn", "x", "int", "anexo", "poste", "доб", "p", "w", "ｅｘｔ", "ｘ"];

/// A text with the form of a phone number.
#[derive(Debug)]
pub(super) struct PhoneText<'a> {
    /// The text of the number itself, without the extension.
    pub(super) number: &'a str,
    /// The digits, in ASCII.
    pub(super) digits: String,
    /// Whether it has a `+`, and so a country code.
    pub(super) plus: bool,
    pub(super) kind: PhoneTextKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PhoneTextKind {
    /// Digits and separators.
    Digits,
    /// A code for the network, such as `*100#`. Not a number of a person.
    ServiceCode,
    /// Some digits are written as letters.
    Letters,
    /// A URI with the country in a parameter. `number` is the whole text.
    PhoneContext,
}

impl<'a> PhoneText<'a> {
    /// `None` if the text does not have the form of a number.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut text = text.trim();
        if let Some((scheme, rest)) = text.split_at_checked(4)
            && scheme.eq_ignore_ascii_case("tel:")
        {
            text = rest;
        }
        let mut parsed =
            Self { number: text, digits: String::new(), plus: false, kind: PhoneTextKind::Digits };
        let mut letters = 0_usize;
        let mut before = ' ';
        for (at, c) in text.char_indices() {
            if let Some(digit) = ascii_digit(c) {
                parsed.digits.push(digit);
            } else if matches!(c, '+' | '＋') {
                if !parsed.digits.is_empty() || letters > 0 || parsed.kind == PhoneTextKind::ServiceCode {
                    return None;
                }
                parsed.plus = true;
            } else if matches!(c, '*' | '#') && parsed.digits.is_empty() {
                parsed.kind = PhoneTextKind::ServiceCode;
            } else if let Some(kind) = parsed.extension_kind(text, at, before) {
                if kind == PhoneTextKind::Digits {
                    parsed.number = text.get(..at)?;
                } else {
                    parsed.kind = kind;
                }
                break;
            } else if c.is_ascii_alphabetic() {
                if parsed.digits.is_empty() || parsed.kind == PhoneTextKind::ServiceCode {
                    return None;
                }
                letters = letters.saturating_add(1);
            } else if !(is_separator(c) || matches!(c, '*' | '#')) {
                return None;
            }
            before = c;
        }
        match letters {
            0 => {}
            // One or two letters are a typing error, not a vanity number.
            1 | 2 => return None,
            _ => parsed.kind = PhoneTextKind::Letters,
        }
        (2..=MAX_DIGITS).contains(&parsed.digits.len()).then_some(parsed)
    }

    /// Whether an extension or URI parameters start at this position. `PhoneContext` for parameters with a phone context, `Digits` for
    /// other parameters and extensions.
    fn extension_kind(&self, text: &str, at: usize, before: char) -> Option<PhoneTextKind> {
        let rest = text.get(at..)?;
        let first = rest.chars().next()?;
        if self.kind == PhoneTextKind::ServiceCode || self.digits.len() < 2 {
            return None;
        }
        if first == ';' && rest.contains('=') {
            let is_ascii = rest.chars().all(|c| c.is_ascii_graphic());
            let kind = if rest.contains(";phone-context=") {
                PhoneTextKind::PhoneContext
            } else {
                PhoneTextKind::Digits
            };
            return is_ascii.then_some(kind);
        }
        let tail = match first {
            ',' | ';' => rest.get(1..)?,
            '#' if self.digits.len() >= MIN_DIGITS_BEFORE_HASH => rest.get(1..)?,
            _ if first.is_alphabetic() && !before.is_alphabetic() => {
                let tail = EXTENSION_WORDS.iter().find_map(|word| strip_word(rest, word))?;
                tail.contains(|c| ascii_digit(c).is_some()).then_some(tail)?
            }
            _ => return None,
        };
        let is_allowed = |c: char| {
            ascii_digit(c).is_some()
                || is_separator(c)
                || matches!(c, ',' | ';' | '#' | '*' | ':' | 'x' | 'p' | 'w' | 'X')
        };
        tail.chars().all(is_allowed).then_some(PhoneTextKind::Digits)
    }
}

/// The text after the word, if the text starts with it as a whole word.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(word.len())?;
    let matches = head.eq_ignore_ascii_case(word) || head.to_lowercase() == word;
    (matches && !tail.starts_with(char::is_alphabetic)).then_some(tail)
}

/// The zeros of the decimal digits of all scripts (Unicode general category Nd). Nine digits follow each zero.
pub(super) const DECIMAL_ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
    0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
    0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066,
    0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// The ASCII digit of the same value; `None` if the character is not a decimal digit.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let c = u32::from(c);
    let before = DECIMAL_ZEROS.partition_point(|&zero| zero <= c).checked_sub(1)?;
    char::from_digit(c.checked_sub(*DECIMAL_ZEROS.get(before)?)?, 10)
}

/// Whether the character may separate the digits of a number: spaces of all widths, invisible marks, and the dashes, dots, slashes
/// and brackets of all scripts.
pub(crate) fn is_separator(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' ' | '\t' | '-' | '.' | '/' | '(' | ')' | '[' | ']' | '~');
    }
    let invisible = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let mark =
        matches!(c, '\u{b7}' | '\u{2010}'..='\u{2015}' | '\u{2022}' | '\u{2043}' | '\u{2044}' | '\u{2053}')
            || matches!(
                c,
                '\u{2212}' | '\u{2215}' | '\u{223c}' | '\u{30fb}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}'
            )
            || matches!(
                c,
                '\u{ff08}' | '\u{ff09}' | '\u{ff0d}'..='\u{ff0f}' | '\u{ff3b}' | '\u{ff3d}' | '\u{ff5e}'
            );
    c.is_whitespace() || invisible || mark
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Option<String> {
        PhoneText::parse(text).map(|parsed| parsed.digits)
    }

    #[test]
    fn forms_of_numbers() {
        for (text, expected) in [
            ("12", "12"),
            (" 06 12.34-56/78 ", "0612345678"),
            ("+33 (0)6 12", "330612"),
            ("TEL:+33612345678", "33612345678"),
            ("٠٦١٢", "0612"),
            ("＋３３６", "336"),
            ("06\u{a0}12\u{2011}34", "061234"),
            ("*100#", "100"),
            ("#31#0612345678", "310612345678"),
            ("0612345678 ext. 12", "0612345678"),
            ("0612345678x12", "0612345678"),
            ("0612345678 Poste 12", "0612345678"),
            ("0612345678 доб 12", "0612345678"),
            ("0612345678,,12#", "0612345678"),
            ("0612345678p12w3", "0612345678"),
            ("0612345678#12", "0612345678"),
            ("0612345678;ext=12", "0612345678"),
            ("12#34", "1234"),
            ("7042;phone-context=example.com", "7042"),
            ("1-800-FLOWERS", "1800"),
        ] {
            assert_eq!(digits(text).as_deref(), Some(expected), "{text:?}");
        }
        for text in [
            "",
            " ",
            "+",
            "1",
            "+1",
            "hello",
            "abc123def456",
            "12+34",
            "12 ab",
            "12:30",
            "a@b",
            "12@3",
            "()",
            "#",
            "x12",
            "ext 12",
            "10p",
            "123456789012345678901",
            "tel:",
            "12\n34\0",
            "*1a2b3c",
            "12é34",
            "1,234",
        ] {
            assert_eq!(digits(text), None, "{text:?}");
        }
    }

    #[test]
    fn digits_of_all_scripts() {
        assert!(DECIMAL_ZEROS.is_sorted());
        for zero in DECIMAL_ZEROS {
            let nine = char::from_u32(zero + 9).unwrap();
            assert_eq!(
                (ascii_digit(char::from_u32(zero).unwrap()), ascii_digit(nine)),
                (Some('0'), Some('9'))
            );
        }
        assert_eq!((ascii_digit('a'), ascii_digit('²'), ascii_digit('\u{1fbfa}')), (None, None, None));
    }
}
