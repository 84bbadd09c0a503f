#include "pipeline/csv.h"

#include <fmt/format.h>

namespace tokprep {
namespace {

class RecordReader {
 public:
  RecordReader(ManifestBytes& bytes, char separator) : bytes_(bytes), separator_(separator) {}

  CsvRecord read() {
    record_.line = bytes_.line();
    do {
      std::string& cell = record_.cells.emplace_back();
      if (bytes_.peek() == '"') quoted(cell);
      else plain(cell);
    } while (record_.problem.empty() && bytes_.peek() == separator_ && bytes_.take() != ManifestBytes::kEnd);
    end_of_line();
    return std::move(record_);
  }

 private:
  [[nodiscard]] bool at_end_of_cell() {
    const int byte = bytes_.peek();
    return byte == ManifestBytes::kEnd || byte == separator_ || byte == '\n';
  }

  void plain(std::string& cell) {
    while (!at_end_of_cell() && room_for(1)) {
      if (bytes_.peek() == '"') return refuse("a quote inside a cell that does not begin with one");
      cell += static_cast<char>(bytes_.take());
    }
    if (bytes_.peek() != separator_ && cell.ends_with('\r')) cell.pop_back();
  }

  void quoted(std::string& cell) {
    const std::size_t begin = bytes_.line();
    bytes_.take();
    while (room_for(1)) {
      const int byte = bytes_.take();
      if (byte == ManifestBytes::kEnd) {
        return refuse(fmt::format("the quote opened in line {} is never closed", begin));
      }
      if (byte == '"' && bytes_.peek() != '"') break;
      if (byte == '"') bytes_.take();
      cell += static_cast<char>(byte);
    }
    if (bytes_.peek() == '\r') bytes_.take();
    if (record_.problem.empty() && !at_end_of_cell())
      refuse("something stands between a closing quote and the separator");
  }

  bool room_for(std::size_t count) {
    size_ += count;
    if (size_ > kCsvRecordMaxBytes) refuse(fmt::format("longer than {} bytes", kCsvRecordMaxBytes));
    return size_ <= kCsvRecordMaxBytes;
  }

  void refuse(std::string why) { record_.problem = std::move(why); }

  void end_of_line() {
    bool cut = false;
    (void)bytes_.take_line(0, cut);
  }

  ManifestBytes& bytes_;
  char separator_;
  CsvRecord record_;
  std::size_t size_ = 0;
};

}  // namespace

std::optional<CsvRecord> read_csv_record(ManifestBytes& bytes, char separator) {
  while (bytes.peek() == '\n' || bytes.peek() == '\r') bytes.take();
  if (bytes.peek() == ManifestBytes::kEnd) return std::nullopt;
  return RecordReader(bytes, separator).read();
}

}  // namespace tokprep
