#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tokprep {

/// What a look into an uploaded file said. Given by the program, so that this layer opens no media.
struct Inspection {
  enum class Kind { kVideo, kImage, kOther };
  Kind kind = Kind::kOther;
  std::optional<std::string> refusal;  ///< why TikTok would not take it, in one sentence; empty if it would

  /// Not seen beforehand: TikTok finds it, and the post fails late with this reason, "frame_rate_check_failed".
  std::optional<std::string> late_reason;
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

  // The service's limits.
  int calls_per_window = 300;                            ///< of each profile; more are answered 429
  std::chrono::milliseconds call_window{5 * 60 * 1000};  ///< opens with its first call
  int tiktok_posts_per_minute = 6;                       ///< more fail late, `rate_limit_exceeded`; 0: no limit
  int tiktok_posts_per_day = 15;                         ///< more fail late, `spam_risk_too_many_posts`; 0: no limit
  std::chrono::hours tiktok_consent{24 * 365};           ///< from the first start on; afterwards `auth_removed`
  int monthly_post_quota = 1000;                         ///< told by GET /user, not enforced
  int monthly_call_quota = 100'000;                      ///< told by GET /user, not enforced

  // Where the service is not known, or known to vary.
  bool pre_check = true;           ///< media are refused at once (code 182, 254); false: they fail late
  bool replay_idempotent = false;  ///< a used idempotencyKey gets the first answer again; false: it is refused

  // Webhooks. The defaults are those of the older documentation.
  std::vector<std::chrono::milliseconds> webhook_retry_delays{std::chrono::seconds(5), std::chrono::seconds(30)};
  bool webhook_retries_all = true;  ///< after every answer but 2xx; false: after 408, 425, 429, 5xx and silence only
  std::chrono::milliseconds webhook_timeout{10'000};

  std::filesystem::path faults_file;  ///< a fault script to begin with (fault_script.h); empty: none
};

/// An Ayrshare-compatible server on loopback, for demos, tests and rehearsals. Shares the API's words with the
/// client and none of its logic. Shapes and rules: reference in README, "Sandbox".
///
/// Keeps under `data_dir`: `media/` the bytes it received, `posts.json` the history, webhooks and what is still to be
/// sent to them, `requests.jsonl` one line a request (time, method, path, status, bytes of the body, faults met,
/// violations; never a key). A restart goes on from there; one server a folder. `GET /` is a page for people.
///
/// Strict: a field, parameter or header that is not documented, or of another type, is answered HTTP 400 with code
/// 101 and noted as a violation. Hostile on request: a fault script (fault_script.h) by file or `POST /sandbox/faults`;
/// `GET /sandbox/faults` shows it and what it did, `DELETE` ends it. `GET /sandbox/counts` is what tests read:
/// requests, faults, violations, uploads with their SHA-256, posts by idempotency key and duplicates among them.
///
/// A post whose notes or file name hold `sandbox:fail=REASON` ends failed, with TikTok's REASON, e.g. `spam_risk`;
/// if it may be repeated, PUT /post/retry then succeeds. Private posts and drafts stay pending.
/// Webhooks go to http on this machine alone.
/// Thread-safe. Stops its threads when destroyed.
class Sandbox {
 public:
  /// Errors: kOutputUnwritable (data_dir), kNetwork (the port is taken), kInvalidArgument (config, fault script),
  /// kInputUnreadable (faults_file).
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
