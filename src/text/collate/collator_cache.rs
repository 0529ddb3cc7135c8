//! Collators by locale, made when first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::collator::Collator;
use crate::error::Result;

/// Orders by locale, made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct CollatorCache(Mutex<HashMap<String, Arc<Collator>>>);

impl CollatorCache {
    /// The order of a locale, as this library has it.
    pub(crate) fn get(&self, locale: &str) -> Result<Arc<Collator>> {
        // Nothing can go wrong half way: the map is sound whatever another thread met.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(locale) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(Collator::new(locale)?);
        known.insert(locale.to_owned(), Arc::clone(&made));
        Ok(made)
    }

    /// The order of a locale, if this library makes the very keys the stamp tells of.
    pub(crate) fn get_exact(&self, locale: &str, stamp: &str) -> Option<Arc<Collator>> {
        self.get(locale).ok().filter(|collator| collator.stamp() == stamp)
    }
}
