#include "pipeline/cli/commands/post_confirm.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <string_view>

#include "base/text.h"
#include "pipeline/cli/streams.h"
#include "pipeline/cli/terminal_text.h"
#include "upload/ayrshare/post_fields.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

constexpr std::size_t kCaptionColumns = 60;
constexpr int kLookForStopMs = 50;

std::string option_text(const std::optional<std::string>& value) { return shown_short(value.value_or(""), 40); }
std::string option_text(const std::optional<bool>& value) { return value.value_or(false) ? "yes" : "no"; }
std::string option_text(const std::optional<Visibility>& value) { return std::string(name_of(*value)); }
template <class Number>
std::string option_text(const std::optional<Number>& value) {
  return std::to_string(*value);
}

/// "visibility private, draft yes": everything that is set, but the caption.
std::string options_text(const PostOptions& options) {
  std::string text;
  if (!options.visibility) text = "visibility as the account has it";
  for (const PostField& field : kPostFields) {
    if (field.flag == "--caption") continue;
    std::visit(
        [&](auto member) {
          if (!(options.*member)) return;
          // Some can be said in a sidecar only, by the service's name.
          const std::string_view name = field.flag.empty() ? field.name : field.flag.substr(2);
          text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, option_text(options.*member));
        },
        field.member);
  }
  return text;
}

std::string item_text(const Item& item, const ItemPlan& plan, const Settings& settings) {
  const bool is_video = item_kind(item) == "video";
  std::string text = fmt::format("  {} ({})\n", shown(item.name),
                                 is_video ? "video" : fmt::format("{} image(s)", item.sources.size()));
  const auto settled =
      item.error ? Result<ItemSettings>(fail(*item.error)) : settle(item, is_video, plan.several, plan.roots, settings);
  if (!settled) return text + fmt::format("    cannot be posted: {}\n", shown(settled.error().message));
  const std::string caption = settled->post.caption.value_or("");
  text += caption.empty() ? "    no caption\n" : fmt::format("    “{}”\n", shown_short(caption, kCaptionColumns));
  return text + fmt::format("    {}\n", options_text(settled->post));
}

}  // namespace

std::string confirmation_text(const std::vector<Item>& items, const ItemPlan& plan, const std::string& account,
                              const Settings& settings) {
  std::string text =
      fmt::format("To be posted on TikTok through {} (key {}…):\n", shown(shown_url(settings.api_url)), account);
  for (const Item& item : items) text += item_text(item, plan, settings);
  return text + "A post cannot be undone.\nPost? [y/N] ";
}

bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool ask(const std::string& text, const std::stop_token& stop) {
  Stream(STDERR_FILENO).write(text);
  std::string answer;
  while (!stop.stop_requested()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, kLookForStopMs) <= 0) continue;
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) != 1) return false;
    if (c == '\n') break;
    answer += c;
  }
  answer = to_lower(answer);
  return !stop.stop_requested() && (answer == "y" || answer == "yes");
}

}  // namespace tokprep::cli
