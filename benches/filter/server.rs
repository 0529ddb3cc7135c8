//! The same rows in `PostgreSQL`, with the indexes of Chatwoot 4.3 and the shapes of its queries, driven by `psql`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::{ASKS, Ask};

const SCHEMA: &str = "
DROP TABLE IF EXISTS taggings, tags, contacts;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE contacts (
    id bigserial PRIMARY KEY, name varchar DEFAULT '', email varchar, phone_number varchar, account_id integer NOT NULL,
    created_at timestamp NOT NULL, updated_at timestamp NOT NULL, additional_attributes jsonb DEFAULT '{}', identifier varchar,
    custom_attributes jsonb DEFAULT '{}', last_activity_at timestamp, contact_type integer DEFAULT 0, blocked boolean DEFAULT false);
CREATE TABLE tags (id serial PRIMARY KEY, name varchar UNIQUE);
CREATE TABLE taggings (
    id bigserial PRIMARY KEY, tag_id integer, taggable_type varchar, taggable_id integer, context varchar(128), created_at timestamp);
";

const INDEXES: &str = "
CREATE INDEX ON contacts (account_id);
CREATE INDEX ON contacts (account_id, contact_type);
CREATE INDEX ON contacts (account_id, last_activity_at DESC NULLS LAST);
CREATE INDEX ON contacts (account_id, email, phone_number, identifier) WHERE email <> '' OR phone_number <> '' OR identifier <> '';
CREATE INDEX ON contacts (account_id) WHERE email <> '' OR phone_number <> '' OR identifier <> '';
CREATE INDEX ON contacts (blocked);
CREATE INDEX ON contacts (lower(email), account_id);
CREATE INDEX ON contacts USING gin (name gin_trgm_ops, email gin_trgm_ops, phone_number gin_trgm_ops, identifier gin_trgm_ops);
CREATE INDEX ON contacts (phone_number, account_id);
CREATE INDEX ON contacts (identifier, account_id);
CREATE UNIQUE INDEX ON taggings (tag_id, taggable_id, taggable_type, context);
CREATE INDEX ON taggings (taggable_id, taggable_type, context);
VACUUM ANALYZE contacts; ANALYZE tags; ANALYZE taggings;
";

/// Contacts as CSV, in the order of the copied columns.
const ROWS: &str = "SELECT c.id, trim(c.first_name || ' ' || c.last_name), c.contact_methods ->> '$[1][0][0]', c.contact_methods ->> '$[0][0][1]', 1,
    strftime('%Y-%m-%dT%H:%M:%f', c.created_at / 1000.0, 'unixepoch'),
    json_object('company_name', nullif(c.company, ''), 'city', nullif(c.city, ''), 'country', nullif(c.country, '')),
    (SELECT json_group_object(d.key, json(a.value)) FROM attribute a JOIN attribute_def d ON d.id = a.def WHERE a.contact = c.id),
    strftime('%Y-%m-%dT%H:%M:%f', c.active_at / 1000.0, 'unixepoch')
    FROM contact c WHERE c.trashed_at IS NULL ORDER BY c.id";

const RESOLVED: &str = "account_id = 1 AND (email <> '' OR phone_number <> '' OR identifier <> '')";

/// The orders of the product, in SQL.
const ORDERS: [(&str, &str); 8] = [
    ("name", "LOWER(name)"),
    ("email", "email"),
    ("phone", "phone_number"),
    ("activity", "last_activity_at ASC NULLS LAST"),
    ("created", "created_at ASC NULLS LAST"),
    ("company", "additional_attributes ->> 'company_name' ASC NULLS LAST"),
    ("city", "additional_attributes ->> 'city' ASC NULLS LAST"),
    ("country", "additional_attributes ->> 'country' ASC NULLS LAST"),
];

/// The time limit of all queries together.
const SPAN: Duration = Duration::from_secs(300);

/// Runs a script. Returns its output or its error.
fn psql(server: &str, script: &str) -> Result<String, String> {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", server])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("psql: {error}"))?;
    let written = child.stdin.take().unwrap().write_all(script.as_bytes());
    let output = child.wait_with_output().unwrap();
    if output.status.success() && written.is_ok() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A server with a time limit.
struct Server {
    name: String,
    until: Instant,
}

/// A query that takes more milliseconds runs twice instead of four times.
const LONG: f64 = 1_000.0;

impl Server {
    /// Milliseconds of each run, as psql reports them.
    fn times(&self, sql: &str, runs: usize) -> Result<Vec<f64>, String> {
        let left = self.until.saturating_duration_since(Instant::now()).as_secs();
        if left == 0 {
            return Err("not asked: time is up".to_owned());
        }
        let many = format!("{sql};\n").repeat(runs);
        let script =
            format!("SET statement_timeout = '{}s';\n\\timing on\n\\o /dev/null\n{many}", left.min(20));
        let output = psql(&self.name, &script)?;
        let time = |line: &str| line.strip_prefix("Time: ")?.split(' ').next()?.parse().ok();
        Ok(output.lines().filter_map(time).collect())
    }

    /// Microseconds: the median of three runs, or one run if it is long. The first run is ignored.
    fn median(&self, sql: &str) -> String {
        let times = || {
            let first = self.times(sql, 1)?.first().copied().ok_or("no times")?;
            let mut times = self.times(sql, if first > LONG { 1 } else { 3 })?;
            times.sort_by(f64::total_cmp);
            Ok::<_, String>(times[times.len() / 2])
        };
        match times() {
            Err(problem) => problem.lines().next().unwrap_or("failed").to_owned(),
            Ok(milliseconds) => format!("{:.0}", milliseconds * 1_000.0),
        }
    }
}

fn cell(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        _ => String::new(),
    }
}

