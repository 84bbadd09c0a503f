#include "pipeline/refusal_rules.h"

#include <algorithm>
#include <array>

namespace tokprep {
namespace {

using Ids = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> kCaption = {"post.caption_max"};
constexpr std::array<std::string_view, 3> kVideoShape = {"video.side_min", "video.side_max", "video.aspect"};
constexpr std::array<std::string_view, 3> kImageSize = {"image.size_max", "image.box", "image.format"};
constexpr std::array<std::string_view, 1> kImageFormat = {"image.format"};
constexpr std::array<std::string_view, 4> kFormat = {"container.format", "video.codec", "audio.codec", "image.format"};
constexpr std::array<std::string_view, 2> kDuration = {"video.duration_min", "video.duration_max"};
constexpr std::array<std::string_view, 3> kFrameRate = {"video.frame_rate_min", "video.frame_rate_max",
                                                        "video.frame_rate_constant"};
constexpr std::array<std::string_view, 4> kPictureSize = {"video.side_min", "video.side_max", "image.box",
                                                          "image.size_max"};
constexpr std::array<std::string_view, 7> kFile = {"container.format",     "video.codec",    "video.duration_max",
                                                   "video.frame_rate_max", "video.side_min", "media.size_max",
                                                   "image.format"};
constexpr std::array<std::string_view, 1> kPostsOfADay = {"post.rate_day"};
constexpr std::array<std::string_view, 1> kPostsOfAMinute = {"post.rate_minute"};

struct Row {
  std::string_view refusal;
  Ids rules;
};

const std::array kRows = {
    Row{"132", kCaption},
    Row{"182", kVideoShape},
    Row{"254", kImageSize},
    Row{"450", kImageFormat},
    Row{"451", kImageFormat},
    Row{"452", kImageFormat},
    Row{"file_format_check_failed", kFormat},
    Row{"duration_check_failed", kDuration},
    Row{"frame_rate_check_failed", kFrameRate},
    Row{"picture_size_check_failed", kPictureSize},
    Row{"invalid_file_upload", kFile},
    Row{"spam_risk_too_many_posts", kPostsOfADay},
    Row{"rate_limit_exceeded", kPostsOfAMinute},
};

}  // namespace

Ids rules_behind(std::string_view refusal) {
  const auto found = std::ranges::find(kRows, refusal, &Row::refusal);
  return found != kRows.end() ? found->rules : Ids();
}

}  // namespace tokprep
