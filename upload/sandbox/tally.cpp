#include "upload/sandbox/tally.h"

#include <fstream>

#include "upload/sandbox/contract.h"

namespace tokprep::sandbox {

void Tally::read(const std::filesystem::path& requests) {
  std::ifstream file(requests);
  for (std::string line; std::getline(file, line);) {
    const auto json = parse_json(line, "requests.jsonl");
    if (!json) continue;
    if (const auto request = parse_as<LoggedRequest>(*json, "requests.jsonl")) add(*request);
  }
}

void Tally::add(const LoggedRequest& request) {
  const std::string endpoint(endpoint_of(request.method, request.path));
  if (endpoint == "control") return;
  const std::lock_guard lock(mutex_);
  ++total_;
  bytes_ += request.body_bytes;
  if (request.path.starts_with("/api/")) ++api_calls_;
  ++by_endpoint_[endpoint];
  ++by_status_[std::to_string(request.status)];
  for (const std::string& fault : request.faults) {
    ++faults_;
    ++by_fault_[fault];
  }
  for (const std::string& sentence : request.violations) {
    ++violations_;
    sentences_.push_back({{"endpoint", endpoint}, {"message", sentence}});
    if (sentences_.size() > kSentencesKept) sentences_.pop_front();
  }
}

Json Tally::counts() const {
  const std::lock_guard lock(mutex_);
  return {
      {"requests", {{"total", total_}, {"bytes", bytes_}, {"by_endpoint", by_endpoint_}, {"by_status", by_status_}}},
      {"faults", {{"total", faults_}, {"by_kind", by_fault_}}},
      {"violations", {{"total", violations_}, {"sentences", sentences_}}}};
}

std::uint64_t Tally::api_calls() const {
  const std::lock_guard lock(mutex_);
  return api_calls_;
}

}  // namespace tokprep::sandbox
