//! What contacts have to be: conditions, put together with and, or and not. Built by typed calls, or read from text.
//!
//! A filter is a tree of bounded depth and size: one that grows past a limit becomes a leaf that says so, so nothing here can
//! recurse too deep, however it was built.

use std::fmt;

use crate::error::{Error, Result, ValidationError};
use crate::model::contact::Status;
use crate::model::field::Field;
use crate::model::filter::condition::Condition;
use crate::model::id::ContactId;
use crate::model::limits;
use crate::model::network::Network;

/// A condition on contacts, or several put together. Made by the calls below, or read from text; its `Display` is the text that
/// reads back as the same filter.
///
/// ```
/// use cardex::{Filter, TextField, TimeField, Timestamp};
/// let built = Filter::field(TextField::Company).equals("Acme")
///     .and(Filter::tag("vip").or(Filter::not(Filter::attribute("plan").equals("gold"))))
///     .and(Filter::time(TimeField::Created).days_before(30));
/// let read: Filter = "company = Acme and (tag = vip or @plan != gold) and created < 30 days ago".parse()?;
/// assert_eq!(built, read);
/// assert_eq!(read.to_string().parse::<Filter>()?, read);
/// # Ok::<(), cardex::Error>(())
/// ```
///
/// # What a condition means
/// - Texts are compared folded, as searches do: without regard to case, accents and punctuation; identifiers exactly. A phone equals
///   another in whatever form it is written. Where a contact has several phones, e-mail addresses or identifiers, one of them is enough.
/// - A value that a contact lacks meets no condition on it, not even "less than". [`Filter::not`] turns a condition around and nothing
///   else: so `company != x`, which is `not company = x`, is also met by who has no company; where that is not meant, ask for
///   `company present and company != x`.
/// - A condition with several values is met by one of them.
///
/// # As text
/// `and` binds tighter than `or`; `not` takes the next condition or bracket. Words of the language are in small letters; a value that
/// is one of them, or has blanks, brackets or commas, stands in double quotes, in which `\"` and `\\` are a quote and a backslash.
///
/// | what | conditions |
/// | --- | --- |
/// | `first` `last` `name` (as displayed) `nickname` `company` `language` `city` `country` `email` `phone` `identifier` | `=` `!=` `contains` `starts`, each with a value or several: `(a, b)`; `in (a, b)` is `= (a, b)`; `present`, `absent` |
/// | `created` `updated` `active` | `<` `<=` `>` `>=` with a day (its first moment in UTC), a time as in RFC 3339, or `N days ago` (the first moment of that day in UTC); `present`, `absent` |
/// | `@key`, the custom attribute with this key (also `key` alone where it is no word of the language) | all of those |
/// | `tag` | `=` `!=` `in`; `present`, `absent` |
/// | `status` `network` `id` | `=` `!=` `in`; `status present`, `status absent` |
/// | `blocked`; `online`; `true`, `false`: everybody, nobody | |
///
/// # Limits
/// [`limits::FILTER_DEPTH`], [`limits::FILTER_CONDITIONS`], [`limits::FILTER_VALUES`], [`limits::FILTER`]. A filter that passes one, or
/// compares with a blank text, is an [`Error::Invalid`] where it is used.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Filter {
    pub(super) node: FilterNode,
    /// Conditions that stand in each other; 0 for a single one.
    depth: usize,
    conditions: usize,
}

/// What a filter is made of. All and any have no children of their own kind, and never just one; not has no not.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum FilterNode {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Condition(Condition),
    /// It has passed this limit.
    LimitExceeded(ValidationError),
}

