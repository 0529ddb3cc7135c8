#!/usr/bin/env python3
"""Makes names.tsv: names.py FORENAMES.csv SURNAMES.csv extra.txt > names.tsv

The two CSV files are those of sigpwned/popular-names-by-country-dataset (CC0 1.0).
"""
import collections
import csv
import re
import sys
import unicodedata

# Group of names -> script, countries whose lists it merges.
GROUPS = {
    "EN": ("LATIN", "US GB CA AU NZ IE"), "FR": ("LATIN", "FR MC LU BE"), "DE": ("LATIN", "DE AT CH LI"),
    "ES": ("LATIN", "ES MX AR CL CO PE SV PY"), "PT": ("LATIN", "PT BR"), "IT": ("LATIN", "IT SM"),
    "NL": ("LATIN", "NL BE"), "PL": ("LATIN", "PL"), "NO": ("LATIN", "NO DK FO"), "FI": ("LATIN", "FI EE"),
    "CZ": ("LATIN", "CZ SK"), "HU": ("LATIN", "HU"), "RO": ("LATIN", "RO MD"), "TR": ("LATIN", "TR AZ"),
    "HR": ("LATIN", "HR BA SI"), "VN": ("LATIN", "VN"),
    "RU": ("CYRILLIC", "RU BY"), "BG": ("CYRILLIC", "BG"), "KZ": ("CYRILLIC", "KZ KG"), "RS": ("CYRILLIC", "RS ME MK"),
    "GR": ("GREEK", "GR CY"), "CN": ("CJK", "CN"), "TW": ("CJK", "TW"), "JP": ("CJK", "JP"), "KR": ("HANGUL", "KR"),
    "AR": ("ARABIC", "AE"), "HE": ("HEBREW", "IL"), "AM": ("ARMENIAN", "AM"), "GE": ("GEORGIAN", "GE"),
    "HI": ("DEVANAGARI", "IN NP"), "TH": ("THAI", "TH"), "JK": ("KATAKANA", "JP"),
}
VOWELS = set("aeiouyıаеёиоуыэюяіїєαεηιουωაეიოუաեէըիոօ")
PAIRS = {"sh", "ch", "zh", "th", "ph", "kh", "ts"}
SPECIAL = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae",
                         "ı": "i", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ə": "a", "Ə": "A", "’": "'", "ʼ": "'"})


def script(text):
    letter = next((c for c in text if c.isalpha()), None)
    return unicodedata.name(letter).split()[0].split("-")[0] if letter else ""


def base(char):
    return unicodedata.normalize("NFD", char.lower())[0]


def ascii_of(text):
    plain = unicodedata.normalize("NFD", text.translate(SPECIAL))
    return "".join(c for c in plain if c.isascii())


def cut(text):
    """Puts `|` where the last syllable starts, if both parts keep two letters (one in Han and Hangul)."""
    if "|" in text or " " in text or "'" in text:
        return text
    if script(text) in ("CJK", "HANGUL"):
        return text[0] + "|" + text[1:] if len(text) == 2 else text
    if "-" in text:
        return text.replace("-", "-|", 1) if text.isascii() else text
    if script(text) not in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN"):
        return text
    at = len(text) - 1
    while at > 0 and base(text[at]) not in VOWELS:
        at -= 1
    while at > 0 and base(text[at]) in VOWELS:
        at -= 1
    if at > 1 and text[at - 1:at + 1].lower() in PAIRS:
        at -= 1
    return text[:at] + "|" + text[at:] if at >= 2 and len(text) - at >= 2 else text


KANA = dict(zip(
    "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo "
    "ra ri ru re ro wa n ga gi gu ge go za ji zu ze zo da de do ba bi bu be bo pa pi pu pe po".split(),
    "ア イ ウ エ オ カ キ ク ケ コ サ シ ス セ ソ タ チ ツ テ ト ナ ニ ヌ ネ ノ ハ ヒ フ ヘ ホ マ ミ ム メ モ ヤ ユ ヨ "
    "ラ リ ル レ ロ ワ ン ガ ギ グ ゲ ゴ ザ ジ ズ ゼ ゾ ダ デ ド バ ビ ブ ベ ボ パ ピ プ ペ ポ".split()))
