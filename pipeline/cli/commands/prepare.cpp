#include "pipeline/prepare.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/prepare_item.h"
#include "pipeline/cli/inputs.h"
#include "pipeline/ledger.h"
#include "pipeline/too_many.h"

namespace tokprep::cli {

Result<Readied> ready_item(Item item, const ItemPlan& plan, Session& session, WorkerLease& lease, const RunContext& run,
                           Json& photos) {
  if (item.error) return fail(*item.error);
  const bool is_video = item_kind(item) == "video";
  Readied ready;
  TOKPREP_ASSIGN(ready.settings, settle(item, is_video, plan.several, plan.roots, session.settings));
  if (plan.cover) item.cover = plan.cover;
  if (item.cover && !is_video) {
    return fail(ErrorCode::kInvalidArgument,
                "a cover image is for videos only; for images there is --image-cover-index");
  }
  if (item.cover) ready.settings.convert.thumbnail_auto = false;  // nothing is left to look for
  if (plan.check_first) TOKPREP_TRY(plan.check_first(item, is_video, ready.settings));
  const PrepareRequest request{item,
                               plan.output_dir,
                               ready.settings.convert,
                               session.options.dry_run,
                               session.options.force,
                               session.options.overwrite,
                               [&photos](const std::vector<PhotoVerdict>& verdicts) { photos = verdicts; },
                               [&lease] { return lease.spare(); },
                               plan.originals,
                               plan.stems,
                               plan.begun};
  TOKPREP_ASSIGN(ready.prepared, prepare(request, session.rules, lease.workers(), run));
  ready.cover_is_own = item.cover.has_value();
  return ready;
}

Status check_cover_choice(const std::optional<std::filesystem::path>& cover, const std::vector<Item>& items) {
  if (!cover || items.size() == 1) return {};
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = "--thumbnail FILE is the cover of one video, and more than one item was given";
  error.fix = "name each cover after its video: clip.cover.png beside clip.mov";
  return fail(std::move(error));
}

std::vector<Item> split_where_asked(std::vector<Item> items, const std::vector<std::filesystem::path>& roots,
                                    const Session& session) {
  const auto most = static_cast<std::size_t>(session.rules.number("post.images_max"));
  std::vector<Item> all;
  for (Item& item : items) {
    // Settings that cannot be read are told when the item's turn comes.
    const auto settled = item.sources.size() > most ? settle(item, false, items.size() > 1, roots, session.settings)
                                                    : Result<ItemSettings>();
    if (settled && settled->convert.too_many == TooMany::kSplit)
      std::ranges::move(split_photos(item, most), std::back_inserter(all));
    else all.push_back(std::move(item));
  }
  return all;
}

ItemDone done_event(const Item& item, const Prepared& prepared, bool dry_run, Json photos) {
  ItemDone done;
  done.item = item.name;
  done.kind = prepared.kind;
  done.dry_run = dry_run;
  done.outputs = prepared.outputs;
  done.plan = prepared.plan_json;
  done.findings = prepared.findings;
  done.images = std::move(photos);
  done.summary = prepared.summary;
  return done;
}

ItemOutcome prepare_item(const Item& item, const ItemPlan& plan, Session& session, WorkerLease& lease,
                         const RunContext& run) {
  Json photos;
  auto ready = ready_item(item, plan, session, lease, run, photos);
  if (!ready) return failed(session.out, item, std::move(ready).error(), std::move(photos));
  const Prepared& prepared = ready->prepared;
  if (prepared.reused) {
    session.out.on(ItemSkipped{item.name, prepared.kind, "done by an earlier run", prepared.outputs, std::nullopt});
    return {ItemState::kSkipped};
  }
  session.out.on(done_event(item, prepared, session.options.dry_run, std::move(photos)));
  return {};
}

int run_prepare(const PrepareCommand& command, Session& session) {
  const InputRequest request{command.inputs, command.carousel, command.output_dir, command.manifest};
  const auto roots = settings_roots(request);
  const std::vector<Item> items =
      split_where_asked(collect(request, session.out, session.signals.token()), roots, session);
  if (Status fits = check_cover_choice(command.cover, items); !fits) return session.give_up(fits.error());
  const Originals originals(items, command.cover);
  RunStems stems(items);
  std::optional<BegunOutputs> begun;
  if (!session.options.dry_run) begun.emplace(state_folder(), command.output_dir);
  const ItemPlan plan{roots, command.output_dir, command.cover, items.size() > 1,
                      {},    &originals,         &stems,        begun ? &*begun : nullptr};
  const auto handle = [&](const Item& item, WorkerLease& lease, const RunContext& run) {
    return prepare_item(item, plan, session, lease, run);
  };
  return session.run(items, handle);
}

}  // namespace tokprep::cli
