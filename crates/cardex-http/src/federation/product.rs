//! The API as hosts use it.

use crate::service::define_product;

define_product! {
    /// The API, answered from a store. Cheap to clone; usable from any thread, which it may block.
    ///
    /// ```
    /// use cardex_http::federation::Federation;
    /// use cardex::{Actor, Network, NewContact, Options, Store};
    /// let store = Options::new().open_in_memory()?;
    /// store.session(Actor::System).add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33612345678"))?;
    /// // A host that knows its caller gives the session itself.
    /// let api = Federation::new(store, |store: &Store, _: &http::request::Parts| Ok(store.session(Actor::System)));
    ///
    /// let path = "/api/v2/customer/contact?phoneNumber=33612345678&externalNetwork=SMS-DIRECT";
    /// let response = api.call(http::Request::get(path).body(Vec::new())?);
    /// assert_eq!(response.status(), 200);
    /// let contact: serde_json::Value = serde_json::from_slice(response.body())?;
    /// assert_eq!(contact["firstName"], "John");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Federation
}
