#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tokprep {

/// What a look into an uploaded file said. Given by the program, so that this layer opens no media.
struct Inspection {
  enum class Kind { kVideo, kImage, kOther };
  Kind kind = Kind::kOther;
  std::optional<std::string> refusal;  ///< why TikTok would not take it, in one sentence; empty if it would
};

/// Called from several threads at once; may take its time.
using Inspector = std::function<Inspection(const std::filesystem::path& file)>;

struct SandboxConfig {
  int port = 0;                                   ///< 0: any free one. Always on 127.0.0.1
  std::filesystem::path data_dir;                 ///< what it was given is kept here; made where missing
  std::string api_key;                            ///< empty: one is made, in the service's shape
  std::chrono::milliseconds publish_delay{2000};  ///< how long a post stays pending
  Inspector inspect;                              ///< empty: files are judged by their extension alone
  Clock* clock = &system_clock();
};

/// An Ayrshare-compatible server on loopback, for demos, tests and rehearsals. Shares the API's words with the
/// client and none of its logic. Shapes and rules: reference in README, "Sandbox".
///
/// Keeps under `data_dir`: `media/` the bytes it received, `posts.json` the history, `requests.jsonl` one line a
/// request (time, method, path, status, bytes of the body; never a key). A restart goes on from there; one server
/// a folder. `GET /` is a page for people.
///
/// A post whose notes or file name hold `sandbox:fail=REASON` ends failed, with TikTok's REASON, e.g. `spam_risk`.
/// Private posts and drafts stay pending; those that wait for approval wait for ever.
/// Thread-safe. Stops its threads when destroyed.
class Sandbox {
 public:
  /// Errors: kOutputUnwritable (data_dir), kNetwork (the port is taken), kInvalidArgument.
  static Result<std::unique_ptr<Sandbox>> start(SandboxConfig config);
  ~Sandbox();

  [[nodiscard]] std::string api_url() const;  ///< "http://127.0.0.1:41234/api"
  [[nodiscard]] std::string api_key() const;
  void stop();

 private:
  class Server;
  explicit Sandbox(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace tokprep
