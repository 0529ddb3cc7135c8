//! Every limit at its edge and past it; contacts at all limits; a clock that goes backwards.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use cardex::attributes::AttributeNamespace::Custom;
use cardex::attributes::{AttributeKind, AttributePatch, NewAttribute};
use cardex::blocking::{BlockReason, NewBlockedNumber};
use cardex::contacts::MergeOptions;
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::NetworkPolicy;
use cardex::events::NewEvent;
use cardex::jobs::{JobAction, NewJob};
use cardex::onboarding::NewOnboarding;
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{
    Actor, AdvisorId, Clock, ContactId, ContactPatch, ContactUpdate, Durability, Error, Filter, Network,
    NewAdvisor, NewContact, Result, Session, Store, Timestamp, limits,
};
use serde_json::json;

use crate::support::invariants::{check_invariants, dump};
use crate::support::steps;
use crate::support::{SMS, START, new, number, open_store, options};

/// A store with one contact, one advisor, and one tag and one advisor more than a call permits.
struct Fixture {
    store: Store,
    session: Session,
    ada: ContactId,
    advisors: Vec<AdvisorId>,
}

fn fixture() -> Fixture {
    let (store, session) = open_store();
    let ada = session.add(new("Ada", "Byron").phone("+33612345678")).unwrap().id;
    let many = (0..=limits::ADVISORS)
        .map(|n| NewAdvisor::new(format!("A{n}"), "").email(format!("a{n}@bank.example")));
    let advisors =
        session.directory().add_advisors(many).unwrap().into_iter().map(|advisor| advisor.id).collect();
    session.events().declare("born").unwrap();
    Fixture { store, session, ada, advisors }
}

/// A text of this number of letters with two bytes each.
fn text(letters: usize) -> String {
    "é".repeat(letters)
}

fn unnamed() -> NewContact {
    new("Edge", "Case")
}

fn attribute(patch: AttributePatch) -> NewAttribute {
    let kind = AttributeKind::Text;
    NewAttribute::new(Custom, "edge", kind).with(patch.name("Edge"))
}

fn conversation(stream: &str) -> NewConversation {
    NewConversation::new(stream, ConversationKind::MultiParty, SMS)
}

/// Nested conditions of this depth.
fn nested_filter(levels: usize) -> Filter {
    let two = |inner: Filter, n: usize| {
        if n.is_multiple_of(2) { inner.or(Filter::tag("x")) } else { inner.and(Filter::tag("y")) }
    };
    (0..levels).fold(Filter::tag("z"), two)
}

fn query_spec(fixture: &Fixture, filter: Filter) -> Result<()> {
    fixture.session.contacts().filter(filter).page().map(drop)
}

