//! Proposals of duplicates: evidence, pages, decisions.

use crate::support::invariants::check_invariants;
use crate::support::{SMS, backwards, forwards, new, open_store, options};
use crate::unseen_duplicates::at;
use cardex::changes::ChangeKind;
use cardex::contacts::MergeOptions;
use cardex::duplicates::{DuplicateGroup, DuplicateList, DuplicatePair, EvidenceKind};
use cardex::testing::Tuning;
use cardex::{Actor, ContactId, Network, NewAdvisor, NewContact, Result, Session, Store};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// All pairs of all pages.
pub(crate) fn pairs(list: DuplicateList<'_>) -> Vec<DuplicatePair> {
    list.iter().flat_map(|group| group.unwrap().pairs).collect()
}

fn ids(list: DuplicateList<'_>) -> BTreeSet<(i64, i64)> {
    pairs(list).iter().map(|pair| (pair.first.0, pair.second.0)).collect()
}

/// The pair that two contacts are proposed as, at any score.
fn pair_of(one: NewContact, other: NewContact) -> Option<DuplicatePair> {
    let (_, session) = open_store();
    for contact in [one, other] {
        session.add(contact).unwrap();
    }
    let mut found = pairs(session.duplicates().min_score(0.0));
    assert!(found.len() < 2);
    found.pop()
}

fn named(first: &str, last: &str) -> NewContact {
    new(first, last).email("shared@example.com")
}

/// Two names, the evidence besides the address, and the score.
type NameCase = ([&'static str; 2], [&'static str; 2], Option<EvidenceKind>, f64);

#[test]
fn names_with_a_common_address_are_compared() {
    use EvidenceKind::{PartialName, SameName, ShortName, SimilarName, SoundsAlike, SwappedName};
    let cases: &[NameCase] = &[
        (["John", "Doe"], ["JOHN", "doe"], Some(SameName), 0.99),
        (["José", "García"], ["Jose", "Garcia"], Some(SameName), 0.99),
        (["Mary Ann", "O'Neill"], ["Maryann", "ONeill"], Some(SameName), 0.99),
        (["Doe", "John"], ["John", "Doe"], Some(SwappedName), 0.98),
        (["John Doe", ""], ["John", "Doe"], Some(SameName), 0.99),
        (["John", "Smith"], ["Jhon", "Smith"], Some(SimilarName), 0.96),
        (["Christopher", "Smith"], ["Cristofer", "Smith"], Some(SoundsAlike), 0.96),
        (["Anna", "Meyer"], ["Anna", "Maier"], Some(SoundsAlike), 0.96),
        (["Hans", "Müller"], ["Hans", "Mueller"], Some(SoundsAlike), 0.96),
        (["Иван", "Петров"], ["Ivan", "Petrov"], Some(SoundsAlike), 0.93),
        (["小明", "王"], ["Xiaoming", "Wang"], Some(SoundsAlike), 0.93),
        (["محمد", "علي"], ["Mohammed", "Ali"], Some(SoundsAlike), 0.93),
        (["Alexander", "Smith"], ["Alex", "Smith"], Some(ShortName), 0.96),
        (["J.", "Smith"], ["John", "Smith"], Some(ShortName), 0.96),
        (["Gabriel", "García Márquez"], ["Gabriel", "García"], Some(ShortName), 0.96),
        (["John", ""], ["John", "Smith"], Some(PartialName), 0.93),
        (["", ""], ["John", "Smith"], None, 0.90),
        (["Mario", "Rossi"], ["Maria", "Rossi"], None, 0.55),
        (["Jane", "Doe"], ["Jane", "Smith"], None, 0.85),
        (["Jane", "Doe"], ["Carl", "Smith"], None, 0.45),
        (["John", "Smith Jr."], ["John", "Smith Sr."], Some(SameName), 0.30),
    ];
    for (one, other, kind, score) in cases {
        for (one, other) in [(one, other), (other, one)] {
            let pair = pair_of(named(one[0], one[1]), named(other[0], other[1])).unwrap();
            let kinds: Vec<_> = pair.evidence.iter().map(|evidence| evidence.kind).collect();
            assert_eq!(kinds[0], EvidenceKind::SameEmail);
            assert_eq!(kinds.get(1), kind.as_ref(), "{one:?} {other:?} {pair:?}");
            assert!((pair.score - score).abs() < 0.001, "{one:?} {other:?} {pair:?}");
        }
    }
}

