//! One contact under a key.

/// A contact under a key, or the tombstone of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) contact: i64,
    /// False for a tombstone: it hides the same posting of older segments.
    pub(crate) live: bool,
    /// One more than the number of first bytes that this term shares with a better term of the contact; 0 without a better term.
    /// A shorter query finds the contact by the better term, so the search skips this posting.
    pub(crate) dedup_prefix_len: u8,
}

impl Posting {
    #[cfg(test)]
    pub(crate) fn live(contact: i64) -> Self {
        Self { contact, live: true, dedup_prefix_len: 0 }
    }
}
