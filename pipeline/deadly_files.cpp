#include "pipeline/deadly_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/pending_file.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEnoughDeaths = 2;
constexpr std::chrono::hours kPassesAfter{24};

struct Deaths {
  std::vector<std::string> how;
  bool may_pass = false;  ///< one of them
};

/// What is written down; nothing where that is missing or makes no sense.
Deaths deaths_in(const fs::path& record) {
  std::error_code error;
  if (record.empty() || !fs::exists(record, error)) return {};
  const auto text = read_text_file(record);
  if (!text) return {};
  const auto json = parse_json(*text, record.string());
  if (!json || !json->is_object()) return {};
  Deaths deaths;
  deaths.how = parse_as<std::vector<std::string>>(json->value("deaths", Json::array()), "deaths")
                   .value_or(std::vector<std::string>());
  const auto may_pass = json->find("may_pass");
  deaths.may_pass = may_pass != json->end() && may_pass->is_boolean() && may_pass->get<bool>();
  return deaths;
}

/// Written so long ago that whatever troubled the machine then is over.
bool is_over(const fs::path& record) {
  std::error_code error;
  const auto written = fs::last_write_time(record, error);
  return !error && fs::file_time_type::clock::now() - written > kPassesAfter;
}

}  // namespace

DeadlyFiles::DeadlyFiles(fs::path folder, bool forced) : folder_(std::move(folder)), forced_(forced) {}

fs::path DeadlyFiles::record_of(const fs::path& file) const {
  struct stat status {};
  if (folder_.empty() || ::stat(file.c_str(), &status) != 0) return {};
  const std::string identity = fmt::format("{} {} {} {}.{}", status.st_dev, status.st_ino, status.st_size,
                                           status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  return folder_ / (sha256_of(identity) + ".json");
}

Status DeadlyFiles::check(const fs::path& file) const {
  if (forced_) return {};
  const fs::path record = record_of(file);
  const Deaths deaths = deaths_in(record);
  if (deaths.how.size() < kEnoughDeaths || (deaths.may_pass && is_over(record))) return {};
  Error error;
  error.code = ErrorCode::kWorkerFailed;
  error.file = file.string();
  error.message = fmt::format("{} is not tried again, as workers died of it twice: {}", file.string(),
                              fmt::join(deaths.how, "; then "));
  error.fix = deaths.may_pass ? "--force tries it again, as does any run after a day; the file is probably damaged"
                              : "--force tries it again; the file is probably damaged, or made to do harm";
  return fail(std::move(error));
}

void DeadlyFiles::remember(const fs::path& file, const Error& death, bool may_pass) const {
  const fs::path record = record_of(file);
  if (record.empty()) return;
  Deaths deaths = deaths_in(record);
  if (deaths.how.size() >= kEnoughDeaths) deaths = {};  // it was given another chance
  deaths.how.push_back(death.message);
  deaths.may_pass = deaths.may_pass || may_pass;
  (void)write_file(record,
                   to_line({{"file", file.string()}, {"deaths", deaths.how}, {"may_pass", deaths.may_pass}}) + "\n");
}

void DeadlyFiles::forget(const fs::path& file) const {
  std::error_code ignored;
  if (const fs::path record = record_of(file); !record.empty()) fs::remove(record, ignored);
}

}  // namespace tokprep
