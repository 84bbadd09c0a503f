# shellcheck shell=bash disable=SC2154 # what is not set here, whoever sources this sets
# Sourced by tests/bench/cage.sh for each timed run, by a shell of its own: both sides of every comparison.

probe() { "$tokprep" probe --json --jobs 1 "$@"; }
prepare() { "$tokprep" prepare -o "$out" --force -q --jobs 1 "$@"; }

caged_probe() { probe --cage prefer "$work/small/1.png"; }
free_probe() { probe --cage off "$work/small/1.png"; }
caged_probes() { probe --cage prefer "$work/small"; }
free_probes() { probe --cage off "$work/small"; }
caged_pictures() { prepare --cage prefer "$work/small"; }
free_pictures() { prepare --cage off "$work/small"; }
caged_remux() { prepare --cage prefer samples/beach.mkv; }
free_remux() { prepare --cage off samples/beach.mkv; }
