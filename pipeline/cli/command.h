#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/enum_names.h"
#include "base/observer.h"
#include "pipeline/calendar.h"
#include "pipeline/caps.h"
#include "pipeline/cli/convert_settings.h"
#include "pipeline/cli/worker_settings.h"
#include "pipeline/ledger_types.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep::cli {

enum class Verb {
  kProbe,
  kPrepare,
  kThumbnail,
  kUpload,
  kPost,
  kStatus,
  kCancel,
  kExplain,
  kLedger,
  kWebhook,
  kRules,
  kSchema,
  kSandbox,
  kDoctor,
  kWatch
};

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
                                     std::pair{Verb::kCancel, std::string_view("cancel")},
                                     std::pair{Verb::kExplain, std::string_view("explain")},
                                     std::pair{Verb::kLedger, std::string_view("ledger")},
                                     std::pair{Verb::kWebhook, std::string_view("webhook")},
                                     std::pair{Verb::kRules, std::string_view("rules")},
                                     std::pair{Verb::kSchema, std::string_view("schema")},
                                     std::pair{Verb::kSandbox, std::string_view("sandbox")},
                                     std::pair{Verb::kDoctor, std::string_view("doctor")},
                                     std::pair{Verb::kWatch, std::string_view("watch")}};
};

namespace tokprep::cli {

/// What one source of settings says: the flags, the environment, or one file. Unset stays unset.
struct SettingsLayer {
  ConvertSettings convert;
  PostOptions post;
  std::optional<bool> validate;  ///< the service is asked about each post before it is sent
  std::optional<std::string> api_url;
  std::optional<int> jobs;
  std::optional<std::filesystem::path> rules;
  WorkerSettings worker;

  // How the service is reached (upload/curl_client.h).
  std::optional<std::uint64_t> limit_rate_bytes_per_s;
  std::optional<std::string> proxy;
  std::optional<std::filesystem::path> ca_file;

  // Programs that print keys. The user's own file alone may name them.
  std::optional<std::string> api_key_command;
  std::optional<std::string> profile_key_command;
};

/// Options of every verb that are no settings: they hold for this run alone.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool dry_run = false;
  bool force = false;
  bool overwrite = false;
  std::optional<std::filesystem::path> config;
  std::optional<std::filesystem::path> log;
  LogLevel log_level = LogLevel::kInfo;
  std::optional<std::filesystem::path> trace;
  std::optional<std::filesystem::path> api_key_file;
  std::optional<std::filesystem::path> profile_key_file;
  std::optional<std::string> api_key_command;
  std::optional<std::string> profile_key_command;
  std::optional<std::filesystem::path> webhook_secret_file;
};

struct ProbeCommand {
  std::vector<std::filesystem::path> files;
};
struct PrepareCommand {
  std::vector<std::filesystem::path> inputs;  ///< empty with a manifest
  std::filesystem::path output_dir;
  bool carousel = false;
  std::optional<std::filesystem::path> cover;     ///< --thumbnail FILE
  std::optional<std::filesystem::path> manifest;  ///< "-": stdin
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
  OverCap over_cap = OverCap::kStop;
  CalendarWords calendar = {};  ///< --every, --from, --at
  bool allow_duplicate_text = false;
  std::optional<std::filesystem::path> manifest = {};  ///< "-": stdin
};
struct StatusCommand {
  std::vector<std::string> ids;
  bool wait = false;
  std::chrono::milliseconds timeout{600'000};
};
struct CancelCommand {
  std::vector<std::string> ids;
  bool yes = false;
};
struct ExplainCommand {
  std::vector<std::string> subjects;          ///< ids of posts, codes, TikTok's reasons, ids of rules, paths of items
  std::optional<std::filesystem::path> item;  ///< whose measured values stand beside a code or a rule
};
struct LedgerCommand {
  std::optional<std::string> id;  ///< show ID: one post, whole
  std::optional<LedgerState> state;
  std::optional<std::filesystem::path> item;
  std::optional<Clock::TimePoint> since;               ///< a moment
  std::optional<std::chrono::milliseconds> since_ago;  ///< or so long before now
  bool check = false;
};
struct WebhookCommand {
  int port = 0;
  std::string address = "127.0.0.1";
  std::optional<std::string> register_url;
  bool unregister = false;
};
struct RulesCommand {
  std::optional<std::string> id;
};
struct SandboxCommand {
  int port = 0;
  std::optional<std::filesystem::path> data_dir;
  std::chrono::milliseconds delay{2000};
  std::optional<std::filesystem::path> faults;
  bool late = false;  ///< media are judged by TikTok, after the service took the post
  std::optional<int> rate_limit;
  std::optional<int> posts_per_minute;
  std::optional<int> posts_per_day;
  std::optional<int> consent_days;
};
struct SchemaCommand {
  std::optional<std::string> name;  ///< empty: list them
};
struct DoctorCommand {
  bool online = false;
};
struct WatchCommand {
  std::filesystem::path folder;
  std::filesystem::path output_dir;
  bool post = false;
  bool once = false;                              ///< what is there now, and no more
  std::chrono::milliseconds settle_time{2000};    ///< how long a file has to be left alone
  std::optional<std::chrono::milliseconds> poll;  ///< look this often instead of being told by the system
  OverCap over_cap = OverCap::kSchedule;
  CalendarWords calendar = {};
  bool allow_duplicate_text = false;
};
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
               StatusCommand, CancelCommand, ExplainCommand, LedgerCommand, WebhookCommand, RulesCommand, SchemaCommand,
               SandboxCommand, DoctorCommand, WatchCommand>
      verb;
};

}  // namespace tokprep::cli
