#!/usr/bin/env bash
# What docs/guide/shell.md explains, from an empty book to a checked copy. `examples/shell.sh [PROGRAM]`
set -euo pipefail
cardex=${1:-cardex}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
export CARDEX_BOOK=$folder/book.cardex

"$cardex" import --network SMS-DIRECT examples/people.vcf
"$cardex" search jo --print email

# One contact: its id from a search, then a change, a tag and a note.
id=$("$cardex" search "john doe" --limit 1 --print id)
"$cardex" edit "$id" --company "Acme Paris"
"$cardex" tags set "$id" --create vip
"$cardex" notes add "$id" "Prefers to be called in the morning."

# Many contacts: by a filter, as JSON lines, as a file for another program.
"$cardex" list --where 'tag = vip and company contains paris'
"$cardex" list --json | head -n 1
"$cardex" export --format csv >"$folder/people.csv"

# A copy is a backup. It is a book like the first one.
"$cardex" backup "$folder/copy.cardex"
"$cardex" --book "$folder/copy.cardex" check
