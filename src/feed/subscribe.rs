//! Subscriptions to changes and events.

use std::fmt;
use std::time::{Duration, Instant};

use crate::access::session::Session;
use crate::db;
use crate::error::Result;
use crate::feed::changes::read_changes;
use crate::feed::{Change, Event, event_from_row};
use crate::model::limits;

/// A position in the change log and in the events, from which a subscriber waits. It consists of two numbers and holds
/// no lock. Nothing is queued for it, and a slow subscriber never blocks a writer.
#[derive(Clone)]
pub struct Subscription {
    session: Session,
    last_change_seq: i64,
    last_event_seq: i64,
    excluded_origin: Option<String>,
}

/// The changes and events since the last call.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct EventBatch {
    /// Changes of contacts, oldest first, at most [`limits::PAGE`].
    pub changes: Vec<Change>,
    /// Events that were fired, oldest first, at most [`limits::PAGE`].
    pub events: Vec<Event>,
}

impl EventBatch {
    /// Whether the batch has no changes and no events: the wait timed out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.events.is_empty()
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("changes", &self.last_change_seq)
            .field("events", &self.last_event_seq)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Subscribes to future changes, as [`Session::changes`] returns them, and to events.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let mut subscription = store.session(Actor::System).subscribe()?;
    /// let ada = store.session(Actor::System).add(NewContact::new(Network::SMS_DIRECT, "Ada", ""))?;
    /// assert_eq!(subscription.wait(Duration::from_secs(1))?.changes[0].contact, ada.id);
    /// assert!(subscription.wait(Duration::ZERO)?.is_empty());
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden) for advisors.
    pub fn subscribe(&self) -> Result<Subscription> {
        let (changes, events) = self.read(|snapshot| {
            self.rights(&snapshot.db)?.require_administrator()?;
            Ok((db::changes::last(&snapshot.db)?, db::event::last(&snapshot.db)?))
        })?;
        Ok(Subscription {
            session: self.clone(),
            last_change_seq: changes,
            last_event_seq: events,
            excluded_origin: None,
        })
    }
}

impl Subscription {
    /// Continues after these numbers of changes and events, which the host has stored. 0 starts at the beginning.
    #[must_use]
    pub const fn after(mut self, change: i64, event: i64) -> Self {
        (self.last_change_seq, self.last_event_seq) = (change, event);
        self
    }

    /// Excludes changes and events with this origin.
    #[must_use]
    pub fn exclude_origin(mut self, origin: impl Into<String>) -> Self {
        self.excluded_origin = Some(origin.into());
        self
    }

    /// The numbers of the last change and the last event that this subscriber has seen.
    #[must_use]
    pub const fn position(&self) -> (i64, i64) {
        (self.last_change_seq, self.last_event_seq)
    }

    /// Waits until there is something new, or until the timeout; then the batch is empty. Writers of the same
    /// [`Store`](crate::Store) wake it at once. Commits of other stores and processes are noticed within
    /// [`Options::poll_interval`](crate::Options::poll_interval).
    ///
    /// # Errors
    /// [`Error::Pruned`](crate::Error::Pruned) if the changes after its position were pruned. Then read all contacts,
    /// and continue [`after`](Self::after) the number in the error. [`Error::Interrupted`](crate::Error::Interrupted)
    /// and [`Error::DeadlineExceeded`](crate::Error::DeadlineExceeded) as for every call of the session. After an error
    /// the position does not change.
    pub fn wait(&mut self, timeout: Duration) -> Result<EventBatch> {
        let cancel = self.session.cancel_token();
        let end = Instant::now().checked_add(timeout);
        let mut seen = None;
        loop {
            // Read before the snapshot: a commit after it then ends the wait.
            let engine = &self.session.engine;
            let commits = engine.notifier.commit_count();
            let last = engine.read(&cancel, |snapshot| {
                Ok((db::changes::last(&snapshot.db)?, db::event::last(&snapshot.db)?))
            })?;
            if seen.replace(last) != Some(last) {
                let batch = self.poll()?;
                if !batch.is_empty() {
                    return Ok(batch);
                }
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(EventBatch::default());
            }
            cancel.check()?;
            let poll = self.session.engine.options.poll_interval;
            let pause = left.map_or(poll, |left| left.min(poll));
            let pause = if cancel.is_unlimited() { pause } else { pause.min(db::BUSY_POLL_INTERVAL) };
            self.session.engine.notifier.wait(commits, pause);
        }
    }

    /// Returns what is new, without waiting. Skips what the actor may not see.
    fn poll(&mut self) -> Result<EventBatch> {
        loop {
            let session = &self.session;
            let (page, events, last_event) = session.engine.read(&session.cancel_token(), |snapshot| {
                let db = &snapshot.db;
                let rights = session.rights(db)?;
                let page = read_changes(
                    db,
                    &rights,
                    self.last_change_seq,
                    limits::PAGE,
                    self.excluded_origin.as_deref(),
                )?;
                let limit = i64::try_from(limits::PAGE).unwrap_or(i64::MAX);
                let rows = db::event::since(db, self.last_event_seq, limit)?;
                let last = rows.last().map_or(self.last_event_seq, |row| row.seq);
                let mut events = Vec::new();
                for row in rows {
                    let visible = rights.tenant().is_none_or(|tenant| tenant == row.tenant);
                    if visible && self.excluded_origin.as_ref().is_none_or(|not| *not != row.origin) {
                        events.push(event_from_row(row)?);
                    }
                }
                Ok((page, events, last))
            })?;
            let moved = (page.next, last_event) != (self.last_change_seq, self.last_event_seq);
            (self.last_change_seq, self.last_event_seq) = (page.next, last_event);
            let batch = EventBatch { changes: page.items, events };
            if !batch.is_empty() || !moved {
                return Ok(batch);
            }
            session.cancel_token().check()?;
        }
    }
}
