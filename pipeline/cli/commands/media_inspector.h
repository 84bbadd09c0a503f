#pragma once

#include <filesystem>
#include <mutex>
#include <stop_token>

#include "pipeline/rules/rules.h"
#include "pipeline/workers.h"
#include "upload/sandbox/sandbox.h"

namespace tokprep::cli {

/// Judges the files that the sandbox is given with the same rules as everything else.
///
/// `late`: media that break a rule are taken, and fail after a while with the reason that TikTok gives. Otherwise, as
/// by the service's own check, at once and in words.
/// Thread-safe: requests come from several threads, and workers serve one at a time.
class MediaInspector {
 public:
  /// `rules` must outlive this.
  MediaInspector(const Rules& rules, const WorkerOptions& workers, bool late, std::stop_token stop);

  Inspection operator()(const std::filesystem::path& file);

 private:
  const Rules& rules_;
  bool late_;
  RunContext run_;
  std::mutex mutex_;
  Workers workers_;
};

/// TikTok's word for a file that breaks this rule of ours; `file_format_check_failed` for what has none of its own.
std::string_view late_reason_of(std::string_view rule_id);

}  // namespace tokprep::cli
