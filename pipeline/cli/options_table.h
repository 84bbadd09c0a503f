#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/cli/command.h"

namespace tokprep::cli {

/// Everything any option can say, before it is known to fit its verb.
struct Draft {
  CommonOptions common;
  SettingsLayer flags;
  std::optional<std::filesystem::path> output;
  std::optional<std::chrono::milliseconds> at;
  bool at_auto = false;  ///< --at auto; then `at` is empty
  CalendarWords calendar;
  std::optional<OverCap> over_cap;
  bool allow_duplicate_text = false;
  std::optional<std::filesystem::path> cover;
  std::optional<std::filesystem::path> manifest;
  std::optional<std::filesystem::path> data_dir;
  std::optional<std::chrono::milliseconds> delay;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<int> port;
  std::optional<std::string> bind;
  std::optional<std::string> register_url;
  std::optional<std::filesystem::path> faults;
  std::optional<int> rate_limit;
  std::optional<int> posts_per_minute;
  std::optional<int> posts_per_day;
  std::optional<int> consent_days;
  std::optional<std::filesystem::path> item;
  std::optional<std::string> state;
  std::optional<std::string> since;
  bool carousel = false;
  bool yes = false;
  bool wait = false;
  bool unregister = false;
  bool late = false;
  bool check = false;
  bool online = false;
  bool post = false;
  bool once = false;
  std::optional<std::chrono::milliseconds> settle;
  std::optional<std::chrono::milliseconds> poll;
};

enum class OptionGroup { kOwn, kConversion, kPost, kCommon };

/// One option. A switch takes no value but may be given one: --draft=false.
struct OptionSpec {
  std::string name;   ///< "--caption"
  char letter = 0;    ///< 'o' for -o; 0: none
  std::string value;  ///< for help: "TEXT"; empty for a switch
  std::string help;
  OptionGroup group = OptionGroup::kOwn;
  std::vector<Verb> verbs;  ///< empty: all
  std::function<Status(Draft&, std::string_view text)> set;

  [[nodiscard]] bool is_switch() const { return value.empty(); }
  [[nodiscard]] bool is_for(Verb verb) const;
};

/// Every option of the program, in the order help shows them.
const std::vector<OptionSpec>& option_table();

}  // namespace tokprep::cli
