#!/usr/bin/env bash
# Prints, for every threat (T1..T90) and fault (F1..F22) of the threat list, the tests that carry its trait.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# "T14 tests/…/File.cs Method" for each trait of each test method.
traits() {
  find tests -name '*.cs' -print0 | sort -z | xargs -0 awk '
    {
      line = $0
      while (match(line, /Trait\("(Threat|Fault)", *"[TF][0-9]+"\)/)) {
        id = substr(line, RSTART, RLENGTH); gsub(/.*", *"|"\).*/, "", id)
        pending = pending " " id
        line = substr(line, RSTART + RLENGTH)
      }
    }
    /^ *public .*(Task|void)( |<).*\(/ {
      if (pending != "") {
        name = $0; sub(/\(.*/, "", name); sub(/.* /, "", name)
        n = split(pending, ids, " ")
        for (i = 1; i <= n; i++) print ids[i], FILENAME, name
      }
      pending = ""
    }'
}

table=$(traits | sort -u)
covered=0 open=""
for id in $(seq -f 'T%g' 1 90) $(seq -f 'F%g' 1 22); do
  rows=$(awk -v id="$id" '$1 == id { sub(/.*\//, "", $2); sub(/\.cs$/, "", $2); print "      " $2 "." $3 }' <<< "$table")
  if [ -n "$rows" ]; then
    covered=$((covered + 1))
    printf '%s\n%s\n' "$id" "$rows"
  else
    open="$open $id"
  fi
done
echo
echo "$covered rows have tests. Without a test yet:${open:- none}"
