#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codecs/media_info.h"

namespace tokprep {

/// What a file's name alone says in a folder of posts.
enum class NameRole {
  kPlain,     ///< media, or something of no use: its bytes tell
  kCaption,   ///< NAME.txt
  kOptions,   ///< NAME.post.json; post.json with an empty stem
  kCover,     ///< NAME.cover.png and the like
  kSettings,  ///< tokprep.toml
  kRecord,    ///< NAME.tokprep.json: what we noted of an output
  kHidden,
  kPartial  ///< a download or an output that is not complete
};

struct FileName {
  NameRole role = NameRole::kPlain;
  std::string stem;  ///< what ties a sidecar to its media: both have the same
};

FileName read_file_name(std::string_view name);

/// The kind of media a name's extension promises; nothing for other extensions.
std::optional<MediaKind> promised_kind(std::string_view name);

/// Why a file of this name makes no post although some decoder reads it: "sound without a picture", "a document";
/// empty for other names.
std::string_view reason_unfit(std::string_view name);

}  // namespace tokprep
