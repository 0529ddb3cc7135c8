//! `PostgreSQL` on a server of its own under bench-data/, with an index of `pg_trgm` and with a B-tree in the order of
//! the answer. The crate `postgres` connects over a local socket and uses prepared statements.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, NoTls, Row, Statement};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Peer, Question, once};
use crate::Result;
use crate::names::FORMS;

/// `PostgreSQL` with one of the two indexes.
pub(crate) struct Postgres {
    name: &'static str,
    client: Client,
    everyone: Statement,
    advisor: Statement,
    // Fields are dropped in this order, so the server stops after the client.
    _server: Rc<Server>,
}

/// A server that stops when this value is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Asks for a fast shutdown and waits for it.
        let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

const SCHEMA: &str = "
    DROP TABLE IF EXISTS name_text, name_tree, link, contact;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE TABLE contact (id integer PRIMARY KEY, first_name text, last_name text, display_name text, company text,
        contact_methods text);
    CREATE TABLE name_text (contact integer, network integer, rank integer, text text COLLATE \"C\");
    CREATE TABLE link (contact integer, advisor integer, PRIMARY KEY (contact, advisor));
";
const INDEXES: &str = "
    CREATE INDEX ON name_text USING gin (text gin_trgm_ops);
    CREATE TABLE name_tree AS SELECT * FROM name_text;
    CREATE INDEX ON name_tree (network, rank, text, contact);
    CREATE INDEX ON link (advisor, contact);
";
/// The tables that are copied from the plain database, and their columns.
const TABLES: [(&str, &str); 3] = [
    ("contact", "id, first_name, last_name, display_name, company, contact_methods"),
    ("name_text", "contact, network, rank, text"),
    ("link", "contact, advisor"),
];

/// The folder of its programs, if it is installed.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
    found.sort();
    found.into_iter().rfind(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

/// The user that it runs as, because it refuses to run as root.
fn user() -> Option<(u32, u32)> {
    let id = |flag: &str, name: &[&str]| {
        let output = Command::new("id").arg(flag).args(name).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse::<u32>().ok()
    };
    match id("-u", &[])? {
        0 => Some((id("-u", &["postgres"])?, id("-g", &["postgres"])?)),
        own => Some((own, id("-g", &[])?)),
    }
}

impl Postgres {
    /// Starts a server with the names of a plain database. Returns the reason if there is none.
    pub(crate) fn start(folder: &Path, plain: &Connection) -> Result<std::result::Result<[Self; 2], String>> {
        let (Some(programs), Some((uid, gid))) = (programs(), user()) else {
            return Ok(Err("PostgreSQL is not on this machine".to_owned()));
        };
        let command = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.uid(uid).gid(gid).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let data = std::path::absolute(folder)?;
        let made = data.join("names-are-in");
        if !made.exists() {
            let _ = std::fs::remove_dir_all(&data);
            std::fs::create_dir_all(&data)?;
            std::os::unix::fs::chown(&data, Some(uid), Some(gid))?;
            let mut initdb = command("initdb");
            initdb.args(["-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C", "-N", "-D"]);
            if !initdb.arg(data.join("db")).status()?.success() {
                return Ok(Err("PostgreSQL is there, but initdb has failed".to_owned()));
            }
        }
        let mut server = command("postgres");
        server.arg("-D").arg(data.join("db")).arg("-k").arg(&data);
        server.args([
            "-c",
            "listen_addresses=",
            "-c",
            "jit=off",
            "-c",
            "plan_cache_mode=force_custom_plan",
            "-c",
            "shared_buffers=256MB",
            "-c",
            "max_wal_size=4GB",
        ]);
        let server = Server(server.spawn()?);
        let mut config = Config::new();
        config.host_path(&data).user("bench").dbname("postgres");
        let begun = Instant::now();
        let mut client = loop {
            match config.connect(NoTls) {
                Ok(client) => break client,
                Err(error) if begun.elapsed() > Duration::from_secs(60) => {
                    return Ok(Err(format!("PostgreSQL is there, but its server does not answer: {error}")));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        if !made.exists() {
            if let Err(error) = fill(&mut client, plain) {
                return Ok(Err(format!(
                    "PostgreSQL is there, but pg_trgm is not, or the copy has failed: {error}"
                )));
            }
            std::fs::write(&made, "")?;
        }
        let server = Rc::new(server);
        let other = config.connect(NoTls)?;
        let ranks = [0, 1, 2].map(|rank| {
            format!(
                "(SELECT n.contact, n.rank, n.text FROM name_tree n WHERE n.network = $1 AND n.rank = {rank}
                    AND n.text LIKE $2 AND WHOSE ORDER BY n.text, n.contact LIMIT $3)"
            )
        });
        let grams =
            "SELECT n.contact, n.rank, n.text FROM name_text n WHERE n.network = $1 AND n.text LIKE $2
            AND WHOSE ORDER BY n.rank, n.text, n.contact LIMIT $3";
        Ok(Ok([
            Self::prepare("PostgreSQL, pg_trgm", client, grams, Rc::clone(&server))?,
            Self::prepare("PostgreSQL, B-tree", other, &ranks.join(" UNION ALL "), server)?,
        ]))
    }

    /// Prepares the query for names, with both conditions that replace `WHOSE`.
    fn prepare(name: &'static str, mut client: Client, names: &str, server: Rc<Server>) -> Result<Self> {
        let types = [Type::INT4, Type::TEXT, Type::INT8, Type::INT4];
        let sql = |whose: &str| {
            format!(
                "WITH found AS ({}) SELECT f.contact, c.* FROM found f JOIN contact c ON c.id = f.contact
                    ORDER BY f.rank, f.text, f.contact",
                names.replace("WHOSE", whose)
            )
        };
        Ok(Self {
            name,
            everyone: client.prepare_typed(&sql("TRUE"), &types[..3])?,
            advisor: client.prepare_typed(&sql(OF_ADVISOR), &types)?,
            client,
            _server: server,
        })
    }
}

const OF_ADVISOR: &str = "EXISTS (SELECT 1 FROM link l WHERE l.contact = n.contact AND l.advisor = $4)";

/// Copies the tables from the plain database and builds the indexes.
fn fill(client: &mut Client, plain: &Connection) -> Result<()> {
    client.batch_execute(SCHEMA)?;
    for (table, columns) in TABLES {
        let mut select = plain.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let target = client.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let types: Vec<_> = target.columns().iter().map(|column| column.type_().clone()).collect();
        let copy = client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY"))?;
        let mut writer = BinaryCopyInWriter::new(copy, &types);
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let cells = (0..types.len()).map(|at| cell(row.get(at)?));
            writer.write_raw(cells.collect::<Result<Vec<_>>>()?)?;
        }
        writer.finish()?;
    }
    client.batch_execute(INDEXES)?;
    Ok(client.batch_execute("VACUUM ANALYZE")?)
}

/// A SQLite value as a parameter of `PostgreSQL`.
fn cell(value: Value) -> Result<Box<dyn ToSql + Sync>> {
    Ok(match value {
        Value::Integer(number) => Box::new(i32::try_from(number)?),
        Value::Text(text) => Box::new(text),
        Value::Null => Box::new(None::<String>),
        other => return Err(format!("no column takes {other:?}").into()),
    })
}

impl Peer for Postgres {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let network = i32::try_from(question.network)?;
        let text = format!("{}%", question.text);
        let limit = i64::try_from(question.limit * FORMS)?;
        let rows = if let Some(advisor) = question.advisor {
            let advisor = i32::try_from(advisor)?;
            self.client.query(&self.advisor, &[&network, &text, &limit, &advisor])?
        } else {
            self.client.query(&self.everyone, &[&network, &text, &limit])?
        };
        once(rows.iter().map(read), question.limit)
    }

    fn patience(&self, contacts: u64, queries: usize) -> usize {
        queries.min(if contacts > 2_000_000 { 10 } else { 60 })
    }
}

/// Reads every column of a row, as the other engines do, and returns the contact id.
fn read(row: &Row) -> Result<i64> {
    for at in 2..row.len() {
        std::hint::black_box(row.try_get::<_, Option<String>>(at)?);
    }
    Ok(i64::from(row.try_get::<_, i32>(0)?))
}
