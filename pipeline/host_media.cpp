#include "pipeline/host_media.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "base/file_descriptor.h"
#include "base/text.h"

namespace tokprep {
namespace {

constexpr std::size_t kNameMax = 64;

constexpr std::array kExtensions = {std::pair{std::string_view("video/mp4"), std::string_view("mp4")},
                                    std::pair{std::string_view("video/quicktime"), std::string_view("mov")},
                                    std::pair{std::string_view("image/jpeg"), std::string_view("jpg")},
                                    std::pair{std::string_view("image/png"), std::string_view("png")},
                                    std::pair{std::string_view("image/webp"), std::string_view("webp")}};

std::vector<const PostFile*> all_of(const PostFiles& files) {
  std::vector<const PostFile*> all;
  for (const PostFile& file : files.media) all.push_back(&file);
  if (files.cover) all.push_back(&*files.cover);
  return all;
}

tl::unexpected<Error> too_late(const std::string& schedule_date, Clock::TimePoint latest, std::chrono::days life,
                               const std::string& file) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message =
      fmt::format("scheduled for {}, but the service keeps {} for {} days only", schedule_date, file, life.count());
  error.file = file;
  error.rule = "post.schedule_max";
  error.measured = schedule_date;
  error.limit = to_iso8601(latest);
  error.fix = fmt::format("schedule it before {}, or post it nearer to its date", to_iso8601(latest));
  return fail(std::move(error));
}

/// The moment up to which every hosted file has to live.
Result<Clock::TimePoint> needed_until(const PostFiles& files, const std::string& schedule_date, Clock::TimePoint now) {
  if (schedule_date.empty()) return now + kFetchMargin;
  const auto due = from_iso8601(schedule_date);
  if (!due) return fail(ErrorCode::kInternal, fmt::format("'{}' is not a date in UTC", schedule_date));
  for (const PostFile* file : all_of(files)) {
    TOKPREP_ASSIGN(const std::uint64_t size_bytes, size_of_file(file->output.path));
    const std::chrono::days life = hosting_life(size_bytes);
    const Clock::TimePoint latest = now + life - kFetchMargin;
    if (*due > latest) return too_late(schedule_date, latest, life, file->output.path);
  }
  return std::max(*due, now) + kFetchMargin;
}

/// How far all files together are, told by several threads.
class SharedProgress {
 public:
  SharedProgress(const RunContext& run, std::size_t count) : run_(run), done_(count, 0.0) {}

  /// The context for one file; its progress is a part of the whole.
  [[nodiscard]] RunContext part(std::size_t index) {
    RunContext part = run_;
    part.progress = [this, index](const Progress& progress) { update(index, progress); };
    return part;
  }

 private:
  void update(std::size_t index, const Progress& progress) {
    const std::lock_guard lock(mutex_);
    done_[index] = progress.done;
    run_.report(progress.stage, std::accumulate(done_.begin(), done_.end(), 0.0) / static_cast<double>(done_.size()));
  }

  const RunContext& run_;
  std::mutex mutex_;
  std::vector<double> done_;
};

Result<std::string> host_file(const PostFile& file, Clock::TimePoint until, AyrshareClient& client, Ledger& ledger,
                              const RunContext& run) {
  TOKPREP_TRY(run.check_stop());
  TOKPREP_ASSIGN(const auto turn, ledger.upload_turn(file.sha256, run.stop));
  TOKPREP_ASSIGN(auto alive, standing_upload(file.sha256, until, client, ledger, run));
  if (!alive) {
    TOKPREP_ASSIGN(auto uploaded, client.upload({file.output.path, upload_name(file.output), file.output.mime}, run));
    TOKPREP_TRY(ledger.note_upload(file.sha256, uploaded.url, uploaded.expires_at));
    alive = std::move(uploaded.url);
  }
  run.report("upload", 1.0);
  return std::move(*alive);
}

/// One file of each content: a picture that is in a post twice is uploaded once.
std::vector<const PostFile*> distinct(const std::vector<const PostFile*>& files) {
  std::vector<const PostFile*> once;
  for (const PostFile* file : files) {
    if (std::ranges::find(once, file->sha256, &PostFile::sha256) == once.end()) once.push_back(file);
  }
  return once;
}

/// The URL of each content. Some uploads run at the same time: small files are mostly waiting for the service. After a
/// failure none is begun any more.
Result<std::map<std::string, std::string>> host_each(const std::vector<const PostFile*>& files, Clock::TimePoint until,
                                                     AyrshareClient& client, Ledger& ledger, const RunContext& run) {
  constexpr std::size_t kUploadsAtOnce = 4;
  SharedProgress progress(run, files.size());
  std::vector<Result<std::string>> urls(files.size());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size() && !failed; i = next++) {
      urls[i] = host_file(*files[i], until, client, ledger, progress.part(i));
      if (!urls[i]) failed = true;
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(kUploadsAtOnce, files.size()); ++i) others.emplace_back(work);
    work();
  }
  std::map<std::string, std::string> by_content;
  for (std::size_t i = 0; i < files.size(); ++i) {
    TOKPREP_ASSIGN(by_content[files[i]->sha256], std::move(urls[i]));
  }
  return by_content;
}

}  // namespace

Result<std::optional<std::string>> standing_upload(const std::string& sha256, Clock::TimePoint until,
                                                   AyrshareClient& client, Ledger& ledger, const RunContext& run) {
  TOKPREP_ASSIGN(auto alive, ledger.live_upload(sha256, until));
  if (!alive) return std::nullopt;
  TOKPREP_ASSIGN(const UrlCheck check, client.url_exists(*alive, run));
  if (!check.reachable) return std::nullopt;
  return alive;
}

std::string upload_name(const OutputFile& output) {
  const std::filesystem::path path(output.path);
  std::string stem;
  for (const char c : path.stem().string()) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (safe) stem += c;
    else if (!stem.empty() && stem.back() != '-') stem += '-';
  }
  stem.resize(std::min(stem.size(), kNameMax));
  while (stem.ends_with('-')) stem.pop_back();
  if (stem.empty()) stem = "media";

  const auto* known =
      std::ranges::find(kExtensions, output.mime, &std::pair<std::string_view, std::string_view>::first);
  if (known != kExtensions.end()) return fmt::format("{}.{}", stem, known->second);
  return stem + to_lower(path.extension().string());
}

Result<HostedMedia> host_media(const PostFiles& files, const std::string& schedule_date, AyrshareClient& client,
                               Ledger& ledger, const RunContext& run) {
  TOKPREP_ASSIGN(const auto until, needed_until(files, schedule_date, run.clock->now()));
  const auto all = all_of(files);
  TOKPREP_ASSIGN(const auto urls, host_each(distinct(all), until, client, ledger, run));
  HostedMedia hosted;
  for (const PostFile& file : files.media) hosted.media_urls.push_back(urls.at(file.sha256));
  if (files.cover) hosted.cover_url = urls.at(files.cover->sha256);
  return hosted;
}

}  // namespace tokprep
