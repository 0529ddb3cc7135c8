//! A queue between two threads. Items are sent in chunks and taken one by one.

use std::sync::mpsc::Receiver;

/// The receiving end.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    receiver: Receiver<Vec<T>>,
    chunk: std::vec::IntoIter<T>,
}

impl<T> Queue<T> {
    pub(crate) fn new(receiver: Receiver<Vec<T>>) -> Self {
        Self { receiver, chunk: Vec::new().into_iter() }
    }

    /// Waits for the next chunk; false at the end.
    pub(crate) fn fill(&mut self) -> bool {
        while self.chunk.len() == 0 {
            match self.receiver.recv() {
                Ok(chunk) => self.chunk = chunk.into_iter(),
                Err(_) => return false,
            }
        }
        true
    }

    pub(crate) fn next(&mut self) -> Option<T> {
        if self.fill() { self.chunk.next() } else { None }
    }
}
