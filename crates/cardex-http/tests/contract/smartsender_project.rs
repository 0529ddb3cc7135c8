//! The project of SmartSender, and which declared answers nothing reaches.

use cardex::tags::TagPatch;
use serde_json::json;

use super::client::ask;
use super::coverage::Exemption;
use super::fixture::ProductFixture;

const NO_LIMIT: &str = "calls within a process are not counted";
const NO_INPUT: &str = "the call takes nothing that could break a rule";
const NO_CONTACT: &str = "the call names nothing that could be missing";

pub const UNREACHABLE: &[Exemption] = &[
    ("*", 429, "", NO_LIMIT),
    ("getContact", 422, "", NO_INPUT),
    ("getContactInfo", 422, "", NO_INPUT),
    ("getContactChat", 422, "", NO_INPUT),
    ("deleteContact", 422, "", NO_INPUT),
    ("addContactTag", 422, "", NO_INPUT),
    ("removeContactTag", 422, "", NO_INPUT),
    ("addContactFunnel", 422, "", NO_INPUT),
    ("removeContactFunnel", 422, "", NO_INPUT),
    ("listContacts", 404, "", NO_CONTACT),
    ("searchContacts", 404, "", NO_CONTACT),
    ("getMe", 404, "", NO_CONTACT),
    ("getMe", 422, "", NO_INPUT),
    ("listTags", 404, "", NO_CONTACT),
    ("listFunnels", 404, "", NO_CONTACT),
];

pub fn project(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    for name in ["vip", "Lead", "late"] {
        session.tags().add(TagPatch::new().name(name)).unwrap();
    }
    session.funnels().add("welcome", "First steps").unwrap();
    session.funnels().add("sale", "").unwrap();
    assert_eq!(client.ok("ada", &ask("getMe"))["id"], json!(fixture.home.0));
    let names = |operation: &str, term: &str, field: &str| {
        let page = client.ok("ada", &ask(operation).with("term", term));
        let name = |item: &serde_json::Value| item[field].as_str().unwrap().to_owned();
        page["collection"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names("listTags", "L", "name"), ["late", "Lead"]);
    assert_eq!(names("listTags", "", "name").len(), 3);
    assert_eq!(names("listFunnels", "STEPS", "serviceKey"), ["welcome"]);
    let page = client.ok("ada", &ask("listTags").with("limitation", "2").with("page", "2"));
    assert_eq!((page["collection"].as_array().unwrap().len(), &page["cursor"]["pages"]), (1, &json!(2)));
    for operation in ["listTags", "listFunnels"] {
        assert_eq!(client.send("ada", &ask(operation).with("page", "0")).status, 422);
    }
}
