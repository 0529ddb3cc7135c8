//! `PostgreSQL` on a server of its own under bench-data/, by an index of `pg_trgm` and by a B-tree in the order of the answer. Asked
//! over a local socket, with prepared statements.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::wire::Wire;
use super::{Peer, Question, once};
use crate::Result;
use crate::names::FORMS;

/// By one of the two indexes.
pub(crate) struct Postgres {
    name: &'static str,
    wire: Wire,
    _server: Rc<Server>,
}

/// A server that stops with this.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // As a shell would say "stop now"; then wait until it is gone.
        let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

const SCHEMA: &str = "
    DROP TABLE IF EXISTS name_text, name_tree, link, contact;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE TABLE contact (id integer PRIMARY KEY, first_name text, last_name text, display_name text, company text,
        points text);
    CREATE TABLE name_text (contact integer, network integer, rank integer, text text COLLATE \"C\");
    CREATE TABLE link (contact integer, advisor integer, PRIMARY KEY (contact, advisor));
";
const INDEXES: &str = "
    CREATE INDEX ON name_text USING gin (text gin_trgm_ops);
    CREATE TABLE name_tree AS SELECT * FROM name_text;
    CREATE INDEX ON name_tree (network, rank, text, contact);
    CREATE INDEX ON link (advisor, contact);
    VACUUM ANALYZE contact; VACUUM ANALYZE name_text; VACUUM ANALYZE name_tree; VACUUM ANALYZE link;
";

/// Where its programs are, if it is on the machine.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
    found.sort();
    found.into_iter().rfind(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

/// The user it runs as: it refuses to be root.
fn user() -> Option<(u32, u32)> {
    let id = |flag: &str, name: &[&str]| {
        let told = Command::new("id").arg(flag).args(name).output().ok()?;
        String::from_utf8(told.stdout).ok()?.trim().parse::<u32>().ok()
    };
    match id("-u", &[])? {
        0 => Some((id("-u", &["postgres"])?, id("-g", &["postgres"])?)),
        own => Some((own, id("-g", &[])?)),
    }
}

impl Postgres {
    /// Starts a server on the names of a plain database; says why not, where there is none.
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
        let socket = data.join(".s.PGSQL.5432");
        let begun = Instant::now();
        let mut wire = loop {
            match Wire::connect(&socket, "bench", "postgres") {
                Ok(wire) => break wire,
                Err(error) if begun.elapsed() > Duration::from_secs(60) => {
                    return Ok(Err(format!("PostgreSQL is there, but its server does not answer: {error}")));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        if !made.exists() {
            if let Err(error) = fill(&mut wire, plain) {
                return Ok(Err(format!(
                    "PostgreSQL is there, but pg_trgm is not, or the copy has failed: {error}"
                )));
            }
            std::fs::write(&made, "")?;
        }
        let server = Rc::new(server);
        let other = Wire::connect(&socket, "bench", "postgres")?;
        let ranks = [0, 1, 2].map(|rank| {
            format!(
                "(SELECT n.contact, n.rank, n.text FROM name_tree n WHERE n.network = $1::integer AND n.rank = {rank}
                    AND n.text LIKE $2 AND WHOSE ORDER BY n.text, n.contact LIMIT $3::integer)"
            )
        });
        let grams = "SELECT n.contact, n.rank, n.text FROM name_text n WHERE n.network = $1::integer AND n.text LIKE $2
            AND WHOSE ORDER BY n.rank, n.text, n.contact LIMIT $3::integer";
        let ready = |name, mut wire: Wire, found: &str| -> Result<Self> {
            for (asked, whose) in [("everyone", "$4 = ''"), ("advisor", OF_ADVISOR)] {
                let found = found.replace("WHOSE", whose);
                wire.prepare(
                    asked,
                    &format!(
                        "WITH found AS ({found}) SELECT f.contact, c.* FROM found f JOIN contact c ON c.id = f.contact
                            ORDER BY f.rank, f.text, f.contact"
                    ),
                )?;
            }
            Ok(Self { name, wire, _server: Rc::clone(&server) })
        };
        Ok(Ok([
            ready("PostgreSQL, pg_trgm", wire, grams)?,
            ready("PostgreSQL, B-tree", other, &ranks.join(" UNION ALL "))?,
        ]))
    }
}

const OF_ADVISOR: &str =
    "EXISTS (SELECT 1 FROM link l WHERE l.contact = n.contact AND l.advisor = $4::integer)";

fn fill(wire: &mut Wire, plain: &Connection) -> Result<()> {
    wire.run(SCHEMA)?;
    for (table, sql) in [
        ("contact", "SELECT id, first_name, last_name, display_name, company, points FROM contact"),
        ("name_text", "SELECT contact, network, rank, text FROM name_text"),
        ("link", "SELECT contact, advisor FROM link"),
    ] {
        let mut select = plain.prepare(sql)?;
        let columns = select.column_count();
        let lines = select.query_map([], |row| {
            let cell = |at| {
                Ok(match row.get(at)? {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text
                        .replace('\\', "\\\\")
                        .replace('\t', "\\t")
                        .replace('\n', "\\n")
                        .replace('\r', "\\r"),
                    _ => String::new(),
                })
            };
            Ok((0..columns).map(cell).collect::<rusqlite::Result<Vec<_>>>()?.join("\t"))
        })?;
        wire.copy(&format!("COPY {table} FROM STDIN"), lines.map(|line| Ok(line?)))?;
    }
    INDEXES.split(';').filter(|sql| !sql.trim().is_empty()).try_for_each(|sql| wire.run(sql))
}

impl Peer for Postgres {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let advisor = question.advisor.map(|id| id.to_string()).unwrap_or_default();
        let rows = self.wire.ask(
            if advisor.is_empty() { "everyone" } else { "advisor" },
            &[
                &question.network.to_string(),
                &format!("{}%", question.text),
                &(question.limit * FORMS).to_string(),
                &advisor,
            ],
        )?;
        once(rows.iter().map(|row| Ok(row.first().ok_or("a row without fields")?.parse()?)), question.limit)
    }

    fn patience(&self, contacts: u64, queries: usize) -> usize {
        queries.min(if contacts > 2_000_000 { 10 } else { 60 })
    }
}
