#include "pipeline/noted_item.h"

#include <span>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/json_parts.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// Facts, findings and plans, which are most of a certificate, say nothing of whose it is.
bool is_needed(std::span<const std::string> keys) {
  if (keys.front() == "assets") return keys.size() != 2 || keys.back() == "source";
  return keys.front() == "outputs" || keys.front() == "kind" || keys.front() == "item";
}

SourceMark source_of(const Json& asset) {
  const Json& source = asset.at("source");
  SourceMark mark;
  mark.path = source.at("path").get<std::string>();
  mark.size_bytes = source.value("size_bytes", std::uint64_t{0});
  mark.modified_ns = source.value("modified_ns", std::int64_t{0});
  mark.changed_ns = source.value("changed_ns", std::int64_t{0});
  mark.read_ns = source.value("read_ns", std::int64_t{0});
  mark.sha256 = source.value("sha256", std::string());
  return mark;
}

/// Throws Json::exception where it is no certificate of ours.
NotedItem noted_item(const Json& document, const fs::path& folder) {
  NotedItem item;
  const Json& outputs = document.at("outputs");
  const Json& assets = document.at("assets");
  if (outputs.size() > kOutputsMax || assets.size() > kOutputsMax) return {};
  for (const Json& output : outputs) {
    const fs::path path = (folder / bytes_of_name(output.at("path").get<std::string>())).lexically_normal();
    if (!is_below(path, folder)) continue;
    item.outputs.push_back({path, output.at("size_bytes").get<std::uint64_t>(),
                            output.value("modified_ns", std::int64_t{0}), output.value("sha256", std::string())});
  }
  for (const Json& asset : assets) item.sources.push_back(source_of(asset));
  // The second asset of a video is its cover.
  if (document.at("kind") == "video" && item.sources.size() > 1) item.sources.resize(1);
  item.name = document.value("item", std::string());
  return item;
}

}  // namespace

bool is_below(const fs::path& file, const fs::path& folder) {
  const fs::path below = file.lexically_relative(folder.lexically_normal());
  return !below.empty() && below.begin()->native() != ".." && below.native() != ".";
}

NotedItem read_noted_item(const fs::path& certificate, const fs::path& folder) {
  const auto text = read_text_file(certificate, kCertificateMaxBytes);
  const auto document = text ? parse_json_parts(*text, "certificate", is_needed) : fail(text.error());
  if (!document) return {};
  try {
    return noted_item(*document, folder);
  } catch (const Json::exception&) {
    return {};  // not one of ours: then nothing of it is ours either
  }
}

std::vector<NotedOutput> noted_outputs(const fs::path& certificate) {
  return read_noted_item(certificate, certificate.parent_path()).outputs;
}

bool is_as_noted(const NotedOutput& output, const RunContext& run) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(output.path, error))) return false;
  if (fs::file_size(output.path, error) != output.size_bytes || error) return false;
  if (modified_ns_of(output.path) == output.modified_ns) return true;
  const auto digest = sha256_of_file(output.path, run);
  return digest && *digest == output.sha256;
}

}  // namespace tokprep
