#include "codecs/sniff.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "codecs/still_format.h"

namespace tokprep {
namespace {

using namespace std::string_view_literals;

// Containers and elementary streams that begin with fixed bytes. Sound alone is libav's too: it will say
// that there is no picture, which tells people more than "unknown".
constexpr std::array kVideoMagics{
    "\x1a\x45\xdf\xa3"sv,                  // EBML: Matroska, WebM
    "FLV\x01"sv,                           //
    "OggS"sv,                              //
    "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv,  // ASF
    "\x06\x0e\x2b\x34\x02\x05\x01\x01"sv,  // MXF
    "DKIF"sv,                              // IVF
    "YUV4MPEG2 "sv,                        //
    ".RMF\0"sv,                            // RealMedia
    "nut/multimedia container\0"sv,        //
    "\xb7\xd8\x00\x20\x37\x49\xda\x11"sv,  // WTV
    "\x1f\x07\x00"sv,                      // DV
    "\x12\x00\x0a"sv,                      // AV1 open bitstream units
    "\x00\x00\x01\xba"sv,                  // MPEG program stream
    "\x00\x00\x01\xb3"sv,                  // MPEG-1 and MPEG-2 video
    "\x00\x00\x01\xb0"sv,                  // MPEG-4 part 2
    "fLaC"sv,                              //
    "caff\x00\x01"sv,                      //
    ".snd\x00"sv,                          //
    "#!AMR"sv,                             //
    "\x0b\x77"sv,                          // AC-3
};

constexpr std::array kTopLevelBoxes{"ftyp"sv, "moov"sv, "mdat"sv, "moof"sv, "free"sv, "wide"sv,
                                    "skip"sv, "pnot"sv, "styp"sv, "sidx"sv, "uuid"sv};

bool is_iso_media(std::string_view head) {
  if (head.size() < 8) return false;
  return std::ranges::find(kTopLevelBoxes, head.substr(4, 4)) != kTopLevelBoxes.end();
}

bool is_riff_or_iff(std::string_view head) {
  if (head.size() < 12) return false;
  const std::string_view chunk = head.substr(0, 4);
  const std::string_view type = head.substr(8, 4);
  if (chunk == "RIFF" || chunk == "RIFX" || chunk == "RF64") return type == "AVI " || type == "AVIX" || type == "WAVE";
  return chunk == "FORM" && (type == "AIFF" || type == "AIFC");
}

/// How many packets in a row start with the sync byte, from `start` on; 0 if one does not.
std::size_t synced_packets(std::string_view head, std::size_t start, std::size_t stride) {
  std::size_t packets = 0;
  for (std::size_t at = start; at < head.size(); at += stride, ++packets) {
    if (head[at] != 0x47) return 0;
  }
  return packets;
}

/// Packets of 188 bytes, with 4 bytes in front (Blu-ray, AVCHD) or 16 behind. A capture may begin within a packet.
bool is_transport_stream(std::string_view head) {
  for (const std::size_t stride : {188U, 192U, 204U}) {
    for (std::size_t start = 0; start < stride; ++start) {
      const bool aligned = start == 0 || (stride == 192 && start == 4);
      if (synced_packets(head, start, stride) >= (aligned ? 2U : 5U)) return true;
    }
  }
  return false;
}

/// ID3, or the sync word of MPEG audio (layers II and III) or ADTS. Layer I is left out: FF FE begins UTF-16 text.
bool is_mpeg_audio(std::string_view head) {
  if (head.size() >= 10 && head.starts_with("ID3") && static_cast<std::uint8_t>(head[3]) < 0x10) return true;
  if (head.size() < 4 || static_cast<std::uint8_t>(head[0]) != 0xff) return false;
  const auto second = static_cast<std::uint8_t>(head[1]);
  const bool adts = (second & 0xf6) == 0xf0;
  const bool layer_2_or_3 = (second & 0xe0) == 0xe0 && ((second & 0x06) == 0x02 || (second & 0x06) == 0x04);
  const bool rate_known = (static_cast<std::uint8_t>(head[2]) & 0x0c) != 0x0c;
  return adts || (layer_2_or_3 && rate_known);
}

/// A start code and the header of a unit that opens a stream: parameter sets or the access unit delimiter.
bool is_raw_h264_or_hevc(std::string_view head) {
  std::size_t at = head.find("\x00\x00\x01"sv);
  if (at > 1) return false;
  at += 3;
  if (head.size() < at + 2) return false;
  const auto first = static_cast<std::uint8_t>(head[at]);
  const auto second = static_cast<std::uint8_t>(head[at + 1]);
  const int h264_type = first & 0x1f;
  const bool h264 = (first & 0x80) == 0 && (h264_type == 7 || h264_type == 9 || (h264_type == 6 && first == 6));
  const int hevc_type = first >> 1;
  const bool hevc = second == 1 && (hevc_type == 32 || hevc_type == 33 || hevc_type == 35 || hevc_type == 39);
  return h264 || hevc;
}

bool has_video_magic(std::string_view head) {
  return std::ranges::any_of(kVideoMagics, [&](std::string_view bytes) { return head.starts_with(bytes); });
}

/// Patterns so short that prose can hold them: text is ruled out before these are asked.
bool looks_like_video(std::string_view head) {
  return is_iso_media(head) || is_riff_or_iff(head) || is_mpeg_audio(head) || is_raw_h264_or_hevc(head) ||
         is_transport_stream(head);
}

/// Without the character that the end of `head` cuts in two.
std::string_view whole_characters(std::string_view head) {
  std::size_t end = head.size();
  while (end > 0 && head.size() - end < 3 && (static_cast<std::uint8_t>(head[end - 1]) & 0xc0) == 0x80) --end;
  if (end > 0 && static_cast<std::uint8_t>(head[end - 1]) >= 0xc0) return head.substr(0, end - 1);
  return head;
}

bool is_control(char byte) {
  const auto value = static_cast<std::uint8_t>(byte);
  return (value < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f') || value == 0x7f;
}

bool is_text(std::string_view head) {
  if (head.starts_with("\xff\xfe"sv) || head.starts_with("\xfe\xff"sv)) {  // UTF-16 with its mark
    const std::size_t high_byte = head.starts_with("\xff\xfe"sv) ? 3 : 2;
    return head.size() > 3 && head[high_byte] == 0;
  }
  const bool whole = is_utf8(head) || is_utf8(whole_characters(head));
  return whole && std::ranges::none_of(head, is_control);
}

}  // namespace

Sniffed sniff(std::string_view head) {
  if (head.empty()) return Sniffed::kUnknown;
  if (!still_format(head).empty()) return Sniffed::kImage;
  if (has_video_magic(head)) return Sniffed::kVideo;
  if (is_text(head)) return Sniffed::kText;
  return looks_like_video(head) ? Sniffed::kVideo : Sniffed::kUnknown;
}

}  // namespace tokprep