type Edge = (&'static str, usize, fn(&Fixture, usize) -> Result<()>);

/// For each limit, a call with this number of items.
const EDGES: &[Edge] = &[
    ("NAME", limits::NAME, |s, n| s.session.add(new(&text(n), "")).map(drop)),
    ("NAME", limits::NAME, |s, n| s.session.edit(s.ada, ContactPatch::new().last_name(text(n))).map(drop)),
    ("NAME", limits::NAME, |s, n| s.session.tags().add(TagPatch::new().name(text(n))).map(drop)),
    ("COMPANY", limits::COMPANY, |s, n| s.session.add(unnamed().company(text(n))).map(drop)),
    ("ONBOARDED_COMPANY", limits::ONBOARDED_COMPANY, |s, n| {
        let phone = format!("+3361234{n:04}");
        let onboarding = NewOnboarding::new(Network::LINE, "Eva", "Elm", phone, "a0@bank.example");
        s.session.onboarding().onboard(&onboarding.company("c".repeat(n)).email("eva@example.com")).map(drop)
    }),
    ("EMAIL", limits::EMAIL, |s, n| {
        s.session.add(unnamed().email(format!("{}@b", "a".repeat(n - 2)))).map(drop)
    }),
    ("PHONE", limits::PHONE, |s, n| {
        s.session.add(unnamed().phone(format!("{:>n$}", "+33612345679"))).map(drop)
    }),
    ("IDENTIFIER", limits::IDENTIFIER, |s, n| s.session.add(unnamed().identifier(text(n), "1")).map(drop)),
    ("IDENTIFIER", limits::IDENTIFIER, |s, n| s.session.add(unnamed().identifier("x", text(n))).map(drop)),
    ("LANGUAGE", limits::LANGUAGE, |s, n| s.session.add(unnamed().language(text(n))).map(drop)),
    ("PLACE_NAME", limits::PLACE_NAME, |s, n| s.session.add(unnamed().city(text(n))).map(drop)),
    ("UID", limits::UID, |s, n| s.session.add(unnamed().uid(text(n))).map(drop)),
    ("ATTRIBUTES", limits::ATTRIBUTES, |s, n| {
        let nothing = ContactUpdate::new(ContactPatch::new());
        let all = (0..n).fold(nothing, |update, n| update.set_attribute(Custom, format!("k{n}"), n));
        s.session.update(s.ada, all).map(drop)
    }),
    ("ATTRIBUTES", limits::ATTRIBUTES, |s, n| {
        s.session.add((0..n).fold(unnamed(), |new, n| new.attribute(Custom, format!("k{n}"), n))).map(drop)
    }),
    ("ATTRIBUTE_KEY", limits::ATTRIBUTE_KEY, |s, n| {
        s.session.add(unnamed().attribute(Custom, "k".repeat(n), 1)).map(drop)
    }),
    ("ATTRIBUTE_VALUE", limits::ATTRIBUTE_VALUE, |s, n| {
        // The quotes of the JSON text count too.
        s.session.add(unnamed().attribute(Custom, "long", "x".repeat(n - 2))).map(drop)
    }),
    ("PATTERN", limits::PATTERN, |s, n| {
        s.session.attributes().add(attribute(AttributePatch::new().pattern("x".repeat(n), ""))).map(drop)
    }),
    ("CHOICES", limits::CHOICES, |s, n| {
        let choices = AttributePatch::new().choices((0..n).map(|n| n.to_string()));
        s.session
            .attributes()
            .add(NewAttribute::new(Custom, "choice", AttributeKind::List).with(choices.name("C")))
            .map(drop)
    }),
    ("NOTE", limits::NOTE, |s, n| s.session.notes(s.ada).add(&text(n)).map(drop)),
    ("TAGS", limits::TAGS, |s, n| {
        let names: Vec<_> = (0..n).map(|n| format!("t{n}")).collect();
        s.session.tags().set(s.ada, &names, UnknownTagPolicy::Create).map(drop)
    }),
    ("CONTACT_METHODS", limits::CONTACT_METHODS, |s, n| {
        let phones = (0..n).map(|n| format!("+336900{n:05}"));
        s.session.edit(s.ada, ContactPatch::new().phones(phones)).map(drop)
    }),
    ("CARD", limits::CARD, |s, n| {
        s.session.add(unnamed().card(format!("{{\"a\":\"{}\"}}", "x".repeat(n - 8)))).map(drop)
    }),
    ("NETWORK_CODE", limits::NETWORK_CODE, |_, n| Network::new(&"N".repeat(n)).map(drop)),
    ("ADVISORS", limits::ADVISORS, |s, n| {
        let all = s.advisors.iter().take(n).fold(unnamed(), |new, advisor| new.advisor(*advisor));
        s.session.add(all).map(drop)
    }),
    ("QUERY", limits::QUERY, |s, n| s.session.search(text(n)).page().map(drop)),
    ("QUERY", limits::QUERY, |s, n| s.session.search_substring(text(n)).page().map(drop)),
    ("FILTER", limits::FILTER, |s, n| query_spec(s, format!("{:n$}", "tag = x").parse()?)),
    ("FILTER_CONDITIONS", limits::FILTER_CONDITIONS, |s, n| {
        query_spec(s, Filter::all((0..n).map(|n| Filter::tag(n.to_string()))))
    }),
    ("FILTER_DEPTH", limits::FILTER_DEPTH, |s, n| query_spec(s, nested_filter(n))),
    ("FILTER_VALUES", limits::FILTER_VALUES, |s, n| {
        let values = (0..n).map(|n| format!("v{n}")).collect::<Vec<_>>().join(", ");
        query_spec(s, format!("tag in ({values})").parse()?)
    }),
    ("JOB_BATCH", limits::JOB_BATCH, |s, n| {
        let tag = s
            .session
            .tags()
            .named("job")?
            .map_or_else(|| s.session.tags().add(TagPatch::new().name("job")), Ok)?
            .id;
        let job =
            s.session.jobs().create(NewJob::new(JobAction::Tag { tag }, "company = Nobody".parse()?))?;
        let done = s.session.jobs().run_batch(job.id, n).map(drop);
        s.session.jobs().delete(s.session.jobs().cancel(job.id)?.id)?;
        done
    }),
    ("PAGE", limits::PAGE, |s, n| s.session.contacts().limit(n).page().map(drop)),
    ("PAGE", limits::PAGE, |s, n| s.session.search("").limit(n).page().map(drop)),
    ("PAGE", limits::PAGE, |s, n| s.session.changes().limit(n).page().map(drop)),
    ("ORIGIN", limits::ORIGIN, |s, n| s.session.clone().origin(text(n)).add(unnamed()).map(drop)),
    ("BLOCKED_NUMBERS", limits::BLOCKED_NUMBERS, |s, n| {
        let blocks = (0..n).map(|n| NewBlockedNumber::new(format!("+336123400{n:02}"), BlockReason::Spam));
        s.session.blocked_numbers().block(s.advisors[0], blocks).map(drop)
    }),
    ("COMMENT", limits::COMMENT, |s, n| {
        let block = NewBlockedNumber::new("+33612340999", BlockReason::Spam).comment(text(n));
        match s.session.blocked_numbers().block(s.advisors[0], [block])?.remove(0) {
            cardex::blocking::BlockOutcome::Rejected(error) => Err(error),
            _ => Ok(()),
        }
    }),
    ("CONVERSATION_ID", limits::CONVERSATION_ID, |s, n| {
        s.session.conversations().add(&conversation(&"s".repeat(n))).map(drop)
    }),
    ("CONVERSATION_NAME", limits::CONVERSATION_NAME, |s, n| {
        s.session.conversations().add(&conversation(&format!("r{n}")).name(text(n))).map(drop)
    }),
    ("CONVERSATION_MEMBERS", limits::CONVERSATION_MEMBERS, |s, n| {
        let members = (0..n).map(|n| s.session.add(new(&format!("M{n}"), "")).map(|contact| contact.id));
        let members = members.collect::<Result<Vec<_>>>()?;
        let full =
            members.iter().fold(conversation(&format!("m{n}")), |conversation, id| conversation.member(*id));
        let done = s.session.conversations().add(&full).map(drop);
        for id in members.into_iter().filter(|_| done.is_err()) {
            s.session.purge(id)?;
        }
        done
    }),
    ("EVENT_NAME", limits::EVENT_NAME, |s, n| s.session.events().declare(&"e".repeat(n)).map(drop)),
    ("EVENT_NAMES", limits::EVENT_NAMES, |s, n| {
        // Two names are declared already.
        (2..n).try_for_each(|n| s.session.events().declare(&format!("event {n}")).map(drop))
    }),
    ("EVENT_PAYLOAD", limits::EVENT_PAYLOAD, |s, n| {
        s.session.events().fire(s.ada, NewEvent::new("born").payload(json!("x".repeat(n - 2)))).map(drop)
    }),
];

/// Limits that do not reject a call, with their meaning.
const OTHER_LIMITS: [(&str, &str); 13] = [
    ("IMPORTS", "tests/suite/imports.rs"),
    ("UNDO_BATCH", "tests/suite/imports.rs"),
    ("SAVED_FILTERS", "tests/suite/saved_filters.rs"),
    ("SAVED_QUERY", "tests/suite/saved_filters.rs"),
    ("IDEMPOTENCY_KEY", "tests/suite/idempotency.rs"),
    ("IDEMPOTENCY_MS", "a time: tests/suite/idempotency.rs"),
    ("PHOTO", "src/model/photo.rs"),
    ("ONLINE_MS", "a time"),
    ("ID", "the greatest id: tests/suite/ids.rs"),
    ("COUNT_SCAN_ROWS", "what a count reads: behind it, the count says that there are more"),
    ("INDEX_KEY_BYTES", "what is longer is cut"),
    ("SORT_KEY_BYTES", "what is longer is cut"),
    ("CURSOR", "no text of that length is a cursor, so all are refused alike"),
];

#[test]
fn every_limit_is_exact_and_nothing_is_written_past_it() {
    let fixture = fixture();
    for (name, limit, done_with) in EDGES {
        done_with(&fixture, *limit).unwrap_or_else(|error| panic!("{name}, {limit}: {error:?}"));
        let before = dump(&fixture.store).unwrap();
        let error = done_with(&fixture, limit + 1).expect_err(name);
        assert!(matches!(error, Error::Invalid { .. }), "{name}, {}: {error:?}", limit + 1);
        // If the call is part of a larger operation, the rest is written.
        let alone = !["CONVERSATION_MEMBERS", "JOB_BATCH"].contains(name);
        assert!(!alone || dump(&fixture.store).unwrap() == before, "{name}: written");
    }
    check_invariants(&fixture.store);
}

#[test]
fn every_limit_is_tested() {
    let source = include_str!("../../src/model/limits.rs");
    let there = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    let tested = EDGES.iter().map(|(name, ..)| *name).chain(OTHER_LIMITS.map(|(name, _)| name));
    assert_eq!(there.collect::<BTreeSet<_>>(), tested.collect());
}

/// A contact at the limits of phones, addresses and identifiers is found by each of them, edited and merged.
#[test]
fn a_contact_at_all_limits_works() {
    let (store, session) = open_store();
    let full = (0..limits::CONTACT_METHODS).fold(new("Full", "House"), |new, n| {
        new.phone(format!("+336900{n:05}"))
            .email(format!("mail{n}@example.com"))
            .identifier("crm", format!("id{n}"))
    });
    let id = session.add(full).unwrap().id;
    let last = limits::CONTACT_METHODS - 1;
    for text in
        [format!("+336900{last:05}"), format!("mail{last}@ex"), format!("id{last}"), "full".to_owned()]
    {
        let found = session.search(text.as_str()).page().unwrap().items;
        assert_eq!(found.iter().map(|hit| hit.contact.id).collect::<Vec<_>>(), [id], "{text}");
    }
    let edited = session.edit(id, ContactPatch::new().first_name("Fuller")).unwrap();
    assert_eq!((edited.phones.len(), edited.emails.len(), edited.identifiers.len()), (1_000, 1_000, 1_000));
    // The survivor has no space for further values.
    let other = session.add(new("Other", "").phone("+33612345678")).unwrap().id;
    let before = dump(&store).unwrap();
    let error = session.merge(id, other, cardex::contacts::MergeOptions::new()).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
    assert_eq!(dump(&store).unwrap(), before);
    check_invariants(&store);
}

/// One contact is linked to all advisors, and each of them finds it. Regression test: every link read all other links
/// twice. Ten thousand links took 112 seconds instead of six.
#[test]
fn a_contact_with_many_links_works() {
    let links = number("CARDEX_LINKS", 10_000);
    let (store, session) = open_store();
    let mut advisors = Vec::new();
    for some in (0..links).step_by(1_000) {
        let many = (some..links.min(some + 1_000)).map(|n| NewAdvisor::new(format!("A{n}"), ""));
        advisors
            .extend(session.directory().add_advisors(many).unwrap().into_iter().map(|advisor| advisor.id));
    }
    let (linked, rest) = advisors.split_at(limits::ADVISORS.min(links));
    let everybodys = linked.iter().fold(new("Every", "Body").shared(), |new, advisor| new.advisor(*advisor));
    let id = session.add(everybodys).unwrap().id;
    for advisor in rest {
        assert!(session.link(id, *advisor).unwrap());
    }
    assert_eq!(session.links_of(&[id]).unwrap()[0].len(), links);
    let begun = std::time::Instant::now();
    session.edit(id, ContactPatch::new().first_name("Anybody")).unwrap();
    println!("{links} links: an edit in {:?}", begun.elapsed());
    for advisor in [advisors[0], advisors[links / 2], advisors[links - 1]] {
        let own = store.session(Actor::Advisor(advisor));
        assert_eq!(own.search("any").page().unwrap().items.len(), 1);
        assert_eq!(own.contacts().total().unwrap(), 1);
    }
    assert!(session.unlink(id, advisors[links / 2]).unwrap());
    assert!(
        store.session(Actor::Advisor(advisors[links / 2])).search("any").page().unwrap().items.is_empty()
    );
    check_invariants(&store);
    session.remove(id).unwrap();
    session.purge(id).unwrap();
    check_invariants(&store);
}

/// A clock that goes back by a minute at every read.
#[derive(Debug)]
struct Backwards(AtomicI64);

impl Clock for Backwards {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_sub(60_000, Ordering::Relaxed))
    }
}

