//! Texts of the libraries do not mention the command line: other programs show them too.

use super::sources_in;

/// The contents of the string literals of a line. Byte strings are no texts.
fn literals(line: &str) -> Vec<&str> {
    let pieces: Vec<&str> = line.split('"').collect();
    let is_text = |at: &usize| !pieces[at - 1].ends_with('b');
    (1..pieces.len()).step_by(2).filter(is_text).map(|at| pieces[at]).collect()
}

fn mentions_command_line(text: &str) -> bool {
    let option = text.split("--").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    option || text.contains("cardex ") || text.contains("CARDEX_")
}

#[test]
fn messages_do_not_mention_the_command_line() {
    assert!(["use --force", "run `cardex init`", "set CARDEX_KEY"].into_iter().all(mentions_command_line));
    assert!(!["a -- b", "is not a Cardex book", "--"].into_iter().any(mentions_command_line));
    let (mut checked, mut found) = (0, Vec::new());
    for folder in ["src", "crates/cardex-exchange/src", "crates/cardex-http/src"] {
        for source in sources_in(folder).iter().filter(|source| !source.is_test()) {
            for (number, line) in source.code().filter(|(_, line)| !line.contains("#[ignore")) {
                for text in literals(line) {
                    checked += 1;
                    if mentions_command_line(text) {
                        found.push(format!("{}:{number}: {text}", source.name));
                    }
                }
            }
        }
    }
    assert!(checked > 1_000, "{checked}");
    assert!(found.is_empty(), "{found:#?}");
}
