//! The operations that `unseen.rs` compares between two books.

use crate::support::{SMS, To};
use crate::unseen::{Answers, FILTERS, World};
use cardex::attributes::AttributeNamespace;
use cardex::jobs::{JobAction, JobOutcome, NewJob};
use cardex::{Contact, ContactId, Hit, SearchFields, SortField, SortOrder};

/// A page of a builder at a position.
macro_rules! at {
    ($list:expr, $to:expr) => {
        match $to {
            To::First => $list.page(),
            To::After(cursor) => $list.after(cursor).page(),
            To::Before(cursor) => $list.before(cursor).page(),
        }
    };
}

type Read = fn(&mut Answers<'_>);

/// Each operation that reads, with its calls.
pub(crate) const READS: &[(&str, Read)] = &[
    ("contacts", contacts),
    ("search", search),
    ("search_substring", search_substring),
    ("companies", |all| {
        for prefix in ["a", "b", "ab"] {
            let companies = all.session.companies(prefix, 3);
            all.result(prefix, companies, |_, names| format!("{names:?}"));
        }
    }),
    ("get", |all| {
        each_seen(all, |all, id| {
            let contact = all.session.get(id);
            all.result("get", contact, |world, contact| {
                contact.map_or_else(String::new, |one| words(world, &one))
            });
        });
    }),
    ("card", |all| {
        each_seen(all, |all, id| {
            let card = all.session.card(id);
            all.result("card", card, |_, card| format!("{card:?}"));
        });
    }),
    ("photo", |all| {
        each_seen(all, |all, id| {
            let photo = all.session.photo(id);
            all.result("photo", photo, |_, photo| format!("{photo:?}"));
        });
    }),
    ("find_by_phone", |all| {
        for phone in ["+33610000000", "+33610000001", "+33670000000", "+33680000000"] {
            let found = all.session.find_by_phone(&SMS, phone, None);
            all.result(phone, found, |world, found| format!("{:?}", found.map(|one| world.label(one.id))));
        }
    }),
    ("survivor", |all| {
        each_seen(all, |all, id| {
            let survivor = all.session.survivor(id);
            all.result("survivor", survivor, |world, one| world.label(one).to_string());
        });
    }),
    ("merge_history", |all| {
        each_seen(all, |all, id| {
            let history = all.session.merge_history(id);
            all.result("merges", history, |_, history| history.len().to_string());
        });
    }),
    ("duplicates", crate::unseen_duplicates::compare_unseen),
    ("possible_duplicates", crate::unseen_duplicates::compare_possible),
    ("not_duplicates_of", |all| each_seen(all, crate::unseen_duplicates::compare_decisions)),
    ("links_of", |all| {
        let links = all.session.links_of(&all.world.seen);
        all.result("links", links, |_, links| format!("{links:?}"));
    }),
    ("tags.list", |all| {
        for limit in [1, 2, 9] {
            all.pages(
                limit,
                |session, to| at!(session.tags().list().limit(limit), to),
                |_, tag| format!("{} {}", tag.name, tag.contacts),
            );
        }
    }),
    ("tags.get", |all| {
        for tag in all.world.tags {
            let tag = all.session.tags().get(tag);
            all.result("tag", tag, |_, tag| tag.contacts.to_string());
        }
    }),
    ("tags.named", |all| {
        let tag = all.session.tags().named("red");
        all.result("tag", tag, |_, tag| format!("{:?}", tag.map(|tag| tag.contacts)));
    }),
    ("tags.of", |all| {
        let tags = all.session.tags().of(&all.world.seen);
        all.result("tags", tags, |_, tags| {
            let counts = tags.iter().flatten().map(|tag| (tag.name.clone(), tag.contacts));
            format!("{:?}", counts.collect::<Vec<_>>())
        });
    }),
    ("attributes.list", |all| {
        all.pages(
            "attributes",
            |session, to| at!(session.attributes().list(AttributeNamespace::Custom).limit(1), to),
            |_, one| one.key.clone(),
        );
    }),
    ("attributes.get", |all| {
        let one = all.session.attributes().get(AttributeNamespace::Custom, "size");
        all.result("size", one, |_, one| one.is_some().to_string());
    }),
    ("attributes.of", |all| {
        let of = all.session.attributes().of(&all.world.seen);
        all.result("values", of, |_, of| format!("{:?}", of.iter().map(Vec::len).collect::<Vec<_>>()));
    }),
    ("notes.list", |all| {
        each_seen(all, |all, id| {
            all.pages(
                "notes",
                |session, to| at!(session.notes(id).list().limit(1), to),
                |_, note| note.content.clone(),
            );
        });
    }),
    ("events.names", |all| {
        let names = all.session.events().names();
        all.result("names", names, |_, names| format!("{names:?}"));
    }),
    ("events.of", |all| {
        each_seen(all, |all, id| {
            all.pages(
                "events",
                |session, to| at!(session.events().of(id).limit(1), to),
                |_, event| event.name.clone(),
            );
        });
    }),
    ("funnels.list", |all| {
        all.pages(
            "funnels",
            |session, to| at!(session.funnels().list().limit(1), to),
            |_, one| one.name.clone(),
        );
    }),
    ("funnels.of", |all| {
        each_seen(all, |all, id| {
            all.pages(
                "funnels",
                |session, to| at!(session.funnels().of(id).limit(1), to),
                |_, one| one.name.clone(),
            );
        });
    }),
    ("channels.list", |all| {
        all.pages(
            "channels",
            |session, to| at!(session.channels().list().limit(1), to),
            |_, one| one.name.clone(),
        );
    }),
    ("channels.get", |all| {
        let one = all.session.channels().get(all.world.channel);
        all.result("channel", one, |_, one| one.name);
    }),
    ("channels.identity", |all| {
        for identifier in ["@0", "@1", "@1000", "@1001", "@none"] {
            let one = all.session.channels().identity(all.world.channel, identifier);
            all.result(identifier, one, |world, one| {
                format!("{:?}", one.map(|one| world.label(one.contact)))
            });
        }
    }),
    ("channels.identities_of", |all| {
        each_seen(all, |all, id| {
            all.pages(
                "identities",
                |session, to| at!(session.channels().identities_of(id).limit(1), to),
                |_, one| one.identifier.clone(),
            );
        });
    }),
    ("channels.reachable", |all| {
        each_seen(all, |all, id| {
            let reachable = all.session.channels().reachable(id);
            all.result("reachable", reachable, |_, all| all.len().to_string());
        });
    }),
    ("conversations.get", |all| {
        for id in ["room", "hidden0", "hidden1", "none"] {
            let one = all.session.conversations().get(id);
            all.result(id, one, |_, one| conversation(one.as_ref()));
        }
    }),
    ("conversations.members", |all| {
        for id in ["room", "hidden0", "none"] {
            let members = all.session.conversations().members(id);
            all.result(id, members, |world, members| labels(world, &members));
        }
    }),
    ("conversations.of", |all| {
        each_seen(all, |all, id| {
            let of = all.session.conversations().of(id);
            all.result("of", of, |_, of| {
                of.iter().map(|one| conversation(Some(one))).collect::<Vec<_>>().join(" ")
            });
        });
    }),
    ("blocked_numbers.of", |all| {
        let of = all.session.blocked_numbers().of(&all.world.seen);
        all.result("blocks", of, |_, of| format!("{of:?}"));
    }),
    ("directory.advisors_of", |all| {
        each_seen(all, |all, id| {
            all.pages(
                "advisors",
                |session, to| at!(session.directory().advisors_of(id).limit(1), to),
                |_, one| one.first_name.clone(),
            );
        });
    }),
    ("entitlements.of", |all| {
        each_seen(all, |all, id| {
            all.pages(
                "entitlements",
                |session, to| at!(session.entitlements().of(id).limit(1), to),
                |_, one| format!("{:?}", one.permissions),
            );
        });
    }),
    ("jobs.run_batch", jobs),
    ("changes", |all| {
        // Where a page of the log ends depends on changes that it passes over; which changes there are does not.
        let (mut words, mut after) = (Vec::new(), 0);
        loop {
            let page = match all.session.changes().after(after).page() {
                Ok(page) => page,
                Err(error) => return all.say("changes", error.code()),
            };
            words.extend(
                page.items.iter().map(|one| format!("{:?} {}", one.kind, all.world.label(one.contact))),
            );
            after = page.next;
            if !page.more {
                return all.say("changes", words);
            }
        }
    }),
    ("jobs.list", |all| {
        all.pages(
            "jobs",
            |session, to| at!(session.jobs().list().limit(2), to),
            |_, job| format!("{} {} {} {}", job.filter, job.percent, job.scanned, job.done),
        );
    }),
];

fn each_seen(all: &mut Answers<'_>, call: impl Fn(&mut Answers<'_>, ContactId)) {
    for id in all.world.seen.clone().into_iter().take(3) {
        call(all, id);
    }
}

