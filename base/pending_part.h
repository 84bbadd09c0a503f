#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"

namespace tokprep {

// What stands of a `PendingFile` before it has its name, for those who look for what a crash left.

/// Where the content of a pending `target` stands until it is committed.
std::filesystem::path part_of(const std::filesystem::path& target);

/// Calls `action` with the part of `target` where a crash left one, locked so that no process writes it meanwhile;
/// where there is none, not at all. The part stays. Errors: kIo while another process holds it; kOutputUnwritable.
Status with_left_over(const std::filesystem::path& target,
                      const std::function<void(const std::filesystem::path& part)>& action);

/// Removes the part of `target`, and the link beside it, where no process holds it. Waits for nobody.
void remove_unheld(const std::filesystem::path& target);

}  // namespace tokprep
