#include "pipeline/cli/inputs.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/text.h"
#include "pipeline/cli/manifest_items.h"
#include "pipeline/folder_settle.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

// Long enough for a copy under way to show, short enough for the first output to come within 100 ms.
constexpr std::chrono::milliseconds kSettleTime{60};

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// Absolute, without "." and a slash at the end.
fs::path root_of(const fs::path& folder) {
  std::error_code error;
  return (fs::absolute(folder, error) / "").lexically_normal().parent_path();
}

Item unusable(const fs::path& input, Error error) {
  Item item;
  item.name = text_of_name(input.native());
  item.sources = {input};
  item.error = std::move(error);
  return item;
}

/// Says what is wrong with one of several inputs.
Status check_input(const fs::path& input, const CollectOptions& options, const std::stop_token& stop) {
  // A file can only fail to be opened; to collect it would list all of its folder.
  if (!is_folder(input)) TOKPREP_TRY(open_for_reading(input));
  else TOKPREP_TRY(collect_items({input}, options, std::move(stop)));
  return {};
}

void report_left_out(const std::vector<LeftOut>& left_out, Output& out) {
  for (const LeftOut& one : left_out) out.on(ItemNote{text_of_name(one.path.native()), "left out: " + one.reason});
}

}  // namespace

std::vector<Item> collect(const InputRequest& request, Output& out, const std::stop_token& stop) {
  if (request.manifest) {
    auto items = manifest_items(*request.manifest, stop);
    if (!items) return {unusable(*request.manifest, std::move(items).error())};
    if (Status settled = fail_unsettled(*items, kSettleTime, stop); !settled) {
      return {unusable(*request.manifest, std::move(settled).error())};
    }
    return std::move(*items);
  }
  CollectOptions options;
  options.carousel = request.carousel;
  options.output = request.output_dir;
  options.settle_time = kSettleTime;
  auto list = collect_items(request.inputs, options, stop);
  if (list) {
    report_left_out(list->left_out, out);
    return std::move(list->items);
  }
  if (request.carousel || request.inputs.size() == 1) return {unusable(request.inputs.front(), list.error())};

  // One of several cannot be used: find out which, and go on with the others.
  CollectOptions single = options;
  single.settle_time = {};
  std::vector<fs::path> usable;
  std::vector<Item> items;
  for (const fs::path& input : request.inputs) {
    if (Status checked = check_input(input, single, stop)) usable.push_back(input);
    else items.push_back(unusable(input, std::move(checked).error()));
  }
  auto rest = usable.empty() ? Result<ItemList>() : collect_items(usable, options, stop);
  if (!rest) {
    for (const fs::path& input : usable) items.push_back(unusable(input, rest.error()));
    return items;
  }
  report_left_out(rest->left_out, out);
  std::ranges::move(rest->items, std::back_inserter(items));
  return items;
}

std::vector<fs::path> settings_roots(const InputRequest& request) {
  if (request.manifest) {
    const fs::path folder = folder_of_manifest(*request.manifest);
    return {root_of(folder.empty() ? fs::path(".") : folder)};
  }
  std::vector<fs::path> roots;
  for (const fs::path& input : request.inputs) {
    if (is_folder(input)) roots.push_back(root_of(input));
  }
  return roots;
}

std::vector<Item> plain_files(const std::vector<fs::path>& files, Output& out, const std::stop_token& stop) {
  std::vector<Item> items;
  const auto add = [&](const fs::path& file, std::shared_ptr<const FolderBounds> bounds) {
    Item item;
    item.name = text_of_name(file.native());
    item.sources = {file};
    item.bounds = std::move(bounds);
    items.push_back(std::move(item));
  };
  for (const fs::path& file : files) {
    if (!is_folder(file)) {
      add(file, nullptr);
      continue;
    }
    for (const Item& item : collect({{file}, false, {}, {}}, out, stop)) {
      if (item.error && is_folder(item.sources.front())) items.push_back(item);  // one that cannot be used
      else std::ranges::for_each(item.sources, [&](const fs::path& source) { add(source, item.bounds); });
    }
  }
  return items;
}

}  // namespace tokprep::cli
