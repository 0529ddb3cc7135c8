//! The forms of a fold, and the characters that make them differ.

use super::chars::CharClass;

/// How a fold treats apostrophes and hyphens. O'Neill, Oneill and O Neill mean the same; so do Jean-Luc, Jean Luc and Jeanluc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Apostrophes dropped, hyphens to spaces: "oneill", "jean luc". The form of queries.
    Primary,
    /// Both dropped: "oneill", "jeanluc".
    Joined,
    /// Both to spaces: "o neill", "jean luc".
    Split,
}

impl Form {
    /// All forms, the primary one first.
    pub(crate) const ALL: [Self; 3] = [Self::Primary, Self::Joined, Self::Split];
}

/// Whether a text has characters that make the forms differ.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct SeparatorFlags {
    pub(super) apostrophe: bool,
    pub(super) hyphen: bool,
}

impl SeparatorFlags {
    /// Replaces a class that depends on the form by one that does not, and sets the flags.
    pub(super) fn resolve(&mut self, class: CharClass, form: Form) -> CharClass {
        match class {
            CharClass::Apostrophe => {
                self.apostrophe = true;
                if form == Form::Split { CharClass::Space } else { CharClass::Drop }
            }
            CharClass::Hyphen => {
                self.hyphen = true;
                if form == Form::Joined { CharClass::Drop } else { CharClass::Space }
            }
            other => other,
        }
    }
}
