//! Hostile requests cause no failure, and show nothing of another tenant.

use std::collections::BTreeSet;

use cardex::entitlements::{NewEntitlement, Permission};
use cardex::{Actor, AdvisorId, ContactId, Network, NewAdvisor, NewContact, Store, TenantId};
use cardex_http::StaticTokens;
use serde_json::Value;

use super::client::Client;
use super::fixture::ProductFixture;
use super::maker::{Values, make};
use super::product::Product;
use crate::support::{Random, options};

const NETWORKS: [Network; 6] = [
    Network::WHATSAPP,
    Network::SMS,
    Network::WECHAT,
    Network::SMS_DIRECT,
    Network::LINE,
    Network::WHATSAPP_DIRECT,
];

/// A tenant with a word of its own in all texts.
struct TenantData {
    tenant: TenantId,
    word: String,
    advisors: Vec<AdvisorId>,
    contacts: Vec<ContactId>,
    /// Texts that only this tenant may read: names, addresses, numbers, fields with ids.
    secrets: BTreeSet<String>,
}

struct ModelStore {
    store: Store,
    houses: Vec<TenantData>,
    client: Client,
    /// The callers: index of the tenant, and token. Advisors do not see all contacts.
    callers: Vec<(usize, String)>,
    groups: Vec<String>,
    /// Contacts shared between the tenants.
    shared: Vec<ContactId>,
}

fn model_store(product_fixture: &ProductFixture, random: &mut Random) -> ModelStore {
    let store = options(1).open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let first = session.directory().tenants().unwrap()[0].id;
    let (mut tokens, mut callers, mut houses, mut groups) =
        (StaticTokens::new(), Vec::new(), Vec::new(), Vec::new());
    for at in 0..3 {
        let tenant =
            if at == 0 { first } else { session.directory().add_tenant(&format!("tenant {at}")).unwrap().id };
        let tenant_data = tenant_data(&store, tenant, at, random, &mut groups);
        let admin = format!("admin-{at}");
        tokens = tokens.token(admin.as_str(), Actor::Administrator(tenant));
        callers.push((at, admin));
        for advisor in &tenant_data.advisors {
            let token = format!("advisor-{advisor}");
            tokens = tokens.token(token.as_str(), Actor::Advisor(*advisor));
            callers.push((at, token));
        }
        houses.push(tenant_data);
    }
    let advisors: Vec<_> =
        houses.iter().flat_map(|tenant_data: &TenantData| tenant_data.advisors.clone()).collect();
    let shared = (0..4).map(|n| {
        let new = NewContact::new(NETWORKS[n % 2].clone(), format!("shared {n}"), "Contact")
            .company("shared company");
        let new = new.email(format!("shared.{n}@example.com")).phone(format!("+336123451{n:02}")).shared();
        session.add(advisors.iter().fold(new, |new, advisor| new.advisor(*advisor))).unwrap().id
    });
    let shared = shared.collect();
    ModelStore { client: product_fixture.client(&store, tokens), store, houses, callers, groups, shared }
}

fn tenant_data(
    store: &Store,
    tenant: TenantId,
    at: usize,
    random: &mut Random,
    groups: &mut Vec<String>,
) -> TenantData {
    let session = store.session(Actor::System).in_tenant(tenant);
    let word = format!("house{at}word");
    let mut secrets = BTreeSet::from([word.clone()]);
    let group = session.directory().add_group(&format!("{word} group")).unwrap();
    groups.push(group.id.to_string());
    secrets.insert(format!("\"federationGroupId\":\"{}\"", group.id));
    let mut advisors = Vec::new();
    for n in 0..3 {
        let new = NewAdvisor::new(format!("{word}-{n}"), "Adviser").email(format!("{word}.{n}@example.com"));
        // Long, so that no other number contains it.
        let id = AdvisorId(8_000_000_000_000 + i64::try_from(at * 10 + n).unwrap());
        session.directory().add_advisor(new.id(id)).unwrap();
        secrets.insert(id.to_string());
        advisors.push(id);
    }
    for (advisor, network) in
        advisors.iter().flat_map(|advisor| NETWORKS[..3].iter().map(move |of| (advisor, of)))
    {
        if random.below(2) == 0 {
            session.entitlements().add(NewEntitlement::new(network.clone()).advisor(*advisor)).unwrap();
        }
    }
    let mut contacts = Vec::new();
    for n in 0..12 {
        let network = NETWORKS[random.below(NETWORKS.len())].clone();
        // All tenants have the same numbers. The owner of a number is secret, not the number.
        let mut new = NewContact::new(network, format!("{word} {n}"), format!("{word} last"))
            .company(format!("{word} company"))
            .email(format!("{word}.c{n}@example.com"))
            .phone(format!("+336123450{n:02}"));
        for advisor in advisors.iter().filter(|_| random.below(3) == 0) {
            new = new.advisor(*advisor);
        }
        let id = session.add(new).unwrap().id;
        secrets.insert(format!("\"symphonyId\":\"{id}\""));
        contacts.push(id);
    }
    TenantData { tenant, word, advisors, contacts, secrets }
}

