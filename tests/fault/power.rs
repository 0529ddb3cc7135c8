//! The power goes at every call of the disk: what was acknowledged is there, and nothing that was not asked for.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use cardex::{Durability, Options};

use crate::disk::{after_power_loss, lay_out};
use crate::support::invariants::{hold, hold_at, told};
use crate::support::steps::{CARE, COPY, IMPORTS, MERGERS, MIXED, Work};
use crate::support::{Dice, number, options, scratch};
use crate::vfs::{Op, Watched};
use crate::work::{Told, run};

type Files = BTreeMap<String, Vec<u8>>;

/// The steps that were acknowledged by a position of the log.
fn acknowledged(log: &[Op], position: usize) -> usize {
    let mut marks = log[..position].iter().rev();
    marks.find_map(|op| if let Op::Mark(n) = op { Some(*n) } else { None }).unwrap_or(0)
}

/// What a copy of the book says.
fn copied(copy: &Path) -> cardex::Result<String> {
    let store = options(3).read_only(true).open(copy)?;
    assert!(store.check()?.is_ok());
    told(&store)
}

/// What may be found in what is left.
struct May<'a> {
    /// What the book may say.
    say: &'a [String],
    /// What it has ever said, any of which a copy may say.
    ever: &'a [String],
}

/// Opens what is left, and says what is wrong with it; thoroughly, or as fast as it goes.
fn judge(folder: &Path, options: Options, may: &May<'_>, thorough: bool) -> Result<(), String> {
    let May { say: told_then, ever } = may;
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let store = options.open(folder.join("book")).map_err(|error| format!("{error:?}"))?;
        let now = told(&store).map_err(|error| format!("{error:?}"))?;
        if !told_then.contains(&now) {
            return Err("the book says what it never said, or forgot what it had acknowledged".to_owned());
        }
        if thorough {
            hold_at(&store, &folder.join("book"));
        } else {
            hold(&store);
        }
        let copy = folder.join(COPY);
        if copy.exists() {
            let copy = copied(&copy).map_err(|error| format!("the copy: {error:?}"))?;
            return if ever.contains(&copy) {
                Ok(())
            } else {
                Err("the copy says what the book never said".to_owned())
            };
        }
        Ok(())
    }));
    judged.unwrap_or_else(|panic| Err(panic.downcast_ref::<String>().cloned().unwrap_or_default()))
}

/// What a sweep found.
#[derive(Debug, Default)]
struct Found {
    positions: usize,
    images: usize,
    wrong: Vec<String>,
}

/// Does the steps on a disk, then lets the power go at its every `stride`th call.
fn sweep(durability: Durability, work: Work, lie: bool, stride: usize) -> Found {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (live, left) = (home.path().join("live"), home.path().join("left"));
    std::fs::create_dir(&live).unwrap();
    let disk = Watched::new(&live);
    if lie {
        disk.lie();
    }
    let Told(all) = run(&live.join("book"), &disk, durability, work).unwrap();
    let log = disk.log();
    let mut found = Found { positions: log.len(), ..Found::default() };
    for position in (0..=log.len()).step_by(stride) {
        let done = acknowledged(&log, position);
        // The step under way may have been done whole.
        let last = (done + 1).min(all.len());
        let first = if durability == Durability::Commit { done.saturating_sub(1) } else { 0 };
        for seed in 0..number("CARDEX_SEEDS", 1) {
            let files = after_power_loss(&log, position, &mut Dice::new((position * 64 + seed) as u64));
            lay_out(&files, &left);
            found.images += 1;
            let mut may_say = all[first..last].to_vec();
            if done == 0 || durability == Durability::Checkpoint {
                may_say.push(all[0].clone()); // made anew, with the same seed: it says the same
            }
            let may = May { say: &may_say, ever: &all };
            // A thorough look takes ten times as long.
            let thorough = found.images % 16 == 1;
            if let Err(what) = judge(&left, work.options(durability), &may, thorough) {
                found.wrong.push(format!("position {position} of {}, seed {seed}: {what}", log.len()));
            }
        }
    }
    found
}

fn assert_sound(what: &str, found: &Found) {
    println!("power, {what}: {} calls, {} images", found.positions, found.images);
    let first: Vec<_> = found.wrong.iter().take(5).collect();
    assert!(found.wrong.is_empty(), "{} wrong, the first: {first:#?}", found.wrong.len());
}

