#pragma once

#include <sys/types.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/begun_outputs.h"
#include "pipeline/cli/commands/session.h"
#include "pipeline/cli/service.h"
#include "pipeline/cli/service_manager.h"
#include "pipeline/cli/watch_output.h"
#include "pipeline/item_queue.h"
#include "pipeline/originals.h"
#include "pipeline/run_stems.h"
#include "pipeline/watch_book.h"
#include "pipeline/watch_changes.h"

namespace tokprep::cli {

/// Watches a folder and has done what is put into it, until it is stopped.
///
/// What changed is never taken from events: they only say when to look. A look is that of a batch (`collect_items`),
/// and so are the rules; a `WatchBook` says which items are due. They join one queue, which keeps a lane for what is
/// short, so that films do not hold up the pictures that came after them. Few wait in it at a time: what is begun is
/// as it lies in the folder then. One thread calls `run`.
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
  /// What one look found, as far as it has something due, and how that is to be done: settings may be read again
  /// meanwhile.
  struct Round {
    Round(std::vector<Item> all, const Session& now, std::shared_ptr<Service> with)
        : items(std::move(all)), session(now), service(std::move(with)) {}

    std::vector<Item> items;  // also those that are not due: they have results, which nobody else's may be taken for
    Originals originals{items};
    RunStems stems{items};
    Session session;
    std::shared_ptr<Service> service;
  };
  /// One item of a round.
  struct Due {
    std::shared_ptr<Round> round;
    const Item* item = nullptr;
  };
  using TimePoint = WatchBook::TimePoint;

  Status begin();
  Status lock_outputs();
  Status keep_outputs_locked();
  Status open_service();
  Status open_changes_again();
  void turn();
  bool is_over();
  bool needs_last_look(TimePoint now);

  bool folder_is_there();
  bool wants_look(TimePoint now);
  void look(TimePoint now);
  void take_up(std::vector<Item> items);
  void start_surplus(WorkLength length);
  void fail_look(const Error& error, TimePoint now);
  [[nodiscard]] WatchBook::Seen seen_of(const Item& item) const;
  void tell_left_out(const std::vector<LeftOut>& left_out, TimePoint now);

  [[nodiscard]] bool has_room(WorkLength length) const;
  [[nodiscard]] bool has_surplus() const { return !surplus_.short_work.empty() || !surplus_.long_work.empty(); }
  void start(const std::vector<Due>& all);
  bool has_changed(const Item& item);
  ItemOutcome handle(const Due& due, WorkerLease& lease, const RunContext& run);
  ItemOutcome post(const Item& item, Round& round, WorkerLease& lease, const RunContext& run);
  [[nodiscard]] Result<std::optional<std::string>> posted_before(const Item& item, const Round& round,
                                                                 const RunContext& run) const;
  bool is_idle();
  [[nodiscard]] std::optional<TimePoint> next_due();
  BatchOptions queue_options();
  void reload();
  void tell_manager();
  [[nodiscard]] std::chrono::milliseconds patience(TimePoint now);
  int finish(int code);
  int give_up(const Error& error);

  const WatchCommand& command_;
  Session& outer_;
  WatchOutput out_;
  Session session_;  // of rounds to come; with out_ as its output
  ServiceManager manager_;
  FileDescriptor lock_;
  std::optional<BegunOutputs> begun_;  // not in a dry run
  Wakeup bell_;
  std::vector<std::filesystem::path> inputs_;
  std::vector<std::filesystem::path> roots_;  // `settings_roots` of them
  std::optional<Calendar> calendar_;
  std::shared_ptr<Service> service_;  // of rounds to come; null without --post
  std::unique_ptr<FolderChanges> changes_;
  std::pair<dev_t, ino_t> folder_id_{};
  bool is_gone_ = false;
  std::atomic<bool> reload_ = false;
  std::stop_source stop_;          // of all work
  std::optional<int> auto_lanes_;  // what --jobs auto comes to here

  std::mutex mutex_;
  WatchBook book_;  // by mutex_
  bool look_again_ = true;
  TimePoint last_look_;
  TimePoint taken_up_;   // what was due then is in `surplus_` or under way
  TimePoint next_look_;  // not before
  struct {
    std::deque<Due> short_work;
    std::deque<Due> long_work;
  } surplus_;                                  // due at the last look, and not in the queue yet
  bool found_nothing_due_ = false;             // the last look, with nothing under way
  std::optional<TimePoint> all_quiet_;         // with --once: what was there at first has settled by then
  std::optional<Error> failure_;               // of the last look; the folder cannot be read
  std::map<std::string, TimePoint> left_out_;  // since when; the epoch once it was told
  std::unique_ptr<ItemQueue> queue_;           // last: its threads use the others
};

}  // namespace tokprep::cli
