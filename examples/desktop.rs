//! The back end of a desktop application: a list that follows what is typed, and a thread that reports changes of the book.
//!
//! `cargo run --example desktop`

#![allow(clippy::print_stdout, clippy::arithmetic_side_effects)]

use std::time::Duration;

use cardex::{Actor, Network, NewContact, Options, Typeahead};

fn main() -> cardex::Result<()> {
    let store = Options::new().open_in_memory()?;
    let session = store.session(Actor::System);

    // The user interface would redraw what has changed.
    let mut subscription = session.subscribe()?;
    let watcher = std::thread::spawn(move || -> cardex::Result<usize> {
        let mut seen = 0;
        while seen < 3 {
            let batch = subscription.wait(Duration::from_secs(5))?;
            if batch.is_empty() {
                break;
            }
            for change in &batch.changes {
                println!("contact {} changed: {:?}", change.contact, change.kind);
            }
            seen += batch.changes.len();
        }
        Ok(seen)
    });

    for (first, last) in [("Zoë", "Müller"), ("Zora", "Novak"), ("Ada", "Byron")] {
        session.add(NewContact::new(Network::SMS_DIRECT, first, last))?;
    }

    // One search a key stroke. When the text grows, the hits that are known are narrowed without a look at the index.
    let mut typeahead = Typeahead::new(&session, |search| search.limit(10));
    for text in ["z", "zo", "zoe", "zoe m"] {
        let page = typeahead.page(text)?;
        let names: Vec<&str> = page.items.iter().map(|hit| hit.contact.display_name.as_str()).collect();
        println!("{text:6} {names:?}");
    }

    let seen = watcher.join().unwrap_or(Ok(0))?;
    println!("{seen} changes were reported");
    Ok(())
}
