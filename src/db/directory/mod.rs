//! Networks and advisors, and what local ids stand for.

pub(crate) mod advisor_numbers;
pub(crate) mod entitlement;
pub(crate) mod pre_entitlement;
pub(crate) mod tenants;

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::sqlite_error::is_unique_violation;
use crate::db::contact::status::{statuses_column, statuses_from};
use crate::db::{DbResult, Read, Write, statements};
use crate::error::{EntityKind, Error};
use crate::model::{
    Advisor, AdvisorId, AdvisorNumberPolicy, ConversationOnCreate, GroupId, Network, NetworkPolicy,
    Permissions, TenantId, fold_email,
};

/// An advisor with local ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AdvisorRef {
    pub(crate) id: i64,
    pub(crate) tenant: i64,
}

/// The columns `policy` reads, in its order.
macro_rules! network_columns {
    () => {
        "id, code, messaging, requires_company, requires_email, needs_invitation, copyable, direct, conversation_on_create, unique_phone,
            unique_email, statuses, asks_consent, default_permissions, advisor_number"
    };
}

statements! {
    INSERT_NETWORK = "INSERT INTO network (code, messaging, requires_company, requires_email, needs_invitation, copyable, direct,
            conversation_on_create, unique_phone, unique_email, statuses, asks_consent, default_permissions, advisor_number)
        VALUES (:code, :messaging, :requires_company, :requires_email, :needs_invitation, :copyable, :direct, :conversation_on_create,
            :unique_phone, :unique_email, :statuses, :asks_consent, :default_permissions, :advisor_number)";
    NETWORKS = concat!("SELECT ", network_columns!(), " FROM network ORDER BY id");
    NETWORK_IDS = "SELECT id FROM network ORDER BY id";
    NETWORK_BY_CODE = concat!("SELECT ", network_columns!(), " FROM network WHERE code = :code");
    NETWORK_CODE = "SELECT code FROM network WHERE id = :id";
    ADVISOR_PUBLIC_ID = "SELECT public_id FROM advisor WHERE id = :id";
    INSERT_ADVISOR = "INSERT INTO advisor (public_id, tenant, first_name, last_name, email, email_key)
        VALUES (:public_id, :tenant, :first_name, :last_name, :email, :email_key)";
    ADVISOR_TENANT = "SELECT tenant FROM advisor WHERE id = :id";
    ADVISOR_BY_PUBLIC_ID = "SELECT id, tenant FROM advisor WHERE public_id = :public_id";
    ADVISOR_BY_EMAIL = "SELECT public_id FROM advisor WHERE tenant = :tenant AND email_key = :email_key AND email_key <> ''";
    ADVISOR = "SELECT a.public_id, t.public_id, a.first_name, a.last_name, a.email
        FROM advisor a JOIN tenant t ON t.id = a.tenant WHERE a.public_id = :public_id";
    ADVISORS = "SELECT a.public_id, t.public_id, a.first_name, a.last_name, a.email
        FROM advisor a JOIN tenant t ON t.id = a.tenant
        WHERE a.tenant = :tenant AND a.public_id > :after ORDER BY a.public_id LIMIT :most";
    ADVISORS_BACK = "SELECT a.public_id, t.public_id, a.first_name, a.last_name, a.email
        FROM advisor a JOIN tenant t ON t.id = a.tenant
        WHERE a.tenant = :tenant AND a.public_id < :before ORDER BY a.public_id DESC LIMIT :most";
}

pub(crate) fn insert_network(db: &Write<'_>, policy: &NetworkPolicy) -> DbResult<()> {
    let done = db.prepare(&INSERT_NETWORK)?.execute(named_params! {
        ":code": policy.network.as_str(), ":messaging": policy.messaging, ":requires_company": policy.requires_company,
        ":requires_email": policy.requires_email, ":needs_invitation": policy.needs_invitation,
        ":copyable": policy.copyable, ":direct": policy.direct,
        ":conversation_on_create": policy.conversation_on_create == ConversationOnCreate::Optional, ":unique_phone": policy.unique_phone,
        ":unique_email": policy.unique_email, ":statuses": statuses_column(&policy.statuses),
        ":asks_consent": policy.asks_consent, ":default_permissions": policy.default_permissions.bits(),
        ":advisor_number": match policy.advisor_number {
            AdvisorNumberPolicy::Forbidden => 0,
            AdvisorNumberPolicy::Optional => 1,
            AdvisorNumberPolicy::Required => 2,
        },
    });
    map_unique_violation(done, EntityKind::Network)
}

/// The networks with their local ids, in the order they were added.
pub(crate) fn networks(db: &Read<'_>) -> DbResult<Vec<(i64, NetworkPolicy)>> {
    let mut statement = db.prepare(&NETWORKS)?;
    let rows = statement.query_and_then([], policy)?;
    rows.collect()
}

/// The networks' local ids, in the order they were added.
pub(crate) fn network_ids(db: &Read<'_>) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&NETWORK_IDS)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn network(db: &Read<'_>, network: &Network) -> DbResult<(i64, NetworkPolicy)> {
    let found = db
        .prepare(&NETWORK_BY_CODE)?
        .query_and_then(named_params! {":code": network.as_str()}, policy)?
        .next()
        .transpose()?;
    Ok(found.ok_or_else(|| Error::NoNetwork(network.clone()))?)
}

/// The network's local id.
pub(crate) fn network_local_id(db: &Read<'_>, wanted: &Network) -> DbResult<i64> {
    if let Some(known) = db.id_cache().network_ids.get(wanted) {
        return Ok(*known);
    }
    let (id, _) = network(db, wanted)?;
    db.id_cache().network_ids.insert(wanted.clone(), id);
    Ok(id)
}

