#!/usr/bin/env bash
# usage: faults.sh TOKPREP [COUNT] [SEED]
# Plays COUNT seeded schedules of faults and kills against tokprep, from SEED on, then a fifth as many with dates, caps,
# failures at TikTok and webhooks beside them, then a tenth as many batches that are killed while they are prepared and
# posted, and prints what came of each; exit code 1 where a post went out twice, an item was lost or anything else did not
# hold. What failed is played again, told step by step, by the line that is printed with it.
set -euo pipefail
tokprep=$(readlink -f "$1")
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
count=${2:-5000} first=${3:-1} failed=0
tests=$(dirname "$tokprep")/tests
# One more than there are cores: a schedule waits as often as it works.
common=(--program "$tokprep" --first "$first" --parallel $(($(nproc) + 1)))
nice "$tests/tokprep_fault_schedules" "${common[@]}" --count "$count" || failed=1
nice "$tests/tokprep_fault_schedules" "${common[@]}" --count $(((count + 4) / 5)) --wide || failed=1
nice "$tests/tokprep_kill_points" "${common[@]}" --count $(((count + 9) / 10)) || failed=1
exit "$failed"
