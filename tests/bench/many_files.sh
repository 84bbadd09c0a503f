#!/usr/bin/env bash
# usage: many_files.sh TOKPREP [COUNT]
# Walks COUNT (100,000) tiny pictures that an earlier run has finished, and skips them: as a folder and as a manifest, in
# text and as JSON. Prints wall time and peak memory. The targets are 10 s and 200 MB for 100,000.
set -euo pipefail
tokprep=$(readlink -f "$1")
count=${2:-100000}
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
work=build/bench/many-$count
export LC_ALL=C.UTF-8 TOKPREP_STATE_DIR=$PWD/$work/state XDG_CONFIG_HOME=$PWD/$work/config

# The certificates hold for the version that is measured; after a change of settings they are made anew.
fill() {
  rm -rf "$work"
  mkdir -p "$work"
  echo "making $count pictures with their certificates …" >&2
  python3 tests/bench/many_files.py "$tokprep" "$work" "$count"
}

# measure NAME ARGUMENTS…: fails unless every item was skipped.
measure() {
  local name=$1 wall memory skipped
  shift
  /usr/bin/time -f '%e %M' -o "$work/time" "$tokprep" prepare "$@" -o "$work/out" >"$work/log" 2>"$work/err"
  skipped=$(grep -c -e ': skipped: ' -e '"type":"item_skipped"' "$work/log" || true)
  if ((skipped != count)); then
    echo "$name: $skipped of $count were skipped" >&2
    return 1
  fi
  read -r wall memory <"$work/time"
  printf '%-28s %8.2f s  %6d MB\n' "$name" "$wall" "$((memory / 1024))"
}

# One of them tells: where it is not skipped, all of them would be made anew, one by one.
is_whole() { "$tokprep" prepare "$work/drop/$((count - 1)).png" -o "$work/out" 2>/dev/null | grep -q ': skipped: '; }

if [[ ! -d $work/drop ]] || ! is_whole; then fill; fi
measure "folder, text" "$work/drop"
measure "folder, --json" "$work/drop" --json
measure "manifest, --json" --manifest "$work/items.jsonl" --json
measure "folder, --jobs 1" "$work/drop" --jobs 1
