#include "pipeline/item_evidence.h"

#include <cstddef>
#include <utility>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "pipeline/noted_item.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// The facts of what was made of one source: an object, or a list where a video was split.
std::vector<MediaInfo> facts_of(const Json& asset) {
  const Json& after = asset.at("facts_after");
  if (after.is_array()) return after.get<std::vector<MediaInfo>>();
  return {after.get<MediaInfo>()};
}

ItemEvidence evidence_of(const Json& document, const fs::path& folder) {
  ItemEvidence evidence;
  evidence.made = document.at("made").get<std::string>();
  std::vector<std::string> media;
  for (const Json& output : document.at("outputs")) {
    if (output.at("role") == "media") media.push_back((folder / output.at("path").get<std::string>()).string());
  }
  // Assets stand in the order of their outputs; a cover of the user's own comes last.
  for (const Json& asset : document.at("assets")) {
    for (MediaInfo& facts : facts_of(asset)) {
      if (evidence.files.size() == media.size()) return evidence;
      evidence.files.push_back({media[evidence.files.size()], std::move(facts)});
    }
  }
  return evidence;
}

}  // namespace

Result<ItemEvidence> read_evidence(const fs::path& certificate) {
  TOKPREP_ASSIGN(const std::string text, read_text_file(certificate, kCertificateMaxBytes));
  TOKPREP_ASSIGN(const Json document, parse_json(text, certificate.string()));
  try {
    ItemEvidence evidence = evidence_of(document, certificate.parent_path());
    evidence.certificate = certificate.string();
    return evidence;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalidArgument, certificate.string() + " is no certificate of tokprep: " + error.what());
  }
}

}  // namespace tokprep
