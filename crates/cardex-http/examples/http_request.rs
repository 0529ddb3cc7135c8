//! Answers a request of the Chatwoot API in-process: nothing listens on a port.
//!
//! `cargo run -p cardex-http --example http_request`

#![allow(clippy::print_stdout, clippy::arithmetic_side_effects)]

use cardex::{Actor, Network, NewContact, Options};
use cardex_http::StaticTokens;
use cardex_http::chatwoot::Chatwoot;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Options::new().open_in_memory()?;
    store
        .session(Actor::System)
        .add(NewContact::new(Network::BOOK, "Ada", "Byron").email("ada@example.com"))?;

    // Each token is an actor: what the actor may see and do is all that the request can.
    let api = Chatwoot::new(store.clone(), StaticTokens::new().token("a long secret", Actor::System));
    let account = store.session(Actor::System).directory().tenants()?.remove(0).id;
    let uri = format!("/api/v1/accounts/{account}/contacts/search?q=ada");
    let request = http::Request::get(uri).header("api_access_token", "a long secret").body(Vec::new())?;
    let response = api.call(request);
    println!("{}\n{}", response.status(), String::from_utf8_lossy(response.body()));
    Ok(())
}
