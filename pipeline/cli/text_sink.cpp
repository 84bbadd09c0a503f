#include "pipeline/cli/text_sink.h"

#include <fmt/format.h>

#include <system_error>
#include <unordered_map>
#include <utility>

#include "base/units.h"
#include "pipeline/cli/probe_text.h"
#include "pipeline/cli/terminal_text.h"
#include "upload/ayrshare/client.h"

namespace tokprep::cli {
namespace {

constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::size_t kListedOutputs = 3;

/// "out/beach.mp4 (812 kB), out/beach.cover.jpg (90.2 kB)".
std::string outputs_text(const std::vector<OutputFile>& outputs) {
  std::string text;
  std::uint64_t size_bytes = 0;
  for (const OutputFile& output : outputs) {
    size_bytes += output.size_bytes;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} ({})", shown(output.path), format_size(output.size_bytes));
  }
  if (outputs.size() <= kListedOutputs) return text;
  return fmt::format("{} … {} ({} files, {})", shown(outputs.front().path), shown(outputs.back().path), outputs.size(),
                     format_size(size_bytes));
}

/// "posted: pending, id RhrbDtYh7hdSMc67zC8H; tokprep status tells more".
std::string post_text(const PostOutcome& post) {
  std::string text = fmt::format("post {}", shown(post.status));
  if (!post.id.empty()) text += fmt::format(", id {}", shown(post.id));
  // Of posts that went out at once the service tells a date as well.
  if (post.schedule_date && post.status == name_of(PostState::kScheduled))
    text += fmt::format(", goes out {}", shown(*post.schedule_date));
  if (post.url) text += fmt::format(", {}", shown(*post.url));
  return text;
}

/// "measured 1.2 s, limit 3 s", as far as known.
std::string numbers_of(const Error& error) {
  std::string text;
  const std::string unit = error.unit.empty() ? "" : " " + error.unit;
  if (error.measured.index() != 0) text = fmt::format("measured {}{}", to_text(error.measured), unit);
  if (error.limit.index() != 0)
    text += fmt::format("{}limit {}{}", text.empty() ? "" : ", ", to_text(error.limit), unit);
  return text;
}

/// A line for each image of a photo post that cannot be used, where there are several.
std::string refusals_text(const Json& images) {
  std::string text;
  int refused = 0;
  for (const Json& image : images) {
    if (!image.contains("error")) continue;
    ++refused;
    text += fmt::format("\n    {}: {}", shown(image["image"].get<std::string>()),
                        shown(image["error"]["message"].get<std::string>()));
  }
  return refused > 1 ? text : "";
}

/// A line for each image of a photo post: what would be done.
std::string plans_text(const Json& images) {
  std::string text;
  for (const Json& image : images) {
    text += fmt::format("\n    {}: {}", shown(image["image"].get<std::string>()),
                        shown(image["summary"].get<std::string>()));
  }
  return text;
}

/// Bytes of the sources of each item, by its name.
std::unordered_map<std::string, std::uint64_t> sizes_of(const std::vector<Item>& items) {
  std::unordered_map<std::string, std::uint64_t> sizes_bytes;
  for (const Item& item : items) {
    std::uint64_t& size_bytes = sizes_bytes[item.name];
    for (const std::filesystem::path& source : item.sources) {
      std::error_code unknown;
      const auto source_bytes = std::filesystem::file_size(source, unknown);
      if (!unknown) size_bytes += source_bytes;
    }
  }
  return sizes_bytes;
}

}  // namespace

TextSink::TextSink(Writer out, Writer err, TextStyle style)
    : out_(std::move(out)), err_(std::move(err)), style_(style) {}

void TextSink::show_progress(ProgressDisplay::SizeQuery size, std::stop_token stop) {
  progress_.emplace(out_, err_, std::move(size), std::move(stop));
}

void TextSink::put_away() {
  if (progress_) progress_->put_away();
}

void TextSink::bring_back() {
  if (progress_) progress_->bring_back();
}

void TextSink::expect(const std::vector<Item>& items) {
  if (!progress_) return;
  progress_->change([sizes = sizes_of(items)](Progress& progress, auto) { progress.expect(sizes); });
}

void TextSink::expect_more(const std::vector<Item>& items) {
  if (!progress_) return;
  progress_->change([sizes = sizes_of(items)](Progress& progress, auto) { progress.expect_more(sizes); });
}

void TextSink::on(const Event& event) {
  const std::lock_guard lock(mutex_);
  std::visit([this](const auto& one) { show(one); }, event);
}

void TextSink::data(const Json& /*json*/, std::string_view text) {
  const std::lock_guard lock(mutex_);
  to_out(std::string(text));
}

