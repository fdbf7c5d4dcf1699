#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own: eng/with-postgres.sh dotnet test tests/Platform.Api.Tests
# The command finds it in PLATFORM_TEST_POSTGRES, and its programs in PLATFORM_TEST_POSTGRES_TOOLS. The server listens on loopback, keeps its data in a temporary folder and ends with this script, however
# that ends. fsync stays on: the platform refuses to run without.
set -euo pipefail

[ $# -gt 0 ] || { echo "Use: eng/with-postgres.sh COMMAND [ARGUMENT ...]" >&2; exit 2; }

initdb=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
initdb=$(readlink -f "${initdb:-$(command -v initdb || true)}" || true)
bin=$(dirname "${initdb:-none}")
[ -x "$bin/postgres" ] && [ -x "$bin/pg_isready" ] || { echo "PostgreSQL 15 or later is missing. On Debian: apt-get install postgresql-15." >&2; exit 1; }

folder=$(mktemp -d)
server=
end() {
  if [ -n "$server" ]; then
    kill -INT "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
  fi
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
  user=nobody
  if id -u postgres > /dev/null 2>&1; then user=postgres; fi
  as=(--reuid "$user" --regid "$(id -gn "$user")" --clear-groups)
  chown "$user" "$folder"
fi
# The kernel ends it with this script, should that be killed.
run() { cd / && exec setpriv "${as[@]}" --pdeathsig INT "$@" > "$folder/log" 2>&1; }
give_up() { cat "$folder/log" >&2; exit 1; }

# Its collation is a human language, so that a column that forgot to ask for byte order shows.
(run "$bin/initdb" -D "$folder/data" -U owner --auth=trust -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync --no-instructions) || give_up

# Whether a port is free is known when the server has it.
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 12000))
  (run "$bin/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= \
    -c max_connections=200 -c shared_buffers=64MB -c max_wal_size=1GB) &
  server=$!
  deadline=$((SECONDS + 60))
  while kill -0 "$server" 2> /dev/null; do
    if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U owner -d postgres && kill -0 "$server" 2> /dev/null; then break 2; fi
    [ "$SECONDS" -lt "$deadline" ] || give_up
    sleep 0.1
  done
  wait "$server" || true
  server=
done
[ -n "$server" ] || give_up

status=0
PLATFORM_TEST_POSTGRES_TOOLS="$bin" PLATFORM_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=owner;Database=postgres" "$@" || status=$?
exit $status
