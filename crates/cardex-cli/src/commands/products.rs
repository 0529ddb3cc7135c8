//! The contracts side by side.

use std::sync::Arc;

use cardex::{Session, Store};
use cardex_http::AuthError;
use cardex_http::chatwoot::Chatwoot;
use cardex_http::federation::Federation;
use cardex_http::smartsender::SmartSender;
use clap::ValueEnum;
use http::request::Parts;
use http::{Request, Response};

/// The contracts that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Product {
    /// Symphony Federation
    Federation,
    /// SmartSender
    Smartsender,
    /// Chatwoot, also served as 99digital
    Chatwoot,
}

/// One of them, or all: their paths are none of each other's.
#[derive(Debug, Clone)]
pub(crate) struct Products {
    federation: Federation,
    smartsender: SmartSender,
    chatwoot: Chatwoot,
    only: Option<Product>,
}

impl Products {
    pub(crate) fn new(
        store: &Store,
        only: Option<Product>,
        session: impl Fn(&Store, &Parts) -> Result<Session, AuthError> + Send + Sync + 'static,
    ) -> Self {
        let session = Arc::new(session);
        let door = || {
            let session = Arc::clone(&session);
            move |store: &Store, request: &Parts| session(store, request)
        };
        Self {
            federation: Federation::new(store.clone(), door()),
            smartsender: SmartSender::new(store.clone(), door()),
            chatwoot: Chatwoot::new(store.clone(), door()),
            only,
        }
    }

    pub(crate) fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let path = request.uri().path();
        let dialect = self.only.unwrap_or_else(|| {
            if Chatwoot::has_path(path) {
                Product::Chatwoot
            } else if SmartSender::has_path(path) {
                Product::Smartsender
            } else {
                Product::Federation
            }
        });
        match dialect {
            Product::Federation => self.federation.call(request),
            Product::Smartsender => self.smartsender.call(request),
            Product::Chatwoot => self.chatwoot.call(request),
        }
    }
}