void TextSink::say(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!style_.quiet) to_err(shown(text));
}

void TextSink::warn(std::string_view text) {
  const std::lock_guard lock(mutex_);
  to_err(fmt::format("note: {}", shown(text)));
}

void TextSink::failure(const Error& error) {
  const std::lock_guard lock(mutex_);
  to_err(fmt::format("tokprep: {}", explained(error)));
}

void TextSink::show(const ItemStarted& event) {
  if (progress_) progress_->change([&](Progress& progress, auto now) { progress.begin(event.item, now); });
  else if (style_.verbose) to_err(fmt::format("{}: begun", shown(event.item)));
}

void TextSink::show(const ItemProgress& event) {
  if (progress_) progress_->change([&](Progress& progress, auto now) { progress.update(event, now); });
}

void TextSink::show(const ItemNote& event) {
  if (style_.quiet) return;
  to_err(event.item.empty() ? shown(event.message) : fmt::format("{}: {}", shown(event.item), shown(event.message)));
}

void TextSink::show(const ItemDone& event) {
  finish(event.item, Progress::End::kDone);
  if (style_.urls_only) {
    for (const std::string& url : event.urls) to_out(shown(url));
    if (!event.urls.empty()) return;
  }
  if (style_.quiet && !event.dry_run) return;
  std::string text = fmt::format("{}: ", shown(event.item));
  text += event.dry_run ? "planned: " : painted(kGreen, "done") + ": ";
  text += shown(event.summary);
  if (!event.outputs.empty()) text += fmt::format(" -> {}", outputs_text(event.outputs));
  if (event.post) text += fmt::format("; {}", post_text(*event.post));
  to_out(event.dry_run ? text + plans_text(event.images) : text);
  if (!event.request.is_null()) to_out(event.request.dump(2, ' ', false, Json::error_handler_t::replace));
}

void TextSink::show(const ItemSkipped& event) {
  finish(event.item, Progress::End::kSkipped);
  if (style_.quiet) return;
  std::string text = fmt::format("{}: skipped: {}", shown(event.item), shown(event.reason));
  if (event.post) text += fmt::format("; {}", post_text(*event.post));
  to_out(text);
}

void TextSink::show(const ItemFailed& event) {
  finish(event.item, Progress::End::kFailed);
  if (!event.was_begun) {  // thousands of them would bury what went wrong; the summary tells them
    if (not_begun_++ == 0) why_not_begun_ = event.error.fix;
    return;
  }
  std::string text = fmt::format("{}: {}: {}", shown(event.item), painted(kRed, "failed"), explained(event.error));
  to_err(text + refusals_text(event.images));
}

void TextSink::show(const Probed& event) {
  finish(event.item, Progress::End::kDone);
  to_out(probe_text(event));
}

void TextSink::show(const PostStatus& event) {
  std::string text = post_text(event.post);
  if (!event.item.empty()) text = fmt::format("{}: {}", shown(event.item), text);
  if (event.error) text += fmt::format(": {}", explained(*event.error));
  to_out(text);
}

void TextSink::show(const Summary& event) {
  if (not_begun_ == 0 && (style_.quiet || event.items < 2)) return;
  std::string text = fmt::format("{} items: {} done", event.items, event.done);
  if (event.skipped > 0) text += fmt::format(", {} skipped", event.skipped);
  if (event.failed > not_begun_) text += fmt::format(", {} failed", event.failed - not_begun_);
  if (not_begun_ > 0) text += fmt::format(", {} not begun", not_begun_);
  if (!why_not_begun_.empty()) text += fmt::format("\n    try: {}", why_not_begun_);
  to_err(text);
}

void TextSink::finish(const std::string& item, Progress::End how) {
  if (progress_) progress_->change([&](Progress& progress, auto) { progress.end(item, how); });
}

void TextSink::to_out(const std::string& text) {
  if (progress_) progress_->print(ProgressDisplay::Target::kOut, text + "\n");
  else out_(text + "\n");
}

void TextSink::to_err(const std::string& text) {
  if (progress_) progress_->print(ProgressDisplay::Target::kErr, text + "\n");
  else err_(text + "\n");
}

std::string TextSink::painted(std::string_view colour, std::string_view text) const {
  return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

std::string TextSink::explained(const Error& error) const {
  std::string text = shown(describe(error));
  if (const std::string numbers = numbers_of(error); !numbers.empty()) text += fmt::format(" ({})", shown(numbers));
  if (!error.fix.empty()) text += fmt::format("\n    try: {}", shown(error.fix));
  return text;
}

}  // namespace tokprep::cli
