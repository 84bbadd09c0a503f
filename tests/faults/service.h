#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "upload/sandbox/sandbox.h"

namespace tokprep::faults {

/// The sandbox of one schedule, in this process, with its controls. Posts settle as soon as they are looked at; files
/// are judged by their names; TikTok's own limits are off, as re-runs of a batch are no flood.
class Service {
 public:
  static Result<Service> start(const std::filesystem::path& data_dir);

  [[nodiscard]] std::string api_url() const { return sandbox_->api_url(); }
  [[nodiscard]] std::string api_key() const { return sandbox_->api_key(); }

  /// Replaces the fault script; counts its requests anew. Error: kInternal, with what the sandbox says of the script.
  Status play(const Json& faults) const;

  /// Requests since `play`, whether they were answered or not.
  [[nodiscard]] std::uint64_t requests() const;

  /// GET /sandbox/counts; null where it does not answer.
  [[nodiscard]] Json counts() const;

 private:
  explicit Service(std::unique_ptr<Sandbox> sandbox);

  std::unique_ptr<Sandbox> sandbox_;
  std::string origin_;
};

}  // namespace tokprep::faults
