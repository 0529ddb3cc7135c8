//! TODO-DOC

pub(crate) mod edit_onboarded;
pub(crate) mod handle;
pub(crate) mod invite;
pub(crate) mod offboard;
pub(crate) mod onboard;
