//! The API as hosts use it.

use crate::service::define_product;

define_product! {
    /// The API, answered from a store. Cheap to clone; usable from any thread, which it may block.
    ///
    /// ```
    /// use cardex_http::chatwoot::Chatwoot;
    /// use cardex::{Actor, Options, Store};
    /// let store = Options::new().open_in_memory()?;
    /// let account = store.session(Actor::System).directory().tenant()?.id;
    /// // A host that knows its caller gives the session itself.
    /// let api = Chatwoot::new(store, |store: &Store, _: &http::request::Parts| Ok(store.session(Actor::System)));
    ///
    /// let path = format!("/api/v1/accounts/{account}/contacts");
    /// let request = http::Request::post(path).body(br#"{"name": "John Doe", "phone_number": "+33612345678"}"#.to_vec())?;
    /// let response = api.call(request);
    /// assert_eq!(response.status(), 200);
    /// let made: serde_json::Value = serde_json::from_slice(response.body())?;
    /// assert_eq!(made["payload"]["contact"]["phone_number"], "+33612345678");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Chatwoot
}
