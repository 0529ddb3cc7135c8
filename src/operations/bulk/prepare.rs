//! The first thread of an import: checks and normalizes contacts, and sends them to the thread that writes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use crate::access::session::Session;
use crate::error::{Error, Result};
use crate::index::ContactTerms;
use crate::model::{Network, NetworkPolicy, NewContact};
use crate::operations::bulk::add_many_options::{AddManyOptions, ImportItem, ImportTarget};
use crate::operations::contact::draft::{Draft, Normalizer};
use crate::text::collate::Collator;
use crate::text::substring::grams;

/// Contacts that one thread sends to the other at a time.
const CHUNK_SIZE: usize = 256;

/// Bytes of cards after which a chunk is sent.
const CHUNK_BYTES: usize = 4 << 20;

/// The networks by code, with their local ids and policies.
pub(super) type NetworksByCode = HashMap<Network, (i64, NetworkPolicy)>;

/// A checked and normalized contact with its target.
#[derive(Debug)]
pub(super) struct PreparedContact {
    pub(super) draft: Draft,
    pub(super) texts: ContactTerms,
    /// `Some` if the substring index is enabled.
    pub(super) grams: Option<Vec<String>>,
    /// Only network, group, advisors and `shared` are set.
    pub(super) target: NewContact,
    pub(super) expected: ImportTarget,
}

impl PreparedContact {
    pub(super) fn card_bytes(&self) -> usize {
        self.draft.card.as_ref().map_or(0, String::len)
    }
}

impl Session {
    /// Checks and normalizes all contacts, and sends them in chunks.
    pub(super) fn normalize_all(
        &self,
        contacts: impl Iterator<Item = ImportItem>,
        collator: &Arc<Collator>,
        networks: &NetworksByCode,
        substrings: bool,
        options: AddManyOptions,
        sender: &SyncSender<Vec<Result<PreparedContact>>>,
    ) {
        let prepare = |ImportItem { contact: new, target: expected }: ImportItem| {
            let (_, policy) =
                networks.get(&new.network).ok_or_else(|| Error::NoNetwork(new.network.clone()))?;
            let target = NewContact {
                advisors: new.advisors.clone(),
                group: new.group,
                shared: new.shared,
                ..NewContact::new(new.network.clone(), "", "")
            };
            let normalizer =
                Normalizer { accept_any_phone: options.accept_any_phone, ..self.engine.normalizer(collator) };
            let draft = normalizer.normalize(new, policy, &[])?;
            let contact = &draft.stored.contact;
            let grams = substrings.then(|| grams(contact));
            Ok(PreparedContact { texts: ContactTerms::analyze(contact), grams, draft, target, expected })
        };
        let mut contacts = contacts.map(prepare);
        loop {
            let mut chunk: Vec<Result<PreparedContact>> = Vec::new();
            let mut bytes = 0_usize;
            while chunk.len() < CHUNK_SIZE && bytes < CHUNK_BYTES {
                let Some(prepared) = contacts.next() else { break };
                bytes = bytes.saturating_add(prepared.as_ref().map_or(0, PreparedContact::card_bytes));
                chunk.push(prepared);
            }
            // After an error the writer stops receiving.
            if chunk.is_empty() || sender.send(chunk).is_err() {
                return;
            }
        }
    }
}
