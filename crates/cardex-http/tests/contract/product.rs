//! The differences between the products that the tests need.

use std::rc::Rc;

use cardex::{Session, Store};
use cardex_http::chatwoot::Chatwoot;
use cardex_http::federation::Federation;
use cardex_http::smartsender::SmartSender;
use cardex_http::{AuthError, StaticTokens};
use http::request::Parts;
use http::{Request, Response};
use serde_json::Value;

use super::openapi::Contract;

/// An API over a store.
pub type Api = Rc<dyn Fn(Request<Vec<u8>>) -> Response<Vec<u8>>>;

/// The authenticator of an API.
pub type AuthenticatorFn = Box<dyn Fn(&Store, &Parts) -> Result<Session, AuthError> + Send + Sync>;

/// A product: its OpenAPI file and the form of its errors.
pub struct Product {
    pub name: &'static str,
    pub contract: Contract,
    /// The header that contains a token.
    pub header: fn(&str) -> (&'static str, String),
    /// The code of an error; empty if only the status distinguishes errors.
    pub word: fn(&Value) -> String,
    /// Whether a body is that of an error with a status.
    pub is_error: fn(u16, &Value) -> bool,
    /// Creates an API, optionally with another limit of the body size.
    open: fn(Store, AuthenticatorFn, Option<usize>) -> Api,
    /// The path of a read operation that needs only the account.
    pub reads: &'static str,
    /// The status for an unknown token, and for a caller without permission.
    pub unknown_token: u16,
    pub forbidden: u16,
    /// Whether the API has a path.
    pub has: fn(&str) -> bool,
    /// The `Debug` output.
    pub shown: fn(Store, StaticTokens) -> String,
}

macro_rules! api_functions {
    ($api_functions:ident) => {
        (
            |store: Store, authenticator: AuthenticatorFn, limit: Option<usize>| -> Api {
                let api = $api_functions::new(store, authenticator);
                let api = match limit {
                    Some(limit) => api.body_limit(limit),
                    None => api,
                };
                Rc::new(move |request| api.call(request))
            },
            |store: Store, tokens: StaticTokens| format!("{:?}", $api_functions::new(store, tokens)),
        )
    };
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

/// The form of an error with fields.
fn is_of_fields(body: &Value) -> bool {
    body["message"].is_string() && body["attributes"].is_array()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Product {
    pub fn federation() -> Self {
        let (open, shown) = api_functions!(Federation);
        Self {
            name: "federation",
            contract: Contract::load(include_str!("../fixtures/openapi/federation.yaml")),
            header: bearer,
            word: |body| text_of(&body["type"]),
            is_error: |status, body| {
                body["status"] == status && body["type"].is_string() && body["title"].is_string()
            },
            open,
            reads: "/api/v1/customer/permissions",
            unknown_token: 401,
            forbidden: 403,
            has: Federation::has_path,
            shown,
        }
    }

    pub fn chatwoot() -> Self {
        let (open, shown) = api_functions!(Chatwoot);
        Self {
            name: "chatwoot",
            contract: Contract::load(include_str!("../fixtures/openapi/chatwoot.yaml")),
            header: |token| ("api_access_token", token.to_owned()),
            word: |_| String::new(),
            is_error: |_, body| body["error"].is_string() || is_of_fields(body),
            open,
            reads: "/api/v1/accounts/ACCOUNT/contacts",
            unknown_token: 401,
            forbidden: 401,
            has: Chatwoot::has_path,
            shown,
        }
    }

    pub fn smartsender() -> Self {
        let (open, shown) = api_functions!(SmartSender);
        Self {
            name: "smartsender",
            contract: Contract::load(include_str!("../fixtures/openapi/smartsender.yaml")),
            header: bearer,
            word: |_| String::new(),
            is_error: |status, body| {
                body["state"] == false
                    && body["error"]["code"] == status
                    && body["error"]["message"][0].is_string()
            },
            open,
            reads: "/v1/contacts",
            unknown_token: 403,
            forbidden: 403,
            has: SmartSender::has_path,
            shown,
        }
    }

    /// All products.
    pub fn all() -> Vec<Self> {
        vec![Self::federation(), Self::chatwoot(), Self::smartsender()]
    }

    /// An API over a store.
    pub fn open(&self, store: &Store, authenticator: AuthenticatorFn) -> Api {
        (self.open)(store.clone(), authenticator, None)
    }

    /// Like [`Product::open`], with a limit of the body size.
    pub fn open_for(&self, store: &Store, authenticator: AuthenticatorFn, limit: usize) -> Api {
        (self.open)(store.clone(), authenticator, Some(limit))
    }
}
