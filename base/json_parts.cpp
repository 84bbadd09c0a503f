#include "base/json_parts.h"

#include <utility>
#include <vector>

#include "base/json_depth.h"

namespace tokprep {
namespace {

/// Builds what is wanted from the events of nlohmann's parser; false ends the parsing.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const MemberChoice& wanted) : wanted_(wanted) {}

  Json take() && { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& value) override { return add(std::move(value)); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }

  bool end_array() override {
    if (unwanted_depth_ > 0) --unwanted_depth_;
    else open_.pop_back();
    return true;
  }

  bool start_object(std::size_t /*elements*/) override {
    if (!open(Json::object())) return false;
    if (unwanted_depth_ == 0) keys_.emplace_back();
    return true;
  }

  bool end_object() override {
    if (unwanted_depth_ == 0) keys_.pop_back();
    return end_array();
  }

  bool key(string_t& name) override {
    if (unwanted_depth_ > 0) return true;
    keys_.back() = std::move(name);
    is_next_unwanted_ = !wanted_(keys_);
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const Json::exception& /*error*/) override {
    return false;
  }

 private:
  /// Of the value that begins here.
  bool is_wanted() { return unwanted_depth_ == 0 && !std::exchange(is_next_unwanted_, false); }

  /// The value in its place.
  Json* placed(Json value) {
    if (open_.empty()) return &(root_ = std::move(value));
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[keys_.back()] = std::move(value));
    return &parent.emplace_back(std::move(value));
  }

  template <class Value>
  bool add(Value&& value) {
    if (is_wanted()) placed(std::forward<Value>(value));
    return true;
  }

  bool open(Json empty) {
    if (open_.size() + unwanted_depth_ >= kJsonDeepest) return false;
    if (is_wanted()) open_.push_back(placed(std::move(empty)));
    else ++unwanted_depth_;
    return true;
  }

  const MemberChoice& wanted_;
  Json root_;
  std::vector<Json*> open_;         // containers that are being filled; a list grows only while nothing in it is open
  std::vector<std::string> keys_;   // of the objects among them, the key that was read last
  std::size_t unwanted_depth_ = 0;  // of containers that are read over
  bool is_next_unwanted_ = false;
};

}  // namespace

Result<Json> parse_json_parts(std::string_view text, std::string_view what, const MemberChoice& wanted) {
  Builder builder(wanted);
  if (Json::sax_parse(text, &builder)) return std::move(builder).take();
  TOKPREP_TRY(parse_json(text, what));  // which knows how to tell of it
  return fail(ErrorCode::kInvalidArgument, std::string(what) + ": not valid JSON");
}

}  // namespace tokprep
