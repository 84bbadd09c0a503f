#!/bin/sh
# The unit of the service, as systemd reads it. Usage: service_unit_test.sh SOURCE_DIR PROGRAM
set -eu
template=$1/install/tokprep-watch@.service.in
program=$2

fail() { echo "$1" >&2; exit 1; }

# Without its default a key file that is missing keeps the service from starting (243/CREDENTIALS). An empty default is
# no valid line; systemd passes over it with a warning.
grep -q '^LoadCredential=api-key:/etc/tokprep/%i\.key$' "$template" || fail "the key is not loaded from its file"
grep -q '^SetCredential=api-key:\\n$' "$template" || fail "there is no default for a missing key file"

# Else systemd stops the whole service for one worker that had too much memory.
grep -q '^OOMPolicy=continue$' "$template" || fail "a worker's end for want of memory ends the service"
grep -q '^ExecStart=.* --json --quiet ' "$template" || fail "progress would go to the journal"

if ! command -v systemd-analyze >/dev/null; then
  echo "skipped: systemd-analyze is not installed"
  exit 77
fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
sed -e "s#@TOKPREP_BIN@#$(dirname "$program")#" -e "s#@TOKPREP_DOC@#$1#" "$template" > "$place/tokprep-watch@studio.service"
said=$(systemd-analyze verify "$place/tokprep-watch@studio.service" 2>&1) || fail "systemd refuses the unit: $said"
[ -z "$said" ] || fail "systemd has something to say about the unit: $said"
