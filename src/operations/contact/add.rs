//! Adds contacts and links their advisors.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::SortKeys;
use crate::db::{self, Read, Write};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::feed::ChangeKind;
use crate::index::{self, ContactKeys};
use crate::model::{AdvisorId, Contact, NetworkPolicy, NewContact, Permission, TenantId};
use crate::operations::bulk::tags_and_values::TagAndAttributeCache;
use crate::operations::contact::draft::{Draft, Normalizer, unique_keys};
use crate::operations::context::{WriteContext, list_scopes_of};
use crate::operations::list::list_counts::{ListCounts, insert_entries};
use crate::operations::list::list_orders::ListOrders;
use crate::operations::maintenance::substring_index::SubstringWriter;
use crate::operations::record::blocks::set_contact_block;
use crate::text::collate::Collator;

impl Session {
    /// Adds a contact and links its advisors. The session of an advisor links that advisor. The session of an
    /// administrator or of the system links the given advisors, if any.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let john = store.session(Actor::System).add(
    ///     NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33 6 12 34 56 78"))?;
    /// assert_eq!(john.phones[0].e164(), Some("+33612345678"));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] names the field and the rule, [`Error::Duplicate`] the field and the contact with the value;
    /// [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`]. After an error nothing is written.
    pub fn add(&self, new: NewContact) -> Result<Contact> {
        let origin = self.origin_name()?;
        self.write(|db| self.add_in_transaction(db, new, origin))
    }

    /// Like [`Session::add`], inside a transaction.
    pub(crate) fn add_in_transaction(
        &self,
        db: &Write<'_>,
        new: NewContact,
        origin: &str,
    ) -> Result<Contact> {
        let context = WriteContext { now: self.engine.now(), origin };
        let mut session = CreationContext::new(db, self.rights(db)?)?;
        let (network, policy) = db::directory::network(db, &new.network)?;
        let target = Target::resolve(db, &mut session, &new, network)?;
        let list_orders = ListOrders::for_writing(&self.engine, db)?;
        let draft = self.engine.normalizer(&list_orders.collator).normalize(new, &policy, &[])?;
        self.check_distinct_methods(db, target.tenant, &draft.stored.contact, None)?;
        Ok(create_contact(&self.engine, db, context, &list_orders, draft, &target, &policy)?.contact)
    }
}

/// Writes a new contact with its links, tags, values, list entries and search keys.
pub(crate) fn create_contact(
    engine: &Engine,
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    mut draft: Draft,
    target: &Target,
    policy: &NetworkPolicy,
) -> Result<db::contact::StoredContact> {
    let place = draft.target_sort_keys(list_orders, i64::MAX);
    let (tags, values) = (std::mem::take(&mut draft.tags), std::mem::take(&mut draft.values));
    let mut known = TagAndAttributeCache::default();
    let labels = engine.check_tags_and_values(db, &mut known, target.home, &tags, values)?;
    let added = insert_contact(engine, db, context, draft, &place, target, policy)?;
    engine.write_tags_and_values(db, &mut known, target.home, &added, labels)?;
    let mut counts = ListCounts::default();
    insert_entries(db, &mut counts, &target.scopes(&added), &place, added.id)?;
    counts.flush(db, list_orders)?;
    db::sort_entries::insert_entries(db, db::sort_entries::entries_for_new(&added).collect())?;
    let keys = ContactKeys::of(&added.contact, &target.scopes(&added));
    index::log_key_changes(db, added.id, &ContactKeys::default(), &keys)?;
    SubstringWriter::load(db)?.insert(db, &added, target.advisors(), None)?;
    Ok(added)
}

impl Engine {
    pub(crate) fn normalizer<'a>(&'a self, collator: &'a Arc<Collator>) -> Normalizer<'a> {
        Normalizer { collator, phones: &self.phones, accept_any_phone: false }
    }
}

/// The target of a new contact, with local ids.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The tenant of its attributes, and of the block of a blocked contact.
    home: i64,
    tenant: Option<i64>,
    network: i64,
    group: Option<i64>,
    advisors: Vec<i64>,
}

impl Target {
    /// The tenant of its tags and attributes.
    pub(crate) fn home(&self) -> i64 {
        self.home
    }

