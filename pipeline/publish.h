#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/caps.h"
#include "pipeline/event.h"
#include "pipeline/ledger.h"
#include "pipeline/rules/rules.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// One prepared item, ready to go out.
struct PublishRequest {
  std::string item;
  std::vector<OutputFile> outputs;  ///< media in order, at most one cover
  /// SHA-256 of what the outputs were made of, in order, that of an own cover last. Where given, these and not the
  /// outputs' bytes identify the post: a conversion that comes out a little different, by other settings or another
  /// encoder, is no second post.
  std::vector<std::string> source_digests;
  /// The cover was made of the user's own image, which no offset into the video can show: it is uploaded and sent as
  /// thumbNail, unless `options` names one. A cover taken out of the video stays here; its offset is sent.
  bool cover_is_own = false;
  bool offset_is_chosen = false;  ///< `options.thumbnail_offset_ms` was found by looking at the video, not asked for
  PostOptions options;
  PostSubject subject;
  OverCap over_cap = OverCap::kStop;
  const Calendar* calendar = nullptr;  ///< gives a post without a date of its own one; must outlive the call
  /// Has the service look at what would be sent, before it is claimed. What it would refuse is not sent; what it takes
  /// with a warning is told to `on_remark`. The post itself meets the same checks.
  bool validate = false;
  std::function<void(const std::string&)> on_remark = {};
  bool allow_duplicate_text = false;  ///< leave it to the service to refuse a text it had within 48 h
  /// Another post of the item's media whose answer was lost is asked for, and stands for this one, whatever words or
  /// options it had: nobody meant two.
  bool is_once_for_its_media = false;
};

struct Published {
  std::vector<std::string> urls;
  PostOutcome post;
  bool already = false;  ///< the ledger had it: nothing was sent
};

PostLimits post_limits(const Rules& rules);

/// What identifies a post: the bytes it was made of (`source_digests`, else its media and own cover), its caption and
/// its options. When it is to go out, what only Ayrshare sees of it (notes, approval, a given idempotency key), and the
/// frame that was chosen for its cover (`offset_is_chosen`: the next version may choose another) do not make it another
/// post. Reads each output once. Errors: kInputUnreadable, kIo, kCancelled.
Result<std::string> content_key(const PublishRequest& request, const RunContext& run);

/// Upload, then submit, at most once.
///
/// Validates locally, asks the ledger, finds the post its place among those that count (`place_post`; posts made by
/// hand are seen in the history, read at most once a minute), uploads what is not alive on the service, notes the
/// intent and takes the place in one step, submits once, notes the answer. Waits for the place where that is asked for.
/// Progress: "wait", "upload" over all files, "post". A stop is obeyed up to the intent; from then on the
/// call is finished. A lost answer is noted as unknown and returned as kOutcomeUnknown; the next run or `reconcile`
/// settles it from the service's history, and nothing is ever sent again blindly. A post that certainly did not go out
/// is noted as failed, and the next run may try again.
///
/// `my_turn` is waited for when the files are there and nothing but the call is left: posts of a run go out in order,
/// while the uploads of the next run beside it.
///
/// The notes of a post, which the history shows again, carry its idempotency key unless they are the user's own.
/// Errors: those of `validate`, of the client, of the ledger; kInvalidArgument (not one video or some images);
/// kNotCompliant (a schedule beyond the life of the hosted media; nothing was uploaded); kRateLimited (one too many in
/// 24 hours, rule "post.rate_day"; nothing was uploaded); kRejected with rule "post.duplicate" (the account has the
/// same text within 48 h; nothing was sent), and with "POST /validate/post" for what `validate` found; kOutcomeUnknown
/// also while another process is posting the same.
Result<Published> publish(const PublishRequest& request, AyrshareClient& client, Ledger& ledger, const Rules& rules,
                          const RunContext& run, const std::function<void()>& my_turn = {});

/// The notes that carry an idempotency key, and the key that notes carry; empty for notes that are the user's own.
std::string key_note(const std::string& idempotency_key);
std::string key_in_note(const std::string& notes);

/// Asks the service what became of a post and notes it: by its id where that is known. Otherwise a row in kIntent or
/// kUnknown is looked for in the history: by its idempotency key in the notes; else, among records no older than the
/// call, by its media URLs, or by its text where they carry no URLs. It is settled when exactly one record can be
/// meant, and left as it is otherwise. Errors: those of the client (the row stays as it is) and of the ledger.
Result<LedgerPost> reconcile(const LedgerPost& post, AyrshareClient& client, Ledger& ledger, const RunContext& run);

}  // namespace tokprep
