//! Copies a shared contact into a tenant.

use std::fmt;
use std::sync::Arc;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::record::conversation;
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, RuleViolation};
use crate::feed::{OutboxEvent, outbox};
use crate::model::{Contact, ContactId, ConversationKind, Network, NetworkPolicy, Permission, TenantId};
use crate::operations::contact::add::{Target, create_contact};
use crate::operations::contact::draft::Draft;
use crate::operations::contact::links::set_link;
use crate::operations::context::WriteContext;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::{ListOrders, sort_key};

/// The result of a copy.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CopyResult {
    /// The new contact of the tenant.
    pub contact: Contact,
    /// The external ids of the conversations in which it replaced the shared contact.
    pub conversations: Vec<String>,
    /// The address of the shared contact in message exports, `NETWORK.DIGITS@symphony.com`; `None` without a phone.
    pub old_export_address: Option<String>,
    /// The address of the new contact in message exports, `NETWORK.DIGITS.TENANT@symphony.com`.
    pub new_export_address: Option<String>,
}

impl fmt::Debug for CopyResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copied").field("contact", &self.contact.id).finish_non_exhaustive()
    }
}

impl Session {
    /// Copies a shared contact into the tenant, with all data and the card, under a new id. The tenant's advisors are
    /// linked to the copy instead. The copy replaces the shared contact in the tenant's conversations. For each
    /// conversation the outbox gets a message and a member replacement (see [`Session::outbox`]). Nothing changes for
    /// other tenants.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`] without [`Permission::CreateContact`], [`Error::Duplicate`] if a contact of the
    /// tenant has its e-mail address, an identifier or the UID where that must be unique;
    /// [`RuleViolation::NetworkClosed`](crate::RuleViolation::NetworkClosed),
    /// [`RuleViolation::CopyNotSupported`](crate::RuleViolation::CopyNotSupported) for the network,
    /// [`RuleViolation::AlreadyCopied`](crate::RuleViolation::AlreadyCopied) if the tenant has this number on the network, and
    /// [`RuleViolation::InOneToOneConversation`](crate::RuleViolation::InOneToOneConversation) while the contact is in a one-to-one chat of the tenant.
    pub fn copy_to_tenant(&self, contact: ContactId) -> Result<CopyResult> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let home = rights.home_tenant(db)?;
            let (old, policy) = find_copyable(db, &rights, home, contact)?;
            let context = WriteContext { now: self.engine.now(), origin };
            let list_orders = ListOrders::for_writing(&self.engine, db)?;
            let new = self.create_copy(db, context, &list_orders, (&old, home), &policy)?;
            let mut counts = ListCounts::default();
            for advisor in db::entries::advisors_of(db, old.id)? {
                if db::directory::advisor_tenant(db, advisor)? == home {
                    set_link(db, context, &list_orders, &old, advisor, false, &mut counts)?;
                    set_link(db, context, &list_orders, &new, advisor, true, &mut counts)?;
                }
            }
            counts.flush(db, &list_orders)?;
            let tenant = TenantId(home);
            let [old_address, new_address] =
                [None, Some(tenant)].map(|tenant| export_address(&old.contact, tenant));
            let text = conversation_message(old_address.as_deref(), new_address.as_deref());
            let streams = move_conversations(db, context, home, (&old, &new), &text)?;
            Ok(CopyResult {
                contact: new.contact,
                conversations: streams,
                old_export_address: old_address,
                new_export_address: new_address,
            })
        })
    }

    fn create_copy(
        &self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        list_orders: &ListOrders,
        (old, home): (&StoredContact, i64),
        policy: &NetworkPolicy,
    ) -> Result<StoredContact> {
        let mut stored = old.clone();
        stored.contact.version = 1;
        stored.contact.invitation = None; // an invitation code belongs to one contact
        if let Some(own) = stored.contact.own_advisor {
            let own = db::directory::find_advisor(db, own)?.filter(|advisor| advisor.tenant == home);
            stored.contact.own_advisor = stored.contact.own_advisor.filter(|_| own.is_some());
        }
        let key = sort_key(&list_orders.collator, &stored.contact);
        let card = db::contact::card(db, old.id)?;
        let draft = Draft {
            sort_key: key,
            collator: Arc::clone(&list_orders.collator),
            stored,
            card,
            blocked: false,
            values: Vec::new(),
            channel_identities: Vec::new(),
            tags: Vec::new(),
        };
        let target = Target::for_tenant(home, old.network, None, Vec::new());
        let mut new = create_contact(&self.engine, db, context, list_orders, draft, &target, policy)?;
        // Status and activity keep their times.
        new.contact.status_at = old.contact.status_at;
        db::contact::update(db, &new, &db::contact::sort_keys(db, new.id)?)?;
        if let Some(at) = old.contact.active_at {
            db::contact::set_active(db, new.id, at)?;
        }
        Ok(new)
    }
}

