#pragma once

#include <cstddef>
#include <functional>

#include "pipeline/prepare_parts.h"

namespace tokprep {

/// Does the parts 0 … count-1 of one item: beside each other where the run has workers to spare, each call with the
/// tools it is to use. Returns when all are done. `work` is called from several threads at once and keeps its results
/// by the part's number.
void for_each_beside(std::size_t count, const PrepareTools& tools,
                     const std::function<void(std::size_t part, const PrepareTools& tools)>& work);

}  // namespace tokprep
