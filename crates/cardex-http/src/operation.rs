//! A row of a contract's table of operations.

use http::Method;

use crate::route::RouteEntry;
use crate::service::{ApiError, ApiResponse, Call, Contract};

/// What answers a call, and the errors it declares.
pub(super) struct Operation<C: Contract> {
    pub(super) run: Handler<C>,
    pub(super) declared_errors: &'static [C::DeclaredError],
}

/// What answers a call.
pub(super) type Handler<C> = fn(&Call) -> Result<ApiResponse, ApiError<<C as Contract>::Error>>;

/// Where an operation is, and what it is.
pub(super) type Route<C> = RouteEntry<Operation<C>>;

macro_rules! route_constructors {
    ($($name:ident = $method:ident;)*) => {
        $(
            /// An operation at a path, without errors of its own.
            pub(super) const fn $name<C: Contract>(path: &'static str, run: Handler<C>) -> Route<C> {
                RouteEntry { method: Method::$method, path, handler: Operation { run, declared_errors: &[] } }
            }
        )*
    };
}

route_constructors! {
    get = GET;
    post = POST;
    put = PUT;
    patch = PATCH;
    delete = DELETE;
}

/// An operation that declares these errors.
pub(super) const fn declaring_errors<C: Contract>(
    mut row: Route<C>,
    faults: &'static [C::DeclaredError],
) -> Route<C> {
    row.handler.declared_errors = faults;
    row
}
