#include "tests/faults/kill_state.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/run_context.h"
#include "tests/faults/kill_stock.h"
#include "tests/faults/lines.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;

bool is_certificate(const std::string& name) { return name.ends_with(".tokprep.json"); }

Status read_files(const fs::path& out, KillState& state) {
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(out, missing)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = fs::relative(entry.path(), out);
    if (is_certificate(name)) {
      state.certificates[name] = Json::parse(text_of(entry.path()), nullptr, false);
      continue;
    }
    TOKPREP_ASSIGN(state.files[name], sha256_of_file(entry.path(), RunContext{}));
  }
  return {};
}

void measure_encoded(const fs::path& out, KillState& state) {
  for (const auto& [name, document] : state.certificates) {
    if (!document.is_object() || document["plan"].value("video", "") != "encode") continue;
    for (const Json& output : document["outputs"]) {
      const std::string file = (fs::path(name).parent_path() / output.value("path", "")).string();
      if (output["role"] == "media") state.facts[file] = facts_of(out / file);
    }
  }
}

std::vector<std::string> names_of(const Json& digests, const KillState& state) {
  std::vector<std::string> names;
  for (const Json& digest : digests) {
    std::string found = "?";
    for (const auto& [name, sha256] : state.files) {
      if (sha256 == digest) found = name;
    }
    names.push_back(found);
  }
  return names;
}

}  // namespace

Result<KillState> look_at(const fs::path& out, const Json& accepted, const std::vector<Json>& rows) {
  KillState state;
  TOKPREP_TRY(read_files(out, state));
  measure_encoded(out, state);
  for (const Json& post : accepted) state.posts[post["caption"]].push_back(names_of(post["media_sha256"], state));
  for (const Json& row : rows) state.ledger[fs::path(row.value("item", "")).filename()].push_back(row);
  return state;
}

std::string difference_of(const std::string& file, const KillState& state, const KillState& undisturbed,
                          const fs::path& out) {
  const auto expected = undisturbed.files.find(file);
  if (expected == undisturbed.files.end()) return "an undisturbed run leaves no such file";
  if (state.files.at(file) == expected->second) return "";
  const auto facts = undisturbed.facts.find(file);
  if (facts == undisturbed.facts.end()) return "its bytes are not those of an undisturbed run";
  const std::string found = facts_of(out / file);
  if (found == facts->second) return "";
  return fmt::format("it is {}, and of an undisturbed run {}", found.empty() ? "unreadable" : found, facts->second);
}

std::vector<std::string> misfits_of(const std::string& certificate, const KillState& state,
                                    const KillState& undisturbed) {
  const Json& document = state.certificates.at(certificate);
  const auto expected = undisturbed.certificates.find(certificate);
  if (expected == undisturbed.certificates.end()) return {"an undisturbed run leaves no such certificate"};
  if (!document.is_object()) return {"it is no JSON"};
  std::vector<std::string> misfits;
  for (const char* part : {"plan", "kind", "summary", "settings", "duration_us"}) {
    if (document.value(part, Json()) != expected->second.value(part, Json())) {
      misfits.push_back(fmt::format("its {} is not that of an undisturbed run", part));
    }
  }
  const Json outputs = document.value("outputs", Json::array());
  if (outputs.size() != expected->second["outputs"].size()) misfits.push_back("it does not name all outputs");
  for (const Json& output : outputs) {
    const std::string file = (fs::path(certificate).parent_path() / output.value("path", "")).string();
    const auto found = state.files.find(file);
    if (found == state.files.end()) misfits.push_back(file + " is not there");
    else if (output["sha256"] != found->second) misfits.push_back(file + " has other bytes than it says");
  }
  return misfits;
}

}  // namespace tokprep::faults
