//! The fuzz targets, each a function of bytes that must return. `cargo fuzz` uses them, and the test that replays
//! `corpus/`.

#![allow(dead_code)] // each user runs one target or all

use std::cell::RefCell;
use std::path::Path;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cardex::attributes::AttributeNamespace;
use cardex::tags::UnknownTagPolicy;
use cardex::{
    Actor, ContactPatch, ContactUpdate, Cursor, Filter, Network, NewAdvisor, NewContact, Options, Session,
    Store,
};
use cardex_exchange::{Format, ImportOptions, Reader};
use cardex_http::{StaticTokens, chatwoot::Chatwoot, federation::Federation, smartsender::SmartSender};

pub(crate) type Target = fn(&[u8]);

/// All targets, by name.
pub(crate) const ALL: &[(&str, Target)] = &[
    ("cursor", cursor),
    ("filter", filter),
    ("text", text),
    ("vcard", vcard),
    ("csv", csv),
    ("jsonl", jsonl),
    ("federation", federation),
    ("smartsender", smartsender),
    ("chatwoot", chatwoot),
    ("block", block),
    ("term_index", term_index),
    ("word_set", word_set),
    ("book", book),
];

fn options() -> Options {
    Options::new().id_seed(7).readers(1).region("FR")
}

/// Some contacts with values in all fields.
fn fill(store: &Store) -> cardex::Result<()> {
    let session = store.session(Actor::System);
    let eve = session.directory().add_advisor(NewAdvisor::new("Eve", "Adams").email("eve@bank.example"))?.id;
    for (n, first) in ["Ada", "Bea", "Cid", "Dan", "Eli", "李", "Zoë"].into_iter().enumerate() {
        let contact = NewContact::new(Network::SMS_DIRECT, first, "Berg")
            .company("Acme")
            .phone(format!("+3361234567{n}"));
        let id = session
            .add(contact.email(format!("c{n}@example.com")).identifier("crm", n.to_string()).advisor(eve))?
            .id;
        session.tags().set(id, &["vip"], UnknownTagPolicy::Create)?;
        let value =
            ContactUpdate::new(ContactPatch::new()).set_attribute(AttributeNamespace::Custom, "plan", "gold");
        session.update(id, value)?;
        session.notes(id).add("a note")?;
    }
    Ok(())
}

fn filled() -> (Store, Session) {
    let store = options().open_in_memory().unwrap();
    fill(&store).unwrap();
    let session = store.session(Actor::System);
    (store, session)
}

thread_local! {
    static READ: (Store, Session) = filled();
    /// A store for calls that write, and their number. It is replaced before it grows.
    static WRITTEN: RefCell<Option<(Store, u32)>> = const { RefCell::new(None) };
}

/// An invalid cursor, and a valid cursor with changed bytes. Both are refused.
pub(crate) fn cursor(data: &[u8]) {
    READ.with(|(_, session)| {
        let all: [&dyn Fn(Option<Cursor>) -> cardex::Result<Option<Cursor>>; 5] = [
            &|at| Ok(session.contacts().limit(2).after(at).page()?.after),
            &|at| {
                Ok(session
                    .contacts()
                    .limit(2)
                    .order(cardex::SortField::Company.descending())
                    .after(at)
                    .page()?
                    .after)
            },
            &|at| Ok(session.search("e").limit(1).after(at).page()?.after),
            &|at| Ok(session.search("be ad").fuzzy(true).limit(1).after(at).page()?.after),
            &|at| Ok(session.search_substring("e").limit(1).after(at).page()?.after),
        ];
        if let Ok(cursor) = String::from_utf8_lossy(data).parse::<Cursor>() {
            for page in &all {
                drop(page(Some(cursor.clone())));
            }
        }
        for page in all {
            let Some(own) = page(None).unwrap() else { continue };
            let bytes = URL_SAFE_NO_PAD.decode(own.as_str()).unwrap();
            let mut changed = bytes.clone();
            for (byte, change) in changed.iter_mut().zip(data) {
                *byte ^= change;
            }
            if changed != bytes
                && let Ok(cursor) = URL_SAFE_NO_PAD.encode(changed).parse::<Cursor>()
            {
                assert_eq!(page(Some(cursor)).unwrap_err().code(), "bad-cursor");
            }
        }
    });
}

/// The text of a filter parses to the same filter, and the filter can be evaluated.
pub(crate) fn filter(data: &[u8]) {
    let Ok(filter) = String::from_utf8_lossy(data).parse::<Filter>() else { return };
    assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
    READ.with(|(_, session)| {
        let page = session.contacts().filter(filter.clone()).page();
        let count = session.contacts().filter(filter.clone()).count();
        if let (Ok(page), Ok(count)) = (&page, &count) {
            assert!(
                page.after.is_some()
                    || page.before.is_some()
                    || page.items.len() as u64 == count.at_least()
                    || page.incomplete
            );
        }
    });
}

