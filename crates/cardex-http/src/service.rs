//! The way from a request to a call: the same for every product.

use std::sync::Arc;

use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;

use crate::BODY_LIMIT;
pub(super) use crate::api_error::{ApiError, ErrorCode, RequestError};
use crate::auth::{AuthError, Authenticator, TokenLocation};
use crate::form;
use crate::input::{JsonFields, ParamError, QueryParams};
use crate::operation::{Operation, Route};
use crate::route::{RouteMatch, RouteTable};
use cardex::{Error, Session, Store};

/// A call that is somebody's.
pub(super) struct Call {
    pub(super) session: Session,
    /// The values of the path's parameters, in their order.
    values: Vec<String>,
    pub(super) query: QueryParams,
    pub(super) body: Vec<u8>,
    /// What the body is said to be.
    content_type: String,
}

impl Call {
    /// A parameter of the path. The route has it, so there is none only if the handler and the route disagree.
    pub(super) fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", String::as_str)
    }

    /// The body, where the contract takes a form as well as JSON. What is said to be neither is read as JSON.
    pub(super) fn json_or_form(&self) -> Result<JsonFields<'static>, ParamError> {
        form::parse_form(&self.content_type, &self.body)?.map_or_else(|| JsonFields::parse(&self.body), Ok)
    }
}

/// What a call comes to.
#[derive(Debug)]
pub(super) struct ApiResponse {
    status: u16,
    body: Option<Vec<u8>>,
}

impl ApiResponse {
    /// 200 with a document.
    pub(super) fn ok<W: ErrorCode>(shape: &impl Serialize) -> Result<Self, ApiError<W>> {
        Self::with_status(200, shape)
    }

    /// Another status with a document.
    pub(super) fn with_status<W: ErrorCode>(
        status: u16,
        shape: &impl Serialize,
    ) -> Result<Self, ApiError<W>> {
        let body = serde_json::to_vec(shape).map_err(|_| ApiError::Code(W::serialization_failed()))?;
        Ok(Self { status, body: Some(body) })
    }

    /// An error with a document of texts and numbers, which are always JSON.
    pub(super) fn error(status: u16, shape: &impl Serialize) -> Self {
        Self { status, body: serde_json::to_vec(shape).ok() }
    }

    /// A status without a document.
    pub(super) const fn empty(status: u16) -> Self {
        Self { status, body: None }
    }
}

/// A product's contract: where its calls are, and how it tells errors.
pub(super) trait Contract: Sized + 'static {
    /// What it says where there is no answer.
    type Error: ErrorCode;
    /// An error that an operation can declare.
    type DeclaredError: 'static;
    /// Where callers put their token.
    const TOKEN: TokenLocation;

    /// All operations.
    fn routes() -> &'static [Route<Self>];

    /// How an operation that declares these errors tells of one.
    fn error_response(fault: &ApiError<Self::Error>, declared: &[Self::DeclaredError]) -> ApiResponse;
}

/// The routes of an API, indexed by path.
pub(super) type Routes<C> = RouteTable<Operation<C>>;

/// What stands in front of a contract: the store, who is let in, and how much may be sent.
#[derive(Clone)]
pub(super) struct Service {
    store: Store,
    authenticator: Arc<dyn Authenticator>,
    pub(super) body_limit: usize,
}

impl Service {
    pub(super) fn new(store: Store, authenticator: impl Authenticator + 'static) -> Self {
        Self { store, authenticator: Arc::new(authenticator), body_limit: BODY_LIMIT }
    }

    /// Answers one request by one of these routes.
    pub(super) fn call<C: Contract>(
        &self,
        routes: &Routes<C>,
        request: Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        let method = request.method().clone();
        let mut response = self.dispatch::<C>(routes, request);
        if method == Method::HEAD {
            response.body_mut().clear();
        }
        response
    }

