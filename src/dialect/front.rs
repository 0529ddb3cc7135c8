//! The way from a request to a call: the same for every product.

use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};

use super::auth::{AuthError, Authenticator};
use super::input::{Flaw, Query};
use super::route::{Found, Route, find};
use crate::{Session, Store};

/// A call that is somebody's.
pub(super) struct Call {
    pub(super) session: Session,
    /// The values of the path's parameters, in their order.
    values: Vec<String>,
    pub(super) query: Query,
    pub(super) body: Vec<u8>,
}

impl Call {
    /// A parameter of the path. The route has it, so there is none only if the handler and the route disagree.
    pub(super) fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", String::as_str)
    }
}

/// Why there is no call.
pub(super) enum Refused<H: 'static> {
    TooLarge,
    UnknownPath,
    /// With the methods the path has.
    OtherMethods(String),
    /// The path is none.
    BadPath(Flaw),
    /// The path is known, but the query is none.
    BadQuery(&'static Route<H>, Flaw),
    Nobody(&'static Route<H>, AuthError),
}

/// Finds out what a request asks for, and in whose name.
pub(super) fn admit<H>(
    routes: &'static [Route<H>],
    (store, authenticator): (&Store, &dyn Authenticator),
    limit: usize,
    request: Request<Vec<u8>>,
) -> Result<(&'static Route<H>, Call), Refused<H>> {
    let (parts, body) = request.into_parts();
    let Parts { method, uri, .. } = &parts;
    if body.len() > limit {
        return Err(Refused::TooLarge);
    }
    let (route, values) = match find(routes, method, uri.path()).map_err(Refused::BadPath)? {
        Found::Call(route, values) => (route, values),
        Found::OtherMethods(allow) => return Err(Refused::OtherMethods(allow)),
        Found::Unknown => return Err(Refused::UnknownPath),
    };
    let session = authenticator.session(store, &parts).map_err(|error| Refused::Nobody(route, error))?;
    let query = Query::parse(uri.query()).map_err(|flaw| Refused::BadQuery(route, flaw))?;
    Ok((route, Call { session, values, query, body }))
}

/// An answer with this body, or with none.
pub(super) fn respond(status: u16, json: Option<Vec<u8>>) -> Response<Vec<u8>> {
    let has_body = json.is_some();
    let mut response = Response::new(json.unwrap_or_default());
    // Every status here is a constant of a contract.
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if has_body {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if status == 401 {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The answer about a path asked with another method: to `OPTIONS` it is what was asked for.
pub(super) fn other_methods(method: &Method, allow: &str, body: Vec<u8>) -> Response<Vec<u8>> {
    let asked = *method == Method::OPTIONS;
    let mut response = if asked { respond(204, None) } else { respond(405, Some(body)) };
    // The methods of a route are tokens, so this is a header value.
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}
