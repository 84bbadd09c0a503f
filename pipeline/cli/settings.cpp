#include "pipeline/cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/text.h"
#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/toml_layer.h"
#include "pipeline/cli/transport_values.h"
#include "pipeline/cli/values.h"
#include "pipeline/too_many.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kServiceUrl = "https://api.ayrshare.com/api";

std::string variable_of(std::string_view key) {
  std::string name = "TOKPREP_" + std::string(key);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

Result<SettingsLayer> environment_layer(const Environment& environment) {
  SettingsLayer layer;
  const auto read = [&](const std::string& name, auto&& take) -> Status {
    const auto text = environment(name);
    if (!text || text->empty()) return {};
    if (Status taken = take(*text); !taken) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", name, taken.error().message));
    }
    return {};
  };
  for (const ConvertField& field : convert_fields()) {
    TOKPREP_TRY(read(variable_of(field.key), [&](const std::string& text) { return field.set(layer.convert, text); }));
  }
  for (const PostField* field : shared_post_fields()) {
    TOKPREP_TRY(
        read(variable_of(key_of(*field)), [&](const std::string& text) { return set(layer.post, *field, text); }));
  }
  TOKPREP_TRY(read(variable_of(kValidateKey), [&](const std::string& text) -> Status {
    TOKPREP_ASSIGN(layer.validate, parse_bool(text));
    return {};
  }));
  for (const WorkerField& field : worker_fields()) {
    TOKPREP_TRY(read(variable_of(field.key), [&](const std::string& text) { return field.set(layer.worker, text); }));
  }
  TOKPREP_TRY(read("TOKPREP_JOBS", [&](const std::string& text) -> Status {
    TOKPREP_ASSIGN(layer.jobs, parse_jobs(text));
    return {};
  }));
  TOKPREP_TRY(read("TOKPREP_API_URL", [&](const std::string& text) -> Status {
    layer.api_url = text;
    return {};
  }));
  TOKPREP_TRY(read("TOKPREP_RULES", [&](const std::string& text) -> Status {
    layer.rules = text;
    return {};
  }));
  TOKPREP_TRY(read("TOKPREP_LIMIT_RATE", [&](const std::string& text) { return set_limit_rate(layer, text); }));
  TOKPREP_TRY(read("TOKPREP_PROXY", [&](const std::string& text) { return set_proxy(layer, text); }));
  TOKPREP_TRY(read("TOKPREP_CA_FILE", [&](const std::string& text) { return set_ca_file(layer, text); }));
  return layer;
}

/// --config, else config.toml where XDG says; a default file need not exist.
Result<SettingsLayer> user_layer(const CommonOptions& common, const Environment& environment) {
  if (common.config) {
    auto layer = read_toml_layer(*common.config, TomlOwner::kUser);
    if (!layer && layer.error().code == ErrorCode::kInputUnreadable) {
      layer.error().code = ErrorCode::kInvalidArgument;  // a setting that cannot be read, not an input
    }
    return layer;
  }
  fs::path folder;
  if (const auto xdg = environment("XDG_CONFIG_HOME"); xdg && xdg->starts_with('/')) folder = *xdg;
  else if (const auto home = environment("HOME"); home && !home->empty()) folder = fs::path(*home) / ".config";
  else return SettingsLayer{};
  const fs::path file = folder / "tokprep" / "config.toml";
  std::error_code error;
  if (!fs::exists(file, error)) return SettingsLayer{};
  return read_toml_layer(file, TomlOwner::kUser);
}

Result<std::string> checked_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  const std::string scheme = scheme_of(url);
  if (host_of(url).empty() || (scheme != "https" && scheme != "http")) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("the service's address '{}' is no https URL", shown_url(url)));
  }
  if (scheme == "http" && !is_loopback_url(url)) {
    Error error;
    error.code = ErrorCode::kInvalidArgument;
    error.message = fmt::format("{} would send the API key in the clear to another machine", shown_url(url));
    error.fix = "use https";
    return fail(std::move(error));
  }
  return url;
}

template <class T>
std::optional<T> first_of(const std::optional<T>& a, const std::optional<T>& b, const std::optional<T>& c) {
  return a ? a : b ? b : c;
}

/// The folders whose tokprep.toml speaks about the item, outermost first.
std::vector<fs::path> folders_of(const Item& item, const std::vector<fs::path>& roots) {
  std::error_code error;
  const fs::path own = fs::absolute(item.sources.front(), error).lexically_normal().parent_path();
  std::vector<fs::path> folders = {own};
  for (const fs::path& root : roots) {
    if (!own.native().starts_with(root.native())) continue;  // quickly, as there may be thousands
    const fs::path below = own.lexically_relative(root);
    if (below.empty() || below.begin()->string() == "..") continue;
    folders = {root};
    for (const fs::path& name : below) {
      if (name != ".") folders.push_back(folders.back() / name);
    }
    break;
  }
  return folders;
}

