#include "pipeline/explain_post.h"

#include <fmt/format.h>

#include <utility>

#include "upload/ayrshare/post_record.h"

namespace tokprep {
namespace {

/// A sentence about a state, and what can be done about it.
struct StateText {
  std::string meaning;
  std::string fix;
};

StateText of_accepted(const LedgerPost& post) {
  if (post.stays_pending) {
    return {"The service has it; as a draft or a private post it stays pending until its owner makes it public.", ""};
  }
  if (post.post_status == name_of(PostState::kScheduled)) {
    return {fmt::format("The service has it and will send it at {}.", post.schedule_date),
            fmt::format("nothing has to be done; tokprep cancel {} takes it back", post.post_id)};
  }
  if (post.post_status == name_of(PostState::kAwaitingApproval)) {
    return {"The service has it and waits for an approval.",
            fmt::format("approve it in the service's dashboard, or take it back: tokprep cancel {}", post.post_id)};
  }
  if (post.post_status == name_of(PostState::kPaused)) {
    return {"The service has it and holds it back: it is paused.",
            fmt::format("resume it in the service's dashboard, or take it back: tokprep cancel {}", post.post_id)};
  }
  return {fmt::format("The service has it; last heard: {}. TikTok takes minutes, now and then hours, to decide.",
                      post.post_status.empty() ? "nothing yet" : post.post_status),
          "tokprep status --wait"};
}

StateText text_of(const LedgerPost& post) {
  switch (post.state) {
    case LedgerState::kPlanned:
      return {"It is meant to go out, and nothing was sent yet.", "run tokprep post again"};
    case LedgerState::kIntent:
      return {"It is being sent right now, or the process that sent it died on the way.", "tokprep status"};
    case LedgerState::kAccepted:
      return of_accepted(post);
    case LedgerState::kPublished:
      return {post.url.empty() ? "It is on TikTok." : fmt::format("It is on TikTok: {}", post.url), ""};
    case LedgerState::kFailed:
      return {"It certainly did not go out, and may be tried again.", ""};
    case LedgerState::kUnknown:
      return {"It was sent, the answer was lost, and no history has shown it yet. It is not sent again blindly.",
              "tokprep status; or look at the account, and post it anew with another caption"};
    case LedgerState::kCancelled:
      return {"It was taken back before its date and never went out.", "run tokprep post again if that was not meant"};
  }
  return {};
}

}  // namespace

PostExplanation explain_post(const LedgerStory& story, const Rules& rules, const ItemEvidence& evidence) {
  StateText text = text_of(story.post);
  PostExplanation explanation;
  explanation.story = story;
  explanation.meaning = std::move(text.meaning);
  explanation.fix = std::move(text.fix);
  explanation.said = story.post.error;
  explanation.refusals = explain_words(story.post.error, rules, evidence);
  explanation.certificate = evidence.certificate;
  explanation.measured_on = evidence.made;
  if (explanation.fix.empty() && !explanation.refusals.empty()) explanation.fix = explanation.refusals.front().fix;
  return explanation;
}

void to_json(Json& json, const PostExplanation& explanation) {
  const LedgerPost& post = explanation.story.post;
  json = {{"subject", post.post_id.empty() ? post.item : post.post_id},
          {"what", "post"},
          {"item", post.item},
          {"post", post},
          {"events", explanation.story.events},
          {"meaning", explanation.meaning},
          {"fix", explanation.fix},
          {"said", explanation.said},
          {"refusals", explanation.refusals}};
  if (explanation.certificate.empty()) return;
  json["certificate"] = explanation.certificate;
  json["measured_on"] = explanation.measured_on;
}

}  // namespace tokprep
