#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/cli/options_table.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli {

// How an option's text becomes a member of the draft. `member` says which: [](Draft& d) -> auto& { return d.port; }

using Setter = std::function<Status(Draft&, std::string_view)>;

inline Setter to_switch(std::function<bool&(Draft&)> member) {
  return [member = std::move(member)](Draft& draft, std::string_view text) -> Status {
    TOKPREP_ASSIGN(member(draft), parse_bool(text));
    return {};
  };
}

/// A path or a word, taken as it is; an empty one is a mistake, usually of a variable in a script.
template <class T>
Setter to_text(std::function<std::optional<T>&(Draft&)> member) {
  return [member = std::move(member)](Draft& draft, std::string_view text) -> Status {
    if (text.empty()) return fail(ErrorCode::kInvalidArgument, "it is empty");
    member(draft) = T(std::string(text));
    return {};
  };
}

inline Setter to_time(std::function<std::optional<std::chrono::milliseconds>&(Draft&)> member) {
  return [member = std::move(member)](Draft& draft, std::string_view text) -> Status {
    TOKPREP_ASSIGN(const std::int64_t time_ms, parse_ms(text));
    member(draft) = std::chrono::milliseconds(time_ms);
    return {};
  };
}

inline Setter to_whole(std::function<std::optional<int>&(Draft&)> member, int least, int most) {
  return [member = std::move(member), least, most](Draft& draft, std::string_view text) -> Status {
    TOKPREP_ASSIGN(member(draft), parse_whole(text, least, most));
    return {};
  };
}

}  // namespace tokprep::cli
