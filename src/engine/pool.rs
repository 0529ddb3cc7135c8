//! A bounded set of connections.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::index::IndexState;

/// A connection and its copy of the index state.
#[derive(Debug)]
pub(super) struct PooledConn {
    pub(super) conn: Conn,
    pub(super) view: IndexState,
}

/// A borrowed connection. It returns to the pool in every case.
pub(super) struct ConnGuard<'a> {
    pub(super) pool: &'a Pool,
    pub(super) conn: Option<PooledConn>,
    pub(super) in_memory: bool,
    /// Whether the call finished and the connection can be reused.
    pub(super) reusable: bool,
}

impl Drop for ConnGuard<'_> {
    fn drop(&mut self) {
        // After a disk error, or a panic in the caller's code, the state of the connection is unknown. It is closed,
        // and the next call opens a new one. A store in memory exists only in its connection, so that one is kept.
        let pooled = self.conn.take().filter(|_| self.reusable || self.in_memory).map(|mut pooled| {
            if !self.reusable {
                let _ = pooled.conn.clear_cancel_token();
            }
            pooled
        });
        self.pool.release(pooled);
    }
}

/// A bounded set of connections. Each is handed to one thread at a time, in the order in which the threads ask.
#[derive(Debug)]
pub(super) struct Pool {
    capacity: usize,
    state: Mutex<PoolState>,
}

#[derive(Debug)]
struct PoolState {
    idle: Vec<PooledConn>,
    /// Connections that are open, idle or not.
    open: usize,
    /// The waiting threads in the order of their arrival. Each has its own condition, so that only the first is woken.
    queue: VecDeque<Arc<Condvar>>,
}

impl PoolState {
    fn is_first(&self, thread: &Arc<Condvar>) -> bool {
        self.queue.front().is_some_and(|first| Arc::ptr_eq(first, thread))
    }

    fn wake_first(&self) {
        if let Some(first) = self.queue.front() {
            first.notify_one();
        }
    }

    /// Removes a thread from the queue. The next one may have to look for what this one leaves.
    fn leave(&mut self, thread: &Arc<Condvar>) {
        self.queue.retain(|other| !Arc::ptr_eq(other, thread));
        self.wake_first();
    }
}

impl Pool {
    pub(super) fn new(limit: usize, first: Option<PooledConn>) -> Self {
        let idle: Vec<_> = first.into_iter().collect();
        let state = PoolState { open: idle.len(), idle, queue: VecDeque::new() };
        Self { capacity: limit, state: Mutex::new(state) }
    }

    /// The most connections.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// An idle connection, or `None` for the right to open one, and whether the call has waited for it; [`Error::Busy`] after `give_up`.
    pub(super) fn acquire(
        &self,
        give_up: Option<Instant>,
        cancel: &CancelToken,
    ) -> Result<(Option<PooledConn>, bool)> {
        let mut state = self.lock();
        if state.queue.is_empty() && self.has_free(&state) {
            return Ok((self.take(&mut state), false));
        }
        let turn = Arc::new(Condvar::new());
        state.queue.push_back(Arc::clone(&turn));
        loop {
            if state.is_first(&turn) && self.has_free(&state) {
                let taken = self.take(&mut state);
                state.leave(&turn);
                return Ok((taken, true));
            }
            let left = db::time_left(give_up);
            let is_over = left.is_some_and(|left| left.is_zero());
            if let Err(error) = cancel.check().and_then(|()| if is_over { Err(Error::Busy) } else { Ok(()) })
            {
                state.leave(&turn);
                return Err(error);
            }
            let wait_time = if cancel.is_unlimited() {
                left
            } else {
                Some(left.map_or(db::BUSY_POLL_INTERVAL, |left| left.min(db::BUSY_POLL_INTERVAL)))
            };
            state = match wait_time {
                None => turn.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(wait_time) => {
                    turn.wait_timeout(state, wait_time).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn has_free(&self, state: &PoolState) -> bool {
        !state.idle.is_empty() || state.open < self.capacity
    }

    /// Takes what is free: an idle connection, or the right to open one.
    fn take(&self, state: &mut PoolState) -> Option<PooledConn> {
        let idle = state.idle.pop();
        if idle.is_none() {
            state.open = state.open.saturating_add(1).min(self.capacity);
        }
        idle
    }

    /// Returns a connection, or the right to open one.
    pub(super) fn release(&self, pooled: Option<PooledConn>) {
        let mut state = self.lock();
        match pooled {
            Some(pooled) => state.idle.push(pooled),
            None => state.open = state.open.saturating_sub(1),
        }
        state.wake_first();
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        // No panic can occur between the steps above, so the state is always valid.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
