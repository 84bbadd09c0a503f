# shellcheck shell=bash disable=SC2154 # what is not set here, whoever sources this sets
# Sourced by the benches: the clips they work on, made once and kept in $work.
# Real clips are taken from the folder of shared media where it is there, else ffmpeg's pattern with camera-like noise.

ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

readonly bt709=(-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv)
readonly bare=(-map_metadata -1 -fflags +bitexact)

# make FILE FUNCTION: FUNCTION writes the path it is given; a clip cut short by a stop never counts as made.
make() {
  [[ -f $1 ]] && return
  echo "making ${1##*/} …" >&2
  "$2" "${1%.*}.part.${1##*.}"
  mv "${1%.*}.part.${1##*.}" "$1"
}

# Twenty seconds of what cameras take, upright, joined by hard cuts: "-filter_complex" input for 1080x1920 at 30 fps.
real_picture() {
  local media=${TOKPREP_MEDIA_DIR:-../shared/media}/video clip inputs=() parts='' count=0
  for clip in video-h265.mp4 Butterfly-209.mp4 max-heromode.mp4; do
    [[ -f $media/$clip ]] || continue
    inputs+=(-t 7 -i "$media/$clip")
    parts+="[$count:v]fps=30,scale=1080:1920:force_original_aspect_ratio=increase:flags=lanczos,crop=1080:1920,setsar=1,noise=alls=4:allf=t:all_seed=1,format=yuv420p[v$count];"
    count=$((count + 1))
  done
  if ((count == 0)); then
    inputs=(-f lavfi -i "testsrc2=s=1080x1920:r=30:d=20,noise=alls=12:allf=t:all_seed=1")
    parts='[0:v]format=yuv420p[v0];'
    count=1
  fi
  picture_inputs=("${inputs[@]}")
  picture_filter="$parts$(for ((i = 0; i < count; i++)); do printf '[v%d]' "$i"; done)concat=n=$count:v=1:a=0,trim=duration=20[v]"
}

# As a phone writes it: H.264 High at 16 Mb/s, a key frame a second, AAC. Already compliant.
phone20() {
  real_picture
  ff "${picture_inputs[@]}" -f lavfi -i "sine=f=330:r=48000:d=20,volume=0.5" -filter_complex "$picture_filter" -map '[v]' \
    -map "$((${#picture_inputs[@]} / 4)):a" -c:v libx264 -preset superfast -bf 0 -profile:v high \
    -b:v 16M -maxrate 16M -bufsize 16M -g 30 "${bt709[@]}" -c:a aac -b:a 128k -ac 2 -t 20 "${bare[@]}" -movflags +faststart "$1"
}
looped() { # looped TIMES OUTPUT: the same twenty seconds of picture again and again, under one sound
  local i
  for ((i = 0; i < $1; i++)); do printf "file '%s'\nduration 20\n" "$work/picture20.mp4"; done >"$work/list.txt"
  ff -f concat -safe 0 -i "$work/list.txt" -f lavfi -i "sine=f=330:r=48000:d=$((20 * $1)),volume=0.5" -map 0:v -map 1:a -c:v copy \
    -c:a aac -b:a 128k -ac 2 "${bare[@]}" -movflags +faststart "$2"
}
picture20() { ff -i "$work/phone20.mp4" -an -c copy "${bare[@]}" "$1"; }
phone60() { looped 3 "$1"; }
phone600() { looped 30 "$1"; }
index_last() { ff -i "$work/phone60.mp4" -c copy "${bare[@]}" "$1"; }
with_place() { ff -i "$work/phone60.mp4" -c copy -metadata location="+48.8577+002.295/" -movflags +faststart "$1"; }
matroska() { ff -i "$work/phone60.mp4" -c copy "${bare[@]}" "$1"; }
quicktime_pcm() { ff -i "$work/phone60.mp4" -c:v copy -c:a pcm_s16le "${bare[@]}" "$1"; }
# What must be encoded: the same picture as MPEG-4 part 2, at its best quality.
wrong_codec() { ff -i "$work/phone20.mp4" -c:v mpeg4 -q:v 2 -c:a copy "${bare[@]}" "$1"; }
hlg_4k() {
  ff -ss 0 -t 3.2 -i "$work/phone20.mp4" -an -vf "transpose=clock,scale=3840:2160:flags=bicubic,format=yuv420p10le" \
    -c:v libx265 -preset ultrafast -x265-params "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:range=limited" \
    -b:v 43M -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -color_range tv -tag:v hvc1 "${bare[@]}" -movflags +faststart "$1"
}

make_clips() {
  make "$work/phone20.mp4" phone20
  make "$work/picture20.mp4" picture20
  make "$work/phone60.mp4" phone60
  make "$work/phone600.mp4" phone600
  make "$work/index_last.mp4" index_last
  make "$work/with_place.mp4" with_place
  make "$work/phone60.mkv" matroska
  make "$work/phone60.mov" quicktime_pcm
  make "$work/wrong_codec.mp4" wrong_codec
  make "$work/hlg_4k.mp4" hlg_4k
  if [[ ! -d $work/thousand ]]; then
    mkdir -p "$work/thousand.part"
    ff -t 4 -i "$work/phone20.mp4" -c copy "${bare[@]}" -movflags +faststart "$work/thousand.part/0.mp4"
    for ((i = 1; i < 1000; i++)); do ln "$work/thousand.part/0.mp4" "$work/thousand.part/$i.mp4"; done
    mv "$work/thousand.part" "$work/thousand"
  fi
}
