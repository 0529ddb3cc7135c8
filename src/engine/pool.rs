//! A bounded set of connections.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
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

/// A bounded set of connections. Each is handed to one thread at a time.
#[derive(Debug)]
pub(super) struct Pool {
    capacity: usize,
    state: Mutex<PoolState>,
    conn_released: Condvar,
}

#[derive(Debug)]
struct PoolState {
    idle: Vec<PooledConn>,
    /// Connections that are open, idle or not.
    open: usize,
}

impl Pool {
    pub(super) fn new(limit: usize, first: Option<PooledConn>) -> Self {
        let idle: Vec<_> = first.into_iter().collect();
        Self {
            capacity: limit,
            state: Mutex::new(PoolState { open: idle.len(), idle }),
            conn_released: Condvar::new(),
        }
    }

    /// The most connections.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// An idle connection, or `None` for the right to open one; [`Error::Busy`] after `give_up`.
    pub(super) fn acquire(
        &self,
        give_up: Option<Instant>,
        cancel: &CancelToken,
    ) -> Result<Option<PooledConn>> {
        let mut state = self.lock();
        loop {
            if let Some(pooled) = state.idle.pop() {
                return Ok(Some(pooled));
            }
            if state.open < self.capacity {
                state.open = state.open.saturating_add(1);
                return Ok(None);
            }
            cancel.check()?;
            let left = give_up.map(|give_up| give_up.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Error::Busy);
            }
            let wait_time = if cancel.is_unlimited() {
                left
            } else {
                Some(left.map_or(db::BUSY_POLL_INTERVAL, |left| left.min(db::BUSY_POLL_INTERVAL)))
            };
            state = match wait_time {
                None => self.conn_released.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(wait_time) => {
                    self.conn_released
                        .wait_timeout(state, wait_time)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
    }

    /// Returns a connection, or the right to open one.
    pub(super) fn release(&self, pooled: Option<PooledConn>) {
        let mut state = self.lock();
        match pooled {
            Some(pooled) => state.idle.push(pooled),
            None => state.open = state.open.saturating_sub(1),
        }
        self.conn_released.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        // No panic can occur between the steps above, so the state is always valid.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