/// Values from all tenants, including ids, names and cursors of other tenants.
struct AnyInput<'a> {
    model_store: &'a ModelStore,
    /// The caller's tenant. Half of the values belong to it.
    own: usize,
    /// The contact of ids, numbers and addresses.
    number: usize,
    /// Whether `symphonyId` is the id of a contact.
    for_contacts: bool,
    cursors: &'a [String],
    random: Random,
}

impl AnyInput<'_> {
    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.random.below(of.len())].clone()
    }
}

impl Values for AnyInput<'_> {
    fn has(&mut self) -> bool {
        self.random.below(12) > 0
    }

    fn filters(&mut self) -> bool {
        self.random.below(3) == 0
    }

    fn count(&mut self) -> usize {
        1 + self.random.below(3)
    }

    fn text(&mut self, name: &str) -> String {
        let houses = &self.model_store.houses;
        let any = self.random.below(houses.len());
        let tenant_data = &houses[if self.random.below(3) > 0 { self.own } else { any }];
        let number = if self.random.below(4) > 0 { self.number } else { self.random.below(12) };
        match name {
            "externalNetwork" => self.pick(&NETWORKS).to_string(),
            "contactSymphonyId" if self.random.below(8) == 0 => {
                self.pick(&self.model_store.shared).to_string()
            }
            "contactSymphonyId" => tenant_data.contacts[number].to_string(),
            "symphonyId" if self.for_contacts => tenant_data.contacts[number].to_string(),
            "advisorSymphonyId" | "advisorSymphonyIds" | "symphonyId" => {
                self.pick(&tenant_data.advisors).to_string()
            }
            "onboarderEmailAddress" | "advisorEmailAddress" | "advisorEmailAddresses" => {
                format!("{}.{}@example.com", tenant_data.word, number % 4)
            }
            "emailAddress" => format!("{}.c{number}@example.com", tenant_data.word),
            "phoneNumber" | "phoneNumbers" | "advisorPhoneNumber" => format!("+336123450{number:02}"),
            "federationGroupId" => self.pick(&self.model_store.groups),
            "permissionName" | "permissions" => self.pick(&Permission::ALL).to_string(),
            "query" => self.pick(&[tenant_data.word.clone(), "hou".to_owned(), "h".to_owned()]),
            "before" | "after" if self.cursors.is_empty() => String::new(),
            "before" | "after" => self.pick(self.cursors),
            "companyName" => "made up company".to_owned(),
            "reason" => self.pick(&["SPAM", "ABUSE", "COMPLIANCE", "OTHER"]).to_owned(),
            "phoneBlocked" => self.pick(&["all", "true", "false"]).to_owned(),
            "listPermissions" => self.pick(&["true", "false"]).to_owned(),
            "preferredLanguage" => "ENGLISH".to_owned(),
            _ => format!("made up {number}"),
        }
    }
}

fn number_of(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// All data of a tenant, as its administrator reads it.
fn contents_of(model_store: &ModelStore, tenant_data: &TenantData) -> String {
    let admin = model_store.store.session(Actor::Administrator(tenant_data.tenant));
    let contacts = admin.contacts().limit(1_000).iter().map(|contact| {
        let contact = contact.unwrap();
        let advisors = admin.directory().advisors_of(contact.id).iter().map(|advisor| advisor.unwrap().id);
        (serde_json::to_string(&contact).unwrap(), advisors.collect::<Vec<_>>())
    });
    let contacts: Vec<_> = contacts.collect();
    let groups = admin.directory().groups().unwrap();
    format!("{contacts:?} {groups:?}")
}

/// The cursors in a response.
fn cursors(body: &Value) -> impl Iterator<Item = String> {
    let cursors = &body["pagination"]["cursors"];
    ["before", "after"].map(|end| cursors[end].as_str().map(str::to_owned)).into_iter().flatten()
}

#[test]
fn no_operation_shows_or_changes_data_of_another_tenant() {
    let seed = number_of("CARDEX_SEED").unwrap_or(1);
    let calls = number_of("CARDEX_CALLS").unwrap_or(1_500);
    println!("CARDEX_SEED={seed} CARDEX_CALLS={calls}");
    let product_fixture = ProductFixture::of(Product::federation());
    let mut random = Random::new(seed);
    let model_store = model_store(&product_fixture, &mut random);
    let operations: Vec<String> = product_fixture.product.contract.operations.keys().cloned().collect();
    let (mut known, mut answered) = (Vec::new(), BTreeSet::new());
    for call in 0..calls {
        let (tenant_data, token) = model_store.callers[random.below(model_store.callers.len())].clone();
        let operation = operations[random.below(operations.len())].clone();
        let values = Random::new(seed ^ call << 20);
        let mut values = AnyInput {
            model_store: &model_store,
            own: tenant_data,
            number: random.below(12),
            for_contacts: operation == "listContacts2",
            cursors: &known,
            random: values,
        };
        let ask = make(&product_fixture.product.contract, &operation, &mut values);
        let request = ask.request(&product_fixture.product, &token);
        let sent = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
        let others: Vec<&TenantData> = model_store
            .houses
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != tenant_data)
            .map(|(_, tenant_data)| tenant_data)
            .collect();
        let before: Vec<_> = others.iter().map(|other| contents_of(&model_store, other)).collect();
        let reply = model_store.client.call(request);
        assert!(reply.status < 500, "{ask:?} by {token}: {reply:?}");
        let got = reply.body.to_string();
        for other in &others {
            // The response may repeat sent values, but may contain no other data of other tenants.
            let leaked = other.secrets.iter().find(|secret| got.contains(*secret) && !sent.contains(*secret));
            assert_eq!(leaked, None, "{ask:?} by {token}: {reply:?}");
        }
        let after: Vec<_> = others.iter().map(|other| contents_of(&model_store, other)).collect();
        assert_eq!(before, after, "{ask:?} by {token}");
        known.extend(cursors(&reply.body));
        if reply.status < 300 {
            answered.insert(operation);
        }
    }
    let idle: Vec<_> = operations.iter().filter(|operation| !answered.contains(*operation)).collect();
    assert!(idle.len() <= operations.len() / 4, "most operations must have done something: not {idle:?}");
}

