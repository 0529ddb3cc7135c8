//! The same texts, sent to the contracts that name things by numbers: nothing breaks, and what is another tenant's stays unseen.

use cardex::tags::TagPatch;
use cardex::{ContactId, Network, NewContact};

use super::hostile::texts;
use super::maker::{Values, make};
use super::product::Product;
use super::scene::{Scene, Stage};

/// A word that stands in everything of the other tenant.
const SECRET: &str = "secretword";

/// Things of the first tenant that calls can name.
struct Own {
    account: String,
    contact: ContactId,
    other: ContactId,
    note: String,
    tag: String,
    channel: String,
}

fn furnish(scene: &Scene) -> Own {
    let away = scene.desk.clone().in_tenant(scene.away);
    let new = NewContact::new(Network::SMS_DIRECT, SECRET, "").email(format!("{SECRET}@example.com"));
    let theirs = away.add(new.phone("+33612345678").company(SECRET)).unwrap();
    away.notes(theirs.id).add(SECRET).unwrap();
    away.funnels().add("f", SECRET).unwrap();
    away.channels().add("whatsapp", SECRET).unwrap();
    let tag = away.tags().add(TagPatch::new().name(SECRET)).unwrap();
    away.tags().attach(theirs.id, tag.id).unwrap();

    let desk = scene.desk.clone().in_tenant(scene.home);
    let contact = scene.add(Network::SMS_DIRECT, "own", "+33612345678", &scene.ada).id;
    let other = scene.add(Network::SMS_DIRECT, "other", "+33612345679", &scene.ada).id;
    desk.funnels().add("f", "").unwrap();
    desk.events().declare("paid").unwrap();
    Own {
        account: scene.home.to_string(),
        contact,
        other,
        note: desk.notes(contact).add("a note").unwrap().id.to_string(),
        tag: desk.tags().add(TagPatch::new().name("vip")).unwrap().id.to_string(),
        channel: desk.channels().add("whatsapp", "").unwrap().id.to_string(),
    }
}

/// Sound values but for the one at a place.
struct OneBad<'a> {
    own: &'a Own,
    operation: &'a str,
    at: usize,
    bad: &'a str,
    seen: usize,
    met: bool,
}

impl Values for OneBad<'_> {
    fn has(&mut self) -> bool {
        true
    }

    fn count(&mut self) -> usize {
        1
    }

    fn text(&mut self, name: &str) -> String {
        self.seen += 1;
        if self.seen == self.at + 1 {
            self.met = true;
            return self.bad.to_owned();
        }
        let own = self.own;
        match name {
            "account_id" => own.account.clone(),
            "id" if self.operation.starts_with("contactNote") => own.note.clone(),
            "id" | "contact_id" | "contactId" | "base_contact_id" => own.contact.to_string(),
            "mergee_contact_id" | "targetContactId" => own.other.to_string(),
            "tagId" => own.tag.clone(),
            "channelId" | "inbox_id" => own.channel.clone(),
            "serviceKey" => "f".to_owned(),
            "sort" | "attribute_key" => "name".to_owned(),
            "filter_operator" => "contains".to_owned(),
            "query_operator" => "and".to_owned(),
            "page" | "limitation" => "1".to_owned(),
            "include_contact_inboxes" => "true".to_owned(),
            "email" => "x@example.com".to_owned(),
            "phone" | "phone_number" => "+33600000000".to_owned(),
            "identifier" | "source_id" => "33600000000".to_owned(),
            _ => "paid".to_owned(),
        }
    }
}

#[test]
fn hostile_texts_in_every_parameter_are_handled() {
    for product in Product::all().into_iter().filter(|product| product.name != "federation") {
        let stage = Stage::of(product);
        let scene = stage.scene();
        let own = furnish(&scene);
        let away = || {
            let desk = scene.desk.clone().in_tenant(scene.away);
            let contacts: Vec<_> = desk.contacts().iter().map(|contact| contact.unwrap()).collect();
            let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
            let beside = (desk.tags().of(&ids).unwrap(), desk.attributes().of(&ids).unwrap());
            let notes: Vec<_> =
                ids.iter().map(|id| desk.notes(*id).list().page().unwrap().items.len()).collect();
            (contacts, beside, notes, desk.blocked_numbers().of_tenant().unwrap().len())
        };
        let before = away();
        let mut sent = 0;
        for operation in stage.product.contract.operations.keys() {
            // What a deletion leaves is nothing for the calls after it.
            if operation == "contactDelete" || operation == "deleteContact" {
                continue;
            }
            for bad in &texts() {
                for at in 0.. {
                    let mut values = OneBad { own: &own, operation, at, bad, seen: 0, met: false };
                    let ask = make(&stage.product.contract, operation, &mut values);
                    if !values.met {
                        break;
                    }
                    let reply = scene.client.plain("admin", &ask);
                    assert!(reply.status < 500, "{ask:?}: {reply:?}");
                    assert!(!reply.body.to_string().contains(SECRET), "{ask:?}: {reply:?}");
                    sent += 1;
                }
            }
        }
        println!("{}: {sent} calls", stage.product.name);
        assert!(sent > 1_000, "{sent}");
        assert_eq!(before, away());
        assert!(scene.store.check().unwrap().is_ok());
    }
}