impl Filter {
    /// All of these; everybody if there are none.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::join(
            filters,
            |node| if let FilterNode::All(own) = node { Ok(own) } else { Err(node) },
            FilterNode::All,
        )
    }

    /// At least one of these; nobody if there are none.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::join(
            filters,
            |node| if let FilterNode::Any(own) = node { Ok(own) } else { Err(node) },
            FilterNode::Any,
        )
    }

    /// Whoever the filter leaves out.
    #[allow(clippy::should_implement_trait)] // it reads as the language does: not(tag("vip"))
    pub fn not(filter: Self) -> Self {
        match filter.node {
            FilterNode::Not(inner) => *inner,
            FilterNode::LimitExceeded(_) => filter,
            _ => {
                let (depth, conditions) = (filter.depth.saturating_add(1), filter.conditions);
                Self { node: FilterNode::Not(Box::new(filter)), depth, conditions }.enforce_limits()
            }
        }
    }

    /// This and another one.
    pub fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// This or another one.
    pub fn or(self, other: Self) -> Self {
        Self::any([self, other])
    }

    /// Those with this tag.
    pub fn tag(name: impl Into<String>) -> Self {
        Self::tag_in([name])
    }

    /// Those with one of these tags.
    pub fn tag_in<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::from_condition(Condition::Tag(Some(names.into_iter().map(Into::into).collect())))
    }

    /// Those with any tag.
    pub fn tagged() -> Self {
        Self::from_condition(Condition::Tag(None))
    }

    /// Those that stand at one of these on their network.
    pub fn status(statuses: impl IntoIterator<Item = Status>) -> Self {
        Self::from_condition(Condition::Status(Some(statuses.into_iter().collect())))
    }

    /// Those of whom their network said anything.
    pub fn has_status() -> Self {
        Self::from_condition(Condition::Status(None))
    }

    /// Those on one of these networks.
    pub fn network(networks: impl IntoIterator<Item = Network>) -> Self {
        Self::from_condition(Condition::Network(networks.into_iter().collect()))
    }

    /// Those with one of these ids.
    pub fn id(ids: impl IntoIterator<Item = ContactId>) -> Self {
        Self::from_condition(Condition::Id(ids.into_iter().collect()))
    }

    /// Those whose first phone is blocked: by the tenant or, in an advisor's list, by that advisor; elsewhere by any advisor of the
    /// tenant too.
    pub fn blocked() -> Self {
        Self::from_condition(Condition::Blocked)
    }

    /// Those who are online: whose last sign of life is no older than [`limits::ONLINE_MS`], by the book's clock.
    pub fn online() -> Self {
        Self::from_condition(Condition::Online)
    }

    pub(crate) fn node(&self) -> &FilterNode {
        &self.node
    }

    pub(super) fn from_condition(condition: Condition) -> Self {
        Self { node: FilterNode::Condition(condition), depth: 0, conditions: 1 }
    }

    fn join(
        filters: impl IntoIterator<Item = Self>,
        open: impl Fn(FilterNode) -> std::result::Result<Vec<Self>, FilterNode>,
        close: impl Fn(Vec<Self>) -> FilterNode,
    ) -> Self {
        let mut all = Vec::new();
        for Self { node, depth, conditions } in filters {
            match open(node) {
                Ok(own) => all.extend(own),
                Err(node) => all.push(Self { node, depth, conditions }),
            }
            if all.len() > limits::FILTER_CONDITIONS {
                break;
            }
        }
        if let [_] = all.as_slice()
            && let Some(only) = all.pop()
        {
            return only;
        }
        let depth = all.iter().map(|filter| filter.depth.saturating_add(1)).max().unwrap_or_default();
        let own = all.iter().map(|filter| filter.conditions);
        let conditions = own.fold(usize::from(all.is_empty()), usize::saturating_add);
        Self { node: close(all), depth, conditions }.enforce_limits()
    }

    /// Itself, or the limit it has passed. What is dropped here is no deeper than the limit.
    fn enforce_limits(self) -> Self {
        let broken = match &self.node {
            FilterNode::All(all) | FilterNode::Any(all) => all.iter().find_map(Self::exceeded_limit),
            FilterNode::Not(inner) => inner.exceeded_limit(),
            _ => None,
        };
        let problem = if broken.is_some() {
            broken.cloned()
        } else if self.depth > limits::FILTER_DEPTH {
            Some(ValidationError::TooDeep { limit: limits::FILTER_DEPTH })
        } else if self.conditions > limits::FILTER_CONDITIONS {
            Some(ValidationError::TooMany { limit: limits::FILTER_CONDITIONS })
        } else {
            None
        };
        problem.map_or(self, |problem| Self {
            node: FilterNode::LimitExceeded(problem),
            depth: 0,
            conditions: 1,
        })
    }

    fn exceeded_limit(&self) -> Option<&ValidationError> {
        if let FilterNode::LimitExceeded(problem) = &self.node { Some(problem) } else { None }
    }

    /// Refuses what no filter may have.
    pub(crate) fn check(&self) -> Result<()> {
        let problem = |problem| Err(Error::invalid(Field::Filter, problem));
        match &self.node {
            FilterNode::All(all) | FilterNode::Any(all) => all.iter().try_for_each(Self::check),
            FilterNode::Not(inner) => inner.check(),
            FilterNode::Condition(condition) => condition.check().or_else(problem),
            FilterNode::LimitExceeded(broken) => problem(broken.clone()),
        }
    }

    /// Shows each condition.
    pub(crate) fn visit_conditions(&self, show: &mut impl FnMut(&Condition)) {
        match &self.node {
            FilterNode::All(all) | FilterNode::Any(all) => {
                all.iter().for_each(|filter| filter.visit_conditions(show))
            }
            FilterNode::Not(inner) => inner.visit_conditions(show),
            FilterNode::Condition(condition) => show(condition),
            FilterNode::LimitExceeded(_) => {}
        }
    }
}

impl fmt::Debug for Filter {
    /// Not what is compared with: it may well be a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("conditions", &self.conditions).finish_non_exhaustive()
    }
}

impl serde::Serialize for Filter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Filter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
