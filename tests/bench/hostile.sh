#!/usr/bin/env bash
# usage: hostile.sh [COUNT] [SEED]
# COUNT damaged files, from SEED on, through the pipeline and workers that are built with sanitizers (build/asan).
# Exit code 1 where the pipeline did not hold or a sanitizer had something against our code. The files that crashed a
# worker or did not hold are kept in build/hostile; a trial is played again by tokprep_hostile_corpus --seed N.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
# A worker under sanitizers takes three times as long, and a crash writes its report first. Above 800 kB lies a video of
# six minutes that a trial may split into 46 parts: a quarter of an hour for that one.
exec nice build/asan/tests/tokprep_hostile_corpus --count "${1:-10000}" --first "${2:-1}" --parallel "$(nproc)" \
  --largest 800000 --look-every 50 --stall 180 --keep build/hostile
