#!/usr/bin/env bash
# Finds out which packages restore here and which need their stand-in, by restoring one tiny project per package group.
# Writes .runtime.props, which Directory.Build.props reads. The answer is kept until package versions or NuGet sources change;
# delete .runtime.props to ask again. The environment variable StandIns overrides and leaves the file alone.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
answer="$root/.runtime.props"
orleans="Microsoft.Orleans.Server Microsoft.Orleans.Sdk Microsoft.Orleans.Reminders Microsoft.Orleans.Persistence.AdoNet Microsoft.Orleans.Clustering.AdoNet Microsoft.Orleans.Reminders.AdoNet Microsoft.Orleans.Connections.Security"
opentelemetry="OpenTelemetry.Extensions.Hosting"

[ -z "${StandIns:-}" ] || exit 0

# What the answer depends on: versions, sources, this script.
question() {
  {
    echo "OrleansVersion=${OrleansVersion:-}"
    for file in "$root/Directory.Packages.props" "${BASH_SOURCE[0]}" "$root"/[Nn]u[Gg]et.[Cc]onfig "$HOME/.nuget/NuGet/NuGet.Config" "$HOME/.config/NuGet/NuGet.Config"; do
      [ ! -f "$file" ] || cat "$file"
    done
  } | cksum
}

asked=$(question)
if [ -f "$answer" ] && grep -q "$asked" "$answer"; then exit 0; fi

# restores <name> <package>...: 0 yes, 1 the sources do not have it, 2 could not be found out.
restores() {
  local name=$1 folder="$root/artifacts/probe/$1" package
  shift
  mkdir -p "$folder"
  echo '<Project />' > "$folder/Directory.Build.props"
  echo '<Project />' > "$folder/Directory.Build.targets"
  echo "<Project><Import Project=\"$root/Directory.Packages.props\" /></Project>" > "$folder/Directory.Packages.props"
  {
    echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup><ItemGroup>'
    for package in "$@"; do echo "<PackageReference Include=\"$package\" />"; done
    echo '</ItemGroup></Project>'
  } > "$folder/$name.csproj"
  if dotnet restore "$folder/$name.csproj" --nologo -v quiet > "$folder/restore.log" 2>&1; then return 0; fi
  if grep -qE 'NU110[123]' "$folder/restore.log"; then return 1; fi
  return 2
}

# shellcheck disable=SC2086 # package names are words
restores Orleans $orleans & orleans_probe=$!
# shellcheck disable=SC2086
restores OpenTelemetry $opentelemetry & opentelemetry_probe=$!
orleans_result=0; wait $orleans_probe || orleans_result=$?
opentelemetry_result=0; wait $opentelemetry_probe || opentelemetry_result=$?

standins=""
[ $orleans_result = 0 ] || standins="Orleans"
[ $opentelemetry_result = 0 ] || standins="${standins:+$standins;}OpenTelemetry"

# An answer that came from an unreachable source is used now and asked again next time.
if [ $orleans_result = 2 ] || [ $opentelemetry_result = 2 ]; then
  asked="not kept: a package source could not be reached"
  echo "Could not find out for sure which packages restore here; using stand-ins for: ${standins}. See artifacts/probe/*/restore.log." >&2
fi

cat > "$answer.new" <<PROPS
<!-- Made by eng/choose-runtime.sh. Question: $asked -->
<Project><PropertyGroup><StandIns>${standins:-none}</StandIns></PropertyGroup></Project>
PROPS
mv "$answer.new" "$answer"
