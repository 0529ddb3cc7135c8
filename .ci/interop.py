"""Other programs read what `cardex export` writes, and change it: PROGRAM FOLDER_OF_PROGRAMS.

py-vobject reads every export. vdirsyncer copies a folder of cards, khard shows and changes the copy, and an import of the copy into a new
book gives the same cards and the change. The contacts are those of the test inputs."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import vobject

PROGRAM, BIN = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute()
INPUTS = pathlib.Path("crates/cardex-exchange/tests/data/interop")


def run(*command, expected=(0,), **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, encoding="utf-8", **more)
    assert done.returncode in expected, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def cardex(book, *arguments, expected=(0,)):
    return run(PROGRAM, "--book", book, *arguments, expected=expected)


def report(book, *arguments):
    return json.loads(cardex(book, "import", "--json", *arguments).splitlines()[-1])["report"]


def contacts(book):
    return [json.loads(line) for line in cardex(book, "export", "--format", "jsonl").splitlines()]


def exported(book):
    """The cards of a book: each with its lines in order, without the time of its last change."""
    text = cardex(book, "export").replace("\r\n", "\n").replace("\n ", "")
    cards = [card.splitlines() for card in text.split("BEGIN:VCARD\n")[1:]]
    return sorted(sorted(line for line in card if not line.startswith("REV")) for card in cards)


def as_read(text, version):
    """py-vobject reads 2.1 as 3.0, where a comma ends a value. In 2.1 it has no meaning."""
    return text.split(",")[0].strip() if version == "2.1" else text.strip()


def vobject_reads(book, version, *arguments):
    """Each name, phone and e-mail address of the book is in what py-vobject reads."""
    text = cardex(book, "export", *arguments)
    cards = list(vobject.readComponents(text, allowQP=version == "2.1"))
    known = {contact["uid"]: contact for contact in contacts(book)}
    assert len(cards) == len(known), (len(cards), len(known))
    values = 0
    for card in cards:
        contact = known[card.uid.value]
        name = as_read(contact["displayName"], version)
        assert card.fn.value.strip() == name, (card.fn.value, name)
        for list_name, property_name, scheme in (("phones", "tel", "tel:"), ("emails", "email", "mailto:")):
            read = [line.value.strip().removeprefix(scheme) for line in card.contents.get(property_name, [])]
            for value in contact.get(list_name, []):
                assert any(as_read(value["text"], version) in text for text in read), (value, read)
                values += 1
    print(f"py-vobject {vobject.VERSION}, vCard {version}: {len(cards)} cards, {values} phones and e-mail addresses")


def vdirsyncer_copies(folder, source, target):
    config = folder / "vdirsyncer.conf"
    storage = '[storage {0}]\ntype = "filesystem"\npath = "{1}"\nfileext = ".vcf"\n'
    config.write_text(
        f'[general]\nstatus_path = "{folder / "status"}"\n[pair both]\na = "one"\nb = "other"\ncollections = null\n'
        'conflict_resolution = "b wins"\n' + storage.format("one", source) + storage.format("other", target)
    )
    command = [BIN / "vdirsyncer", "-c", config]
    if not (folder / "status").exists():
        run(*command, "discover", input="y\n")
    return run(*command, "sync")


def khard(folder, cards, *arguments, **more):
    config = folder / "khard.conf"
    config.write_text(
        f"[addressbooks]\n[[book]]\npath = {cards}\n[general]\ndefault_action = list\neditor = true\nmerge_editor = true\n"
        "[contact table]\nshow_uids = yes\n[vcard]\npreferred_version = 3.0\n"
    )
    return run(BIN / "khard", "-c", config, *arguments, **more)


def main(folder):
    book = folder / "book.cardex"
    for path in sorted(INPUTS.glob("*.vcf")):
        # Some inputs have cards that no book accepts.
        cardex(book, "import", path, expected=(0, 1))
    count = len(contacts(book))
    print(f"{count} contacts of {len(list(INPUTS.glob('*.vcf')))} files")
    assert count > 50

    vobject_reads(book, "4.0")
    vobject_reads(book, "3.0", "--vcard-3")
    vobject_reads(book, "2.1", "--vcard-2-1")

    cards, copy = folder / "cards", folder / "copy"
    copy.mkdir()
    cardex(book, "export", "--folder", cards, "--vcard-3")
    assert len(list(cards.glob("*.vcf"))) == count
    vdirsyncer_copies(folder, cards, copy)
    assert len(list(copy.glob("*.vcf"))) == count
    second = folder / "second.cardex"
    done = report(second, copy)
    assert (done["added"], done["refused"]) == (count, 0), done
    assert exported(second) == exported(book), "a card differs"
    print(f"{run(BIN / 'vdirsyncer', '--version').strip()}: {count} cards copied, and imported without a difference")

    listed = khard(folder, copy, "list", "--parsable").splitlines()
    assert len(listed) == count, (len(listed), count)
    new = "First name: Kari\nLast name: Nordmann\nPhone:\n  cell: +47 40 55 01 99\nEmail:\n  work: kari@khard.example\n"
    khard(folder, copy, "new", "-a", "book", input=new)
    chosen = contacts(second)[0]["uid"]
    template = folder / "template.yaml"
    template.write_text(khard(folder, copy, "show", "--format", "yaml", f"uid:{chosen}"))
    changed = "\n".join(
        "Note: changed by khard" if line.startswith("Note") else line for line in template.read_text().splitlines()
    )
    template.write_text(changed + "\n")
    khard(folder, copy, "edit", "-i", template, f"uid:{chosen}", input="y\n")
    done = report(second, copy)
    assert (done["added"], done["updated"], done["refused"]) == (1, 1, 0), done
    assert "changed by khard" in cardex(second, "export")
    kari = [contact for contact in contacts(second) if contact["displayName"] == "Kari Nordmann"]
    assert [phone["text"] for phone in kari[0]["phones"]] == ["+47 40 55 01 99"], kari
    assert (kari[0]["phones"][0]["label"], kari[0]["emails"][0]["label"]) == ("cell", "work"), kari
    print(f"{run(BIN / 'khard', '--version').strip()}: {count} cards listed, one added, one changed, both imported")

    # The other direction: a change of the book reaches the copy.
    cardex(second, "export", "--folder", cards, "--vcard-3")
    vdirsyncer_copies(folder, cards, copy)
    done = report(second, copy)
    assert (done["added"], done["updated"]) == (0, 0), done
    print(f"after a second round: {done['unchanged']} cards unchanged")


with tempfile.TemporaryDirectory() as name:
    main(pathlib.Path(name))
