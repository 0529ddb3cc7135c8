//! Tenants, federation groups, networks, advisors, entitlements, permissions, pooled numbers.
//!
//! May import `context` and the layers below `operations`. A newcomer changes here who belongs to a tenant and what it may use.

pub(crate) mod advisor_numbers;
pub(crate) mod advisors;
pub(crate) mod entitle;
pub(crate) mod groups;
pub(crate) mod handles;
pub(crate) mod permissions;
pub(crate) mod tenants;
