# shellcheck shell=bash disable=SC2154 # what is not set here, whoever sources this sets
# Sourced by tests/bench/images.sh and, for each timed run, by a shell of its own: both sides of every comparison.

prepare() { "$tokprep" prepare "$1" -o "$out" --force -q "${@:2}"; }

# What each tool's manual gives for the job, in sRGB, at the same quality and chroma.
vips_thumbnail() { vips thumbnail "$1" "$out/$(basename "$1").jpg[Q=90,optimize_coding,strip]" 1080 --height 1920 --size down --export-profile srgb; }
im_convert() { convert "$1" -resize '1080x1920>' -colorspace sRGB -strip -quality 90 -sampling-factor 4:2:0 "$out/$(basename "$1").jpg"; }

ours_24() { prepare "$work/24mp.png"; }
vips_24() { vips_thumbnail "$work/24mp.png"; }
convert_24() { im_convert "$work/24mp.png"; }

ours_108() { prepare "$work/108mp.png"; }
vips_108() { vips_thumbnail "$work/108mp.png"; }
convert_108() { im_convert "$work/108mp.png"; }

ours_screens() { "$tokprep" prepare "$work/screens" -o "$out" --force -q --jobs 2; }
vips_screens() { for file in "$work"/screens/*.png; do vips_thumbnail "$file"; done; }
convert_screens() { for file in "$work"/screens/*.png; do im_convert "$file"; done; }
# Two batches beside each other, as `xargs -P 2` would start them.
vipsthumbnail_screens() {
  local half
  for half in 0 1; do
    vipsthumbnail "$work"/screens/*[$half$((half + 2))$((half + 4))$((half + 6))$((half + 8))].png --size '1080x1920>' \
      --export-profile srgb -o "$out/%s.jpg[Q=90,optimize_coding,strip]" &
  done
  wait
}

ours_webp() { prepare "$work/24mp.png" --image-format webp; }
vips_webp() { vips thumbnail "$work/24mp.png" "$out/a.webp[Q=90,effort=4,strip]" 1080 --height 1920 --size down --export-profile srgb; }
