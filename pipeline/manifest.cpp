#include "pipeline/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/json_depth.h"
#include "base/text.h"
#include "pipeline/csv.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNotUtf8 = "not UTF-8; save it as UTF-8";
constexpr std::size_t kLineMaxBytes = std::size_t{1} << 20;

std::optional<bool> csv_by_name(const fs::path& file) {
  const std::string extension = to_lower(file.extension().native());
  if (extension == ".csv" || extension == ".tsv") return true;
  if (extension == ".jsonl" || extension == ".ndjson" || extension == ".json") return false;
  return std::nullopt;
}

void skip_byte_order_mark(ManifestBytes& bytes) {
  for (const int byte : {0xEF, 0xBB, 0xBF}) {
    if (bytes.peek() == byte) bytes.take();
  }
}

void skip_space(ManifestBytes& bytes) {
  while (bytes.peek() == ' ' || bytes.peek() == '\t' || bytes.peek() == '\r' || bytes.peek() == '\n') bytes.take();
}

/// The one of comma, semicolon and tabulator that parts the cells of the header.
char separator_of(const std::string& header) {
  for (const char separator : {',', ';', '\t'}) {
    if (header.find(separator) != std::string::npos) return separator;
  }
  return ',';
}

/// Bare separators, as spreadsheets leave them below a table.
bool is_blank(const CsvRecord& record) {
  return record.problem.empty() && std::ranges::all_of(record.cells, &std::string::empty);
}

/// The object in one line. Error: what is wrong with it; `column` where.
Result<Json> parse_line(const std::string& text, std::size_t& column) {
  std::set<std::string> keys;
  std::string twice;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  if (!is_utf8(text)) return fail(ErrorCode::kInvalidArgument, std::string(kNotUtf8));
  if (is_nested_too_deep(text)) {
    return fail(ErrorCode::kInvalidArgument, "lists and objects in each other, far too deep");
  }
  try {
    Json json = Json::parse(text, watch);
    column = 1;
    if (!json.is_object()) return fail(ErrorCode::kInvalidArgument, "must be an object in braces");
    if (!twice.empty()) return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is given twice", twice));
    return json;
  } catch (const Json::parse_error& error) {
    column = std::max<std::size_t>(error.byte, 1);
    return fail(ErrorCode::kInvalidArgument, "not valid JSON");
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("not usable JSON: {}", error.what()));
  }
}

}  // namespace

Error manifest_error(std::string_view file, std::size_t line, std::size_t column, std::string_view why) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.file = std::string(file);
  error.message =
      fmt::format("{}, line {}{}: {}", file, line, column == 0 ? "" : fmt::format(", column {}", column), why);
  return error;
}

std::size_t ManifestRecord::column_of(const std::string& key) const {
  const std::size_t at = text.find(to_line(key));
  return at == std::string::npos ? 0 : at + 1;
}

Result<ManifestReader> ManifestReader::open(const fs::path& file, std::stop_token stop) {
  TOKPREP_ASSIGN(ManifestBytes bytes, ManifestBytes::open(file, std::move(stop)));
  ManifestReader reader(file == "-" ? "stdin" : text_of_name(file.native()), std::move(bytes));
  skip_byte_order_mark(reader.bytes_);
  skip_space(reader.bytes_);
  TOKPREP_TRY(reader.bytes_.status());
  const int first = reader.bytes_.peek();
  reader.is_csv_ = csv_by_name(file).value_or(first != '{' && first != '[');
  if (reader.is_csv_) {
    TOKPREP_TRY(reader.read_header());
  } else if (first == '[') {
    Error error = manifest_error(reader.name_, reader.bytes_.line(), 1, "an array; a manifest is one object a line");
    error.fix = "jq -c '.[]' makes lines of it";
    return fail(std::move(error));
  }
  return reader;
}

Status ManifestReader::read_header() {
  const std::size_t line = bytes_.line();
  const auto refuse = [&](std::string_view why) -> Status { return fail(manifest_error(name_, line, 0, why)); };
  bool cut = false;
  std::string header = bytes_.take_line(kCsvRecordMaxBytes, cut);
  if (cut) return refuse("a header far too long");
  if (!is_utf8(header)) return refuse(kNotUtf8);
  separator_ = separator_of(header);
  ManifestBytes names = ManifestBytes::of(std::move(header));
  if (auto record = read_csv_record(names, separator_)) {
    if (!record->problem.empty()) return refuse(record->problem);
    columns_ = std::move(record->cells);
  }
  if (columns_.empty()) return refuse("no header; the first line names the columns, such as media,caption");
  for (auto column = columns_.begin(); column != columns_.end(); ++column) {
    if (column->empty()) return refuse("a column without a name");
    if (std::find(columns_.begin(), column, *column) != column) return refuse(fmt::format("two columns '{}'", *column));
  }
  return {};
}

Result<std::optional<ManifestRecord>> ManifestReader::next() {
  auto record = is_csv_ ? next_csv() : next_line();
  TOKPREP_TRY(bytes_.status());
  return record;
}

std::optional<ManifestRecord> ManifestReader::next_line() {
  skip_space(bytes_);
  if (bytes_.peek() == ManifestBytes::kEnd) return std::nullopt;
  ManifestRecord record;
  record.line = bytes_.line();
  bool cut = false;
  record.text = bytes_.take_line(kLineMaxBytes, cut);
  if (cut) {
    record.error = manifest_error(name_, record.line, 0, fmt::format("longer than {} bytes", kLineMaxBytes));
    return record;
  }
  std::size_t column = 0;
  auto values = parse_line(record.text, column);
  if (values) record.values = std::move(*values);
  else record.error = manifest_error(name_, record.line, column, values.error().message);
  return record;
}

std::optional<ManifestRecord> ManifestReader::next_csv() {
  auto read = read_csv_record(bytes_, separator_);
  while (read && is_blank(*read)) read = read_csv_record(bytes_, separator_);
  if (!read) return std::nullopt;
  ManifestRecord record;
  record.is_csv = true;
  record.line = read->line;
  std::string problem = std::move(read->problem);
  if (problem.empty() && read->cells.size() != columns_.size()) {
    problem = fmt::format("{} cells, and the header has {}", read->cells.size(), columns_.size());
  }
  for (std::size_t i = 0; problem.empty() && i < columns_.size(); ++i) {
    if (!is_utf8(read->cells[i])) problem = fmt::format("{}: {}", columns_[i], kNotUtf8);
    else if (!read->cells[i].empty()) record.values[columns_[i]] = std::move(read->cells[i]);
  }
  if (!problem.empty()) record.error = manifest_error(name_, record.line, 0, problem);
  return record;
}

}  // namespace tokprep
