#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "pipeline/ledger.h"
#include "pipeline/publish.h"
#include "pipeline/rules/rules.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/fake_service.h"

namespace tokprep::test {

/// The real client and ledger between a fake service and a clock that does not wait.
class PublishFixture : public testing::Test {
 protected:
  PublishFixture() { run_.clock = &clock_; }

  Ledger open(const std::filesystem::path& file) {
    auto ledger = Ledger::open(file, "account", clock_);
    if (!ledger) throw std::runtime_error(describe(ledger.error()));
    return std::move(*ledger);
  }

  [[nodiscard]] std::filesystem::path ledger_file() const { return folder_.path() / "state/ledger.db"; }

  /// A video with a caption.
  PublishRequest video(const std::string& bytes = "video bytes", const std::string& caption = "At the beach") {
    PublishRequest request;
    request.item = "drop/beach.mov";
    request.outputs = {{"media", folder_.file("beach.mp4", bytes).string(), "video/mp4", bytes.size()}};
    request.options.caption = caption;
    request.subject = {true, 0, 5'000'000};
    return request;
  }

  Result<Published> publish_video() { return publish(video(), client_, ledger_, built_in_rules(), run_); }

  LedgerPost row() { return ledger_.posts(1).value().at(0); }

  TempFolder folder_;
  FakeClock clock_;
  FakeService service_;
  AyrshareClient client_{service_, {"https://service.test/api", Secret("KEY"), std::nullopt}};
  Ledger ledger_ = open(ledger_file());
  RunContext run_;
};

inline Error error_of(ErrorCode code) {
  Error error;
  error.code = code;
  error.message = "as the test wants it";
  return error;
}

/// The request came in and was filed; its answer did not come back.
inline FakeService::PostAnswer lost_after_filing() {
  return [](const Json&, const std::function<HttpResponse()>& accept) -> Result<HttpResponse> {
    static_cast<void>(accept());
    return fail(error_of(ErrorCode::kOutcomeUnknown));
  };
}

inline FakeService::PostAnswer failing(ErrorCode code) {
  return [code](const Json&, const auto&) -> Result<HttpResponse> { return fail(error_of(code)); };
}

inline FakeService::PostAnswer answering(int status, std::string body) {
  return [status, body](const Json&, const auto&) -> Result<HttpResponse> { return HttpResponse{status, {}, body}; };
}

inline FakeService::PostAnswer accepting() {
  return [](const Json&, const std::function<HttpResponse()>& accept) -> Result<HttpResponse> { return accept(); };
}

}  // namespace tokprep::test
