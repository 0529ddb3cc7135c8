//! Parts in memory: shared by all connections of a store, bounded in bytes, least recently used out first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::part::Part;
use crate::db::{Read, search};
use crate::error::Result;

/// A cache of verified parts. A part never changes and its id is never used again; the checksum in the key keeps
/// apart what a rolled-back transaction numbered the same.
#[derive(Debug)]
pub(crate) struct PartCache {
    limit: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    parts: HashMap<(i64, u32), (Arc<Part>, u64)>,
    bytes: usize,
    tick: u64,
}

impl PartCache {
    /// A cache that holds up to `limit` bytes, and always the part used last.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, held: Mutex::default() }
    }

    /// The part, from memory or from the file.
    pub(super) fn get(&self, db: &Read<'_>, row: &search::PartRow) -> Result<Arc<Part>> {
        let key = (row.id, row.checksum);
        if let Some(part) = self.held().touch(key) {
            return Ok(part);
        }
        // Read and verified outside the lock: two threads may do it twice, neither waits for the other's disk.
        let part = Arc::new(load(db, row)?);
        self.held().insert(key, Arc::clone(&part), self.limit);
        Ok(part)
    }

    /// The part, from memory or from the file, without a place in memory if it has none: for what passes over very many parts
    /// and would push out all others.
    pub(super) fn pass(&self, db: &Read<'_>, row: &search::PartRow) -> Result<Arc<Part>> {
        let held = self.held().touch((row.id, row.checksum));
        held.map_or_else(|| load(db, row).map(Arc::new), Ok)
    }

    /// Bytes held now.
    pub(crate) fn bytes(&self) -> usize {
        self.held().bytes
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        // What a panicking thread leaves here is a valid cache, at worst with a wrong byte count.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads and verifies a part, past the cache.
pub(super) fn load(db: &Read<'_>, row: &search::PartRow) -> Result<Part> {
    Part::read(search::body(db, row.id)?, row)
}

impl Held {
    fn touch(&mut self, key: (i64, u32)) -> Option<Arc<Part>> {
        self.tick = self.tick.saturating_add(1);
        let (part, used) = self.parts.get_mut(&key)?;
        *used = self.tick;
        Some(Arc::clone(part))
    }

    fn insert(&mut self, key: (i64, u32), part: Arc<Part>, limit: usize) {
        let size = part.size();
        while self.bytes.saturating_add(size) > limit {
            // There are some dozens of parts at most: a walk over them is cheaper than keeping them in order.
            let Some(oldest) = self.parts.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key)
            else {
                break;
            };
            if let Some((part, _)) = self.parts.remove(&oldest) {
                self.bytes = self.bytes.saturating_sub(part.size());
            }
        }
        self.tick = self.tick.saturating_add(1);
        if self.parts.insert(key, (part, self.tick)).is_none() {
            self.bytes = self.bytes.saturating_add(size);
        }
    }
}
