#!/usr/bin/env bash
# usage: faults.sh TOKPREP [COUNT] [SEED]
# Plays COUNT seeded schedules of faults and kills against tokprep, from SEED on, and prints what came of them; exit
# code 1 where a post went out twice, an item was lost or anything else did not hold. A schedule that failed is played
# again, told step by step, by `build/release/tests/tokprep_fault_schedules --seed N`.
set -euo pipefail
tokprep=$(readlink -f "$1")
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
# One more than there are cores: a schedule waits as often as it works.
exec nice "$(dirname "$tokprep")/tests/tokprep_fault_schedules" --program "$tokprep" --samples samples \
  --count "${2:-5000}" --first "${3:-1}" --parallel $(($(nproc) + 1))
