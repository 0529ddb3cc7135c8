//! A filter: a tree of conditions of limited depth and size.
//!
//! A filter that exceeds a limit becomes a leaf with the error. So no code here can recurse too deep, however the filter was built.

use std::fmt;

use crate::error::{Error, Result, ValidationError};
use crate::model::contact::Status;
use crate::model::field::Field;
use crate::model::filter::condition::Condition;
use crate::model::id::ContactId;
use crate::model::limits;
use crate::model::network::Network;

/// A condition on contacts, or a combination of conditions. Built by the calls below, or parsed from text. The text of its `Display`
/// parses to the same filter.
///
/// ```
/// use cardex::filters::{TextField, TimeField};
/// use cardex::{Filter, Timestamp};
/// let built = Filter::field(TextField::Company).equals("Acme")
///     .and(Filter::tag("vip").or(Filter::not(Filter::attribute("plan").equals("gold"))))
///     .and(Filter::time(TimeField::Created).days_before(30));
/// let read: Filter = "company = Acme and (tag = vip or @plan != gold) and created < 30 days ago".parse()?;
/// assert_eq!(built, read);
/// assert_eq!(read.to_string().parse::<Filter>()?, read);
/// # Ok::<(), cardex::Error>(())
/// ```
///
/// # Semantics
/// - Text comparisons use the fold of the search: they ignore case, accents and punctuation. Identifiers are compared exactly. Phones
///   are compared in their normalized form. If a contact has several phones, e-mail addresses or identifiers, one match is enough.
/// - A missing value matches no condition, not even "less than". [`Filter::not`] only inverts: `company != x` means `not company = x`,
///   so contacts without a company match. To exclude them, write `company present and company != x`.
/// - A condition with several values matches if one of them matches.
///
/// # As text
/// `and` binds tighter than `or`; `not` applies to the next condition or bracket. Keywords are in lower case. A value needs double
/// quotes if it is a keyword, or contains white space, brackets or commas. In quotes, `\"` is a quote and `\\` a backslash.
///
/// | what | conditions |
/// | --- | --- |
/// | `first` `last` `name` (display name) `nickname` `company` `language` `city` `country` `email` `phone` `identifier` | `=` `!=` `contains` `starts`, each with a value or several: `(a, b)`; `in (a, b)` is `= (a, b)`; `present`, `absent` |
/// | `created` `updated` `active` | `<` `<=` `>` `>=` with a day (its first moment in UTC), a time as in RFC 3339, or `N days ago` (the first moment of that day in UTC); `present`, `absent` |
/// | `@key`, the custom attribute with this key (also `key` if it is not a keyword) | all of the above |
/// | `tag` | `=` `!=` `in`; `present`, `absent` |
/// | `status` `network` `id` | `=` `!=` `in`; `status present`, `status absent` |
/// | `blocked`; `online`; `true`, `false` (all contacts, no contact) | |
///
/// # Limits
/// [`limits::FILTER_DEPTH`], [`limits::FILTER_CONDITIONS`], [`limits::FILTER_VALUES`], [`limits::FILTER`]. A filter that
/// exceeds a limit, or compares with a blank text, causes [`Error::Invalid`] where it is used.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Filter {
    pub(super) node: FilterNode,
    /// Levels of nested conditions; 0 for a single condition.
    depth: usize,
    conditions: usize,
}

/// A node of the tree. `All` and `Any` have no children of their own kind, and never exactly one child. `Not` has no child `Not`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum FilterNode {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Condition(Condition),
    /// The filter exceeds this limit.
    LimitExceeded(ValidationError),
}

