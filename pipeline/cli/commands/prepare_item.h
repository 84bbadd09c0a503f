#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "pipeline/cli/commands/session.h"
#include "pipeline/cli/settings.h"
#include "pipeline/prepare.h"

namespace tokprep::cli {

// What `prepare` and `post` do alike.

/// What holds for every item of a run.
struct ItemPlan {
  const std::vector<std::filesystem::path>& roots;  ///< folders whose tokprep.toml holds: `settings_roots`
  std::filesystem::path output_dir;
  std::optional<std::filesystem::path> cover;  ///< --thumbnail FILE
  bool several = false;
  /// Looks at the item's settings before any work is done on it; empty: nothing to look at.
  std::function<Status(const Item&, bool is_video, const ItemSettings&)> check_first;
  const Originals* originals = nullptr;  ///< see PrepareRequest
  RunStems* stems = nullptr;             ///< likewise
  BegunOutputs* begun = nullptr;         ///< likewise
};

/// An item with its files, and the settings they were made with.
struct Readied {
  ItemSettings settings;
  Prepared prepared;
  bool cover_is_own = false;
};

/// Settles the item's settings and prepares it. `photos` becomes the verdict on each image of a photo post, also where
/// the call fails. Errors: its own, those of the settings and of `prepare`.
Result<Readied> ready_item(Item item, const ItemPlan& plan, Session& session, WorkerLease& lease, const RunContext& run,
                           Json& photos);

/// Error: kInvalidArgument where --thumbnail FILE meets more than one item.
Status check_cover_choice(const std::optional<std::filesystem::path>& cover, const std::vector<Item>& items);

/// The photo items of more images than a post takes, as several where their settings say --too-many split.
std::vector<Item> split_where_asked(std::vector<Item> items, const std::vector<std::filesystem::path>& roots,
                                    const Session& session);

/// One item of `prepare`, with its one final event.
ItemOutcome prepare_item(const Item& item, const ItemPlan& plan, Session& session, WorkerLease& lease,
                         const RunContext& run);

ItemDone done_event(const Item& item, const Prepared& prepared, bool dry_run, Json photos);

}  // namespace tokprep::cli
