#pragma once

#include <sys/types.h>

#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "pipeline/cli/commands/session.h"
#include "pipeline/cli/service.h"
#include "pipeline/cli/service_manager.h"
#include "pipeline/cli/watch_output.h"
#include "pipeline/originals.h"
#include "pipeline/watch_book.h"
#include "pipeline/watch_changes.h"

namespace tokprep::cli {

/// Watches a folder and has done what is put into it, until it is stopped.
///
/// What changed is never taken from events: they only say when to look. A look is that of a batch (`collect_items`),
/// and so are the rules; a `WatchBook` says which items are due. They are done in batches on threads of their own, two
/// at a time, so that a film does not hold up the pictures that came after it. One thread calls `run`.
class Watcher {
 public:
  /// `session` and its output must outlive it. Sends nothing and writes nothing yet.
  Watcher(const WatchCommand& command, Session& session);

  /// Until a stop; with --once until everything that is there has been done. Returns the exit code, having sent the
  /// summary. Errors are reported there: those of `Service::open` and `check_account`, kInputUnreadable (no folder;
  /// with
  /// --once also one that goes away or cannot be read), kOutputUnwritable (another watch is at work).
  int run();

 private:
  struct Batch {
    Batch(std::vector<Item> all, const Session& now, std::shared_ptr<Service> with)
        : items(std::move(all)), session(now), service(std::move(with)) {
      for (const Item& item : items) unheard.insert(item.name);
    }

    std::vector<Item> items;
    Originals originals{items};
    Session session;  // as it was when it began: settings may be read again meanwhile
    std::shared_ptr<Service> service;
    std::unordered_set<std::string> unheard;  // by mutex_: names of those that were not handled
    std::jthread thread;
    std::atomic<bool> ended = false;
  };
  using TimePoint = WatchBook::TimePoint;

  Status begin();
  Status lock_outputs();
  Status open_service();
  Status open_changes_again();
  void turn();
  bool is_over();
  [[nodiscard]] bool needs_last_look(TimePoint now) const;

  bool folder_is_there();
  bool wants_look(TimePoint now);
  void look(TimePoint now);
  void take_up(std::vector<Item> items);
  void start_surplus();
  void fail_look(const Error& error, TimePoint now);
  [[nodiscard]] WatchBook::Seen seen_of(const Item& item) const;
  void tell_left_out(const std::vector<LeftOut>& left_out, TimePoint now);

  [[nodiscard]] bool has_room() const { return batches_.size() < 2; }
  void start(std::vector<Item> items);
  ItemOutcome handle(const Item& item, Batch& batch, WorkerLease& lease, const RunContext& run);
  void end_unheard(Batch& batch);
  ItemOutcome post(const Item& item, Batch& batch, WorkerLease& lease, const RunContext& run);
  [[nodiscard]] std::optional<std::string> posted_before(const Item& item, const Batch& batch) const;
  void clear_ended_batches();
  void reload();
  void tell_manager();
  [[nodiscard]] std::chrono::milliseconds patience(TimePoint now);
  int finish(int code);

  const WatchCommand& command_;
  Session& outer_;
  WatchOutput out_;
  Session session_;  // of batches to come; with out_ as its output
  ServiceManager manager_;
  FileDescriptor lock_;
  Wakeup bell_;
  std::vector<std::filesystem::path> inputs_;
  std::vector<std::filesystem::path> roots_;  // `settings_roots` of them
  std::optional<Calendar> calendar_;
  std::shared_ptr<Service> service_;  // of batches to come; null without --post
  std::unique_ptr<FolderChanges> changes_;
  std::pair<dev_t, ino_t> folder_id_{};
  bool is_gone_ = false;
  std::atomic<bool> reload_ = false;

  std::mutex mutex_;
  WatchBook book_;  // by mutex_
  bool look_again_ = true;
  TimePoint last_look_;
  TimePoint next_look_;                        // not before
  std::deque<Item> surplus_;                   // due at the last look, and no room for them yet
  bool found_nothing_due_ = false;             // the last look, with nothing under way
  std::optional<TimePoint> all_quiet_;         // with --once: what was there at first has settled by then
  std::optional<Error> failure_;               // of the last look; the folder cannot be read
  std::map<std::string, TimePoint> left_out_;  // since when; the epoch once it was told
  std::list<Batch> batches_;                   // last: their threads use the others
};

}  // namespace tokprep::cli
