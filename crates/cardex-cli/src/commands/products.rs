//! The HTTP APIs of the products side by side.

use std::sync::Arc;

use cardex::{Session, Store};
use cardex_http::AuthError;
use cardex_http::chatwoot::Chatwoot;
use cardex_http::federation::Federation;
use cardex_http::smartsender::SmartSender;
use clap::ValueEnum;
use http::request::Parts;
use http::{Request, Response};

/// A product whose HTTP API is implemented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Product {
    /// Symphony Federation
    Federation,
    /// SmartSender
    Smartsender,
    /// Chatwoot, also served as 99digital
    Chatwoot,
}

/// One product or all of them. No two products share a path.
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
        let authenticator = || {
            let session = Arc::clone(&session);
            move |store: &Store, request: &Parts| session(store, request)
        };
        Self {
            federation: Federation::new(store.clone(), authenticator()),
            smartsender: SmartSender::new(store.clone(), authenticator()),
            chatwoot: Chatwoot::new(store.clone(), authenticator()),
            only,
        }
    }

    /// The product that answers a path.
    fn product_of(&self, path: &str) -> Product {
        self.only.unwrap_or_else(|| {
            if Chatwoot::has_path(path) {
                Product::Chatwoot
            } else if SmartSender::has_path(path) {
                Product::Smartsender
            } else {
                Product::Federation
            }
        })
    }

    pub(crate) fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        match self.product_of(request.uri().path()) {
            Product::Federation => self.federation.call(request),
            Product::Smartsender => self.smartsender.call(request),
            Product::Chatwoot => self.chatwoot.call(request),
        }
    }

    /// A path as its product documents it, with parameters in braces.
    #[cfg(feature = "serve")]
    pub(crate) fn route_of(&self, path: &str) -> Option<&'static str> {
        match self.product_of(path) {
            Product::Federation => Federation::route_of(path),
            Product::Smartsender => SmartSender::route_of(path),
            Product::Chatwoot => Chatwoot::route_of(path),
        }
    }
}
