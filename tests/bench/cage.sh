#!/usr/bin/env bash
# usage: cage.sh TOKPREP [PAIRS]
# What the cage and the handing over of files cost: tokprep with --cage prefer beside itself with --cage off, as whole
# processes in pairs, and the time that one more small picture takes. Targets: 2 % of a batch's CPU, 5 ms a picture.
set -euo pipefail
tokprep=$(readlink -f "$1")
pairs=${2:-15}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."
export LC_ALL=C.UTF-8
work=${TOKPREP_BENCH_DIR:-$PWD/build/bench}
out=$work/out
jobs=$here/cage_jobs.sh
export tokprep work out TOKPREP_STATE_DIR=$work/state XDG_CONFIG_HOME=$work/config
mkdir -p "$work"
# shellcheck source=tests/bench/timing.sh
source "$here/timing.sh"
# shellcheck source=tests/bench/cage_jobs.sh
source "$jobs"

# Copies of one small picture, so that what is measured is the way to the worker and back.
make_small() {
  [[ -f $work/small/100.png ]] && return
  mkdir -p "$work/small"
  local i
  for ((i = 1; i <= 100; i++)); do cp samples/logo.png "$work/small/$i.png"; done
}

make_small
headline "$pairs pairs; ours: caged; other: --cage off"
compare "start: probe of one picture" caged_probe free_probe ">= 0.98"
compare "probe of 100 small pictures" caged_probes free_probes ">= 0.98"
compare "100 small pictures to JPEG" caged_pictures free_pictures ">= 0.98"
compare "a remux: mkv" caged_remux free_remux ">= 0.98"

# "WALL_MS CPU_MS" of each of 99 pictures beside the first.
one_more() {
  local one all
  one=$(measured caged_probe)
  all=$(measured caged_probes)
  awk '{ printf "%.2f %.2f\n", ($4 - $1) / 99, ($5 - $2) / 99 }' <<<"$one $all"
}
one_more >/dev/null
one_more | awk '{ printf "one more small picture, there and back: %s ms, %s ms of CPU (target <= 5 ms)\n", $1, $2 }'
