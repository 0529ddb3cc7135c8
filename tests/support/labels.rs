//! Tags and one attribute in a store and its model.

use std::collections::BTreeSet;

use cardex::attributes::AttributeNamespace;
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{ContactId, ContactList, ContactPatch, ContactUpdate, Filter, NewContact};

use super::model::{Model, Person, TENANTS, Viewer};
use super::model_store::ModelStore;

/// Names of tags. Each tenant gets its own tags on first use.
pub const TAGS: [&str; 3] = ["vip", "Lead", "old"];

/// The number of different scores.
pub const SCORES: i64 = 4;

/// The labels of a contact. A shared contact has none, because its labels depend on the actor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    pub tags: BTreeSet<usize>,
    pub score: Option<i64>,
}

impl Labels {
    /// Adds these labels to a new contact.
    pub fn give(&self, mut new: NewContact) -> NewContact {
        for tag in &self.tags {
            new = new.tag(TAGS[*tag]);
        }
        match self.score {
            Some(score) => new.attribute(AttributeNamespace::Custom, "score", score),
            None => new,
        }
    }

    /// Adds the labels of another contact that are missing. Returns the added ones.
    pub fn fill_from(&mut self, other: &Self) -> Self {
        let tags: BTreeSet<usize> = other.tags.difference(&self.tags).copied().collect();
        let score = other.score.filter(|_| self.score.is_none());
        self.tags.extend(&tags);
        self.score = self.score.or(score);
        Self { tags, score }
    }

    /// Removes the labels that a merge added, except a score that changed since.
    pub fn remove_filled(&mut self, given: &Self) {
        self.tags.retain(|tag| !given.tags.contains(tag));
        self.score = self.score.filter(|_| self.score != given.score);
    }
}

impl Model {
    /// The number of contacts in a tenant's lists that match a condition.
    fn count_labelled(&self, tenant: usize, meets: impl Fn(&Labels) -> bool) -> BTreeSet<ContactId> {
        let own = |person: &&Person| person.tenant == Some(tenant) && !person.merged && !person.trashed;
        let all = self.people.iter().filter(own).filter(|person| meets(&person.labels));
        all.filter_map(|person| person.id).collect()
    }
}

impl ModelStore {
    /// Adds or removes a tag, alone or by replacing all tags.
    pub(super) fn tag(&mut self, handle: usize, at: usize, tag: usize, (on, whole): (bool, bool)) {
        let Some(tenant) = self.model.people[at].tenant else { return };
        let session = self.session(handle, Viewer::System).in_tenant(self.tenants[tenant]);
        let person = &mut self.model.people[at];
        let (id, tags) = (person.id.unwrap(), &mut person.labels.tags);
        let changed = if on { tags.insert(tag) } else { tags.remove(&tag) };
        if whole {
            let names: Vec<_> = tags.iter().map(|tag| TAGS[*tag]).collect();
            session.tags().set(id, &names, UnknownTagPolicy::Create).unwrap();
            return;
        }
        let known = session.tags().named(TAGS[tag]).unwrap();
        let known = known.unwrap_or_else(|| session.tags().add(TagPatch::new().name(TAGS[tag])).unwrap());
        let reported = if on {
            session.tags().attach(id, known.id).unwrap()
        } else {
            session.tags().detach(id, known.id).unwrap()
        };
        assert_eq!(reported, changed);
    }

    /// Sets or removes a score.
    pub(super) fn score(&mut self, handle: usize, at: usize, score: Option<i64>) {
        let Some(tenant) = self.model.people[at].tenant else { return };
        let session = self.session(handle, Viewer::System).in_tenant(self.tenants[tenant]);
        let person = &mut self.model.people[at];
        person.labels.score = score;
        let update = ContactUpdate::new(ContactPatch::new());
        let update = match score {
            Some(score) => update.set_attribute(AttributeNamespace::Custom, "score", score),
            None => update.remove_attribute(AttributeNamespace::Custom, "score"),
        };
        session.update(person.id.unwrap(), update).unwrap();
    }

    /// Compares tags, scores and tag counts with the model.
    pub fn compare_labels(&mut self, handle: usize) {
        for tenant in 0..TENANTS {
            let session = self.session(handle, Viewer::Administrator(tenant));
            let found = |list: ContactList<'_>| -> BTreeSet<ContactId> {
                list.limit(7).iter().map(|contact| contact.unwrap().id).collect()
            };
            for (tag, name) in TAGS.iter().enumerate() {
                let wanted = self.model.count_labelled(tenant, |labels| labels.tags.contains(&tag));
                let list = session.contacts().filter(Filter::tag(*name));
                assert_eq!(found(list.clone()), wanted, "tag {name} in {tenant}");
                assert_eq!(list.total().unwrap(), wanted.len() as u64, "tag {name} in {tenant}");
                let known = session.tags().named(name).unwrap().map_or(0, |tag| tag.contacts);
                assert_eq!(known, wanted.len() as u64, "count of {name} in {tenant}");
                let others = self.model.count_labelled(tenant, |labels| !labels.tags.contains(&tag));
                let shared = self.model.people.iter().filter(|person| person.tenant.is_none());
                let shared: BTreeSet<_> = shared.filter_map(|person| person.id).collect();
                let reported = found(session.contacts().filter(Filter::not(Filter::tag(*name))));
                assert_eq!(&reported - &shared, others, "not {name} in {tenant}");
            }
            let high = |labels: &Labels| labels.score.is_some_and(|score| score >= 2);
            let wanted = self.model.count_labelled(tenant, high);
            let list = session.contacts().filter(Filter::attribute("score").at_least("2"));
            assert_eq!(found(list), wanted, "score in {tenant}");
            let wanted = self.model.count_labelled(tenant, |labels| labels.score.is_some());
            let list = session.contacts().filter(Filter::attribute("score").present());
            assert_eq!(found(list), wanted, "any score in {tenant}");
        }
    }
}
