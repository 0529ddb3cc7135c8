//! From the model's filter to compiled conditions.

use crate::db::list::filter_lookup;
use crate::db::normalized_value::NormalizedValue;
use crate::db::{self, Read};
use crate::error::{Error, Result, ValidationError};
use crate::model::{
    AttributeKind, AttributeTest, Comparison, Condition, Field, Filter, FilterNode, Network, Operand,
    TextField, TextTest, TimeField, TimeTest, TimeValue, Timestamp, fold_email, limits,
};
use crate::query::filter::eval::{Predicate, TextOperand, TextOperator, ValueOperator};
use crate::text::fold::fold;
use crate::text::phone::{PhoneParser, ascii_digit};

/// What the compilation of a filter needs.
#[derive(Debug)]
pub(super) struct FilterCompiler<'a> {
    pub(super) phones: &'a PhoneParser,
    pub(super) db: &'a Read<'a>,
    /// The tenants whose tags and attributes the filter names.
    pub(super) tenants: Vec<i64>,
    /// The time from which relative days are counted.
    pub(super) now: Timestamp,
}

impl FilterCompiler<'_> {
    /// Compiles a filter.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter over its limits, a text that is not a phone, or a value that the attribute's type does not
    /// have; [`Error::NoNetwork`].
    pub(super) fn compile(&self, filter: &Filter) -> Result<Predicate> {
        let each = |all: &[Filter]| all.iter().map(|filter| self.compile(filter)).collect::<Result<Vec<_>>>();
        Ok(match filter.node() {
            FilterNode::All(all) => Predicate::All(each(all)?),
            FilterNode::Any(all) => Predicate::Any(each(all)?),
            FilterNode::Not(negated) => Predicate::Not(Box::new(self.compile(negated)?)),
            FilterNode::Condition(condition) => self.compile_condition(condition)?,
            FilterNode::LimitExceeded(error) => return Err(Error::invalid(Field::Filter, error.clone())),
        })
    }

    fn compile_condition(&self, condition: &Condition) -> Result<Predicate> {
        Ok(match condition {
            Condition::Text(field, test) => self.compile_text(*field, test)?,
            Condition::Time(field, TimeTest::Present) => Predicate::Time(*field, i64::MIN, i64::MAX),
            Condition::Time(field, TimeTest::Compares(compare, time)) => {
                let (first, last) = comparison_bounds(*compare, time.resolve(self.now).0);
                Predicate::Time(*field, first, last)
            }
            Condition::Attribute(key, test) => self.compile_attribute(key, test)?,
            Condition::Tag(None) => Predicate::Tags(None),
            Condition::Tag(Some(names)) => {
                let mut tags = Vec::new();
                for tenant in &self.tenants {
                    for name in names {
                        let found =
                            filter_lookup::tag_by_name(self.db, *tenant, &name.trim().to_lowercase())?;
                        tags.extend(found.map(|(tag, _)| tag));
                    }
                }
                Predicate::Tags(Some(tags))
            }
            Condition::Status(statuses) => Predicate::Status(statuses.clone()),
            Condition::Network(networks) => {
                let id = |network: &Network| {
                    Ok((db::directory::network_local_id(self.db, network)?, network.clone()))
                };
                Predicate::Network(networks.iter().map(id).collect::<Result<_>>()?)
            }
            Condition::Id(ids) => Predicate::Ids(ids.clone()),
            Condition::Blocked => Predicate::Blocked,
            // No upper bound: the time of an activity may be ahead of this clock.
            Condition::Online => {
                Predicate::Time(TimeField::Active, self.now.0.saturating_sub(limits::ONLINE_MS), i64::MAX)
            }
        })
    }

    fn compile_text(&self, field: TextField, test: &TextTest) -> Result<Predicate> {
        let (operator, values) = match test {
            TextTest::Present => (TextOperator::Present, &[][..]),
            TextTest::Equals(values) => (TextOperator::Equals, values.as_slice()),
            TextTest::Contains(values) => (TextOperator::Contains, values.as_slice()),
            TextTest::StartsWith(values) => (TextOperator::StartsWith, values.as_slice()),
        };
        let operand = |value: &String| {
            let mut phone_forms = Vec::new();
            let text = match field {
                TextField::Email => fold_email(value),
                TextField::Identifier => value.clone(),
                TextField::Phone => {
                    let not_a_phone = || Error::invalid(Field::Phone, ValidationError::NotAPhone);
                    if operator == TextOperator::Equals {
                        phone_forms = self.phones.stored_forms(value).ok_or_else(not_a_phone)?;
                    }
                    phone_digits(value).ok_or_else(not_a_phone)?
                }
                _ => fold(value),
            };
            Ok(TextOperand { text, lowercase: value.trim().to_lowercase(), phone_forms })
        };
        Ok(Predicate::Text(field, operator, values.iter().map(operand).collect::<Result<_>>()?))
    }

    fn compile_attribute(&self, key: &str, test: &AttributeTest) -> Result<Predicate> {
        let mut attributes = Vec::new();
        for tenant in &self.tenants {
            if let Some((attribute, kind)) = filter_lookup::attribute_by_key(self.db, *tenant, key)? {
                if !kind_accepts(kind, test) {
                    let allowed = "a condition and a value of the attribute's type";
                    return Err(Error::invalid(Field::Filter, ValidationError::NotOneOf { allowed }));
                }
                attributes.push(attribute);
            }
        }
        let values = match test {
            AttributeTest::Text(TextTest::Present) => ValueOperator::Present,
            AttributeTest::Text(TextTest::Equals(values)) => {
                ValueOperator::Between(values.iter().flat_map(|value| equality_ranges(value)).collect())
            }
            AttributeTest::Text(TextTest::Contains(values)) => {
                ValueOperator::Contains(values.iter().map(|value| value.trim().to_lowercase()).collect())
            }
            AttributeTest::Text(TextTest::StartsWith(values)) => {
                let range = |value: &String| {
                    let first = value.trim().to_lowercase();
                    let last = format!("{first}{}", char::MAX);
                    (NormalizedValue::Text(first), NormalizedValue::Text(last))
                };
                ValueOperator::Between(values.iter().map(range).collect())
            }
            AttributeTest::Compares(compare, operand) => {
                ValueOperator::Between(vec![self.comparison_range(*compare, operand)?])
            }
        };
        Ok(Predicate::Attributes(attributes, values))
    }

    /// The range of values that satisfy a comparison with an operand.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the operand is neither a number nor a date.
    fn comparison_range(
        &self,
        compare: Comparison,
        operand: &Operand,
    ) -> Result<(NormalizedValue, NormalizedValue)> {
        let integers = |at: i64| {
            let (first, last) = comparison_bounds(compare, at);
            (NormalizedValue::Integer(first), NormalizedValue::Integer(last))
        };
        let value = match operand {
            Operand::DaysAgo(days) => return Ok(integers(TimeValue::DaysAgo(*days).resolve(self.now).0)),
            Operand::Value(value) => value.trim(),
        };
        if let Some(at) = parse_time(value) {
            return Ok(integers(at));
        }
        let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| {
            Error::invalid(
                Field::Filter,
                ValidationError::NotOneOf { allowed: "a number or a date, for <, <=, > and >=" },
            )
        })?;
        Ok(match compare {
            Comparison::Less => {
                (NormalizedValue::Number(f64::NEG_INFINITY), NormalizedValue::Number(number.next_down()))
            }
            Comparison::AtMost => {
                (NormalizedValue::Number(f64::NEG_INFINITY), NormalizedValue::Number(number))
            }
            Comparison::Greater => {
                (NormalizedValue::Number(number.next_up()), NormalizedValue::Number(f64::INFINITY))
            }
            Comparison::AtLeast => (NormalizedValue::Number(number), NormalizedValue::Number(f64::INFINITY)),
        })
    }
}

