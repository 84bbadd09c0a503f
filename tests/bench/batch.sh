#!/usr/bin/env bash
# usage: batch.sh TOKPREP [PAIRS]
# tokprep on whole folders: beside the script one would write with ffprobe, ffmpeg and convert, and against what the
# machine itself could do. Needs convert (imagemagick) and libvips-tools, to make pictures.
set -euo pipefail
tokprep=$(readlink -f "$1")
pairs=${2:-2}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."
export LC_ALL=C.UTF-8
for name in "${!TOKPREP_@}" "${!AYRSHARE_@}"; do [[ $name == TOKPREP_BENCH_DIR ]] || unset "$name"; done
work=${TOKPREP_BENCH_DIR:-$PWD/build/bench}
out=$work/out
jobs=$here/batch_jobs.sh
export tokprep work out TOKPREP_STATE_DIR=$work/state XDG_CONFIG_HOME=$work/config
mkdir -p "$work"
# shellcheck source=tests/bench/timing.sh
source "$here/timing.sh"
# shellcheck source=tests/bench/clips.sh
source "$here/clips.sh"
# shellcheck source=tests/bench/stills.sh
source "$here/stills.sh"
# shellcheck source=tests/bench/batch_jobs.sh
source "$jobs"

phone20_mkv() { ff -i "$work/phone20.mp4" -c copy "${bare[@]}" "$1"; }
phone20_ac3() { ff -i "$work/phone20.mp4" -c:v copy -c:a ac3 -ac 6 -b:a 384k "${bare[@]}" "$1"; }
# As a phone in poor light: frames missing here and there, about 25 of 30 left.
variable_rate() {
  ff -i "$work/phone20.mp4" -vf "select='gt(mod(n*7,30),4)'" -vsync vfr -c:v libx264 -preset superfast -bf 0 -b:v 16M -g 30 \
    "${bt709[@]}" -c:a copy "${bare[@]}" -movflags +faststart "$1"
}
landscape20() {
  ff -i "$work/phone20.mp4" -vf "crop=1080:608,scale=1920:1080" -c:v libx264 -preset superfast -bf 0 -profile:v high -b:v 16M \
    -maxrate 16M -bufsize 16M -g 30 "${bt709[@]}" -c:a copy "${bare[@]}" -movflags +faststart "$1"
}

# Six videos, of which two must be encoded, three photographs and twenty screenshots.
make_mixed() {
  make "$work/phone20.mp4" phone20
  make "$work/hlg_4k.mp4" hlg_4k
  make "$work/phone20.mkv" phone20_mkv
  make "$work/phone20_ac3.mkv" phone20_ac3
  make "$work/variable_rate.mp4" variable_rate
  make "$work/landscape20.mp4" landscape20
  make_photo "$work/24mp.png" 6000 4000
  make_screens
  rm -rf "$work/mixed"
  mkdir -p "$work/mixed"
  local file i
  for file in phone20.mp4 phone20.mkv phone20_ac3.mkv hlg_4k.mp4 variable_rate.mp4 landscape20.mp4; do ln "$work/$file" "$work/mixed/"; done
  for i in 1 2 3; do ln "$work/24mp.png" "$work/mixed/photo$i.png"; done
  for i in {000..019}; do ln "$work/screens/$i.png" "$work/mixed/screen$i.png"; done
}

# Five clips to encode and sixty screenshots, the clips first and last: where cores would stand idle.
make_long_and_small() {
  make "$work/wrong_codec.mp4" wrong_codec
  rm -rf "$work/long_and_small"
  mkdir -p "$work/long_and_small"
  local i
  for i in a b c y z; do ln "$work/wrong_codec.mp4" "$work/long_and_small/$i.mp4"; done
  for i in {000..059}; do ln "$work/screens/$i.png" "$work/long_and_small/m$i.png"; done
}

