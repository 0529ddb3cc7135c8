//! A store with two tenants and its callers.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cardex::{Actor, Advisor, Contact, Network, NewAdvisor, NewContact, Options, Session, Store, TenantId};
use cardex_http::{AuthError, Authenticator, StaticTokens};
use http::request::Parts;

use super::client::Client;
use super::openapi::Code;
use super::product::Product;
use crate::support::options;

/// The product, its OpenAPI file and the coverage of a test.
#[derive(Clone)]
pub struct ProductFixture {
    pub product: Rc<Product>,
    pub reached: Rc<RefCell<BTreeSet<Code>>>,
}

impl ProductFixture {
    pub fn of(product: Product) -> Self {
        Self { product: Rc::new(product), reached: Rc::default() }
    }

    pub fn fixture(&self) -> Fixture {
        Fixture::of(self, options(1).open_in_memory().unwrap())
    }

    /// A client of a store, with the tokens of [`tokens`] and the given ones.
    pub fn client(&self, store: &Store, tokens: StaticTokens) -> Client {
        let session = move |store: &Store, request: &Parts| match cardex_http::token(request)? {
            "barred" => Err(AuthError::Forbidden),
            "other" => Err(AuthError::WrongUser),
            _ => tokens.session(store, request),
        };
        Client::new(self.product.open(store, Box::new(session)), &self.product, &self.reached)
    }
}

/// Two tenants: Ada and Bob belong to the first, Eve to the other. Their names are their tokens. `admin` is the
/// administrator of the first tenant, `away` of the other, and `lost` of an unknown tenant. `barred` and `other` are
/// refused.
pub struct Fixture {
    pub store: Store,
    pub session: Session,
    pub client: Client,
    pub home: TenantId,
    pub away: TenantId,
    pub ada: Advisor,
    pub bob: Advisor,
    pub eve: Advisor,
}

impl Fixture {
    pub fn of(product_fixture: &ProductFixture, store: Store) -> Self {
        let session = store.session(Actor::System);
        let home = session.directory().tenants().unwrap()[0].id;
        let away = session.directory().add_tenant("away").unwrap().id;
        let add = |name: &str, tenant| {
            let new = NewAdvisor::new(name, "Adviser").email(format!("{name}@example.com")).tenant(tenant);
            session.directory().add_advisor(new).unwrap()
        };
        let (ada, bob, eve) = (add("ada", home), add("bob", home), add("eve", away));
        let tokens = tokens(home, [&ada, &bob, &eve]).token("away", Actor::Administrator(away));
        let client = product_fixture.client(&store, tokens);
        Self { store, session, client, home, away, ada, bob, eve }
    }

    /// A contact of the first tenant.
    pub fn add(&self, network: Network, name: &str, phone: &str, advisor: &Advisor) -> Contact {
        let new = NewContact::new(network, name, "Contact").phone(phone).advisor(advisor.id);
        let new = new.company("Acme").email(format!("{name}@acme.example"));
        self.session.add(new).unwrap()
    }
}

pub fn tokens(home: TenantId, [ada, bob, eve]: [&Advisor; 3]) -> StaticTokens {
    StaticTokens::new()
        .token("system", Actor::System)
        .token("admin", Actor::Administrator(home))
        .token("lost", Actor::Administrator(TenantId(999_999)))
        .token("ada", Actor::Advisor(ada.id))
        .token("bob", Actor::Advisor(bob.id))
        .token("eve", Actor::Advisor(eve.id))
}

/// A store in a file, for tests that memory cannot serve.
pub fn book(folder: &tempfile::TempDir) -> (Store, impl Fn(Options) -> Store) {
    let path = folder.path().join("book.cardex");
    let store = options(1).open(&path).unwrap();
    (store, move |options: Options| options.open(&path).unwrap())
}
