#include "pipeline/folder.h"

#include <system_error>
#include <utility>

#include "pipeline/carousel.h"
#include "pipeline/folder_settle.h"
#include "pipeline/folder_sidecars.h"
#include "pipeline/folder_walk.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

Status gather(const std::vector<fs::path>& inputs, FolderWalk& walk) {
  const NamedMedia named = named_media(inputs);
  for (const fs::path& input : inputs) {
    std::error_code failed;
    if (fs::is_directory(input, failed)) TOKPREP_TRY(walk.add_folder(input));
    else TOKPREP_TRY(walk.add_file(input, named));
  }
  walk.leave_out_own_results();
  return {};
}

}  // namespace

const std::shared_ptr<const FolderBounds>& bounds_of(const Item& item, const fs::path& source) {
  const auto& mixed = item.mixed_bounds.or_default();
  const auto own = mixed.find(source);
  return own != mixed.end() ? own->second : item.bounds;
}

InputFiles inputs_of(const Item& item) {
  std::vector<InputFiles::Entry> entries;
  entries.reserve(item.sources.size() + 1);
  for (const fs::path& source : item.sources) entries.push_back({source, bounds_of(item, source)});
  if (item.cover) entries.push_back({*item.cover, item.cover_bounds});
  return InputFiles(std::move(entries));
}

Result<ItemList> collect_items(const std::vector<fs::path>& inputs, const CollectOptions& options,
                               std::stop_token stop) {
  FolderWalk walk(options, inputs.size() > 1, stop);
  if (options.carousel) {
    TOKPREP_ASSIGN(walk.candidates.emplace_back(), carousel_of(inputs, walk.left_out, stop));
  } else {
    TOKPREP_TRY(gather(inputs, walk));
  }
  ItemList list;
  list.left_out = std::move(walk.left_out);
  TOKPREP_ASSIGN(auto settled,
                 keep_settled(std::move(walk.candidates), options.settle_time, std::move(stop), list.left_out));
  list.items.reserve(settled.size());
  for (; !settled.empty(); settled.pop_front()) {
    Candidate& candidate = settled.front();
    auto read = read_sidecars(candidate.sidecars.or_default(), candidate.item);
    if (!read && !candidate.item.error) candidate.item.error = std::move(read).error();
    list.items.push_back(std::move(candidate.item));
  }
  return list;
}

}  // namespace tokprep
