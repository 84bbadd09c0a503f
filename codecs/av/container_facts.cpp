#include "codecs/av/container_facts.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace tokprep::av {
namespace {

constexpr std::array kFormatWords{std::pair{std::string_view("mpeg"), std::string_view("mpegps")},
                                  std::pair{std::string_view("live_flv"), std::string_view("flv")}};

std::string iso_word(const mp4::Mp4Index& index) {
  // Before there were brands there was QuickTime.
  if (index.major_brand.empty() || index.major_brand == "qt  ") return "mov";
  if (index.major_brand.starts_with("3gp") || index.major_brand.starts_with("3g2")) return "3gp";
  return "mp4";
}

std::string format_word(std::string_view format_name, std::string_view head) {
  const std::string_view first = format_name.substr(0, format_name.find(','));
  if (first == "matroska") return ebml_doc_type(head) == "webm" ? "webm" : "matroska";
  for (const auto& [known, word] : kFormatWords) {
    if (first == known) return std::string(word);
  }
  return std::string(first);
}

void describe_iso(const mp4::Mp4Index& index, ContainerInfo& container) {
  container.format = iso_word(index);
  container.major_brand = index.major_brand;
  container.compatible_brands = index.compatible_brands;
  container.index = index.place;
  container.fragmented = index.fragmented;
  container.edit_lists = std::ranges::any_of(index.tracks, [&](const mp4::Track& track) {
    return (track.is_video() || track.is_audio()) && mp4::has_unusual_edits(track, index);
  });
  container.samples_outside_file = static_cast<std::int64_t>(mp4::samples_outside_file(index));
  if (index.duration > 0 && index.timescale > 0) {
    container.header_duration_us = av_rescale(static_cast<std::int64_t>(index.duration), 1'000'000, index.timescale);
  }
}

}  // namespace

std::string_view ebml_doc_type(std::string_view head) {
  constexpr std::string_view kDocType("\x42\x82", 2);
  const std::size_t at = head.substr(0, 64).find(kDocType);
  if (at == std::string_view::npos || at + 3 > head.size()) return {};
  const auto size = static_cast<std::uint8_t>(head[at + 2]) & 0x7FU;
  return head.substr(at + 3, size);
}

ContainerInfo describe_container(const AVFormatContext& format, std::string_view head,
                                 const std::optional<mp4::Mp4Index>& index) {
  ContainerInfo container;
  container.format_name = format.iformat->name;
  container.format = format_word(container.format_name, head);
  if (index) {
    describe_iso(*index, container);
  } else if (format.duration_estimation_method == AVFMT_DURATION_FROM_STREAM && format.duration > 0) {
    // The other methods are guesses from bit rates and time stamps: nothing that a header declares.
    container.header_duration_us = av_rescale(format.duration, 1'000'000, AV_TIME_BASE);
  }
  return container;
}

void describe_edits(const AVFormatContext& format, const mp4::Mp4Index& index, MediaInfo& info) {
  const auto is_cut = [&](int stream_index) {
    const auto id = static_cast<std::uint32_t>(format.streams[stream_index]->id);
    const auto track = std::ranges::find(index.tracks, id, &mp4::Track::id);
    return track != index.tracks.end() && mp4::is_cut_by_edits(*track, index);
  };
  for (VideoStreamInfo& video : info.video) video.cut_by_edits = is_cut(video.index);
  for (AudioStreamInfo& audio : info.audio) audio.cut_by_edits = is_cut(audio.index);
}

}  // namespace tokprep::av
