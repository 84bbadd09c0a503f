#pragma once

#include <filesystem>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// SHA-256 of a file as 64 lower-case hex digits, read in constant memory.
/// Errors: kInputUnreadable, kIo, kCancelled.
Result<std::string> sha256_of_file(const std::filesystem::path& path, const RunContext& run);
Result<std::string> sha256_of_file(const FileDescriptor& file, const std::filesystem::path& name,
                                   const RunContext& run);

/// SHA-256 of bytes in memory, as 64 lower-case hex digits.
std::string sha256_of(std::string_view bytes);

}  // namespace tokprep