    fn dispatch<C: Contract>(&self, routes: &Routes<C>, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let told =
            |fault: ApiError<C::Error>, declared| to_http_response::<C>(C::error_response(&fault, declared));
        let (mut parts, body) = request.into_parts();
        if body.len() > self.body_limit {
            return told(ApiError::request_error(RequestError::TooLarge), &[]);
        }
        let (route, values) = match routes.find(&parts.method, parts.uri.path()) {
            Ok(RouteMatch::Found(route, values)) => (route, values),
            Ok(RouteMatch::MethodNotAllowed(allow)) => return method_not_allowed::<C>(&parts.method, &allow),
            Ok(RouteMatch::NotFound) => {
                return told(ApiError::request_error(RequestError::UnknownPath), &[]);
            }
            Err(flaw) => return told(flaw.into(), &[]),
        };
        let Operation { run, declared_errors: faults } = route.handler;
        parts.extensions.insert(C::TOKEN);
        let call = self.authenticate::<C>(&parts, values, body);
        match call.and_then(|call| run(&call)) {
            Ok(answer) => to_http_response::<C>(answer),
            Err(fault) => told(fault, faults),
        }
    }

    /// Finds out in whose name something is asked, and what.
    fn authenticate<C: Contract>(
        &self,
        parts: &Parts,
        values: Vec<String>,
        body: Vec<u8>,
    ) -> Result<Call, ApiError<C::Error>> {
        let session = self.authenticator.session(&self.store, parts)?;
        // Credentials of an advisor who is not there, or no more, open nothing. All else is told by the call.
        if let Err(Error::NoAdvisor(_)) = session.directory().tenant() {
            return Err(AuthError::Rejected.into());
        }
        let query = QueryParams::parse(parts.uri.query())?;
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(Call { session, values, query, body, content_type: content_type.unwrap_or_default().to_owned() })
    }
}

/// An answer as a response.
fn to_http_response<C: Contract>(answer: ApiResponse) -> Response<Vec<u8>> {
    let ApiResponse { status, body } = answer;
    let has_body = body.is_some();
    let mut response = Response::new(body.unwrap_or_default());
    // Every status here is a constant of a contract.
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if status == 401 && C::TOKEN == TokenLocation::Bearer {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == 503 {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The answer about a path asked with another method: to `OPTIONS` it is what was asked for.
fn method_not_allowed<C: Contract>(method: &Method, allow: &str) -> Response<Vec<u8>> {
    let asked = *method == Method::OPTIONS;
    let answer = if asked {
        ApiResponse::empty(204)
    } else {
        C::error_response(&ApiError::request_error(RequestError::WrongMethod), &[])
    };
    let mut response = to_http_response::<C>(answer);
    // The methods of a route are tokens, so this is a header value.
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// A product, for hosts: what all of them can do.
macro_rules! define_product {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            service: $crate::service::Service,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("body_limit", &self.service.body_limit)
                    .finish_non_exhaustive()
            }
        }

        impl $name {
            /// Answers from this store, to those whom the authenticator lets in.
            #[must_use]
            pub fn new(
                store: cardex::Store,
                authenticator: impl $crate::Authenticator + 'static,
            ) -> Self {
                Self { service: $crate::service::Service::new(store, authenticator) }
            }

            /// The bytes a request's body may have.
            #[must_use]
            pub const fn body_limit(mut self, bytes: usize) -> Self {
                self.service.body_limit = bytes;
                self
            }

            /// Answers one request. Whatever it is, there is an answer: an error is one too.
            #[must_use]
            pub fn call(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
                self.service.call::<Self>(Self::route_table(), request)
            }

            /// Whether a path, without its query, is one of this contract, so that a host can answer several side by side.
            #[must_use]
            pub fn has_path(path: &str) -> bool {
                Self::route_table().has_path(path)
            }

            /// The routes of the API, indexed once.
            fn route_table() -> &'static $crate::service::Routes<Self> {
                use $crate::service::{Contract, Routes};
                static TABLE: std::sync::LazyLock<Routes<$name>> =
                    std::sync::LazyLock::new(|| Routes::new(<$name as Contract>::routes()));
                &TABLE
            }
        }
    };
}
pub(super) use define_product;
