//! The same texts for the APIs that identify records by numbers. They cause no failure and show nothing of another
//! tenant.

use cardex::tags::TagPatch;
use cardex::{ContactId, Network, NewContact};

use super::fixture::{Fixture, ProductFixture};
use super::hostile::texts;
use super::maker::{Values, make};
use super::product::Product;

/// A word in all texts of the other tenant.
const SECRET: &str = "secretword";

/// Records of the first tenant that calls can name.
struct Own {
    account: String,
    contact: ContactId,
    other: ContactId,
    note: String,
    tag: String,
    channel: String,
    api: String,
}

fn create_records(fixture: &Fixture) -> Own {
    let away = fixture.session.clone().in_tenant(fixture.away);
    let new = NewContact::new(Network::SMS_DIRECT, SECRET, "").email(format!("{SECRET}@example.com"));
    let theirs = away.add(new.phone("+33612345678").company(SECRET)).unwrap();
    away.notes(theirs.id).add(SECRET).unwrap();
    away.funnels().add("f", SECRET).unwrap();
    away.channels().add("whatsapp", SECRET).unwrap();
    let tag = away.tags().add(TagPatch::new().name(SECRET)).unwrap();
    away.tags().attach(theirs.id, tag.id).unwrap();

    let session = fixture.session.clone().in_tenant(fixture.home);
    let contact = fixture.add(Network::SMS_DIRECT, "own", "+33612345678", &fixture.ada).id;
    let other = fixture.add(Network::SMS_DIRECT, "other", "+33612345679", &fixture.ada).id;
    session.funnels().add("f", "").unwrap();
    session.events().declare("paid").unwrap();
    Own {
        account: fixture.home.to_string(),
        contact,
        other,
        note: session.notes(contact).add("a note").unwrap().id.to_string(),
        tag: session.tags().add(TagPatch::new().name("vip")).unwrap().id.to_string(),
        channel: session.channels().add("whatsapp", "").unwrap().id.to_string(),
        api: session.channels().add("api", "").unwrap().id.to_string(),
    }
}

/// Valid values, except one.
struct OneHostileInput<'a> {
    own: &'a Own,
    operation: &'a str,
    at: usize,
    bad: &'a str,
    seen: usize,
    met: bool,
}

impl Values for OneHostileInput<'_> {
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
            "inbox_identifier" => own.api.clone(),
            "serviceKey" => "f".to_owned(),
            "sort" | "attribute_key" => "name".to_owned(),
            "filter_operator" => "contains".to_owned(),
            "query_operator" => "and".to_owned(),
            "page" | "limitation" => "1".to_owned(),
            "include_contact_inboxes" => "true".to_owned(),
            "email" => "x@example.com".to_owned(),
            "phone" | "phone_number" => "+33600000000".to_owned(),
            "identifier" | "source_id" | "contact_identifier" => "33600000000".to_owned(),
            _ => "paid".to_owned(),
        }
    }
}

#[test]
fn hostile_texts_in_every_parameter_are_handled() {
    for product in Product::all().into_iter().filter(|product| product.name != "federation") {
        let product_fixture = ProductFixture::of(product);
        let fixture = product_fixture.fixture();
        let own = create_records(&fixture);
        let away = || {
            let session = fixture.session.clone().in_tenant(fixture.away);
            let contacts: Vec<_> = session.contacts().iter().map(|contact| contact.unwrap()).collect();
            let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
            let beside = (session.tags().of(&ids).unwrap(), session.attributes().of(&ids).unwrap());
            let notes: Vec<_> =
                ids.iter().map(|id| session.notes(*id).list().page().unwrap().items.len()).collect();
            (contacts, beside, notes, session.blocked_numbers().of_tenant().unwrap().len())
        };
        let before = away();
        let mut sent = 0;
        for operation in product_fixture.product.contract.operations.keys() {
            // Later calls need the deleted record, so it is created again.
            if operation == "contactDelete" || operation == "deleteContact" {
                continue;
            }
            for bad in &texts() {
                for at in 0.. {
                    let mut values = OneHostileInput { own: &own, operation, at, bad, seen: 0, met: false };
                    let ask = make(&product_fixture.product.contract, operation, &mut values);
                    if !values.met {
                        break;
                    }
                    let reply = fixture.client.plain("admin", &ask);
                    assert!(reply.status < 500, "{ask:?}: {reply:?}");
                    assert!(!reply.body.to_string().contains(SECRET), "{ask:?}: {reply:?}");
                    sent += 1;
                }
            }
        }
        println!("{}: {sent} calls", product_fixture.product.name);
        assert!(sent > 1_000, "{sent}");
        assert_eq!(before, away());
        assert!(fixture.store.check().unwrap().is_ok());
    }
}
