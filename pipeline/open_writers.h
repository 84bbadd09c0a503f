#pragma once

#include "base/file_descriptor.h"

namespace tokprep {

/// True where some process of this machine is known to have the file open for writing; false where none has, or that
/// cannot be told: of other users' files, and on file systems that keep no account of it.
bool is_open_for_writing(const FileDescriptor& file);

}  // namespace tokprep
