#!/usr/bin/env bash
# Prints the index of the decisions, a line each; --write puts it into docs/decisions/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../docs/decisions"

index() {
  cat << 'HEAD'
# Decisions

Why things are as they are: what was decided, why, why not otherwise, what it costs. Numbers are given once and in blocks, so that people who work at the same time do not meet; hence
the gaps. A page that no longer holds is replaced under its number and says what it supersedes. This list is made by `eng/decision-index.sh --write`.

HEAD
  for page in [0-9]*.md; do
    title=$(head -n 1 "$page")
    title=${title#\# }
    printf -- '- %s · [%s](%s)\n' "${title%%. *}" "${title#*. }" "$page"
  done
}

case ${1:-} in
  "") index ;;
  --write) index > README.md ;;
  *) echo "Use: eng/decision-index.sh [--write]" >&2; exit 2 ;;
esac
