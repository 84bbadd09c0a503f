#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/rules/rules.h"

// The limits as data. Where sources disagree the strictest sensible reading is the value, and the other
// versions stand in `disputed_by`. Rules of state ("upright") permit words; `check` knows how to measure them.

namespace tokprep {
namespace {

constexpr const char* kReadOn = "2026-10-04";

struct Origin {
  const char* source;
  const char* url;
};

constexpr Origin kGuidelines{"Ayrshare, media guidelines for TikTok",
                             "https://www.ayrshare.com/docs/media-guidelines/tiktok"};
constexpr Origin kTikTokPosts{"Ayrshare, posting to TikTok",
                              "https://www.ayrshare.com/docs/apis/post/social-networks/tiktok"};
constexpr Origin kSmallUpload{"Ayrshare, upload media", "https://www.ayrshare.com/docs/apis/media/upload-media"};
constexpr Origin kLargeUpload{"Ayrshare, upload large media",
                              "https://www.ayrshare.com/docs/apis/media/upload-large-media"};
constexpr Origin kMarketing{"Ayrshare, solutions page on refused encodings",
                            "https://www.ayrshare.com/solutions/tiktok-api-400-bad-request-encoding-validation"};
constexpr Origin kTransfer{"TikTok, media transfer guide",
                           "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"};
constexpr Origin kDirectPost{"TikTok, direct post reference",
                             "https://developers.tiktok.com/doc/content-posting-api-reference-direct-post"};
constexpr Origin kPhotoPost{"TikTok, photo post reference",
                            "https://developers.tiktok.com/doc/content-posting-api-reference-photo-post"};
constexpr Origin kVerification{"Ayrshare, post verification",
                               "https://www.ayrshare.com/docs/testing/post-verification"};
constexpr Origin kSharing{"TikTok, content sharing guidelines",
                          "https://developers.tiktok.com/doc/content-sharing-guidelines"};
constexpr Origin kOwn{"tokprep: the form that every player and re-encoder reads the same way", ""};
constexpr Origin kPrivacy{"tokprep: what a post should not tell about its maker", ""};
constexpr Origin kFirstSight{"tokprep: what people see of a post before they play it", ""};
constexpr Origin kSafety{"tokprep: what can be opened without risk to the machine", ""};

constexpr auto kMust = Severity::kMust;
constexpr auto kShould = Severity::kShould;

Rule bound(std::string id, double value, std::string unit, Severity severity, Origin origin, std::string title,
           std::string disputed_by = {}) {
  return {std::move(id), std::move(title), value,   std::move(unit),       severity,
          origin.source, origin.url,       kReadOn, std::move(disputed_by)};
}

Rule permitted(std::string id, std::vector<std::string> words, Severity severity, Origin origin, std::string title,
               std::string disputed_by = {}) {
  return {std::move(id), std::move(title), std::move(words),      "", severity, origin.source,
          origin.url,    kReadOn,          std::move(disputed_by)};
}

std::vector<Rule> container_rules() {
  return {
      permitted("container.format", {"mp4"}, kMust, kTransfer, "A video is an MP4.", "MOV and WebM are accepted too"),
      permitted("container.index_first", {"first"}, kMust, kOwn, "The index stands before the samples."),
      permitted("container.not_fragmented", {"whole"}, kMust, kOwn, "The MP4 is not fragmented."),
      permitted("container.no_edit_lists", {"none"}, kMust, kOwn, "Tracks play all from their start."),
      bound("container.intact", 0, "samples", kMust, kOwn, "No sample lies outside the file."),
      bound("media.start_zero", 0.05, "s", kMust, kOwn, "Presentation starts at 0, give or take one audio frame."),
      permitted("streams.single", {"video", "video+audio"}, kMust, kOwn,
                "One video stream, at most one audio stream, nothing else."),
      bound("media.size_max", 1e9, "bytes", kMust, kGuidelines, "Largest video file.",
            "10 GB in eleven translations of the same page; TikTok: 4 GB"),
  };
}

std::vector<Rule> video_rules() {
  return {
      bound("video.duration_min", 3, "s", kMust, kGuidelines, "Shortest video.", "TikTok states no minimum"),
      bound("video.duration_max", 600, "s", kMust, kGuidelines, "Longest video.",
            "TikTok: the creator's own maximum, 180, 300 or 600 s"),
      bound("video.side_min", 360, "px", kMust, kGuidelines, "Least width and height as seen."),
      bound("video.side_max", 4096, "px", kMust, kGuidelines, "Largest width and height as seen.",
            "the solutions page wants exactly 1080x1920"),
      bound("video.frame_rate_min", 23, "fps", kMust, kGuidelines, "Lowest frame rate, measured from frame times."),
      bound("video.frame_rate_max", 60, "fps", kMust, kGuidelines, "Highest frame rate, measured from frame times."),
      permitted("video.frame_rate_constant", {"constant"}, kMust, kOwn, "All frames last equally long."),
      permitted("video.aspect", {"9:16", "16:9"}, kMust, kGuidelines, "Shape as seen, within 1 %.",
                "TikTok states none"),
      permitted("video.codec", {"h264", "hevc"}, kMust, kTransfer, "Video codec.",
                "TikTok takes VP8 and VP9 as well; the solutions page knows H.264 only"),
      permitted("video.profile", {"yuv420p"}, kMust, kOwn, "Pixels are 8-bit 4:2:0."),
      permitted("video.tag", {"avc1", "hvc1"}, kMust, kOwn, "The track's tag is the one all players know."),
      permitted("video.progressive", {"progressive"}, kMust, kOwn, "Frames are progressive."),
      permitted("video.square_pixels", {"1:1"}, kMust, kOwn, "Pixels are square, within 0.5 %."),
      permitted("video.upright", {"upright"}, kMust, kOwn, "The picture is stored upright, without a rotation."),
      bound("video.even_sides", 2, "px", kMust, kOwn, "Width and height as stored are multiples of this."),
      permitted("video.sdr", {"sdr"}, kMust, kOwn, "Standard dynamic range."),
      permitted("video.colour", {"bt709 tv"}, kMust, kOwn, "Colours are bt709 in limited range."),
      permitted("video.colour_tagged", {"tagged"}, kMust, kOwn, "Colours are tagged, in the usual names."),
      bound("video.bit_rate", 10e6, "bit/s", kShould, kMarketing, "Advised bit rate of a video.",
            "the API's own documentation states none"),
  };
}

std::vector<Rule> audio_and_metadata_rules() {
  return {
      permitted("audio.codec", {"aac"}, kMust, kMarketing, "Sound is AAC-LC.",
                "the API's own documentation states none"),
      permitted("audio.sample_rate", {"44100", "48000"}, kMust, kOwn, "Sample rate in Hz."),
      bound("audio.channels_max", 2, "channels", kMust, kOwn, "Most channels."),
      bound("audio.sync", 0.1, "s", kShould, kOwn, "Largest distance between the starts of picture and sound."),
      permitted("metadata.private", {"none"}, kMust, kPrivacy, "No place, device or owner in the file."),
  };
}

std::vector<Rule> image_rules() {
  return {
      permitted("image.format", {"jpeg", "webp"}, kMust, kGuidelines, "Format of an image.",
                "WebP: taken as it is, or turned into JPEG when sent; PNG never"),
      bound("image.size_max", 20e6, "bytes", kMust, kGuidelines, "Largest image file."),
      permitted("image.box", {"1080x1920", "1920x1080", "1080x1080"}, kMust, kGuidelines,
                "Boxes of which an image must fit one.", "not said whether maximum or advice; TikTok: at most 1080p"),
      permitted("image.sdr", {"sdr"}, kMust, kOwn, "Standard dynamic range."),
      permitted("image.colour", {"srgb"}, kMust, kOwn, "Colours are sRGB or gray; untagged counts as sRGB."),
      permitted("image.opaque", {"opaque"}, kMust, kOwn, "No transparency."),
      permitted("image.upright", {"upright"}, kMust, kOwn, "The picture is stored upright, without a rotation."),
      bound("image.single_frame", 1, "frames", kMust, kOwn, "One picture, no animation, no further pages."),
      bound("image.bit_depth", 8, "bits", kMust, kOwn, "Bits a channel."),
      bound("image.pixels_max", 268'435'456, "pixels", kMust, kSafety, "Largest picture that is opened."),
      bound("image.frames_max", 10'000, "frames", kMust, kSafety, "Most pages or frames of a picture that is opened."),
      bound("image.memory_max", 1e9, "bytes", kMust, kSafety,
            "Most memory that the decoder of a picture may need to hold at once."),
      permitted("cover.format", {"jpeg", "png", "webp"}, kMust, kGuidelines, "Format of a cover image."),
      bound("cover.size_max", 20e6, "bytes", kMust, kGuidelines, "Largest cover image file."),
      permitted("cover.box_min", {"360x360"}, kMust, kGuidelines, "Smallest cover image."),
      permitted("cover.box_max", {"1080x1920", "1920x1080"}, kMust, kGuidelines,
                "Boxes of which a cover image must fit one."),
      permitted("cover.frame", {"a picture"}, kShould, kFirstSight,
                "A cover taken out of a video is not black, of one colour or in a fade."),
  };
}

std::vector<Rule> post_rules() {
  return {
      bound("post.caption_max", 2200, "utf16_units", kMust, kTikTokPosts, "Longest caption.",
            "TikTok: 4000 for the description of photos"),
      bound("post.title_max", 90, "utf16_units", kMust, kPhotoPost, "Longest title of a photo post.",
            "Ayrshare states none"),
      bound("post.images_min", 1, "images", kMust, kTikTokPosts, "Fewest images of a photo post."),
      bound("post.images_max", 35, "images", kMust, kTikTokPosts, "Most images of a photo post."),
      bound("post.rate_minute", 6, "posts", kMust, kDirectPost, "Most posts of an account in one minute."),
      bound("post.rate_day", 15, "posts", kMust, kTikTokPosts, "Most posts of an account in 24 hours."),
      bound("post.duplicate", 48, "h", kMust, kVerification,
            "Time before and after a post in which its account may not have the same or a very similar text.",
            "three days in older documentation"),
      bound("post.schedule_max", 30, "days", kMust, kLargeUpload,
            "Time within which a scheduled post has to go out: the service keeps its media no longer.",
            "files of the small upload are kept 90 days"),
      permitted("post.branded_visibility", {"public", "followers", "friends"}, kMust, kSharing,
                "Who may see a post that is marked as branded content."),
      bound("upload.small_max", 30e6, "bytes", kMust, kSmallUpload, "Largest file for the small upload.",
            "10 MB on the page about large files; 10 MB for videos and 5 MB for images in retired documentation"),
      bound("upload.large_max", 5e9, "bytes", kMust, kLargeUpload, "Largest file for the large upload."),
      bound("upload.window", 1800, "s", kMust, kLargeUpload,
            "Time within which a large file has to be through: its upload URL lives no longer."),
  };
}

}  // namespace

const Rules& built_in_rules() {
  static const Rules kRules = [] {
    std::vector<Rule> all;
    for (auto group : {container_rules(), video_rules(), audio_and_metadata_rules(), image_rules(), post_rules()}) {
      std::ranges::move(group, std::back_inserter(all));
    }
    return Rules(std::move(all));
  }();
  return kRules;
}

}  // namespace tokprep
