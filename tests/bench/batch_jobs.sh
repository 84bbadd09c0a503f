# shellcheck shell=bash disable=SC2154 # what is not set here, whoever sources this sets
# Sourced by tests/bench/batch.sh and, for each timed run, by a shell of its own.

ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

ours_mixed() { "$tokprep" prepare "$work/mixed" -o "$out" --force -q --verify off; }
ours_mixed_verified() { "$tokprep" prepare "$work/mixed" -o "$out" --force -q; }
ours_long_and_small() { "$tokprep" prepare "$work/long_and_small" -o "$out" --force -q; }
version() { "$tokprep" --version; }
help() { "$tokprep" --help; }

# What is found in many a cron job: everything encoded, whatever it is.
usual_script() {
  local file name width height filter
  for file in "$work"/mixed/*.mp4 "$work"/mixed/*.mkv; do
    name=$out/$(basename "${file%.*}")
    width=$(ffprobe -v error -select_streams v:0 -show_entries stream=width -of csv=p=0 "$file")
    height=$(ffprobe -v error -select_streams v:0 -show_entries stream=height -of csv=p=0 "$file")
    ffprobe -v error -show_entries format=duration -of csv=p=0 "$file"
    if ((width > height)); then filter=1920:1080; else filter=1080:1920; fi
    ff -i "$file" -vf "scale=$filter:force_original_aspect_ratio=decrease,pad=$filter:(ow-iw)/2:(oh-ih)/2" -r 30 \
      -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart "$name.mp4"
    ff -ss 1 -i "$name.mp4" -frames:v 1 "$name.cover.jpg"
  done
  for file in "$work"/mixed/*.png; do
    convert "$file" -resize 1080x1920 -quality 90 "$out/$(basename "${file%.*}").jpg"
  done
}

encode_clips() { "$tokprep" prepare "$work/clips" -o "$out" --force -q; }
post_made() { TOKPREP_STATE_DIR=$out/state "$tokprep" post "$work/clips" -o "$work/made" --yes -q --limit-rate "$limit_rate"; }
post_clips() { TOKPREP_STATE_DIR=$out/state "$tokprep" post "$work/clips" -o "$out/made" --yes -q --limit-rate "$limit_rate"; }
