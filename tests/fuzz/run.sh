#!/usr/bin/env bash
# usage: run.sh [SECONDS] [TARGET]
# Runs every fuzz target of build/fuzz (or the one named) for SECONDS, two at a time, and prints what came of each.
# Inputs that break something are kept in build/fuzz/found/TARGET, and are played again by
# build/dev/fuzz/fuzz_TARGET FILE; exit code 1 where there are some. What was learnt is kept in build/fuzz/grown.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
seconds=${1:-600}
only=${2:-}
found=build/fuzz/found grown=build/fuzz/grown
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  echo "run.sh: '$seconds' is no number of seconds" >&2
  exit 2
fi

fuzz_one() {
  local name=$1
  mkdir -p "$found/$name" "$grown/$name"
  # A finding ends a run; the table tells it.
  nice "build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix="$found/$name/" "$grown/$name" "tests/fuzz/corpus/$name" \
    >"$found/$name.log" 2>&1 || true
}

# The last number behind a word of a log: "cov:", "exec/s:".
last_number() { grep -oE "$2 *[0-9]+" "$1" | tail -1 | grep -oE '[0-9]+$' || echo 0; }

names=()
for program in build/fuzz/fuzz/fuzz_*; do
  name=${program##*/fuzz_}
  [[ -x $program && (-z $only || $only == "$name") ]] && names+=("$name")
done
if ((${#names[@]} == 0)); then
  echo "run.sh: there is no target '$only'" >&2
  exit 2
fi

running=0
for name in "${names[@]}"; do
  if ((running == 2)); then
    wait -n
    running=1
  fi
  fuzz_one "$name" &
  running=$((running + 1))
done
wait

findings=0
printf '%-18s %12s %10s %8s %9s\n' target executions coverage seconds findings
for name in "${names[@]}"; do
  log=$found/$name.log
  kept=$(find "$found/$name" -type f | wc -l)
  # A target that never began is a finding, too.
  ran=$(last_number "$log" 'number_of_executed_units:')
  ((ran > 0 || kept > 0)) || kept=1
  findings=$((findings + kept))
  printf '%-18s %12s %10s %8s %9s\n' "$name" "$ran" "$(last_number "$log" 'cov:')" \
    "$(grep -oE 'in [0-9]+ second' "$log" | grep -oE '[0-9]+' || echo -)" "$kept"
done
((findings == 0))
