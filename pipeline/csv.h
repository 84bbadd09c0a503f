#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/manifest_bytes.h"

namespace tokprep {

/// One record of comma-separated values.
struct CsvRecord {
  std::size_t line = 0;  ///< where it begins, from 1
  std::vector<std::string> cells;
  std::string problem;  ///< why it cannot be used, with the line; empty if it can
};

/// The longest record that is read.
inline constexpr std::size_t kCsvRecordMaxBytes = std::size_t{1} << 20;

/// Reads the next record as RFC 4180 has it: cells in double quotes may hold separators, line breaks and, doubled, the
/// quote itself; records end with LF or CRLF. Empty lines are passed over. A record with a fault ends with its line, so
/// that the next one is read as it should be. Nothing at the end of the bytes.
std::optional<CsvRecord> read_csv_record(ManifestBytes& bytes, char separator);

}  // namespace tokprep
