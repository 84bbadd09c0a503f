#include "pipeline/beside.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace tokprep {

void for_each_beside(std::size_t count, const PrepareTools& tools,
                     const std::function<void(std::size_t part, const PrepareTools& tools)>& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> helpers;
  for (std::size_t i = next++; i < count; i = next++) {
    // Asked before every part: workers come free as other items end.
    auto spare = i + 1 < count && tools.request.spare_worker ? tools.request.spare_worker() : std::nullopt;
    if (spare) {
      helpers.emplace_back([&, lease = std::move(*spare)] {
        const PrepareTools own{tools.request, tools.rules, lease.workers(), tools.run, tools.place};
        for (std::size_t part = next++; part < count; part = next++) work(part, own);
      });
    }
    work(i, tools);
  }
}

}  // namespace tokprep
