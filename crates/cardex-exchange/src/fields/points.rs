//! Phones and e-mail addresses: which of them the columns take.

use crate::Warning;
use crate::fields::{IsPhone, Point};
use cardex::{Error, Problem};
use cardex::{Field, NewEmail, limits};

/// Takes phones and e-mail addresses that hold to the rules of the model and warns of those that do not.
pub(crate) struct Sieve<'a> {
    pub(crate) is_phone: IsPhone<'a>,
    pub(crate) warnings: Vec<Warning>,
    /// Texts that were left out, for formats that must keep them elsewhere.
    pub(crate) refused: Vec<Point>,
}

impl<'a> Sieve<'a> {
    pub(crate) fn new(is_phone: IsPhone<'a>) -> Self {
        Self { is_phone, warnings: Vec::new(), refused: Vec::new() }
    }

    pub(crate) fn phones(&mut self, points: Vec<Point>) -> Vec<Point> {
        let is_phone = self.is_phone;
        self.sift(Field::Phone, points, |point| phone_problem(&point.text, is_phone))
    }

    pub(crate) fn emails(&mut self, points: Vec<Point>) -> Vec<Point> {
        self.sift(Field::Email, points, |point| email_problem(&point.text))
    }

    pub(crate) fn warn(&mut self, field: Field, problem: Problem) {
        self.warnings.push(Warning { field, problem });
    }

    fn sift(
        &mut self,
        field: Field,
        points: Vec<Point>,
        problem: impl Fn(&Point) -> Option<Problem>,
    ) -> Vec<Point> {
        let mut kept = Vec::with_capacity(points.len());
        for mut point in points {
            if point.text.is_empty() {
                continue;
            }
            let full = kept.len() >= limits::POINTS;
            let problem = problem(&point).or(full.then_some(Problem::TooMany { limit: limits::POINTS }));
            if let Some(problem) = problem {
                self.warn(field, problem);
                self.refused.push(point);
                continue;
            }
            if point.label.chars().count() > limits::NAME {
                self.warn(field, Problem::TooLong { limit: limits::NAME });
                point.label = String::new();
            }
            kept.push(point);
        }
        kept
    }
}

/// Why a text can be no phone of a contact.
pub(super) fn phone_problem(text: &str, is_phone: IsPhone<'_>) -> Option<Problem> {
    if text.chars().count() > limits::PHONE {
        Some(Problem::TooLong { limit: limits::PHONE })
    } else if is_phone(text) {
        None
    } else {
        Some(Problem::NotAPhone)
    }
}

/// Why a text can be no e-mail address of a contact.
pub(super) fn email_problem(text: &str) -> Option<Problem> {
    match NewEmail::new(text).check() {
        Err(Error::Invalid { problem, .. }) => Some(problem),
        _ => None,
    }
}