/// The contact, if the actor's tenant may copy it.
fn find_copyable(
    db: &Read<'_>,
    rights: &Rights,
    home: i64,
    contact: ContactId,
) -> Result<(StoredContact, NetworkPolicy)> {
    let stored = rights.visible_contact(db, contact)?;
    if stored.contact.trashed_at.is_some() {
        return Err(Error::NoContact(contact));
    }
    let (network, policy) = db::directory::network(db, &stored.contact.network)?;
    if !db::tenants::is_network_open(db, home, 0, network)? {
        return Err(RuleViolation::NetworkClosed.into());
    }
    rights.require(db, Permission::CreateContact, network)?;
    if !policy.copyable {
        return Err(RuleViolation::CopyNotSupported.into());
    }
    if stored.tenant.is_some() || tenant_has_phone(db, home, &stored)? {
        return Err(RuleViolation::AlreadyCopied.into());
    }
    let conversations = conversation::of_contact(db, stored.id, Some(home))?;
    if conversations.iter().any(|stored| stored.conversation.kind == ConversationKind::OneToOne) {
        return Err(RuleViolation::InOneToOneConversation.into());
    }
    Ok((stored, policy))
}

/// Whether a contact of the tenant has the same number on the same network, in any group.
fn tenant_has_phone(db: &Read<'_>, tenant: i64, of: &StoredContact) -> Result<bool> {
    let Some(phone) = of.contact.phones.first() else { return Ok(false) };
    let others = db::contact::many(db, &db::contact_methods::with_phone(db, &phone.normalized)?)?;
    Ok(others.iter().any(|other| {
        (other.tenant, other.network) == (Some(tenant), of.network)
            && other.contact.trashed_at.is_none()
            && other.contact.phones.first().is_some_and(|first| first.normalized == phone.normalized)
    }))
}

/// Replaces the old contact by the new one in the tenant's conversations, and writes the messages for the host.
fn move_conversations(
    db: &Write<'_>,
    context: WriteContext<'_>,
    home: i64,
    (old, new): (&StoredContact, &StoredContact),
    text: &str,
) -> Result<Vec<String>> {
    let mut streams = Vec::new();
    for stored in conversation::of_contact(db, old.id, Some(home))? {
        conversation::remove_member(db, stored.id, old.id, context.now)?;
        conversation::add_member(db, stored.id, new.id, context.now)?;
        let stream = stored.conversation.external_id;
        let message = OutboxEvent::PostMessage { conversation: stream.clone(), text: text.to_owned() };
        outbox::enqueue(db, home, &message, context.now)?;
        let (from, to) = (old.contact.id, new.contact.id);
        outbox::enqueue(
            db,
            home,
            &OutboxEvent::ReplaceMember { conversation: stream.clone(), from, to },
            context.now,
        )?;
        streams.push(stream);
    }
    Ok(streams)
}

/// The address of a contact in message exports, of a tenant or shared.
fn export_address(contact: &Contact, tenant: Option<TenantId>) -> Option<String> {
    let digits = contact.phones.first()?.normalized.trim_start_matches('+');
    let network: &Network = &contact.network;
    Some(match tenant {
        Some(tenant) => format!("{network}.{digits}.{tenant}@symphony.com"),
        None => format!("{network}.{digits}@symphony.com"),
    })
}

/// The text of the message in a conversation of the contact.
fn conversation_message(old: Option<&str>, new: Option<&str>) -> String {
    let sentence = "The contact in this room has moved to an account of this company's own.";
    match (old, new) {
        (Some(old), Some(new)) => {
            format!("{sentence} In exports it is {new} from now on, and was {old} before.")
        }
        _ => sentence.to_owned(),
    }
}
