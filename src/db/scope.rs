//! Scopes: the unit in which lists, counts and search keys are stored.

use crate::error::{Error, Result};

/// The owner of a list, by local id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// Contacts shared between tenants.
    Shared,
    /// All contacts of a tenant.
    Tenant(i64),
    /// The contacts linked to one advisor.
    Advisor(i64),
    /// The contacts of a tenant in the trash; `None`: shared contacts in the trash. They are listed, but never searched.
    Trash(Option<i64>),
}

/// One list: an owner on a network, both by local id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Scope {
    pub(crate) owner: Owner,
    pub(crate) network: i64,
}

impl Owner {
    /// The owner of the contacts of `tenant`; `None`: of shared contacts.
    pub(crate) fn for_tenant(tenant: Option<i64>) -> Self {
        tenant.map_or(Self::Shared, Self::Tenant)
    }

    /// The owner as the columns `owner_kind` and `owner`.
    pub(crate) fn columns(self) -> (i64, i64) {
        match self {
            Self::Shared => (0, 0),
            Self::Tenant(id) => (1, id),
            Self::Advisor(id) => (2, id),
            Self::Trash(tenant) => (3, tenant.unwrap_or(0)),
        }
    }

    /// The owner from its columns.
    pub(crate) fn from_columns(kind: i64, owner: i64) -> Result<Self> {
        match kind {
            0 => Ok(Self::Shared),
            1 => Ok(Self::Tenant(owner)),
            2 => Ok(Self::Advisor(owner)),
            3 => Ok(Self::Trash((owner != 0).then_some(owner))),
            _ => Err(Error::Damaged { what: "the owner of a list", source: None }),
        }
    }

    /// This owner on `network`.
    pub(crate) fn on_network(self, network: i64) -> Scope {
        Scope { owner: self, network }
    }
}

/// One of the two orders of the lists that a store can contain at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Generation {
    Zero,
    One,
}

impl Generation {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Zero => Self::One,
            Self::One => Self::Zero,
        }
    }

    pub(crate) fn column(self) -> i64 {
        match self {
            Self::Zero => 0,
            Self::One => 1,
        }
    }

    pub(crate) fn from_column(column: i64) -> Self {
        if column == 0 { Self::Zero } else { Self::One }
    }
}

/// A list in the order of one generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ListKey {
    pub(crate) generation: Generation,
    pub(crate) scope: Scope,
}

impl Scope {
    /// This list in the order of `generation`.
    pub(crate) fn in_generation(self, generation: Generation) -> ListKey {
        ListKey { generation, scope: self }
    }
}

impl ListKey {
    /// The columns `generation`, `owner_kind`, `owner`, `network`.
    pub(crate) fn columns(self) -> (i64, i64, i64, i64) {
        let (kind, owner) = self.scope.owner.columns();
        (self.generation.column(), kind, owner, self.scope.network)
    }
}

/// An entry of a list: sort key, then local id of the contact.
pub(crate) type EntryKey = (Vec<u8>, i64);
