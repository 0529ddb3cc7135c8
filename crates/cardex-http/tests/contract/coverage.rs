//! Coverage of the declared answers.

use std::collections::BTreeSet;

use super::fixture::ProductFixture;

/// A code that cannot be reached: operation (`*`: any), status, code, reason.
pub type Exemption = (&'static str, u16, &'static str, &'static str);

/// Prints the reached and the declared answers. Returns the counts of operations and codes. A missing answer without a
/// reason fails the test.
pub fn coverage(product_fixture: &ProductFixture, unreachable: &[Exemption]) -> (usize, usize) {
    let contract = &product_fixture.product.contract;
    let declared = contract.declared();
    let reached: BTreeSet<_> = product_fixture.reached.borrow().intersection(&declared).cloned().collect();
    let operations: BTreeSet<_> =
        reached.iter().filter(|(_, status, _)| *status < 300).map(|(id, ..)| id).collect();
    let excused = |(id, status, word): &&(String, u16, String)| {
        unreachable
            .iter()
            .any(|(of, code, name, _)| (*of == "*" || of == id) && (code, *name) == (status, word.as_str()))
    };
    let missing: Vec<_> = declared.difference(&reached).filter(|code| !excused(code)).collect();
    let all = contract.operations.len();
    println!("operations {} of {all}, codes {} of {}", operations.len(), reached.len(), declared.len());
    for (id, status, word, why) in unreachable {
        println!("not reachable: {id} {status} {word} ({why})");
    }
    assert!(missing.is_empty(), "neither reached nor excused: {missing:#?}");
    let idle: Vec<_> = reached.iter().filter(excused).collect();
    assert!(idle.is_empty(), "reached, so no excuse is needed: {idle:#?}");
    (operations.len(), reached.len())
}
