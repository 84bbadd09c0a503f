#include "pipeline/own_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/digest.h"
#include "base/pending_part.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostHelpers = 7;
constexpr std::size_t kFilesPerHelper = 64;
constexpr std::uintmax_t kLargeRecordBytes = 256 << 10;

struct Record {
  fs::path folder;  ///< of the certificate, canonical
  std::shared_ptr<const NotedItem> noted;
};

/// Large ones one after the other: a document takes many times its text, and there may be many that somebody made up.
NotedItem read_record(const fs::path& path, const fs::path& folder) {
  static std::mutex one_large;
  std::unique_lock turn(one_large, std::defer_lock);
  std::error_code gone;
  if (const auto size_bytes = fs::file_size(path, gone); !gone && size_bytes > kLargeRecordBytes) turn.lock();
  return read_noted_item(path, folder);
}

/// What a killed run, or one under way, leaves of a certificate: whole before any output has its name.
bool is_unfinished_record(const std::string& name) {
  constexpr std::size_t kPartMark = std::string_view("..part").size();
  if (name.size() <= kPartMark || !name.ends_with(".part")) return false;
  const std::string target = name.substr(1, name.size() - kPartMark);
  return read_file_name(target).role == NameRole::kRecord && part_of(target).filename() == name;
}

std::vector<Record> read_records(const std::vector<FolderEntry>& entries, const fs::path& home) {
  std::vector<std::pair<fs::path, fs::path>> certificates;  // with the folder that their outputs are named from
  for (const FolderEntry& entry : entries) {
    const bool is_record = entry.parsed.role == NameRole::kRecord || is_unfinished_record(entry.name);
    if (is_record && !entry.is_folder && entry.problem.empty()) certificates.emplace_back(entry.path, home);
  }
  fs::path beside = home;
  beside += ".tokprep.json";
  std::error_code failed;
  for (const fs::path& record : {beside, part_of(beside)}) {
    if (fs::is_regular_file(record, failed)) certificates.emplace_back(record, home.parent_path());
  }
  std::vector<Record> records(certificates.size());
  for_each_aside(certificates.size(), [&](std::size_t i) {
    const auto& [path, folder] = certificates[i];
    records[i] = {folder, std::make_shared<const NotedItem>(read_record(path, folder))};
  });
  return records;
}

bool is_inside(const fs::path& path, const fs::path& tree) {
  return std::ranges::mismatch(tree, path).in1 == tree.end();
}

using Paths = std::unordered_set<std::string>;

/// The source of a record, where it lies in the tree as it did, or beside what was made of it; else empty.
fs::path source_in(const fs::path& tree, const Record& record, const Paths& outputs) {
  std::error_code failed;
  for (const SourceMark& mark : record.noted->sources) {
    const fs::path source = fs::absolute(bytes_of_name(mark.path), failed).lexically_normal();
    const fs::path name = source.filename();
    // The images of a photo post lie in a folder beside its certificate.
    for (const fs::path& place :
         {source, record.folder / name, record.folder / source.parent_path().filename() / name}) {
      if (!is_inside(place, tree) || outputs.contains(place.native())) continue;
      if (fs::is_regular_file(place, failed)) return place;
    }
  }
  return {};
}

/// What is known of a file by the name it has in this folder.
struct Made {
  fs::path source;  ///< empty: not found
  std::uint64_t size_bytes = 0;
  std::shared_ptr<const NotedItem> by;
};
using MadeFiles = std::unordered_multimap<std::string, Made>;  // two of a name where a run was killed anew

MadeFiles made_files(const std::vector<Record>& records, const fs::path& home, const fs::path& tree) {
  Paths outputs;
  for (const Record& record : records) {
    for (const NotedOutput& output : record.noted->outputs) outputs.insert(output.path.native());
  }
  MadeFiles made;
  for (const Record& record : records) {
    const fs::path source = source_in(tree, record, outputs);
    for (const NotedOutput& output : record.noted->outputs) {
      if (output.path.parent_path() != home) continue;
      made.emplace(output.path.filename().native(), Made{source, output.size_bytes, record.noted});
    }
  }
  return made;
}

}  // namespace

void for_each_aside(std::size_t count, const std::function<void(std::size_t)>& action) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) action(i);
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 0; i < std::min(kMostHelpers, count / kFilesPerHelper); ++i) helpers.emplace_back(work);
  work();
}

std::vector<UnplacedResult> mark_own_results(std::vector<FolderEntry>& entries, const fs::path& folder,
                                             const fs::path& tree) {
  std::error_code failed;
  const fs::path home = fs::canonical(folder, failed);
  if (failed) return {};
  const std::vector<Record> records = read_records(entries, home);
  if (records.empty()) return {};
  const MadeFiles made = made_files(records, home, tree);
  std::vector<UnplacedResult> unplaced;
  for (FolderEntry& entry : entries) {
    if (entry.is_folder || !entry.problem.empty()) continue;
    const auto [first, last] = made.equal_range(entry.name);
    if (first == last) continue;
    const std::uint64_t size_bytes = fs::file_size(entry.path, failed);
    const auto is_it = [&](const auto& one) { return one.second.size_bytes == size_bytes; };
    const auto is_placed = [&](const auto& one) { return is_it(one) && !one.second.source.empty(); };
    if (const auto placed = std::find_if(first, last, is_placed); placed != last) {
      entry.is_own_result = true;
      entry.problem = reason_of_own_result(placed->second.source);
    } else if (const auto known = std::find_if(first, last, is_it); known != last) {
      unplaced.push_back({entry.path, known->second.by});
    }
  }
  return unplaced;
}

std::string reason_of_own_result(const fs::path& source) {
  return fmt::format("made by tokprep from {}", text_of_name(source.filename().native()));
}

const fs::path* find_source(const NotedItem& made, const std::vector<const fs::path*>& files, const RunContext& run) {
  for (const fs::path* file : files) {
    std::error_code failed;
    const std::uint64_t size_bytes = fs::file_size(*file, failed);
    if (failed) continue;
    for (const SourceMark& source : made.sources) {
      if (source.size_bytes != size_bytes || fs::path(bytes_of_name(source.path)).filename() != file->filename())
        continue;
      if (modified_ns_of(*file) == source.modified_ns) return file;
      if (const auto digest = sha256_of_file(*file, run); digest && *digest == source.sha256) return file;
    }
  }
  return nullptr;
}

}  // namespace tokprep