/// From the columns of `network_columns!()`.
fn policy(row: &Row<'_>) -> DbResult<(i64, NetworkPolicy)> {
    let code: String = row.get(1)?;
    let own_number = match row.get(14)? {
        0 => AdvisorNumberPolicy::Forbidden,
        1 => AdvisorNumberPolicy::Optional,
        _ => AdvisorNumberPolicy::Required,
    };
    let room = if row.get(8)? { ConversationOnCreate::Optional } else { ConversationOnCreate::Forbidden };
    let policy = NetworkPolicy::new(Network::new(&code)?)
        .messaging(row.get(2)?)
        .requires_company(row.get(3)?)
        .requires_email(row.get(4)?)
        .needs_invitation(row.get(5)?)
        .copyable(row.get(6)?)
        .direct(row.get(7)?)
        .conversation_on_create(room)
        .unique_phone(row.get(9)?)
        .unique_email(row.get(10)?)
        .statuses(statuses_from(row.get(11)?))
        .asks_consent(row.get(12)?)
        .default_permissions(Permissions::from_bits(row.get(13)?))
        .advisor_number(own_number);
    Ok((row.get(0)?, policy))
}

/// Inserts an advisor and gives the local id.
pub(crate) fn insert_advisor(
    db: &Write<'_>,
    advisor: &Advisor,
    tenant: i64,
    email_key: &str,
) -> DbResult<i64> {
    let done = db.prepare(&INSERT_ADVISOR)?.execute(named_params! {
        ":public_id": advisor.id.0, ":tenant": tenant, ":first_name": advisor.first_name,
        ":last_name": advisor.last_name, ":email": advisor.email, ":email_key": email_key,
    });
    map_unique_violation(done, EntityKind::Advisor)?;
    Ok(db.last_insert_id())
}

/// The advisor's local ids, if there is one.
pub(crate) fn find_advisor(db: &Read<'_>, id: AdvisorId) -> DbResult<Option<AdvisorRef>> {
    Ok(db
        .prepare(&ADVISOR_BY_PUBLIC_ID)?
        .query_row(named_params! {":public_id": id.0}, |row| {
            Ok(AdvisorRef { id: row.get(0)?, tenant: row.get(1)? })
        })
        .optional()?)
}

/// The advisor's local ids.
pub(crate) fn advisor_ref(db: &Read<'_>, id: AdvisorId) -> DbResult<AdvisorRef> {
    Ok(find_advisor(db, id)?.ok_or(Error::NoAdvisor(id))?)
}

/// The advisor of a tenant with this e-mail address.
pub(crate) fn advisor_with_email(db: &Read<'_>, tenant: i64, email: &str) -> DbResult<AdvisorId> {
    let found = db
        .prepare(&ADVISOR_BY_EMAIL)?
        .query_row(named_params! {":tenant": tenant, ":email_key": fold_email(email)}, |row| row.get(0))
        .optional()?;
    Ok(found.map(AdvisorId).ok_or(Error::NoAdvisorWithEmail)?)
}

/// The advisor with this id.
pub(crate) fn get_advisor(db: &Read<'_>, id: AdvisorId) -> DbResult<Advisor> {
    let found =
        db.prepare(&ADVISOR)?.query_row(named_params! {":public_id": id.0}, advisor_from_row).optional()?;
    Ok(found.ok_or(Error::NoAdvisor(id))?)
}

/// The tenant of an advisor, all by local id.
pub(crate) fn advisor_tenant(db: &Read<'_>, advisor: i64) -> DbResult<i64> {
    Ok(db.prepare(&ADVISOR_TENANT)?.query_row(named_params! {":id": advisor}, |row| row.get(0))?)
}

/// Up to `most` advisors of a tenant by id, from `at` on (not included), forwards or backwards.
pub(crate) fn advisors(db: &Read<'_>, tenant: i64, at: i64, back: bool, most: i64) -> DbResult<Vec<Advisor>> {
    let mut statement = db.prepare(if back { &ADVISORS_BACK } else { &ADVISORS })?;
    let rows = statement.query_map(rusqlite::params![tenant, at, most], advisor_from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An advisor from the columns `public_id`, tenant's `public_id`, `first_name`, `last_name`, `email`.
pub(super) fn advisor_from_row(row: &Row<'_>) -> rusqlite::Result<Advisor> {
    Ok(Advisor {
        id: AdvisorId(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        first_name: row.get(2)?,
        last_name: row.get(3)?,
        email: row.get(4)?,
    })
}

pub(crate) fn network_code(db: &Read<'_>, id: i64) -> DbResult<Network> {
    if let Some(known) = db.id_cache().networks.get(&id) {
        return Ok(known.clone());
    }
    let code: String = db.prepare(&NETWORK_CODE)?.query_row(named_params! {":id": id}, |row| row.get(0))?;
    let network = Network::new(&code)?;
    db.id_cache().networks.insert(id, network.clone());
    Ok(network)
}

pub(crate) fn advisor_public_id(db: &Read<'_>, id: i64) -> DbResult<AdvisorId> {
    if let Some(known) = db.id_cache().advisors.get(&id) {
        return Ok(*known);
    }
    let found =
        AdvisorId(db.prepare(&ADVISOR_PUBLIC_ID)?.query_row(named_params! {":id": id}, |row| row.get(0))?);
    db.id_cache().advisors.insert(id, found);
    Ok(found)
}

pub(super) fn map_unique_violation(done: rusqlite::Result<usize>, thing: EntityKind) -> DbResult<()> {
    match done {
        Ok(_) => Ok(()),
        Err(error) if is_unique_violation(&error) => Err(Error::Exists(thing).into()),
        Err(error) => Err(error.into()),
    }
}
