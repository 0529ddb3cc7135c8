//! The parser of filters: recursive descent with limited depth.

use std::str::FromStr;

use crate::error::{Error, Result, ValidationError};
use crate::model::contact::Status;
use crate::model::field::Field;
use crate::model::filter::condition::{
    AttributeTest, Comparison, Condition, Operand, TextField, TextTest, TimeField, TimeValue,
};
use crate::model::filter::condition_builders::{AttributeCondition, TimeCondition};
use crate::model::filter::text::{is_bare_char, is_keyword, status_name};
use crate::model::filter::tree::Filter;
use crate::model::limits;
use crate::model::network::Network;
use crate::model::time::Timestamp;

impl FromStr for Filter {
    type Err = Error;

    /// Parses a filter.
    ///
    /// # Errors
    /// [`ValidationError::Syntax`] gives the position of a syntax error and what is expected there. Exceeded limits have their own
    /// errors.
    fn from_str(text: &str) -> Result<Self> {
        crate::model::contact_method::check_length(Field::Filter, text, limits::FILTER)?;
        let mut parser = Parser { text, rest: text, depth: 0 };
        if text.trim().is_empty() {
            return Err(Error::invalid(Field::Filter, ValidationError::Blank));
        }
        let filter = parser.parse_or()?;
        parser.skip_whitespace();
        if !parser.rest.is_empty() {
            return Err(parser.expected("and, or, or the end"));
        }
        filter.check()?;
        Ok(filter)
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    /// The number of open brackets and `not`s.
    depth: usize,
}

const OPERATOR: &str = "an operator (=, !=, in, contains, starts, <, <=, >, >=, present, absent)";
const VALUE: &str = "a value; in double quotes if it is a keyword, or has white space or punctuation";

impl<'a> Parser<'a> {
    /// A syntax error at the current position.
    fn expected(&self, expected: &'static str) -> Error {
        self.expected_at(self.rest, expected)
    }

    /// A syntax error at the position where the rest of the text was `rest`.
    fn expected_at(&self, rest: &str, expected: &'static str) -> Error {
        let parsed_len = self.text.len().saturating_sub(rest.len());
        let position = self.text.get(..parsed_len).unwrap_or_default().chars().count().saturating_add(1);
        Error::invalid(Field::Filter, ValidationError::Syntax { position, expected })
    }

