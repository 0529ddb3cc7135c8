//! A contact shared between tenants becomes one of a tenant's own.

use std::fmt;
use std::sync::Arc;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::record::conversation;
use crate::db::{self, Read, Write};
use crate::error::{Error, Refusal, Result};
use crate::feed::{Effect, outbox};
use crate::model::{Contact, ContactId, Network, NetworkPolicy, Permission, RoomKind, TenantId};
use crate::operations::contact::add::{Target, put};
use crate::operations::contact::draft::Draft;
use crate::operations::contact::links::relink;
use crate::operations::list::order::{Orders, sort_key};
use crate::operations::{Context, Tally};

/// What a copy has brought about.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Copied {
    /// The tenant's own contact, under its new id.
    pub contact: Contact,
    /// The rooms that it has taken the shared contact's place in: their ids on the messaging side.
    pub streams: Vec<String>,
    /// The address the shared contact has in exports of messages, `NETWORK.DIGITS@symphony.com`; `None` without a phone.
    pub old_address: Option<String>,
    /// The address the new contact has there, `NETWORK.DIGITS.TENANT@symphony.com`.
    pub new_address: Option<String>,
}

impl fmt::Debug for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copied").field("contact", &self.contact.id).finish_non_exhaustive()
    }
}

impl Session {
    /// Gives the tenant its own copy of a contact that is shared between tenants: the same data, the card too, under a new
    /// id. The tenant's advisors are linked to the copy instead, and the copy takes the shared contact's place in the
    /// tenant's rooms; each gets a message and a change of members, which are for the host to bring about (see
    /// [`Session::outbox`]). Other tenants see no change.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`] without [`Permission::CreateContact`], [`Error::Taken`] if a contact of the
    /// tenant has its e-mail address, an identifier or the UID where that must be unique;
    /// [`Refusal::NetworkClosed`](crate::Refusal::NetworkClosed),
    /// [`Refusal::CopyNotSupported`](crate::Refusal::CopyNotSupported) for the network,
    /// [`Refusal::AlreadyCopied`](crate::Refusal::AlreadyCopied) if the tenant has this number on the network, and
    /// [`Refusal::InChat`](crate::Refusal::InChat) while the contact is in a one-to-one chat of the tenant.
    pub fn copy(&self, contact: ContactId) -> Result<Copied> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let home = rights.home(db)?;
            let (old, policy) = copyable(db, &rights, home, contact)?;
            let context = Context { now: self.inner.now(), origin };
            let orders = Orders::read(&self.inner, db)?;
            let new = self.put_copy(db, context, &orders, (&old, home), &policy)?;
            let mut tally = Tally::default();
            for advisor in db::entries::advisors_of(db, old.id)? {
                if db::directory::advisor_tenant(db, advisor)? == home {
                    relink(db, context, &orders, &old, advisor, false, &mut tally)?;
                    relink(db, context, &orders, &new, advisor, true, &mut tally)?;
                }
            }
            tally.write(db, &orders)?;
            let tenant = db::tenants::tenant_id(db, home)?;
            let [old_address, new_address] = [None, Some(tenant)].map(|tenant| address(&old.contact, tenant));
            let text = message(old_address.as_deref(), new_address.as_deref());
            let streams = move_rooms(db, context, home, (&old, &new), &text)?;
            Ok(Copied { contact: new.contact, streams, old_address, new_address })
        })
    }

    fn put_copy(
        &self,
        db: &Write<'_>,
        context: Context<'_>,
        orders: &Orders,
        (old, home): (&Stored, i64),
        policy: &NetworkPolicy,
    ) -> Result<Stored> {
        let mut stored = old.clone();
        stored.contact.version = 1;
        stored.contact.invitation = None; // a code belongs to one contact
        if let Some(own) = stored.contact.own_advisor {
            let own = db::directory::find_advisor(db, own)?.filter(|advisor| advisor.tenant == home);
            stored.contact.own_advisor = stored.contact.own_advisor.filter(|_| own.is_some());
        }
        let key = sort_key(&orders.collator, &stored.contact);
        let card = db::contact::card(db, old.id)?;
        let draft = Draft {
            key,
            collator: Arc::clone(&orders.collator),
            stored,
            card,
            blocked: false,
            values: Vec::new(),
            gates: Vec::new(),
            tags: Vec::new(),
        };
        let target = Target::within(home, old.network, None, Vec::new());
        let mut new = put(&self.inner, db, context, orders, draft, &target, policy)?;
        // Where it stands on the network, and when it was last heard of, has not changed today.
        new.contact.status_at = old.contact.status_at;
        db::contact::update(db, &new, &db::contact::place(db, new.id)?)?;
        if let Some(at) = old.contact.active_at {
            db::contact::set_active(db, new.id, at)?;
        }
        Ok(new)
    }
}

