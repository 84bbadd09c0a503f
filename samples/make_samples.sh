#!/usr/bin/env bash
# Draws every sample anew, beside this script: pictures and sound are formulas, so nobody else's work is in them.
# Needs ffmpeg, exiftool and the DejaVu fonts (Debian: ffmpeg libimage-exiftool-perl fonts-dejavu-core).
# The same ffmpeg gives the same bytes: one thread, no dates, no random source.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
export LC_ALL=C.UTF-8

font=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
mono=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

quiet=(-map_metadata -1 -map_chapters -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact)
bt709=(-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv)
h264=(-c:v libx264 -threads 1 -profile:v high -preset slow -pix_fmt yuv420p -g 60 "${bt709[@]}")
to_bt709="scale=in_range=pc:out_range=tv:out_color_matrix=bt709,format=yuv420p"

# A title, and a clock in hundredths of a second, by which a frame that was picked can be checked by eye.
# burn TITLE SIZE: the filters; the clock's digits are those of the frame's own time.
burn() {
  local hundredths='%{eif\:mod(round(t*100)\,100)\:d\:2}' seconds='%{eif\:floor(t+0.0001)\:d\:2}'
  printf "drawtext=fontfile=%s:text='%s':fontsize=%d:fontcolor=white:x=(w-tw)/2:y=h*0.08:shadowx=3:shadowy=3" \
    "$font" "$1" "$2"
  printf ",drawtext=fontfile=%s:text='00\\\\:%s.%s':fontsize=%d:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=12" \
    "$mono" "$seconds" "$hundredths" $(($2 / 2))
  printf ":x=(w-tw)/2:y=h*0.9-th/2"
}

