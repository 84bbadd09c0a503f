#!/usr/bin/env bash
# usage: upload.sh TOKPREP [PAIRS]
# Times the uploads of tokprep beside the curl commands one would type instead, over loopback, in pairs (A B A B …).
# Both send to one small server (tokprep_sink_server) that forgets what it reads, and that measures both alike.
set -euo pipefail
tokprep=$(readlink -f "$1")
pairs=${2:-5}
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
export LC_ALL=C.UTF-8
sink=$(dirname "$tokprep")/tests/tokprep_sink_server
work=build/bench/upload
mkdir -p "$work"
for name in "${!TOKPREP_@}" "${!AYRSHARE_@}"; do unset "$name"; done
export TOKPREP_STATE_DIR=$PWD/$work/state XDG_CONFIG_HOME=$PWD/$work/config AYRSHARE_API_KEY=bench-0123456789

: >"$work/sink.log" # what an earlier run left would be taken for this one's port
"$sink" >>"$work/sink.log" &
sink_pid=$!
trap 'kill "$sink_pid" 2>/dev/null || true' EXIT
for ((tries = 0; tries < 50; tries++)); do
  [[ -s $work/sink.log ]] && break
  sleep 0.1
done
port=$(head -n 1 "$work/sink.log")
export TOKPREP_API_URL=http://127.0.0.1:$port/api

# A video of any size without the disk for it: a sample, and behind it a box of holes that players pass over.
# make_video BYTES: its path.
make_video() {
  local file=$work/$1.mp4 sample=samples/city.mp4 filler byte head=''
  filler=$(($1 - $(stat -c %s "$sample")))
  for ((byte = 56; byte >= 0; byte -= 8)); do head+=$(printf '\\x%02x' $((filler >> byte & 255))); done
  cp "$sample" "$file"
  printf '\x00\x00\x00\x01free%b' "$head" >>"$file" # a size of 1: the real one follows in 64 bits
  truncate -s "$1" "$file"
  echo "$file"
}

# watched COMMAND…: runs it; "WALL_MS PEAK_KB PUT_US", the memory of that process alone, and of its transfer as the
# server saw it.
watched() {
  local began ended pid peak=0 now
  : >"$work/error.log"
  began=$(date +%s%N)
  "$@" >"$work/output.log" 2>"$work/error.log" &
  pid=$!
  while now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [[ -n $now ]]; do
    peak=$now
    sleep 0.02
  done
  if ! wait "$pid"; then
    printf 'failed: %s\n' "$*" >&2
    cat "$work/error.log" >&2
    return 1
  fi
  ended=$(date +%s%N)
  echo "$(((ended - began) / 1000000)) $peak $(awk 'END { print $3 }' "$work/sink.log")"
}

# The rule for the size is the platform's, not the transport's.
echo '{"media.size_max": 5000000000}' >"$work/rules.json"
ours_put() { watched "$tokprep" upload "$1" --force --rules "$work/rules.json" -q; }
# Up to 30 MB the service takes files as a form, above by PUT to a URL it gives.
theirs_put() {
  local how=(-T "$1" -H "Content-Type: video/mp4" "http://127.0.0.1:$port/put")
  (($(stat -c %s "$1") > 30000000)) || how=(-F "file=@$1;type=video/mp4" -F fileName=a.mp4 "$TOKPREP_API_URL/media/upload")
  watched curl -sS --fail -o /dev/null "${how[@]}"
}

# compare_put NAME BYTES
compare_put() {
  local name=$1 bytes=$2 file i ours theirs
  file=$(make_video "$bytes")
  for ((i = 0; i <= pairs; i++)); do
    ours=$(ours_put "$file") || return 1
    theirs=$(theirs_put "$file") || return 1
    ((i == 0)) || echo "$ours $theirs"
  done | awk -v name="$name" -v bytes="$bytes" '
    function median(values, count,   i, j, swap) {
      for (i = 2; i <= count; i++)
        for (j = i; j > 1 && values[j - 1] > values[j]; j--) { swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap }
      return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
    }
    { ours[NR] = $3; theirs[NR] = $6; ratio[NR] = $6 / $3; wall[NR] = $1; if ($2 > ours_kb) ours_kb = $2; if ($5 > theirs_kb) theirs_kb = $5 }
    END {
      if (NR) printf "%-26s %8.0f MB/s %8.0f MB/s %7.2f  %8d ms  %6.1f MB %6.1f MB   >= 0.95, < 40 MB\n", name,
        bytes / median(ours, NR), bytes / median(theirs, NR), median(ratio, NR), median(wall, NR), ours_kb / 1000, theirs_kb / 1000
    }'
  rm -f "$file"
}

make_images() {
  [[ -f $work/images/200.jpg ]] && return
  mkdir -p "$work/images"
  ffmpeg -hide_banner -loglevel error -nostdin -y -f lavfi -i "testsrc2=s=480x480:r=25:d=8" -frames:v 200 -q:v 5 \
    -map_metadata -1 -fflags +bitexact -flags:v +bitexact "$work/images/%03d.jpg"
}

ours_images() { "$tokprep" upload "$work"/images/*.jpg --force -q; }
theirs_images() {
  local image
  for image in "$work"/images/*.jpg; do
    curl -sS --fail -H "Authorization: Bearer $AYRSHARE_API_KEY" -F "file=@$image;type=image/jpeg" \
      -F "fileName=${image##*/}" "$TOKPREP_API_URL/media/upload"
  done
}

printf '%-26s %13s %13s %7s  %11s  %9s %9s   %s\n' "$pairs pairs; medians" tokprep curl ratio "whole run" "MB ours" curl target
compare_put "form 10 MB" 10000000
compare_put "PUT 1 GB" 1000000000
compare_put "PUT 4 GB" 4000000000

make_images
jobs=$work/jobs.sh
{
  declare -f ours_images theirs_images
  declare -p tokprep work
} >"$jobs"
out=$work/out
# shellcheck source=tests/bench/timing.sh
source tests/bench/timing.sh
headline "$pairs pairs; medians"
compare "200 small images / a loop of curl -F" ours_images theirs_images ">= 3 wall"
