#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "pipeline/cli/convert_settings.h"
#include "upload/ayrshare/post_fields.h"

namespace tokprep::cli {

/// What an item of a manifest may say, by one name.
struct ManifestKey {
  enum class Use {
    kMedia,     ///< "media": a path, or several for a photo post
    kCover,     ///< "cover": a path
    kOutput,    ///< "output": where below the output folder its results go, without an extension
    kConvert,   ///< a conversion option by its name in tokprep.toml
    kPost,      ///< an option of the post by its name in tokprep.toml, or by the service's, as in post.json
    kValidate,  ///< "validate": whether the service is asked first
    kObject     ///< "tikTokOptions", "firstComment": an object as in post.json; JSON alone
  };
  std::string name;
  Use use = Use::kMedia;
  const ConvertField* convert = nullptr;  ///< with kConvert
  const PostField* post = nullptr;        ///< with kPost
};

/// Every key there is: the table behind reading a manifest and behind its JSON Schema. CSV has "tikTokOptions.NAME" in
/// place of the objects.
const std::vector<ManifestKey>& manifest_keys();

/// Error: a sentence that names the nearest.
Result<const ManifestKey*> find_manifest_key(std::string_view name);

}  // namespace tokprep::cli
