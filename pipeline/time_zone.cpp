#include "pipeline/time_zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "pipeline/calendar.h"

namespace tokprep {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception&) {
    names.clear();  // there is no database
  }
  return names;
}

/// "europe/berlin" and "Berlin" are Europe/Berlin; else the nearest spelling.
std::optional<std::string> nearest_zone(std::string_view name, const std::vector<std::string>& names) {
  const std::string wanted = to_lower(name);
  for (const std::string& known : names) {
    const std::string lower = to_lower(known);
    if (lower == wanted || lower.ends_with("/" + wanted)) return known;
  }
  return nearest(name, std::vector<std::string_view>(names.begin(), names.end()));
}

tl::unexpected<Error> unknown_zone(std::string_view name) {
  const auto names = zone_names();
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  if (names.empty()) {
    error.message = fmt::format("the time zone '{}' cannot be looked up: the system has no time zone database", name);
    error.fix = "install tzdata, or write the time with its offset: 2026-07-08T14:30:00+02:00";
    return fail(std::move(error));
  }
  const auto near = nearest_zone(name, names);
  error.message = fmt::format("there is no time zone '{}'{}", name, near ? fmt::format("; {} is one", *near) : "");
  error.fix = near ? fmt::format("write {}", *near) : "write it like Europe/Berlin (timedatectl list-timezones)";
  return fail(std::move(error));
}

/// Never a path out of the database's folder, nor one of its other files.
bool looks_like_zone(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find("..") != std::string_view::npos) return false;
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
         std::string_view::npos;
}

/// Null for a zone the system does not have.
const date::time_zone* zone_of(const std::string& name) {
  if (!looks_like_zone(name)) return nullptr;
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

Status check_zone(std::string_view name) {
  if (zone_of(std::string(name)) == nullptr) return unknown_zone(name);
  return {};
}

std::string local_zone() {
  // An empty TZ means UTC; ":Europe/Berlin" is an old way to say Europe/Berlin.
  if (const char* chosen = std::getenv("TZ"); chosen != nullptr) {
    std::string name = chosen;
    if (name.starts_with(':')) name.erase(0, 1);
    return zone_of(name) != nullptr ? name : "UTC";
  }
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "UTC";
  }
}

Result<Clock::TimePoint> moment_of(WallTime wall, const std::string& zone) {
  const date::time_zone* known = zone_of(zone);
  if (known == nullptr) return unknown_zone(zone);
  const date::local_seconds local{wall.time_since_epoch()};
  const date::local_info info = known->get_info(local);
  // Before the change: of a time that comes twice it is the first; one that is passed over goes on as if the clocks had
  // not been changed, which is as much later on the new ones.
  return Clock::TimePoint(wall - info.first.offset);
}

Result<WallTime> wall_time(Clock::TimePoint moment, const std::string& zone) {
  const date::time_zone* known = zone_of(zone);
  if (known == nullptr) return unknown_zone(zone);
  const auto second = floor<seconds>(moment);
  return second + known->get_info(second).offset;
}

}  // namespace tokprep
