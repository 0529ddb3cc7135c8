//! Contacts that an advisor does not see are passed over: no page of the advisor stops at one.

use crate::support::{new, options};
use cardex::tags::TagPatch;
use cardex::{Actor, NewAdvisor, SortField, SortOrder};

/// The tenant's list has many more entries than a call walks; the advisor has fewer contacts than a call reads.
#[test]
fn no_page_stops_at_an_unseen_contact() {
    let store = options(5).open_in_memory().unwrap();
    let system = store.session(Actor::System);
    let add = |name: &str| system.directory().add_advisor(NewAdvisor::new(name, "")).unwrap().id;
    let (me, colleague) = (add("Me"), add("Colleague"));
    let tags = ["red", "blue"].map(|name| system.tags().add(TagPatch::new().name(name)).unwrap().id);
    let mut mine = Vec::new();
    for number in 0..300_u32 {
        let own = number % 25 == 24;
        let contact = new(&format!("N{number:02}"), &format!("L{:03}", number * 37 % 300))
            .company(format!("C{:03}", number * 53 % 300))
            .email(format!("e{:03}@x.org", number * 71 % 300))
            .phone(format!("+33610000{:03}", number * 29 % 300));
        let id = system.add(contact.advisor(if own { me } else { colleague })).unwrap().id;
        // Few contacts have a tag, and most of these are the colleague's.
        if own || number % 12 == 0 {
            system.tags().attach(id, tags[usize::from(number % 2 == 0)]).unwrap();
        }
        if own {
            mine.push(id);
        }
    }
    mine.sort();
    let session = store.session(Actor::Advisor(me));
    for field in SortField::ALL {
        for order in [SortOrder::from(field), field.descending()] {
            for filter in ["tag = (red, blue)", "tag = red or tag = blue", "company present", "true"] {
                let list = || session.contacts().order(order).filter(filter.parse().unwrap()).limit(2);
                let (mut found, mut page) = (Vec::new(), list().page().unwrap());
                loop {
                    assert!(!page.incomplete, "{order} {filter}");
                    found.extend(page.items.iter().map(|contact| contact.id));
                    let Some(after) = page.after else { break };
                    page = list().after(after).page().unwrap();
                }
                found.sort();
                assert_eq!(found, mine, "{order} {filter}");
            }
        }
    }
}
