//! Converts errors of SQLite to [`Error`].

use rusqlite::{ErrorCode, ffi};

use crate::error::{EntityKind, Error};

/// An [`Error`] with a `From` for SQLite's own errors, so that `?` works and the public type has no such `From`.
#[derive(Debug)]
pub(crate) struct DbError(Error);

pub(crate) type DbResult<T> = std::result::Result<T, DbError>;

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        error.0
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(source: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        Self(match &source {
            Sql::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
                ErrorCode::OperationInterrupted => Error::Interrupted,
                ErrorCode::ReadOnly if is_lock_file_missing(failure.extended_code) => {
                    Error::FolderNotWritable
                }
                ErrorCode::ReadOnly => Error::ReadOnly,
                // The file of locks and of the log's index has no room.
                _ if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Error::DiskFull,
                ErrorCode::DiskFull => Error::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    Error::Damaged { what: "the database file", source: Some(Box::new(source)) }
                }
                _ if is_fts_table_corrupt(&source) => {
                    Error::Damaged { what: "the substring index", source: Some(Box::new(source)) }
                }
                _ => Error::Storage(Box::new(source)),
            },
            // Rows contain what the schema allows. Anything else comes from damage or from another program.
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

/// Whether SQLite may not create the files that a book has beside it.
fn is_lock_file_missing(extended_code: i32) -> bool {
    [ffi::SQLITE_READONLY_CANTINIT, ffi::SQLITE_READONLY_DIRECTORY].contains(&extended_code)
}

/// Whether FTS5 cannot read its own tables. It reports that with the generic error code.
fn is_fts_table_corrupt(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(failure, Some(message)) = error else { return false };
    // With another code, something prevented the read: for example a disk error.
    let is_generic = failure.extended_code == rusqlite::ffi::SQLITE_ERROR;
    is_generic
        && ["invalid fts5 file format", "vtable constructor failed"]
            .iter()
            .any(|prefix| message.starts_with(prefix))
}

/// Whether the error is a violation of a UNIQUE or PRIMARY KEY constraint.
pub(in crate::db) fn is_unique_violation(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    matches!(error, rusqlite::Error::SqliteFailure(failure, _)
        if [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY].contains(&failure.extended_code))
}

/// Converts a violation of uniqueness to [`Error::Exists`].
pub(in crate::db) fn map_unique_violation(done: rusqlite::Result<usize>, kind: EntityKind) -> DbResult<()> {
    match done {
        Ok(_) => Ok(()),
        Err(error) if is_unique_violation(&error) => Err(Error::Exists(kind).into()),
        Err(error) => Err(error.into()),
    }
}

/// Converts a row of SQLite's integrity check: `None` for "ok", else the message.
///
/// # Errors
/// [`Error::Io`] if a page could not be read because of the disk or a lack of memory. SQLite reports that in the same way as damage.
pub(in crate::db) fn classify_integrity_message(message: String) -> DbResult<Option<String>> {
    use rusqlite::ffi::{SQLITE_IOERR, SQLITE_NOMEM};
    let code = message.rsplit_once("error code=").and_then(|(_, code)| code.trim().parse::<i32>().ok());
    let failed = code.is_some_and(|code| [SQLITE_IOERR, SQLITE_NOMEM].contains(&(code & 0xff)));
    // Messages of the substring index have no code, only these words.
    let io_messages = ["failed to get page", "out of memory", "disk I/O error"];
    if failed || io_messages.iter().any(|words| message.contains(words)) {
        return Err(
            Error::Io(std::io::Error::other("a part of the file could not be read for the check")).into()
        );
    }
    Ok(Some(message).filter(|text| text != "ok"))
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;
    use rusqlite::types::Type;

    use super::*;

    fn code_of(error: rusqlite::Error) -> &'static str {
        Error::from(DbError::from(error)).code()
    }

    /// Regression test: a read that failed while the substring table was opened was reported as damage (call 961 of the mixed edits and
    /// call 1000 of the maintenance run, with a fault injected at every call).
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
        let classify = |message: &str| {
            classify_integrity_message(message.into()).map_err(|error| Error::from(error).code())
        };
        assert_eq!(classify("ok"), Ok(None));
        assert_eq!(classify("row 3 missing from index i"), Ok(Some("row 3 missing from index i".into())));
        assert_eq!(classify("page 4: error code=11"), Ok(Some("page 4: error code=11".into())));
        for message in ["page 4: error code=266", "unable to get the page. error code=7", "disk I/O error"] {
            assert_eq!(classify(message), Err("io"), "{message}");
        }
    }
}
