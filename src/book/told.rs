//! Which contacts the records of one run have told of, and what a record may do to a contact that is there.

use crate::model::Contact;
use crate::text::phone::PhoneParser;

/// What becomes of the card of a contact that is there: the phone parser, the contact, its card, the card that came.
/// `None` leaves it as it is.
pub(crate) type Reconcile = fn(&PhoneParser, &Contact, Option<&str>, String) -> Option<String>;

/// A set of local ids, which are dense: a bit each.
#[derive(Debug, Default)]
pub(super) struct Told(Vec<u64>);

impl Told {
    /// Adds an id, and tells whether it was there.
    pub(super) fn insert(&mut self, id: i64) -> bool {
        let id = usize::try_from(id).unwrap_or_default();
        let (at, bit) = (id / 64, 1_u64 << (id % 64));
        if at >= self.0.len() {
            self.0.resize(at.saturating_add(1), 0);
        }
        let Some(word) = self.0.get_mut(at) else { return false };
        let known = *word & bit != 0;
        *word |= bit;
        known
    }
}

/// Whether a second record of one run may be about a contact that the first told of: two people who share a phone are
/// no update of each other.
pub(super) fn may_be_told_again(old: &Contact, new: &Contact) -> bool {
    let names = |contact: &Contact| (contact.first_name.clone(), contact.last_name.clone());
    (!new.uid.is_empty() && new.uid == old.uid) || names(old) == names(new)
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn each_id_is_new_once() {
        let mut told = Told::default();
        for id in [1, 0, 63, 64, 65, 1_000_000] {
            assert!(!told.insert(id), "{id}");
            assert!(told.insert(id), "{id}");
        }
    }
}
