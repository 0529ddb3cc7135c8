//! Bits of sets that a transaction has changed and not yet written; `list/bitmap_index.rs` writes them.

/// What a piece is stored under: the columns of its set, and its number.
pub(in crate::db) type Name = (i64, i64, i64, i64);

/// A contact that comes into a set (true), or goes: the piece, its place there.
pub(in crate::db) type Note = (Name, u16, bool);

/// What a transaction has done to sets and not yet written, in the order it was done.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(in crate::db) notes: Vec<Note>,
    /// Steps that may be undone, within one another.
    pub(in crate::db) steps: u32,
}

impl Notes {
    /// Whether nothing waits to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Begins a step that may be undone; what is given back says up to where.
    pub(super) fn begin_step(&mut self) -> usize {
        self.steps = self.steps.saturating_add(1);
        self.notes.len()
    }

    /// Ends a step; undoes what was noted in it, if that is given.
    pub(super) fn end_step(&mut self, undone: Option<usize>) {
        self.steps = self.steps.saturating_sub(1);
        if let Some(begun) = undone {
            self.notes.truncate(begun);
        }
    }
}
