//! Which advisor may do what on which network.

use rusqlite::{OptionalExtension as _, named_params};

use super::{DbResult, Read, statements};
use crate::model::Permissions;

statements! {
    PERMISSIONS = "SELECT permissions FROM entitlement WHERE advisor = :advisor AND network = :network";
    GROUP = "SELECT grp FROM entitlement WHERE advisor = :advisor AND network = :network";
}

/// The federation group of an advisor on a network, by local id; `None` for the default one.
pub(crate) fn group(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<Option<i64>> {
    let params = named_params! {":advisor": advisor, ":network": network};
    Ok(db.prepare(&GROUP)?.query_row(params, |row| row.get(0)).optional()?.flatten())
}

/// What an advisor may do on a network; `None` if they were never entitled there.
pub(crate) fn permissions(db: &Read<'_>, advisor: i64, network: i64) -> DbResult<Option<Permissions>> {
    let bits = db
        .prepare(&PERMISSIONS)?
        .query_row(named_params! {":advisor": advisor, ":network": network}, |row| row.get(0))
        .optional()?;
    Ok(bits.map(Permissions::from_bits))
}
