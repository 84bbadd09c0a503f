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

# The service's own limits, of 6 posts a minute and 15 a day, are not what is measured.
rates() { [[ -f $work/rates.json ]] || echo '{"post.rate_minute": 1000, "post.rate_day": 1000}' >"$work/rates.json"; }
post() { rates && TOKPREP_STATE_DIR=$out/state "$tokprep" post "$work/clips" --yes -q --limit-rate "$limit_rate" --rules "$work/rates.json" "$@"; }

encode_clips() { rates && "$tokprep" prepare "$work/clips" -o "$out" --force -q --rules "$work/rates.json"; }
post_made() { post -o "$work/made"; }
post_clips() { post -o "$out/made"; }
