#!/usr/bin/env bash
# Makes what the processes of one cluster know each other by: eng/issue-certificates.sh FOLDER
# FOLDER gets authority.pem with authority.key (keep that key off the machines that run the platform), silo.pem with silo.key for silos and for API hosts with a
# silo, api.pem with api.key for API hosts without. Certificates live for 90 days. Another run on the same folder renews nothing and says so.
# Needs openssl. See docs/operations/cluster.md.
set -euo pipefail

[ $# = 1 ] || { echo "Use: eng/issue-certificates.sh FOLDER" >&2; exit 2; }
command -v openssl > /dev/null || { echo "openssl is missing. On Debian: apt-get install openssl." >&2; exit 1; }
if [ -e "$1/authority.pem" ]; then
  echo "$1/authority.pem is there already. Name another folder, or issue further certificates with the function issue of this script." >&2
  exit 1
fi

umask 077
mkdir -p "$1"
cd "$1"

# issue NAME USAGES
issue() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$1" | openssl x509 -req -CA authority.pem -CAkey authority.key -CAcreateserial -days 90 -out "$1.pem" \
    -extfile <(printf 'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$2") 2> /dev/null
}

openssl ecparam -name prime256v1 -genkey -noout -out authority.key
openssl req -x509 -new -key authority.key -subj "/CN=platform cluster" -days 1825 -out authority.pem \
  -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign
issue silo serverAuth,clientAuth
issue api clientAuth
