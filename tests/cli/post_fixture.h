#pragma once

#include <csignal>
#include <memory>

#include "tests/cli/cli_fixture.h"

namespace tokprep::test {

/// A sandbox of the test's own, started like users start it: its two lines are taken into the environment.
class PostTest : public CliTest {
 protected:
  void SetUp() override { ASSERT_TRUE(start_sandbox()); }

  bool start_sandbox(const std::string& delay = "100ms", const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {TOKPREP_PROGRAM, "sandbox", "--data", path("sandbox"), "--delay", delay};
    command.insert(command.end(), more.begin(), more.end());
    sandbox_ = std::make_unique<RunningProcess>(command, settings_);
    return take_line() && take_line();
  }

  /// How many posts the service has on record; its book is there with the first thing it is given.
  [[nodiscard]] std::size_t posts_at_service() const {
    const Json book = Json::parse(bytes_of(path("sandbox/posts.json")), nullptr, false);
    return book.is_object() ? book.value("posts", Json::array()).size() : 0;
  }

  std::unique_ptr<RunningProcess> sandbox_;

 private:
  bool take_line() {
    const std::string line = sandbox_->next_line();
    const std::string_view prefix = "export ";
    const std::size_t equals = line.find('=');
    if (!line.starts_with(prefix) || equals == std::string::npos) return false;
    settings_.environment[line.substr(prefix.size(), equals - prefix.size())] = line.substr(equals + 1);
    return true;
  }
};

}  // namespace tokprep::test
