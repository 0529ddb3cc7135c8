//! Verifies that all engines return the same contacts in the same order. Otherwise the times would not be comparable.

use cardex::{Actor, SearchFields, Store};

use crate::Result;
use crate::books::Books;
use crate::names::local;
use crate::peers::{Peer, sqlite};
use crate::search::{kinds, page, question};

/// Runs all kinds of queries. An error names the first query with different answers.
pub(crate) fn run(books: &Books, queries: usize, peers: &mut [Box<dyn Peer>]) -> Result<()> {
    let store = Store::open(&books.book)?;
    let session = store.session(Actor::System);
    let plain = sqlite::open(&books.plain)?;
    let (mut asked, mut found) = (0_usize, 0_usize);
    for asker in books.askers() {
        let (who, advisor) = (&asker.name, asker.advisor);
        for kind in kinds(books, &asker, queries) {
            for text in &kind.texts {
                let ours = page(&session, text, advisor, SearchFields::Names, None)?;
                let ours = local(&plain, ours.items.iter().map(|hit| hit.contact.id))?;
                let question = question(&plain, text, advisor)?;
                for peer in peers.iter_mut() {
                    let theirs = peer.ask(&question)?;
                    if theirs != ours {
                        let name = peer.name();
                        return Err(format!(
                            "{name} answers {text:?} for {who} differently from cardex:\n{theirs:?}\n{ours:?}"
                        )
                        .into());
                    }
                }
                asked += 1;
                found += ours.len();
            }
        }
    }
    if found < asked {
        return Err(format!("{asked} questions have found {found} contacts: too few to show anything").into());
    }
    let names: Vec<_> = peers.iter().map(|peer| peer.name()).collect();
    println!("{asked} questions, {found} contacts found: cardex answers as {} do", names.join(", "));
    Ok(())
}
