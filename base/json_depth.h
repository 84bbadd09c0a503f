#pragma once

#include <cstddef>
#include <string_view>

namespace tokprep {

/// How deep lists and objects may lie in each other. No document that we read comes near; one that does is made to do
/// harm: copying, comparing and writing its JSON all recurse.
inline constexpr std::size_t kJsonDeepest = 64;

/// True where they lie deeper. Looked at before parsing; texts that are not JSON get some answer.
bool is_nested_too_deep(std::string_view text);

}  // namespace tokprep