    fn skip_whitespace(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// The next word, which is not consumed; empty if there is none.
    fn peek(&mut self) -> &'a str {
        self.skip_whitespace();
        let end = self.rest.find(|c| !is_bare_char(c)).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    /// Consumes a text if it comes next.
    fn take(&mut self, text: &str) -> bool {
        self.skip_whitespace();
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Consumes a keyword if it comes next.
    fn take_keyword(&mut self, word: &str) -> bool {
        self.peek() == word && self.take(word)
    }

    fn parse_or(&mut self) -> Result<Filter> {
        let mut all = vec![self.parse_and()?];
        while self.take_keyword("or") {
            all.push(self.parse_and()?);
        }
        Ok(Filter::any(all))
    }

    fn parse_and(&mut self) -> Result<Filter> {
        let mut all = vec![self.parse_unary()?];
        while self.take_keyword("and") {
            all.push(self.parse_unary()?);
        }
        Ok(Filter::all(all))
    }

    fn parse_unary(&mut self) -> Result<Filter> {
        let operator = if self.take_keyword("not") {
            "not"
        } else if self.take("(") {
            "("
        } else {
            ""
        };
        if operator.is_empty() {
            return self.parse_condition();
        }
        self.depth = self.depth.saturating_add(1);
        // Redundant brackets are allowed, so there may be more brackets than levels of conditions.
        if self.depth > limits::FILTER_DEPTH.saturating_mul(2) {
            return Err(Error::invalid(
                Field::Filter,
                ValidationError::TooDeep { limit: limits::FILTER_DEPTH },
            ));
        }
        let filter = if operator == "not" { Filter::not(self.parse_unary()?) } else { self.parse_or()? };
        if operator == "(" && !self.take(")") {
            return Err(self.expected("and, or, or a closing bracket"));
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(filter)
    }

    fn parse_condition(&mut self) -> Result<Filter> {
        let word = self.peek();
        let start = self.rest;
        if let Some(key) = word.strip_prefix('@') {
            self.take("@");
            let key = if key.is_empty() { self.take_quoted()? } else { self.take_bare_word() };
            return self.parse_attribute_test(key);
        }
        let word = self.take_bare_word();
        match word.as_str() {
            "" => return Err(self.expected("a condition, not, or an opening bracket")),
            "true" => return Ok(Filter::all([])),
            "false" => return Ok(Filter::any([])),
            "blocked" => return Ok(Filter::blocked()),
            "online" => return Ok(Filter::online()),
            "tag" => {
                return self.parse_value_set(true, |all| Filter::from_condition(Condition::Tag(all)), Some);
            }
            "status" => {
                return self.parse_value_set(
                    true,
                    |all| Filter::from_condition(Condition::Status(all)),
                    |text| parse_status(&text),
                );
            }
            "network" => {
                let make = |all: Option<_>| Filter::network(all.unwrap_or_default());
                return self.parse_value_set(false, make, |text| text.parse::<Network>().ok());
            }
            "id" => {
                let make = |all: Option<_>| Filter::id(all.unwrap_or_default());
                return self.parse_value_set(false, make, |text| text.parse().ok());
            }
            _ => {}
        }
        if let Some(field) = TextField::ALL.into_iter().find(|field| field.as_str() == word) {
            return self.parse_text_test(|test| Filter::from_condition(Condition::Text(field, test)));
        }
        if let Some(field) = TimeField::ALL.into_iter().find(|field| field.as_str() == word) {
            return self.parse_time_test(TimeCondition(field));
        }
        if is_keyword(&word) {
            return Err(self.expected_at(start, "a condition, not, or an opening bracket"));
        }
        self.parse_attribute_test(word)
    }

    /// A condition with a set of values, or with `present` or `absent` if `allow_present`.
    fn parse_value_set<T>(
        &mut self,
        allow_present: bool,
        make: impl Fn(Option<Vec<T>>) -> Filter,
        read: impl Fn(String) -> Option<T>,
    ) -> Result<Filter> {
        if allow_present && self.take_keyword("present") {
            return Ok(make(None));
        }
        if allow_present && self.take_keyword("absent") {
            return Ok(Filter::not(make(None)));
        }
        let (not_equals, equals) = (self.take("!="), self.take_keyword("in") || self.take("="));
        if !not_equals && !equals {
            return Err(self.expected("=, != or in"));
        }
        let start = self.rest;
        let all: Option<Vec<T>> = self.parse_values()?.into_iter().map(read).collect();
        let filter = make(Some(all.ok_or_else(|| self.expected_at(start, "a value of this field"))?));
        Ok(if not_equals { Filter::not(filter) } else { filter })
    }

    fn parse_text_test(&mut self, make: impl Fn(TextTest) -> Filter) -> Result<Filter> {
        if self.take_keyword("present") {
            Ok(make(TextTest::Present))
        } else if self.take_keyword("absent") {
            Ok(Filter::not(make(TextTest::Present)))
        } else if self.take("!=") {
            Ok(Filter::not(make(TextTest::Equals(self.parse_values()?))))
        } else if self.take("=") || self.take_keyword("in") {
            Ok(make(TextTest::Equals(self.parse_values()?)))
        } else if self.take_keyword("contains") {
            Ok(make(TextTest::Contains(self.parse_values()?)))
        } else if self.take_keyword("starts") {
            self.take_keyword("with");
            Ok(make(TextTest::StartsWith(self.parse_values()?)))
        } else {
            Err(self.expected(OPERATOR))
        }
    }

    fn parse_time_test(&mut self, condition: TimeCondition) -> Result<Filter> {
        if self.take_keyword("present") {
            return Ok(condition.present());
        }
        if self.take_keyword("absent") {
            return Ok(Filter::not(condition.present()));
        }
        let Some(comparison) = self.parse_comparison() else {
            return Err(self.expected("<, <=, >, >=, present or absent"));
        };
        self.skip_whitespace();
        let start = self.rest;
        let value = self.parse_value()?;
        if let Some(days) = self.parse_days_ago(&value) {
            return Ok(condition.compare(comparison, TimeValue::DaysAgo(days)));
        }
        let day = (value.len() == 10).then(|| format!("{value}T00:00:00Z"));
        match day.unwrap_or(value).parse::<Timestamp>() {
            Ok(at) => Ok(condition.compare(comparison, TimeValue::At(at))),
            Err(_) => Err(self.expected_at(start, "a day (2026-01-31), a time in RFC 3339, or `N days ago`")),
        }
    }

    fn parse_attribute_test(&mut self, key: String) -> Result<Filter> {
        if let Some(comparison) = self.parse_comparison() {
            let value = self.parse_value()?;
            let operand = self.parse_days_ago(&value).map_or(Operand::Value(value), Operand::DaysAgo);
            return Ok(AttributeCondition(key).compare(comparison, operand));
        }
        self.parse_text_test(|test| {
            Filter::from_condition(Condition::Attribute(key.clone(), AttributeTest::Text(test)))
        })
    }

    fn parse_comparison(&mut self) -> Option<Comparison> {
        Comparison::ALL.into_iter().find(|comparison| self.take(comparison.as_str()))
    }

    /// The number of days, if `days ago` follows the value.
    fn parse_days_ago(&mut self, value: &str) -> Option<u32> {
        let days = value.parse().ok()?;
        let rest = self.rest;
        if self.take_keyword("days") && self.take_keyword("ago") {
            return Some(days);
        }
        self.rest = rest;
        None
    }

    /// One value, or several in brackets.
    fn parse_values(&mut self) -> Result<Vec<String>> {
        if !self.take("(") {
            return Ok(vec![self.parse_value()?]);
        }
        let mut all = Vec::new();
        if self.take(")") {
            return Ok(all);
        }
        loop {
            all.push(self.parse_value()?);
            if self.take(")") {
                return Ok(all);
            }
            if !self.take(",") {
                return Err(self.expected("a comma or a closing bracket"));
            }
        }
    }

    fn parse_value(&mut self) -> Result<String> {
        self.skip_whitespace();
        if self.rest.starts_with('"') {
            return self.take_quoted();
        }
        let word = self.peek();
        if word.is_empty() || (is_keyword(word) && !matches!(word, "true" | "false")) {
            return Err(self.expected(VALUE));
        }
        Ok(self.take_bare_word())
    }

    /// Consumes the next word.
    fn take_bare_word(&mut self) -> String {
        let word = self.peek();
        self.rest = self.rest.get(word.len()..).unwrap_or_default();
        word.to_owned()
    }

    fn take_quoted(&mut self) -> Result<String> {
        let start = self.rest;
        if !self.take("\"") {
            return Err(self.expected("a name, or a name in double quotes"));
        }
        let mut value = String::new();
        let mut chars = self.rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    self.rest = chars.as_str();
                    return Ok(value);
                }
                '\\' => match chars.next() {
                    Some(c @ ('"' | '\\')) => value.push(c),
                    _ => {
                        return Err(
                            self.expected_at(chars.as_str(), "a quote or a backslash after a backslash")
                        );
                    }
                },
                c => value.push(c),
            }
        }
        Err(self.expected_at(start, "a closing quote"))
    }
}

fn parse_status(text: &str) -> Option<Status> {
    let name = text.to_ascii_uppercase().replace('-', "_");
    Status::ALL.into_iter().find(|status| status_name(*status) == name)
}
