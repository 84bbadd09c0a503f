# shellcheck shell=bash disable=SC2154,SC2016 # what is not set here, whoever sources this sets
# Sourced by the benches: paired runs of whole processes, and the ratios between them.
#
# A B A B …: other load on the machine hits both sides of a pair alike, so the ratio of a pair can be trusted where
# seconds cannot. Memory is the largest of any one process (the worker programs included), not their sum.
# `pairs`, `work` and `out` are set by who sources this.

# measured COMMAND…: "WALL_MS CPU_MS PEAK_KB" into an empty $out. A command that fails ends the run: its time would mean nothing.
measured() {
  rm -rf "$out"
  mkdir -p "$out"
  if ! /usr/bin/time -q -o "$work/time.txt" -f '%e %U %S %M' "$BASH" -c 'source "$0"; "$@"' "$jobs" "$@" \
    >"$work/output.log" 2>"$work/error.log"; then
    printf 'failed: %s\n' "$*" >&2
    cat "$work/error.log" >&2
    return 1
  fi
  awk '{ printf "%d %d %d\n", $1 * 1000, ($2 + $3) * 1000, $4 }' "$work/time.txt"
}

headline() {
  printf '%-44s %9s %9s  %6s %6s  %7s %7s  %s\n' "$1" ours other wall cpu "MB ours" other target
}

# compare NAME OURS THEIRS TARGET: two functions of the jobs file. The first pair only warms the caches. The ratios
# say how many times as long the other one took.
compare() {
  local name=$1 i ours theirs
  for ((i = 0; i <= pairs; i++)); do
    ours=$(measured "$2") || return 1
    theirs=$(measured "$3") || return 1
    ((i == 0)) || echo "$ours $theirs"
  done |
    awk -v name="$name" -v target="${4:-}" '
      function median(values, count,   i, j, swap) {
        for (i = 2; i <= count; i++)
          for (j = i; j > 1 && values[j - 1] > values[j]; j--) { swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap }
        return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
      }
      function larger(a, b) { return a > b ? a : b }
      {
        ours[NR] = $1; theirs[NR] = $4
        wall[NR] = $4 / ($1 + !$1); cpu[NR] = $5 / ($2 + !$2)
        ours_kb = larger(ours_kb, $3); theirs_kb = larger(theirs_kb, $6)
      }
      END {
        if (NR) printf "%-44s %6d ms %6d ms  %6.2f %6.2f  %7d %7d  %s\n", name, median(ours, NR), median(theirs, NR),
          median(wall, NR), median(cpu, NR), ours_kb / 1000, theirs_kb / 1000, target
      }'
}
