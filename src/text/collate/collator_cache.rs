//! A cache of collators by locale.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::collator::Collator;
use crate::error::Result;

/// Collators by locale, created on first use.
#[derive(Debug, Default)]
pub(crate) struct CollatorCache(Mutex<HashMap<String, Arc<Collator>>>);

impl CollatorCache {
    /// The collator of a locale.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::Error::BadOption) if the locale is not a tag.
    pub(crate) fn get(&self, locale: &str) -> Result<Arc<Collator>> {
        // No update of the map is partial, so it is valid even after a panic in another thread.
        let mut collators = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(collator) = collators.get(locale) {
            return Ok(Arc::clone(collator));
        }
        let collator = Arc::new(Collator::new(locale)?);
        collators.insert(locale.to_owned(), Arc::clone(&collator));
        Ok(collator)
    }

    /// The collator of a locale, if its stamp equals `stamp`: then it makes exactly the stored keys.
    pub(crate) fn get_exact(&self, locale: &str, stamp: &str) -> Option<Arc<Collator>> {
        self.get(locale).ok().filter(|collator| collator.stamp() == stamp)
    }
}
