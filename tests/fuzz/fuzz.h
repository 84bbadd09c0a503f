#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/support/temp_folder.h"

/// What every target defines: one input, any bytes at all. libFuzzer calls it, or replay.cpp. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tokprep::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};  // NOLINT: bytes are text here
}

/// What must hold whatever the input; a breach is a finding like a crash.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// A file that holds the input, for parsers that open theirs. One of each name for the process.
inline std::string file_of(std::string_view bytes, const std::string& name = "input") {
  static const test::TempFolder folder;
  return folder.file(name, bytes).string();
}

}  // namespace tokprep::fuzz
