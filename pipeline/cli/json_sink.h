#pragma once

#include <mutex>

#include "pipeline/cli/output.h"
#include "pipeline/cli/streams.h"

namespace tokprep::cli {

/// The contract's JSON lines: one object a line, whole lines only, nothing else. Remarks are left out.
class JsonSink final : public Output {
 public:
  explicit JsonSink(Writer out) : out_(std::move(out)) {}

  void on(const Event& event) override;
  void data(const Json& json, std::string_view text) override;
  void say(std::string_view text) override;
  void failure(const Error& error) override;

 private:
  void line(const Json& json);

  std::mutex mutex_;
  Writer out_;
};

}  // namespace tokprep::cli
