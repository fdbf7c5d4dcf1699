#!/usr/bin/env bash
# A tour of a running platform with curl, as README shows it to people. Needs PLATFORM (address), CACERT (certificate to trust) and
# OPERATOR_PASSWORD. Ends at the first call that is not answered as expected, with the answer.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tenant="tour-$RANDOM$RANDOM"
password='Quiet-Harbour-71'
jar="$work/cookies"

# call NAME STATUS METHOD PATH [curl options]: makes a call, keeps the answer in $body and its headers in $headers.
call() {
  local name=$1 expected=$2 method=$3 path=$4 status
  shift 4
  status=$(curl --silent --show-error --cacert "$CACERT" --max-time 20 -o "$work/body" -D "$work/headers" -w '%{http_code}' \
    -X "$method" -H 'Content-Type: application/json' "$@" "$PLATFORM$path")
  body=$(cat "$work/body")
  headers=$(cat "$work/headers")
  if [ "$status" != "$expected" ]; then
    echo "FAILED $name: $method $path answered $status, not $expected: $body" >&2
    exit 1
  fi
  echo "ok $name"
}

# member NAME: a text member of the last answer.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<< "$body"; }

# has TEXT: the last answer holds it.
has() { grep -qF -- "$1" <<< "$body$headers" || { echo "FAILED: no $1 in $headers $body" >&2; exit 1; }; }

call 'operator signs in' 200 POST /v1/sign-in \
  -d '{"tenant":"platform","username":"operator","password":"'"$OPERATOR_PASSWORD"'","transport":"token"}'
operator="Authorization: Bearer $(member token)"

call 'create a tenant' 201 POST /v1/operator/tenants -H "$operator" \
  -d '{"slug":"'"$tenant"'","name":"Tour","edition":"standard","admin":{"username":"ada","email":"ada@example.com","password":"'"$password"'"}}'
call 'its admin signs in with a token' 200 POST /v1/sign-in \
  -d '{"tenant":"'"$tenant"'","username":"ada","password":"'"$password"'","transport":"token"}'
token=$(member token)
admin="Authorization: Bearer $token"
if grep -qi '^set-cookie' <<< "$headers"; then echo 'FAILED: a cookie where a token was asked for' >&2; exit 1; fi

call 'create a user' 201 POST "/v1/tenants/$tenant/users" -H "$admin" \
  -d '{"username":"grace","email":"grace@example.com","password":"'"$password"'","mustChangePassword":false,"role":"viewer"}'
call 'the name is taken' 409 POST "/v1/tenants/$tenant/users" -H "$admin" \
  -d '{"username":"GRACE","email":"grace@example.com","password":"'"$password"'","role":"viewer"}'
has username_taken

call 'the user signs in with a cookie' 200 POST /v1/sign-in -c "$jar" \
  -d '{"tenant":"'"$tenant"'","username":"grace","password":"'"$password"'"}'
has '__Host-sid='
session=$(member id)
if grep -q '"token"' <<< "$body"; then echo 'FAILED: a token where a cookie was asked for' >&2; exit 1; fi

call 'peek' 200 GET /v1/session -b "$jar"
has '"username":"grace"'
before=$(member lastActivityAt)
call 'peek again' 200 GET /v1/session -b "$jar"
[ "$(member lastActivityAt)" = "$before" ] || { echo 'FAILED: a look extended the session' >&2; exit 1; }
call 'touch' 200 POST /v1/session/touch -b "$jar"
[ "$(member lastActivityAt)" != "$before" ] || { echo 'FAILED: activity did not extend the session' >&2; exit 1; }
call 'validate' 204 POST /v1/session/validate -b "$jar"
call 'list own sessions' 200 GET /v1/me/sessions -b "$jar"
has "$session"
call 'the other session is not hers' 404 DELETE /v1/me/sessions/ses_0123456789abcdef0123456789abcdef -b "$jar"
call 'she manages nobody' 403 POST "/v1/tenants/$tenant/users" -b "$jar" \
  -d '{"username":"eve","email":"eve@example.com","password":"'"$password"'","role":"owner"}'
call 'she sees no operator pages' 404 GET /v1/operator/tenants -b "$jar"
call 'a foreign page may not act with her cookie' 403 POST /v1/session/touch -b "$jar" -H 'Sec-Fetch-Site: cross-site'
has cross_origin

cp "$jar" "$jar.stolen"
call 'sign out' 204 POST /v1/sign-out -b "$jar" -c "$jar"
has '"cookies", "storage"'
if grep -q '__Host-sid' "$jar"; then echo 'FAILED: the cookie is still in the jar' >&2; exit 1; fi
call 'refused without the cookie' 401 GET /v1/session -b "$jar"
call 'refused with a copy of it' 401 GET /v1/session -b "$jar.stolen"
has session_invalid
grep -qi '^www-authenticate: Bearer' <<< "$headers" || { echo "FAILED: no challenge in $headers" >&2; exit 1; }
call 'sign out again' 204 POST /v1/sign-out -b "$jar.stolen"

call 'the token is still good' 200 GET /v1/session -H "$admin"
call 'sign out with the token' 204 POST /v1/sign-out -H "$admin"
call 'the token is refused' 401 POST /v1/session/validate -H "$admin"
call 'wrong password' 401 POST /v1/sign-in -d '{"tenant":"'"$tenant"'","username":"ada","password":"not it"}'
has invalid_credentials
echo 'The tour is complete.'