/// Texts that have caused errors in other programs.
pub fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "' OR '1'='1",
        "\"; DROP TABLE contact; --",
        "1; SELECT * FROM contact",
        "') UNION SELECT 1 --",
        "%",
        "_",
        "%%__%",
        "*",
        "?",
        "a*b?",
        "\\",
        "\0",
        "a\0b",
        "\u{7f}\u{1b}[31m",
        "\r\nX-Header: 1",
        "../../etc/passwd",
        "..%2f..",
        "/",
        "//",
        ".",
        "😀👩‍👩‍👧",
        "\u{202e}txt.exe",
        "שלום",
        "\u{feff}",
        "\u{fffd}",
        "ﷺ",
        "İ",
        "ß",
        "NULL",
        "true",
        "-1",
        "0",
        "1e9",
        "9223372036854775807",
        "9223372036854775808",
        "{}",
        "[]",
        "<script>",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "",
        " ",
        "\t",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(10_000));
    texts.push("é".repeat(10_000));
    texts
}

/// Valid values, except one.
struct OneHostileInput<'a> {
    sound: AnyInput<'a>,
    at: usize,
    bad: &'a str,
    seen: usize,
    what: String,
}

impl Values for OneHostileInput<'_> {
    fn has(&mut self) -> bool {
        // All optional parameters except cursors are present.
        true
    }

    fn count(&mut self) -> usize {
        1
    }

    fn text(&mut self, name: &str) -> String {
        self.seen += 1;
        if self.seen == self.at + 1 {
            name.clone_into(&mut self.what);
            return self.bad.to_owned();
        }
        match name {
            "contactSymphonyId" => self.sound.model_store.houses[0].contacts[0].to_string(),
            "symphonyId" | "advisorSymphonyId" | "advisorSymphonyIds" => {
                self.sound.model_store.houses[0].advisors[0].to_string()
            }
            "onboarderEmailAddress" => format!("{}.0@example.com", self.sound.model_store.houses[0].word),
            name => self.sound.text(name),
        }
    }
}

#[test]
fn hostile_texts_in_every_search_parameter_are_handled() {
    let product_fixture = ProductFixture::of(Product::federation());
    let model_store = model_store(&product_fixture, &mut Random::new(7));
    let token = &model_store.callers[0].1;
    let away = &model_store.houses[1..];
    let before: Vec<_> = away.iter().map(|tenant_data| contents_of(&model_store, tenant_data)).collect();
    let contacts = model_store.houses[0].contacts.len();
    let mut sent = 0;
    for operation in product_fixture.product.contract.operations.keys() {
        for bad in &texts() {
            for at in 0.. {
                let sound = AnyInput {
                    model_store: &model_store,
                    own: 0,
                    number: 0,
                    for_contacts: false,
                    cursors: &[],
                    random: Random::new(3),
                };
                let mut values = OneHostileInput { sound, at, bad, seen: 0, what: String::new() };
                let ask = make(&product_fixture.product.contract, operation, &mut values);
                if values.what.is_empty() {
                    break;
                }
                let reply = model_store.client.plain(token, &ask);
                assert!(reply.status < 500, "{ask:?}: {reply:?}");
                if values.what.starts_with("firstName") && reply.status == 200 {
                    let kept = [bad.trim(), ""].contains(&reply.body["firstName"].as_str().unwrap());
                    assert!(kept || bad.contains(char::is_control), "{bad:?} is kept on one line");
                }
                // No text widens a filter. An empty search text returns all contacts that the caller sees.
                let most = if values.what == "query" { contacts } else { 0 };
                let rows = reply.body["contacts"].as_array().map_or(0, Vec::len);
                assert!(rows <= most, "{ask:?}: {reply:?}");
                sent += 1;
            }
        }
    }
    assert!(sent > 1_000, "{sent}");
    let after: Vec<_> = away.iter().map(|tenant_data| contents_of(&model_store, tenant_data)).collect();
    assert_eq!(before, after);
    assert!(model_store.store.check().unwrap().is_ok());
}
