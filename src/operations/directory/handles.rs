//! The handles of this folder: [`Directory`] and [`Entitlements`].

use crate::access::session::Session;

/// Tenants, federation groups, networks, advisors and pooled numbers. See [`Session::directory`].
#[derive(Debug, Clone, Copy)]
pub struct Directory<'s> {
    pub(super) session: &'s Session,
}

impl<'s> Directory<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }
}

/// Entitlements of advisors on networks, with permissions and groups. See [`Session::entitlements`].
#[derive(Debug, Clone, Copy)]
pub struct Entitlements<'s> {
    pub(super) session: &'s Session,
}

impl<'s> Entitlements<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }
}
