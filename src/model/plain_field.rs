//! A plain text field of a contact, with the properties that `field_table` declares.

use serde::{Deserialize, Serialize};

use crate::model::field::Field;
use crate::model::field_table::plain_fields;
use crate::model::limits;

/// How a merge copies a field of the absorbed contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeRule {
    /// If the survivor has no text in any field with this rule. Names are not mixed.
    WholeName,
    /// If the survivor's field is empty.
    Gap,
}

/// How a search finds a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchableAs {
    /// By the first name: the whole, and its words.
    FirstName,
    /// By the last name: the whole, and its words.
    LastName,
    /// By the display name: the whole, and its words.
    DisplayName,
    /// By its words.
    Words,
    /// Not at all.
    Nothing,
}

/// Where a vCard has a plain field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VcardProperty {
    /// The second component of `N`.
    GivenName,
    /// The first component of `N`.
    FamilyName,
    /// `FN`.
    FormattedName,
    /// The first item of this property, a list with commas.
    FirstOfList(&'static str),
    /// The first component of this property, with semicolons.
    FirstComponent(&'static str),
    /// This property, a text.
    Text(&'static str),
    /// This property, which only Cardex writes. The card document does not contain it.
    Extension(&'static str),
}

macro_rules! declare_plain_field {
    ([] $($(#[doc = $doc:literal])* $field:ident $member:ident {
        name: $name:literal, label: $label:literal, option: $option:literal, limit: $limit:ident, change_bit: $bit:literal,
        merge: $merge:ident, search: $search:ident, csv: $heading:literal [$($other:literal),*], vcard: $vcard:ident $(($property:literal))?,
    })*) => {
        /// A plain text field of a contact: one text without structure, empty if the contact has none.
        ///
        /// ```
        /// use cardex::contacts::PlainField;
        /// use cardex::{Network, NewContact};
        /// let ada = NewContact::new(Network::SMS_DIRECT, "Ada", "").with_text(PlainField::Nickname, "Countess");
        /// assert_eq!((ada.nickname.as_str(), ada.text(PlainField::FirstName)), ("Countess", "Ada"));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub enum PlainField {
            $($(#[doc = $doc])* $field,)*
        }

        impl PlainField {
            /// All plain fields, in the order of CSV columns.
            pub const ALL: [Self; [$(stringify!($field)),*].len()] = [$(Self::$field),*];

            /// The columns of the table `contact`, in the order of [`ALL`](Self::ALL).
            pub(crate) const COLUMNS: &'static [&'static str] = &[$(stringify!($member)),*];

            /// The field as errors, hits and changes name it.
            #[must_use]
            pub const fn field(self) -> Field {
                match self { $(Self::$field => Field::$field,)* }
            }

            /// What the field contains, as a sentence.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$field => concat!($($doc),*),)* }.trim()
            }

            /// The name for people, in lower case.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$field => $label,)* }
            }

            /// The option of the command line, without hyphens.
            #[must_use]
            pub const fn option(self) -> &'static str {
                match self { $(Self::$field => $option,)* }
            }

            /// The greatest number of characters.
            #[must_use]
            pub const fn limit(self) -> usize {
                match self { $(Self::$field => limits::$limit,)* }
            }

            /// The heading in CSV files.
            #[must_use]
            pub const fn csv_heading(self) -> &'static str {
                match self { $(Self::$field => $heading,)* }
            }

            /// Headings of other programs, in lower case without blanks and punctuation.
            #[must_use]
            pub const fn other_csv_headings(self) -> &'static [&'static str] {
                match self { $(Self::$field => &[$($other),*],)* }
            }

            /// The property in vCards.
            #[must_use]
            pub const fn vcard_property(self) -> VcardProperty {
                match self { $(Self::$field => VcardProperty::$vcard $(($property))?,)* }
            }

            /// The bit in the change log.
            pub(crate) const fn change_bit(self) -> u32 {
                match self { $(Self::$field => $bit,)* }
            }

            pub(crate) const fn merge_rule(self) -> MergeRule {
                match self { $(Self::$field => MergeRule::$merge,)* }
            }

            pub(crate) const fn searchable_as(self) -> SearchableAs {
                match self { $(Self::$field => SearchableAs::$search,)* }
            }
        }
    };
}

plain_fields!(declare_plain_field);

impl PlainField {
    /// The fields that a search finds by their words only.
    pub(crate) fn searchable_by_words() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|field| field.searchable_as() == SearchableAs::Words)
    }
}

/// Implements access by [`PlainField`] for a type with the members of the table: `plain_fields!(text_access, Type)`.
macro_rules! text_access {
    ([$type:ident] $($(#[$doc:meta])* $field:ident $member:ident { $($property:tt)* })*) => {
        impl $type {
            /// The text of a plain field.
            #[must_use]
            pub fn text(&self, field: $crate::model::PlainField) -> &str {
                match field { $($crate::model::PlainField::$field => &self.$member,)* }
            }

            pub(crate) fn text_mut(&mut self, field: $crate::model::PlainField) -> &mut String {
                match field { $($crate::model::PlainField::$field => &mut self.$member,)* }
            }

            /// Sets a plain field.
            #[must_use]
            pub fn with_text(mut self, field: $crate::model::PlainField, text: impl Into<String>) -> Self {
                *self.text_mut(field) = text.into();
                self
            }
        }
    };
}
pub(crate) use text_access;
