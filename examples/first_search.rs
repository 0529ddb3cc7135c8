//! A first search: open a book, add two contacts, read a page of hits and the next one.
//!
//! `cargo run --example first_search`

#![allow(clippy::print_stdout, clippy::arithmetic_side_effects)]

use cardex::{Actor, Network, NewContact, Options};

fn main() -> cardex::Result<()> {
    // In memory for the example; `Store::open("book.cardex")` opens a file.
    let store = Options::new().region("FR").open_in_memory()?;
    let session = store.session(Actor::System);
    session.add(NewContact::new(Network::WHATSAPP, "John", "Doe").company("Acme").phone("06 12 34 56 78"))?;
    session
        .add(NewContact::new(Network::WHATSAPP, "Joanna", "Smith").company("Acme").phone("06 12 34 56 79"))?;

    let mut page = session.search("jo").limit(1).page()?;
    loop {
        for hit in &page.items {
            println!("{} ({:?} matches)", hit.contact.display_name, hit.matched.field);
        }
        // The cursor is text: it can be kept, and it survives a restart.
        let Some(after) = page.after else { break };
        page = session.search("jo").limit(1).after(after).page()?;
    }
    Ok(())
}
