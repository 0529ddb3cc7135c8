use super::*;

#[test]
fn parts_come_one_after_the_other() {
    let order = Collator::new("").unwrap();
    assert!(order.sort_key(&["a", "z"]) < order.sort_key(&["aa", "a"]));
}
