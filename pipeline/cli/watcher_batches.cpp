#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "pipeline/cli/commands/post_item.h"
#include "pipeline/cli/watcher.h"
#include "pipeline/ledger_view.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

/// When a file got its name, its content or its rights last.
Clock::TimePoint change_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return system_clock().now();
  const auto since = std::chrono::seconds(status.st_ctim.tv_sec) + std::chrono::nanoseconds(status.st_ctim.tv_nsec);
  return Clock::TimePoint(std::chrono::duration_cast<Clock::TimePoint::duration>(since));
}

bool is_out(LedgerState state) { return state == LedgerState::kAccepted || state == LedgerState::kPublished; }

/// It may be out: the call's answer was lost, or its process.
bool is_lost(LedgerState state) { return state == LedgerState::kIntent || state == LedgerState::kUnknown; }

std::string_view what_became_of(LedgerState state) {
  if (state == LedgerState::kCancelled) return "posted by an earlier run and taken back";
  return is_out(state) ? "posted by an earlier run" : "submitted, with other words, by an earlier run";
}

}  // namespace

Status Watcher::lock_outputs() {
  const fs::path file = command_.output_dir / ".tokprep-watch.lock";
  std::error_code error;
  fs::create_directories(command_.output_dir, error);
  lock_ = FileDescriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_.valid()) {
    return fail(code_of_write_errno(errno), fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)),
                errno);
  }
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  Error busy;
  busy.code = ErrorCode::kOutputUnwritable;
  busy.message = fmt::format("another tokprep watch puts its results into {}", command_.output_dir.string());
  busy.file = file.string();
  busy.fix = "end it, or give this one another folder with -o";
  return fail(std::move(busy));
}

Status Watcher::open_service() {
  TOKPREP_ASSIGN(service_, Service::open(session_.settings, session_.keys));
  TOKPREP_TRY(service_->check_account(outer_.context()));
  if (service_->link_warning()) out_.on(ItemNote{"", *service_->link_warning()});
  return {};
}

void Watcher::start(std::vector<Item> items) {
  // One that counted as down is asked anew, with all its retries, once nobody else uses it.
  if (service_ && batches_.empty() && !service_->health().check()) {
    if (auto fresh = Service::open(session_.settings, session_.keys)) service_ = std::move(*fresh);
  }
  out_.begin(items);
  Batch& batch = batches_.emplace_back(std::move(items), session_, service_);
  batch.thread = std::jthread([this, &batch] {
    const auto handler = [this, &batch](const Item& item, WorkerLease& lease, const RunContext& run) {
      return handle(item, batch, lease, run);
    };
    (void)batch.session.run(batch.items, handler, {.ahead = command_.post ? kUploadsAhead : 0});
    end_unheard(batch);
    batch.ended = true;
    bell_.ring();
  });
}

/// A batch begins no more items after a stop or on a full disk; these are told by it, and not handled.
void Watcher::end_unheard(Batch& batch) {
  const bool stopped = outer_.signals.token().stop_requested();
  const ItemOutcome outcome{ItemState::kFailed, stopped ? ErrorCode::kCancelled : ErrorCode::kNoSpace};
  const std::lock_guard lock(mutex_);
  for (const std::string& name : batch.unheard) book_.end(name, outcome, std::chrono::steady_clock::now());
}

ItemOutcome Watcher::handle(const Item& item, Batch& batch, WorkerLease& lease, const RunContext& run) {
  const ItemPlan plan{roots_, command_.output_dir, {}, true, {}, &batch.originals};
  const ItemOutcome outcome =
      command_.post ? post(item, batch, lease, run) : prepare_item(item, plan, batch.session, lease, run);
  const std::lock_guard lock(mutex_);
  batch.unheard.erase(item.name);
  book_.end(item.name, outcome, std::chrono::steady_clock::now());
  bell_.ring();
  return outcome;
}

ItemOutcome Watcher::post(const Item& item, Batch& batch, WorkerLease& lease, const RunContext& run) {
  if (const auto before = posted_before(item, batch)) {
    out_.on(ItemSkipped{item.name, item_kind(item), *before, {}, std::nullopt});
    return {ItemState::kSkipped};
  }
  const ItemPlan plan{roots_,
                      command_.output_dir,
                      {},
                      true,
                      [&batch](const Item& one, bool is_video, const ItemSettings& settings) {
                        return check_post(one, is_video, settings, batch.session.rules);
                      },
                      &batch.originals};
  const PostTiming timing{command_.over_cap, calendar_ ? &*calendar_ : nullptr, command_.allow_duplicate_text};
  Turnstile no_order(1);  // whatever is ready first goes out first
  Turnstile::Turn turn(no_order, 0);
  return post_item(item, plan, batch.session, batch.service.get(), lease, run, turn, timing);
}

/// What was taken back stays so until its media change. A caption or options that come after the post would make
/// another post of the same media, which nobody meant. A lost post goes on to be published: that asks the service for
/// it and sends nothing again. With other words it would be taken for another post, so then it is left alone as well.
std::optional<std::string> Watcher::posted_before(const Item& item, const Batch& batch) const {
  if (!batch.service || outer_.options.force) return std::nullopt;
  auto ledger = LedgerView::open(state_folder() / "ledger.sqlite");
  if (!ledger) return std::nullopt;
  LedgerQuery query;
  std::error_code error;
  query.account = batch.service->account();
  query.item = fs::absolute(item.name, error).lexically_normal().string();
  query.since = change_of(*std::ranges::max_element(item.sources, {}, change_of));
  const auto posts = ledger->posts(query);
  if (!posts) return std::nullopt;
  const auto words = settle(item, !item.photo_folder, true, roots_, batch.session.settings);
  const auto stands_in_the_way = [&](const LedgerStory& story) {
    if (story.post.item != query.item) return false;
    const bool other_words = words && words->post.caption.value_or("") != story.post.caption;
    if (story.post.state == LedgerState::kCancelled) return true;
    return is_out(story.post.state) || (is_lost(story.post.state) && other_words);
  };
  const auto earlier = std::ranges::find_if(*posts, stands_in_the_way);
  if (earlier == posts->end()) return std::nullopt;
  return fmt::format("{} ({}, {}), and its media are the same since; tokprep post posts it again",
                     what_became_of(earlier->post.state), earlier->post.created, name_of(earlier->post.state));
}

void Watcher::clear_ended_batches() {
  std::erase_if(batches_, [](const Batch& batch) { return batch.ended.load(); });
}

void Watcher::reload() {
  reload_ = false;
  outer_.out.reopen_files();
  const Command command{outer_.options, session_.settings.flags, command_};
  auto settings = load_settings(command, process_environment());
  auto rules = settings ? load_rules(*settings) : Result<Rules>(fail(settings.error()));
  if (!rules) {
    out_.on(ItemNote{"", "the settings stay as they were: " + describe(rules.error())});
    return;
  }
  session_.settings = std::move(*settings);
  session_.rules = std::move(*rules);
  if (service_) {
    if (auto fresh = Service::open(session_.settings, session_.keys)) service_ = std::move(*fresh);
  }
  surplus_.clear();  // told apart by the settings from before
  look_again_ = true;
  out_.on(ItemNote{"", "the settings were read again"});
}

void Watcher::tell_manager() {
  manager_.alive();
  const Summary counts_now = out_.counts();
  const std::lock_guard lock(mutex_);
  manager_.status(fmt::format("{} done, {} failed, {} skipped, {} under way", counts_now.done, counts_now.failed,
                              counts_now.skipped, book_.running()));
}

}  // namespace tokprep::cli
