#include "pipeline/cli/manifest_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.h"
#include "pipeline/cli/post_settings.h"

namespace tokprep::cli {
namespace {

using Use = ManifestKey::Use;

std::vector<ManifestKey> all_keys() {
  std::vector<ManifestKey> keys = {{"media", Use::kMedia}, {"cover", Use::kCover}, {"output", Use::kOutput}};
  for (const ConvertField& field : convert_fields()) {
    keys.push_back({std::string(field.key), Use::kConvert, &field, nullptr});
  }
  const auto add_post = [&](std::string name, const PostField& field) {
    if (std::ranges::find(keys, name, &ManifestKey::name) == keys.end()) {
      keys.push_back({std::move(name), Use::kPost, nullptr, &field});
    }
  };
  for (const PostField* field : shared_post_fields()) add_post(key_of(*field), *field);
  keys.push_back({std::string(kValidateKey), Use::kValidate});
  for (const PostField& field : kPostFields) {
    if (field.place == FieldPlace::kBody) add_post(std::string(field.name), field);
    else add_post(fmt::format("{}.{}", name_of(field.place), field.name), field);
  }
  for (const FieldPlace place : {FieldPlace::kTikTokOptions, FieldPlace::kFirstComment}) {
    keys.push_back({std::string(name_of(place)), Use::kObject});
  }
  return keys;
}

using KeysByName = std::map<std::string, const ManifestKey*, std::less<>>;

const KeysByName& keys_by_name() {
  static const KeysByName by_name = [] {
    KeysByName all;
    for (const ManifestKey& key : manifest_keys()) all.emplace(key.name, &key);
    return all;
  }();
  return by_name;
}

}  // namespace

const std::vector<ManifestKey>& manifest_keys() {
  static const std::vector<ManifestKey> keys = all_keys();
  return keys;
}

Result<const ManifestKey*> find_manifest_key(std::string_view name) {
  const KeysByName& keys = keys_by_name();
  if (const auto found = keys.find(name); found != keys.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, key] : keys) names.emplace_back(known);
  const auto near = nearest(name, names);
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown option '{}'{}", name, near ? fmt::format("; did you mean '{}'?", *near) : ""));
}

}  // namespace tokprep::cli