# paint R G B [WEIGHT R G B]…: geq's arguments for a ground and the layers over it, each as opaque as its weight.
paint() {
  local red=$1 green=$2 blue=$3
  shift 3
  while (($# > 0)); do
    red="lerp($red,$2,$1)" green="lerp($green,$3,$1)" blue="lerp($blue,$4,$1)"
    shift 4
  done
  printf "geq=r='%s':g='%s':b='%s'" "$red" "$green" "$blue"
}

# inside DISTANCE_PX: 1 where the distance is positive, 0 where negative, and a soft edge of one pixel between.
inside() { printf 'clip(0.5+%s,0,1)' "$1"; }

# hash N: a fixed number between 0 and 1 for each whole N.
hash() { printf 'mod(abs(sin((%s)*12.9898)*43758.5453),1)' "$1"; }

# skyline BUILDING_PX SALT WALL HEIGHT FILE: a row of towers with lit windows, transparent above the roofs.
skyline() {
  local building=$1 salt=$2 wall=$3 height=$4 file=$5 roof lit
  roof="H*(1-$height*(0.35+0.65*$(hash "floor(X/$building)+$salt")))"
  lit="between(mod(X,18),4,12)*between(mod(Y,30),7,20)*between(mod(X,$building),9,$building-9)"
  lit="$lit*gt($(hash "floor(X/18)*7.13+floor(Y/30)*157.31+$salt"),0.55)*gt(Y,$roof+16)"
  ff -f lavfi -i "nullsrc=s=1800x1280,format=rgba,$(paint "$wall" "$wall+4" "$wall+20" "$lit" 255 205 110):a='255*gt(Y,$roof)'" \
    -frames:v 1 "$file"
}

# notes SEMITONES…: a melody for aevalsrc, plucked, four notes a second, over and over.
notes() {
  local pitch=0 i=0 semitone
  for semitone in "$@"; do
    pitch="if(eq(mod(floor(t*4),$#),$i),220*pow(2,$semitone/12),$pitch)"
    i=$((i + 1))
  done
  printf '0.35*sin(2*PI*t*%s)*exp(-5*mod(t,0.25))' "($pitch)"
}

# --- videos ------------------------------------------------------------------------------------------------

# Already all that TikTok wants.
city() {
  skyline 130 3 52 0.62 "$work/far.png"
  skyline 90 11 16 0.46 "$work/near.png"
  local sky="gradients=s=720x1280:r=30:c0=0x0b1036:c1=0x7a3b69:x0=360:y0=0:x1=360:y1=1279:n=2:speed=0.00001:d=6"
  local moon
  moon="color=black@0:s=200x200:r=30,trim=end_frame=1,format=rgba,$(paint 255 244 214):a='255*$(inside "(90-hypot(X-100,Y-100))")'"
  ff -f lavfi -i "$sky" -f lavfi -i "$moon" -i "$work/far.png" -i "$work/near.png" \
    -f lavfi -i "aevalsrc='$(notes 0 7 12 15 19 15 12 7)|$(notes 7 12 15 19 24 19 15 12)':s=48000:d=6" \
    -filter_complex "[0][1]overlay=470-t*8:210:format=rgb[a];[a][2]overlay=-t*60:0:format=rgb[b];[b][3]overlay=-t*170:0:format=rgb,
      $(burn CITY 110),${to_bt709}[v]" -map '[v]' -map 4:a -t 6 \
    "${h264[@]}" -crf 23 -c:a aac -b:a 128k -ar 48000 -ac 2 "${quiet[@]}" -movflags +faststart city.mp4
}

# Right streams in the wrong box. The waves come back every 2 s, so only 60 frames are drawn.
beach() {
  local wave="(0.5+0.2*sin(X/23+T*PI)*sin(Y/9-T*PI)+0.3*sin(X/57-T*PI+Y/5))" sun sea sand picture
  sun=$(inside "(46-hypot(X-W*0.7,Y-H*0.36))")
  sea=$(inside "(Y-H*0.55-4*sin(X/60+T*PI))")
  sand=$(inside "(Y-H*0.84-8*sin(T*PI)-6*sin(X/80))")
  picture=$(paint "250-70*Y/H" "150+90*Y/H" "190-30*Y/H" "$sun" 255 236 140 \
    "$sea" "20+60*$wave" "110+70*$wave" "150+60*$wave" "$sand" 236 205 150)
  ff -f lavfi -i "nullsrc=s=640x360:r=30:d=2,format=gbrp,$picture,scale=1280x720:flags=bicubic,loop=2:60" \
    -f lavfi -i "anoisesrc=color=pink:seed=7:r=48000:a=0.5:d=6" \
    -filter_complex "[0]$(burn BEACH 100),${to_bt709}[v];
      [1]lowpass=f=900,volume='0.35+0.3*sin(2*PI*t/3)':eval=frame,pan=stereo|c0=c0|c1=0.8*c0[a]" \
    -map '[v]' -map '[a]' "${h264[@]}" -crf 25 -c:a aac -b:a 96k "${quiet[@]}" beach.mkv
}

# The right picture with the wrong sound, and where the phone was: a place in the middle of the Atlantic.
# The stripes come back every third of a second, so only 10 frames are drawn.
street() {
  local depth="max(Y/H-0.42,0.001)" aside="abs(X-W/2)" stripe houses window ground road kerb dash engine picture
  stripe="lt(mod(0.6/($depth)+T*6,2),1)"
  houses=$(inside "(Y-H*(0.38-0.5*abs(X/W-0.5)))")
  window="between(mod(X,24),8,16)*between(mod(Y,30),8,20)*gt(Y,H*(0.4-0.5*abs(X/W-0.5)))"
  ground=$(inside "(Y-H*0.42)")
  kerb="$ground*$(inside "(W*($depth)-$aside)")"
  road="$ground*$(inside "(W*0.9*($depth)-$aside)")"
  dash="$ground*$stripe*$(inside "(W*0.03*($depth)+1-$aside)")"
  picture=$(paint 120 190 240 "$houses" 168 96 78 "$window" 255 226 150 "$ground" 70 140 70 \
    "$kerb" "240-20*$stripe" "240-200*$stripe" "240-200*$stripe" "$road" 62 64 72 "$dash" 250 240 200)
  engine="0.3*sin(2*PI*(70+12*sin(PI*t))*t)+0.1*sin(2*PI*140*t)"
  ff -f lavfi -i "nullsrc=s=360x640:r=30,trim=end_frame=10,format=gbrp,$picture,scale=720x1280:flags=bicubic,loop=11:10" \
    -f lavfi -i "aevalsrc='$engine|0.8*($engine)':s=48000:d=4" \
    -filter_complex "[0]$(burn STREET 90),${to_bt709}[v]" -map '[v]' -map 1:a \
    "${h264[@]}" -crf 25 -c:a pcm_s16le "${quiet[@]}" -movflags use_metadata_tags \
    -metadata com.apple.quicktime.make=Samplemaker -metadata com.apple.quicktime.model="Sample Phone 1" \
    -metadata com.apple.quicktime.location.ISO6709="+30.0000-040.0000+000.000/" street.mov
}

# hills TOP SWELL_PX LENGTH_PX R G B FILE: a line of hills, transparent above.
hills() {
  local ridge
  ridge=$(inside "(Y-H*$1-$2*(sin(X/$3)+0.4*sin(X/$3*2.7)))")
  ff -f lavfi -i "nullsrc=s=1000x480,format=rgba,$(paint "$4" "$5" "$6"):a='255*$ridge'" -frames:v 1 "$7"
}

# All is wrong: box, picture, sound and shape.
landscape() {
  hills 0.45 34 61 110 130 164 "$work/back.png"
  hills 0.62 26 47 52 92 96 "$work/middle.png"
  hills 0.8 18 71 20 54 44 "$work/front.png"
  ff -f lavfi -i "gradients=s=640x480:r=25:c0=0xf0be96:c1=0xb4b0c8:x0=0:y0=0:x1=0:y1=300:n=2:speed=0.00001:d=5" \
    -i "$work/back.png" -i "$work/middle.png" -i "$work/front.png" \
    -f lavfi -i "aevalsrc='$(notes 12 16 19 24 19 16)':s=48000:d=5" \
    -filter_complex "[0][1]overlay=-t*12:0:format=rgb[a];[a][2]overlay=-t*30:0:format=rgb[b];[b][3]overlay=-t*70:0:format=rgb,
      $(burn LANDSCAPE 64),${to_bt709}[v]" -map '[v]' -map 4:a \
    -c:v libvpx-vp9 -threads 1 -row-mt 0 -crf 36 -b:v 0 -cpu-used 3 "${bt709[@]}" -c:a libopus -b:a 64k \
    "${quiet[@]}" landscape.webm
}

# --- pictures ----------------------------------------------------------------------------------------------

# A play button on nothing.
logo() {
  local disc triangle
  disc=$(inside "(250-hypot(X-256,Y-256))")
  triangle="gt(X,200)*$(inside "((360-X)*0.62-abs(Y-256))")"
  ff -f lavfi -i "nullsrc=s=512x512,format=rgba,$(paint "254-Y/6" "44+X/8" "85+Y/3" "$triangle" 255 255 255):a='255*$disc'" \
    -frames:v 1 "${quiet[@]}" logo.png
}

# A cover that no frame of the video could be.
city_cover() {
  ff -ss 2 -i city.mp4 -frames:v 1 -vf "eq=saturation=1.5:contrast=1.1,drawbox=0:ih*0.06:iw:ih*0.14:black@1:fill,
    drawtext=fontfile=$font:text='THE COVER':fontsize=96:fontcolor=0xffd23f:x=(w-tw)/2:y=h*0.13-th/2,format=rgb24" \
    "${quiet[@]}" city.cover.png
}

# cloth SIZE NUMBER PAINT FILE [OPTIONS…]: a piece of cloth with its number on it.
cloth() {
  local size=$1 number=$2 pattern=$3 file=$4
  shift 4
  ff -f lavfi -i "nullsrc=s=$size,format=gbrp,$pattern" -frames:v 1 -vf "drawtext=fontfile=$font:text=$number:fontsize=220:
    fontcolor=white:x=(w-tw)/2:y=(h-th)/2:borderw=10:bordercolor=black$turn" "$@" "${quiet[@]}" "lookbook/$file"
}

# Three cloths of different shape; the second is a phone's picture lying on its side, and says which phone and where.
lookbook() {
  mkdir -p lookbook
  local twill="gt(mod(X+Y,24),12)" across="mod(X,160)" down="mod(Y,160)" spiral turn=
  spiral=$(inside "(8*sin(hypot(X-600,Y-800)/26+3*atan2(Y-800,X-600)))")
  cloth 900x1200 1 "$(paint 60 20 30 "$twill*gt($across,80)" 150 50 30 "not($twill)*gt($down,80)" 150 30 70 \
    "lt(abs($down-40),6)" 90 110 50 "lt(abs($across-40),6)" 70 60 200)" 1.png -pix_fmt rgb24
  turn=,transpose=cclock
  cloth 1200x1600 2 "$(paint 40 90 140 "$spiral" 240 160 80)" 2.jpg -pix_fmt yuvj420p -q:v 4
  turn=
  cloth 1200x1200 10 "$(paint "200+55*sin(X/37)*sin(Y/37)" "130+90*sin(X/37+2)*sin(Y/41)" "90+80*sin((X+Y)/53)")" \
    10.webp -c:v libwebp -quality 80
  exiftool -q -overwrite_original -n -Orientation=6 -Make=Samplemaker -Model="Sample Phone 1" \
    -GPSLatitude=30 -GPSLatitudeRef=N -GPSLongitude=40 -GPSLongitudeRef=W lookbook/2.jpg
}

city
beach
street
landscape
logo
city_cover
lookbook
du -ch ./*.mp4 ./*.mkv ./*.mov ./*.webm ./*.png lookbook/*.png lookbook/*.jpg lookbook/*.webp
