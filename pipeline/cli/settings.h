#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/cli/command.h"
#include "pipeline/cli/folder_layers.h"
#include "pipeline/folder.h"
#include "pipeline/options.h"
#include "pipeline/rules/rules.h"

namespace tokprep::cli {

/// Looks up one variable; empty where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The variables of this process.
Environment process_environment();

/// Settings of a whole run. Strongest first: flags, environment, the folder's tokprep.toml, the user's config.toml,
/// built-in.
struct Settings {
  std::string api_url;  ///< without a slash at the end; https, or http on this machine
  int jobs = 0;         ///< 0: one a core
  std::optional<std::filesystem::path> rules;
  WorkerSettings worker;
  std::optional<std::uint64_t> limit_rate_bytes_per_s;
  std::optional<std::string> proxy;
  std::optional<std::filesystem::path> ca_file;

  // The layers that items are settled from, as the folder's comes between them.
  SettingsLayer flags;
  SettingsLayer environment;
  SettingsLayer user;
  std::shared_ptr<FolderLayers> folders = std::make_shared<FolderLayers>();  ///< shared by all items
};

/// Errors: kInvalidArgument naming the variable, or file and line; kInputUnreadable for a --config that is not there.
Result<Settings> load_settings(const Command& command, const Environment& environment);

/// The limits in force: the built-in ones, or with what --rules says. Errors: kInvalidArgument, kInputUnreadable.
Result<Rules> load_rules(const Settings& settings);

struct ItemSettings {
  ConvertOptions convert;
  PostOptions post;
  bool validate = false;  ///< the service is asked about the post before it is sent
};

/// What holds for one item. `roots` are the folders that the user named (`settings_roots`): tokprep.toml is read in the
/// one around the item and in each below it down to the item's, or beside a named file; the nearest is the strongest.
///
/// Sidecars, and the item's own line of a manifest, come right below the flags. Defaults (from files and environment)
/// that do not apply to the item's kind say nothing about it; so do flags, where `several` items share them. Errors:
/// those of `read_toml_layer`.
Result<ItemSettings> settle(const Item& item, bool is_video, bool several,
                            const std::vector<std::filesystem::path>& roots, const Settings& settings);

}  // namespace tokprep::cli
