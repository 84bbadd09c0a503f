#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "pipeline/cli/convert_settings.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep::cli {

enum class Verb { kProbe, kPrepare, kThumbnail, kUpload, kPost, kStatus, kRules, kSandbox, kDoctor };

}  // namespace tokprep::cli

template <>
struct tokprep::EnumNames<tokprep::cli::Verb> {
  using Verb = cli::Verb;
  static constexpr std::array kTable{std::pair{Verb::kProbe, std::string_view("probe")},
                                     std::pair{Verb::kPrepare, std::string_view("prepare")},
                                     std::pair{Verb::kThumbnail, std::string_view("thumbnail")},
                                     std::pair{Verb::kUpload, std::string_view("upload")},
                                     std::pair{Verb::kPost, std::string_view("post")},
                                     std::pair{Verb::kStatus, std::string_view("status")},
                                     std::pair{Verb::kRules, std::string_view("rules")},
                                     std::pair{Verb::kSandbox, std::string_view("sandbox")},
                                     std::pair{Verb::kDoctor, std::string_view("doctor")}};
};

namespace tokprep::cli {

/// What one source of settings says: the flags, the environment, or one file. Unset stays unset.
struct SettingsLayer {
  ConvertSettings convert;
  PostOptions post;
  std::optional<std::string> api_url;
  std::optional<int> jobs;
  std::optional<std::filesystem::path> rules;
};

/// Options of every verb that are no settings: they hold for this run alone.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool dry_run = false;
  bool force = false;
  std::optional<std::filesystem::path> config;
  std::optional<std::filesystem::path> api_key_file;
  std::optional<std::filesystem::path> profile_key_file;
};

struct ProbeCommand {
  std::vector<std::filesystem::path> files;
};
struct PrepareCommand {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output_dir;
  bool carousel = false;
  std::optional<std::filesystem::path> cover;  ///< --thumbnail FILE
};
struct ThumbnailCommand {
  std::filesystem::path file;
  std::optional<std::chrono::milliseconds> at;  ///< empty: auto, a good frame is looked for
  std::filesystem::path output;
};
struct UploadCommand {
  std::vector<std::filesystem::path> files;
};
struct PostCommand {
  std::vector<std::filesystem::path> inputs;
  std::optional<std::filesystem::path> output_dir;
  bool carousel = false;
  std::optional<std::filesystem::path> cover;  ///< --thumbnail FILE; a URL is in the flags' post options
  bool yes = false;
};
struct StatusCommand {
  std::vector<std::string> ids;
  bool wait = false;
  std::chrono::milliseconds timeout{600'000};
};
struct RulesCommand {
  std::optional<std::string> id;
};
struct SandboxCommand {
  int port = 0;
  std::optional<std::filesystem::path> data_dir;
  std::chrono::milliseconds delay{2000};
};
struct DoctorCommand {};
/// Print the help: of one verb, or the main one.
struct HelpCommand {
  std::optional<Verb> verb;
};
struct VersionCommand {};

/// A command line, understood.
struct Command {
  CommonOptions common;
  SettingsLayer flags;
  std::variant<HelpCommand, VersionCommand, ProbeCommand, PrepareCommand, ThumbnailCommand, UploadCommand, PostCommand,
               StatusCommand, RulesCommand, SandboxCommand, DoctorCommand>
      verb;
};

}  // namespace tokprep::cli
