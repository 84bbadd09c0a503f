#pragma once

namespace tokprep {

/// The release, as in CMakeLists.txt.
inline constexpr const char* kVersion = TOKPREP_VERSION;

}  // namespace tokprep
