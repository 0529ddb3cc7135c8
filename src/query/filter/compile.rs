//! From a filter to what is asked of a contact.

use crate::db::list::filter_lookup::{self, Norm};
use crate::db::{self, Read};
use crate::error::{Error, Problem, Result};
use crate::model::{
    AttributeKind, AttributeTest, Compare, Condition, Field, Filter, Moment, Network, Node, Operand,
    TextField, TextTest, TimeField, TimeTest, Timestamp, fold_email, limits,
};
use crate::query::filter::eval::{Test, Values, Verb, Wanted};
use crate::text::fold::fold;
use crate::text::phone::PhoneParser;

/// What a filter is made ready with.
#[derive(Debug)]
pub(super) struct Maker<'a> {
    pub(super) phones: &'a PhoneParser,
    pub(super) db: &'a Read<'a>,
    pub(super) tenants: Vec<i64>,
    pub(super) now: Timestamp,
}

impl Maker<'_> {
    pub(super) fn test(&self, filter: &Filter) -> Result<Test> {
        let each = |all: &[Filter]| all.iter().map(|filter| self.test(filter)).collect::<Result<Vec<_>>>();
        Ok(match filter.node() {
            Node::All(all) => Test::All(each(all)?),
            Node::Any(all) => Test::Any(each(all)?),
            Node::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            Node::Is(condition) => self.condition(condition)?,
            Node::Broken(problem) => return Err(Error::invalid(Field::Filter, problem.clone())),
        })
    }

    fn condition(&self, condition: &Condition) -> Result<Test> {
        Ok(match condition {
            Condition::Text(field, test) => self.text(*field, test)?,
            Condition::Time(field, TimeTest::Present) => Test::Time(*field, i64::MIN, i64::MAX),
            Condition::Time(field, TimeTest::Is(compare, moment)) => {
                let (least, most) = range(*compare, moment.resolve(self.now).0);
                Test::Time(*field, least, most)
            }
            Condition::Attribute(key, test) => self.attribute(key, test)?,
            Condition::Tag(None) => Test::Tags(None),
            Condition::Tag(Some(names)) => {
                let mut tags = Vec::new();
                for tenant in &self.tenants {
                    for name in names {
                        let found = filter_lookup::tag(self.db, *tenant, &name.trim().to_lowercase())?;
                        tags.extend(found.map(|(tag, _)| tag));
                    }
                }
                Test::Tags(Some(tags))
            }
            Condition::Status(statuses) => Test::Status(statuses.clone()),
            Condition::Network(networks) => {
                let id =
                    |network: &Network| Ok((db::directory::network_id(self.db, network)?, network.clone()));
                Test::Network(networks.iter().map(id).collect::<Result<_>>()?)
            }
            Condition::Id(ids) => Test::Ids(ids.clone()),
            Condition::Blocked => Test::Blocked,
            // From then on without an end: a sign of life may be dated ahead of this clock.
            Condition::Online => {
                Test::Time(TimeField::Active, self.now.0.saturating_sub(limits::ONLINE_MS), i64::MAX)
            }
        })
    }

    fn text(&self, field: TextField, test: &TextTest) -> Result<Test> {
        let (verb, values) = match test {
            TextTest::Present => (Verb::Present, &[][..]),
            TextTest::Equals(values) => (Verb::Equals, values.as_slice()),
            TextTest::Contains(values) => (Verb::Contains, values.as_slice()),
            TextTest::Starts(values) => (Verb::Starts, values.as_slice()),
        };
        let wanted = |value: &String| {
            let mut forms = Vec::new();
            let text = match field {
                TextField::Email => fold_email(value),
                TextField::Identifier => value.clone(),
                TextField::Phone => {
                    let not = || Error::invalid(Field::Phone, Problem::NotAPhone);
                    if verb == Verb::Equals {
                        forms = self.phones.forms(value).ok_or_else(not)?;
                    }
                    digits(value).ok_or_else(not)?
                }
                _ => fold(value),
            };
            Ok(Wanted { text, raw: value.trim().to_lowercase(), forms })
        };
        Ok(Test::Text(field, verb, values.iter().map(wanted).collect::<Result<_>>()?))
    }

    fn attribute(&self, key: &str, test: &AttributeTest) -> Result<Test> {
        let mut defs = Vec::new();
        for tenant in &self.tenants {
            if let Some((def, kind)) = filter_lookup::definition(self.db, *tenant, key)? {
                if !fits(kind, test) {
                    let allowed = "a condition that the attribute's type has, with a value of that type";
                    return Err(Error::invalid(Field::Filter, Problem::NotOneOf { allowed }));
                }
                defs.push(def);
            }
        }
        let values = match test {
            AttributeTest::Text(TextTest::Present) => Values::Any,
            AttributeTest::Text(TextTest::Equals(values)) => {
                Values::Between(values.iter().flat_map(|value| equal_to(value)).collect())
            }
            AttributeTest::Text(TextTest::Contains(values)) => {
                Values::Contains(values.iter().map(|value| value.trim().to_lowercase()).collect())
            }
            AttributeTest::Text(TextTest::Starts(values)) => {
                let range = |value: &String| {
                    let least = value.trim().to_lowercase();
                    let most = format!("{least}{}", char::MAX);
                    (Norm::Text(least), Norm::Text(most))
                };
                Values::Between(values.iter().map(range).collect())
            }
            AttributeTest::Is(compare, operand) => Values::Between(vec![self.beyond(*compare, operand)?]),
        };
        Ok(Test::Values(defs, values))
    }

    /// The values that compare so with an operand.
    fn beyond(&self, compare: Compare, operand: &Operand) -> Result<(Norm, Norm)> {
        let whole = |at: i64| {
            let (least, most) = range(compare, at);
            (Norm::Whole(least), Norm::Whole(most))
        };
        let value = match operand {
            Operand::DaysAgo(days) => return Ok(whole(Moment::DaysAgo(*days).resolve(self.now).0)),
            Operand::Value(value) => value.trim(),
        };
        if let Some(at) = moment(value) {
            return Ok(whole(at));
        }
        let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| {
            Error::invalid(
                Field::Filter,
                Problem::NotOneOf { allowed: "a number or a date, for <, <=, > and >=" },
            )
        })?;
        Ok(match compare {
            Compare::Less => (Norm::Number(f64::NEG_INFINITY), Norm::Number(number.next_down())),
            Compare::AtMost => (Norm::Number(f64::NEG_INFINITY), Norm::Number(number)),
            Compare::Greater => (Norm::Number(number.next_up()), Norm::Number(f64::INFINITY)),
            Compare::AtLeast => (Norm::Number(number), Norm::Number(f64::INFINITY)),
        })
    }
}

