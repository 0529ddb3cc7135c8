//! Conversations, as the host reports them.

use std::collections::HashSet;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::record::conversation::{self, StoredConversation};
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::model::{
    ContactId, Conversation, ConversationId, ConversationKind, Field, GroupId, NewConversation, Permission,
};
use crate::text::fold::fold;

/// Conversations and their members. See [`Session::conversations`].
#[derive(Debug, Clone, Copy)]
pub struct Conversations<'s> {
    session: &'s Session,
}

impl<'s> Conversations<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Adds a conversation. All its contacts must be on its network. It needs [`Permission::CreateRoom`], and
    /// [`Permission::AddMultiCompanyContact`] for contacts of several companies. A one-to-one conversation has one
    /// contact. An advisor can add their own conversations only.
    ///
    /// # Errors
    /// [`Error::Exists`] if the external id exists; [`Error::Invalid`]; [`Error::NoContact`], [`Error::NoAdvisor`],
    /// [`Error::NotFound`] for the group, [`Error::NoNetwork`], [`Error::Forbidden`];
    /// [`RuleViolation::MixedNetworks`](crate::RuleViolation::MixedNetworks),
    /// [`RuleViolation::NetworkClosed`](crate::RuleViolation::NetworkClosed),
    /// [`RuleViolation::GroupClosed`](crate::RuleViolation::GroupClosed).
    pub fn add(&self, new: &NewConversation) -> Result<Conversation> {
        new.check()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            if !policy.messaging {
                return Err(Error::invalid(
                    Field::Network,
                    ValidationError::NotSupportedOnNetwork { network: policy.network },
                ));
            }
            rights.require(db, Permission::CreateRoom, network)?;
            let home = rights.home_tenant(db)?;
            let advisor = match (rights.advisor(), new.advisor) {
                (own, None) => own,
                (own, Some(named)) => {
                    let named = rights.linkable_advisor(db, Some(home), named)?;
                    if own.is_some_and(|own| own != named) {
                        return Err(Error::Forbidden("an advisor has rooms of their own only"));
                    }
                    Some(named)
                }
            };
            let group = new.group.map(|group| require_open_group(db, home, group, network)).transpose()?;
            let now = self.session.engine.now();
            let mut stored = StoredConversation {
                id: 0,
                tenant: home,
                network,
                group,
                advisor,
                conversation: new_conversation(new, now),
            };
            stored.id = conversation::insert(db, &stored)?;
            for contact in &new.members {
                let contact = rights.visible_contact(db, *contact)?;
                check_member(db, &rights, &stored, &contact)?;
                conversation::add_member(db, stored.id, contact.id, now)?;
            }
            load_conversation(db, &new.external_id)
        })
    }

    /// The conversation with this external id; `None` if the actor sees none. An advisor sees their own, and with
    /// [`Permission::ListCustomers`] all of the tenant on the network.
    ///
    /// # Errors
    /// Those of the store.
    pub fn get(&self, stream: &str) -> Result<Option<Conversation>> {
        self.session.read(|snapshot| {
            match find_visible(&snapshot.db, &self.session.rights(&snapshot.db)?, stream) {
                Ok(stored) => {
                    let db = &snapshot.db;
                    Ok(Some(with_seen_members(db, &self.session.rights(db)?, stored)?))
                }
                Err(Error::NoConversation) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// The contacts in a conversation that the actor sees, in the order in which they were added.
    ///
    /// # Errors
    /// [`Error::NoConversation`].
    pub fn members(&self, stream: &str) -> Result<Vec<ContactId>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let stored = find_visible(db, &rights, stream)?;
            seen_members(db, &rights, stored.id)
        })
    }

    /// The conversations of a contact that the actor may see, in the order in which they were added.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn of(&self, contact: ContactId) -> Result<Vec<Conversation>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let contact = rights.visible_contact(db, contact)?;
            let mut conversations = Vec::new();
            for stored in conversation::of_contact(db, contact.id, rights.tenant())? {
                if is_visible(db, &rights, &stored)? {
                    conversations.push(with_seen_members(db, &rights, stored)?);
                }
            }
            Ok(conversations)
        })
    }

    /// Adds a contact to a conversation; false if it was a member. The rules of [`Conversations::add`] apply.
    ///
    /// # Errors
    /// [`Error::NoConversation`], and the errors of [`Conversations::add`].
    pub fn add_member(&self, stream: &str, contact: ContactId) -> Result<bool> {
        self.with_conversation(stream, |db, rights, stored| {
            let contact = rights.visible_contact(db, contact)?;
            check_member(db, rights, stored, &contact)?;
            Ok(conversation::add_member(db, stored.id, contact.id, self.session.engine.now())?)
        })
    }

    /// Removes a contact from a conversation; false if it was not a member.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::NoContact`], [`Error::Forbidden`].
    pub fn remove_member(&self, stream: &str, contact: ContactId) -> Result<bool> {
        self.with_conversation(stream, |db, rights, stored| {
            let contact = rights.visible_contact(db, contact)?;
            Ok(conversation::remove_member(db, stored.id, contact.id, self.session.engine.now())?)
        })
    }

    /// Deletes a conversation.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::Forbidden`].
    pub fn delete(&self, stream: &str) -> Result<()> {
        self.with_conversation(stream, |db, _, stored| Ok(conversation::delete(db, stored.id)?))
    }

    /// Moves a conversation to a federation group that is active on its network, or to the default group. For
    /// administrators and the system.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::NotFound`], [`Error::Forbidden`];
    /// [`RuleViolation::GroupClosed`](crate::RuleViolation::GroupClosed).
    pub fn move_to_group(&self, stream: &str, group: Option<GroupId>) -> Result<Conversation> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let stored = find_visible(db, &rights, stream)?;
            let group = group
                .map(|group| require_open_group(db, stored.tenant, group, stored.network))
                .transpose()?;
            conversation::set_group(db, stored.id, group, self.session.engine.now())?;
            load_conversation(db, stream)
        })
    }

    fn with_conversation<T>(
        self,
        stream: &str,
        work: impl FnOnce(&Write<'_>, &Rights, &StoredConversation) -> Result<T>,
    ) -> Result<T> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            let stored = find_visible(db, &rights, stream)?;
            rights.require(db, Permission::CreateRoom, stored.network)?;
            work(db, &rights, &stored)
        })
    }
}