    /// Determines the target of a new contact and checks the permissions of the actor.
    pub(crate) fn resolve(
        db: &Read<'_>,
        session: &mut CreationContext,
        new: &NewContact,
        network: i64,
    ) -> Result<Self> {
        session.rights.require(db, Permission::CreateContact, network)?;
        let own = session.rights.advisor();
        if new.blocked {
            session.rights.require_contact_block()?;
        }
        if new.shared {
            session.rights.require_system()?;
            if new.group.is_some() {
                return Err(Error::Forbidden("a contact shared between tenants is in no federation group"));
            }
        }
        let group =
            new.group.map(|group| db::tenants::group_local_id(db, group, session.home)).transpose()?;
        let tenant = (!new.shared).then_some(session.home);
        let mut advisors = new
            .advisors
            .iter()
            .map(|id| session.resolve_linkable(db, tenant, *id))
            .collect::<Result<Vec<_>>>()?;
        if own.is_some() && advisors.iter().any(|advisor| own != Some(*advisor)) {
            session.rights.require(db, Permission::OnBehalfOnboard, network)?;
        }
        advisors.extend(own);
        advisors.sort_unstable();
        advisors.dedup();
        Ok(Self { home: session.home, tenant, network, group, advisors })
    }

    /// The target in a tenant with these advisors.
    pub(crate) fn for_tenant(tenant: i64, network: i64, group: Option<i64>, advisors: Vec<i64>) -> Self {
        Self { home: tenant, tenant: Some(tenant), network, group, advisors }
    }

    pub(crate) fn scopes(&self, stored: &db::contact::StoredContact) -> Vec<db::Scope> {
        list_scopes_of(stored, &self.advisors)
    }

    pub(crate) fn tenant(&self) -> Option<i64> {
        self.tenant
    }

    pub(crate) fn advisors(&self) -> &[i64] {
        &self.advisors
    }

    pub(crate) fn group(&self) -> Option<i64> {
        self.group
    }
}

/// The creator, with cached look-ups of the transaction.
#[derive(Debug)]
pub(crate) struct CreationContext {
    pub(crate) rights: Rights,
    home: i64,
    /// Advisors that can be linked to contacts of a tenant (`None`: shared ones).
    linkable_cache: HashMap<(Option<i64>, AdvisorId), i64>,
}

impl CreationContext {
    pub(crate) fn new(db: &Read<'_>, rights: Rights) -> Result<Self> {
        Ok(Self { rights, home: rights.home_tenant(db)?, linkable_cache: HashMap::new() })
    }

    fn resolve_linkable(&mut self, db: &Read<'_>, tenant: Option<i64>, advisor: AdvisorId) -> Result<i64> {
        if let Some(known) = self.linkable_cache.get(&(tenant, advisor)) {
            return Ok(*known);
        }
        let found = self.rights.linkable_advisor(db, tenant, advisor)?;
        self.linkable_cache.insert((tenant, advisor), found);
        Ok(found)
    }
}

/// Writes a new contact: row, contact methods, unique values, links, channel identities and the log entry. Tags,
/// values, list entries and search keys are written later.
pub(crate) fn insert_contact(
    engine: &Engine,
    db: &Write<'_>,
    context: WriteContext<'_>,
    draft: Draft,
    place: &SortKeys,
    target: &Target,
    policy: &NetworkPolicy,
) -> Result<db::contact::StoredContact> {
    let Draft { mut stored, card, blocked, channel_identities: gates, .. } = draft;
    (stored.tenant, stored.network, stored.group) = (target.tenant, target.network, target.group);
    stored.contact.tenant = target.tenant.map(TenantId);
    (stored.contact.created_at, stored.contact.updated_at) = (context.now, context.now);
    stored.contact.status_at = stored.contact.status.map(|_| context.now);
    let keys = unique_keys(&stored, policy, target.network, target.group);
    db::unique_values::ensure_available(db, target.tenant, &keys)?;
    db::contact::insert(db, &mut stored, place)?;
    db::contact_methods::insert(db, stored.id, &stored.contact)?;
    db::unique_values::claim(db, target.tenant, stored.id, &keys)?;
    if let Some(card) = card {
        db::contact::replace_card(db, stored.id, &card)?;
    }
    for advisor in &target.advisors {
        db::entries::link(db, stored.id, *advisor, context.now)?;
    }
    for (channel, identifier) in &gates {
        let (local, channel) = db::channel::find(db, target.home, *channel)?;
        engine.insert_identity(db, (local, &channel), identifier, &stored)?;
    }
    if blocked {
        set_contact_block(db, context, target.home, &stored, true)?;
    }
    context.log(db, &stored, ChangeKind::Add, 0)?;
    Ok(stored)
}
