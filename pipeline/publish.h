#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/event.h"
#include "pipeline/ledger.h"
#include "pipeline/rules/rules.h"
#include "upload/ayrshare/client.h"

namespace tokprep {

/// One prepared item, ready to go out.
struct PublishRequest {
  std::string item;
  std::vector<OutputFile> outputs;  ///< media in order, at most one cover
  /// SHA-256 of what the outputs were made of, in order. Where given, these and not the outputs' bytes identify the
  /// post: a conversion that comes out a little different, by other settings or another encoder, is no second post.
  std::vector<std::string> source_digests;
  /// The cover was made of the user's own image, which no offset into the video can show: it is uploaded and sent as
  /// thumbNail, unless `options` names one. A cover taken out of the video stays here; its offset is sent.
  bool cover_is_own = false;
  PostOptions options;
  PostSubject subject;
};

struct Published {
  std::vector<std::string> urls;
  PostOutcome post;
  bool already = false;  ///< the ledger had it: nothing was sent
};

PostLimits post_limits(const Rules& rules);

/// What identifies a post: the bytes it was made of (`source_digests`, else its media and own cover), its caption and
/// its options. When it is
/// to go out, and what only Ayrshare sees of it (notes, approval, a given idempotency key), do not make it another
/// post. Reads each output once. Errors: kInputUnreadable, kIo, kCancelled.
Result<std::string> content_key(const PublishRequest& request, const RunContext& run);

/// Upload, then submit, at most once.
///
/// Validates locally, asks the ledger, uploads what is not alive on the service, notes the intent, submits once,
/// notes the answer. Progress: "upload" over all files, "post". A stop is obeyed up to the intent; from then on the
/// call is finished. A lost answer is noted as unknown and returned as kOutcomeUnknown; the next run or `reconcile`
/// settles it from the service's history, and nothing is ever sent again blindly. A post that certainly did not go out
/// is noted as failed, and the next run may try again.
/// Errors: those of `validate`, of the client, of the ledger; kInvalidArgument (not one video or some images);
/// kNotCompliant (a schedule beyond the life of the hosted media; nothing was uploaded); kOutcomeUnknown also while
/// another process is posting the same.
Result<Published> publish(const PublishRequest& request, AyrshareClient& client, Ledger& ledger, const Rules& rules,
                          const RunContext& run);

/// Asks the service what became of a post and notes it: by its id where that is known. Otherwise a row in kIntent or
/// kUnknown is looked for in the history, by its media URLs, or by text and time among records that carry no URLs; it
/// is settled when exactly one record can be meant, and left as it is otherwise.
/// Errors: those of the client (the row stays as it is) and of the ledger.
Result<LedgerPost> reconcile(const LedgerPost& post, AyrshareClient& client, Ledger& ledger, const RunContext& run);

}  // namespace tokprep
