//! Merges, their undoing and bulk jobs in a store and its model.

use std::collections::BTreeSet;

use cardex::contacts::{MergeId, MergeOptions};
use cardex::filters::TextField;
use cardex::jobs::{JobAction, JobOutcome, NewJob};
use cardex::{ContactId, Filter};

use super::labels::Labels;
use super::model::{ADVISORS, Model, Person, Viewer, tenant_of};
use super::model_store::{ModelStore, NETWORK};

/// A merge that can be undone, with the values that it gave the survivor.
#[derive(Debug, Clone)]
pub struct Merge {
    id: MergeId,
    survivor: ContactId,
    absorbed: ContactId,
    nickname: String,
    company: String,
    email: String,
    phone: String,
    identifier: String,
    advisors: BTreeSet<usize>,
    labels: Labels,
}

/// Fills an empty field. Returns the added text.
fn gap(field: &mut String, other: &str) -> String {
    if !field.trim().is_empty() || other.trim().is_empty() {
        return String::new();
    }
    other.clone_into(field);
    other.to_owned()
}

/// Clears a field that still has the added text.
fn take(field: &mut String, given: &str) {
    if !given.is_empty() && field.trim() == given.trim() {
        field.clear();
    }
}

impl Person {
    /// Whether the model can represent the merged contact. It has one phone, one e-mail address and one identifier.
    fn fits(&self, other: &Self) -> bool {
        let apart = |a: &String, b: &String| a.is_empty() || b.is_empty();
        (self.tenant, self.network) == (other.tenant, other.network)
            && self.id != other.id
            && !other.trashed
            && !other.merged
            && apart(&self.phone, &other.phone)
            && apart(&self.email, &other.email)
            && apart(&self.identifier, &other.identifier)
    }
}

impl Model {
    fn at(&self, id: ContactId) -> usize {
        self.people.iter().position(|person| person.id == Some(id)).unwrap()
    }

    /// Removes a contact and all contacts that were merged into it.
    pub fn purge(&mut self, id: ContactId) {
        let own = |merge: &Merge| merge.survivor == id;
        let absorbed: Vec<_> =
            self.merges.iter().filter(|merge| own(merge)).map(|merge| merge.absorbed).collect();
        self.merges.retain(|merge| !own(merge));
        for id in absorbed {
            self.purge(id);
        }
        self.people.remove(self.at(id));
    }
}

impl ModelStore {
    /// Merges a contact that the model can represent into this contact.
    pub(super) fn merge(&mut self, handle: usize, at: usize, from: usize) {
        let people = &self.model.people;
        let survivor = people[at].clone();
        let others = (0..people.len()).map(|step| (from + step) % people.len());
        let Some(other) = others.filter(|_| !survivor.trashed).find(|other| survivor.fits(&people[*other]))
        else {
            return;
        };
        let absorbed = people[other].clone();
        let (to, gone) = (survivor.id.unwrap(), absorbed.id.unwrap());
        let session = self.session(handle, Viewer::System);
        let id = session.merge(to, gone, MergeOptions::new()).unwrap().merge;
        assert_eq!(session.survivor(gone).unwrap(), to);
        let person = &mut self.model.people[at];
        let merge = Merge {
            id,
            survivor: to,
            absorbed: gone,
            nickname: gap(&mut person.nickname, &absorbed.nickname),
            company: gap(&mut person.company, &absorbed.company),
            email: gap(&mut person.email, &absorbed.email),
            phone: gap(&mut person.phone, &absorbed.phone),
            identifier: gap(&mut person.identifier, &absorbed.identifier),
            advisors: absorbed.advisors.difference(&person.advisors).copied().collect(),
            labels: person.labels.fill_from(&absorbed.labels),
        };
        person.advisors.extend(&merge.advisors);
        self.model.people[other].merged = true;
        self.model.merges.push(merge);
    }

    /// Undoes a merge, if it is the last one of its survivor.
    pub(super) fn unmerge(&mut self, handle: usize, which: usize) {
        let undone = |merge: &Merge| !self.model.people[self.model.at(merge.survivor)].merged;
        let open: Vec<_> =
            self.model.merges.iter().filter(|merge| undone(merge)).map(|merge| merge.survivor).collect();
        if open.is_empty() {
            return;
        }
        let survivor = open[which % open.len()];
        let last = self.model.merges.iter().rposition(|merge| merge.survivor == survivor).unwrap();
        let merge = self.model.merges.remove(last);
        self.session(handle, Viewer::System).unmerge(merge.id).unwrap();
        let at = self.model.at(survivor);
        let person = &mut self.model.people[at];
        take(&mut person.nickname, &merge.nickname);
        take(&mut person.company, &merge.company);
        take(&mut person.email, &merge.email);
        take(&mut person.phone, &merge.phone);
        take(&mut person.identifier, &merge.identifier);
        person.labels.remove_filled(&merge.labels);
        person.advisors.retain(|advisor| !merge.advisors.contains(advisor));
        let at = self.model.at(merge.absorbed);
        self.model.people[at].merged = false;
    }

    /// Links or unlinks an advisor and all contacts with a company on a network, as an administrator.
    pub(super) fn run_job(&mut self, handle: usize, advisor: usize, network: usize, on: bool) {
        let advisor = advisor % ADVISORS;
        let (tenant, id) = (tenant_of(advisor), self.advisors[advisor]);
        let action = if on { JobAction::Link { advisor: id } } else { JobAction::Unlink { advisor: id } };
        let filter =
            Filter::field(TextField::Company).present().and(Filter::network([NETWORK[network].clone()]));
        let job = self
            .session(handle, Viewer::Administrator(tenant))
            .jobs()
            .create(NewJob::new(action, filter))
            .unwrap()
            .id;
        let mut reported = Vec::new();
        loop {
            // Batches alternate between both handles.
            let session = self.session((handle + reported.len()) % 2, Viewer::Administrator(tenant));
            let progress = session.jobs().run_batch(job, 2).unwrap();
            let over = progress.is_over();
            reported.extend(progress.outcomes);
            if over {
                break;
            }
        }
        let viewer = Viewer::Administrator(tenant);
        let people = self
            .model
            .people
            .iter_mut()
            .filter(|person| !person.trashed && person.seen(viewer, Some(network)));
        let mut expected = 0;
        for person in people.filter(|person| !person.company.trim().is_empty()) {
            expected += 1;
            let outcome = reported.iter().find(|(id, _)| person.id == Some(*id)).map(|(_, outcome)| outcome);
            let linked = person.advisors.contains(&advisor);
            match outcome {
                Some(JobOutcome::Done) if on && !linked => drop(person.advisors.insert(advisor)),
                Some(JobOutcome::Done) if !on && linked => drop(person.advisors.remove(&advisor)),
                Some(JobOutcome::Unchanged) => assert_eq!(linked, on),
                other => {
                    panic!("{other:?}, linked {linked}, wanted {on}, shared {}", person.tenant.is_none())
                }
            }
        }
        assert_eq!(reported.len(), expected, "no other contact");
    }
}