#[test]
fn contacts_without_a_common_method_need_more_than_a_name() {
    let at = |company: &str, phone: &str| {
        let contact = new("Ann", "Lee").company(company);
        if phone.is_empty() { contact } else { contact.phone(phone) }
    };
    let score = |one, other| pair_of(one, other).map(|pair| (pair.score * 100.0).round());
    assert_eq!(score(at("Acme", ""), at("ACME Inc.", "")), Some(90.0));
    assert_eq!(score(at("Acme", "+33612345678"), at("Acme", "")), Some(90.0));
    assert_eq!(score(at("Acme", "+33612345678"), at("Acme", "+33612345679")), Some(87.0));
    assert_eq!(score(at("Acme", ""), at("Globex", "")), Some(30.0), "namesakes");
    assert_eq!(score(new("Ann", "Lee").city("Paris"), new("Ann", "Lee").city("paris")), Some(70.0));
    assert_eq!(score(at("Acme", ""), new("Anne", "Leigh").company("Acme")), None);
    assert_eq!(score(at("Acme", ""), new("Lee", "Ann").company("Acme")), Some(88.0));
    assert_eq!(score(new("Robert", "Lee").company("Acme"), new("Robret", "Lee").company("Acme")), Some(84.0));
}

#[test]
fn a_family_with_one_landline_is_not_proposed() {
    let (_, session) = open_store();
    let home = "+33142345678";
    let mut number = 0;
    let mut own = || {
        number += 1;
        format!("+3361234567{number}")
    };
    for name in ["John", "Mary", "Paul", "Paula"] {
        session.add(new(name, "Smith").phone(own()).phone(home)).unwrap();
    }
    assert!(pairs(session.duplicates()).is_empty());
    let again = session.add(new("Jon", "Smith").phone(own()).phone(home)).unwrap().id;
    let found = pairs(session.duplicates());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].second, found[0].exact), (again, false), "another mobile number");
}

#[test]
fn groups_connect_pairs_and_a_pair_is_in_one_group() {
    use EvidenceKind::{SameCompany, SameEmail, SameName, SamePhone};
    let (_, session) = open_store();
    let [a, b, c] = ["+33612345671", "+33612345672", "+33612345673"].map(|phone| {
        session.add(named("John", "Doe").phone(phone).phone("+33142345678").company("Acme")).unwrap().id
    });
    let page = session.duplicates().min_score(0.0).page().unwrap();
    assert_eq!(page.items.len(), 1);
    let group = &page.items[0];
    assert_eq!(group.contacts.iter().map(|contact| contact.id).collect::<Vec<_>>(), [a, b, c]);
    let found: Vec<_> = group.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
    assert_eq!(found, [(a, b), (a, c), (b, c)]);
    assert!(group.pairs.iter().all(|pair| pair.score >= group.score && pair.exact));
    let kinds: Vec<_> = group.pairs[0].evidence.iter().map(|evidence| evidence.kind).collect();
    assert_eq!(kinds, [SamePhone, SameEmail, SameName, SameCompany]);
    assert_eq!(ids(session.duplicates().kinds([SameCompany])).len(), 3);
    assert_eq!(ids(session.duplicates().kinds([EvidenceKind::SameCity])).len(), 0);
}

#[test]
fn other_networks_need_an_option() {
    let (_, session) = open_store();
    session.add(named("John", "Doe")).unwrap();
    session
        .add(NewContact::new(Network::SMS, "John", "Doe").company("x").email("shared@example.com"))
        .unwrap();
    assert!(ids(session.duplicates()).is_empty());
    assert_eq!(ids(session.duplicates().across_networks(true)).len(), 1);
    assert!(ids(session.duplicates().across_networks(true).network(SMS)).is_empty());
}

#[test]
fn decisions_are_remembered_logged_and_survive_merges() {
    let (store, session) = open_store();
    let add = |name: &str| session.add(named(name, "Doe")).unwrap().id;
    let [a, b, c] = ["John", "Jon", "Johnn"].map(add);
    assert!(session.not_duplicates(b, a).unwrap());
    assert!(!session.not_duplicates(a, b).unwrap(), "known");
    let logged = |kind| session.changes().iter_kind(kind);
    assert_eq!(logged(ChangeKind::Dismiss), [(b, a)]);
    assert_eq!(session.not_duplicates_of(a).unwrap(), [b]);
    assert_eq!(ids(session.duplicates()), BTreeSet::from([(a.0, c.0), (b.0, c.0)]));
    // The survivor gets the decision of the contact that it absorbs.
    let merge = session.merge(c, b, MergeOptions::new()).unwrap().merge;
    assert_eq!(session.not_duplicates_of(a).unwrap(), [c]);
    assert!(ids(session.duplicates()).is_empty());
    session.unmerge(merge).unwrap();
    assert_eq!(session.not_duplicates_of(a).unwrap(), [b]);
    assert_eq!(ids(session.duplicates()), BTreeSet::from([(a.0, c.0), (b.0, c.0)]));
    // The two themselves can be merged, and the decision holds again afterwards.
    let merge = session.merge(a, b, MergeOptions::new()).unwrap().merge;
    assert!(session.not_duplicates_of(a).unwrap().is_empty());
    session.unmerge(merge).unwrap();
    assert!(session.forget_not_duplicates(a, b).unwrap() && !session.forget_not_duplicates(a, b).unwrap());
    assert_eq!(logged(ChangeKind::Undismiss), [(a, b)]);
    assert_eq!(ids(session.duplicates()).len(), 3);
    assert_eq!(session.not_duplicates(a, a).unwrap_err().code(), "same-contact");
    session.not_duplicates(a, c).unwrap();
    session.purge(c).unwrap();
    assert!(session.not_duplicates_of(a).unwrap().is_empty());
    check_invariants(&store);
}

