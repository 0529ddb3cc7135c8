//! The part of a text that may be a telephone number, by the rules of libphonenumber.
//!
//! The algorithm follows libphonenumber (Copyright The Libphonenumber Authors, Apache-2.0); the code is new.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::Regex;

use super::phone_text::{DECIMAL_ZEROS, ascii_digit};

/// The part of the text that may be a number, without its extension. `None` if there is no such part.
pub(super) fn candidate(text: &str) -> Option<Cow<'_, str>> {
    let without_plus = text.strip_prefix('+').unwrap_or(text);
    if without_plus.bytes().all(|b| b.is_ascii_digit()) {
        // Two digits are a number only without a plus.
        let is_long_enough = without_plus.len() > 2 || (without_plus.len() == 2 && text.len() == 2);
        return is_long_enough.then_some(Cow::Borrowed(text));
    }
    let mut number = match text.split_once(";phone-context=") {
        Some((number, context)) => apply_context(number, context)?,
        None => Cow::Borrowed(first_number(text)?),
    };
    if let Some(at) = number.find(";isub=") {
        number = number.get(..at)?.to_owned().into();
    }
    let patterns = PATTERNS.get_or_init(|| Patterns::new().ok()).as_ref()?;
    if !patterns.number.is_match(&number) {
        return None;
    }
    let extension = patterns.extension.find(&number).and_then(|found| number.get(..found.start()));
    match extension.filter(|number| patterns.number.is_match(number)) {
        Some(number) => Some(number.to_owned().into()),
        None => Some(number),
    }
}

/// The number of a `tel` URI (RFC 3966). A `phone-context` of digits comes before it; a domain adds nothing. `None` if the
/// context is neither.
fn apply_context<'a>(number: &'a str, context: &str) -> Option<Cow<'a, str>> {
    let context = context.split(';').next().unwrap_or_default();
    let number = number.split_once("tel:").map_or(number, |(_, number)| number);
    if let Some(digits) = context.strip_prefix('+') {
        let is_allowed = |c| ascii_digit(c).is_some() || matches!(c, '-' | '.' | '(' | ')');
        let is_global = digits.chars().all(is_allowed) && digits.contains(|c| ascii_digit(c).is_some());
        return is_global.then(|| format!("{context}{number}").into());
    }
    let is_alphanumeric = |c: char| c.is_ascii_alphabetic() || ascii_digit(c).is_some();
    let is_label = |label: &str| {
        label.starts_with(is_alphanumeric)
            && label.ends_with(is_alphanumeric)
            && label.chars().all(|c| is_alphanumeric(c) || c == '-')
    };
    let domain = context.strip_suffix('.').unwrap_or(context);
    let top_level = domain.rsplit('.').next().unwrap_or_default();
    (domain.split('.').all(is_label) && top_level.starts_with(|c: char| c.is_ascii_alphabetic()))
        .then_some(number.into())
}

/// The text from its first digit or plus up to the start of a second number.
fn first_number(text: &str) -> Option<&str> {
    let start = text.find(|c| matches!(c, '+' | '＋') || ascii_digit(c).is_some())?;
    let text = text.get(start..)?.trim_end_matches(|c: char| c != '#' && !c.is_alphanumeric());
    // A second extension starts a second number, such as in `(530) 583-6985 x302/x2303`.
    let second = text.rmatch_indices(['/', '\\']).find(|&(at, _)| {
        text.get(at..).is_some_and(|rest| {
            rest.get(1..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with('x'))
        })
    });
    second.map_or(Some(text), |(at, _)| text.get(..at))
}

struct Patterns {
    /// A number with or without an extension.
    number: Regex,
    /// The extension at the end of a number.
    extension: Regex,
}

static PATTERNS: OnceLock<Option<Patterns>> = OnceLock::new();

impl Patterns {
    fn new() -> Result<Self, regex_lite::Error> {
        let digits: Vec<String> = (DECIMAL_ZEROS.iter())
            .map(|zero| format!(r"\u{{{zero:x}}}-\u{{{:x}}}", zero.saturating_add(9)))
            .collect();
        let digits = digits.concat();
        // What people write between digits. The `x` is the placeholder of a carrier code.
        let separators = concat!(
            r"-x\u{2010}-\u{2015}\u{2212}\u{30fc}\u{ff0d}-\u{ff0f} \u{a0}\u{ad}\u{200b}\u{2060}\u{3000}",
            r"()\u{ff08}\u{ff09}\u{ff3b}\u{ff3d}.\[\]/~\u{2053}\u{223c}*",
        );
        // The forms of an extension. The more explicit its start, the more digits may follow.
        let space = r"[ \u{a0}\t]*";
        let spaces = r"[ \u{a0}\t,]*";
        let after_label = r"[:.．]?[ \u{a0}\t,-]*";
        let explicit_label =
            r"(?:e?xt(?:ensi(?:[oÓ]\u{301}?|[óÓ]))?n?|[ｅＥ]?[ｘＸ][ｔＴ][ｎＮ]?|[дД][оО][бБ]|anexo)";
        let short_label = "(?:[xｘＸ#＃~～]|int|[ｉＩ][ｎＮ][ｔＴ])";
        let extension = [
            format!(";ext=[{digits}]{{1,20}}"),
            format!("{spaces}{explicit_label}{after_label}[{digits}]{{1,20}}#?"),
            format!("{spaces}{short_label}{after_label}[{digits}]{{1,9}}#?"),
            format!("[- ]+[{digits}]{{1,6}}#"),
            format!("{space}(?:,{{2}}|;){after_label}[{digits}]{{1,15}}#?"),
            format!("{space},+{after_label}[{digits}]{{1,9}}#?"),
        ]
        .join("|");
        let number =
            format!("[+＋]*(?:[{separators}]*[{digits}]){{3,}}[{separators}a-z{digits}]*|[{digits}]{{2}}");
        Ok(Self {
            number: Regex::new(&format!("(?i)^(?:{number})(?:{extension})?$"))?,
            extension: Regex::new(&format!("(?i)(?:{extension})$"))?,
        })
    }
}