# busy NAME JOB: how much longer the run took than its CPU time spread over all cores would.
busy() {
  local i
  for ((i = 0; i < pairs; i++)); do measured "$2"; done |
    awk -v name="$1" -v cores="$(nproc)" '
      { part[NR] = $1 * cores / $2; if (!best || part[NR] < best) best = part[NR] }
      END { printf "%-44s %.3f x CPU / cores (best of %d)   <= 1.05\n", name, best, NR }'
}

# at_once NAME JOB: the mean of fifty starts.
at_once() {
  local began
  began=$(date +%s%N)
  for ((i = 0; i < 50; i++)); do "$2" >/dev/null; done
  printf '%-44s %.1f ms   <= 10\n' "$1" "$(awk -v ns=$(($(date +%s%N) - began)) 'BEGIN { print ns / 50e6 }')"
}

sandbox_pid=
stop_sandbox() { [[ -z $sandbox_pid ]] || kill "$sandbox_pid" 2>/dev/null || true; }
trap stop_sandbox EXIT

start_sandbox() {
  rm -rf "$work/sandbox" && mkdir -p "$work/sandbox"
  "$tokprep" sandbox --port 0 --data "$work/sandbox" --posts-per-minute 1000 --posts-per-day 1000 --rate-limit 100000 \
    >"$work/sandbox.log" 2>&1 &
  sandbox_pid=$!
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    grep -q AYRSHARE_API_KEY "$work/sandbox.log" 2>/dev/null && break
    sleep 0.1
  done
  TOKPREP_API_URL=$(sed -n 's/.*TOKPREP_API_URL=\([^ ]*\).*/\1/p' "$work/sandbox.log" | head -1)
  AYRSHARE_API_KEY=$(sed -n 's/.*AYRSHARE_API_KEY=\([^ ]*\).*/\1/p' "$work/sandbox.log" | head -1)
  export TOKPREP_API_URL AYRSHARE_API_KEY
}

# Encoding alone, uploading the result alone at the rate that takes as long, and both in one run.
overlap() {
  rm -rf "$work/clips" "$work/made" && mkdir -p "$work/clips"
  local i encode_ms upload_ms both_ms bytes
  # Many, for before the first is encoded nothing can be uploaded; of forty lengths, as the same bytes are uploaded once,
  # and shuffled, as clips that grow would leave the line idle between them and the largest for the end.
  for i in {1..40}; do
    ff -i "$work/wrong_codec.mp4" -t "$(awk -v i="$i" 'BEGIN { print 3 + i * 17 % 41 / 30 }')" -c copy "${bare[@]}" "$work/clips/$i.mp4"
    echo "clip $i" >"$work/clips/$i.txt"
  done
  read -r encode_ms _ < <(measured encode_clips)
  cp -r "$out" "$work/made"
  bytes=$(du -cb "$work"/made/*.mp4 | tail -1 | cut -f1)
  limit_rate=$((bytes * 1000 / encode_ms))
  export limit_rate
  start_sandbox
  read -r upload_ms _ < <(measured post_made)
  stop_sandbox
  start_sandbox # it takes no post twice
  read -r both_ms _ < <(measured post_clips)
  printf '%-44s %d ms; encoding %d ms, uploading %d ms: %.2f x the longer   <= 1.1\n' "posts, at the rate of the encoder" \
    "$both_ms" "$encode_ms" "$upload_ms" "$(awk -v b="$both_ms" -v e="$encode_ms" -v u="$upload_ms" 'BEGIN { print b / (e > u ? e : u) }')"
}

make_mixed
make_long_and_small
headline "$pairs pairs; medians; ratio = other / ours"
compare "mixed folder / the usual script" ours_mixed usual_script ">= 7"
compare "mixed folder, verified / the usual script" ours_mixed_verified usual_script ">= 6"
busy "five clips and sixty screenshots" ours_long_and_small
at_once "tokprep --version" version
at_once "tokprep --help" help
overlap