fn words(world: &World, contact: &Contact) -> String {
    format!("{} {} v{}", world.label(contact.id), contact.display_name, contact.version)
}

fn hit(world: &World, hit: &Hit) -> String {
    format!("{} {:?} {:?}", world.label(hit.contact.id), hit.matched.kind, hit.matched.field)
}

fn labels(world: &World, ids: &[ContactId]) -> String {
    format!("{:?}", ids.iter().map(|id| world.label(*id)).collect::<Vec<_>>())
}

fn conversation(one: Option<&cardex::conversations::Conversation>) -> String {
    one.map_or_else(String::new, |one| format!("{} {} {}", one.external_id, one.name, one.members))
}

fn contacts(all: &mut Answers<'_>) {
    for (at, filter) in FILTERS.into_iter().enumerate() {
        let filter = if filter.is_empty() { cardex::Filter::all([]) } else { filter.parse().unwrap() };
        for field in SortField::ALL {
            let orders = [SortOrder::from(field), field.descending()];
            let few = at > 3 && !matches!(field, SortField::Name | SortField::Company);
            for order in orders.into_iter().filter(|_| !few) {
                all.pages(
                    (filter.to_string(), order.to_string()),
                    |session, to| {
                        let list = session.contacts().filter(filter.clone()).order(order).limit(2);
                        at!(list, to)
                    },
                    words,
                );
                for number in 1..4 {
                    let session = all.session.clone();
                    let list = session.contacts().filter(filter.clone()).order(order).limit(3);
                    let page = list.page_number(number);
                    all.result((filter.to_string(), order.to_string(), number), page, |world, page| {
                        format!(
                            "{:?} {}",
                            page.items.iter().map(|one| words(world, one)).collect::<Vec<_>>(),
                            page.incomplete
                        )
                    });
                }
            }
        }
        let session = all.session.clone();
        let list = session.contacts().filter(filter.clone());
        all.result((filter.to_string(), "count"), list.count(), |_, count| format!("{count:?}"));
        all.result((filter.to_string(), "sections"), list.sections(), |_, sections| format!("{sections:?}"));
        if let Some(after) = list.clone().limit(2).page().unwrap().after {
            all.result((filter.to_string(), "position"), list.position(&after), |_, at| at.to_string());
        }
    }
    let me = all.world.me;
    all.pages(
        "an advisor's",
        |session, to| {
            let list = session.contacts().advisor(me).order(SortField::Email).limit(2);
            at!(list, to)
        },
        words,
    );
}

