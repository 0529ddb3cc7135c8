//! Duplicates, compared between books that differ in what the actor does not see.

use crate::support::To;
use crate::unseen::Answers;
use cardex::duplicates::{DuplicateGroup, DuplicateList};
use cardex::{ContactId, Page, Result};

/// A page at a position.
pub(crate) fn at(list: DuplicateList<'_>, to: To) -> Result<Page<DuplicateGroup>> {
    match to {
        To::First => list.page(),
        To::After(cursor) => list.after(cursor).page(),
        To::Before(cursor) => list.before(cursor).page(),
    }
}

/// The pages of an actor, compared between books that differ in what the actor does not see.
pub(crate) fn compare_unseen(all: &mut Answers<'_>) {
    for (limit, least) in [(1, 0.0), (3, 0.0), (2, 0.8)] {
        all.pages(
            (limit, least),
            |session, to| at(session.duplicates().min_score(least).limit(limit), to),
            |world, group| {
                let labels: Vec<_> = group.contacts.iter().map(|one| world.label(one.id)).collect();
                format!("{labels:?} {}", group.score)
            },
        );
    }
}

pub(crate) fn compare_decisions(all: &mut Answers<'_>, id: ContactId) {
    let found = all.session.not_duplicates_of(id);
    all.result("not duplicates", found, |world, found| {
        format!("{:?}", found.iter().map(|id| world.label(*id)).collect::<Vec<_>>())
    });
}

/// The contacts that records may be: with the names of visible contacts, and numbers of visible and of other contacts.
pub(crate) fn compare_possible(all: &mut Answers<'_>) {
    for contact in all.world.seen.clone().into_iter().take(4) {
        let Ok(Some(contact)) = all.session.get(contact) else { continue };
        let numbers = ["+33610000000", "+33610000001", "+33670000000", "+33670000001", "+33680000000"];
        let own = contact.phones.iter().map(|phone| phone.text.as_str());
        for number in own.chain(numbers) {
            let names = (contact.first_name.as_str(), contact.last_name.as_str());
            let record = cardex::NewContact::new(contact.network.clone(), names.0, names.1);
            let found = all.session.possible_duplicates(record.company(&contact.company).phone(number));
            all.result(("possible", number), found, |world, found| {
                let one = |one: &cardex::duplicates::PossibleDuplicate| {
                    format!("{} {} {:?}", world.label(one.contact.id), one.score, one.evidence)
                };
                format!("{:?}", found.iter().map(one).collect::<Vec<_>>())
            });
        }
    }
}