impl Filter {
    /// Matches if all filters match. Without filters, it matches every contact.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::join(
            filters,
            |node| if let FilterNode::All(children) = node { Ok(children) } else { Err(node) },
            FilterNode::All,
        )
    }

    /// Matches if at least one filter matches. Without filters, it matches no contact.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::join(
            filters,
            |node| if let FilterNode::Any(children) = node { Ok(children) } else { Err(node) },
            FilterNode::Any,
        )
    }

    /// Matches if the filter does not match.
    #[allow(clippy::should_implement_trait)] // reads like the text form: not(tag("vip"))
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

    /// Matches if this filter and the other one match.
    pub fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// Matches if this filter or the other one matches.
    pub fn or(self, other: Self) -> Self {
        Self::any([self, other])
    }

    /// Contacts with this tag.
    pub fn tag(name: impl Into<String>) -> Self {
        Self::tag_in([name])
    }

    /// Contacts with at least one of these tags.
    pub fn tag_in<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::from_condition(Condition::Tag(Some(names.into_iter().map(Into::into).collect())))
    }

    /// Contacts with any tag.
    pub fn tagged() -> Self {
        Self::from_condition(Condition::Tag(None))
    }

    /// Contacts with one of these statuses on their network.
    pub fn status(statuses: impl IntoIterator<Item = Status>) -> Self {
        Self::from_condition(Condition::Status(Some(statuses.into_iter().collect())))
    }

    /// Contacts with any status.
    pub fn has_status() -> Self {
        Self::from_condition(Condition::Status(None))
    }

    /// Contacts on one of these networks.
    pub fn network(networks: impl IntoIterator<Item = Network>) -> Self {
        Self::from_condition(Condition::Network(networks.into_iter().collect()))
    }

    /// Contacts with one of these ids.
    pub fn id(ids: impl IntoIterator<Item = ContactId>) -> Self {
        Self::from_condition(Condition::Id(ids.into_iter().collect()))
    }

    /// Contacts whose first phone is blocked: by the tenant or an advisor of the tenant. In an advisor's list, blocks of other advisors
    /// do not count.
    pub fn blocked() -> Self {
        Self::from_condition(Condition::Blocked)
    }

    /// Contacts that are online: active within the last [`limits::ONLINE_MS`], by the book's clock.
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
        flatten: impl Fn(FilterNode) -> std::result::Result<Vec<Self>, FilterNode>,
        make: impl Fn(Vec<Self>) -> FilterNode,
    ) -> Self {
        let mut all = Vec::new();
        for Self { node, depth, conditions } in filters {
            match flatten(node) {
                Ok(children) => all.extend(children),
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
        let counts = all.iter().map(|filter| filter.conditions);
        let conditions = counts.fold(usize::from(all.is_empty()), usize::saturating_add);
        Self { node: make(all), depth, conditions }.enforce_limits()
    }

    /// The filter, or a leaf with the limit that it exceeds. A dropped tree is at most one level deeper than the limit.
    fn enforce_limits(self) -> Self {
        let exceeded_below = match &self.node {
            FilterNode::All(all) | FilterNode::Any(all) => all.iter().find_map(Self::exceeded_limit),
            FilterNode::Not(inner) => inner.exceeded_limit(),
            _ => None,
        };
        let exceeded = if exceeded_below.is_some() {
            exceeded_below.cloned()
        } else if self.depth > limits::FILTER_DEPTH {
            Some(ValidationError::TooDeep { limit: limits::FILTER_DEPTH })
        } else if self.conditions > limits::FILTER_CONDITIONS {
            Some(ValidationError::TooMany { limit: limits::FILTER_CONDITIONS })
        } else {
            None
        };
        exceeded.map_or(self, |reason| Self {
            node: FilterNode::LimitExceeded(reason),
            depth: 0,
            conditions: 1,
        })
    }

    fn exceeded_limit(&self) -> Option<&ValidationError> {
        if let FilterNode::LimitExceeded(reason) = &self.node { Some(reason) } else { None }
    }

    /// Checks the limits and the values of all conditions.
    pub(crate) fn check(&self) -> Result<()> {
        let invalid = |reason| Err(Error::invalid(Field::Filter, reason));
        match &self.node {
            FilterNode::All(all) | FilterNode::Any(all) => all.iter().try_for_each(Self::check),
            FilterNode::Not(inner) => inner.check(),
            FilterNode::Condition(condition) => condition.check().or_else(invalid),
            FilterNode::LimitExceeded(reason) => invalid(reason.clone()),
        }
    }

    /// Calls `visit` with each condition.
    pub(crate) fn visit_conditions(&self, visit: &mut impl FnMut(&Condition)) {
        match &self.node {
            FilterNode::All(all) | FilterNode::Any(all) => {
                for filter in all {
                    filter.visit_conditions(visit);
                }
            }
            FilterNode::Not(inner) => inner.visit_conditions(visit),
            FilterNode::Condition(condition) => visit(condition),
            FilterNode::LimitExceeded(_) => {}
        }
    }
}

impl fmt::Debug for Filter {
    /// Shows no values: they may be names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("conditions", &self.conditions).finish_non_exhaustive()
    }
}

impl serde::Serialize for Filter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        // Its text would be another filter.
        if let Some(reason) = self.exceeded_limit() {
            return Err(serde::ser::Error::custom(reason));
        }
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Filter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
