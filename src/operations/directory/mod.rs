//! TODO-DOC

pub(crate) mod advisor_numbers;
pub(crate) mod advisors;
pub(crate) mod entitle;
pub(crate) mod groups;
pub(crate) mod handles;
pub(crate) mod permissions;
pub(crate) mod tenants;
