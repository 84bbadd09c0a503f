#include "pipeline/batch.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/file_descriptor.h"
#include "codecs/sniff.h"

namespace tokprep {
namespace {

ItemOutcome cancelled(const Item& item, EventSink& sink) {
  Error error;
  error.code = ErrorCode::kCancelled;
  error.file = item.name;
  error.message = "stopped before it was begun";
  sink.on(ItemFailed{item.name, error, Json::array()});
  return {ItemState::kFailed, ErrorCode::kCancelled};
}

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
  for (const ItemOutcome& outcome : outcomes) {
    if (outcome.state != ItemState::kFailed) {
      any_good = true;
      continue;
    }
    if (outcome.code == ErrorCode::kCancelled) return exit_code(ErrorCode::kCancelled);
    const int code = exit_code(outcome.code);
    smallest = smallest == 0 ? code : std::min(smallest, code);
  }
  return smallest != 0 && any_good ? 3 : smallest;
}

Summary run_batch(const std::vector<Item>& items, const BatchOptions& options, const ItemHandler& handler,
                  EventSink& sink, std::stop_token stop) {
  std::vector<ItemOutcome> outcomes(items.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Workers workers(options.workers);
    for (std::size_t i = next++; i < items.size(); i = next++) {
      const Item& item = items[i];
      if (stop.stop_requested()) {
        outcomes[i] = cancelled(item, sink);
        continue;
      }
      RunContext run;
      run.stop = stop;
      run.progress = [&](const Progress& progress) { sink.on(ItemProgress{item.name, progress.stage, progress.done}); };
      sink.on(ItemStarted{item.name, item_kind(item)});
      outcomes[i] = handler(item, workers, run);
    }
  };
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t wanted = options.jobs > 0 ? static_cast<std::size_t>(options.jobs) : cores;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(wanted, items.size()); ++i) threads.emplace_back(work);
  }
  const Summary summary = summarise(outcomes);
  sink.on(summary);
  return summary;
}

}  // namespace tokprep
