//! The model of filters: it looks at every contact.

#![allow(clippy::arithmetic_side_effects)] // the unit tests of the library take this file too

use crate::support::model::fold;
use crate::support::{SMS, START};
use cardex::filters::{TextField, TimeField};
use cardex::{ContactId, Filter, Network, Timestamp};
use proptest::prelude::*;

/// A contact of the model.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: ContactId,
    /// The position in the order of addition.
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) company: String,
    pub(crate) city: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) active: Option<i64>,
    pub(crate) tags: Vec<usize>,
    pub(crate) score: Option<i64>,
    pub(crate) own: bool,
    pub(crate) network: Network,
    pub(crate) trashed: bool,
}

pub(crate) const COMPANIES: [&str; 6] = ["", "Acme", "ÁCME", "Acme Ltd", "Beta", "!!"];

pub(crate) const CITIES: [&str; 4] = ["", "Paris", "paris", "Oslo"];

pub(crate) const TAGS: [&str; 3] = ["vip", "Lead", "old"];

/// A second network without requirements.
pub(crate) fn other() -> Network {
    Network::new("OTHER").unwrap()
}

pub(crate) fn person() -> impl Strategy<Value = Person> {
    let texts = ("[a-d]{1,2}", 0..COMPANIES.len(), 0..CITIES.len());
    let points = (prop::option::of(0..6_usize), prop::option::of(0..60_u32));
    let score = prop::option::weighted(0.8, 0..4_i64);
    let more = (prop::option::of(0..5_i64), (prop::collection::vec(0..TAGS.len(), 0..3), score));
    (texts, points, more, any::<(bool, bool)>(), 0..5_u8).prop_map(
        |((name, company, city), (email, phone), (active, (mut tags, score)), (own, elsewhere), trash)| {
            tags.sort_unstable();
            tags.dedup();
            Person {
                id: "1".parse().unwrap(),
                number: 0,
                name,
                company: COMPANIES[company].to_owned(),
                city: CITIES[city].to_owned(),
                email: email
                    .map_or_else(String::new, |n| format!("{}@X.org", ["b", "A", "c", "Bb", "ab", "ca"][n])),
                phone: phone.map_or_else(String::new, |n| format!("+336123456{n:02}")),
                active,
                tags,
                score,
                own,
                network: if elsewhere { other() } else { SMS },
                trashed: trash == 0,
            }
        },
    )
}

