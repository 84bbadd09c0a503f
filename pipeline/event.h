#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace tokprep {

/// A finished file of an item.
struct OutputFile {
  std::string role;  ///< "media" or "cover"
  std::string path;
  std::string mime;
  std::uint64_t size_bytes = 0;
};

/// What became of the post of an item, as far as it is known.
struct PostOutcome {
  std::string id;      ///< Ayrshare's
  std::string status;  ///< a name of PostState
  std::optional<std::string> url;
  std::optional<std::string> schedule_date;
};

// The life of an item, in this order. `item` is the path the user knows it by.

struct ItemStarted {
  std::string item;
  std::string kind;  ///< "video" or "image"
};
struct ItemProgress {
  std::string item;
  std::string stage;
  double done = 0;  ///< 0 to 1
};
/// A remark that is not an outcome: something left for the next run, something odd about a file.
struct ItemNote {
  std::string item;
  std::string message;
};
struct ItemDone {
  std::string item;
  std::string kind;
  bool dry_run = false;
  std::vector<OutputFile> outputs;
  Json plan;                      ///< contract: container, video, audio | image; reasons
  Json findings = Json::array();  ///< each with "fixed"
  std::vector<std::string> urls;  ///< uploaded media, in order
  std::optional<PostOutcome> post;
  Json request;         ///< --dry-run of a post: the body that would be sent; else null
  Json images = {};     ///< of a photo post: the verdict on each, in order; else null
  std::string summary;  ///< one sentence for people
};
struct ItemSkipped {
  std::string item;
  std::string kind;
  std::string reason;
  std::vector<OutputFile> outputs;  ///< those of the earlier run
  std::optional<PostOutcome> post;
};
struct ItemFailed {
  std::string item;
  Error error;
  Json findings = Json::array();
  Json images = {};       ///< as in ItemDone
  bool was_begun = true;  ///< else the run ended before it could be
};
/// Facts, findings and plan of one file: `tokprep probe`.
struct Probed {
  std::string item;
  Json line;  ///< kind, facts, findings, plan, verdict
};
/// One post as the service or the ledger knows it: `tokprep status`.
struct PostStatus {
  std::string item;  ///< empty where the ledger does not know it
  PostOutcome post;
  std::optional<Error> error;  ///< why it failed
};
/// Always the last one of a run.
struct Summary {
  int items = 0;
  int done = 0;
  int failed = 0;
  int skipped = 0;
  int exit_code = 0;
};

using Event =
    std::variant<ItemStarted, ItemProgress, ItemNote, ItemDone, ItemSkipped, ItemFailed, Probed, PostStatus, Summary>;

/// Where events go. Implementations are called from several threads at once and see to it themselves.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on(const Event& event) = 0;
};

/// The contract's JSON line for an event (README, "JSON lines").
Json to_json_line(const Event& event);

}  // namespace tokprep
