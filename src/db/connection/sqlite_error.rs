//! What SQLite reports, in the terms of [`Error`].

use rusqlite::ErrorCode;

use crate::error::Error;

/// An [`Error`] that SQLite's own errors turn into by `?`, so that no `From` for them stands on a public type.
#[derive(Debug)]
pub(crate) struct DbError(Error);

pub(crate) type DbResult<T> = std::result::Result<T, DbError>;

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<DbError> for Error {
    fn from(fault: DbError) -> Self {
        fault.0
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(source: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        Self(match &source {
            Sql::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
                ErrorCode::OperationInterrupted => Error::Interrupted,
                ErrorCode::ReadOnly => Error::ReadOnly,
                ErrorCode::DiskFull => Error::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    Error::Damaged { what: "the database file", source: Some(Box::new(source)) }
                }
                _ if is_fts_table_corrupt(&source) => {
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
fn is_fts_table_corrupt(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(failure, Some(message)) = error else { return false };
    // With another code it is what kept it from reading them: a disk that did not answer.
    let any = failure.extended_code == rusqlite::ffi::SQLITE_ERROR;
    any && ["invalid fts5 file format", "vtable constructor failed"]
        .iter()
        .any(|start| message.starts_with(start))
}

/// Whether the error is a breach of a UNIQUE or PRIMARY KEY rule.
pub(crate) fn is_unique_violation(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    matches!(error, rusqlite::Error::SqliteFailure(failure, _)
        if [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY].contains(&failure.extended_code))
}

/// What SQLite's check of a file has to say: nothing, or a complaint. A page that the disk did not give, or that there was no memory
/// for, is no damage, but no verdict either, and SQLite tells of it as of any other.
pub(crate) fn classify_integrity_message(complaint: String) -> DbResult<Option<String>> {
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

#[cfg(test)]
mod tests {
    use rusqlite::ffi;
    use rusqlite::types::Type;

    use super::*;

    fn code_of(error: rusqlite::Error) -> &'static str {
        Error::from(DbError::from(error)).code()
    }

    /// A read that failed while the table of substrings was being opened was told as damage (call 961 of the mixed edits, and 1000 of the
    /// care of a book, at a fault for every call).
    #[test]
    fn io_errors_while_opening_fts_table_are_not_damage() {
        for message in
            ["vtable constructor failed: substring", "invalid fts5 file format (found 0, expected 4)"]
        {
            let failed =
                |code| code_of(rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message.into())));
            assert_eq!(failed(ffi::SQLITE_ERROR), "damaged", "{message}");
            assert_eq!(failed(ffi::SQLITE_CORRUPT_VTAB), "damaged", "{message}");
            for code in [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR, ffi::SQLITE_NOMEM, ffi::SQLITE_CANTOPEN] {
                assert_eq!(failed(code), "storage", "{message}, code {code}");
            }
        }
        let other =
            rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ERROR), Some("no such table".into()));
        assert_eq!(code_of(other), "storage");
    }

    #[test]
    fn schema_violating_rows_are_damage() {
        for error in [
            rusqlite::Error::InvalidColumnType(0, "id".into(), Type::Text),
            rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, "odd".into()),
            rusqlite::Error::IntegralValueOutOfRange(0, 1 << 40),
            rusqlite::Error::QueryReturnedNoRows,
        ] {
            assert_eq!(code_of(error), "damaged");
        }
        assert_eq!(code_of(rusqlite::Error::InvalidQuery), "storage");
    }

    #[test]
    fn integrity_check_io_failure_is_an_error() {
        let said = |complaint: &str| {
            classify_integrity_message(complaint.into()).map_err(|fault| Error::from(fault).code())
        };
        assert_eq!(said("ok"), Ok(None));
        assert_eq!(said("row 3 missing from index i"), Ok(Some("row 3 missing from index i".into())));
        assert_eq!(said("page 4: error code=11"), Ok(Some("page 4: error code=11".into())));
        for complaint in ["page 4: error code=266", "unable to get the page. error code=7", "disk I/O error"]
        {
            assert_eq!(said(complaint), Err("io"), "{complaint}");
        }
    }
}
