#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include "pipeline/cli/commands/post_item.h"
#include "pipeline/cli/watcher.h"
#include "pipeline/earlier_result.h"
#include "pipeline/ledger_view.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

fs::path lock_file(const fs::path& output_dir) { return output_dir / ".tokprep-watch.lock"; }

/// When a file got its name, its content or its rights last.
Clock::TimePoint change_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return system_clock().now();
  const auto since = std::chrono::seconds(status.st_ctim.tv_sec) + std::chrono::nanoseconds(status.st_ctim.tv_nsec);
  return Clock::TimePoint(std::chrono::duration_cast<Clock::TimePoint::duration>(since));
}

bool is_out(LedgerState state) { return state == LedgerState::kAccepted || state == LedgerState::kPublished; }

/// True where nothing of these media is new since the post. An early version noted no digests; of its posts the times
/// have to tell.
bool is_made_of(const LedgerPost& post, const Item& item, const std::vector<std::string>& digests) {
  if (post.source_digests.empty()) {
    return post.created >= to_iso8601(change_of(*std::ranges::max_element(item.sources, {}, change_of)));
  }
  return std::ranges::all_of(digests, [&](const std::string& digest) {
    return std::ranges::find(post.source_digests, digest) != post.source_digests.end();
  });
}

std::string_view what_became_of(LedgerState state) {
  if (state == LedgerState::kCancelled) return "posted by an earlier run and taken back";
  return is_out(state) ? "posted by an earlier run" : "submitted, with other words, by an earlier run";
}

}  // namespace

Status Watcher::lock_outputs() {
  const fs::path file = lock_file(command_.output_dir);
  std::error_code error;
  fs::create_directories(command_.output_dir, error);
  FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) {
    return fail(code_of_write_errno(errno), fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)),
                errno);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
    lock_ = std::move(lock);
    if (!begun_) begun_.emplace(state_folder(), command_.output_dir);
    return {};
  }
  Error busy;
  busy.code = ErrorCode::kOutputUnwritable;
  busy.message = fmt::format("another tokprep watch puts its results into {}", command_.output_dir.string());
  busy.file = file.string();
  busy.fix = "end it, or give this one another folder with -o";
  return fail(std::move(busy));
}

/// The lock is on a file, and the folder it lies in can be removed: then another watch could begin there. It is taken
/// anew at once; where a full disk or the like keeps it from that, at the next turn, as it would keep the other.
Status Watcher::keep_outputs_locked() {
  if (!lock_.valid()) return {};  // a dry run
  struct stat held {};
  struct stat there {};
  const bool stands = ::stat(lock_file(command_.output_dir).c_str(), &there) == 0 && ::fstat(lock_.get(), &held) == 0 &&
                      held.st_dev == there.st_dev && held.st_ino == there.st_ino;
  if (stands) return {};
  if (Status locked = lock_outputs(); !locked) return is_transient(locked.error().code) ? Status() : locked;
  out_.on(ItemNote{"", fmt::format("the folder {} was removed, and is made anew", command_.output_dir.string())});
  return {};
}

Status Watcher::open_service() {
  TOKPREP_ASSIGN(service_, Service::open(session_.settings, session_.keys));
  TOKPREP_TRY(service_->check_account(outer_.context()));
  if (service_->link_warning()) out_.on(ItemNote{"", *service_->link_warning()});
  return {};
}

void Watcher::start(const std::vector<Due>& all) {
  std::vector<ItemQueue::Entry> entries;
  for (const Due& due : all) {
    out_.begin(*due.item);
    const auto handler = [this, due](const Item&, WorkerLease& lease, const RunContext& run) {
      bell_.ring();  // there is room for another
      return handle(due, lease, run);
    };
    const auto ended = [this, due](const ItemOutcome& outcome) {
      const std::lock_guard lock(mutex_);
      book_.end(due.item->name, outcome, std::chrono::steady_clock::now());
      bell_.ring();
    };
    const std::shared_ptr<const Item> item(due.round, due.item);
    entries.push_back({item, due.round->session.observed(handler), ended});
  }
  queue_->add(std::move(entries));
}

