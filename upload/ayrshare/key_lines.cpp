#include "upload/ayrshare/key_lines.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

#include "base/json.h"

namespace tokprep {
namespace {

/// Hands the parser one character at a time and counts the newlines it took. The parser never reads past the
/// closing quote of a key before it reports the key.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, int* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  int* line_;
};

/// Follows the parser through objects and arrays and notes the line of each key.
class KeyRecorder final : public Json::json_sax_t {
 public:
  explicit KeyRecorder(const int& line) : line_(line) {}

  KeyLines lines;
  std::optional<std::string> repeated;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

  bool start_object(std::size_t) override { return enter(false); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(true); }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    key_ = name;
    const bool is_new = lines.emplace(frames_.back().path + name, line_).second;
    if (!is_new) repeated = name;
    return is_new;
  }

 private:
  struct Frame {
    std::string path;
    bool is_array = false;
    int elements = 0;
  };

  bool enter(bool is_array) {
    std::string path;
    if (!frames_.empty()) {
      Frame& outer = frames_.back();
      path = outer.path + (outer.is_array ? std::to_string(outer.elements++) : key_) + "/";
    }
    frames_.push_back({std::move(path), is_array, 0});
    return true;
  }
  bool leave() {
    frames_.pop_back();
    return true;
  }

  const int& line_;
  std::string key_;
  std::vector<Frame> frames_;
};

}  // namespace

Result<KeyLines> lines_of_keys(std::string_view text, std::string_view what) {
  TOKPREP_TRY(parse_json(text, what));  // says where a fault is
  int line = 1;
  KeyRecorder recorder(line);
  Json::sax_parse(CountingIterator(text.data(), &line), CountingIterator(text.data() + text.size(), &line), &recorder);
  if (recorder.repeated) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}, line {}: '{}' is given twice", what, line, *recorder.repeated));
  }
  return std::move(recorder.lines);
}

}  // namespace tokprep
