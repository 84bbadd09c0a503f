#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codecs/media_info.h"

namespace tokprep {

/// One file of an item as it was sent.
struct SentFile {
  std::string path;
  MediaInfo facts;
};

/// What is known of an item beside the service's words: where the measured values of an explanation come from.
struct ItemEvidence {
  std::vector<SentFile> files;         ///< media in order, without the cover
  std::optional<std::string> caption;  ///< as it was posted
  std::string certificate;             ///< that the facts were read from; empty where none was found
  std::string made;                    ///< when that was written, ISO 8601
};

/// The facts after conversion that a certificate holds. Errors: kInputUnreadable, kInvalidArgument (not one of ours).
Result<ItemEvidence> read_evidence(const std::filesystem::path& certificate);

}  // namespace tokprep