trait OfKind {
    fn iter_kind(&self, kind: ChangeKind) -> Vec<(ContactId, ContactId)>;
}

impl OfKind for cardex::changes::ChangeList<'_> {
    fn iter_kind(&self, kind: ChangeKind) -> Vec<(ContactId, ContactId)> {
        let changes = self.clone().limit(500).page().unwrap().items;
        changes.iter().filter(|one| one.kind == kind).map(|one| (one.contact, one.other.unwrap())).collect()
    }
}

/// A contact with few values each, so that many are shared.
fn drawn() -> impl Strategy<Value = NewContact> {
    let first = prop::sample::select(vec!["John", "Jon", "Mary", "Doe", "Иван", "Ivan", "", "J."]);
    let last = prop::sample::select(vec!["Doe", "Dooe", "Petrov", "Петров", "John", "", "Smith"]);
    let company = prop::sample::select(vec!["", "Acme", "acme", "Globex"]);
    let city = prop::sample::select(vec!["", "Paris", "Rome"]);
    let phones = prop::collection::vec(0..4_u8, 0..2);
    let emails = prop::collection::vec(0..3_u8, 0..2);
    (first, last, company, city, phones, emails).prop_map(|(first, last, company, city, phones, emails)| {
        let mut contact = new(first, last).company(company).city(city);
        contact = phones.iter().fold(contact, |contact, n| contact.phone(format!("10{n}")));
        emails.iter().fold(contact, |contact, n| contact.email(format!("{n}@example.com")))
    })
}

fn filled(store: &Store, contacts: &[NewContact]) -> Session {
    let session = store.session(Actor::System);
    let me = session.directory().add_advisor(NewAdvisor::new("Me", "")).unwrap().id;
    for (at, contact) in contacts.iter().enumerate() {
        session.add(unnamed(contact, at).advisor(me)).unwrap();
    }
    store.session(Actor::Advisor(me))
}

/// A contact needs a value: one without any gets an identifier.
fn unnamed(contact: &NewContact, at: usize) -> NewContact {
    contact.clone().identifier("row", at.to_string())
}

/// The groups of all pages, the same in both directions.
fn walk(session: &Session, limit: usize) -> Vec<DuplicateGroup> {
    let page = |to| at(session.duplicates().min_score(0.0).limit(limit), to);
    let (all, last) = forwards(limit, &page);
    assert_eq!(backwards(limit, last, &page), all);
    all
}

proptest! {
    #![proptest_config(crate::support::cases(6))]

    /// The pairs of a book are those of all books of two of its contacts. Pages of every size have the same groups in both directions,
    /// also for an advisor, whose contacts are grouped in memory, and with small sizes of the engine.
    #[test]
    fn pages_have_the_pairs_that_every_two_contacts_have(contacts in prop::collection::vec(drawn(), 2..9)) {
        let store = options(3).open_in_memory().unwrap();
        let advisor = filled(&store, &contacts);
        let session = store.session(Actor::System);
        let all: Vec<ContactId> = session.contacts().iter().map(|contact| contact.unwrap().id).collect::<BTreeSet<_>>().into_iter().collect();
        let mut expected = BTreeSet::new();
        for (at, one) in contacts.iter().enumerate() {
            for (other_at, other) in contacts.iter().enumerate().skip(at + 1) {
                if pair_of(unnamed(one, at), unnamed(other, other_at)).is_some() {
                    expected.insert((all[at].0, all[other_at].0));
                }
            }
        }
        prop_assert_eq!(&ids(session.duplicates().min_score(0.0)), &expected);
        prop_assert_eq!(pairs(session.duplicates().min_score(0.0)).len(), expected.len());
        let whole: Vec<DuplicateGroup> = session.duplicates().min_score(0.0).iter().map(Result::unwrap).collect();
        let small = options(3).tuning(Tuning::small()).open_in_memory().unwrap();
        let small_advisor = filled(&small, &contacts);
        let walks = [(&session, 1), (&session, 2), (&advisor, 1), (&advisor, 3)];
        for (session, limit) in walks {
            prop_assert_eq!(&walk(session, limit), &whole);
        }
        let small = small.session(Actor::System);
        prop_assert_eq!(walk(&small, 2), walk(&small_advisor, 2));
    }
}
