//! An agent that works offline: it finds or creates the contact of a message, writes a note, and delivers the outbox later.
//!
//! `cargo run --example agent`

#![allow(clippy::print_stdout, clippy::arithmetic_side_effects)]

use cardex::{Actor, Network, NewContact, Options};

fn main() -> cardex::Result<()> {
    let store = Options::new().region("FR").open_in_memory()?;
    // Changes carry the name of the program, so that it can leave out its own.
    let session = store.session(Actor::System).origin("agent");

    for text in ["first message", "second message"] {
        let sender = NewContact::new(Network::WHATSAPP_DIRECT, "Ada", "").phone("06 12 34 56 78");
        let found = session.find_or_create(sender)?;
        let is_new = found.found_by.is_none();
        println!("contact {}: {}", found.contact.id, if is_new { "created" } else { "found by phone" });
        session.notes(found.contact.id).add(text)?;
    }

    // What the host has to deliver is kept in the book, in order, until the host acknowledges it.
    for message in session.outbox().pending(10)? {
        println!("deliver {:?}", message.event);
        session.outbox().acknowledge(message.seq)?;
    }
    Ok(())
}