/// Nothing depends on an increasing clock: ids stay unique, changes stay in order, and all operations work.
#[test]
fn a_clock_that_goes_backwards_does_no_harm() {
    for work in steps::ALL {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book");
        let clock = Backwards(AtomicI64::new(START + 900_000));
        let store = work.options(Durability::Checkpoint).clock(clock).open(&path).unwrap();
        for (at, step) in work.steps.iter().enumerate() {
            step(&store, &path).unwrap_or_else(|error| panic!("{}, step {at}: {error:?}", work.name));
        }
        check_invariants(&store);
    }
    // A clock before 1970.
    let store = options(1).clock(Backwards(AtomicI64::new(-1_000))).open_in_memory().unwrap();
    store.session(Actor::System).add(new("Ada", "Byron")).unwrap();
    check_invariants(&store);
}

#[test]
fn a_merge_respects_all_limits() {
    let (store, session) = open_store();
    let value = |new: NewContact, n: usize| new.attribute(Custom, format!("k{n}"), n);
    let tag = |new: NewContact, n: usize| new.tag(format!("t{n}"));
    for (limit, with) in [(limits::ATTRIBUTES, &value as &dyn Fn(_, _) -> _), (limits::TAGS, &tag)] {
        for (n, fits) in [(limit, true), (limit + 1, false)] {
            let half = |range: std::ops::Range<usize>| session.add(range.fold(unnamed(), with)).unwrap().id;
            let (survivor, absorbed) = (half(0..n / 2), half(n / 2..n));
            let before = dump(&store).unwrap();
            let merged = session.merge(survivor, absorbed, MergeOptions::new());
            assert_eq!(merged.is_ok(), fits, "{n}: {merged:?}");
            assert!(
                fits || matches!(merged, Err(Error::Invalid { .. })) && dump(&store).unwrap() == before,
                "{n}"
            );
        }
    }
}

/// Search keys contain two bytes for the network, and a search on all networks reads each one.
#[test]
fn a_store_has_at_most_a_thousand_networks() {
    let (_store, session) = open_store();
    let known = session.directory().networks().unwrap().len();
    let policy = |n: usize| NetworkPolicy::new(Network::new(&format!("N{n}")).unwrap());
    for n in known..1_000 {
        session.directory().add_network(&policy(n)).unwrap();
    }
    let refused = session.directory().add_network(&policy(1_000)).unwrap_err();
    assert!(matches!(refused, Error::Invalid { .. }), "{refused:?}");
    assert_eq!(session.directory().networks().unwrap().len(), 1_000);
}

#[test]
fn an_advisors_own_id_is_one_or_more() {
    let (_store, session) = open_store();
    for id in [i64::MIN, -1, 0] {
        let refused =
            session.directory().add_advisor(NewAdvisor::new("Ada", "").id(AdvisorId(id))).unwrap_err();
        assert!(matches!(refused, Error::Invalid { .. }), "{id}: {refused:?}");
    }
    assert_eq!(
        session.directory().add_advisor(NewAdvisor::new("Ada", "").id(AdvisorId(1))).unwrap().id,
        AdvisorId(1)
    );
}
