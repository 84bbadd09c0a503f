#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "pipeline/manifest_bytes.h"

namespace tokprep {

/// One item of a manifest as it stands there: a line of JSON, or a record of CSV. What its keys mean is for the caller.
struct ManifestRecord {
  std::size_t line = 0;          ///< where it begins, from 1
  Json values = Json::object();  ///< of CSV: the cells that are not empty, each a text, by the names in the header
  bool is_csv = false;
  std::string text;            ///< the line of JSON
  std::optional<Error> error;  ///< it cannot be read: kInvalidArgument, with file, line and, for JSON, column

  /// Where the key stands in the line of JSON, from 1; 0 where that is not known.
  [[nodiscard]] std::size_t column_of(const std::string& key) const;
};

/// Reads a manifest item by item, in constant memory.
///
/// JSON lines (https://jsonlines.org): one object a line, empty lines passed over. CSV (RFC 4180): the first record
/// names the columns; the separator is the comma, or the semicolon or tabulator where the first line has that and no
/// comma. Which of the two it is says the name (.csv, .tsv; .jsonl, .ndjson, .json), else the first byte: a brace is
/// JSON. UTF-8, with or without a byte order mark. One thread.
class ManifestReader {
 public:
  /// "-" is stdin; a FIFO is read like it. Errors: kInputUnreadable; kInvalidArgument (an array in place of lines; a
  /// header that cannot be read, is empty, or names a column twice); kCancelled.
  static Result<ManifestReader> open(const std::filesystem::path& file, std::stop_token stop);

  /// Nothing at the end. One that cannot be read is a record with an error: the next is read all the same.
  /// Errors: kIo, kCancelled.
  Result<std::optional<ManifestRecord>> next();

  /// The header of CSV.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }

 private:
  ManifestReader(std::string name, ManifestBytes bytes) : name_(std::move(name)), bytes_(std::move(bytes)) {}
  Status read_header();
  std::optional<ManifestRecord> next_line();
  std::optional<ManifestRecord> next_csv();

  std::string name_;
  ManifestBytes bytes_;
  bool is_csv_ = false;
  char separator_ = ',';
  std::vector<std::string> columns_;
};

/// An error about one place of a manifest: "posts.jsonl, line 12, column 7: …"; `column` 0: not known.
Error manifest_error(std::string_view file, std::size_t line, std::size_t column, std::string_view why);

}  // namespace tokprep
