#include "pipeline/cli/commands/doctor_checks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/pending_file.h"
#include "base/units.h"
#include "pipeline/cli/service.h"
#include "pipeline/ledger.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

// A converted video may have 1 GB, and stands beside its source while it is made.
constexpr std::uint64_t kComfortableBytes = 5'000'000'000;
constexpr std::uint64_t kLeastBytes = 200'000'000;

// A PNG of one grey pixel.
constexpr std::array<unsigned char, 67> kTinyPng = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00,
    0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01,
    0xE5, 0x27, 0xDE, 0xFC, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};

HealthCheck failed_check(std::string name, const Error& error) {
  std::string message = describe(error);
  if (!error.fix.empty()) message += "; " + error.fix;
  return {std::move(name), Health::kFail, std::move(message), error.code};
}

/// The names in `{"libx264": true, …}` that are not there.
std::vector<std::string> missing_of(const Json& described, const char* group) {
  std::vector<std::string> missing;
  const Json all = described.value(group, Json::object());  // must outlive what `items` gives
  for (const auto& [name, there] : all.items()) {
    if (there != true) missing.push_back(name);
  }
  return missing;
}

std::string libraries_text(const Json& described) {
  std::string text;
  const Json all = described.value("libraries", Json::object());
  for (const auto& [name, version] : all.items()) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", name, version.is_string() ? version.get<std::string>() : "");
  }
  return text;
}

}  // namespace

HealthCheck check_worker(const WorkerOptions& options, WorkerKind kind, const RunContext& run) {
  const std::string name = kind == WorkerKind::kAv ? "video worker" : "image worker";
  Workers workers(options);
  const auto described = workers.describe(kind, run);
  if (!described) return failed_check(name, described.error());
  std::vector<std::string> missing;
  for (const char* group : {"encoders", "filters", "formats"}) {
    std::ranges::move(missing_of(*described, group), std::back_inserter(missing));
  }
  const std::string libraries = libraries_text(*described);
  if (missing.empty()) return {name, Health::kOk, libraries};
  // Without its encoders and filters nothing is converted; a format nobody can read is only one format less.
  const bool vital = kind == WorkerKind::kAv;
  return {name, vital ? Health::kFail : Health::kWarn,
          fmt::format("{}; not available: {}", libraries, fmt::join(missing, ", ")), ErrorCode::kInvalidArgument};
}

HealthCheck check_probe(const WorkerOptions& options, const RunContext& run) {
  const std::string name = "self-test";
  std::error_code error;
  const fs::path file = fs::temp_directory_path(error) / fmt::format("tokprep-doctor-{}.png", ::getpid());
  const std::string_view bytes(reinterpret_cast<const char*>(kTinyPng.data()), kTinyPng.size());
  if (Status written = write_file(file, bytes); !written) return failed_check(name, written.error());
  Workers workers(options);
  const auto info = workers.probe(file, run);
  fs::remove(file, error);
  if (!info) return failed_check(name, info.error());
  if (info->image && info->image->width_px == 1) return {name, Health::kOk, "a picture was opened and measured"};
  return {name, Health::kFail, "a picture of 1x1 pixels was measured wrongly", ErrorCode::kInternal};
}

HealthCheck check_state_folder() {
  const fs::path folder = state_folder();
  const auto file = PendingFile::create(folder / "doctor");
  if (!file) return failed_check("state folder", file.error());
  return {"state folder", Health::kOk, fmt::format("{} can be written", folder.string())};
}

HealthCheck check_disk() {
  std::error_code error;
  fs::path folder = state_folder();
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  const auto space = fs::space(folder, error);
  if (error) return {"disk", Health::kFail, fmt::format("{}: {}", folder.string(), error.message()), ErrorCode::kIo};
  const Health health = space.available < kLeastBytes         ? Health::kFail
                        : space.available < kComfortableBytes ? Health::kWarn
                                                              : Health::kOk;
  return {"disk", health, fmt::format("{} free at {}", format_size(space.available), folder.string()),
          ErrorCode::kNoSpace};
}

HealthCheck check_key(const Keys& keys) {
  if (!keys.api_key) return failed_check("key", keys.api_key.error());
  if (!keys.profile_key) return failed_check("key", keys.profile_key.error());
  if (!*keys.api_key) {
    return {"key", Health::kFail, "there is none; set AYRSHARE_API_KEY_FILE, AYRSHARE_API_KEY or --api-key-file",
            ErrorCode::kAuth};
  }
  return {"key", Health::kOk,
          fmt::format("from {}, fingerprint {}{}", keys.api_key_source, (*keys.api_key)->fingerprint(),
                      *keys.profile_key ? ", with a profile key" : "")};
}

HealthCheck check_service(const Settings& settings, const Keys& keys, const RunContext& run) {
  const std::string url = shown_url(settings.api_url);
  if (!keys.api_key || !*keys.api_key) return {"service", Health::kWarn, url + " was not asked, as there is no key"};
  auto service = Service::open(settings, keys);
  if (!service) return failed_check("service", service.error());
  if (Status works = (*service)->check_account(run); !works) return failed_check("service", works.error());
  return {"service", Health::kOk, fmt::format("{} answers, takes the key, and has TikTok linked", url)};
}

}  // namespace tokprep::cli
