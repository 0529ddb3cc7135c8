//! Onboarding, invitations and offboarding, by the rules of Symphony Federation.
//!
//! May import `contact`, `directory`, `list`. A newcomer changes here what a network requires of a new contact.

pub(crate) mod edit_onboarded;
pub(crate) mod handle;
pub(crate) mod invite;
pub(crate) mod offboard;
pub(crate) mod onboard;
