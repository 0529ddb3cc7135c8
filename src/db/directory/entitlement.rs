//! Entitlements: the networks that an advisor may use, with the permissions there.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::directory::advisors::{ADVISOR_COLUMNS, advisor_from_row};
use crate::db::directory::networks::network_code;
use crate::model::{
    AdvisorPhone, ContactId, Entitlement, EntitlementStatus, GroupId, Network, Permissions, TenantPolicy,
    Timestamp,
};

/// An entitlement to a network without its permissions, with local ids.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) network: i64,
    pub(crate) group: Option<i64>,
    pub(crate) phone: Option<AdvisorPhone>,
    pub(crate) created_at: Timestamp,
}

impl Grant {
    /// The columns `phone` and `normalized`.
    pub(crate) fn phone_columns(&self) -> (&str, &str) {
        self.phone.as_ref().map_or(("", ""), |phone| (phone.text.as_str(), phone.normalized.as_str()))
    }
}

/// The start of a query for [`from_row`]: columns of the advisor `a`, the tenant `t`, and the entitlement `e` on `:network`, which may be
/// missing.
const SELECT: &str = concat_sql!("SELECT ", ADVISOR_COLUMNS, ", a.id, t.requires_entitlement,
            e.permissions, e.federation_group, e.phone, e.normalized, e.created_at,
            EXISTS (SELECT 1 FROM number_pool n WHERE n.tenant = a.tenant AND n.network = :network AND n.normalized = e.normalized),
            (SELECT c.id FROM contact c WHERE c.own_advisor = a.id AND c.network = :network AND c.trashed_at IS NULL
                AND (c.tenant IS NULL OR c.tenant = a.tenant) ORDER BY c.id LIMIT 1),
            EXISTS (SELECT 1 FROM withdrawn_entitlement w WHERE w.advisor = a.id AND w.network = :network) ");

/// Existing entitlements, for [`SELECT`].
const FROM: &str = "FROM entitlement e JOIN advisor a ON a.id = e.advisor JOIN tenant t ON t.id = a.tenant";

/// The advisors of a contact with their entitlements, for [`SELECT`].
const FROM_LINKS: &str = "FROM link l JOIN advisor a ON a.id = l.advisor JOIN tenant t ON t.id = a.tenant
        LEFT JOIN entitlement e ON e.advisor = l.advisor AND e.network = :network";

statements! {
    INSERT = "INSERT INTO entitlement (advisor, network, tenant, federation_group, permissions, phone, normalized, created_at)
        VALUES (:advisor, :network, :tenant, :federation_group, :permissions, :phone, :normalized, :created_at)";
    DELETE = "DELETE FROM entitlement WHERE advisor = :advisor AND network = :network";
    INSERT_WITHDRAWN = "INSERT INTO withdrawn_entitlement (advisor, network) VALUES (:advisor, :network) ON CONFLICT DO NOTHING";
    DELETE_WITHDRAWN = "DELETE FROM withdrawn_entitlement WHERE advisor = :advisor AND network = :network";
    IS_WITHDRAWN = "SELECT 1 FROM withdrawn_entitlement WHERE advisor = :advisor AND network = :network";
    ARE_ALL_WITHDRAWN = "SELECT 1 FROM withdrawn_entitlement w JOIN network n ON n.id = :network AND n.messaging = 0
        WHERE w.advisor = :advisor LIMIT 1";
    IS_WITHDRAWN_ANYWHERE = "SELECT 1 FROM withdrawn_entitlement WHERE advisor = :advisor LIMIT 1";
    PERMISSIONS = "SELECT permissions FROM entitlement WHERE advisor = :advisor AND network = :network";
    COMMON_PERMISSIONS = "SELECT e.permissions FROM network n JOIN entitlement e ON e.advisor = :advisor
        WHERE n.id = :network AND n.messaging = 0";
    GROUP = "SELECT federation_group FROM entitlement WHERE advisor = :advisor AND network = :network";
    SET_PERMISSIONS = "UPDATE entitlement SET permissions = :permissions WHERE advisor = :advisor AND network = :network";
    SET_GROUP = "UPDATE entitlement SET federation_group = :federation_group WHERE advisor = :advisor AND network = :network";
    ONE = concat_sql!(SELECT, FROM, " WHERE e.advisor = :advisor AND e.network = :network");
    PAGE = concat_sql!(SELECT, FROM, " WHERE e.tenant = :tenant AND e.network = :network AND e.advisor > :at ORDER BY e.advisor LIMIT :most");
    PAGE_BACK = concat_sql!(SELECT, FROM, " WHERE e.tenant = :tenant AND e.network = :network AND e.advisor < :at ORDER BY e.advisor DESC LIMIT :most");
    OF_CONTACT = concat_sql!(SELECT, FROM_LINKS, "
        WHERE l.contact = :contact AND l.advisor > :at AND (:tenant IS NULL OR a.tenant = :tenant) ORDER BY l.advisor LIMIT :most");
    OF_CONTACT_BACK = concat_sql!(SELECT, FROM_LINKS, "
        WHERE l.contact = :contact AND l.advisor < :at AND (:tenant IS NULL OR a.tenant = :tenant) ORDER BY l.advisor DESC LIMIT :most");
}

pub(crate) fn insert(
    db: &Write<'_>,
    advisor: i64,
    tenant: i64,
    grant: &Grant,
    permissions: Permissions,
) -> DbResult<()> {
    let (phone, normalized) = grant.phone_columns();
    db.prepare(&INSERT)?.execute(named_params! {
        ":advisor": advisor, ":network": grant.network, ":tenant": tenant, ":federation_group": grant.group,
        ":permissions": permissions.bits(), ":phone": phone, ":normalized": normalized,
        ":created_at": grant.created_at.0,
    })?;
    db.prepare(&DELETE_WITHDRAWN)?.execute(named_params! {":advisor": advisor, ":network": grant.network})?;
    Ok(())
}

/// Deletes an entitlement. From now on the advisor has no permissions on the network.
pub(crate) fn withdraw(db: &Write<'_>, advisor: i64, network: i64) -> DbResult<()> {
    let params = named_params! {":advisor": advisor, ":network": network};
    db.prepare(&DELETE)?.execute(params)?;
    db.prepare(&INSERT_WITHDRAWN)?.execute(params)?;
    Ok(())
}

/// Whether the entitlement of an advisor on a network was withdrawn.
pub(crate) fn is_withdrawn(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<bool> {
    Ok(db.prepare(&IS_WITHDRAWN)?.exists(named_params! {":advisor": advisor, ":network": network})?)
}

/// Whether a network without messages is one on which an advisor without an entitlement has no permissions, because one was withdrawn.
pub(crate) fn are_all_withdrawn(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<bool> {
    let params = named_params! {":advisor": advisor, ":network": network};
    Ok(db.prepare(&ARE_ALL_WITHDRAWN)?.exists(params)?)
}

/// Whether an entitlement of an advisor was withdrawn on any network.
pub(crate) fn is_withdrawn_anywhere(db: &Read<'_>, advisor: i64) -> DbResult<bool> {
    Ok(db.prepare(&IS_WITHDRAWN_ANYWHERE)?.exists(named_params! {":advisor": advisor})?)
}

/// The permissions of an advisor on a network; `None` without an entitlement.
pub(crate) fn permissions(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<Option<Permissions>> {
    let bits = db
        .prepare(&PERMISSIONS)?
        .query_row(named_params! {":advisor": advisor, ":network": network}, |row| row.get(0))
        .optional()?;
    Ok(bits.map(Permissions::from_bits))
}

/// The permissions that all entitlements of an advisor have in common; `None` if there is no entitlement, or the network has messages.
pub(crate) fn common_permissions(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<Option<Permissions>> {
    let mut statement = db.prepare(&COMMON_PERMISSIONS)?;
    let params = named_params! {":advisor": advisor, ":network": network};
    let rows: Vec<i64> = statement.query_map(params, |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().reduce(|all, bits| all & bits).map(Permissions::from_bits))
}

/// The federation group of an advisor on a network, as local id; `None` for the default group.
pub(crate) fn group(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<Option<i64>> {
    let params = named_params! {":advisor": advisor, ":network": network};
    Ok(db.prepare(&GROUP)?.query_row(params, |row| row.get(0)).optional()?.flatten())
}

pub(crate) fn set_permissions(
    db: &Write<'_>,
    advisor: i64,
    network: i64,
    permissions: Permissions,
) -> DbResult<()> {
    db.prepare(&SET_PERMISSIONS)?.execute(
        named_params! {":permissions": permissions.bits(), ":advisor": advisor, ":network": network},
    )?;
    Ok(())
}

pub(crate) fn set_group(db: &Write<'_>, advisor: i64, network: i64, group: Option<i64>) -> DbResult<()> {
    let params = named_params! {":federation_group": group, ":advisor": advisor, ":network": network};
    db.prepare(&SET_GROUP)?.execute(params)?;
    Ok(())
}

/// The entitlement of an advisor on a network, if there is one.
pub(crate) fn one(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<Option<Entitlement>> {
    let code = network_code(db, network)?;
    let mut statement = db.prepare(&ONE)?;
    let params = named_params! {":advisor": advisor, ":network": network};
    let mut rows = statement.query_and_then(params, |row| from_row(row, &code))?;
    Ok(rows.next().transpose()?.map(|(_, entitlement)| entitlement))
}

/// Up to `most` entitlements of a tenant on a network with the local ids of the advisors: after `at` (exclusive), or before it if `back`
/// is true.
pub(crate) fn page(
    db: &Read<'_>,
    tenant: i64,
    network: i64,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Entitlement)>> {
    let code = network_code(db, network)?;
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let params = named_params! {":tenant": tenant, ":network": network, ":at": at, ":most": most};
    let rows = statement.query_and_then(params, |row| from_row(row, &code))?;
    rows.collect()
}

/// The same for the advisors of a contact, of one tenant or of all, with or without an entitlement.
pub(crate) fn of_contact(
    db: &Read<'_>,
    (contact, network): (i64, i64),
    tenant: Option<i64>,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Entitlement)>> {
    let code = network_code(db, network)?;
    let mut statement = db.prepare(if back { &OF_CONTACT_BACK } else { &OF_CONTACT })?;
    let params = named_params! {
        ":contact": contact, ":network": network, ":tenant": tenant, ":at": at, ":most": most,
    };
    let rows = statement.query_and_then(params, |row| from_row(row, &code))?;
    rows.collect()
}

/// An entitlement with the local id of the advisor.
fn from_row(row: &Row<'_>, network: &Network) -> DbResult<(i64, Entitlement)> {
    let advisor = advisor_from_row(row)?;
    let is_withdrawn: bool = row.get(14)?;
    let policy = TenantPolicy::new().requires_entitlement(row.get(6)?);
    let unentitled = policy.default_permissions().filter(|_| !is_withdrawn).unwrap_or_default();
    let group: Option<i64> = row.get(8)?;
    let entitlement = Entitlement {
        email: advisor.email.clone(),
        advisor: Some(advisor),
        network: network.clone(),
        group: group.map(GroupId),
        status: EntitlementStatus::Entitled,
        permissions: row.get::<_, Option<i64>>(7)?.map_or(unentitled, Permissions::from_bits),
        phone: advisor_phone(row.get(9)?, row.get(10)?, row.get(12)?),
        own_contact: row.get::<_, Option<i64>>(13)?.map(ContactId),
        created_at: row.get::<_, Option<i64>>(11)?.map(Timestamp),
    };
    Ok((row.get(5)?, entitlement))
}

/// The number in the columns `phone` and `normalized`, if there is one. `pooled`: whether it is in the tenant's pool.
pub(super) fn advisor_phone(
    text: Option<String>,
    normalized: Option<String>,
    pooled: bool,
) -> Option<AdvisorPhone> {
    let normalized = normalized.filter(|normalized| !normalized.is_empty())?;
    Some(AdvisorPhone { text: text.unwrap_or_default(), normalized, pooled })
}
