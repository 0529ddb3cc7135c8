//! What SQLite reports, in the terms of [`Error`].

use rusqlite::ErrorCode;

use crate::error::Error;

/// An [`Error`] that SQLite's own errors turn into by `?`, so that no `From` for them stands on a public type.
#[derive(Debug)]
pub(crate) struct Fault(Error);

pub(crate) type DbResult<T> = std::result::Result<T, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(source: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        Self(match &source {
            Sql::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
                ErrorCode::OperationInterrupted => Error::Interrupted,
                ErrorCode::ReadOnly => Error::ReadOnly,
                ErrorCode::DiskFull => Error::Full,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    Error::Damaged { what: "the database file", source: Some(Box::new(source)) }
                }
                _ if is_lost_table(&source) => {
                    Error::Damaged { what: "the index of substrings", source: Some(Box::new(source)) }
                }
                _ => Error::Storage(Box::new(source)),
            },
            // Rows hold what the schema says; anything else was put there by damage or by another program.
            Sql::InvalidColumnType(..)
            | Sql::FromSqlConversionFailure(..)
            | Sql::IntegralValueOutOfRange(..)
            | Sql::QueryReturnedNoRows => {
                Error::Damaged { what: "a row of the database", source: Some(Box::new(source)) }
            }
            _ => Error::Storage(Box::new(source)),
        })
    }
}

/// Whether FTS5 cannot make sense of its own tables: it has no code for that but that of any error.
fn is_lost_table(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(_, Some(message)) = error else { return false };
    ["invalid fts5 file format", "vtable constructor failed"].iter().any(|start| message.starts_with(start))
}

/// Whether the error is a breach of a UNIQUE or PRIMARY KEY rule.
pub(super) fn is_unique_breach(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    matches!(error, rusqlite::Error::SqliteFailure(failure, _)
        if [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY].contains(&failure.extended_code))
}

/// What SQLite's check of a file has to say: nothing, or a complaint. A page that the disk did not give, or that there was no memory
/// for, is no damage, but no verdict either, and SQLite tells of it as of any other.
pub(super) fn verdict(complaint: String) -> DbResult<Option<String>> {
    use rusqlite::ffi::{SQLITE_IOERR, SQLITE_NOMEM};
    let code = complaint.rsplit_once("error code=").and_then(|(_, code)| code.trim().parse::<i32>().ok());
    let failed = code.is_some_and(|code| [SQLITE_IOERR, SQLITE_NOMEM].contains(&(code & 0xff)));
    // What the index of substrings adds has no code, but the words for it.
    let said = ["failed to get page", "out of memory", "disk I/O error"];
    if failed || said.iter().any(|words| complaint.contains(words)) {
        return Err(Error::Io(std::io::Error::other("the file could not be looked at whole")).into());
    }
    Ok(Some(complaint).filter(|text| text != "ok"))
}
