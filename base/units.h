#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tokprep {

/// "20MB" = 20,000,000; "20MiB" = 20,971,520; "512" = 512 bytes. Units: B kB MB GB KiB MiB GiB, any case.
Result<std::uint64_t> parse_size_bytes(std::string_view text);

/// "1500ms", "1.5s", "2min", "1h"; a bare number is milliseconds.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "19.8 MB" (powers of ten, three significant digits); "812 B" below 1000.
std::string format_size(std::uint64_t size_bytes);

/// "12.5 s", "2 min 05 s", "1 h 02 min".
std::string format_duration(std::chrono::microseconds duration);

/// At most three decimals, no trailing zeros, never in exponent form: "8.25", "60", "59.94".
std::string format_number(double value);

}  // namespace tokprep
