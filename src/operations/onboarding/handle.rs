//! The handle [`Onboarding`].

use crate::access::session::Session;

/// Onboarding, invitations and offboarding. See [`Session::onboarding`].
#[derive(Debug, Clone, Copy)]
pub struct Onboarding<'s> {
    pub(super) session: &'s Session,
}

impl<'s> Onboarding<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }
}
