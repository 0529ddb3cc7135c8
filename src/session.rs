//! The handles of a session: operations on one kind of record, grouped.

use crate::access::session::Session;
use crate::model::ContactId;
use crate::operations::bulk::imports::Imports;
use crate::operations::bulk::jobs::Jobs;
use crate::operations::directory::handles::Directory;
use crate::operations::directory::handles::Entitlements;
use crate::operations::maintenance::substring_index::SubstringIndex;
use crate::operations::onboarding::handle::Onboarding;
use crate::operations::record::attributes::Attributes;
use crate::operations::record::blocks::BlockedNumbers;
use crate::operations::record::channels::Channels;
use crate::operations::record::conversations::Conversations;
use crate::operations::record::events::Events;
use crate::operations::record::funnels::Funnels;
use crate::operations::record::notes::Notes;
use crate::operations::record::outbox::Outbox;
use crate::operations::record::saved_filters::SavedFilters;
use crate::operations::record::tags::Tags;

/// Handles for everything that is not a contact.
impl Session {
    /// Tags of the tenant and of contacts.
    #[must_use]
    pub const fn tags(&self) -> Tags<'_> {
        Tags::new(self)
    }

    /// Attributes of the tenant, and their values of contacts.
    #[must_use]
    pub const fn attributes(&self) -> Attributes<'_> {
        Attributes::new(self)
    }

    /// Notes on a contact.
    #[must_use]
    pub const fn notes(&self, contact: ContactId) -> Notes<'_> {
        Notes::new(self, contact)
    }

    /// Funnels of the tenant, and the contacts that are subscribed to them.
    #[must_use]
    pub const fn funnels(&self) -> Funnels<'_> {
        Funnels::new(self)
    }

    /// Filters that the actor keeps for later.
    #[must_use]
    pub const fn saved_filters(&self) -> SavedFilters<'_> {
        SavedFilters::new(self)
    }

    /// Channels of the tenant, and the identities of contacts on them.
    #[must_use]
    pub const fn channels(&self) -> Channels<'_> {
        Channels::new(self)
    }

    /// Conversations and their members.
    #[must_use]
    pub const fn conversations(&self) -> Conversations<'_> {
        Conversations::new(self)
    }

    /// Numbers that advisors or the tenant have blocked.
    #[must_use]
    pub const fn blocked_numbers(&self) -> BlockedNumbers<'_> {
        BlockedNumbers::new(self)
    }

    /// Entitlements of advisors on networks, with their permissions and federation groups.
    #[must_use]
    pub const fn entitlements(&self) -> Entitlements<'_> {
        Entitlements::new(self)
    }

    /// Tenants, federation groups, networks, advisors and pooled numbers.
    #[must_use]
    pub const fn directory(&self) -> Directory<'_> {
        Directory::new(self)
    }

    /// Onboarding of contacts, invitations and offboarding.
    #[must_use]
    pub const fn onboarding(&self) -> Onboarding<'_> {
        Onboarding::new(self)
    }

    /// Bulk jobs: one action on all contacts that match a filter.
    #[must_use]
    pub const fn jobs(&self) -> Jobs<'_> {
        Jobs::new(self)
    }

    /// Imports that can be undone.
    #[must_use]
    pub const fn imports(&self) -> Imports<'_> {
        Imports::new(self)
    }

    /// Event names of the tenant, and the events fired on contacts.
    #[must_use]
    pub const fn events(&self) -> Events<'_> {
        Events::new(self)
    }

    /// Messages that the host has not delivered yet.
    #[must_use]
    pub const fn outbox(&self) -> Outbox<'_> {
        Outbox::new(self)
    }

    /// The substring index of the store.
    #[must_use]
    pub const fn substring_index(&self) -> SubstringIndex<'_> {
        SubstringIndex::new(self)
    }
}