/// Whether an attribute of a kind can meet a condition at all.
fn fits(kind: AttributeKind, test: &AttributeTest) -> bool {
    let number = |value: &String| value.trim().parse::<f64>().is_ok_and(f64::is_finite);
    let date = |value: &String| moment(value.trim()).is_some();
    match (kind, test) {
        (AttributeKind::Any, _) | (_, AttributeTest::Text(TextTest::Present)) => true,
        (AttributeKind::Number | AttributeKind::Currency | AttributeKind::Percent, test) => match test {
            AttributeTest::Is(_, Operand::Value(value)) => number(value),
            AttributeTest::Text(TextTest::Equals(values)) => values.iter().all(number),
            _ => false,
        },
        (AttributeKind::Date, test) => match test {
            AttributeTest::Is(_, Operand::Value(value)) => date(value),
            AttributeTest::Is(_, Operand::DaysAgo(_)) => true,
            AttributeTest::Text(TextTest::Equals(values)) => values.iter().all(date),
            AttributeTest::Text(_) => false,
        },
        (AttributeKind::Checkbox, AttributeTest::Text(TextTest::Equals(values))) => {
            values.iter().all(|value| matches!(value.trim(), "true" | "false"))
        }
        (AttributeKind::Checkbox, _) | (_, AttributeTest::Is(..)) => false,
        (_, AttributeTest::Text(_)) => true,
    }
}

/// The moments that compare so with one: the first and the last.
fn range(compare: Compare, at: i64) -> (i64, i64) {
    match compare {
        Compare::Less => (i64::MIN, at.saturating_sub(1)),
        Compare::AtMost => (i64::MIN, at),
        Compare::Greater => (at.saturating_add(1), i64::MAX),
        Compare::AtLeast => (at, i64::MAX),
    }
}

/// A day or a time as text.
fn moment(text: &str) -> Option<i64> {
    let day = (text.len() == 10).then(|| format!("{text}T00:00:00Z"));
    day.as_deref().unwrap_or(text).parse::<Timestamp>().ok().map(|at| at.0)
}

/// What a value may stand for, of whatever type the attribute is.
fn equal_to(value: &str) -> Vec<(Norm, Norm)> {
    let value = value.trim();
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
    let flag = match value {
        "true" => Some(1),
        "false" => Some(0),
        _ => None,
    };
    let whole = moment(value).or(flag).map(Norm::Whole);
    let all = [Some(Norm::Text(value.to_lowercase())), number.map(Norm::Number), whole];
    all.into_iter().flatten().map(|norm| (norm.clone(), norm)).collect()
}

/// The digits of a part of a number, with the plus in front if there is one.
fn digits(text: &str) -> Option<String> {
    let plus = text.trim_start().starts_with('+');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| if plus { format!("+{digits}") } else { digits })
}