fn search(all: &mut Answers<'_>) {
    for text in ["", "a", "b", "ab", "a b", "bca", "acb", "e1x", "336", "33610", "zz", "1-1"] {
        for (fields, fuzzy) in [
            (SearchFields::Names, false),
            (SearchFields::Words, false),
            (SearchFields::Everything, false),
            (SearchFields::Everything, true),
        ] {
            for filter in ["", "tag = red", "company present", "name contains zz"] {
                let filter =
                    if filter.is_empty() { cardex::Filter::all([]) } else { filter.parse().unwrap() };
                all.pages(
                    (text, format!("{fields:?}"), fuzzy, filter.to_string()),
                    |session, to| {
                        let list =
                            session.search(text).fields(fields).fuzzy(fuzzy).filter(filter.clone()).limit(2);
                        at!(list, to)
                    },
                    hit,
                );
            }
        }
    }
}

fn search_substring(all: &mut Answers<'_>) {
    for text in ["a", "b", "bc", "x1", "3610", "-1", "zzz"] {
        all.pages(
            text,
            |session, to| {
                let list = session.search_substring(text).limit(2);
                at!(list, to)
            },
            hit,
        );
    }
}

fn jobs(all: &mut Answers<'_>) {
    let red = JobAction::Tag { tag: all.world.tags[0] };
    for filter in ["name contains a", "not tag = green", "name contains zz", "email contains 1"] {
        let job = all.session.jobs().create(NewJob::new(red.clone(), filter.parse().unwrap()).dry_run(true));
        let job = job.unwrap();
        all.say(filter, (job.percent, job.scanned, job.state));
        for batch in 0..100 {
            let progress = all.session.jobs().run_batch(job.id, 2).unwrap();
            let outcomes: Vec<_> = progress
                .outcomes
                .iter()
                .map(|(id, outcome)| {
                    let word = if let JobOutcome::Rejected(error) = outcome { error.code() } else { "done" };
                    (all.world.label(*id), word)
                })
                .collect();
            let job = &progress.job;
            all.say(
                (filter, batch),
                (job.percent, job.scanned, job.done, job.unchanged, job.rejected, outcomes),
            );
            if progress.is_over() {
                break;
            }
        }
    }
}
