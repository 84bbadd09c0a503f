#include "pipeline/own_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/file_descriptor.h"
#include "base/json_parts.h"
#include "base/pending_part.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCertificateMaxBytes = std::size_t{64} << 20;
constexpr const char* kRecordEnd = ".tokprep.json";
constexpr std::size_t kMostHelpers = 7;
constexpr std::size_t kFilesPerHelper = 64;

struct MadeFile {
  fs::path path;
  std::uint64_t size_bytes = 0;
};

/// What a certificate says of where its files lie.
struct Record {
  fs::path folder;  ///< of the certificate, canonical
  std::vector<MadeFile> outputs;
  std::vector<fs::path> sources;  ///< as they were given when it was made
};

bool is_needed(std::span<const std::string> keys) {
  if (keys.front() == "assets") return keys.size() != 2 || keys.back() == "source";
  return keys.front() == "outputs" || keys.front() == "kind";
}

/// Throws Json::exception where it is no certificate of ours.
Record record_of(const Json& document, const fs::path& folder) {
  Record record{folder, {}, {}};
  for (const Json& output : document.at("outputs")) {
    const fs::path path = folder / bytes_of_name(output.at("path").get<std::string>());
    record.outputs.push_back({path.lexically_normal(), output.at("size_bytes").get<std::uint64_t>()});
  }
  for (const Json& asset : document.at("assets")) {
    record.sources.emplace_back(bytes_of_name(asset.at("source").at("path").get<std::string>()));
  }
  // The second asset of a video is its cover.
  if (document.at("kind") == "video" && record.sources.size() > 1) record.sources.resize(1);
  return record;
}

/// Without sources where it says nothing.
Record read_record(const fs::path& path, const fs::path& folder) {
  const auto text = read_text_file(path, kCertificateMaxBytes);
  const auto document = text ? parse_json_parts(*text, "certificate", is_needed) : fail(text.error());
  if (!document) return {};
  try {
    return record_of(*document, folder);
  } catch (const Json::exception&) {
    return {};
  }
}

/// What a killed run, or one under way, leaves of a certificate: whole before any output has its name.
bool is_unfinished_record(const std::string& name) {
  constexpr std::size_t kPartMark = std::string_view("..part").size();
  if (name.size() <= kPartMark || !name.ends_with(".part")) return false;
  const std::string target = name.substr(1, name.size() - kPartMark);
  return target.ends_with(kRecordEnd) && part_of(target).filename() == name;
}

std::vector<Record> read_records(const std::vector<FolderEntry>& entries, const fs::path& home) {
  std::vector<std::pair<fs::path, fs::path>> certificates;  // with the folder that their outputs are named from
  for (const FolderEntry& entry : entries) {
    const bool is_record = entry.parsed.role == NameRole::kRecord || is_unfinished_record(entry.name);
    if (is_record && !entry.is_folder && entry.problem.empty()) certificates.emplace_back(entry.path, home);
  }
  fs::path beside = home;
  beside += kRecordEnd;
  std::error_code failed;
  for (const fs::path& record : {beside, part_of(beside)}) {
    if (fs::is_regular_file(record, failed)) certificates.emplace_back(record, home.parent_path());
  }
  std::vector<Record> records(certificates.size());
  for_each_aside(certificates.size(),
                 [&](std::size_t i) { records[i] = read_record(certificates[i].first, certificates[i].second); });
  return records;
}

bool is_inside(const fs::path& path, const fs::path& tree) {
  return std::ranges::mismatch(tree, path).in1 == tree.end();
}

using Paths = std::unordered_set<std::string>;

/// The source of a record where it lies beside what was made of it; empty where it does not.
fs::path source_beside(const Record& record, const fs::path& tree, const Paths& outputs) {
  std::error_code failed;
  for (const fs::path& source : record.sources) {
    // The images of a photo post lie in a folder beside its certificate.
    for (const fs::path& place :
         {record.folder / source.filename(), record.folder / source.parent_path().filename() / source.filename()}) {
      if (!is_inside(place, tree) || outputs.contains(place.native())) continue;
      if (fs::is_regular_file(place, failed)) return place;
    }
  }
  return {};
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

void mark_own_results(std::vector<FolderEntry>& entries, const fs::path& folder, const fs::path& tree) {
  std::error_code failed;
  const fs::path home = fs::canonical(folder, failed);
  if (failed) return;
  const std::vector<Record> records = read_records(entries, home);
  if (records.empty()) return;
  Paths outputs;
  for (const Record& record : records) {
    for (const MadeFile& output : record.outputs) outputs.insert(output.path.native());
  }
  struct Made {
    std::string source;
    std::uint64_t size_bytes = 0;
  };
  std::unordered_multimap<std::string, Made> made;  // by the name in this folder; two where a run was killed anew
  for (const Record& record : records) {
    const fs::path source = source_beside(record, tree, outputs);
    if (source.empty()) continue;
    for (const MadeFile& output : record.outputs) {
      if (output.path.parent_path() != home) continue;
      made.emplace(output.path.filename().native(), Made{source.filename().native(), output.size_bytes});
    }
  }
  for (FolderEntry& entry : entries) {
    if (entry.is_folder || !entry.problem.empty()) continue;
    const auto [first, last] = made.equal_range(entry.name);
    if (first == last) continue;
    const std::uint64_t size_bytes = fs::file_size(entry.path, failed);
    const auto place = std::find_if(first, last, [&](const auto& one) { return one.second.size_bytes == size_bytes; });
    if (place == last) continue;
    entry.is_own_result = true;
    entry.problem = fmt::format("made by tokprep from {}", text_of_name(place->second.source));
  }
}

}  // namespace tokprep
