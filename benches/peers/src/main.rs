//! tantivy for the comparison. Reads names from stdin, one in a line, in the order of answers. Then answers queries.
//!
//! A name has four fields with tabs: network, contact, advisors separated by commas, folded text. An empty line ends
//! the names; an existing index is reused. A query: network, advisor or nothing, limit, text. An answer: nanoseconds,
//! then contacts.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, RegexQuery, TermQuery};
use tantivy::schema::{FAST, INDEXED, IndexRecordOption, STRING, Schema};
use tantivy::{Index, IndexReader, Order, Searcher, Term, doc};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("a folder is missing")?.into();
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", STRING);
    let network = schema.add_u64_field("network", INDEXED);
    let advisor = schema.add_u64_field("advisor", INDEXED);
    let rank = schema.add_u64_field("rank", FAST);
    let contact = schema.add_u64_field("contact", FAST);
    let schema = schema.build();
    let (mut lines, mut out) = (std::io::stdin().lock().lines(), std::io::stdout().lock());
    let whole = folder.join("names-are-in");
    let index = if whole.exists() {
        Index::open_in_dir(&folder)?
    } else {
        writeln!(out, "names, please")?;
        out.flush()?;
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let index = Index::create_in_dir(&folder, schema)?;
        let mut writer = index.writer_with_num_threads(1, 200_000_000)?;
        for (place, line) in (0_u64..).zip(&mut lines) {
            let line = line?;
            let mut cells = line.splitn(4, '\t');
            let (Some(net), Some(who), Some(advisors), Some(name)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                break;
            };
            let mut document = doc!(text => name, network => net.parse::<u64>()?, rank => place,
                contact => who.parse::<u64>()?);
            for id in advisors.split(',').filter(|id| !id.is_empty()) {
                document.add_u64(advisor, id.parse()?);
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        // One segment, as for an index that is mostly read.
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        writer.wait_merging_threads()?;
        std::fs::write(&whole, "")?;
        index
    };
    let reader: IndexReader = index.reader()?;
    let searcher: Searcher = reader.searcher();
    writeln!(out, "ready")?;
    out.flush()?;
    for line in lines {
        let line = line?;
        let cells: Vec<&str> = line.splitn(4, '\t').collect();
        let [net, who, most, start] = cells[..] else { return Err("not a question".into()) };
        let begun = Instant::now();
        let exact = |field, number: u64| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_u64(field, number), IndexRecordOption::Basic))
        };
        let prefix: Box<dyn Query> = Box::new(RegexQuery::from_pattern(&format!("{}.*", escaped(start)), text)?);
        let mut all = vec![(Occur::Must, prefix), (Occur::Must, exact(network, net.parse()?))];
        if !who.is_empty() {
            all.push((Occur::Must, exact(advisor, who.parse()?)));
        }
        let top = TopDocs::with_limit(most.parse()?).order_by_fast_field::<u64>("rank", Order::Asc);
        let hits = searcher.search(&BooleanQuery::new(all), &top)?;
        let mut found = String::new();
        for (_, address) in hits {
            let column = searcher.segment_reader(address.segment_ord).fast_fields().u64("contact")?;
            if let Some(id) = column.first(address.doc_id) {
                found.push(' ');
                found.push_str(&id.to_string());
            }
        }
        writeln!(out, "{}\t{found}", begun.elapsed().as_nanos())?;
        out.flush()?;
    }
    Ok(())
}

/// A text with all special characters of a pattern escaped.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}
