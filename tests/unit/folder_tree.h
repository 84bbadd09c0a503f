#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/folder.h"
#include "tests/support/temp_folder.h"

namespace tokprep::test {

using namespace std::string_view_literals;

inline constexpr auto kVideoBytes =
    "\0\0\0\x20"
    "ftypisom\0\0\2\0isomiso2avc1mp41"
    "\0\0\0\x08moov"sv;
inline constexpr auto kImageBytes = "\xff\xd8\xff\xe0\0\x10JFIF\0"sv;

/// A folder "drop" to be filled, and what becomes of it.
class FolderTree : public testing::Test {
 protected:
  FolderTree() { std::filesystem::create_directory(drop_); }

  std::filesystem::path put(const std::filesystem::path& name, std::string_view bytes) const {
    const auto path = drop_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::filesystem::path video(const std::filesystem::path& name) const { return put(name, kVideoBytes); }
  std::filesystem::path image(const std::filesystem::path& name) const { return put(name, kImageBytes); }

  [[nodiscard]] ItemList collect(const std::vector<std::filesystem::path>& inputs,
                                 const CollectOptions& options = {}) const {
    auto list = collect_items(inputs, options, {});
    if (!list) throw std::runtime_error(describe(list.error()));
    return std::move(*list);
  }
  [[nodiscard]] ItemList collect() const { return collect({drop_}); }

  /// Item names below "drop", in order.
  [[nodiscard]] std::vector<std::string> names(const ItemList& list) const {
    std::vector<std::string> names;
    for (const Item& item : list.items) names.push_back(std::filesystem::path(item.name).lexically_relative(drop_));
    return names;
  }
  [[nodiscard]] static std::vector<std::string> stems(const ItemList& list) {
    std::vector<std::string> stems;
    for (const Item& item : list.items) stems.push_back(item.output_stem.string());
    return stems;
  }
  /// Path below "drop" -> reason.
  [[nodiscard]] std::map<std::string, std::string> left_out(const ItemList& list) const {
    std::map<std::string, std::string> reasons;
    for (const LeftOut& left : list.left_out) reasons[left.path.lexically_relative(drop_)] = left.reason;
    return reasons;
  }

  TempFolder temp_;
  std::filesystem::path drop_ = temp_.path() / "drop";
};

}  // namespace tokprep::test
