use super::*;

#[test]
fn first() {
    assert_eq!(fold("  Łukasz  O'Neill-Müller "), "lukasz oneill muller");
    assert_eq!(fold("Андрей Ёлкин"), "андрей елкин");
    assert_eq!(fold("ガ"), "ガ");
    assert_eq!(fold("Dr. J. R."), "dr j r");
}
