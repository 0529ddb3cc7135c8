//! Filters that users keep.

use serde_json::Value;

use crate::access::session::Session;
use crate::db::saved_filter::{self, Owner};
use crate::db::{Read, Write};
use crate::error::{Error, Result, ValidationError};
use crate::model::{Field, SavedFilter, SavedFilterId, limits};
use crate::operations::directory::tenants::check_name;

/// The saved filters of the actor. An advisor has their own, and the administrators of a tenant share theirs with the system. See
/// [`Session::saved_filters`].
#[derive(Debug, Clone, Copy)]
pub struct SavedFilters<'s> {
    session: &'s Session,
}

impl<'s> SavedFilters<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Keeps a filter for records of a kind, at most [`limits::SAVED_FILTERS`].
    ///
    /// ```
    /// use cardex::{Actor, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let kept = session.saved_filters().add("contact", "Paris", &"city = Paris".into())?;
    /// assert_eq!(session.saved_filters().of_kind("contact")?, [kept]);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long kind or name, a query that is too long, and too many filters.
    pub fn add(&self, kind: &str, name: &str, query: &Value) -> Result<SavedFilter> {
        let (kind, name, query) = (check_name(kind)?, check_name(name)?, check_query(query)?);
        self.write(|db, owner| {
            let count = saved_filter::count(db, owner)?;
            if usize::try_from(count).is_ok_and(|count| count >= limits::SAVED_FILTERS) {
                let reason = ValidationError::TooMany { limit: limits::SAVED_FILTERS };
                return Err(Error::invalid(Field::Filter, reason));
            }
            let id = saved_filter::insert(db, owner, &kind, &name, &query, self.session.engine.now())?;
            Ok(saved_filter::find(db, owner, id)?)
        })
    }

    /// Changes the name or the query of a filter.
    ///
    /// # Errors
    /// [`Error::NotFound`]; the errors of [`SavedFilters::add`].
    pub fn edit(&self, id: SavedFilterId, name: Option<&str>, query: Option<&Value>) -> Result<SavedFilter> {
        let (name, query) = (name.map(check_name).transpose()?, query.map(check_query).transpose()?);
        self.write(|db, owner| {
            let old = saved_filter::find(db, owner, id)?;
            let name = name.unwrap_or(old.name);
            let query = query.unwrap_or_else(|| old.query.to_string());
            saved_filter::update(db, id, &name, &query, self.session.engine.now())?;
            Ok(saved_filter::find(db, owner, id)?)
        })
    }

    /// Deletes a filter.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn delete(&self, id: SavedFilterId) -> Result<()> {
        self.write(|db, owner| {
            saved_filter::find(db, owner, id)?;
            Ok(saved_filter::delete(db, id)?)
        })
    }

    /// A filter of the actor.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn get(&self, id: SavedFilterId) -> Result<SavedFilter> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            Ok(saved_filter::find(db, self.owner(db)?, id)?)
        })
    }

    /// The filters for records of a kind, in the order in which they were added.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_kind(&self, kind: &str) -> Result<Vec<SavedFilter>> {
        let most = i64::try_from(limits::SAVED_FILTERS).unwrap_or(i64::MAX);
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            Ok(saved_filter::of_kind(db, self.owner(db)?, kind.trim(), most)?)
        })
    }

    fn owner(self, db: &Read<'_>) -> Result<Owner> {
        let rights = self.session.rights(db)?;
        Ok((rights.home_tenant(db)?, rights.author().unwrap_or(0)))
    }

    fn write<T>(self, work: impl FnOnce(&Write<'_>, Owner) -> Result<T>) -> Result<T> {
        self.session.write(|db| work(db, self.owner(db)?))
    }
}

fn check_query(query: &Value) -> Result<String> {
    let text = query.to_string();
    if text.len() > limits::SAVED_QUERY {
        return Err(Error::invalid(Field::Query, ValidationError::TooLong { limit: limits::SAVED_QUERY }));
    }
    Ok(text)
}
