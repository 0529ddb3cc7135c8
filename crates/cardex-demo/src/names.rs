//! Lists of names by group, from `names.tsv`.

use std::sync::LazyLock;

use crate::rng::Rng;

/// A name in two forms. Each form has two parts where it may be split; the second part may be empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Name {
    native: [&'static str; 2],
    roman: [&'static str; 2],
    /// Whether it is a female name.
    pub(super) female: bool,
}

/// Names with their frequencies.
#[derive(Default)]
pub(super) struct NameList {
    names: Vec<Name>,
    /// Indexes of names. An index is repeated by the frequency of its name, at least once.
    weighted_names: Vec<u16>,
    /// Indexes of names with two parts.
    splittable_names: Vec<u16>,
}

/// The given and the family names of one group.
#[derive(Default)]
pub(super) struct NameGroup {
    key: &'static str,
    pub(super) given: NameList,
    pub(super) family: NameList,
}

/// A drawn name: the first part of one name and the second part of another or, in most cases, of the same name.
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

    /// Appends the romanised form, reduced to lower-case ASCII letters.
    pub(super) fn slug(&self, out: &mut String) {
        let parts = [self.first.roman[0], self.second.roman[1]];
        for byte in parts.iter().flat_map(|part| part.bytes()).filter(u8::is_ascii_alphabetic) {
            out.push(char::from(byte.to_ascii_lowercase()));
        }
    }
}

impl NameList {
    /// The length of the list that the frequencies are scaled to.
    const WEIGHT_TOTAL: u64 = 2048;

    /// Draws a name. In `rare` of 10,000 draws it combines two names, because the lists have no long tail.
    pub(super) fn pick_name(&self, rng: &mut Rng, rare: usize) -> PickedName {
        if self.splittable_names.len() > 1 && rng.chance(rare) {
            let (first, second) =
                (self.pick(&self.splittable_names, rng), self.pick(&self.splittable_names, rng));
            return PickedName { first, second, female: second.female };
        }
        let name = self.pick(&self.weighted_names, rng);
        PickedName { first: name, second: name, female: name.female }
    }

    fn pick(&self, indexes: &[u16], rng: &mut Rng) -> Name {
        self.names.get(usize::from(rng.pick(indexes))).copied().unwrap_or_default()
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
    let finish = |(mut group, [given, family]): (NameGroup, [Vec<u64>; 2])| {
        group.given.build_weights(&given);
        group.family.build_weights(&family);
        group
    };
    groups.into_iter().map(finish).collect()
}

fn parts(name: &'static str) -> [&'static str; 2] {
    name.split_once('|').map_or([name, ""], |(first, second)| [first, second])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_consistent() {
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