/// It waited in the queue meanwhile: other words came, say. Ended like this it is due again, as it is by then.
bool Watcher::has_changed(const Item& item) {
  const std::lock_guard lock(mutex_);
  return book_.has_changed(item.name);
}

ItemOutcome Watcher::handle(const Due& due, WorkerLease& lease, const RunContext& run) {
  if (has_changed(*due.item)) {
    out_.on(ItemSkipped{due.item->name,
                        item_kind(*due.item),
                        "changed while it waited, and is taken up as it is now",
                        {},
                        std::nullopt});
    return {ItemState::kSkipped};
  }
  if (command_.post) return post(*due.item, *due.round, lease, run);
  const ItemPlan plan{
      roots_, command_.output_dir, {}, true, {}, &due.round->originals, &due.round->stems, begun_ ? &*begun_ : nullptr};
  return prepare_item(*due.item, plan, due.round->session, lease, run);
}

ItemOutcome Watcher::post(const Item& item, Round& round, WorkerLease& lease, const RunContext& run) {
  auto before = posted_before(item, round, run);
  if (!before) return failed(out_, item, std::move(before).error());
  if (*before) {
    out_.on(ItemSkipped{item.name, item_kind(item), std::move(**before), {}, std::nullopt});
    return {ItemState::kSkipped};
  }
  const ItemPlan plan{roots_,
                      command_.output_dir,
                      {},
                      true,
                      [&round](const Item& one, bool is_video, const ItemSettings& settings) {
                        return check_post(one, is_video, settings, round.session.rules);
                      },
                      &round.originals,
                      &round.stems,
                      begun_ ? &*begun_ : nullptr};
  const PostTiming timing{command_.over_cap, calendar_ ? &*calendar_ : nullptr, command_.allow_duplicate_text,
                          !outer_.options.force};
  Turnstile no_order(1);  // whatever is ready first goes out first
  Turnstile::Turn turn(no_order, 0);
  return post_item(item, plan, round.session, round.service.get(), lease, run, turn, timing);
}

/// What was taken back stays so until its media change: what counts is their bytes, as the ledger has them, not when
/// their rights or their names changed last. A caption or options that come after the post would make another post of
/// the same media, which nobody meant; so would the pictures that are left where some of them were removed. A lost post
/// goes on to be published: that asks the service for it and sends nothing again (`is_once_for_its_media`). With other
/// words it is left alone as well. Where the ledger or the media cannot be read, nobody can tell, and nothing is sent.
Result<std::optional<std::string>> Watcher::posted_before(const Item& item, const Round& round,
                                                          const RunContext& run) const {
  if (!round.service || outer_.options.force) return std::nullopt;
  TOKPREP_ASSIGN(auto ledger, LedgerView::open(state_folder() / "ledger.sqlite"));  // the service made sure of it
  LedgerQuery query;
  std::error_code error;
  query.account = round.service->account();
  query.item = fs::absolute(item.name, error).lexically_normal().string();
  query.is_whole_item = true;
  query.limit = std::numeric_limits<int>::max();
  TOKPREP_ASSIGN(auto posts, ledger.posts(query));
  const auto words = settle(item, !item.photo_folder, true, roots_, round.session.settings);
  std::erase_if(posts, [&](const LedgerStory& story) {
    const bool other_words = words && words->post.caption.value_or("") != story.post.caption;
    const LedgerState state = story.post.state;
    return state != LedgerState::kCancelled && !is_out(state) && !(is_lost(state) && other_words);
  });
  if (posts.empty()) return std::nullopt;  // as for most: then nothing is read
  const InputFiles inputs = inputs_of(item);
  RunContext bounded = run;
  bounded.inputs = &inputs;
  TOKPREP_ASSIGN(const auto digests, source_digests_of(item, command_.output_dir, bounded));
  const auto is_of_these = [&](const LedgerStory& story) { return is_made_of(story.post, item, digests); };
  const auto earlier = std::ranges::find_if(posts, is_of_these);
  if (earlier == posts.end()) return std::nullopt;
  return fmt::format("{} ({}, {}), and its media are the same since; tokprep post posts it again",
                     what_became_of(earlier->post.state), earlier->post.created, name_of(earlier->post.state));
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
  queue_->renew(queue_options());
  surplus_ = {};  // told apart by the settings from before
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
