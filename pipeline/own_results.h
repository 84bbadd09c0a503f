#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

#include "pipeline/folder_scan.h"

namespace tokprep {

/// Marks what tokprep itself made in a folder of that folder's own files, as `-o` had it: `beach.mp4` and
/// `beach.cover.jpg` beside `beach.mov`. Such a file is neither an item (it would be posted once more) nor a sidecar.
///
/// It is one that a certificate among `entries`, or the folder's own beside it (`lookbook.tokprep.json`), names as an
/// output, still of the size it was made with; and a source of that certificate, told by its name, is there as well,
/// inside `tree`, and no output itself. So in a folder of outputs whose sources lie elsewhere nothing is marked, and
/// neither is what outlived its source, nor what somebody put in an output's place. A record that is damaged or not
/// ours says nothing.
void mark_own_results(std::vector<FolderEntry>& entries, const std::filesystem::path& folder,
                      const std::filesystem::path& tree);

/// `action(i)` for each i below `count`, several at a time where they are many: it is the disk that is waited for.
/// `action` throws nothing.
void for_each_aside(std::size_t count, const std::function<void(std::size_t)>& action);

}  // namespace tokprep
