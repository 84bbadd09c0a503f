#!/usr/bin/env bash
# usage: run.sh TOKPREP [PAIRS]
# Times tokprep beside the ffmpeg command one would type instead, as whole processes in pairs (A B A B …), and prints
# the medians and the median of the pairwise ratios: other load on the machine hits both sides of a pair alike.
# A ratio above 1 says how many times longer the other one took. tokprep's side always does more: `prepare` also measures
# the packets, cuts the cover, judges the result and writes the certificate.
set -euo pipefail
tokprep=$(readlink -f "$1")
pairs=${2:-5}
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
export LC_ALL=C.UTF-8
work=build/bench
out=$work/out
export TOKPREP_STATE_DIR=$PWD/$work/state XDG_CONFIG_HOME=$PWD/$work/config
mkdir -p "$work"

ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

# A clip of the size phones make: 20 s of 1080x1920 at 16 Mb/s, already compliant. Made once.
make_clip() {
  [[ -f $work/phone.mp4 ]] && return
  echo "making a 20 s clip of 1080x1920 …" >&2
  ff -f lavfi -i "testsrc2=s=1080x1920:r=30:d=20,noise=alls=12:allf=t:all_seed=1" -f lavfi -i "sine=f=330:r=48000:d=20" \
    -vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p -c:v libx264 -preset superfast -bf 0 \
    -profile:v high -b:v 16M -maxrate 16M -bufsize 16M -g 30 \
    -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
    -c:a aac -ac 2 -map_metadata -1 -fflags +bitexact -movflags +faststart "$work/phone.part.mp4"
  mv "$work/phone.part.mp4" "$work/phone.mp4"
  ff -i "$work/phone.mp4" -c copy "$work/phone.mkv"
  ff -i "$work/phone.mp4" -c:v copy -c:a pcm_s16le "$work/phone.mov"
}

# timed COMMAND…: "WALL_MS CPU_MS". A command that fails ends the run: its time would mean nothing.
timed() {
  local TIMEFORMAT='%R %U %S' spent
  rm -rf "$out"
  mkdir -p "$out"
  if ! spent=$({ time "$@" >/dev/null 2>"$work/error.log"; } 2>&1); then
    printf 'failed: %s\n' "$*" >&2
    cat "$work/error.log" >&2
    return 1
  fi
  awk '{ printf "%d %d\n", $1 * 1000, ($2 + $3) * 1000 }' <<<"$spent"
}

# compare NAME OURS THEIRS: two functions. The first pair only warms the caches.
compare() {
  local name=$1 i ours theirs
  for ((i = 0; i <= pairs; i++)); do
    ours=$(timed "$2")
    theirs=$(timed "$3")
    ((i == 0)) || echo "$ours $theirs"
  done |
    awk -v name="$name" '
      function median(values, count,   i, j, swap) {
        for (i = 2; i <= count; i++)
          for (j = i; j > 1 && values[j - 1] > values[j]; j--) { swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap }
        return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
      }
      { ours[NR] = $1; theirs[NR] = $3; wall[NR] = $3 / ($1 + !$1); cpu[NR] = $4 / ($2 + !$2) }
      END { if (NR) printf "%-46s %7d ms %7d ms   %6.2f  %6.2f\n", name, median(ours, NR), median(theirs, NR), median(wall, NR), median(cpu, NR) }'
}

ours_version() { "$tokprep" --version; }
theirs_version() { ffmpeg -version; }
ours_probe() { "$tokprep" probe --json "$work/phone.mp4"; }
theirs_probe() { ffprobe -v error -of json -show_format -show_streams -count_packets "$work/phone.mp4"; }
prepare() { "$tokprep" prepare "$1" -o "$out" --force -q; }
ours_keep() { prepare "$work/phone.mp4"; }
theirs_keep() { ff -i "$work/phone.mp4" -c copy -map_metadata -1 -movflags +faststart "$out/a.mp4"; }
ours_remux() { prepare "$work/phone.mkv"; }
theirs_remux() { ff -i "$work/phone.mkv" -c copy -map_metadata -1 -movflags +faststart "$out/a.mp4"; }
ours_audio() { prepare "$work/phone.mov"; }
theirs_audio() { ff -i "$work/phone.mov" -c:v copy -c:a aac -b:a 128k -map_metadata -1 -movflags +faststart "$out/a.mp4"; }
ours_encode() { prepare samples/landscape.webm; }
# x264's medium at CRF 20 looks like tokprep's default after TikTok's own pass; its own default of 23 looks worse.
theirs_encode() {
  ff -i samples/landscape.webm -vf "pad=ceil(ih*16/9/2)*2:ih:(ow-iw)/2:0,format=yuv420p" -c:v libx264 -preset medium -crf 20 \
    -c:a aac -b:a 128k -movflags +faststart "$out/a.mp4"
}
ours_image() { prepare samples/lookbook/10.webp; }
theirs_image() { ff -i samples/lookbook/10.webp -vf scale=1080:1080 -q:v 3 "$out/a.jpg"; }

make_clip
printf '%-46s %10s %10s   %6s  %6s\n' "$pairs pairs; medians" tokprep other wall cpu
compare "start: --version / ffmpeg -version" ours_version theirs_version
compare "probe: facts of 20 s / ffprobe -count_packets" ours_probe theirs_probe
compare "keep: compliant mp4 / -c copy +faststart" ours_keep theirs_keep
compare "remux: mkv / -c copy +faststart" ours_remux theirs_remux
compare "audio only: pcm mov / -c:v copy -c:a aac" ours_audio theirs_audio
compare "encode: 4:3 VP9 / x264 medium CRF 20" ours_encode theirs_encode
compare "image: WebP / ffmpeg to JPEG" ours_image theirs_image
