//! Walking an FST in order, both ways.
//!
//! `fst` streams forwards only. A node's transitions stand in the order of their bytes, so a stack of them is a place
//! in the order, and the next or the previous key is a few steps away.

use std::sync::Arc;

use fst::raw::{CompiledAddr, Node, Transition};

use super::merged::Direction;
use super::part::Part;

/// One step down from the root.
#[derive(Debug, Clone, Copy)]
struct Step {
    node: CompiledAddr,
    /// Which transition of it was taken, and whether it is the last one.
    taken: usize,
    last: bool,
    /// Whether a key ends at the node.
    is_final: bool,
    /// The sum of outputs above the node.
    sum: u64,
}

impl Step {
    fn of(node: &Node<'_>, taken: usize, (at, sum): (CompiledAddr, u64)) -> Self {
        let last = taken.saturating_add(1) >= node.len();
        Self { node: at, taken, last, is_final: node.is_final(), sum }
    }
}

/// A place in one part: at a key, or past one of its ends.
#[derive(Debug)]
pub(super) struct PartCursor {
    part: Arc<Part>,
    path: Vec<Step>,
    key: Vec<u8>,
    /// The node the path leads to and the sum of outputs on the way; `None` past an end.
    here: Option<(CompiledAddr, u64)>,
    /// The number of the key at hand.
    value: u64,
}

/// Room for the bytes of most keys, so that a walk down does not grow it step by step.
const DEPTH: usize = 40;

impl PartCursor {
    /// At the first key that is not below `text`.
    pub(super) fn at_or_after(part: Arc<Part>, text: &[u8]) -> Self {
        let mut cursor = Self::at_root(part);
        cursor.seek(text);
        cursor
    }

    /// At the last key that is below `text`.
    pub(super) fn before(part: Arc<Part>, text: &[u8]) -> Self {
        let mut cursor = Self::at_or_after(part, text);
        if cursor.here.is_some() {
            cursor.previous();
        } else {
            cursor = Self::at_last(cursor.part);
        }
        cursor
    }

    /// At the last key that is not above `text`.
    pub(super) fn at_or_before(part: Arc<Part>, text: &[u8]) -> Self {
        let cursor = Self::at_or_after(Arc::clone(&part), text);
        if cursor.entry().is_some_and(|(key, _)| key == text) { cursor } else { Self::before(part, text) }
    }

    /// At the last key.
    pub(super) fn at_last(part: Arc<Part>) -> Self {
        let mut cursor = Self::at_root(part);
        cursor.descend_last();
        cursor
    }

    fn at_root(part: Arc<Part>) -> Self {
        let root = part.fst.root().addr();
        let (path, key) = (Vec::with_capacity(DEPTH), Vec::with_capacity(DEPTH));
        Self { part, path, key, here: Some((root, 0)), value: 0 }
    }

    /// The key at hand and its number; `None` past an end.
    pub(super) fn entry(&self) -> Option<(&[u8], u64)> {
        self.here?;
        Some((&self.key, self.value))
    }

    pub(super) fn part(&self) -> &Arc<Part> {
        &self.part
    }

    /// Moves to the neighbour.
    pub(super) fn step(&mut self, direction: Direction) {
        match direction {
            Direction::Forward => self.next(),
            Direction::Backward => self.previous(),
        }
    }

    /// Moves to the next key.
    pub(super) fn next(&mut self) {
        if let Some((at, sum)) = self.here {
            let node = self.part.fst.node(at);
            if node.is_empty() {
                self.climb_next();
            } else {
                let step = Step::of(&node, 0, (at, sum));
                self.take(step, node.transition(0));
                self.descend_first();
            }
        }
    }

    /// Moves to the previous key.
    pub(super) fn previous(&mut self) {
        while let Some(step) = self.path.pop() {
            self.key.pop();
            if let Some(taken) = step.taken.checked_sub(1) {
                let before = self.part.fst.node(step.node).transition(taken);
                self.take(Step { taken, last: false, ..step }, before);
                self.descend_last();
                return;
            }
            if step.is_final {
                let last = self.part.fst.node(step.node).final_output().value();
                self.here = Some((step.node, step.sum));
                self.value = step.sum.saturating_add(last);
                return;
            }
        }
        self.here = None;
    }

