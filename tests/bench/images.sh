#!/usr/bin/env bash
# usage: images.sh TOKPREP [PAIRS]
# tokprep's work on stills beside the commands one would type instead, as whole processes in pairs. tokprep's side always
# does more: it judges what came out and writes a certificate with two digests. Needs vips, vipsthumbnail (libvips-tools)
# and convert (imagemagick).
set -euo pipefail
tokprep=$(readlink -f "$1")
pairs=${2:-5}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."
export LC_ALL=C.UTF-8
work=${TOKPREP_BENCH_DIR:-$PWD/build/bench}
out=$work/out
jobs=$here/images_jobs.sh
export tokprep work out TOKPREP_STATE_DIR=$work/state XDG_CONFIG_HOME=$work/config
mkdir -p "$work"
# shellcheck source=tests/bench/timing.sh
source "$here/timing.sh"
# shellcheck source=tests/bench/stills.sh
source "$here/stills.sh"
# shellcheck source=tests/bench/images_jobs.sh
source "$jobs"

make_photo "$work/24mp.png" 6000 4000
make_photo "$work/108mp.png" 12000 9000
make_screens
headline "$pairs pairs; medians; ratio = other / ours"
compare "24 MP PNG / vips thumbnail" ours_24 vips_24 ">= 1.11"
compare "24 MP PNG / convert" ours_24 convert_24 ">= 2.2"
compare "24 MP PNG to WebP / vips thumbnail" ours_webp vips_webp ""
compare "108 MP PNG / vips thumbnail" ours_108 vips_108 ">= 1.11"
pairs=1
compare "108 MP PNG / convert" ours_108 convert_108 ">= 6.7"
compare "200 screenshots / vips thumbnail loop" ours_screens vips_screens ">= 4"
compare "200 screenshots / vipsthumbnail, 2 batches" ours_screens vipsthumbnail_screens ">= 1.1"
compare "200 screenshots / convert loop" ours_screens convert_screens ">= 7"
