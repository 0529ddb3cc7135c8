//! SQL statements as named constants, and lists of ids as their values.

use std::rc::Rc;

use rusqlite::types::Value;

/// One SQL statement: its name for messages, and its text.
pub(crate) struct Statement {
    /// `MODULE::NAME`.
    #[cfg_attr(not(test), allow(dead_code))] // only the plan test reads it
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// Declares the statements of a file as constants, and lists them for the test that checks every query plan.
macro_rules! statements {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* $vis const $name: $crate::db::connection::statement::Statement =
            $crate::db::connection::statement::Statement { name: concat!(module_path!(), "::", stringify!($name)), sql: $sql };)*
        #[cfg(test)]
        pub(in crate::db) const STATEMENTS: &[$crate::db::connection::statement::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

/// Joins string constants at compile time. A statement that shares a column list is one `&'static str`, so the statement cache finds it.
macro_rules! concat_sql {
    ($($part:expr),+ $(,)?) => {{
        const PARTS: &[&str] = &[$($part),+];
        const LENGTH: usize = $crate::db::connection::statement::joined_length(PARTS);
        const BYTES: [u8; LENGTH] = $crate::db::connection::statement::join(PARTS);
        const TEXT: &str = match ::std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => "",
        };
        TEXT
    }};
}
pub(crate) use concat_sql;

/// The bytes of all parts together.
pub(in crate::db) const fn joined_length(mut parts: &[&str]) -> usize {
    let mut length = 0_usize;
    while let [first, rest @ ..] = parts {
        length = length.saturating_add(first.len());
        parts = rest;
    }
    length
}

/// The bytes of all parts, one after another. `LENGTH` is [`joined_length`].
pub(in crate::db) const fn join<const LENGTH: usize>(mut parts: &[&str]) -> [u8; LENGTH] {
    let mut joined = [0; LENGTH];
    let mut room = joined.as_mut_slice();
    while let [first, rest @ ..] = parts {
        let Some((head, tail)) = room.split_at_mut_checked(first.len()) else { break };
        head.copy_from_slice(first.as_bytes());
        room = tail;
        parts = rest;
    }
    joined
}

/// Local ids as the value of a parameter that `rarray` reads.
pub(in crate::db) fn id_array(ids: &[i64]) -> Rc<Vec<Value>> {
    Rc::new(ids.iter().copied().map(Value::from).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_are_joined_in_order() {
        const COLUMNS: &str = "a, é";
        const JOINED: &str = concat_sql!("SELECT ", COLUMNS, "", " FROM t");
        assert_eq!(JOINED, "SELECT a, é FROM t");
        assert_eq!(concat_sql!("one"), "one");
    }
}