/// Whether the values of an attribute of a kind can match a condition.
fn kind_accepts(kind: AttributeKind, test: &AttributeTest) -> bool {
    let number = |value: &String| value.trim().parse::<f64>().is_ok_and(f64::is_finite);
    let date = |value: &String| parse_time(value.trim()).is_some();
    match (kind, test) {
        (AttributeKind::Any, _) | (_, AttributeTest::Text(TextTest::Present)) => true,
        (AttributeKind::Number | AttributeKind::Currency | AttributeKind::Percent, test) => match test {
            AttributeTest::Compares(_, Operand::Value(value)) => number(value),
            AttributeTest::Text(TextTest::Equals(values)) => values.iter().all(number),
            _ => false,
        },
        (AttributeKind::Date, test) => match test {
            AttributeTest::Compares(_, Operand::Value(value)) => date(value),
            AttributeTest::Compares(_, Operand::DaysAgo(_)) => true,
            AttributeTest::Text(TextTest::Equals(values)) => values.iter().all(date),
            AttributeTest::Text(_) => false,
        },
        (AttributeKind::Checkbox, AttributeTest::Text(TextTest::Equals(values))) => {
            values.iter().all(|value| matches!(value.trim(), "true" | "false"))
        }
        (AttributeKind::Checkbox, _) | (_, AttributeTest::Compares(..)) => false,
        (_, AttributeTest::Text(_)) => true,
    }
}

/// The integers that satisfy a comparison with `at`: the first and the last.
fn comparison_bounds(compare: Comparison, at: i64) -> (i64, i64) {
    match compare {
        Comparison::Less => (i64::MIN, at.saturating_sub(1)),
        Comparison::AtMost => (i64::MIN, at),
        Comparison::Greater => (at.saturating_add(1), i64::MAX),
        Comparison::AtLeast => (at, i64::MAX),
    }
}

/// A day (`2026-01-31`, its start in UTC) or a time, in milliseconds.
fn parse_time(text: &str) -> Option<i64> {
    let day = (text.len() == 10).then(|| format!("{text}T00:00:00Z"));
    day.as_deref().unwrap_or(text).parse::<Timestamp>().ok().map(|at| at.0)
}

/// The stored values that are equal to a value, for each type that the attribute may have.
fn equality_ranges(value: &str) -> Vec<(NormalizedValue, NormalizedValue)> {
    let value = value.trim();
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
    let flag = match value {
        "true" => Some(1),
        "false" => Some(0),
        _ => None,
    };
    let integer = parse_time(value).or(flag).map(NormalizedValue::Integer);
    let all =
        [Some(NormalizedValue::Text(value.to_lowercase())), number.map(NormalizedValue::Number), integer];
    all.into_iter().flatten().map(|value| (value.clone(), value)).collect()
}

/// The digits of a part of a phone number, after the plus sign or with the signs of a service code if there are some; `None` without
/// digits.
fn phone_digits(text: &str) -> Option<String> {
    let text = text.trim_start();
    let is_code = text.starts_with(['*', '#']);
    let sign = |c| Some(c).filter(|c| is_code && matches!(c, '*' | '#'));
    let digits: String = text.chars().filter_map(|c| ascii_digit(c).or_else(|| sign(c))).collect();
    let plus = text.starts_with(['+', '＋']);
    (!digits.is_empty()).then(|| if plus { format!("+{digits}") } else { digits })
}
