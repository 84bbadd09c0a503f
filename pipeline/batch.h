#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/event.h"
#include "pipeline/folder.h"
#include "pipeline/worker_pool.h"

namespace tokprep {

/// How an item ended.
enum class ItemState { kDone, kSkipped, kFailed };
struct ItemOutcome {
  ItemState state = ItemState::kDone;
  ErrorCode code = ErrorCode::kInternal;  ///< of a failure
};

struct BatchOptions {
  int jobs = 0;   ///< items that open media at the same time; 0: as many as the machine has cores and memory for
  int ahead = 0;  ///< items that may be under way beside them, having given their workers back: uploading, waiting
  /// Of several lanes one is left to short work, so that it need not wait for hours; with `jobs` 0 that is one more.
  bool keeps_short_lane = false;
  WorkerOptions workers;
};

/// Handles one item and says how it ended, having sent its one final event (done, skipped or failed) to the sink. The
/// lease is the item's way to media; what has a while to go without it gives it back.
using ItemHandler = std::function<ItemOutcome(const Item&, WorkerLease&, const RunContext&)>;

/// Runs `handler` over all items, through an `ItemQueue`. Items are begun in order, each once a worker is free for it,
/// and none after one that was not; what it may use of the machine's cores it learns from `RunContext::threads_for`.
/// After a stop no item is begun; those not begun are reported as failed with kCancelled. After an item that failed
/// with kNoSpace neither: the disk is as full for the others, which fail with kNoSpace as well. Sends everything but
/// the final events: started and progress come from here; the Summary is sent last.
Summary run_batch(const std::vector<Item>& items, const BatchOptions& options, const ItemHandler& handler,
                  EventSink& sink, std::stop_token stop);

/// "video" or "image", told by the first bytes of the item's (first) file.
std::string item_kind(const Item& item);

/// Exit code of a whole run: that of a stop or of a full disk where one ended it; 0 if all are done or skipped, 3 if
/// some are, else the code they share (the smallest).
int exit_code_of(const std::vector<ItemOutcome>& outcomes);

}  // namespace tokprep
