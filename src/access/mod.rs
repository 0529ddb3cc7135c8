//! Access: the session of an actor, and every check of a permission.
//!
//! May import `engine`, `db`, `model`, `host`. A newcomer changes here who may see or do what. The verbs of [`session::Session`] are
//! defined in the layers above.

pub(crate) mod rights;
mod roles;
pub(crate) mod session;
mod visible_counts;
