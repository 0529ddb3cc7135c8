//! Networks, and their local ids.

use rusqlite::{Row, named_params};

use crate::db::columns::{statuses_column, statuses_from};
use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::{concat_sql, statements};
use crate::error::{EntityKind, Error};
use crate::model::{AdvisorNumberPolicy, ConversationOnCreate, Network, NetworkPolicy, Permissions};

/// The columns of [`policy_from_row`], without the local id.
const COLUMNS: &str = "code, messaging, requires_company, requires_email, needs_invitation, copyable, direct, conversation_on_create,
    unique_phone, unique_email, statuses, asks_consent, default_permissions, advisor_number";

statements! {
    INSERT = concat_sql!("INSERT INTO network (", COLUMNS, ")
        VALUES (:code, :messaging, :requires_company, :requires_email, :needs_invitation, :copyable, :direct, :conversation_on_create,
            :unique_phone, :unique_email, :statuses, :asks_consent, :default_permissions, :advisor_number)");
    NETWORKS = concat_sql!("SELECT id, ", COLUMNS, " FROM network ORDER BY id");
    NETWORK_IDS = "SELECT id FROM network ORDER BY id";
    BY_CODE = concat_sql!("SELECT id, ", COLUMNS, " FROM network WHERE code = :code");
    CODE = "SELECT code FROM network WHERE id = :id";
}

pub(crate) fn insert_network(db: &Write<'_>, policy: &NetworkPolicy) -> DbResult<()> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
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

/// All networks with their local ids, in the order in which they were added.
pub(crate) fn networks(db: &Read<'_>) -> DbResult<Vec<(i64, NetworkPolicy)>> {
    let mut statement = db.prepare(&NETWORKS)?;
    let rows = statement.query_and_then([], policy_from_row)?;
    rows.collect()
}

/// The local ids of all networks, in the order in which they were added.
pub(crate) fn network_ids(db: &Read<'_>) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&NETWORK_IDS)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A network with its local id.
pub(crate) fn network(db: &Read<'_>, network: &Network) -> DbResult<(i64, NetworkPolicy)> {
    let found = db
        .prepare(&BY_CODE)?
        .query_and_then(named_params! {":code": network.as_str()}, policy_from_row)?
        .next()
        .transpose()?;
    Ok(found.ok_or_else(|| Error::NoNetwork(network.clone()))?)
}

/// The local id of a network.
pub(crate) fn network_local_id(db: &Read<'_>, network: &Network) -> DbResult<i64> {
    if let Some(known) = db.id_cache().network_ids.get(network) {
        return Ok(*known);
    }
    let (id, _) = self::network(db, network)?;
    db.id_cache().network_ids.insert(network.clone(), id);
    Ok(id)
}

/// The network with this local id.
pub(crate) fn network_code(db: &Read<'_>, id: i64) -> DbResult<Network> {
    if let Some(known) = db.id_cache().networks.get(&id) {
        return Ok(known.clone());
    }
    let code: String = db.prepare(&CODE)?.query_row(named_params! {":id": id}, |row| row.get(0))?;
    let network = Network::new(&code)?;
    db.id_cache().networks.insert(id, network.clone());
    Ok(network)
}

/// A network from its local id and [`COLUMNS`].
fn policy_from_row(row: &Row<'_>) -> DbResult<(i64, NetworkPolicy)> {
    let code: String = row.get(1)?;
    let advisor_number = match row.get(14)? {
        0 => AdvisorNumberPolicy::Forbidden,
        1 => AdvisorNumberPolicy::Optional,
        _ => AdvisorNumberPolicy::Required,
    };
    let conversation_on_create =
        if row.get(8)? { ConversationOnCreate::Optional } else { ConversationOnCreate::Forbidden };
    let policy = NetworkPolicy::new(Network::new(&code)?)
        .messaging(row.get(2)?)
        .requires_company(row.get(3)?)
        .requires_email(row.get(4)?)
        .needs_invitation(row.get(5)?)
        .copyable(row.get(6)?)
        .direct(row.get(7)?)
        .conversation_on_create(conversation_on_create)
        .unique_phone(row.get(9)?)
        .unique_email(row.get(10)?)
        .statuses(statuses_from(row.get(11)?))
        .asks_consent(row.get(12)?)
        .default_permissions(Permissions::from_bits(row.get(13)?))
        .advisor_number(advisor_number);
    Ok((row.get(0)?, policy))
}