/// A name, and a query: the first half and the second half.
pub(crate) fn text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (name, typed) = text.split_at(middle);
    let store = options().open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let contact = NewContact::new(Network::SMS_DIRECT, name, "Roe").company(typed).nickname(name);
    let added = session.add(contact).is_ok();
    for typed in [typed, name] {
        for fuzzy in [false, true] {
            let Ok(page) = session.search(typed).fuzzy(fuzzy).page() else { continue };
            assert!(page.items.len() <= usize::from(added));
        }
        let _ = session.search_substring(typed).page();
    }
    if added {
        assert!(store.check().unwrap().is_ok());
        assert_eq!(session.search("roe").page().unwrap().items.len(), 1);
    }
}

fn import(data: &[u8], format: Format) {
    for record in Reader::new(data, format, Network::SMS_DIRECT) {
        drop(record);
    }
    let store = options().open_in_memory().unwrap();
    let session = store.session(Actor::System);
    let how = ImportOptions::new(format, Network::SMS_DIRECT);
    let Ok(report) = cardex_exchange::import(&session, data, &how, |_| ()) else { return };
    assert!(store.check().unwrap().is_ok());
    let there = session.contacts().total().unwrap();
    assert_eq!(there, report.added);
}

pub(crate) fn vcard(data: &[u8]) {
    import(data, Format::VCard);
}

pub(crate) fn csv(data: &[u8]) {
    import(data, Format::Csv);
}

pub(crate) fn jsonl(data: &[u8]) {
    import(data, Format::JsonLines);
}

const TOKEN: &str = "0123456789abcdef";

/// A request: method, path and body, separated by blanks. `{c}` is the id of a contact, `{a}` of an advisor, `{t}` of
/// the tenant.
fn request(data: &[u8], call: impl Fn(Store, http::Request<Vec<u8>>) -> http::Response<Vec<u8>>) {
    let text = String::from_utf8_lossy(data);
    let mut words = text.splitn(3, ' ');
    let (method, path, body) =
        (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
    WRITTEN.with(|written| {
        let mut written = written.borrow_mut();
        if written.as_ref().is_none_or(|(_, calls)| *calls > 300) {
            *written = Some((filled().0, 0));
        }
        let (store, calls) = written.as_mut().unwrap();
        *calls += 1;
        let session = store.session(Actor::System);
        let contact =
            session.contacts().limit(1).page().unwrap().items.first().map_or(0, |contact| contact.id.0);
        let advisor =
            session.directory().advisors().page().unwrap().items.first().map_or(0, |advisor| advisor.id.0);
        let tenant = session.directory().tenants().unwrap()[0].id.0;
        let named = |text: &str| {
            text.replace("{c}", &contact.to_string())
                .replace("{a}", &advisor.to_string())
                .replace("{t}", &tenant.to_string())
        };
        let request = http::Request::builder()
            .method(method)
            .uri(named(path))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("api_access_token", TOKEN)
            .header("content-type", "application/json")
            .body(named(body).into_bytes());
        let Ok(request) = request else { return };
        let response = call(store.clone(), request);
        assert!(response.status().as_u16() != 500, "{}", response.status());
        assert!(*calls % 50 != 0 || store.check().unwrap().is_ok());
    });
}

fn tokens(store: &Store) -> StaticTokens {
    let tenant = store.session(Actor::System).directory().tenants().unwrap()[0].id;
    StaticTokens::new().token(TOKEN, Actor::Administrator(tenant))
}

pub(crate) fn federation(data: &[u8]) {
    request(data, |store, request| Federation::new(store.clone(), tokens(&store)).call(request));
}

pub(crate) fn smartsender(data: &[u8]) {
    request(data, |store, request| SmartSender::new(store.clone(), tokens(&store)).call(request));
}

pub(crate) fn chatwoot(data: &[u8]) {
    request(data, |store, request| Chatwoot::new(store.clone(), tokens(&store)).call(request));
}

/// The bytes of a closed store.
fn template() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = scratch();
        let path = folder.path().join("book");
        let store = options().open(&path).unwrap();
        fill(&store).unwrap();
        store.optimize().unwrap();
        drop(store);
        std::fs::read(path).unwrap()
    })
}

fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Calls everything on a store that can be damaged. Errors are permitted.
fn use_everything(path: &Path) -> cardex::Result<()> {
    let store = options().open(path)?;
    let session = store.session(Actor::System);
    let _ = store.check();
    for text in ["a", "be", "be ad", "33612"] {
        let _ = session.search(text).fuzzy(true).page();
        let _ = session.search_substring(text).page();
    }
    let page = session.contacts().page();
    let _ = session.contacts().sections();
    if let Some(contact) = page.ok().and_then(|page| page.items.into_iter().next()) {
        let _ = session.edit(contact.id, ContactPatch::new().company("New"));
        let _ = session.notes(contact.id).list().page();
        let _ = session.remove(contact.id);
    }
    let _ = session.add(NewContact::new(Network::SMS_DIRECT, "New", "One"));
    let _ = store.optimize();
    let _ = store.rebuild_index();
    store.check().map(drop)
}

/// A block of the search index with a correct checksum, so that its reader sees the damaged bytes. With an even first byte, the rest is a
/// list of changes of a sound block: an offset (2 bytes) and a byte to XOR there. With an odd first byte, the rest is the entries, the
/// restart table and the postings, cut at two offsets.
pub(crate) fn block(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else { return };
    damage_part("search_block", "body", "id", 0, |body| {
        if kind % 2 == 0 {
            return change_bytes(body, data);
        }
        let cut = |at: usize| usize::from(data.get(at).copied().unwrap_or_default()) % (data.len() + 1);
        let (one, two) = (cut(0).min(cut(1)), cut(0).max(cut(1)));
        body.truncate(4);
        for length in [one, two - one, data.len() - two] {
            body.extend_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
        }
        body.extend_from_slice(data);
    });
}

/// The root of a term index with a correct checksum. The data are changes of its bytes, see [`change_bytes`].
pub(crate) fn term_index(data: &[u8]) {
    damage_part("search_segment", "term_index_root", "id << 24", 3, |body| change_bytes(body, data));
}

/// A set of words of the dictionary with a correct checksum. The data are changes of its bytes, see [`change_bytes`].
pub(crate) fn word_set(data: &[u8]) {
    damage_part("search_word_set", "body", "id", 2, |body| change_bytes(body, data));
}

/// Changes bytes: each change is an offset (2 bytes) and a byte to XOR there.
fn change_bytes(body: &mut [u8], data: &[u8]) {
    for change in data.chunks_exact(3).take(200) {
        let offset = usize::from(u16::from_le_bytes(change[..2].try_into().unwrap())) % body.len();
        body[offset] ^= change[2];
    }
}

/// Changes the first part of a segment in a book, repairs its checksum, and uses the book. `id` is the SQL for the id of the part.
fn damage_part(table: &str, column: &str, id: &str, kind: u8, change: impl FnOnce(&mut Vec<u8>)) {
    let folder = scratch();
    let path = folder.path().join("book");
    std::fs::write(&path, template()).unwrap();
    {
        let sqlite = rusqlite::Connection::open(&path).unwrap();
        let select =
            format!("SELECT id, {id}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY id LIMIT 1");
        let (row, id, mut body): (i64, i64, Vec<u8>) =
            sqlite.query_row(&select, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        let nonce = "SELECT nonce FROM search_segment WHERE id = ?1";
        let nonce: i64 = sqlite.query_row(nonce, [id >> 24], |row| row.get(0)).unwrap();
        body.truncate(body.len() - 4);
        change(&mut body);
        // As in `src/index/segment/checksum.rs`.
        let number = u32::try_from(id & 0xFF_FFFF).unwrap();
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&nonce.to_le_bytes());
        checksum.update(&[kind]);
        checksum.update(&number.to_le_bytes());
        checksum.update(&body);
        body.extend_from_slice(&checksum.finalize().to_le_bytes());
        let update = format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2");
        assert_eq!(sqlite.execute(&update, rusqlite::params![body, row]).unwrap(), 1);
    }
    let _ = use_everything(&path);
}

/// Changes of a file's bytes: each is an offset (4 bytes) and a new byte. Recovery is included.
pub(crate) fn book(data: &[u8]) {
    let mut bytes = template().to_vec();
    for change in data.chunks_exact(5).take(200) {
        let at = u32::from_le_bytes(change[..4].try_into().unwrap()) as usize % bytes.len();
        bytes[at] ^= change[4];
    }
    let folder = scratch();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    std::fs::write(&path, &bytes).unwrap();
    if let Ok(report) = options().recover(&path, &new) {
        assert!(report.contacts <= 8);
        assert!(options().open(&new).unwrap().check().unwrap().is_ok());
    }
    assert!(std::fs::read(&path).unwrap() == bytes, "recovery changed the file");
    let _ = use_everything(&path);
}
