#include "pipeline/publish.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stop_token>
#include <utility>

#include "base/span.h"
#include "pipeline/content_key.h"
#include "pipeline/host_media.h"
#include "pipeline/placement.h"
#include "pipeline/settled_post.h"

namespace tokprep {
namespace {

/// 128 random bits in hex: no two claims share one.
Result<std::string> new_idempotency_key() {
  std::array<unsigned char, 16> bytes{};
  if (::getentropy(bytes.data(), bytes.size()) != 0) {
    return fail(ErrorCode::kInternal, fmt::format("no random numbers: {}", std::strerror(errno)), errno);
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

/// These leave no doubt that nothing was posted: a refusal (kUnavailable too is one here, of a 4xx whose code says to
/// come again; a 5xx is kOutcomeUnknown), or no connection. For any other failure there is some.
bool is_certain(ErrorCode code) {
  constexpr std::array kCertain = {ErrorCode::kRejected,    ErrorCode::kAuth,    ErrorCode::kRateLimited,
                                   ErrorCode::kUnavailable, ErrorCode::kNetwork, ErrorCode::kInvalidArgument,
                                   ErrorCode::kCancelled};
  return std::ranges::find(kCertain, code) != kCertain.end();
}

PostOutcome outcome_of(const LedgerPost& post) {
  PostOutcome outcome{post.post_id, post.post_status, std::nullopt, std::nullopt};
  if (!post.url.empty()) outcome.url = post.url;
  if (!post.schedule_date.empty()) outcome.schedule_date = post.schedule_date;
  return outcome;
}

Error unknown_outcome(const std::string& item, std::string message) {
  Error error;
  error.code = ErrorCode::kOutcomeUnknown;
  error.message = std::move(message);
  error.file = item;
  error.fix = "tokprep status";
  return error;
}

/// One item on its way out. The functions stand in the order in which they are called.
class Publication {
 public:
  Publication(const PublishRequest& request, AyrshareClient& client, Ledger& ledger, const RunContext& run)
      : request_(request),
        options_(request.options),
        client_(client),
        ledger_(ledger),
        run_(run),
        placement_(request, client, ledger, run) {}

  Status check_locally(const Rules& rules);
  Status read_files();
  /// What an earlier run did, when that is the end of it; kOutcomeUnknown when it cannot be told.
  Result<std::optional<Published>> earlier();
  /// When it may go out; waits for that where it takes long.
  Status place(const Rules& rules);
  Status host();
  /// What the service would refuse it for, and what it remarks.
  Status ask_first() const;
  Result<Published> submit();

 private:
  Status check_outputs() const;
  Result<std::optional<LedgerPost>> known_to_ledger();
  Result<std::optional<Published>> judge(const LedgerPost& known) const;
  [[nodiscard]] LedgerPost intent() const;
  Status host_again_if_late();
  Result<LedgerPost> claim();
  Result<Published> note_accepted(LedgerPost post, const PostRecord& record);
  Error note_failure(LedgerPost post, Error error);

  const PublishRequest& request_;
  PostOptions options_;
  AyrshareClient& client_;
  Ledger& ledger_;
  const RunContext& run_;
  PostFiles files_;
  std::string content_key_;
  std::optional<std::string> earlier_key_;  // by which earlier versions knew it, if by another
  HostedMedia hosted_;
  Placement placement_;
};

Status Publication::check_outputs() const {
  const auto count_of = [&](std::string_view role) {
    return std::ranges::count(request_.outputs, role, &OutputFile::role);
  };
  const auto media = count_of("media");
  const bool fits = request_.subject.is_video ? media == 1 : media >= 1 && media == request_.subject.image_count;
  if (request_.subject.is_video && media > 1) {
    Error error;
    error.code = ErrorCode::kInvalidArgument;
    error.file = request_.item;
    error.message = fmt::format("{} was split into {} parts, and a post takes one video", request_.item, media);
    error.fix = "tokprep prepare --too-long split, then tokprep post with one part after the other";
    return fail(std::move(error));
  }
  if (fits && count_of("cover") <= 1) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{}: a post takes one video with at most one cover, or images; given were {} files of media "
                          "and {} covers",
                          request_.item, media, count_of("cover")));
}

Status Publication::check_locally(const Rules& rules) {
  TOKPREP_TRY(check_outputs());
  TOKPREP_TRY(validate(options_, request_.subject, post_limits(rules)));
  if (options_.schedule_date) {
    TOKPREP_ASSIGN(options_.schedule_date, to_utc_schedule(*options_.schedule_date));
  }
  return {};
}

Status Publication::read_files() {
  TOKPREP_ASSIGN(files_, post_files(request_, run_));
  content_key_ = content_key(request_, files_);
  if (request_.offset_is_chosen) {
    PublishRequest with_offset = request_;
    with_offset.offset_is_chosen = false;
    earlier_key_ = content_key(with_offset, files_);
  }
  const auto note = [&](const PostFile& file) {
    const std::string name = std::filesystem::path(file.output.path).filename().string();
    return ledger_.note_asset({file.sha256, name, file.output.size_bytes, file.output.mime, {}});
  };
  for (const PostFile& file : files_.media) TOKPREP_TRY(note(file));
  if (files_.cover) TOKPREP_TRY(note(*files_.cover));
  return {};
}

Result<std::optional<Published>> Publication::judge(const LedgerPost& known) const {
  switch (known.state) {
    case LedgerState::kAccepted:
    case LedgerState::kPublished:
      return Published{known.media_urls, outcome_of(known), true};
    case LedgerState::kPlanned:
    case LedgerState::kFailed:
    case LedgerState::kCancelled:
      return std::nullopt;
    case LedgerState::kIntent:
    case LedgerState::kUnknown:
      break;
  }
  return fail(unknown_outcome(
      request_.item,
      fmt::format("{} was submitted at {}, and whether the service took it is not known: its history does not show it. "
                  "It is not sent again; another tokprep may be posting it right now",
                  request_.item, known.created)));
}

Result<std::optional<LedgerPost>> Publication::known_to_ledger() {
  TOKPREP_ASSIGN(auto known, ledger_.find(content_key_));
  if (!known && earlier_key_) {
    TOKPREP_ASSIGN(known, ledger_.find(*earlier_key_));
  }
  if (known || !request_.is_once_for_its_media) return known;
  const LedgerPost wanted = intent();
  TOKPREP_ASSIGN(auto unsettled, ledger_.unsettled());
  const auto lost = std::ranges::find_if(unsettled, [&](const LedgerPost& other) {
    return is_lost(other.state) && other.item == wanted.item && other.source_digests == wanted.source_digests;
  });
  return lost == unsettled.end() ? std::nullopt : std::optional(std::move(*lost));
}

Result<std::optional<Published>> Publication::earlier() {
  TOKPREP_ASSIGN(auto known, known_to_ledger());
  if (!known) return std::nullopt;
  if (is_lost(known->state)) {
    auto asked = reconcile(*known, client_, ledger_, run_);
    if (!asked) return fail(with_context(std::move(asked).error(), "ask what became of the earlier post"));
    known = std::move(*asked);
  }
  return judge(*known);
}

Status Publication::place(const Rules& rules) {
  if (!options_.idempotency_key) {
    TOKPREP_ASSIGN(options_.idempotency_key, new_idempotency_key());
  }
  if (!options_.notes) options_.notes = key_note(*options_.idempotency_key);
  return placement_.look(intent(), rules);
}

Status Publication::host() {
  TOKPREP_ASSIGN(hosted_, host_media(files_, placement_.date(), client_, ledger_, run_));
  if (hosted_.cover_url) {
    options_.thumbnail_url = hosted_.cover_url;
    options_.thumbnail_offset_ms.reset();
  }
  return {};
}

Status Publication::ask_first() const {
  if (!request_.validate) return {};
  PostOptions options = options_;
  options.idempotency_key.reset();  // it is that of the one call that posts
  options.schedule_date.reset();
  if (!placement_.date().empty()) options.schedule_date = placement_.date();
  TOKPREP_ASSIGN(const PostCheck check,
                 client_.validate_post(options, hosted_.media_urls, request_.subject.is_video, run_));
  for (const ServiceError& warning : check.warnings) {
    if (request_.on_remark) request_.on_remark("the service remarks: " + in_words({warning}));
  }
  if (check.accepted) return {};
  Error error;
  error.code = ErrorCode::kRejected;
  error.message = "POST /validate/post: the service would refuse it: " + in_words(check.errors);
  error.file = request_.item;
  return fail(std::move(error));
}

LedgerPost Publication::intent() const {
  LedgerPost post;
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(request_.item, failed);
  post.item = failed ? request_.item : absolute.lexically_normal().string();
  post.content_key = content_key_;
  post.idempotency_key = options_.idempotency_key.value_or("");
  post.caption = options_.caption.value_or("");
  post.media_urls = hosted_.media_urls;
  post.created = to_iso8601(run_.clock->now());
  post.schedule_date = options_.schedule_date.value_or("");
  post.source_digests = request_.source_digests;
  if (request_.cover_is_own && !post.source_digests.empty()) post.source_digests.pop_back();
  post.stays_pending = options_.draft.value_or(false) || options_.visibility == Visibility::kPrivate;
  return post;
}

/// Its turn may have come hours after its files were found on the service.
Status Publication::host_again_if_late() {
  TOKPREP_ASSIGN(const auto expiry, ledger_.first_expiry(hosted_.media_urls));
  return !expiry || *expiry - run_.clock->now() >= kFetchMargin ? Status{} : host();
}

/// The right to post it, now or on the date it was given.
Result<LedgerPost> Publication::claim() {
  while (true) {
    TOKPREP_TRY(client_.wait_for_window(run_));  // a stop is still heard; in the call it no longer is
    TOKPREP_TRY(run_.check_stop());
    TOKPREP_TRY(host_again_if_late());
    TOKPREP_ASSIGN(auto claimed, placement_.take(intent()));
    if (claimed) return std::move(*claimed);
    TOKPREP_TRY(host());  // after a wait: what was uploaded before it may be about to expire
  }
}

Result<Published> Publication::submit() {
  const Span span(run_, "post");
  run_.report("post", 0);
  auto claim_now = claim();
  if (!claim_now && claim_now.error().code == ErrorCode::kOutcomeUnknown) {
    // Another process was faster. What became of its post may be known by now.
    TOKPREP_ASSIGN(auto others, earlier());
    if (others) return std::move(*others);
  }
  TOKPREP_ASSIGN(LedgerPost claimed, std::move(claim_now));
  options_.schedule_date.reset();
  if (!claimed.schedule_date.empty()) options_.schedule_date = claimed.schedule_date;
  // From here on a stop would only turn a post into an unknown one.
  const std::stop_callback waiting(run_.stop, [this] {
    if (request_.on_remark) request_.on_remark("stopping as soon as the service has answered about this post");
  });
  RunContext unstopped = run_;
  unstopped.stop = {};
  auto record = client_.create_post(options_, hosted_.media_urls, request_.subject.is_video, unstopped);
  if (!record) return fail(note_failure(std::move(claimed), std::move(record).error()));
  return note_accepted(std::move(claimed), *record);
}

Result<Published> Publication::note_accepted(LedgerPost post, const PostRecord& record) {
  post = settled(std::move(post), record, run_.clock->now());
  if (auto noted = ledger_.update(post); !noted) {
    return fail(with_context(std::move(noted).error(),
                             fmt::format("note that {} was posted as {}", request_.item, post.post_id)));
  }
  if (record.state == PostState::kFailed) {
    Error error;
    error.code = ErrorCode::kRejected;
    error.message = fmt::format("the service took the post as {} and then refused it: {}", post.post_id, post.error);
    error.file = request_.item;
    return fail(std::move(error));
  }
  run_.report("post", 1);
  return Published{post.media_urls, outcome_of(post), false};
}

/// A note that cannot be written leaves the intent standing, which the next run treats like an unknown outcome.
Error Publication::note_failure(LedgerPost post, Error error) {
  const bool certain = is_certain(error.code);
  post.state = certain ? LedgerState::kFailed : LedgerState::kUnknown;
  post.error = error.message;
  if (auto noted = ledger_.update(post); !noted) {
    error = with_context(std::move(error), fmt::format("not noted either ({})", noted.error().message));
  }
  if (error.file.empty()) error.file = request_.item;
  if (certain || error.code == ErrorCode::kOutcomeUnknown) return error;
  Error unknown = unknown_outcome(request_.item, "the post may or may not have been accepted: " + error.message);
  unknown.native = error.native;
  return unknown;
}

}  // namespace

PostLimits post_limits(const Rules& rules) {
  PostLimits limits;
  limits.caption_utf16_max = static_cast<std::size_t>(rules.number("post.caption_max"));
  limits.title_utf16_max = static_cast<std::size_t>(rules.number("post.title_max"));
  limits.images_max = static_cast<int>(rules.number("post.images_max"));
  return limits;
}

Result<Published> publish(const PublishRequest& request, AyrshareClient& client, Ledger& ledger, const Rules& rules,
                          const RunContext& run, const std::function<void()>& my_turn) {
  Publication publication(request, client, ledger, run);
  TOKPREP_TRY(publication.check_locally(rules));
  TOKPREP_TRY(publication.read_files());
  TOKPREP_ASSIGN(auto earlier, publication.earlier());
  if (earlier) return std::move(*earlier);
  TOKPREP_TRY(publication.place(rules));
  TOKPREP_TRY(publication.host());
  if (my_turn) {
    my_turn();
    TOKPREP_ASSIGN(earlier, publication.earlier());  // another item of the run may have been the same
    if (earlier) return std::move(*earlier);
  }
  TOKPREP_TRY(publication.ask_first());
  return publication.submit();
}

}  // namespace tokprep
