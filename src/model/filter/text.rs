//! The text form of filters, and its keywords.

use std::fmt;

use crate::model::contact::Status;
use crate::model::filter::condition::{
    AttributeTest, Comparison, Condition, Operand, TextField, TextTest, TimeField, TimeTest, TimeValue,
};
use crate::model::filter::tree::{Filter, FilterNode};

/// Keywords that are not fields.
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

/// Whether a word without quotes may contain the character.
pub(super) fn is_bare_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '@' | ':' | '/' | '#' | '\'')
}

/// Whether a word is a keyword or the name of a field.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
        || TextField::ALL.iter().any(|field| field.as_str() == word)
        || TimeField::ALL.iter().any(|field| field.as_str() == word)
}

/// The name of a status in the text form.
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

/// A value, in quotes if it needs them.
struct QuotedValue<'a>(&'a str);

impl fmt::Display for QuotedValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        let is_bare = text.starts_with(char::is_alphanumeric) && text.chars().all(is_bare_char);
        if is_bare && !is_keyword(text) {
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

fn text_test(f: &mut fmt::Formatter<'_>, test: &TextTest, equals: &str) -> fmt::Result {
    let (verb, all) = match test {
        TextTest::Present => return f.write_str(if equals == "=" { "present" } else { "absent" }),
        TextTest::Equals(all) => (equals, all),
        TextTest::Contains(all) => ("contains", all),
        TextTest::StartsWith(all) => ("starts", all),
    };
    write!(f, "{verb} ")?;
    values(f, all)
}

fn days_ago(f: &mut fmt::Formatter<'_>, comparison: Comparison, days: u32) -> fmt::Result {
    write!(f, "{} {days} days ago", comparison.as_str())
}

/// Writes a condition. `equals` is the operator for equality: `=`, or `!=` for the negated condition.
fn condition(f: &mut fmt::Formatter<'_>, condition: &Condition, equals: &str) -> fmt::Result {
    let present = if equals == "=" { "present" } else { "absent" };
    match condition {
        Condition::Text(field, test) => {
            write!(f, "{} ", field.as_str())?;
            text_test(f, test, equals)
        }
        Condition::Time(field, TimeTest::Present) => write!(f, "{} {present}", field.as_str()),
        Condition::Time(field, TimeTest::Compares(comparison, TimeValue::At(at))) => {
            write!(f, "{} {} {}", field.as_str(), comparison.as_str(), QuotedValue(&at.to_string()))
        }
        Condition::Time(field, TimeTest::Compares(comparison, TimeValue::DaysAgo(days))) => {
            write!(f, "{} ", field.as_str())?;
            days_ago(f, *comparison, *days)
        }
        Condition::Attribute(key, test) => {
            write!(f, "@{} ", QuotedValue(key))?;
            match test {
                AttributeTest::Text(test) => text_test(f, test, equals),
                AttributeTest::Compares(comparison, Operand::Value(value)) => {
                    write!(f, "{} {}", comparison.as_str(), QuotedValue(value))
                }
                AttributeTest::Compares(comparison, Operand::DaysAgo(days)) => {
                    days_ago(f, *comparison, *days)
                }
            }
        }
        Condition::Tag(None) => write!(f, "tag {present}"),
        Condition::Tag(Some(all)) => {
            write!(f, "tag {equals} ")?;
            values(f, all)
        }
        Condition::Status(None) => write!(f, "status {present}"),
        Condition::Status(Some(all)) => {
            write!(f, "status {equals} ")?;
            names(f, &all.iter().map(|status| status_name(*status)).collect::<Vec<_>>())
        }
        Condition::Network(all) => {
            write!(f, "network {equals} ")?;
            names(f, all)
        }
        Condition::Id(all) => {
            write!(f, "id {equals} ")?;
            names(f, all)
        }
        Condition::Blocked => f.write_str("blocked"),
        Condition::Online => f.write_str("online"),
    }
}

/// Whether the text form has a negated operator for the condition, such as `!=` or `absent`.
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
        let write_joined =
            |f: &mut fmt::Formatter<'_>, all: &[Self], word: &str, none: &str, bracket: bool| {
                if all.is_empty() {
                    return f.write_str(none);
                }
                for (at, filter) in all.iter().enumerate() {
                    if at > 0 {
                        write!(f, " {word} ")?;
                    }
                    // An `or` inside an `and` needs brackets. An `and` inside an `or` does not.
                    match &filter.node {
                        FilterNode::Any(inner) if bracket && !inner.is_empty() => write!(f, "({filter})")?,
                        _ => write!(f, "{filter}")?,
                    }
                }
                Ok(())
            };
        match &self.node {
            FilterNode::All(all) => write_joined(f, all, "and", "true", true),
            FilterNode::Any(all) => write_joined(f, all, "or", "false", false),
            FilterNode::Not(inner) => match &inner.node {
                FilterNode::Condition(inner) if has_negated_form(inner) => condition(f, inner, "!="),
                FilterNode::All(all) | FilterNode::Any(all) if !all.is_empty() => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            FilterNode::Condition(single) => condition(f, single, "="),
            FilterNode::LimitExceeded(_) => f.write_str("false"),
        }
    }
}
