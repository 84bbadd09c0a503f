#include "pipeline/batch.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/file_descriptor.h"
#include "codecs/sniff.h"
#include "pipeline/item_queue.h"

namespace tokprep {
namespace {

Summary summarise(const std::vector<ItemOutcome>& outcomes) {
  const auto count = [&](ItemState state) {
    return static_cast<int>(std::ranges::count(outcomes, state, &ItemOutcome::state));
  };
  return {static_cast<int>(outcomes.size()), count(ItemState::kDone), count(ItemState::kFailed),
          count(ItemState::kSkipped), exit_code_of(outcomes)};
}

}  // namespace

std::string item_kind(const Item& item) {
  if (item.photo_folder) return "image";
  if (item.kind) return std::string(name_of(*item.kind));
  const auto head = read_head(item.sources.front(), kSniffBytes);
  return head && sniff(*head) == Sniffed::kImage ? "image" : "video";
}

int exit_code_of(const std::vector<ItemOutcome>& outcomes) {
  int smallest = 0;
  bool any_good = false;
  bool disk_full = false;
  for (const ItemOutcome& outcome : outcomes) {
    if (outcome.state != ItemState::kFailed) {
      any_good = true;
      continue;
    }
    if (outcome.code == ErrorCode::kCancelled) return exit_code(ErrorCode::kCancelled);
    disk_full = disk_full || outcome.code == ErrorCode::kNoSpace;
    const int code = exit_code(outcome.code);
    smallest = smallest == 0 ? code : std::min(smallest, code);
  }
  if (disk_full) return exit_code(ErrorCode::kNoSpace);
  return smallest != 0 && any_good ? 3 : smallest;
}

Summary run_batch(const std::vector<Item>& items, const BatchOptions& options, const ItemHandler& handler,
                  EventSink& sink, std::stop_token stop) {
  std::vector<ItemOutcome> outcomes(items.size());
  BatchOptions fitting = options;  // no more lanes than there are items to share the cores
  fitting.jobs = static_cast<int>(std::clamp<std::size_t>(items.size(), 1, lanes_of(options).all));
  {
    ItemQueue queue(fitting, sink, std::move(stop));
    std::vector<ItemQueue::Entry> all;
    all.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto item = std::shared_ptr<const Item>(std::shared_ptr<const Item>(), &items[i]);  // not owned
      all.push_back({item, handler, [&outcomes, i](const ItemOutcome& outcome) { outcomes[i] = outcome; }});
    }
    queue.add(std::move(all));
  }
  const Summary summary = summarise(outcomes);
  sink.on(summary);
  return summary;
}

}  // namespace tokprep