/// What the item's own line of a manifest says; it was looked at when that was read.
Status apply_choices(const std::vector<ConvertChoice>& choices, ConvertOptions& options) {
  if (choices.empty()) return {};
  ConvertSettings settings;
  for (const ConvertChoice& choice : choices) {
    const auto field = std::ranges::find(convert_fields(), choice.key, &ConvertField::key);
    if (field == convert_fields().end()) return fail(ErrorCode::kInternal, "an unknown option: " + choice.key);
    TOKPREP_TRY(field->set(settings, choice.text));
  }
  apply(settings, options);
  return {};
}

/// The strongest of those that say anything: flags, the item's own line, environment, the nearest folder, the user.
bool settled_validate(const Item& item, const std::optional<bool>& of_folders, const Settings& settings) {
  for (const auto& said : {settings.flags.validate, item.validate, settings.environment.validate, of_folders}) {
    if (said) return *said;
  }
  return settings.user.validate.value_or(false);
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

Result<Settings> load_settings(const Command& command, const Environment& environment) {
  Settings settings;
  settings.flags = command.flags;
  TOKPREP_ASSIGN(settings.environment, environment_layer(environment));
  TOKPREP_ASSIGN(settings.user, user_layer(command.common, environment));
  const auto& [flags, env, user] = std::tie(settings.flags, settings.environment, settings.user);
  const auto url = first_of(flags.api_url, env.api_url, user.api_url);
  TOKPREP_ASSIGN(settings.api_url, checked_url(url && !url->empty() ? *url : std::string(kServiceUrl)));
  settings.jobs = first_of(flags.jobs, env.jobs, user.jobs).value_or(0);
  settings.rules = first_of(flags.rules, env.rules, user.rules);
  settings.worker = merged(flags.worker, merged(env.worker, user.worker));
  settings.limit_rate_bytes_per_s =
      first_of(flags.limit_rate_bytes_per_s, env.limit_rate_bytes_per_s, user.limit_rate_bytes_per_s);
  settings.proxy = first_of(flags.proxy, env.proxy, user.proxy);
  settings.ca_file = first_of(flags.ca_file, env.ca_file, user.ca_file);
  return settings;
}

Result<Rules> load_rules(const Settings& settings) {
  if (!settings.rules) return built_in_rules();
  const auto as_configuration = [&](Error error) {
    error.code = ErrorCode::kInvalidArgument;
    error.file = settings.rules->string();
    return fail(std::move(error));
  };
  const auto text = read_text_file(*settings.rules);
  if (!text) return as_configuration(text.error());
  TOKPREP_ASSIGN(const Json overrides, parse_json(*text, settings.rules->string()));
  auto rules = built_in_rules().with_overrides(overrides);
  if (!rules) return as_configuration(with_context(std::move(rules).error(), settings.rules->string()));
  return rules;
}

Result<ItemSettings> settle(const Item& item, bool is_video, bool several, const std::vector<fs::path>& roots,
                            const Settings& settings) {
  ItemSettings settled;
  PostOptions defaults = settings.user.post;
  apply(settings.user.convert, settled.convert);
  const std::vector<fs::path> folders = folders_of(item, roots);
  std::optional<bool> validate_in_folders;
  for (const fs::path& folder : folders) {
    TOKPREP_ASSIGN(const auto layer, settings.folders->layer_of(folder, folders.front()));
    if (!layer) continue;
    apply(layer->convert, settled.convert);
    defaults = merged(defaults, layer->post);
    if (layer->validate) validate_in_folders = layer->validate;
  }
  settled.validate = settled_validate(item, validate_in_folders, settings);
  apply(settings.environment.convert, settled.convert);
  defaults = applicable(merged(defaults, settings.environment.post), is_video);
  const PostOptions flags = several ? applicable(settings.flags.post, is_video) : settings.flags.post;
  TOKPREP_TRY(apply_choices(item.convert, settled.convert));
  settled.post = merged(merged(defaults, item.options.or_default()), flags);
  apply(settings.flags.convert, settled.convert);
  // One frame: that of the cover is the one told to the service.
  if (settings.flags.convert.thumbnail_auto.value_or(false)) settled.post.thumbnail_offset_ms.reset();
  if (settled.post.thumbnail_offset_ms) {
    settled.convert.thumbnail_offset_ms = settled.post.thumbnail_offset_ms;
    settled.convert.thumbnail_auto = false;
  } else if (is_video) {
    settled.post.thumbnail_offset_ms = settled.convert.thumbnail_offset_ms;
  }
  if (item.part) number_post(*item.part, settled.post);
  return settled;
}

}  // namespace tokprep::cli
