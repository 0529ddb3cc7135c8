//! A check of the bytes of an FST before the crate `fst` reads them.
//!
//! The crate trusts its input: damaged bytes make it panic. This check reads all nodes once. It accepts only bytes in which every
//! address, length and index that the crate reads is valid, so that no walk panics and every walk ends.
//!
//! The format is version 3 of `fst`, little-endian:
//!
//! ```text
//! 8 version │ 8 type │ nodes, each after the nodes that it refers to │ 8 number of keys │ 8 address of the root │ 4 checksum
//! ```
//!
//! A node is read backward from its last byte, which is its address. The highest two bits of that byte are its form:
//!
//! ```text
//! 11  one transition without output to the node before:  [input]           state
//! 10  one transition:                                    output │ target │ sizes │ [input] │ state
//! 0f  any number of transitions, f: final:               [final output] │ outputs │ targets │ inputs │ [index] │ sizes │ [count] │ state
//! ```
//!
//! The other six bits of the first two forms are a code of a frequent input byte; with 0, the byte is stored. In the last form they
//! are the number of transitions; with 0, it is stored. Outputs, targets and inputs are stored from the last transition to the first.
//! A target is the distance from the first byte of the node; 0 is the empty final node.

const VERSION: u64 = 3;
const HEADER_LEN: usize = 16;
const FOOTER_LEN: usize = 20;
/// More transitions than this have an index of 256 bytes.
const MAX_UNINDEXED: usize = 32;
/// Bytes of an output or a target. Sums of such outputs do not overflow.
const MAX_NUMBER_LEN: usize = 4;

/// Whether the crate `fst` can read these bytes without a panic, and every walk over them ends.
pub(super) fn is_well_formed(bytes: &[u8]) -> bool {
    check(bytes).is_some()
}

fn check(bytes: &[u8]) -> Option<()> {
    let (version, rest) = bytes.split_first_chunk::<8>()?;
    let (kind, _) = rest.split_first_chunk::<8>()?;
    let nodes_end = bytes.len().checked_sub(FOOTER_LEN)?;
    let footer = bytes.get(nodes_end..)?;
    let root = u64::from_le_bytes(*footer.get(8..)?.first_chunk::<8>()?);
    let root = usize::try_from(root).ok()?;
    (u64::from_le_bytes(*version) == VERSION && u64::from_le_bytes(*kind) == 0).then_some(())?;
    if nodes_end == HEADER_LEN {
        return (root == 0).then_some(()); // no keys, or only the empty key
    }
    (root.checked_add(1)? == nodes_end && nodes_end > HEADER_LEN).then_some(())?;
    // Nodes follow each other without gaps, so they are found from the last one on.
    let mut is_target = vec![false; nodes_end];
    let mut node_end = nodes_end;
    while node_end > HEADER_LEN {
        let address = node_end.checked_sub(1)?;
        node_end = check_node(bytes.get(..node_end)?, &mut is_target)?;
        // A target that is passed over is not the address of a node.
        *is_target.get_mut(address)? = false;
        let inside = is_target.get(node_end..address)?;
        inside.iter().all(|is_target| !is_target).then_some(())?;
    }
    (node_end == HEADER_LEN).then_some(())
}

/// Checks the node at the end of `bytes`, marks its targets, and returns the offset of its first byte.
fn check_node(bytes: &[u8], is_target: &mut [bool]) -> Option<usize> {
    let mut rest = bytes;
    let state = take_last(&mut rest)?;
    let code = state & 0b0011_1111;
    if state & 0b1000_0000 != 0 {
        if code == 0 {
            take_last(&mut rest)?;
        }
        if state & 0b0100_0000 != 0 {
            // The target is the node before.
            return (rest.len() > HEADER_LEN).then_some(rest.len());
        }
        let (output_len, target_len) = take_sizes(&mut rest)?;
        let target = take_number(&mut rest, target_len)?;
        take_number(&mut rest, output_len)?;
        (target_len > 0).then_some(())?;
        mark_target(rest.len(), target, is_target)?;
        return Some(rest.len());
    }
    let is_final = state & 0b0100_0000 != 0;
    let count = match code {
        0 => match take_last(&mut rest)? {
            1 => 256, // one transition is never stored so
            count => usize::from(count),
        },
        count => usize::from(count),
    };
    let (output_len, target_len) = take_sizes(&mut rest)?;
    (target_len > 0 || count == 0).then_some(())?;
    let index = if count > MAX_UNINDEXED { Some(take_slice(&mut rest, 256)?) } else { None };
    let inputs = take_slice(&mut rest, count)?;
    inputs.is_sorted_by(|later, earlier| later > earlier).then_some(())?;
    if let Some(index) = index {
        check_index(index, inputs)?;
    }
    let targets = take_slice(&mut rest, count.checked_mul(target_len)?)?;
    take_slice(&mut rest, count.checked_mul(output_len)?)?;
    if is_final {
        take_slice(&mut rest, output_len)?;
    }
    if target_len > 0 {
        for target in targets.chunks_exact(target_len) {
            mark_target(rest.len(), little_endian(target), is_target)?;
        }
    }
    Some(rest.len())
}

/// The index has the number of each input's transition, and a number that is none for all other bytes.
fn check_index(index: &[u8], inputs: &[u8]) -> Option<()> {
    let mut found = 0_usize;
    for (byte, number) in (0..=u8::MAX).zip(index) {
        let number = usize::from(*number);
        if number < inputs.len() {
            let stored = inputs.len().checked_sub(number)?.checked_sub(1)?;
            (inputs.get(stored) == Some(&byte)).then_some(())?;
            found = found.checked_add(1)?;
        }
    }
    (found == inputs.len()).then_some(())
}

/// Marks the target at a distance before the node that starts at `start`.
fn mark_target(start: usize, distance: usize, is_target: &mut [bool]) -> Option<()> {
    if distance == 0 {
        return Some(()); // the empty final node
    }
    let target = start.checked_sub(distance).filter(|target| *target >= HEADER_LEN)?;
    *is_target.get_mut(target)? = true;
    Some(())
}

/// The lengths of an output and of a target.
fn take_sizes(rest: &mut &[u8]) -> Option<(usize, usize)> {
    let sizes = take_last(rest)?;
    let (output_len, target_len) = (usize::from(sizes & 0x0F), usize::from(sizes >> 4));
    (output_len <= MAX_NUMBER_LEN && target_len <= MAX_NUMBER_LEN).then_some((output_len, target_len))
}

fn take_last(rest: &mut &[u8]) -> Option<u8> {
    let (last, before) = rest.split_last()?;
    *rest = before;
    Some(*last)
}

fn take_slice<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (before, taken) = rest.split_at_checked(rest.len().checked_sub(length)?)?;
    *rest = before;
    Some(taken)
}

fn take_number(rest: &mut &[u8], length: usize) -> Option<usize> {
    Some(little_endian(take_slice(rest, length)?))
}

fn little_endian(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
