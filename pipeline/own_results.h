#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/folder_scan.h"
#include "pipeline/noted_item.h"

namespace tokprep {

/// Marks what tokprep itself made in a folder: `beach.mp4` and `beach.cover.jpg` of `beach.mov`, wherever in the named
/// folder `-o` had them go. Such a file is neither an item (it would be posted once more) nor a sidecar.
///
/// It is one that a certificate among `entries`, or the folder's own beside it (`lookbook.tokprep.json`), names as an
/// output, still of the size it was made with; and a source of that certificate is there as well, inside `tree` and no
/// output itself: at the path that was noted, or by its name beside the certificate. Returns those whose source is at
/// neither place; it may lie elsewhere in the tree by now (`find_source`). So in a folder of outputs whose sources are
/// not in the tree nothing is marked, and neither is what outlived its source, nor what somebody put in an output's
/// place. A record that is damaged or not ours says nothing.
std::vector<UnplacedResult> mark_own_results(std::vector<FolderEntry>& entries, const std::filesystem::path& folder,
                                             const std::filesystem::path& tree);

/// Why a file that was made from `source` is left out.
std::string reason_of_own_result(const std::filesystem::path& source);

/// The one of `files` that is a source of `made`: by its size, and when it was last written to or else its digest. All
/// have the name of one. Null: none is.
const std::filesystem::path* find_source(const NotedItem& made, const std::vector<const std::filesystem::path*>& files,
                                         const RunContext& run);

/// `action(i)` for each i below `count`, several at a time where they are many: it is the disk that is waited for.
/// `action` throws nothing.
void for_each_aside(std::size_t count, const std::function<void(std::size_t)>& action);

}  // namespace tokprep
