//! The operations of a product's API and their routes.

use http::Method;

use crate::api_error::{ApiError, ErrorCode};
use crate::auth::TokenLocation;
use crate::call::{ApiResponse, Call};
use crate::form;
use crate::route::RouteEntry;

/// The API of a product: its operations, and how it reports errors.
pub(super) trait ProductApi: Sized + 'static {
    /// The product's own error codes.
    type Error: ErrorCode;
    /// An error that an operation can declare.
    type DeclaredError: 'static;
    /// Where callers send their token.
    const TOKEN: TokenLocation;

    /// Whether a path may end with one additional slash.
    const TRAILING_SLASH: bool = false;

    /// Whether a caller without a valid token gets that error even if the path does not have the method.
    const CHECKS_TOKEN_FIRST: bool = false;

    /// All operations.
    fn routes() -> &'static [Route<Self>];

    /// The query parameters that an operation has; `None` if the product ignores unknown ones.
    fn query_names(_: &Route<Self>) -> Option<&'static [&'static str]> {
        None
    }

    /// Whether an operation reads a body of this media type, which is in lower case without parameters, or empty.
    fn accepts_media(_: &Route<Self>, media_type: &str) -> bool {
        form::is_json(media_type) || form::is_form(media_type)
    }

    /// Converts an error into the response of an operation that declares these errors.
    fn error_response(error: &ApiError<Self::Error>, declared: &[Self::DeclaredError]) -> ApiResponse;
}

/// The handler of an operation, and the errors that it declares.
pub(super) struct Operation<C: ProductApi> {
    pub(super) run: Handler<C>,
    pub(super) declared_errors: &'static [C::DeclaredError],
}

/// The function that performs an operation.
pub(super) type Handler<C> = fn(&Call) -> Result<ApiResponse, ApiError<<C as ProductApi>::Error>>;

/// The method, the path and the operation.
pub(super) type Route<C> = RouteEntry<Operation<C>>;

macro_rules! route_constructors {
    ($($name:ident = $method:ident;)*) => {
        $(
            /// An operation at a path that declares no errors.
            pub(super) const fn $name<C: ProductApi>(path: &'static str, run: Handler<C>) -> Route<C> {
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
pub(super) const fn declaring_errors<C: ProductApi>(
    mut route: Route<C>,
    errors: &'static [C::DeclaredError],
) -> Route<C> {
    route.handler.declared_errors = errors;
    route
}
