#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"

namespace tokprep {

enum class Severity {
  kMust,   ///< the service or TikTok refuses
  kShould  ///< advice
};

template <>
struct EnumNames<Severity> {
  static constexpr std::array kTable{std::pair{Severity::kMust, std::string_view("must")},
                                     std::pair{Severity::kShould, std::string_view("should")}};
};

/// One limit of the platform, as dated data.
struct Rule {
  std::string id;                                        ///< "video.duration_min"
  std::string title;                                     ///< one sentence for people
  std::variant<double, std::vector<std::string>> value;  ///< a bound, or the permitted words
  std::string unit;                                      ///< "s", "bytes", "px", "fps", "utf16_units", ""
  Severity severity = Severity::kMust;
  std::string source;       ///< who says so, in words
  std::string url;          ///< where it can be read
  std::string read_on;      ///< ISO date of that reading
  std::string disputed_by;  ///< other versions that exist; empty if sources agree
};

/// The limits in force. Immutable once made; share freely between threads.
class Rules {
 public:
  explicit Rules(std::vector<Rule> rules);

  [[nodiscard]] const std::vector<Rule>& all() const { return rules_; }
  [[nodiscard]] const Rule* find(std::string_view id) const;

  /// The bound of a rule that has one. The id must exist: asking for an unknown one is a bug (assert).
  [[nodiscard]] double number(std::string_view id) const;
  [[nodiscard]] const std::vector<std::string>& words(std::string_view id) const;

  /// A copy with some values replaced: `{"video.duration_max": 300, "video.aspect": ["9:16"]}`.
  /// Errors: kInvalidArgument for an unknown id (naming the nearest) or a value of the wrong type.
  [[nodiscard]] Result<Rules> with_overrides(const nlohmann::json& overrides) const;

  /// SHA-256 of everything in the table: stands for these rules in the digest of an item's settings.
  [[nodiscard]] const std::string& digest() const { return digest_; }

 private:
  std::vector<Rule> rules_;
  std::string digest_;
};

/// What is compiled in: the strictest sensible reading of the sources.
const Rules& built_in_rules();

/// What a still may ask for before it is refused unopened.
StillLimits still_limits(const Rules& rules);

/// Date of the newest reading in the table, to be kept in certificates.
std::string rules_version(const Rules& rules);

void to_json(nlohmann::json& json, const Rule& rule);

/// A rule that an asset breaks.
struct Finding {
  std::string rule;
  Severity severity = Severity::kMust;
  Scalar measured;
  Scalar limit;
  std::string unit;
  std::string message;  ///< one sentence with the numbers in it
  bool fixable = true;  ///< conversion can put it right without losing content
  std::string fix;      ///< what tokprep does about it, or the flag that would; why there is none otherwise
  bool fixed = false;   ///< set in reports, once the output was checked
};

void to_json(nlohmann::json& json, const Finding& finding);

enum class AssetRole { kMedia, kCover };

/// Every rule the asset breaks, in the order of the table; empty when it complies. Pure.
/// The same function judges sources and finished outputs.
std::vector<Finding> check(const MediaInfo& info, const Rules& rules, AssetRole role = AssetRole::kMedia);

/// True when no `must` is broken.
bool complies(const std::vector<Finding>& findings);

}  // namespace tokprep
