//! Filters written as text, and the words of the language.

use std::fmt;

use crate::model::contact::Status;
use crate::model::filter::condition::{
    AttributeTest, Comparison, Condition, Operand, TextField, TextTest, TimeField, TimeTest, TimeValue,
};
use crate::model::filter::tree::{Filter, FilterNode};

/// Words of the language that are no fields.
pub(super) const KEYWORDS: [&str; 18] = [
    "and", "or", "not", "in", "contains", "starts", "with", "present", "absent", "true", "false", "tag",
    "status", "network", "id", "blocked", "online", "ago",
];

impl TextField {
    pub(super) const ALL: [Self; 11] = [
        Self::FirstName,
        Self::LastName,
        Self::DisplayName,
        Self::Nickname,
        Self::Company,
        Self::Language,
        Self::Email,
        Self::Phone,
        Self::Identifier,
        Self::City,
        Self::Country,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first",
            Self::LastName => "last",
            Self::DisplayName => "name",
            Self::Nickname => "nickname",
            Self::Company => "company",
            Self::Language => "language",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Identifier => "identifier",
            Self::City => "city",
            Self::Country => "country",
        }
    }
}

impl TimeField {
    pub(super) const ALL: [Self; 3] = [Self::Created, Self::Updated, Self::Active];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Active => "active",
        }
    }
}

impl Comparison {
    pub(super) const ALL: [Self; 4] = [Self::AtMost, Self::AtLeast, Self::Less, Self::Greater];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// Whether a character may stand in a word without quotes.
pub(super) fn is_bare_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '@' | ':' | '/' | '#' | '\'')
}

/// Whether a word means something to the language.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
        || TextField::ALL.iter().any(|field| field.as_str() == word)
        || TimeField::ALL.iter().any(|field| field.as_str() == word)
}

/// The name of a status in text.
pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::PendingConfirmation => "PENDING_CONFIRMATION",
        Status::Confirmed => "CONFIRMED",
        Status::InviteExpired => "INVITE_EXPIRED",
        Status::Canceled => "CANCELED",
        Status::Unavailable => "UNAVAILABLE",
        Status::Incomplete => "INCOMPLETE",
    }
}

/// A value, in quotes if it must be.
struct QuotedValue<'a>(&'a str);

impl fmt::Display for QuotedValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        let plain = text.starts_with(char::is_alphanumeric) && text.chars().all(is_bare_char);
        if plain && !is_keyword(text) {
            return f.write_str(text);
        }
        f.write_str("\"")?;
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}

/// One value, or several in brackets.
fn values(f: &mut fmt::Formatter<'_>, all: &[String]) -> fmt::Result {
    if let [only] = all {
        return write!(f, "{}", QuotedValue(only));
    }
    f.write_str("(")?;
    for (at, value) in all.iter().enumerate() {
        write!(f, "{}{}", if at > 0 { ", " } else { "" }, QuotedValue(value))?;
    }
    f.write_str(")")
}

fn names<T: ToString>(f: &mut fmt::Formatter<'_>, all: &[T]) -> fmt::Result {
    values(f, &all.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn text_test(f: &mut fmt::Formatter<'_>, test: &TextTest, is: &str) -> fmt::Result {
    let (verb, all) = match test {
        TextTest::Present => return f.write_str(if is == "=" { "present" } else { "absent" }),
        TextTest::Equals(all) => (is, all),
        TextTest::Contains(all) => ("contains", all),
        TextTest::StartsWith(all) => ("starts", all),
    };
    write!(f, "{verb} ")?;
    values(f, all)
}

fn days_ago(f: &mut fmt::Formatter<'_>, compare: Comparison, days: u32) -> fmt::Result {
    write!(f, "{} {days} days ago", compare.as_str())
}

/// Writes a condition; `is` is what equality is written as, and says whether it is one that must not be met.
fn condition(f: &mut fmt::Formatter<'_>, condition: &Condition, is: &str) -> fmt::Result {
    let present = if is == "=" { "present" } else { "absent" };
    match condition {
        Condition::Text(field, test) => {
            write!(f, "{} ", field.as_str())?;
            text_test(f, test, is)
        }
        Condition::Time(field, TimeTest::Present) => write!(f, "{} {present}", field.as_str()),
        Condition::Time(field, TimeTest::Compares(compare, TimeValue::At(at))) => {
            write!(f, "{} {} {}", field.as_str(), compare.as_str(), QuotedValue(&at.to_string()))
        }
        Condition::Time(field, TimeTest::Compares(compare, TimeValue::DaysAgo(days))) => {
            write!(f, "{} ", field.as_str())?;
            days_ago(f, *compare, *days)
        }
        Condition::Attribute(key, test) => {
            write!(f, "@{} ", QuotedValue(key))?;
            match test {
                AttributeTest::Text(test) => text_test(f, test, is),
                AttributeTest::Compares(compare, Operand::Value(value)) => {
                    write!(f, "{} {}", compare.as_str(), QuotedValue(value))
                }
                AttributeTest::Compares(compare, Operand::DaysAgo(days)) => days_ago(f, *compare, *days),
            }
        }
        Condition::Tag(None) => write!(f, "tag {present}"),
        Condition::Tag(Some(all)) => {
            write!(f, "tag {is} ")?;
            values(f, all)
        }
        Condition::Status(None) => write!(f, "status {present}"),
        Condition::Status(Some(all)) => {
            write!(f, "status {is} ")?;
            names(f, &all.iter().map(|status| status_name(*status)).collect::<Vec<_>>())
        }
        Condition::Network(all) => {
            write!(f, "network {is} ")?;
            names(f, all)
        }
        Condition::Id(all) => {
            write!(f, "id {is} ")?;
            names(f, all)
        }
        Condition::Blocked => f.write_str("blocked"),
        Condition::Online => f.write_str("online"),
    }
}

/// Whether the opposite of a condition has a way of its own to be written.
fn has_negated_form(condition: &Condition) -> bool {
    match condition {
        Condition::Text(_, test) | Condition::Attribute(_, AttributeTest::Text(test)) => {
            matches!(test, TextTest::Present | TextTest::Equals(_))
        }
        Condition::Time(_, test) => *test == TimeTest::Present,
        Condition::Tag(_) | Condition::Status(_) | Condition::Network(_) | Condition::Id(_) => true,
        Condition::Attribute(_, AttributeTest::Compares(..)) | Condition::Blocked | Condition::Online => {
            false
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, all: &[Self], word: &str, none: &str, bracket: bool| {
            if all.is_empty() {
                return f.write_str(none);
            }
            for (at, filter) in all.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                // An `or` in an `and` needs brackets; the other way round it does not.
                match &filter.node {
                    FilterNode::Any(inner) if bracket && !inner.is_empty() => write!(f, "({filter})")?,
                    _ => write!(f, "{filter}")?,
                }
            }
            Ok(())
        };
        match &self.node {
            FilterNode::All(all) => joined(f, all, "and", "true", true),
            FilterNode::Any(all) => joined(f, all, "or", "false", false),
            FilterNode::Not(inner) => match &inner.node {
                FilterNode::Condition(is) if has_negated_form(is) => condition(f, is, "!="),
                FilterNode::All(all) | FilterNode::Any(all) if !all.is_empty() => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            FilterNode::Condition(is) => condition(f, is, "="),
            FilterNode::LimitExceeded(_) => f.write_str("false"),
        }
    }
}
