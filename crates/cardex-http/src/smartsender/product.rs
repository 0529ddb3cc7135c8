//! The API as hosts use it.

use crate::service::define_product;

define_product! {
    /// The API, answered from a store. Cheap to clone; usable from any thread, which it may block.
    ///
    /// ```
    /// use cardex_http::smartsender::SmartSender;
    /// use cardex::{Actor, Network, NewContact, Options, Store};
    /// let store = Options::new().open_in_memory()?;
    /// let john = store.session(Actor::System).add(NewContact::new(Network::WHATSAPP_DIRECT, "John", "Doe"))?;
    /// // A host that knows its caller gives the session itself.
    /// let api = SmartSender::new(store, |store: &Store, _: &http::request::Parts| Ok(store.session(Actor::System)));
    ///
    /// let response = api.call(http::Request::get(format!("/v1/contacts/{}", john.id)).body(Vec::new())?);
    /// assert_eq!(response.status(), 200);
    /// let contact: serde_json::Value = serde_json::from_slice(response.body())?;
    /// assert_eq!(contact["fullName"], "John Doe");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    SmartSender
}