    /// Goes to the first key not below `text`, from the root.
    fn seek(&mut self, text: &[u8]) {
        for byte in text {
            let Some((at, sum)) = self.here else { return };
            let node = self.part.fst.node(at);
            let Some((taken, exact)) = first_from(&node, *byte) else { return self.climb_next() };
            let step = Step::of(&node, taken, (at, sum));
            self.take(step, node.transition(taken));
            if !exact {
                return self.descend_first();
            }
        }
        self.descend_first();
    }

    /// Takes a transition of a node. To read a node is most of what a step costs: who has it hands the transition over.
    fn take(&mut self, step: Step, transition: Transition) {
        self.path.push(step);
        self.key.push(transition.inp);
        self.here = Some((transition.addr, step.sum.saturating_add(transition.out.value())));
    }

    /// Goes down to the first key at or below the node at hand.
    fn descend_first(&mut self) {
        while let Some((at, sum)) = self.here {
            let node = self.part.fst.node(at);
            if node.is_final() {
                self.value = sum.saturating_add(node.final_output().value());
                return;
            }
            if node.is_empty() {
                return self.climb_next(); // the root of an empty FST
            }
            let step = Step::of(&node, 0, (at, sum));
            self.take(step, node.transition(0));
        }
    }

    /// Goes down to the last key below the node at hand.
    fn descend_last(&mut self) {
        while let Some((at, sum)) = self.here {
            let node = self.part.fst.node(at);
            let Some(last) = node.len().checked_sub(1) else {
                if !node.is_final() {
                    self.here = None; // the root of an empty FST
                }
                self.value = sum.saturating_add(node.final_output().value());
                return;
            };
            let step = Step::of(&node, last, (at, sum));
            self.take(step, node.transition(last));
        }
    }

    /// Goes up to the first node with a further transition, takes that, and goes to its first key.
    fn climb_next(&mut self) {
        while let Some(step) = self.path.pop() {
            self.key.pop();
            if !step.last {
                let (node, taken) = (self.part.fst.node(step.node), step.taken.saturating_add(1));
                self.take(Step::of(&node, taken, (step.node, step.sum)), node.transition(taken));
                return self.descend_first();
            }
        }
        self.here = None;
    }
}

/// The first transition at or above `byte`, and whether it is at it.
fn first_from(node: &Node<'_>, byte: u8) -> Option<(usize, bool)> {
    if let Some(taken) = node.find_input(byte) {
        return Some((taken, true));
    }
    let taken = node.transitions().position(|transition| transition.inp > byte)?;
    Some((taken, false))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::part::PartBuilder;
    use super::super::postings::Posting;
    use super::*;

    fn part(keys: &BTreeMap<Vec<u8>, i64>) -> Option<Arc<Part>> {
        let mut builder = PartBuilder::with_parts_of(usize::MAX);
        for (key, contact) in keys {
            assert!(builder.add(key, Posting::live(*contact)).unwrap().is_none());
        }
        let built = builder.finish().unwrap()?;
        Some(Arc::new(Part::read(built.body, &built.row).unwrap()))
    }

    fn here(cursor: &PartCursor) -> Option<(Vec<u8>, i64)> {
        cursor.entry().map(|(key, value)| (key.to_vec(), i64::try_from(value >> 2).unwrap()))
    }

    proptest! {
        #[test]
        fn walks_like_a_btree(
            keys in prop::collection::btree_map(prop::collection::vec(0_u8..4, 1..6), 1_i64..1000, 1..60),
            from in prop::collection::vec(0_u8..4, 0..6),
        ) {
            let part = part(&keys).unwrap();
            let mut cursor = PartCursor::at_or_after(part.clone(), &from);
            for (key, contact) in keys.range(from.clone()..) {
                prop_assert_eq!(here(&cursor), Some((key.clone(), *contact)));
                cursor.next();
            }
            prop_assert_eq!(here(&cursor), None);
            let last = keys.range(..=from.clone()).next_back().map(|(key, contact)| (key.clone(), *contact));
            prop_assert_eq!(here(&PartCursor::at_or_before(part.clone(), &from)), last);
            let mut cursor = PartCursor::before(part.clone(), &from);
            for (key, contact) in keys.range(..from).rev() {
                prop_assert_eq!(here(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
            prop_assert_eq!(here(&cursor), None);
            let mut cursor = PartCursor::at_last(part);
            for (key, contact) in keys.iter().rev() {
                prop_assert_eq!(here(&cursor), Some((key.clone(), *contact)));
                cursor.previous();
            }
        }
    }
}
