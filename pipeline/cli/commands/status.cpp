#include <algorithm>
#include <utility>

#include "pipeline/certificate_index.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/status_poll.h"
#include "pipeline/explain.h"

namespace tokprep::cli {
namespace {

constexpr int kRecentPosts = 20;

/// The posts asked for by id; without ids every unsettled one, or where all are settled the recent ones.
Result<std::vector<WatchedPost>> choose(const StatusCommand& command, Ledger& ledger) {
  std::vector<WatchedPost> posts;
  for (const std::string& id : command.ids) {
    TOKPREP_ASSIGN(const auto row, ledger.find_by_post_id(id));
    if (row) posts.push_back(watched(*row));
    else posts.emplace_back().id = id;
  }
  if (!command.ids.empty()) return posts;
  TOKPREP_ASSIGN(auto rows, ledger.unsettled());
  if (rows.empty()) {
    TOKPREP_ASSIGN(rows, ledger.posts(kRecentPosts));
  }
  std::ranges::transform(rows, std::back_inserter(posts), [](const LedgerPost& row) { return watched(row); });
  return posts;
}

/// Settled posts of the ledger are not asked about again, unless they were named.
void ask_all(std::vector<WatchedPost>& posts, const StatusCommand& command, Service& service, const RunContext& run) {
  for (WatchedPost& post : posts) {
    const bool is_settled =
        post.in_ledger && (post.in_ledger->state == LedgerState::kPublished || may_be_claimed(post.in_ledger->state));
    if (!is_settled || !command.ids.empty()) ask_about(post, service, run);
  }
  if (command.wait) watch(posts, command.timeout, service, run);
}

/// What the service said of a failed post, with the rule behind it and what was measured of the item.
PostStatus explained_event(const WatchedPost& post, const Rules& rules) {
  PostStatus status = event_of(post);
  if (!status.error) return status;
  ItemEvidence evidence;
  if (post.in_ledger) evidence = find_evidence(state_folder(), post.in_ledger->item, post.in_ledger->caption);
  status.error = explained(std::move(*status.error), rules, evidence);
  return status;
}

}  // namespace

int run_status(const StatusCommand& command, Session& session) {
  auto service = Service::open(session.settings, session.keys);
  if (!service) return session.give_up(service.error());
  auto posts = choose(command, (*service)->ledger());
  if (!posts) return session.give_up(posts.error());
  const bool may_ask = !session.options.dry_run;
  if (may_ask) ask_all(*posts, command, **service, session.context());
  if (posts->empty()) session.out.say("no posts of this account are on record");

  std::vector<ItemOutcome> outcomes;
  for (const WatchedPost& post : *posts) {
    const PostStatus status = explained_event(post, session.rules);
    session.out.on(status);
    outcomes.push_back(outcome_of(post, command.wait && may_ask));
    if (post.state == PostState::kFailed && status.error) outcomes.back().code = status.error->code;
    if (post.state == PostState::kPending && stays_pending(post)) {
      session.out.say("private posts and drafts stay pending until their owner makes them public: " + post.id);
    }
  }
  return session.finish(outcomes);
}

}  // namespace tokprep::cli
