//! Tags and an attribute, given to a book and its model.

use std::collections::BTreeSet;

use cardex::attributes::AttributeNamespace;
use cardex::tags::{TagPatch, UnknownTagPolicy};
use cardex::{ContactId, ContactList, ContactPatch, ContactUpdate, Filter, NewContact};

use super::model::{Eye, Model, Person, TENANTS};
use super::world::World;

/// Names of tags; each tenant has its own of them once they are given to somebody.
pub const TAGS: [&str; 3] = ["vip", "Lead", "old"];

/// Scores are below this.
pub const SCORES: i64 = 4;

/// What a contact is labelled with. One that is shared between tenants has nothing: what it would have depends on who acts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    pub tags: BTreeSet<usize>,
    pub score: Option<i64>,
}

impl Labels {
    /// Gives a new contact these.
    pub fn give(&self, mut new: NewContact) -> NewContact {
        for tag in &self.tags {
            new = new.tag(TAGS[*tag]);
        }
        match self.score {
            Some(score) => new.attribute(AttributeNamespace::Custom, "score", score),
            None => new,
        }
    }

    /// Takes what another has besides; tells what that was.
    pub fn unite(&mut self, other: &Self) -> Self {
        let tags: BTreeSet<usize> = other.tags.difference(&self.tags).copied().collect();
        let score = other.score.filter(|_| self.score.is_none());
        self.tags.extend(&tags);
        self.score = self.score.or(score);
        Self { tags, score }
    }

    /// Gives back what was taken, but for a score that is another by now.
    pub fn part(&mut self, given: &Self) {
        self.tags.retain(|tag| !given.tags.contains(tag));
        self.score = self.score.filter(|_| self.score != given.score);
    }
}

impl Model {
    /// Who is in a tenant's lists and meets this.
    fn labelled(&self, tenant: usize, meets: impl Fn(&Labels) -> bool) -> BTreeSet<ContactId> {
        let own = |person: &&Person| person.tenant == Some(tenant) && !person.merged && !person.trashed;
        let all = self.people.iter().filter(own).filter(|person| meets(&person.labels));
        all.filter_map(|person| person.id).collect()
    }
}

impl World {
    /// Gives somebody a tag, or takes it; by itself, or with all others they have.
    pub(super) fn tag(&mut self, handle: usize, at: usize, tag: usize, (on, whole): (bool, bool)) {
        let Some(tenant) = self.model.people[at].tenant else { return };
        let desk = self.session(handle, Eye::System).in_tenant(self.tenants[tenant]);
        let person = &mut self.model.people[at];
        let (id, tags) = (person.id.unwrap(), &mut person.labels.tags);
        let changed = if on { tags.insert(tag) } else { tags.remove(&tag) };
        if whole {
            let names: Vec<_> = tags.iter().map(|tag| TAGS[*tag]).collect();
            desk.tags().set(id, &names, UnknownTagPolicy::Create).unwrap();
            return;
        }
        let known = desk.tags().named(TAGS[tag]).unwrap();
        let known = known.unwrap_or_else(|| desk.tags().add(TagPatch::new().name(TAGS[tag])).unwrap());
        let told = if on {
            desk.tags().attach(id, known.id).unwrap()
        } else {
            desk.tags().detach(id, known.id).unwrap()
        };
        assert_eq!(told, changed);
    }

    /// Gives somebody a score, or takes it.
    pub(super) fn score(&mut self, handle: usize, at: usize, score: Option<i64>) {
        let Some(tenant) = self.model.people[at].tenant else { return };
        let desk = self.session(handle, Eye::System).in_tenant(self.tenants[tenant]);
        let person = &mut self.model.people[at];
        person.labels.score = score;
        let update = ContactUpdate::new(ContactPatch::new());
        let update = match score {
            Some(score) => update.set_attribute(AttributeNamespace::Custom, "score", score),
            None => update.remove_attribute(AttributeNamespace::Custom, "score"),
        };
        desk.update(person.id.unwrap(), update).unwrap();
    }

    /// Who has which tag and score, and how many have a tag.
    pub fn compare_labels(&mut self, handle: usize) {
        for tenant in 0..TENANTS {
            let desk = self.session(handle, Eye::Administrator(tenant));
            let found = |list: ContactList<'_>| -> BTreeSet<ContactId> {
                list.limit(7).iter().map(|contact| contact.unwrap().id).collect()
            };
            for (tag, name) in TAGS.iter().enumerate() {
                let wanted = self.model.labelled(tenant, |labels| labels.tags.contains(&tag));
                let list = desk.contacts().filter(Filter::tag(*name));
                assert_eq!(found(list.clone()), wanted, "tag {name} in {tenant}");
                assert_eq!(list.count().unwrap().count, wanted.len() as u64, "tag {name} in {tenant}");
                let known = desk.tags().named(name).unwrap().map_or(0, |tag| tag.contacts);
                assert_eq!(known, wanted.len() as u64, "count of {name} in {tenant}");
                let others = self.model.labelled(tenant, |labels| !labels.tags.contains(&tag));
                let shared = self.model.people.iter().filter(|person| person.tenant.is_none());
                let shared: BTreeSet<_> = shared.filter_map(|person| person.id).collect();
                let told = found(desk.contacts().filter(Filter::not(Filter::tag(*name))));
                assert_eq!(&told - &shared, others, "not {name} in {tenant}");
            }
            let high = |labels: &Labels| labels.score.is_some_and(|score| score >= 2);
            let wanted = self.model.labelled(tenant, high);
            let list = desk.contacts().filter(Filter::attribute("score").at_least("2"));
            assert_eq!(found(list), wanted, "score in {tenant}");
            let wanted = self.model.labelled(tenant, |labels| labels.score.is_some());
            let list = desk.contacts().filter(Filter::attribute("score").present());
            assert_eq!(found(list), wanted, "any score in {tenant}");
        }
    }
}
