//! A bounded set of connections.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::index::View;

/// A connection and what it knows of the index.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) conn: Conn,
    pub(super) view: View,
}

/// A connection on loan, given back whatever becomes of the call.
pub(super) struct Lease<'a> {
    pub(super) pool: &'a Pool,
    pub(super) seat: Option<Seat>,
    pub(super) memory: bool,
    /// Whether the call came to its end and the connection can be used again.
    pub(super) sound: bool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // After a failure of the disk, or a panic of the caller's code, the connection's state cannot be trusted: it is
        // closed, and the next call opens a new one, which starts from what is on the disk. A book in memory has nothing
        // but its connection.
        let seat = self.seat.take().filter(|_| self.sound || self.memory).map(|mut seat| {
            if !self.sound {
                let _ = seat.conn.unwatch();
            }
            seat
        });
        self.pool.give_back(seat);
    }
}

/// A bounded set of connections. Each is handed to one thread at a time.
#[derive(Debug)]
pub(super) struct Pool {
    most: usize,
    state: Mutex<PoolState>,
    freed: Condvar,
}

#[derive(Debug)]
struct PoolState {
    idle: Vec<Seat>,
    /// Connections that are open, idle or not.
    open: usize,
}

impl Pool {
    pub(super) fn new(most: usize, first: Option<Seat>) -> Self {
        let idle: Vec<_> = first.into_iter().collect();
        Self { most, state: Mutex::new(PoolState { open: idle.len(), idle }), freed: Condvar::new() }
    }

    /// An idle connection, or `None` for the right to open one; [`Error::Busy`] after `give_up`.
    pub(super) fn take(&self, give_up: Option<Instant>, watch: &Watch) -> Result<Option<Seat>> {
        let mut state = self.lock();
        loop {
            if let Some(seat) = state.idle.pop() {
                return Ok(Some(seat));
            }
            if state.open < self.most {
                state.open = state.open.saturating_add(1);
                return Ok(None);
            }
            watch.check()?;
            let left = give_up.map(|give_up| give_up.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Error::Busy);
            }
            let nap =
                if watch.is_idle() { left } else { Some(left.map_or(db::NAP, |left| left.min(db::NAP))) };
            state = match nap {
                None => self.freed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(nap) => self.freed.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }

    /// Returns a connection, or the right to open one.
    pub(super) fn give_back(&self, seat: Option<Seat>) {
        let mut state = self.lock();
        match seat {
            Some(seat) => state.idle.push(seat),
            None => state.open = state.open.saturating_sub(1),
        }
        self.freed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        // A panic between two steps above is not possible; the state is sound whatever another thread met.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