#[test]
fn acknowledged_writes_survive_power_loss() {
    let found = sweep(Durability::Commit, MIXED, false, number("CARDEX_STRIDE", 7));
    assert_sound("mixed edits, every write flushed", &found);
}

#[test]
fn imports_and_merges_survive_power_loss() {
    let found = sweep(Durability::Commit, IMPORTS, false, number("CARDEX_STRIDE", 11));
    assert_sound("imports, every write flushed", &found);
}

#[test]
fn merges_their_undoing_and_jobs_survive_power_loss() {
    let found = sweep(Durability::Commit, MERGERS, false, number("CARDEX_STRIDE", 11));
    assert_sound("mergers and jobs, every write flushed", &found);
}

/// Purges that overwrite, the log folded back, a backup, keys and lists made anew.
#[test]
fn maintenance_and_its_copy_survive_power_loss() {
    let found = sweep(Durability::Commit, CARE, false, number("CARDEX_STRIDE", 13));
    assert_sound("care, every write flushed", &found);
}

#[test]
fn without_flushes_only_the_newest_writes_are_lost() {
    for work in [MIXED, MERGERS] {
        let found = sweep(Durability::Checkpoint, work, false, number("CARDEX_STRIDE", 19));
        assert_sound(&format!("{}, flushed at checkpoints", work.name), &found);
    }
}

/// A book was made in its place: first its header, then its tables. Power loss in between left a file that was refused from then
/// on, as no book (a torn header) or as one that cannot be written (a journal to be rolled back): 746 of 1,536 images.
#[test]
fn a_new_file_is_complete_or_absent() {
    let nothing = Work { name: "first open", steps: &[], ..MIXED };
    let found = sweep(Durability::Commit, nothing, false, number("CARDEX_STRIDE", 3));
    assert_sound("first open", &found);
}

/// A harness that finds nothing on a disk that does not flush would find nothing anywhere.
#[test]
fn a_disk_that_does_not_flush_loses_writes() {
    let found = sweep(Durability::Commit, MIXED, true, number("CARDEX_STRIDE", 9));
    println!("no flushes: {} calls, {} images, {} wrong", found.positions, found.images, found.wrong.len());
    assert!(found.wrong.len() > found.images / 10, "{} of {}", found.wrong.len(), found.images);
}

/// The power goes, and goes again while the book is brought back.
#[test]
fn a_second_power_loss_while_recovering_loses_nothing() {
    let images = lose_twice(MIXED) + lose_twice(CARE);
    println!("power, second loss: {images} images");
    assert!(images > 50);
}

fn lose_twice(work: Work) -> usize {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (live, left, again) = (home.path().join("live"), home.path().join("left"), home.path().join("again"));
    std::fs::create_dir(&live).unwrap();
    let disk = Watched::new(&live);
    let Told(all) = run(&live.join("book"), &disk, Durability::Commit, work).unwrap();
    let log = disk.log();
    let mut images = 0;
    for position in (0..=log.len()).step_by(number("CARDEX_STRIDE", 4) * 23) {
        let files: Files = after_power_loss(&log, position, &mut Dice::new(position as u64));
        let done = acknowledged(&log, position);
        let mut may_say = all[done.saturating_sub(1)..(done + 1).min(all.len())].to_vec();
        if done == 0 {
            may_say.push(all[0].clone());
        }
        let may = May { say: &may_say, ever: &all };
        lay_out(&files, &left);
        let second = Watched::new(&left);
        judge(&left, work.options(Durability::Commit), &may, false).unwrap();
        // What was there before the second start is on the disk for good.
        let whole: Vec<Op> = files
            .iter()
            .flat_map(|(name, bytes)| {
                let create = Op::Create(name.clone());
                [create, Op::Write(name.clone(), 0, bytes.clone()), Op::Sync(name.clone())]
            })
            .collect();
        let log = [whole.clone(), second.log()].concat();
        for cut in (whole.len()..=log.len()).step_by(number("CARDEX_STRIDE", 7)) {
            lay_out(&after_power_loss(&log, cut, &mut Dice::new(cut as u64)), &again);
            images += 1;
            judge(&again, work.options(Durability::Commit), &may, false)
                .unwrap_or_else(|what| panic!("{}, position {position}, then {cut}: {what}", work.name));
        }
    }
    images
}