fn new_conversation(new: &NewConversation, now: crate::model::Timestamp) -> Conversation {
    Conversation {
        id: ConversationId(0),
        external_id: new.external_id.clone(),
        kind: new.kind,
        network: new.network.clone(),
        group: new.group,
        advisor: new.advisor,
        name: new.name.trim().to_owned(),
        created_at: now,
        updated_at: now,
        members: 0,
    }
}

fn load_conversation(db: &Read<'_>, stream: &str) -> Result<Conversation> {
    conversation::find(db, stream)?.map(|stored| stored.conversation).ok_or(Error::NoConversation)
}

/// The conversation, if the actor may see it. For other actors it does not exist.
fn find_visible(db: &Read<'_>, rights: &Rights, stream: &str) -> Result<StoredConversation> {
    match conversation::find(db, stream)? {
        Some(stored) if is_visible(db, rights, &stored)? => Ok(stored),
        _ => Err(Error::NoConversation),
    }
}

/// The members of a conversation that the actor sees. An advisor may see a conversation without seeing all of its members.
fn seen_members(db: &Read<'_>, rights: &Rights, id: i64) -> Result<Vec<ContactId>> {
    if rights.advisor().is_none() {
        return Ok(conversation::member_ids(db, id)?);
    }
    let mut seen = Vec::new();
    for stored in db::contact::many(db, &conversation::members(db, id)?)? {
        if rights.can_see(db, &stored)? {
            seen.push(stored.contact.id);
        }
    }
    Ok(seen)
}

/// A conversation with the number of members that the actor sees.
fn with_seen_members(db: &Read<'_>, rights: &Rights, stored: StoredConversation) -> Result<Conversation> {
    let members = if rights.advisor().is_none() {
        stored.conversation.members
    } else {
        seen_members(db, rights, stored.id)?.len()
    };
    Ok(Conversation { members, ..stored.conversation })
}

fn is_visible(db: &Read<'_>, rights: &Rights, stored: &StoredConversation) -> Result<bool> {
    if rights.tenant().is_some_and(|tenant| tenant != stored.tenant) {
        return Ok(false);
    }
    match rights.advisor() {
        Some(own) if stored.advisor != Some(own) => {
            rights.has_permission(db, Permission::ListCustomers, stored.network)
        }
        _ => Ok(true),
    }
}

/// The local id of a tenant's group, if it is active on a network.
fn require_open_group(db: &Read<'_>, tenant: i64, group: GroupId, network: i64) -> Result<i64> {
    let group = db::tenants::group_local_id(db, group, tenant)?;
    if db::tenants::is_network_open(db, tenant, group, network)? {
        Ok(group)
    } else {
        Err(RuleViolation::GroupClosed.into())
    }
}

/// Rejects a contact that cannot be a member of a conversation.
fn check_member(
    db: &Read<'_>,
    rights: &Rights,
    conversation: &StoredConversation,
    contact: &StoredContact,
) -> Result<()> {
    let of_its_tenant = contact.tenant.is_none_or(|tenant| tenant == conversation.tenant);
    if !of_its_tenant || contact.contact.trashed_at.is_some() {
        return Err(Error::NoContact(contact.contact.id));
    }
    if contact.network != conversation.network {
        return Err(RuleViolation::MixedNetworks.into());
    }
    let members = conversation::members(db, conversation.id)?;
    if members.contains(&contact.id) {
        return Ok(());
    }
    if conversation.conversation.kind == ConversationKind::OneToOne && !members.is_empty() {
        return Err(Error::invalid(Field::Members, ValidationError::TooMany { limit: 1 }));
    }
    let others = db::contact::many(db, &members)?;
    let companies: HashSet<String> = others
        .iter()
        .chain([contact])
        .map(|stored| fold(&stored.contact.company))
        .filter(|company| !company.is_empty()) // a contact without a company does not count
        .collect();
    if companies.len() > 1 {
        rights.require(db, Permission::AddMultiCompanyContact, conversation.network)?;
    }
    Ok(())
}
