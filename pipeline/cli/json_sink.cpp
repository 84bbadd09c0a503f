#include "pipeline/cli/json_sink.h"

#include <type_traits>

namespace tokprep::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{100};

}  // namespace

void JsonSink::on(const Event& event) {
  const auto* progress = std::get_if<ItemProgress>(&event);
  if (progress != nullptr && (!tells_progress_ || !is_news(*progress))) return;
  forget(event);
  line(to_json_line(event));
}

bool JsonSink::is_news(const ItemProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  const auto [place, is_first] = told_.try_emplace(progress.item);
  Told& told = place->second;
  if (!is_first && told.stage == progress.stage && now - told.at < kInterval) return false;
  told = {progress.stage, now};
  return true;
}

/// An item that has ended.
void JsonSink::forget(const Event& event) {
  std::visit(
      [this](const auto& one) {
        using Kind = std::remove_cvref_t<decltype(one)>;
        if constexpr (std::is_same_v<Kind, ItemDone> || std::is_same_v<Kind, ItemSkipped> ||
                      std::is_same_v<Kind, ItemFailed>) {
          const std::lock_guard lock(mutex_);
          told_.erase(one.item);
        }
      },
      event);
}

void JsonSink::data(const Json& json, std::string_view /*text*/) {
  Json whole = json;
  whole["v"] = 1;
  line(whole);
}

void JsonSink::say(std::string_view /*text*/) {}

void JsonSink::failure(const Error& error) { line({{"v", 1}, {"type", "error"}, {"error", error}}); }

void JsonSink::line(const Json& json) {
  const std::string text = to_line(json) + "\n";
  const std::lock_guard lock(mutex_);
  out_(text);
}

}  // namespace tokprep::cli
