//! TODO-DOC

pub(crate) mod rights;
pub(crate) mod session;