/// Fills the tables, unless they have these rows already.
fn fill(server: &str, book: &Path, contacts: u64) -> Result<(), String> {
    let known = psql(server, "\\t on\nSELECT count(*) FROM contacts;").unwrap_or_default();
    // The store contains the writes of earlier runs, the tables do not.
    if known.trim().parse().is_ok_and(|count: u64| count.abs_diff(contacts) < 10_000) {
        return Ok(());
    }
    let sqlite = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, sql: &str| {
        let path = folder.path().join(name);
        let mut out = BufWriter::new(File::create(&path).unwrap());
        let mut statement = sqlite.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..columns).map(|column| cell(row.get(column).unwrap())).collect();
            writeln!(out, "{}", cells.join(",")).unwrap();
        }
        out.flush().unwrap();
        path.display().to_string()
    };
    let rows = file("contacts", ROWS);
    let tags = file("tags", "SELECT id, name FROM tag");
    let taggings = file("taggings", "SELECT tag, 'Contact', contact, 'labels' FROM contact_tag");
    let script = format!(
        "{SCHEMA}
        CREATE TEMP TABLE came (id bigint, name text, email text, phone text, account integer, created timestamp, more jsonb,
            custom jsonb, active timestamp);
        \\copy came FROM '{rows}' CSV
        INSERT INTO contacts (id, name, email, phone_number, account_id, created_at, updated_at, additional_attributes,
            custom_attributes, last_activity_at)
            SELECT id, name, email, phone, account, created, created, jsonb_strip_nulls(more), custom, active FROM came;
        \\copy tags (id, name) FROM '{tags}' CSV
        \\copy taggings (tag_id, taggable_type, taggable_id, context) FROM '{taggings}' CSV
        {INDEXES}"
    );
    psql(server, &script).map(drop)
}

/// The server with the rows of the store, if one is configured.
fn filled(book: &Path, contacts: u64) -> Option<String> {
    let Ok(server) = std::env::var("CARDEX_PG") else {
        println!(
            "PostgreSQL is left out: CARDEX_PG names no server (such as `host=/tmp/pg user=bench dbname=postgres`)"
        );
        return None;
    };
    if let Err(problem) = fill(&server, book, contacts) {
        println!("PostgreSQL is left out: {}", problem.trim());
        return None;
    }
    Some(server)
}

/// Creates the tables without measuring.
pub(crate) fn make(book: &Path, contacts: u64) {
    let begun = Instant::now();
    if filled(book, contacts).is_some() {
        println!("tables made in {} s", begun.elapsed().as_secs());
    }
}

/// Prints the times of the server for the same queries.
pub(crate) fn compare(book: &Path, contacts: u64) {
    let Some(name) = filled(book, contacts) else { return };
    let version = psql(&name, "\\t on\nSHOW server_version;").unwrap_or_default();
    println!(
        "PostgreSQL {}, µs in the middle of three runs, or of the second if they are long",
        version.trim()
    );
    let server = Server { name, until: Instant::now() + SPAN };
    let page = |condition: &str, order: &str, offset: u64| {
        server.median(&format!(
            "SELECT * FROM contacts WHERE {condition} ORDER BY {order} LIMIT 15 OFFSET {offset}"
        ))
    };
    let pages = contacts / 15;
    for (name, order) in ORDERS {
        for number in [1, 1_000.min(pages), pages / 2] {
            println!("{name:>9} page {number:>6}: {:>12}", page(RESOLVED, order, (number - 1) * 15));
        }
    }
    for Ask { filter, sql } in ASKS {
        let condition = format!("{RESOLVED} AND {sql}");
        println!("{filter:>48} page:  {:>12}", page(&condition, "LOWER(name)", 0));
        println!("{:>48} newest: {:>11}", "", page(&condition, "last_activity_at DESC NULLS LAST", 0));
        let count = format!("SELECT count(*) FROM contacts WHERE {condition}");
        println!("{:>48} count: {:>12}", "", server.median(&count));
    }
    let find = "SELECT * FROM contacts WHERE account_id = 1 AND lower(email) = 'nobody@example.com' LIMIT 1";
    println!("find by e-mail address: {}", server.median(find));
}
