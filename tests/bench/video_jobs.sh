# shellcheck shell=bash disable=SC2154 # what is not set here, whoever sources this sets
# Sourced by tests/bench/video.sh and, for each timed run, by a shell of its own: both sides of every comparison.

ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }
prepare() { "$tokprep" prepare "$1" -o "$out" --force -q "${@:2}"; }
unjudged() { prepare "$@" --verify off; }

# The worker's part alone: copy both streams, as the plan for these clips says.
job() {
  "$job_program" "{\"input\":\"$1\",\"output\":\"$out/a.mp4\",\"video\":{\"action\":\"copy\",\"stream_index\":0,\"frame_rate\":\"30\"},\"audio\":{\"action\":\"$2\",\"stream_index\":1}}"
}
job_index() { job "$work/index_last.mp4" copy; }
job_place() { job "$work/with_place.mp4" copy; }
job_mkv() { job "$work/phone60.mkv" copy; }
job_sound() { job "$work/phone60.mov" encode; }

ours_keep() { unjudged "$work/phone60.mp4"; }
ours_link() { unjudged "$work/phone60.mp4" --link; }
theirs_cp() { cp "$work/phone60.mp4" "$out/a.mp4"; }

ours_index() { unjudged "$work/index_last.mp4"; }
ours_place() { unjudged "$work/with_place.mp4"; }
theirs_cp_index() { cp "$work/index_last.mp4" "$out/a.mp4"; }
theirs_index() { ff -i "$work/index_last.mp4" -c copy -map_metadata -1 -movflags +faststart "$out/a.mp4"; }
theirs_place() { ff -i "$work/with_place.mp4" -c copy -map_metadata -1 -movflags +faststart "$out/a.mp4"; }

ours_mkv() { unjudged "$work/phone60.mkv"; }
theirs_mkv() { ff -i "$work/phone60.mkv" -c copy -map_metadata -1 -movflags +faststart "$out/a.mp4"; }

ours_sound() { unjudged "$work/phone60.mov"; }
theirs_sound() { ff -i "$work/phone60.mov" -c:v copy -c:a aac -b:a 160k -map_metadata -1 -movflags +faststart "$out/a.mp4"; }
theirs_sound_and_picture() {
  ff -i "$work/phone60.mov" -c:v libx264 -preset medium -crf 20 -c:a aac -b:a 160k -map_metadata -1 -movflags +faststart "$out/a.mp4"
}

ours_encode() { unjudged "$work/wrong_codec.mp4"; }
ours_encode_judged() { prepare "$work/wrong_codec.mp4"; }
theirs_medium() {
  ff -i "$work/wrong_codec.mp4" -c:v libx264 -preset medium -crf 20 -pix_fmt yuv420p -c:a copy -movflags +faststart "$out/a.mp4"
}
theirs_same() {
  ff -i "$work/wrong_codec.mp4" -c:v libx264 -preset superfast -crf 18 -x264-params mbtree=1:rc-lookahead=10 -g 60 \
    -flags +cgop -maxrate 20M -bufsize 40M -pix_fmt yuv420p -profile:v high -c:a copy -movflags +faststart "$out/a.mp4"
}

ours_hlg() { unjudged "$work/hlg_4k.mp4"; }
# The command that most pages on the subject give.
theirs_hlg() {
  ff -i "$work/hlg_4k.mp4" -vf "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,scale=1920:1080,format=yuv420p" \
    -c:v libx264 -preset superfast -crf 18 -x264-params mbtree=1:rc-lookahead=10 -movflags +faststart "$out/a.mp4"
}

ours_frame() { "$tokprep" thumbnail "$work/phone600.mp4" --at 300.5s -o "$out/a.jpg" -q; }
theirs_frame() { ff -ss 300.5 -i "$work/phone600.mp4" -frames:v 1 -q:v 3 "$out/a.jpg"; }

ours_probe() { "$tokprep" probe --json "$work/thousand"; }
# A tenth of the files: the ratio is made good afterwards.
theirs_probe() { for ((i = 0; i < 100; i++)); do ffprobe -v error -show_streams "$work/thousand/$i.mp4"; done; }

ours_judge_all() { prepare "$work/phone60.mp4" --link --verify full; }
theirs_decode() { ff -i "$work/phone60.mp4" -f null -; }

