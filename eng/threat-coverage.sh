#!/usr/bin/env bash
# Prints, for every threat (T1..T90) and fault (F1..F22) of docs/security/threat-model.md, the tests that carry its trait.
# --write puts the names of the test classes into that page's last column; --check fails where the page says otherwise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
page=docs/security/threat-model.md

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

# The page with its last column made anew.
with_tests() {
  awk -v table="$table" '
    BEGIN {
      n = split(table, rows, "\n")
      for (i = 1; i <= n; i++) {
        split(rows[i], cells, " ")
        class = cells[2]; sub(/.*\//, "", class); sub(/\.cs$/, "", class)
        if (!seen[cells[1], class]++) classes[cells[1]] = classes[cells[1]] (classes[cells[1]] == "" ? "" : ", ") "`" class "`"
      }
    }
    /^\| [TF][0-9]+ \|/ {
      id = $0; sub(/^\| /, "", id); sub(/ .*/, "", id)
      line = $0; sub(/ \|[^|]*\|$/, "", line)
      print line " | " (classes[id] == "" ? "none yet" : classes[id]) " |"
      next
    }
    { print }' "$page"
}

case ${1:-} in
  "") ;;
  --write) with_tests > "$page.new" && mv "$page.new" "$page"; exit ;;
  --check)
    if ! difference=$(diff "$page" <(with_tests)); then
      echo "$page is not what the traits of the tests say. Run eng/threat-coverage.sh --write." >&2
      echo "$difference" >&2
      exit 1
    fi
    unknown=$(cut -d ' ' -f 1 <<< "$table" | sort -u | while read -r id; do grep -q "^| $id |" "$page" || echo "$id"; done)
    [ -z "$unknown" ] || { echo "Traits that $page does not list: $unknown" >&2; exit 1; }
    exit ;;
  *) echo "Use: eng/threat-coverage.sh [--write | --check]" >&2; exit 2 ;;
esac

covered=0 open=""
for id in $(grep -oE '^\| [TF][0-9]+' "$page" | cut -c 3-); do
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
