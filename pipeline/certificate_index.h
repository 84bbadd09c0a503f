#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "pipeline/item_evidence.h"

namespace tokprep {

/// Notes in the state folder where the certificate of an item was written, so that a later run can tell what was
/// measured of it, wherever the outputs went. `item` is an item's name; it is taken from the current folder where it is
/// relative. Replaces what was noted before. Errors: those of a write.
Status remember_certificate(const std::filesystem::path& state, const std::string& item,
                            const std::filesystem::path& certificate);

/// What is known of an item that was prepared for a post before: the facts in its certificate, and `caption`. No
/// certificate, or one that cannot be read any more, leaves the facts empty.
ItemEvidence find_evidence(const std::filesystem::path& state, const std::string& item,
                           std::optional<std::string> caption = std::nullopt);

}  // namespace tokprep
