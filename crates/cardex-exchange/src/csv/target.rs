//! The content of a column, and the names of contents.

use cardex::contacts::PlainField;

/// The content of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Plain(PlainField),
    Network,
    Group,
    Status,
    Identifiers,
    Labels,
    Card,
    Phone,
    PhoneLabel,
    Email,
    EmailLabel,
    /// A component of `N`.
    NamePart(usize),
    Department,
    /// The text of a property.
    Text(&'static str),
    /// A date of a property.
    Date(&'static str),
    /// Year, month or day of birth.
    BirthPart(usize),
    /// A component of `ADR`.
    Address(usize),
    /// A further line of the street.
    Street,
    FormattedAddress,
    AddressLabel,
    Url,
    UrlLabel,
    Event,
    EventLabel,
    Relation,
    RelationLabel,
    Custom,
    CustomLabel,
    Unknown,
}

/// The names of contents, as in the table of headings and on the command line. Plain fields have the names of their options.
const NAMES: [(&str, Target); 44] = [
    ("network", Target::Network),
    ("group", Target::Group),
    ("status", Target::Status),
    ("identifiers", Target::Identifiers),
    ("labels", Target::Labels),
    ("card", Target::Card),
    ("phone", Target::Phone),
    ("phonelabel", Target::PhoneLabel),
    ("email", Target::Email),
    ("emaillabel", Target::EmailLabel),
    ("middle", Target::NamePart(2)),
    ("prefix", Target::NamePart(3)),
    ("suffix", Target::NamePart(4)),
    ("phoneticfirst", Target::Text("X-PHONETIC-FIRST-NAME")),
    ("phoneticmiddle", Target::Text("X-PHONETIC-MIDDLE-NAME")),
    ("phoneticlast", Target::Text("X-PHONETIC-LAST-NAME")),
    ("department", Target::Department),
    ("title", Target::Text("TITLE")),
    ("role", Target::Text("ROLE")),
    ("note", Target::Text("NOTE")),
    ("gender", Target::Text("GENDER")),
    ("photo", Target::Text("PHOTO")),
    ("impp", Target::Text("IMPP")),
    ("birthday", Target::Date("BDAY")),
    ("anniversary", Target::Date("ANNIVERSARY")),
    ("birthyear", Target::BirthPart(0)),
    ("birthmonth", Target::BirthPart(1)),
    ("birthday-day", Target::BirthPart(2)),
    ("pobox", Target::Address(0)),
    ("street", Target::Address(2)),
    ("street2", Target::Street),
    ("street3", Target::Street),
    ("region", Target::Address(4)),
    ("code", Target::Address(5)),
    ("address", Target::FormattedAddress),
    ("addresslabel", Target::AddressLabel),
    ("url", Target::Url),
    ("urllabel", Target::UrlLabel),
    ("event", Target::Event),
    ("eventlabel", Target::EventLabel),
    ("relation", Target::Relation),
    ("relationlabel", Target::RelationLabel),
    ("custom", Target::Custom),
    ("customlabel", Target::CustomLabel),
];

impl Target {
    /// The content with this name; `None` for an unknown name. `keep` is a column without a field.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        if name == "keep" {
            return Some(Self::Unknown);
        }
        let plain = PlainField::ALL.into_iter().find(|field| field.option() == name).map(Self::Plain);
        plain.or_else(|| NAMES.iter().find(|(known, _)| *known == name).map(|(_, target)| *target))
    }

    /// The name of the content; `None` for a column without a field.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain(field) => Some(field.option()),
            Self::Unknown => None,
            Self::Address(3) => Some("city"),
            Self::Address(6) => Some("country"),
            other => NAMES.iter().find(|(_, target)| *target == other).map(|(name, _)| *name),
        }
    }

    /// All names, for messages.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let plain = PlainField::ALL.into_iter().map(PlainField::option);
        plain.chain(NAMES.iter().map(|(name, _)| *name)).chain(["keep"])
    }
}
