#pragma once

#include <filesystem>

namespace tokprep {

/// Whether the disk that holds `place` is full, or was a moment ago: what did not fit was cut or removed meanwhile, and
/// others make room. False where it cannot be told.
bool has_little_room(const std::filesystem::path& place);

}  // namespace tokprep
