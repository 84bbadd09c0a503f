# shellcheck shell=bash disable=SC2154 # what is not set here, whoever sources this sets
# Sourced by the benches: the pictures they work on, made once and kept in $work. Needs vips and convert.

# A picture with soft shapes and grain, as a camera makes them: PATH WIDTH HEIGHT. Made once, and row by row.
make_photo() {
  [[ -f $1 ]] && return
  echo "making $(basename "$1") …" >&2
  vips gaussnoise "$work/small.v" $(($2 / 40)) $(($3 / 40)) --mean 128 --sigma 60 --seed 1
  vips resize "$work/small.v" "$work/soft.v" 40 --vscale 40 --kernel cubic
  vips gaussnoise "$work/grain.v" "$2" "$3" --mean 0 --sigma 3 --seed 2
  vips crop "$work/soft.v" "$work/cut.v" 0 0 "$2" "$3" 2>/dev/null || cp "$work/soft.v" "$work/cut.v"
  vips add "$work/cut.v" "$work/grain.v" "$work/gray.v"
  vips bandjoin "$work/gray.v $work/cut.v $work/gray.v" "$work/rgb.v"
  vips cast "$work/rgb.v" "$work/bytes.v" uchar
  vips copy "$work/bytes.v" "$work/srgb.v" --interpretation srgb
  vips pngsave "$work/srgb.v" "${1%.png}.part.png" --compression 6
  mv "${1%.png}.part.png" "$1"
  rm -f "$work"/*.v
}

# 200 pictures of 1080x2340: a flat page, lines of text and a photograph in it, each a little different.
make_screens() {
  [[ -f $work/screens/199.png ]] && return
  echo "making 200 screenshots …" >&2
  mkdir -p "$work/screens"
  local i
  for i in 0 1 2 3 4 5 6 7 8 9; do
    vips text "$work/text.png" "$(for j in {1..18}; do echo "Screen $i, line $j: the quick brown fox jumps"; done)" \
      --dpi 220 --spacing 18
    convert -size 1080x2340 xc:"rgb($((240 - i)),$((235 + i)),245)" -fill "rgb($((20 * i)),60,$((200 - 10 * i)))" \
      -draw "rectangle 0,0 1080,180" -draw "roundrectangle 60,$((300 + 20 * i)) 1020,900 40,40" \
      \( "$work/24mp.png" -crop 900x500+$((i * 300))+$((i * 200)) +repage \) -geometry +90+340 -composite \
      \( "$work/text.png" -negate \) -geometry +80+1000 -compose Darken -composite -strip \
      -depth 8 "PNG24:$work/screens/$(printf '%03d' "$i").png"
  done
  for i in {10..199}; do cp "$work/screens/$(printf '%03d' $((i % 10))).png" "$work/screens/$(printf '%03d' "$i").png"; done
}
