//! Lists of names by group, out of `names.tsv`.

use std::sync::LazyLock;

use crate::rng::Rng;

/// One name of a list, in two forms, each in the two parts it may be cut into (the second may be empty).
#[derive(Clone, Copy, Default)]
pub(super) struct Name {
    native: [&'static str; 2],
    roman: [&'static str; 2],
    /// Whether a woman has it.
    pub(super) female: bool,
}

/// Names with their frequencies.
#[derive(Default)]
pub(super) struct NameList {
    names: Vec<Name>,
    /// Names by frequency: a name has as many places as it is frequent, and at least one.
    weighted_names: Vec<u16>,
    /// Names that can be cut.
    splittable_names: Vec<u16>,
}

/// The given and the family names of one group.
#[derive(Default)]
pub(super) struct NameGroup {
    key: &'static str,
    pub(super) given: NameList,
    pub(super) family: NameList,
}

/// A name drawn: the first part of one and the second of another, which mostly is the same.
#[derive(Clone, Copy)]
pub(super) struct PickedName {
    first: Name,
    second: Name,
    pub(super) female: bool,
}

impl PickedName {
    /// Appends the native or the romanised form.
    pub(super) fn write(&self, out: &mut String, roman: bool) {
        let (first, second) = if roman {
            (self.first.roman, self.second.roman)
        } else {
            (self.first.native, self.second.native)
        };
        out.push_str(first[0]);
        out.push_str(second[1]);
    }

    /// Appends the romanised form in small letters only.
    pub(super) fn slug(&self, out: &mut String) {
        let parts = [self.first.roman[0], self.second.roman[1]];
        for byte in parts.iter().flat_map(|part| part.bytes()).filter(u8::is_ascii_alphabetic) {
            out.push(char::from(byte.to_ascii_lowercase()));
        }
    }
}

impl NameList {
    /// Places that the frequencies are rounded to.
    const WEIGHT_TOTAL: u64 = 2048;

    /// Draws a name. In `rare` of 10,000 cases it is made of two, which gives the long tail that the lists lack.
    pub(super) fn pick_name(&self, rng: &mut Rng, rare: usize) -> PickedName {
        if self.splittable_names.len() > 1 && rng.chance(rare) {
            let (first, second) =
                (self.pick(&self.splittable_names, rng), self.pick(&self.splittable_names, rng));
            return PickedName { first, second, female: second.female };
        }
        let name = self.pick(&self.weighted_names, rng);
        PickedName { first: name, second: name, female: name.female }
    }

    fn pick(&self, places: &[u16], rng: &mut Rng) -> Name {
        self.names.get(usize::from(rng.pick(places))).copied().unwrap_or_default()
    }

    fn build_weights(&mut self, weights: &[u64]) {
        let total = weights.iter().copied().fold(0, u64::saturating_add).max(1);
        for ((at, name), weight) in (0_u16..).zip(&self.names).zip(weights) {
            let share = weight.saturating_mul(Self::WEIGHT_TOTAL).checked_div(total).unwrap_or(0).max(1);
            self.weighted_names.extend((0..share).map(|_| at));
            if !name.native[1].is_empty() {
                self.splittable_names.push(at);
            }
        }
    }
}

/// The group with this key.
pub(super) fn name_group(key: &str) -> Option<&'static NameGroup> {
    static GROUPS: LazyLock<Vec<NameGroup>> = LazyLock::new(|| read(include_str!("names.tsv")));
    GROUPS.iter().find(|group| group.key == key)
}

fn read(table: &'static str) -> Vec<NameGroup> {
    let mut groups: Vec<(NameGroup, [Vec<u64>; 2])> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (key, kind, gender, weight) = (field(), field(), field(), field());
        let native = parts(field());
        let roman = parts(field());
        let name =
            Name { native, roman: if roman[0].is_empty() { native } else { roman }, female: gender == "F" };
        let at = groups.iter().position(|(group, _)| group.key == key).unwrap_or_else(|| {
            groups.push((NameGroup { key, ..NameGroup::default() }, [Vec::new(), Vec::new()]));
            groups.len().saturating_sub(1)
        });
        if let Some((group, [given, family])) = groups.get_mut(at) {
            let (list, weights) =
                if kind == "g" { (&mut group.given, given) } else { (&mut group.family, family) };
            list.names.push(name);
            weights.push(weight.parse().unwrap_or(1));
        }
    }
    let spread = |(mut group, [given, family]): (NameGroup, [Vec<u64>; 2])| {
        group.given.build_weights(&given);
        group.family.build_weights(&family);
        group
    };
    groups.into_iter().map(spread).collect()
}

fn parts(name: &'static str) -> [&'static str; 2] {
    name.split_once('|').map_or([name, ""], |(first, second)| [first, second])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let groups = read(include_str!("names.tsv"));
        assert!(groups.len() >= 30);
        for group in &groups {
            for list in [&group.given, &group.family] {
                assert!(list.names.len() >= 13, "{}", group.key);
                for name in &list.names {
                    assert!(
                        !name.native[0].is_empty() && name.native.concat().trim() == name.native.concat()
                    );
                    assert!(name.roman.concat().is_ascii(), "{}: {}", group.key, name.native.concat());
                }
            }
        }
    }
}
