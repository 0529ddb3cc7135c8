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

/// Local ids as the value of a parameter that `rarray` reads.
pub(in crate::db) fn id_array(ids: &[i64]) -> Rc<Vec<Value>> {
    Rc::new(ids.iter().copied().map(Value::from).collect())
}
