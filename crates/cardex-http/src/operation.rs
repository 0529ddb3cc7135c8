//! A row of a contract's table of operations.

use http::Method;

use crate::front::{Answer, Call, Contract, Fault};
use crate::route::Route;

/// What answers a call, and the errors it declares.
pub(super) struct Operation<C: Contract> {
    pub(super) run: Run<C>,
    pub(super) faults: &'static [C::Code],
}

/// What answers a call.
pub(super) type Run<C> = fn(&Call) -> Result<Answer, Fault<<C as Contract>::Word>>;

/// Where an operation is, and what it is.
pub(super) type Row<C> = Route<Operation<C>>;

macro_rules! rows {
    ($($name:ident = $method:ident;)*) => {
        $(
            /// An operation at a path, without errors of its own.
            pub(super) const fn $name<C: Contract>(path: &'static str, run: Run<C>) -> Row<C> {
                Route { method: Method::$method, path, handler: Operation { run, faults: &[] } }
            }
        )*
    };
}

rows! {
    get = GET;
    post = POST;
    put = PUT;
    patch = PATCH;
    delete = DELETE;
}

/// An operation that declares these errors.
pub(super) const fn declaring<C: Contract>(mut row: Row<C>, faults: &'static [C::Code]) -> Row<C> {
    row.handler.faults = faults;
    row
}
