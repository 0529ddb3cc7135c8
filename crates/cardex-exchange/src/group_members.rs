//! Groups of contacts in a file: each becomes a tag of its members.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::import_report::RecordLabel;
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{ContactId, NewContact, NewEmail, NewPhone, Result, Session};

/// The contacts of an import by their UIDs and aliases: a hash of 64 bits for each.
#[derive(Default)]
pub(super) struct GroupMembers(HashMap<u64, ContactId>);

impl GroupMembers {
    /// Notes the contact of a record.
    pub(super) fn note(&mut self, label: &RecordLabel, outcome: &ImportOutcome) {
        let (ImportOutcome::Added(id)
        | ImportOutcome::Updated { contact: id, .. }
        | ImportOutcome::Unchanged(id)) = outcome
        else {
            return;
        };
        for name in [&label.uid, &label.alias].into_iter().filter(|name| !name.is_empty()) {
            self.0.insert(hash(name), *id);
        }
    }

    /// Gives the members of each group its tag. Returns the number of groups, and that of members that are not in the file.
    pub(super) fn tag(
        self,
        session: &Session,
        groups: Vec<(String, Vec<String>)>,
        options: AddManyOptions,
    ) -> Result<(u64, u64)> {
        let (mut count, mut missing) = (0_u64, 0_u64);
        for (name, members) in groups {
            count = count.saturating_add(1);
            let mut tagged: Vec<NewContact> = Vec::new();
            for member in members {
                let contact = match self.0.get(&hash(&member)) {
                    Some(id) => session.get(*id)?,
                    None => None,
                };
                let Some(contact) = contact else {
                    missing = missing.saturating_add(1);
                    continue;
                };
                let mut new = NewContact::new(contact.network, contact.first_name, contact.last_name);
                (new.nickname, new.company) = (contact.nickname, contact.company);
                let phones = contact.phones.into_iter();
                new.phones = phones.map(|phone| NewPhone::new(phone.text).label(phone.label)).collect();
                let emails = contact.emails.into_iter();
                new.emails = emails.map(|email| NewEmail::new(email.text).label(email.label)).collect();
                if new.names() == ("", "") && new.nickname.is_empty() && new.company.is_empty() {
                    new.display_name = contact.display_name;
                }
                tagged.push(new.uid(contact.uid).tag(name.as_str()));
            }
            session.add_many(tagged, options.clear_missing(false), |_, _| ())?;
        }
        Ok((count, missing))
    }
}

/// UIDs `X` and `urn:uuid:X` have one hash.
pub(super) fn hash(uid: &str) -> u64 {
    let lower = uid.trim().to_lowercase();
    let mut hasher = DefaultHasher::new();
    lower.strip_prefix("urn:uuid:").unwrap_or(&lower).hash(&mut hasher);
    hasher.finish()
}
