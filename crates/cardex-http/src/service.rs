//! Handles requests for every product: size limit, routing, authentication, and the HTTP response.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};

use crate::BODY_LIMIT;
use crate::api_error::{ApiError, RequestError};
use crate::auth::{AuthError, Authenticator, TokenLocation};
use crate::call::{ApiResponse, Call};
use crate::form;
use crate::input::QueryParams;
use crate::numbered::{READ_TIME_LIMIT, TimeLimit};
use crate::operation::{Operation, ProductApi, Route};
use crate::route::{RouteMatch, RouteTable};
use cardex::{Error, Store};

/// The routes of an API, indexed by path.
pub(super) type Routes<C> = RouteTable<Operation<C>>;

/// What all products share: the store, the authenticator and the body limit.
#[derive(Clone)]
pub(super) struct Service {
    store: Store,
    authenticator: Arc<dyn Authenticator>,
    pub(super) body_limit: usize,
    pub(super) read_time_limit: Duration,
}

impl Service {
    pub(super) fn new(store: Store, authenticator: impl Authenticator + 'static) -> Self {
        Self {
            store,
            authenticator: Arc::new(authenticator),
            body_limit: BODY_LIMIT,
            read_time_limit: READ_TIME_LIMIT,
        }
    }

    /// Answers one request with the operation of its route.
    pub(super) fn call<C: ProductApi>(
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

    fn dispatch<C: ProductApi>(&self, routes: &Routes<C>, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let error_response =
            |error: ApiError<C::Error>, declared| to_http_response::<C>(C::error_response(&error, declared));
        let (mut parts, body) = request.into_parts();
        if body.len() > self.body_limit {
            return error_response(ApiError::request_error(RequestError::TooLarge), &[]);
        }
        let (route, values) = match routes.find(&parts.method, request_path::<C>(parts.uri.path())) {
            Ok(RouteMatch::Found(route, values)) => (route, values),
            Ok(RouteMatch::MethodNotAllowed(allow)) => {
                let checked = C::CHECKS_TOKEN_FIRST && parts.method != Method::OPTIONS;
                parts.extensions.insert(C::TOKEN);
                return match checked.then(|| self.authenticate::<C>(&parts, Vec::new(), Vec::new())) {
                    Some(Err(error)) => error_response(error, &[]),
                    _ => method_not_allowed::<C>(&parts.method, &allow),
                };
            }
            Ok(RouteMatch::NotFound) => {
                return error_response(ApiError::request_error(RequestError::UnknownPath), &[]);
            }
            Err(param_error) => return error_response(param_error.into(), &[]),
        };
        let Operation { run, declared_errors: errors } = route.handler;
        parts.extensions.insert(C::TOKEN);
        let call = self.authenticate::<C>(&parts, values, body).and_then(|call| {
            if !call.body.is_empty() && !is_readable::<C>(route, &parts.headers, &call.content_type) {
                return Err(ApiError::request_error(RequestError::UnsupportedMedia));
            }
            if let Some(known) = C::query_names(route) {
                call.query.reject_unknown(known)?;
            }
            Ok(call)
        });
        match call.and_then(|call| run(&call)) {
            Ok(answer) => to_http_response::<C>(answer),
            Err(error) => error_response(error, errors),
        }
    }

    /// Authenticates a request and parses its query.
    fn authenticate<C: ProductApi>(
        &self,
        parts: &Parts,
        values: Vec<String>,
        body: Vec<u8>,
    ) -> Result<Call, ApiError<C::Error>> {
        let session = self.authenticator.session(&self.store, parts)?;
        // The credentials of an unknown or removed advisor are rejected. The operation reports every other error.
        if let Err(Error::NoAdvisor(_)) = session.directory().tenant() {
            return Err(AuthError::Rejected.into());
        }
        let query = QueryParams::parse(parts.uri.query())?;
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let idempotency_keys = parts.headers.get_all("idempotency-key").iter().cloned().collect();
        let time = TimeLimit::starting_now(self.read_time_limit);
        Ok(Call { session, values, query, body, content_type, idempotency_keys, time })
    }
}

/// Whether an operation reads a body of this encoding and media type. A body without a media type is read as JSON.
fn is_readable<C: ProductApi>(route: &Route<C>, headers: &HeaderMap, content_type: &str) -> bool {
    let encodings = headers.get_all(CONTENT_ENCODING).iter();
    let is_plain =
        encodings.into_iter().all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    is_plain && C::accepts_media(route, &form::media_type(content_type))
}

/// The path of a request as the routes have it.
pub(super) fn request_path<C: ProductApi>(path: &str) -> &str {
    if C::TRAILING_SLASH { path.strip_suffix('/').unwrap_or(path) } else { path }
}

/// An answer as a response.
fn to_http_response<C: ProductApi>(answer: ApiResponse) -> Response<Vec<u8>> {
    let ApiResponse { status, body, media_type } = answer;
    let has_body = body.is_some();
    let mut response = Response::new(body.unwrap_or_default());
    // Every status is a constant of a product, so that it is valid.
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    if status == 401 && C::TOKEN == TokenLocation::Bearer {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == 415 {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    if status == 503 {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The answer for a path without this method. For `OPTIONS` it is a success.
fn method_not_allowed<C: ProductApi>(method: &Method, allow: &str) -> Response<Vec<u8>> {
    let is_options = *method == Method::OPTIONS;
    let answer = if is_options {
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

/// Defines the public type of a product.
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
            /// An API over this store, for the callers that the authenticator accepts.
            #[must_use]
            pub fn new(
                store: cardex::Store,
                authenticator: impl $crate::Authenticator + 'static,
            ) -> Self {
                Self { service: $crate::service::Service::new(store, authenticator) }
            }

            /// Sets the largest size of a request body in bytes.
            #[must_use]
            pub const fn body_limit(mut self, bytes: usize) -> Self {
                self.service.body_limit = bytes;
                self
            }

            /// Sets the time limit of a call that reads a numbered page; see [`READ_TIME_LIMIT`](crate::READ_TIME_LIMIT).
            /// A call that needs longer is 503, and its error says so.
            #[must_use]
            pub const fn read_time_limit(mut self, limit: std::time::Duration) -> Self {
                self.service.read_time_limit = limit;
                self
            }

            /// Answers one request. An error is a response too.
            #[must_use]
            pub fn call(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
                self.service.call::<Self>(Self::route_table(), request)
            }

            /// Whether the API has this path (without its query). With it, a host can serve several APIs.
            #[must_use]
            pub fn has_path(path: &str) -> bool {
                Self::route_of(path).is_some()
            }

            /// The path of the API that a path (without its query) belongs to, with parameters in braces. It contains nothing of a
            /// caller, so a host can log it.
            #[must_use]
            pub fn route_of(path: &str) -> Option<&'static str> {
                Self::route_table().path_of($crate::service::request_path::<Self>(path))
            }

            /// The routes of the API, indexed once.
            fn route_table() -> &'static $crate::service::Routes<Self> {
                use $crate::operation::ProductApi;
                use $crate::service::Routes;
                static TABLE: std::sync::LazyLock<Routes<$name>> =
                    std::sync::LazyLock::new(|| Routes::new(<$name as ProductApi>::routes()));
                &TABLE
            }
        }
    };
}
pub(super) use define_product;
