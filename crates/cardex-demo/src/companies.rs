//! Company names: the n-th company. All names are different.

use crate::phones::push_number;

const STEM: usize = 60;
const MIDDLE: usize = 30;
const KIND: usize = 24;
const FORM: usize = 8;

static STEMS: [&str; STEM] = [
    "Borealis", "Cobalt", "Meridian", "Juniper", "Harbour", "Quartz", "Falcon", "Lumen", "Cedar", "Orchard",
    "Granite", "Saffron", "Tundra", "Velvet", "Willow", "Zephyr", "Amber", "Beacon", "Cascade", "Delta",
    "Ember", "Fjord", "Glacier", "Horizon", "Indigo", "Jasper", "Kestrel", "Lagoon", "Magnolia", "Nimbus",
    "Opal", "Pioneer", "Quill", "Raven", "Sierra", "Topaz", "Umbra", "Vista", "Walnut", "Xenon", "Yarrow",
    "Zenith", "Acacia", "Birch", "Coral", "Dune", "Elm", "Fern", "Garnet", "Heron", "Iris", "Jade", "Kelp",
    "Larch", "Maple", "Nectar", "Otter", "Poplar", "Reed", "Sorrel",
];
static MIDDLES: [&str; MIDDLE] = [
    "Nord", "South", "Digital", "First", "United", "General", "Pacific", "Atlantic", "Central", "Global",
    "Royal", "Urban", "Green", "Blue", "Silver", "Golden", "New", "Old", "Alpine", "Coastal", "Prime",
    "Smart", "Open", "Rapid", "Bright", "Clear", "Noble", "Swift", "Grand", "Inter",
];
static KINDS: [&str; KIND] = [
    "Logistics",
    "Consulting",
    "Foods",
    "Energy",
    "Capital",
    "Insurance",
    "Studios",
    "Textiles",
    "Motors",
    "Media",
    "Software",
    "Clinic",
    "Travel",
    "Optics",
    "Robotics",
    "Bank",
    "Farms",
    "Tools",
    "Partners",
    "Furniture",
    "Academy",
    "Pharma",
    "Airways",
    "Networks",
];
static FORMS: [&str; FORM] = ["", " Ltd", " Inc.", " GmbH", " SAS", " S.A.", " B.V.", ""];

/// The count of different companies, without and with a middle word.
const COMPANY_COUNT: u64 = (STEM * KIND * (MIDDLE + 1)) as u64;

/// The count of companies in a book of `contacts` contacts.
pub(super) fn count(contacts: u64) -> usize {
    usize::try_from((contacts / 25).clamp(20, COMPANY_COUNT)).unwrap_or(20)
}

/// The words of the n-th company. The first companies have short names, without a middle word.
fn words(n: usize) -> [&'static str; 3] {
    let at = |list: &'static [&'static str], i: usize| list.get(i).copied().unwrap_or_default();
    let (stem, rest) = (n % STEM, n / STEM);
    // The stem is added so that companies with neighbouring numbers have different trades.
    let kind = rest.wrapping_add(stem) % KIND;
    let middle = (rest / KIND).checked_sub(1).map_or("", |i| at(&MIDDLES, i));
    [at(&STEMS, stem), middle, at(&KINDS, kind)]
}

/// The name of the n-th company.
pub(super) fn company_name(n: usize) -> String {
    let [stem, middle, kind] = words(n);
    let mut out = String::with_capacity(40);
    out.push_str(stem);
    for word in [middle, kind] {
        if !word.is_empty() {
            out.push(' ');
            out.push_str(word);
        }
    }
    out.push_str(FORMS.get(n.wrapping_mul(5) % FORM).copied().unwrap_or_default());
    out
}

/// Appends the domain of the n-th company, under the top-level domain for examples.
pub(super) fn push_domain(out: &mut String, n: usize) {
    for byte in words(n).iter().flat_map(|word| word.bytes()) {
        out.push(char::from(byte.to_ascii_lowercase()));
    }
    out.push_str(".example");
}

/// Appends the domain of the n-th e-mail provider for private addresses.
pub(super) fn push_mail_host(out: &mut String, n: usize) {
    out.push_str("mail");
    if n > 0 {
        push_number(out, n as u64, 1);
    }
    out.push_str(".example");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_are_different() {
        let all = usize::try_from(COMPANY_COUNT).unwrap();
        assert_eq!(all, STEMS.len() * KINDS.len() * (MIDDLES.len() + 1));
        assert_eq!((0..all).map(words).collect::<HashSet<_>>().len(), all);
        assert_eq!(
            (company_name(0), company_name(1)),
            ("Borealis Logistics".into(), "Cobalt Consulting S.A.".into())
        );
        assert_eq!((count(0), count(1_000), count(u64::MAX)), (20, 40, all));
    }
}
