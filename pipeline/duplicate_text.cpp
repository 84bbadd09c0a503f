#include "pipeline/duplicate_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/text.h"
#include "base/units.h"

namespace tokprep {
namespace {

using Hours = std::chrono::duration<double, std::ratio<3600>>;

constexpr std::size_t kShareNum = 9;  // nine words of ten
constexpr std::size_t kShareDen = 10;

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    if (text.empty()) return words;
    words.push_back(to_lower(text.substr(0, text.find_first_of(kSpace))));
    text.remove_prefix(words.back().size());
  }
}

std::string name_of_post(const SeenText& text) {
  if (text.item.empty()) return "post " + text.post_id;
  return text.post_id.empty() ? text.item : fmt::format("{} (post {})", text.item, text.post_id);
}

}  // namespace

bool is_same_text(std::string_view a, std::string_view b) {
  std::vector<std::string> a_words = words_of(a);
  std::vector<std::string> b_words = words_of(b);
  if (a_words.empty() || b_words.empty()) return false;
  std::ranges::sort(a_words);
  std::ranges::sort(b_words);
  std::vector<std::string> shared;
  std::ranges::set_intersection(a_words, b_words, std::back_inserter(shared));
  return 2 * shared.size() * kShareDen >= kShareNum * (a_words.size() + b_words.size());
}

std::chrono::seconds duplicate_window(const Rules& rules) {
  constexpr Hours kLongest{24 * 365};  // whatever a file of rules says: times are added to it
  return std::chrono::duration_cast<std::chrono::seconds>(std::min(Hours(rules.number("post.duplicate")), kLongest));
}

std::optional<Error> duplicate_text_error(const LedgerPost& post, Clock::TimePoint at, std::chrono::seconds window,
                                          const std::vector<SeenText>& others) {
  const auto other = std::ranges::find_if(others, [&](const SeenText& text) {
    const bool is_near = std::chrono::abs(text.at - at) <= window;
    return is_near && text.content_key != post.content_key && is_same_text(text.caption, post.caption);
  });
  if (other == others.end()) return std::nullopt;
  Error error;
  error.code = ErrorCode::kRejected;
  error.rule = "post.duplicate";
  error.file = post.item;
  error.message = fmt::format(
      "the text of {} is that of {}, which goes out at {}: the service refuses the same or a very similar "
      "text within {} h (code 137)",
      post.item, name_of_post(*other), to_iso8601(other->at), format_number(Hours(window).count()));
  error.measured = Hours(std::chrono::abs(other->at - at)).count();
  error.limit = Hours(window).count();
  error.unit = "h";
  error.fix = "change the caption, schedule it later, or --allow-duplicate-text";
  return error;
}

}  // namespace tokprep
