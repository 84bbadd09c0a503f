#!/usr/bin/env bash
# usage: video.sh TOKPREP [PAIRS]
# tokprep's work on video beside the command one would type instead, as whole processes in pairs. `prepare` always does
# more: it measures every packet, cuts the cover, judges it, works out two digests, writes the certificate and waits
# for the disk; rows that say "the job alone" are the worker's part without all that.
set -euo pipefail
tokprep=$(readlink -f "$1")
pairs=${2:-5}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."
export LC_ALL=C.UTF-8
work=$PWD/build/bench
out=$work/out
jobs=$here/video_jobs.sh
job_program=$(dirname "$tokprep")/tests/tokprep_job
export tokprep job_program work out TOKPREP_STATE_DIR=$work/state XDG_CONFIG_HOME=$work/config
mkdir -p "$work"
# shellcheck source=tests/bench/timing.sh
source "$here/timing.sh"
# shellcheck source=tests/bench/clips.sh
source "$here/clips.sh"
# shellcheck source=tests/bench/video_jobs.sh
source "$jobs"

# likeness NAME FUNCTION: what came out of the last kind of run, against the source, by ffmpeg.
likeness() {
  measured "$2" >/dev/null
  local made
  made=$(find "$out" -name '*.mp4')
  printf '%-44s SSIM-Y %s, %d kB\n' "$1" \
    "$(ffmpeg -hide_banner -nostdin -i "$made" -i "$work/wrong_codec.mp4" -lavfi "[1:v]format=yuv420p,settb=1/30,setpts=N[r];[0:v]settb=1/30,setpts=N[m];[m][r]ssim" -f null - 2>&1 | grep -o 'Y:[0-9.]*' | tail -1)" \
    "$(($(stat -c %s "$made") / 1000))"
}

make_clips
headline "$pairs pairs; medians; ratio = other / ours"
compare "kept / cp" ours_keep theirs_cp ">= 0.91"
compare "kept --link / cp" ours_link theirs_cp ">= 0.91"
compare "index last, the job alone / cp" job_index theirs_cp_index ">= 0.83"
compare "index last, the job alone / +faststart" job_index theirs_index ">= 1.8"
compare "place inside, the job alone / +faststart" job_place theirs_place ">= 1.8"
compare "mkv to mp4, the job alone / +faststart" job_mkv theirs_mkv ">= 1.3"
compare "sound only, the job alone / -c:a aac" job_sound theirs_sound ">= 1.1"
compare "index last / cp" ours_index theirs_cp_index ">= 0.83"
compare "index last / -c copy +faststart" ours_index theirs_index ">= 1.8"
compare "private metadata / -c copy +faststart" ours_place theirs_place ">= 1.8"
compare "mkv to mp4 / -c copy +faststart" ours_mkv theirs_mkv ">= 1.3"
compare "sound only / -c:v copy -c:a aac" ours_sound theirs_sound ">= 1.1"
compare "encode / medium crf 20" ours_encode theirs_medium ">= 2.8"
compare "encode, judged / medium crf 20" ours_encode_judged theirs_medium ">= 2.2"
compare "encode / the same x264 settings" ours_encode theirs_same ">= 0.98"
compare "4K HLG / tone map, then scale" ours_hlg theirs_hlg ">= 2"
compare "frame at 300.5 s of 600 s / -ss" ours_frame theirs_frame ">= 1.33"
compare "facts of 1000 clips / ffprobe of 100" ours_probe theirs_probe ">= 1"
compare "kept and decoded / -f null" ours_judge_all theirs_decode ">= 0.91"
pairs=1
compare "sound only / all encoded, medium" ours_sound theirs_sound_and_picture ">= 25"
likeness "encode" ours_encode
likeness "medium crf 20" theirs_medium
