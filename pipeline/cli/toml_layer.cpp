#include "pipeline/cli/toml_layer.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/text.h"
#include "base/units.h"
#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/transport_values.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

/// A key some table may hold, and what is done with its value.
struct KnownKey {
  std::string name;
  bool is_text = false;  ///< the value must be a string; otherwise numbers and booleans are read like one
  std::function<Status(std::string_view)> set;
};

tl::unexpected<Error> refuse_at(const fs::path& file, const toml::source_region& at, std::string_view what) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.file = file.string();
  error.message = fmt::format("{}:{}: {}", file.string(), at.begin.line, what);
  return fail(std::move(error));
}

class Layer {
 public:
  Layer(fs::path file, TomlOwner owner) : file_(std::move(file)), owner_(owner) {}

  Result<SettingsLayer> read(const toml::table& top) {
    std::vector<KnownKey> known = owner_ == TomlOwner::kUser ? top_keys() : std::vector<KnownKey>();
    known.push_back({"convert", false, {}});
    known.push_back({"post", false, {}});
    for (const auto& [key, value] : top) {
      const bool is_section = key.str() == "convert" || key.str() == "post";
      if (!is_section) {
        TOKPREP_TRY(read_one(key, value, known, ""));
        continue;
      }
      if (!value.is_table()) return refuse(key.source(), fmt::format("[{}] must be a table", key.str()));
      TOKPREP_TRY(read_section(*value.as_table(), key.str()));
    }
    return std::move(layer_);
  }

 private:
  Status read_section(const toml::table& section, std::string_view name) {
    const std::vector<KnownKey> known = name == "convert" ? convert_keys() : post_keys();
    for (const auto& [key, value] : section) TOKPREP_TRY(read_one(key, value, known, name));
    return {};
  }

  Status read_one(const toml::key& key, const toml::node& value, const std::vector<KnownKey>& known,
                  std::string_view section) {
    const std::string where = section.empty() ? "" : fmt::format(" in [{}]", section);
    const auto found = std::ranges::find(known, key.str(), &KnownKey::name);
    if (found == known.end()) {
      if (owner_ == TomlOwner::kFolder && is_top_key(key.str())) {
        return refuse(key.source(),
                      fmt::format("'{}' belongs into your own config.toml, not into a folder's file", key.str()));
      }
      std::vector<std::string_view> names;
      for (const KnownKey& one : known) names.emplace_back(one.name);
      const auto near = nearest(key.str(), names);
      return refuse(key.source(), fmt::format("unknown key '{}'{}{}", key.str(), where,
                                              near ? fmt::format("; did you mean '{}'?", *near) : ""));
    }
    const auto text = text_of(value, found->is_text);
    if (!text) {
      return refuse(value.source(), fmt::format("{}{} must be {}", key.str(), where,
                                                found->is_text ? "a string" : "a string, a number, true or false"));
    }
    if (Status set = found->set(*text); !set) {
      return refuse(value.source(), fmt::format("{}{}: {}", key.str(), where, set.error().message));
    }
    return {};
  }

  static std::optional<std::string> text_of(const toml::node& value, bool must_be_string) {
    if (const auto* text = value.as_string()) return text->get();
    if (must_be_string) return std::nullopt;
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (const auto* number = value.as_floating_point()) return format_number(number->get());
    if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
    return std::nullopt;
  }

  static Status take(std::optional<std::string>& member, std::string_view text) {
    if (text.empty()) return fail(ErrorCode::kInvalidArgument, "it is empty");
    member = std::string(text);
    return {};
  }

  std::vector<KnownKey> top_keys() {
    std::vector<KnownKey> keys = {
        {"api_url", true,
         [this](std::string_view text) -> Status {
           layer_.api_url = std::string(text);
           return {};
         }},
        {"jobs", false,
         [this](std::string_view text) -> Status {
           TOKPREP_ASSIGN(layer_.jobs, parse_jobs(text));
           return {};
         }},
        {"rules", true,
         [this](std::string_view text) -> Status {
           layer_.rules = file_.parent_path() / fs::path(std::string(text));
           return {};
         }},
        {"limit_rate", false, [this](std::string_view text) { return set_limit_rate(layer_, text); }},
        {"proxy", true, [this](std::string_view text) { return set_proxy(layer_, text); }},
        {"ca_file", true,
         [this](std::string_view text) {
           return set_ca_file(layer_, (file_.parent_path() / fs::path(std::string(text))).string());
         }},
        {"api_key_command", true, [this](std::string_view text) { return take(layer_.api_key_command, text); }},
        {"profile_key_command", true, [this](std::string_view text) { return take(layer_.profile_key_command, text); }},
    };
    for (const WorkerField& field : worker_fields()) {
      keys.push_back({std::string(field.key), false,
                      [this, &field](std::string_view text) { return field.set(layer_.worker, text); }});
    }
    return keys;
  }

  bool is_top_key(std::string_view name) {
    return std::ranges::any_of(top_keys(), [&](const KnownKey& key) { return key.name == name; });
  }

  std::vector<KnownKey> convert_keys() {
    std::vector<KnownKey> keys;
    for (const ConvertField& field : convert_fields()) {
      keys.push_back({std::string(field.key), false,
                      [this, &field](std::string_view text) { return field.set(layer_.convert, text); }});
    }
    return keys;
  }

  std::vector<KnownKey> post_keys() {
    std::vector<KnownKey> keys;
    for (const PostField* field : shared_post_fields()) {
      keys.push_back({key_of(*field), value_of(*field) == "TEXT",
                      [this, field](std::string_view text) { return set(layer_.post, *field, text); }});
    }
    keys.push_back({std::string(kValidateKey), false, [this](std::string_view text) -> Status {
                      TOKPREP_ASSIGN(layer_.validate, parse_bool(text));
                      return {};
                    }});
    return keys;
  }

  [[nodiscard]] tl::unexpected<Error> refuse(const toml::source_region& at, std::string_view what) const {
    return refuse_at(file_, at, what);
  }

  fs::path file_;
  TomlOwner owner_;
  SettingsLayer layer_;
};

}  // namespace

Result<SettingsLayer> parse_toml_layer(std::string_view text, const fs::path& file, TomlOwner owner) {
  try {
    return Layer(file, owner).read(toml::parse(text, file.string()));
  } catch (const toml::parse_error& error) {
    return refuse_at(file, error.source(), error.description());
  }
}

Result<SettingsLayer> read_toml_layer(const fs::path& file, TomlOwner owner) {
  TOKPREP_ASSIGN(const std::string text, read_text_file(file));
  return parse_toml_layer(text, file, owner);
}

}  // namespace tokprep::cli
