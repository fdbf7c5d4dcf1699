#!/usr/bin/env bash
# What the tests need beside NuGet packages: the .NET SDK (must be there) and the programs of PostgreSQL 15, curl, openssl, gpg, strace, Chromium, Python 3 and Node.js 20.19 with npm
# (installed where this may).
set -euo pipefail

if ! command -v dotnet > /dev/null; then
  echo "The .NET SDK is missing. Install .NET SDK 10.0 (https://dotnet.microsoft.com/download) and run this again." >&2
  exit 1
fi

has_postgresql() { command -v initdb > /dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null; }

packages=()
has_postgresql || packages+=(postgresql)
command -v curl > /dev/null || packages+=(curl)
command -v openssl > /dev/null || packages+=(openssl)
command -v gpg > /dev/null || packages+=(gnupg)
command -v strace > /dev/null || packages+=(strace)
command -v node > /dev/null || packages+=(nodejs)
command -v npm > /dev/null || packages+=(npm)
command -v chromium > /dev/null || packages+=(chromium)
command -v python3 > /dev/null || packages+=(python3)

require_node() {
  local found
  found=$(node --version | sed -n 's/^v\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  if [ "${found% *}" -gt 20 ] || { [ "${found% *}" = 20 ] && [ "${found#* }" -ge 19 ]; }; then return; fi
  echo "The tests of scripts and of the OpenAPI document need Node.js 20.19 or later; found is $(node --version). Install it (https://nodejs.org) and run this again." >&2
  exit 1
}

if [ ${#packages[@]} = 0 ]; then
  require_node
  exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  echo "Installing ${packages[*]} for the tests ..."
  # The tests start servers of their own; the package must not.
  mkdir -p /etc/postgresql-common
  [ -f /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Could not install: ${packages[*]}. Install them by hand and run this again." >&2
    exit 1
  fi
else
  echo "The tests need: ${packages[*]} (Debian package names). Install them and run this again." >&2
  exit 1
fi
require_node