/// A filter of the model.
#[derive(Debug, Clone)]
pub(crate) enum ModelFilter {
    All(Vec<ModelFilter>),
    Any(Vec<ModelFilter>),
    Not(Box<ModelFilter>),
    Company(usize, &'static str),
    City(&'static str),
    Email(usize, &'static str),
    Phone(usize, &'static str),
    HasCompany,
    HasEmail,
    HasPhone,
    Tag(&'static str),
    Tagged,
    Score(usize, i64),
    ScoreIs(i64),
    HasScore,
    Active(usize, i64),
    HasActive,
    /// Added before this number of others.
    Created(usize, usize),
    Network,
    Id(usize),
    Blocked,
}

pub(crate) fn model_filter() -> impl Strategy<Value = ModelFilter> {
    let one = prop_oneof![
        (0..3_usize, prop::sample::select(&["acme", "Acme", "BETA", "a", "ltd", "!!", "zz"][..]))
            .prop_map(|(kind, text)| ModelFilter::Company(kind, text)),
        prop::sample::select(&["paris", "OSLO", "x"][..]).prop_map(ModelFilter::City),
        (0..3_usize, prop::sample::select(&["b@x.org", "A", "@x"][..]))
            .prop_map(|(k, t)| ModelFilter::Email(k, t)),
        (0..3_usize, prop::sample::select(&["+33612345601", "33 6", "+336 1234560", "5601"][..]))
            .prop_map(|(k, t)| ModelFilter::Phone(k, t)),
        Just(ModelFilter::HasCompany),
        Just(ModelFilter::HasEmail),
        Just(ModelFilter::HasPhone),
        prop::sample::select(&["vip", "LEAD", "old", "none"][..]).prop_map(ModelFilter::Tag),
        Just(ModelFilter::Tagged),
        (0..4_usize, 0..4_i64).prop_map(|(kind, score)| ModelFilter::Score(kind, score)),
        (0..4_i64).prop_map(ModelFilter::ScoreIs),
        Just(ModelFilter::HasScore),
        (0..4_usize, 0..5_i64).prop_map(|(kind, at)| ModelFilter::Active(kind, at)),
        Just(ModelFilter::HasActive),
        (0..4_usize, 0..20_usize).prop_map(|(kind, number)| ModelFilter::Created(kind, number)),
        Just(ModelFilter::Network),
        (0..20_usize).prop_map(ModelFilter::Id),
        Just(ModelFilter::Blocked),
    ];
    one.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(ModelFilter::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(ModelFilter::Any),
            inner.prop_map(|model_filter| ModelFilter::Not(Box::new(model_filter))),
        ]
    })
}

pub(crate) const BLOCKED: &str = "+33612345601";

pub(crate) fn compares<T: Ord + Copy>(kind: usize, a: T, b: T) -> bool {
    [a < b, a <= b, a > b, a >= b][kind]
}

pub(crate) fn matches(kind: usize, text: &str, with: &str) -> bool {
    [text == with, text.contains(with), text.starts_with(with)][kind]
}

impl ModelFilter {
    pub(crate) fn holds(&self, who: &Person, all: &[Person]) -> bool {
        match self {
            Self::All(asks) => asks.iter().all(|model_filter| model_filter.holds(who, all)),
            Self::Any(asks) => asks.iter().any(|model_filter| model_filter.holds(who, all)),
            Self::Not(model_filter) => !model_filter.holds(who, all),
            Self::Company(kind, text) if fold(text).is_empty() => matches(*kind, &who.company, text),
            Self::Company(kind, text) => matches(*kind, &fold(&who.company), &fold(text)),
            Self::City(text) => fold(&who.city) == fold(text),
            Self::Email(kind, text) => {
                !who.email.is_empty() && matches(*kind, &who.email.to_lowercase(), &text.to_lowercase())
            }
            Self::Phone(kind, text) => {
                let with: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let own =
                    if with.starts_with('+') { &who.phone[..] } else { who.phone.trim_start_matches('+') };
                !who.phone.is_empty() && matches(*kind, own, &with)
            }
            Self::HasCompany => !who.company.is_empty(),
            Self::HasEmail => !who.email.is_empty(),
            Self::HasPhone => !who.phone.is_empty(),
            Self::Tag(name) => who.tags.iter().any(|tag| TAGS[*tag].to_lowercase() == name.to_lowercase()),
            Self::Tagged => !who.tags.is_empty(),
            Self::Score(kind, score) => who.score.is_some_and(|own| compares(*kind, own, *score)),
            Self::ScoreIs(score) => who.score == Some(*score),
            Self::HasScore => who.score.is_some(),
            Self::Active(kind, at) => who.active.is_some_and(|own| compares(*kind, own, *at)),
            Self::HasActive => who.active.is_some(),
            Self::Created(kind, number) => compares(*kind, who.number, (*number).min(all.len() - 1)),
            Self::Network => who.network == SMS,
            Self::Id(number) => all.get(*number).is_some_and(|other| other.id == who.id),
            Self::Blocked => who.phone == BLOCKED,
        }
    }

    pub(crate) fn filter(&self, all: &[Person], created: &[Timestamp]) -> Filter {
        let text = |field, kind, value: &str| {
            let field = Filter::field(field);
            match kind {
                0 => field.equals(value),
                1 => field.contains(value),
                _ => field.starts_with(value),
            }
        };
        let time = |field, kind, at| {
            let field = Filter::time(field);
            match kind {
                0 => field.before(at),
                1 => field.until(at),
                2 => field.after(at),
                _ => field.since(at),
            }
        };
        match self {
            Self::All(asks) => Filter::all(asks.iter().map(|model_filter| model_filter.filter(all, created))),
            Self::Any(asks) => Filter::any(asks.iter().map(|model_filter| model_filter.filter(all, created))),
            Self::Not(model_filter) => Filter::not(model_filter.filter(all, created)),
            Self::Company(kind, value) => text(TextField::Company, *kind, value),
            Self::City(value) => text(TextField::City, 0, value),
            Self::Email(kind, value) => text(TextField::Email, *kind, value),
            // Equality needs a complete phone number.
            Self::Phone(kind, value) => text(TextField::Phone, *kind, value),
            Self::HasCompany => Filter::field(TextField::Company).present(),
            Self::HasEmail => Filter::field(TextField::Email).present(),
            Self::HasPhone => Filter::field(TextField::Phone).present(),
            Self::Tag(name) => Filter::tag(*name),
            Self::Tagged => Filter::tagged(),
            Self::Score(kind, score) => {
                let (field, score) = (Filter::attribute("score"), score.to_string());
                match kind {
                    0 => field.less(score),
                    1 => field.at_most(score),
                    2 => field.greater(score),
                    _ => field.at_least(score),
                }
            }
            Self::ScoreIs(score) => Filter::attribute("score").equals(score.to_string()),
            Self::HasScore => Filter::attribute("score").present(),
            Self::Active(kind, at) => time(TimeField::Active, *kind, Timestamp(START + at)),
            Self::HasActive => Filter::time(TimeField::Active).present(),
            Self::Created(kind, number) => {
                time(TimeField::Created, *kind, created[(*number).min(created.len() - 1)])
            }
            Self::Network => Filter::network([SMS]),
            Self::Id(number) => Filter::id(all.get(*number).map(|person| person.id)),
            Self::Blocked => Filter::blocked(),
        }
    }
}