KANA.update({a + v: KANA[a + "i"] + s for a in "k n h m r g b p".split() for v, s in (("ya", "ャ"), ("yu", "ュ"), ("yo", "ョ"))})
KANA.update({a + v: KANA[a + "i"] + s for a in ("sh", "ch", "j") for v, s in (("a", "ャ"), ("u", "ュ"), ("o", "ョ"))})


def kana(roman):
    """Katakana of a romanised Japanese name; empty if it cannot be read."""
    text = roman.lower().replace("'", "").replace("-", "")
    for long, short in (("ō", "oウ"), ("ū", "uウ"), ("ē", "eー")):
        text = text.replace(long, short)
    out = ""
    while text:
        if text[0] in "ウー":
            out, text = out + text[0], text[1:]
        elif len(text) > 1 and text[0] == text[1] and text[0] not in "aeioun":
            out, text = out + "ッ", text[1:]
        else:
            for size in (3, 2, 1):
                if len(text) >= size and text[:size] in KANA:
                    out, text = out + KANA[text[:size]], text[size:]
                    break
            else:
                return ""
    return out


def rows(path, given):
    with open(path, encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            rank = row["Index"] if given else row["Rank"] or row["Index"]
            yield row["Country"], int(rank), row["Gender"] if given else "-", unicodedata.normalize("NFC", row["Localized Name"].strip()), row["Romanized Name"].strip()


def dataset(group, given, path):
    want, countries = GROUPS[group]
    found, seen = {}, set()
    for country, rank, gender, native, roman in rows(path, given):
        if country not in countries.split():
            continue
        if group == "JK":
            native = kana(roman)
        elif group == "VN":
            native = roman
        if script(native) != want or re.search(r"[^\w' \-\u0300-\u036f\u0900-\u097f]", native.replace("’", "'")):
            continue
        if want == "CYRILLIC":
            native = native.replace("\u0301", "")  # a stress mark
        roman = ascii_of(roman or native)
        if not re.fullmatch(r"[A-Za-z][A-Za-z' \-]*", roman) or len(native) > 24:
            continue
        if group == "CN" and not given and rank in seen:
            continue  # the first form of a rank is the simplified one
        seen.add(rank)
        native = native.replace("’", "'")
        old = found.get(native)
        found[native] = (gender, roman, (old[2] if old else 0) + 1000 // rank) if not old else (old[0], old[1], old[2] + 1000 // rank)
    return found


def extras(path):
    found = collections.defaultdict(list)
    for line in open(path, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        head, names = line.split(":", 1)
        group, kind, gender = head.split()
        for rank, name in enumerate(names.split(","), 1):
            native, roman = name.strip().split("=")
            found[group, kind].append((native, gender, roman, 1000 // rank))
    return found


def emit(group, kind, gender, weight, native, roman):
    native, roman = cut(native), cut(roman)
    print(group, kind, gender, max(weight, 1), native, "" if roman == native else roman, sep="\t")


def main():
    forenames, surnames, extra = sys.argv[1:]
    print("# group, given (g) or family (f), gender, weight, native form, romanised form if it is another; `|` is where a name may be cut")
    print("# Made by names.py from popular-names-by-country-dataset, CC0 1.0. JK (katakana) is spelt out of the romanised Japanese names.")
    known = set()
    for group in GROUPS:
        for kind, path in (("g", forenames), ("f", surnames)):
            for native, (gender, roman, weight) in sorted(dataset(group, kind == "g", path).items(), key=lambda e: (-e[1][2], e[0])):
                known.add((group, kind, native))
                emit(group, kind, gender, weight, native, roman)
    print("# From extra.txt, written for this project.")
    for (group, kind), names in extras(extra).items():
        for native, gender, roman, weight in names:
            if (group, kind, native.replace("|", "")) not in known:
                emit(group, kind, gender, weight, native, roman)


main()
