#pragma once

#include <string_view>

namespace tokprep {

/// True where lists and objects lie in each other more than 64 deep. No document that we read comes near; one that does
/// is made to do harm: copying, comparing and writing its JSON all recurse. Looked at before parsing; texts that are
/// not JSON get some answer.
bool is_nested_too_deep(std::string_view text);

}  // namespace tokprep