/// The contact, if the actor's tenant may have a copy of it.
fn copyable(
    db: &Read<'_>,
    rights: &Rights,
    home: i64,
    contact: ContactId,
) -> Result<(Stored, NetworkPolicy)> {
    let stored = rights.visible(db, contact)?;
    if stored.contact.trashed_at.is_some() {
        return Err(Error::NoContact(contact));
    }
    let (network, policy) = db::directory::network(db, &stored.contact.network)?;
    if !db::tenants::is_open(db, home, 0, network)? {
        return Err(Refusal::NetworkClosed.into());
    }
    rights.require(db, Permission::CreateContact, network)?;
    if !policy.copyable {
        return Err(Refusal::CopyNotSupported.into());
    }
    if stored.tenant.is_some() || has_number(db, home, &stored)? {
        return Err(Refusal::AlreadyCopied.into());
    }
    let rooms = conversation::of_contact(db, stored.id, Some(home))?;
    if rooms.iter().any(|stored| stored.room.kind == RoomKind::Im) {
        return Err(Refusal::InChat.into());
    }
    Ok((stored, policy))
}

/// Whether a contact of a tenant has the number of another on the same network, in whatever group.
fn has_number(db: &Read<'_>, tenant: i64, of: &Stored) -> Result<bool> {
    let Some(phone) = of.contact.phones.first() else { return Ok(false) };
    let others = db::contact::many(db, &db::contact_methods::with_phone(db, &phone.normal)?)?;
    Ok(others.iter().any(|other| {
        (other.tenant, other.network) == (Some(tenant), of.network)
            && other.contact.trashed_at.is_none()
            && other.contact.phones.first().is_some_and(|first| first.normal == phone.normal)
    }))
}

/// Puts the new contact in the old one's place in the tenant's rooms, and asks the host to do the same.
fn move_rooms(
    db: &Write<'_>,
    context: Context<'_>,
    home: i64,
    (old, new): (&Stored, &Stored),
    text: &str,
) -> Result<Vec<String>> {
    let mut streams = Vec::new();
    for stored in conversation::of_contact(db, old.id, Some(home))? {
        conversation::leave(db, stored.id, old.id, context.now)?;
        conversation::join(db, stored.id, new.id, context.now)?;
        let stream = stored.room.stream;
        let message = Effect::PostMessage { stream: stream.clone(), text: text.to_owned() };
        outbox::put(db, home, &message, context.now)?;
        let (from, to) = (old.contact.id, new.contact.id);
        outbox::put(db, home, &Effect::MoveMember { stream: stream.clone(), from, to }, context.now)?;
        streams.push(stream);
    }
    Ok(streams)
}

/// The address of a contact in exports of messages; of a tenant's own, or shared.
fn address(contact: &Contact, tenant: Option<TenantId>) -> Option<String> {
    let digits = contact.phones.first()?.normal.trim_start_matches('+');
    let network: &Network = &contact.network;
    Some(match tenant {
        Some(tenant) => format!("{network}.{digits}.{tenant}@symphony.com"),
        None => format!("{network}.{digits}@symphony.com"),
    })
}

/// What is said in a room that the contact is in.
fn message(old: Option<&str>, new: Option<&str>) -> String {
    let news = "The contact in this room has moved to an account of this company's own.";
    match (old, new) {
        (Some(old), Some(new)) => format!("{news} In exports it is {new} from now on, and was {old} before."),
        _ => news.to_owned(),
    }
}
