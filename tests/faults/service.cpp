#include "tests/faults/service.h"

#include <httplib.h>

#include <utility>

namespace tokprep::faults {

Result<Service> Service::start(const std::filesystem::path& data_dir) {
  SandboxConfig config;
  config.data_dir = data_dir;
  config.publish_delay = std::chrono::milliseconds(0);
  config.tiktok_posts_per_minute = 0;
  config.tiktok_posts_per_day = 0;
  config.calls_per_window = 100'000;
  TOKPREP_ASSIGN(auto sandbox, Sandbox::start(std::move(config)));
  return Service(std::move(sandbox));
}

Service::Service(std::unique_ptr<Sandbox> sandbox) : sandbox_(std::move(sandbox)) {
  const std::string url = sandbox_->api_url();
  origin_ = url.substr(0, url.size() - std::string_view("/api").size());
}

Status Service::play(const Json& faults) const {
  const auto answer = httplib::Client(origin_).Post("/sandbox/faults", to_line(faults), "application/json");
  if (answer && answer->status == 200) return {};
  return fail(ErrorCode::kInternal, "the sandbox does not take the faults: " + (answer ? answer->body : "no answer"));
}

std::uint64_t Service::requests() const {
  const auto answer = httplib::Client(origin_).Get("/sandbox/faults");
  const Json usage = answer ? Json::parse(answer->body, nullptr, false) : Json();
  return usage.is_object() ? usage.value("requests", std::uint64_t{0}) : 0;
}

Json Service::counts() const {
  const auto answer = httplib::Client(origin_).Get("/sandbox/counts");
  return answer ? Json::parse(answer->body, nullptr, false) : Json();
}

}  // namespace tokprep::faults
