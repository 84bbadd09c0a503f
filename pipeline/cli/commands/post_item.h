#pragma once

#include <vector>

#include "pipeline/cli/commands/prepare_item.h"
#include "pipeline/cli/service.h"
#include "pipeline/cli/turnstile.h"

namespace tokprep::cli {

/// Looks at what can be told of a post before its media is opened, so that nothing is converted in vain.
Status check_post(const Item& item, bool is_video, const ItemSettings& settings, const Rules& rules);

/// Items of a run that may be done but for their post, which waits for its turn: enough that the cores stay busy
/// beside a film that comes first. One costs a thread and some ten kilobytes; its files would be there in any case.
inline constexpr int kReadyAhead = 256;

/// How the posts of a run are placed in time.
struct PostTiming {
  OverCap over_cap = OverCap::kStop;
  const Calendar* calendar = nullptr;
  bool allow_duplicate_text = false;
  bool is_once_for_its_media = false;  ///< see `PublishRequest`
};

/// One item, prepared, uploaded and posted when its turn has come; with `service` null (a dry run) the plan and the
/// body that would be sent.
ItemOutcome post_item(const Item& item, const ItemPlan& plan, Session& session, Service* service, WorkerLease& lease,
                      const RunContext& run, Turnstile::Turn& turn, const PostTiming& timing);

}  // namespace tokprep::cli
